package zto

import (
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

// Kind describes an account with ZTO.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name: "zto", Title: "中通快递", Gateway: "https://japi.zto.com", Sandbox: "https://japi-test.zto.com",
		Layout: func(carrier.Account) string { return "zto" },
		Fields: fields,
		Open:   open,
	}
}

var yesOrNo = []string{"true", "false"}

var fields = []carrier.Field{
	{Name: "app_key", Required: true, Example: "0123456789abcdef01234", About: notice.Phrase{"the app's key on open.zto.com", "开放平台应用的 appKey"}},
	{Name: "app_secret", Required: true, Secret: true, About: notice.Phrase{"the app's secret", "开放平台应用的 appSecret"}},
	{Name: "partner_type", Default: "2", OneOf: []string{"1", "2"}, About: notice.Phrase{"1: a group's customer, 2: any other", "合作模式：1 集团客户，2 非集团客户"}},
	{Name: "order_type", Default: "1", OneOf: []string{"1", "2", "4"}, About: notice.Phrase{
		"1: 全网件, fetched by arrangement, numbers cannot be cancelled; 2: 预约件, a courier is sent; 4: 星联全网件, of partner_type 2",
		"1 全网件（约定时间上门，单号不能取消），2 预约件（派快递员上门），4 星联全网件（仅非集团客户）"}},
	{Name: "account_id", Example: "KDGJ000000000", About: notice.Phrase{"the e-waybill account; needed with partner_type 2", "电子面单账号（商家 ID）；非集团客户必填"}},
	{Name: "account_password", Secret: true, About: notice.Phrase{"the e-waybill account's password", "电子面单密码"}},
	{Name: "account_type", Default: "1", OneOf: []string{"1", "74"}, About: notice.Phrase{"kind of numbers: 1 ordinary, 74 星联", "单号类型：1 普通电子面单，74 星联电子面单"}},
	{Name: "customer_id", Example: "GPG0000000000", About: notice.Phrase{"the group's customer code; needed with partner_type 1", "集团客户编码；集团客户必填"}},
	{Name: "product", OneOf: []string{"vip", "standardExpress", "twoHour"}, About: notice.Phrase{
		"vip: 中通标快, standardExpress: 中通好快, twoHour: 两小时; empty for the ordinary one",
		"时效产品：vip 中通标快，standardExpress 中通好快，twoHour 两小时；不填为普通快递"}},
	{Name: "collect_account", About: notice.Phrase{"the account that collected money goes to, 代收账号", "代收账号；有代收货款的订单必填"}},
	{Name: "site_code", Example: "02100", About: notice.Phrase{"the branch's code; needed for signed receipts", "网点编码；签单返回必填"}},
	{Name: "site_name", Example: "上海", About: notice.Phrase{"the branch's name; needed for signed receipts", "网点名称；签单返回必填"}},
	{Name: "qr", Default: "https://q.zto.com/c/idx?channel=ydy", About: notice.Phrase{
		"what the label's QR code says: ZTO's template has a link to its mini programme; none for no code",
		"面单二维码内容：中通模板印小程序链接；填 none 不印"}},
	{Name: "same_number_again", Default: "false", OneOf: yesOrNo, About: notice.Phrase{
		"ZTO has confirmed that an order that is sent again gets the same number; not public",
		"中通已确认同一订单号重复下单返回同一运单号；未公开"}},
	{Name: "query_own_number", Default: "false", OneOf: yesOrNo, About: notice.Phrase{
		"ZTO has confirmed that getOrderInfo finds an order by your own order number; not public",
		"中通已确认 getOrderInfo 可用商家订单号查询；未公开"}},
	{Name: "digest", Default: "md5", OneOf: []string{"md5", "sha256", "hmac-sha256"}, About: notice.Phrase{"how calls are signed", "签名算法"}},
	{Name: "digest_form", Default: "base64", OneOf: []string{"base64", "hex"}, About: notice.Phrase{"how the signature is written", "签名编码"}},
	{Name: "hmac_key", Secret: true, About: notice.Phrase{"the key of hmac-sha256", "hmac-sha256 的密钥 secretKey"}},
	{Name: "timestamp", Default: "false", OneOf: yesOrNo, About: notice.Phrase{"calls carry x-timestamp; only if ZTO says so", "请求带 x-timestamp；仅在中通要求时打开"}},
	{Name: "key_header", Default: "x-appKey", OneOf: []string{"x-appKey", "x-companyid"}, About: notice.Phrase{"the header that the app's key stands in", "appKey 所在的请求头"}},
}

// open makes an issuer. What is needed depends on the kind of customer.
func open(a carrier.Account) (carrier.Issuer, error) {
	lacks := func(field string) error { return notice.New("account-value", nil, a.Name, field) }
	group := a.Values["partner_type"] == "1"
	switch {
	case group && a.Values["customer_id"] == "":
		return nil, lacks("customer_id")
	case group && a.Values["order_type"] == "4":
		return nil, lacks("order_type")
	case !group && a.Values["account_id"] == "":
		return nil, lacks("account_id")
	case !group && a.Secrets["account_password"].Empty():
		return nil, notice.New("account-secret", nil, a.Name, "account."+a.Name+".account_password")
	case a.Values["digest"] == "hmac-sha256" && a.Secrets["hmac_key"].Empty():
		return nil, notice.New("account-secret", nil, a.Name, "account."+a.Name+".hmac_key")
	}
	return &Issuer{
		account: a, absent: map[string]time.Time{},
		client: &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes()},
		digest: digest{algorithm: a.Values["digest"], hex: a.Values["digest_form"] == "hex", secret: a.Secrets["app_secret"], key: a.Secrets["hmac_key"]},
	}, nil
}

// codes are ZTO's public ones. Behind a timeout, an exception or a service that
// is not there ZTO may have got half way; all others say that nothing was done.
func codes() gateway.Codes {
	return gateway.Codes{}.
		Mean("gateway-back-end", gateway.Open, "S200", "S202", "S203").
		Mean("gateway-busy", gateway.None, "S206", "S221").
		Mean("gateway-call", gateway.None, "S207").
		Mean("gateway-permission", gateway.None, "S210", "E418").
		Mean("gateway-signature", gateway.None, "S211").
		Mean("gateway-blocked", gateway.None, "S212").
		Mean("gateway-clock", gateway.None, "S214").
		Mean("gateway-account", gateway.None, "E404").
		Mean("", gateway.No, "S208", "E409", "E413", "E416")
}
