package kuaidi100

import (
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// company is a carrier behind Kuaidi100.
type company struct {
	code   waybill.Carrier
	title  string
	layout string // without its size
	needs  []string
	least  int  // of partnerFields, beside needs
	shared bool // all parcels of an order travel under one number
}

// other is the layout of carriers that have none of their own.
const other = "wujie"

var (
	byID  = []string{"partner_id"}
	byKey = []string{"partner_id", "partner_key"}
)

// companies are those that the public documents name, by Kuaidi100's code,
// kuaidicom. What they need is the public dictionary's word; of China Post's five
// values it does not tell which they are.
var companies = map[string]company{
	"shunfeng":       {code: "SF", title: "顺丰速运", layout: "sf", needs: byID},
	"zhongtong":      {code: "ZTO", title: "中通快递", layout: "zto", needs: byKey},
	"yuantong":       {code: "YTO", title: "圆通速递", layout: "yto", needs: byKey},
	"shentong":       {code: "STO", title: "申通快递", layout: "sto", needs: []string{"partner_id", "partner_key", "net"}},
	"yunda":          {code: "YUNDA", title: "韵达快递", layout: "yunda", needs: byKey},
	"jtexpress":      {code: "JT", title: "极兔速递", layout: "jt", needs: byKey},
	"ems":            {code: "EMS", title: "中国邮政 EMS", layout: "ems", needs: byKey},
	"youzhengguonei": {code: "POSTB", title: "邮政快递包裹", layout: "ems", needs: byKey, least: 5},
	"jd":             {code: "JD", title: "京东快递", layout: "jd-express", needs: byID, shared: true},
	"debangkuaidi":   {code: "DBL", title: "德邦快递", layout: "deppon", needs: byID},
	"kuayue":         {code: "KYE", title: "跨越速运", layout: other, needs: byID},
	"ane66":          {code: "ANE", title: "安能快递", layout: other, needs: byKey},
	"annengwuliu":    {code: "ANE", title: "安能物流", layout: other, needs: byKey},
}

// partnerFields are the settings of the merchant's account with the carrier.
var partnerFields = []string{"partner_id", "partner_key", "partner_secret", "partner_name", "net", "code", "check_man"}

// platforms are what net says for the account of an e-commerce platform. Their
// data comes encrypted for the platform's own component and cannot be drawn.
var platforms = []string{
	"taobao", "cainiao", "jdalpha", "pinduoduoWx", "douyin", "kuaishou", "xiaohongshu", "weipinhui", "wechatChannels",
}

// companyOf returns an account's carrier: of one that is not known, what can be
// said of any.
func companyOf(a carrier.Account) company {
	name := strings.TrimSpace(a.Values["company"]) // a layout is asked for before the settings were tidied
	if c, ok := companies[name]; ok {
		return c
	}
	return company{code: waybill.Carrier(capitals(name)), layout: other, needs: byID}
}

// complete reports what the carrier of an account needs and the settings lack,
// so that no number is asked for in vain.
func complete(a carrier.Account) error {
	c := companyOf(a)
	had := 0
	for _, name := range partnerFields {
		secret := name == "partner_key" || name == "partner_secret"
		has := a.Values[name] != "" || secret && !a.Secrets[name].Empty()
		if has {
			had++
		}
		switch {
		case has || !slices.Contains(c.needs, name):
		case secret:
			return notice.New("account-secret", nil, a.Name, "account."+a.Name+"."+name)
		default:
			return notice.New("account-value", nil, a.Name, name)
		}
	}
	if had < c.least {
		return notice.New("account-value", nil, a.Name, notice.Phrase{
			"some of partner_id, partner_key, partner_secret, partner_name, net, code and check_man, of which this carrier wants five",
			"partner_id、partner_key、partner_secret、partner_name、net、code、check_man 中的若干项（该快递需要五项）",
		})
	}
	if slices.Contains(platforms, a.Values["net"]) {
		return notice.New("account-value", nil, a.Name, "net")
	}
	return nil
}

func capitals(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
