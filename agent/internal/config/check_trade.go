package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/notice"
)

var (
	digits = regexp.MustCompile(`^\d+$`)
	word   = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

func (k *checker) jd(c *Config) {
	j := c.JD
	if c.UsesJD() {
		k.required("jd.app_key", j.AppKey, "0123456789ABCDEF0123456789ABCDEF")
	}
	switch secure, err := gateway(j.Gateway); {
	case err != nil:
		k.wrong("jd.gateway", `"https://HOST/routerjson"`)
	case !secure && !j.PlainHTTP:
		k.wrong("jd.gateway", notice.Phrase{
			"https: over http everybody on the network reads tokens and addresses; plain_http = true below it allows it all the same",
			"https 地址：http 会让网络上的人看到令牌和地址；确需使用时在下面写 plain_http = true",
		})
	}
	if j.VenderID != "" && !digits.MatchString(j.VenderID) {
		k.wrong("jd.vender_id", notice.Phrase{`the merchant's number at JD: digits in double quotes`, `京东商家编号：双引号中的数字`})
	}
	k.duration("jd.poll_every", j.PollEvery, time.Second, time.Hour)
	k.duration("jd.look_back", j.LookBack, time.Hour, 29*24*time.Hour)
	k.duration("jd.timeout", j.Timeout, time.Second, 2*time.Minute)
	k.whole("jd.page_size", j.PageSize, 1, 100)
	if len(j.OrderStates) == 0 || slices.ContainsFunc(j.OrderStates, func(s string) bool { return !word.MatchString(s) }) {
		k.wrong("jd.order_states", `["WAIT_SELLER_STOCK_OUT"]`)
	}
	k.jdShop(c)
	for code, id := range j.CarrierIDs {
		if !word.MatchString(code) || !digits.MatchString(id) {
			k.wrong("jd.carrier_ids."+code, notice.Phrase{`JD's number of the carrier: ZTO = "1499"`, `京东的快递公司编号：ZTO = "1499"`})
		}
	}
}

func (k *checker) sender(c *Config) {
	if len(c.Carriers()) == 0 {
		return
	}
	s := c.Sender
	for _, f := range []struct {
		setting, example string
		empty            bool
	}{
		{"sender.name", "发货仓", s.Name.Empty()},
		{"sender.phone", "电话", s.Phone.Empty()},
		{"sender.province", "湖北", s.Province == ""},
		{"sender.city", "武汉市", s.City == ""},
		{"sender.address", "街道和门牌号", s.Address.Empty()},
	} {
		if f.empty {
			k.required(f.setting, "", f.example)
		}
	}
	if s.Phone.Hidden() {
		k.wrong("sender.phone", notice.Phrase{"the whole number, without asterisks", "完整的号码，不含星号"})
	}
}

func (k *checker) express(c *Config) {
	e := c.Express
	if e.Enabled {
		k.required("express.customer_code", e.CustomerCode, "010K0000000")
	}
	k.salePlatform("express.sale_platform", e.SalePlatform)
	if !slices.Contains([]int{1, 2, 4, 5, 6, 7, 8, 16, 17, 21}, e.PromiseTimeType) {
		k.wrong("express.promise_time_type", notice.Phrase{
			"one of 1 (特惠送), 2 (特快送), 4, 5, 6, 7, 8, 16, 17, 21",
			"1（特惠送）、2（特快送）、4、5、6、7、8、16、17、21 之一",
		})
	}
	k.whole("express.trans_type", e.TransType, 1, 2)
	k.whole("express.goods_type", e.GoodsType, 1, 99)
	k.number("express.weight", e.Weight, 0.01, 1000)
	k.number("express.volume", e.Volume, 0, 10_000_000)
	k.expressAccount(c)
}

func (k *checker) salePlatform(setting, value string) {
	if len(value) != 7 || !digits.MatchString(value) {
		k.wrong(setting, notice.Phrase{`"0010001" for JD orders, "0030001" for others`, `京东订单 "0010001"，其他平台 "0030001"`})
	}
}

func (k *checker) wujie(c *Config, i int) {
	w, at := c.Wujie[i], fmt.Sprintf("wujie[%d].", i)
	switch {
	case w.ProviderCode == "":
		k.missing(at+"provider_code", `provider_code = "ZTO"`)
	case !word.MatchString(w.ProviderCode):
		k.wrong(at+"provider_code", notice.Phrase{`JD's code of the carrier in capitals: "ZTO", "YTO", "STO"`, `京东的快递公司代码（大写）："ZTO"、"YTO"、"STO"`})
	case slices.ContainsFunc(c.Wujie[:i], func(o Wujie) bool { return o.ProviderCode == w.ProviderCode }):
		k.twice(at+"provider_code", w.ProviderCode)
	}
	if w.BranchCode == "" && w.SettlementCode == "" {
		k.missing(at+"branch_code", notice.Phrase{
			`branch_code = "…" for franchised carriers, settlement_code = "…" for those that run their own branches`,
			`加盟型快递填 branch_code = "…"，直营型快递填 settlement_code = "…"`,
		})
	}
	k.required(at+"vendor_code", w.VendorCode, "10000001")
	k.required(at+"vendor_name", w.VendorName, "店铺名称")
	k.salePlatform(at+"sale_platform", w.SalePlatform)
	k.whole(at+"waybill_type", w.WaybillType, 1, 3)
	k.whole(at+"provider_id", w.ProviderID, 0, 1<<31-1)
	k.number(at+"weight", w.Weight, 0, 1000)
	k.number(at+"volume", w.Volume, 0, 10_000_000)
	k.wujieAccount(c, i)
}

func (k *checker) routes(c *Config) {
	carriers := c.Carriers()
	if len(carriers) > 0 && len(c.Routes) == 0 {
		k.missing("route", fmt.Sprintf("[[route]] carrier = %q", carriers[0]))
	}
	ended := false
	for i, r := range c.Routes {
		setting := fmt.Sprintf("route[%d]", i)
		if ended {
			k.problems = append(k.problems, notice.New("config-route-unreached", nil, k.path, k.at.line(setting)))
		}
		switch {
		case r.Carrier == "":
			k.missing(setting+".carrier", `carrier = "jd-express"`)
		case !slices.Contains(carriers, r.Carrier):
			var allowed any = quoted(carriers)
			if len(carriers) == 0 {
				allowed = notice.Phrase{"a carrier that is set up under [express], [[wujie]] or [[account]]", "在 [express]、[[wujie]] 或 [[account]] 中设置好的快递"}
			}
			k.wrong(setting+".carrier", allowed)
		}
		k.when(setting+".when", r.When)
		ended = ended || r.When.any()
	}
}

func (k *checker) when(setting string, w When) {
	if w.Merchant != "" {
		k.oneOf(setting+".merchant", w.Merchant, "SOP", "FBP", "FCS")
	}
	if w.Source != "" && w.Source != "jd" && !sourceName.MatchString(w.Source) {
		k.wrong(setting+".source", notice.Phrase{`"jd", "api", or the name of a [[folder]]`, `"jd"、"api"，或某个 [[folder]] 的名称`})
	}
	if strings.TrimSpace(w.Shipment) != w.Shipment {
		k.wrong(setting+".shipment", `"jd-express"`)
	}
}
