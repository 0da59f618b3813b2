// Package yunda takes numbers of Yunda, 韵达速递, at its open platform: number,
// barcode and routing come in one answer, the routing as JSON in a text.
//
// Yunda says no to an order number that it has seen before, and says to update
// that order instead; updating it with the same content gives its number again.
// So a lost number is looked for by asking anew and then, if there is one, by
// updating. Its barcode says more than the number, and what the rest means is
// Yunda's own affair: it is printed as it comes and never made up.
package yunda

import (
	"crypto/md5"
	"encoding/hex"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

// Kind is an account with Yunda.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name:    "yunda",
		Title:   title,
		Gateway: "https://openapi.yundaex.com",
		Sandbox: "https://u-openapi.yundasys.com",
		Layout:  func(carrier.Account) string { return "yunda" },
		Fields:  fields(),
		Open:    open,
	}
}

const title = "韵达速递"

func fields() []carrier.Field {
	yes := []string{"true", "false"}
	return []carrier.Field{
		{Name: "app_key", Required: true, Example: "000000", About: notice.Phrase{"the app key of the open platform", "开放平台应用 app-key"}},
		{Name: "app_secret", Required: true, Secret: true, About: notice.Phrase{"the app's secret", "应用密钥 app-secret"}},
		{Name: "partner_id", Required: true, Example: "201700101001", About: notice.Phrase{"the account for waybill numbers (白马), from the branch", "韵达白马账号，由合作网点提供"}},
		{Name: "partner_secret", Required: true, Secret: true, About: notice.Phrase{"that account's password for programs", "白马账号的联调密码"}},
		{Name: "node_id", Default: "350", About: notice.Phrase{"the node, 350 if Yunda names no other", "节点编号，默认 350"}},
		{Name: "order_type", Default: "common", About: notice.Phrase{"the kind of waybill", "运单类型，默认 common"}},
		{Name: "collect_type", Default: "cod", About: notice.Phrase{"the kind of waybill with cash on delivery, as the branch names it", "代收货款的运单类型，以网点说明为准"}},
		{Name: "insured_mark", About: notice.Phrase{"the type in markingInfos of an insured parcel, as the branch names it", "保价的增值服务类型（markingInfos），由网点提供"}},
		{Name: "sign_return_mark", About: notice.Phrase{"the type in markingInfos of a signed receipt that comes back, as the branch names it", "签单返还的增值服务类型（markingInfos），由网点提供"}},
		{Name: "privacy", Default: "false", OneOf: yes, About: notice.Phrase{"true asks for a privacy label; agree on it with Yunda first", "true 使用隐私面单，需先与韵达确认"}},
		{Name: "platform_source", About: notice.Phrase{"the platform that orders come from, if Yunda asks for it", "平台来源，韵达要求时填写"}},
		{Name: "time_unit", Default: "ms", OneOf: []string{"ms", "s"}, About: notice.Phrase{"the unit of req-time: public clients differ", "req-time 的单位：毫秒或秒"}},
		{Name: "label_path", Default: "/openapi/outer/v1/bm/getPdfInfo", About: notice.Phrase{"the path of the call for a number's label data; no if it is not open to the account", "面单数据接口的路径；未开通时填 no"}},
	}
}

// Issuer is an account with Yunda. Its methods may be called from several
// goroutines at once.
type Issuer struct {
	carrier.Account
	client *gateway.Client
}

var (
	_ carrier.Issuer   = (*Issuer)(nil)
	_ carrier.Returner = (*Issuer)(nil)
	_ carrier.Finder   = (*Issuer)(nil)
	_ carrier.Router   = (*Issuer)(nil)
	_ carrier.Adopter  = (*Issuer)(nil)
	_ carrier.Prover   = (*Issuer)(nil)
	_ carrier.Balance  = (*Issuer)(nil)
)

func open(a carrier.Account) (carrier.Issuer, error) {
	return &Issuer{Account: a, client: &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes()}}, nil
}

// codes are the gateway's own, as one public client lists them. What Yunda says
// of an order has no codes.
func codes() gateway.Codes {
	return gateway.Codes{}.
		Mean("gateway-account", gateway.None, "7100").
		Mean("gateway-permission", gateway.None, "7200").
		Mean("gateway-blocked", gateway.None, "7300").
		Mean("gateway-signature", gateway.None, "7400").
		Mean("gateway-busy", gateway.None, "7500", "7501", "7502", "7503").
		Mean("gateway-call", gateway.None, "7600", "7601", "7602", "7603", "7604", "7605").
		Mean("gateway-back-end", gateway.Open, "7777")
}

// sign signs a body as it is sent.
func sign(body []byte, secret string) string {
	sum := md5.Sum(append(append([]byte(nil), body...), "_"+secret...))
	return hex.EncodeToString(sum[:])
}
