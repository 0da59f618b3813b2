// Package sto takes numbers of STO, 申通快递, at its link platform (申行者):
// number and routing come in one plain answer, and the label is drawn here,
// since no call for a finished one is public.
//
// What STO does with an order number that it has seen before is not public, so
// it is a setting. Its orders have one parcel.
package sto

import (
	"crypto/md5"
	"encoding/base64"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

// Kind is an account with STO.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name:    "sto",
		Title:   title,
		Gateway: "https://cloudinter-linkgateway.sto.cn/gateway/link.do",
		Sandbox: "http://cloudinter-linkgatewaytest.sto.cn/gateway/link.do",
		Layout:  func(carrier.Account) string { return "sto" },
		Fields:  fields(),
		Open:    open,
	}
}

const title = "申通快递"

func fields() []carrier.Field {
	return []carrier.Field{
		{Name: "app_key", Required: true, Example: "CAKFAKEFAKEFAKE", About: notice.Phrase{"the app key of the link platform", "开放平台应用 AppKey"}},
		{Name: "from_code", Example: "CAKFAKEFAKEFAKE", About: notice.Phrase{"the app's resource code; the app key if left out", "应用资源 code，不填则与 app_key 相同"}},
		{Name: "secret_key", Required: true, Secret: true, About: notice.Phrase{"the app's secret key", "应用的 SecretKey"}},
		{Name: "order_source", Required: true, Example: "DEMO", About: notice.Phrase{"the source code that the subscription names", "订阅服务时填写的订单来源编码"}},
		{Name: "site_code", Required: true, Example: "666666", About: notice.Phrase{"the branch's code", "网点编码"}},
		{Name: "customer_name", Required: true, Example: "666666000001", About: notice.Phrase{"the customer's code at the branch", "客户编码"}},
		{Name: "site_password", Required: true, Secret: true, About: notice.Phrase{"the password for waybill numbers", "电子面单密码"}},
		{Name: "month_customer", Example: "666666000001", About: notice.Phrase{"the customer's code for monthly accounts, where there is one", "月结客户编码，没有则不填"}},
		{Name: "bill_type", Default: "00", OneOf: []string{"00", "04"}, About: notice.Phrase{"00 ordinary, 04 fresh goods; cash on delivery goes as 01 by itself", "00 普通，04 生鲜；代收货款自动按 01 下单"}},
		{Name: "order_type", Default: "01", OneOf: []string{"01", "02"}, About: notice.Phrase{"01 ordinary, 02 dispatched", "01 普通订单，02 调度订单"}},
		{Name: "pay_model", Default: "3", OneOf: []string{"1", "3"}, About: notice.Phrase{"1 paid in cash, 3 monthly", "1 现付，3 月结"}},
		{Name: "goods_type", Default: "小件", About: notice.Phrase{"the kind of goods, in STO's words", "物品类型：大件、小件、扁平件"}},
		{Name: "battery", Default: "10", OneOf: []string{"10", "20", "30"}, About: notice.Phrase{"10 not known, 20 with a battery, 30 without", "带电标识：10 未知，20 带电，30 不带电"}},
		{Name: "privacy", Default: "false", OneOf: []string{"true", "false"}, About: notice.Phrase{"true asks for a privacy label: the receiver's name is hidden, and the phone too if STO gives no virtual one", "true 使用隐私面单：隐藏收件人姓名，申通未返回安全号码时也隐藏电话"}},
		{Name: "sign_return_service", About: notice.Phrase{"the service code for a signed receipt that comes back, as the branch names it", "签单返还的增值服务编码，由网点提供"}},
		{Name: "same_number_again", Default: "false", OneOf: []string{"true", "false"}, About: notice.Phrase{"true if the branch confirms that an order sent again gets the number it has", "true 表示网点确认：同一订单号重复下单返回原运单号"}},
	}
}

// Issuer is an account with STO. Its methods may be called from several
// goroutines at once.
type Issuer struct {
	carrier.Account
	client *gateway.Client
}

var (
	_ carrier.Issuer  = (*Issuer)(nil)
	_ carrier.Finder  = (*Issuer)(nil)
	_ carrier.Adopter = (*Issuer)(nil)
)

func open(a carrier.Account) (carrier.Issuer, error) {
	if a.Values["from_code"] == "" {
		a.Values["from_code"] = a.Values["app_key"]
	}
	return &Issuer{Account: a, client: &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes()}}, nil
}

// codes are the link platform's own, by the family that it belongs to: behind
// a call that took too long, an answer that broke or was empty and a service in
// trouble there may be a number. STO's codes about an order are not public, and
// its words are judged.
func codes() gateway.Codes {
	return gateway.Codes{}.
		Mean("gateway-signature", gateway.None, "S02").
		Mean("gateway-back-end", gateway.Open, "S06", "S07", "S08", "S09", "S13").
		Mean("gateway-call", gateway.None, "S12")
}

// digest signs the content of a call as it is sent.
func digest(content, secret string) string {
	sum := md5.Sum([]byte(content + secret))
	return base64.StdEncoding.EncodeToString(sum[:])
}
