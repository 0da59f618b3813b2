package sf

import (
	"net/url"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

// How calls are authorised. That a digest over the text without URL encoding is
// taken too is what some who use it say; SF's own text has it encoded.
const (
	signed    = "digest"
	signedRaw = "digest-raw"
	loggedIn  = "token"
)

const (
	production = "https://bspgw.sf-express.com/std/service"
	sandbox    = "https://sfapi-sbox.sf-express.com/std/service"
	// Tokens of production come from another host than the one that takes orders.
	productionLogin = "https://sfapi.sf-express.com/oauth2/accessToken"
	loginPath       = "/oauth2/accessToken"

	sandboxCard = "7551234567" // the monthly account of SF's trial system
)

// Kind is SF Express.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name: "sf", Title: "顺丰速运", Gateway: production, Sandbox: sandbox,
		Layout: func(carrier.Account) string { return "sf" },
		Fields: []carrier.Field{
			{Name: "partner_id", Required: true, Example: "TESTPARTNER",
				About: notice.Phrase{"the partner's code on 丰桥", "丰桥平台的顾客编码"}},
			{Name: "check_word", Secret: true, Required: true,
				About: notice.Phrase{"its check word, one for the sandbox and one for production", "校验码，沙箱与生产各有一个"}},
			{Name: "auth", Default: signed, OneOf: []string{signed, signedRaw, loggedIn},
				About: notice.Phrase{"how calls are authorised: digest is SF's text, digest-raw leaves its URL encoding out, token logs in for two hours", "鉴权方式：digest 为官方签名；digest-raw 签名前不做 URL 编码；token 为 OAuth2，每两小时换一次"}},
			{Name: "monthly_card", Example: "7551234567",
				About: notice.Phrase{"the monthly account, ten digits; empty pays in cash", "月结卡号，10 位数字；空为现付"}},
			{Name: "express_type", Required: true, Example: "2",
				About: notice.Phrase{"expressTypeId of the contract's product; ask SF, sources differ about 1 and 2 (特快, 标快)", "快件产品类别 expressTypeId；请向顺丰确认，1 和 2（特快、标快）各处说法不一"}},
			{Name: "pay_method", Default: "1", OneOf: []string{"1", "2", "3"},
				About: notice.Phrase{"who pays the freight: 1 the sender, 2 the receiver, 3 a third party", "运费付款方：1 寄方，2 收方，3 第三方"}},
			{Name: "collect_card",
				About: notice.Phrase{"the card that 代收货款 is paid to, if SF gave one for it", "代收货款卡号；没有专用卡号则留空"}},
			{Name: "cargo",
				About: notice.Phrase{"what SF is told of the goods; empty is the name of the order's first item", "托寄物名称；空为订单第一件商品的名称"}},
			{Name: "call_courier", Default: "false", OneOf: []string{"true", "false"},
				About: notice.Phrase{"whether every order calls a courier to collect it", "下单时是否通知快递员上门收件"}},
			{Name: "template", Example: "fm_76130_standard_TESTPARTNER",
				About: notice.Phrase{"the template of SF's own labels; empty is the standard one of 76×130", "云打印模板编码；空为 76×130 标准模板"}},
		},
		Open: open,
	}
}

func open(a carrier.Account) (carrier.Issuer, error) {
	if a.Whole("express_type") < 1 {
		return nil, notice.New("account-value", nil, a.Name, "express_type")
	}
	if a.Sandbox && a.Values["monthly_card"] == "" {
		a.Values["monthly_card"] = sandboxCard
	}
	byToken := a.Values["auth"] == loggedIn
	i := &Issuer{
		account: a,
		client:  &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes(byToken)},
		logins:  &gateway.Client{Account: a.Name, Base: login(a.Gateway), HTTP: a.HTTP, Codes: loginCodes()},
	}
	if byToken {
		i.token = new(token)
	}
	return i, nil
}

// login returns where tokens are given for a gateway.
func login(gateway string) string {
	if gateway == production {
		return productionLogin
	}
	u, err := url.Parse(gateway)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: loginPath}).String()
}
