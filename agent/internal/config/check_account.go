package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/notice"
)

var (
	mark   = regexp.MustCompile(`^(orderMarkDesc|sendpayMap)\.[^.=\s]+(=\S+)?$`)
	server = notice.Phrase{"an address that begins with https://", "以 https:// 开头的地址"}
)

// jdShop looks at what JD's orders are read by.
func (k *checker) jdShop(c *Config) {
	j := c.JD
	k.oneOf("jd.merchant", j.Merchant, "SOP", "FBP", "FCS")
	if slices.ContainsFunc(j.RegularMarks, func(m string) bool { return !mark.MatchString(m) }) {
		k.wrong("jd.regular_marks", `["orderMarkDesc.NAME", "sendpayMap.NAME=VALUE"]`)
	}
	if j.RegularPlans {
		k.required("jd.vender_id", j.VenderID, "10000001")
	}
	if j.Voucher != "" {
		if info, err := k.stat(j.Voucher); err != nil || info.IsDir() {
			k.wrong("jd.voucher_certificate", notice.Phrase{"the path of a certificate (PEM) that exists, in single quotes on Windows", "已存在的证书文件（PEM）路径（在 Windows 上请用单引号）"})
		}
	}
	k.server("jd.oauth", j.OAuth, j.PlainHTTP)
	o := j.OAID
	k.oneOf("jd.oaid.by", o.By, "", "decrypt", "mobile-list")
	k.whole("jd.oaid.expiration", o.Expiration, 0, 3650)
	k.whole("jd.oaid.batch", o.Batch, 1, 200)
	k.duration("jd.oaid.bind_wait", o.BindWait, time.Millisecond, time.Minute)
}

func (k *checker) server(setting, address string, plain bool) {
	if secure, err := gateway(address); err != nil || !secure && !plain {
		k.wrong(setting, server)
	}
}

func (k *checker) jdl(c *Config) {
	j := c.JDL
	if c.UsesJDL() && !j.JOSAuth {
		k.required("jdl.app_key", j.AppKey, "99998888777766665555444433332222")
	}
	k.server("jdl.gateway", j.Gateway, c.JD.PlainHTTP)
	k.server("jdl.oauth", j.OAuth, c.JD.PlainHTTP)
	k.oneOf("jdl.algorithm", j.Algorithm, "md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512")
	k.duration("jdl.timeout", j.Timeout, time.Second, 2*time.Minute)
	if !strings.HasPrefix(j.RenewPath, "/") {
		k.wrong("jdl.renew_path", `"/oauth/refresh"`)
	}
}

// expressAccount looks at who is asked for JD Express's numbers and who makes
// its labels.
func (k *checker) expressAccount(c *Config) {
	e := c.Express
	k.oneOf("express.by", e.By, "jos", "lop")
	k.way(c, "express.way", e.Way)
	if !slices.Contains([]int{0, 1, 2, 4, 5}, e.ECAP.Origin) {
		k.wrong("express.ecap.order_origin", "0 | 1 | 2 | 4 | 5")
	}
	k.whole("express.ecap.settle", e.ECAP.Settle, 1, 5)
	k.whole("express.ecap.pickup_type", e.ECAP.PickupType, 0, 9)
	k.whole("express.ecap.delivery_type", e.ECAP.DeliveryType, 0, 9)
	if e.By == "lop" && e.Enabled {
		k.required("express.ecap.domain", e.ECAP.Domain, "ECAP")
		k.required("express.ecap.product", e.ECAP.Product, "ed-m-0001")
	}
}

func (k *checker) way(c *Config, setting, way string) {
	k.oneOf(setting, way, Own, Sealed, Rendered)
	if way == Sealed && !k.component && !slices.ContainsFunc(c.Printers, func(p Printer) bool { return scheme(p.URL) == component.Scheme }) {
		k.component = true // once, however many carriers want it
		k.missing("printer", `[[printer]] name = "jd" url = "jd-component://127.0.0.1:9113/PRINTER"`)
	}
}

func (k *checker) wujieAccount(c *Config, i int) {
	w, at := c.Wujie[i], fmt.Sprintf("wujie[%d].", i)
	k.way(c, at+"way", w.Way)
	k.oneOf(at+"family", w.Family, "alpha", "ewaybill")
	k.whole(at+"collect_pay_type", w.CollectPayType, 0, 99)
	k.whole(at+"stock_warning", w.StockWarning, -1, 1_000_000)
	if w.Family == "alpha" && w.Together {
		k.wrong(at+"together", notice.Phrase{`false, or family = "ewaybill"`, `false，或者设置 family = "ewaybill"`})
	}
}

func (k *checker) services(c *Config) {
	for i, s := range c.Services {
		at := fmt.Sprintf("service[%d].", i)
		k.when(at+"when", s.When)
		k.whole(at+"parcels", s.Parcels, 0, 99)
		k.oneOf(at+"sign_return", s.SignReturn, "", "paper", "checked", "electronic", "both")
	}
}

func (k *checker) cloudPrint(c *Config) {
	p := c.CloudPrint
	k.oneOf("cloudprint.by", p.By, "jos", "lop")
	k.required("cloudprint.domain", p.Domain, "jdcloudprint")
	k.size("cloudprint.paper", p.Paper)
	for _, code := range slices.Sorted(maps.Keys(p.Templates)) {
		t, at := p.Templates[code], "cloudprint.templates."+code
		if !word.MatchString(code) {
			k.wrong(at, notice.Phrase{"JD's code of the carrier in capitals: JD, ZTO", "京东的快递公司代码（大写）：JD、ZTO"})
		}
		if t.Code == "" && t.URL == "" {
			k.missing(at+".code", `code = "jdkd76x130"`)
		}
		for setting, address := range map[string]string{at + ".url": t.URL, at + ".custom_url": t.CustomURL} {
			if address != "" && !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
				k.wrong(setting, server)
			}
		}
		for key, field := range t.Custom {
			k.oneOf(at+".custom."+key, field, "goods", "order", "remark", "shop")
		}
	}
	r := p.Render
	for setting, numbers := range map[string][]string{"cloudprint.render.png": r.PNG, "cloudprint.render.pdf": r.PDF} {
		if len(numbers) != 3 || slices.ContainsFunc(numbers, func(n string) bool { return !digits.MatchString(n) }) {
			k.wrong(setting, notice.Phrase{`outputType, dataFormat and fileFormat: ["1", "1", "2"]`, `outputType、dataFormat、fileFormat：["1", "1", "2"]`})
		}
	}
	if !slices.Contains([]int{0, 1, 2, 4}, r.Transport) {
		k.wrong("cloudprint.render.transport", "0 | 1 | 2 | 4")
	}
	if slices.ContainsFunc(r.FileHosts, func(h string) bool { return h == "" || strings.ContainsAny(h, "/: @") }) {
		k.wrong("cloudprint.render.file_hosts", notice.Phrase{`names of computers without https://: ["storage.jd.com"]`, `主机名，不含 https://：["storage.jd.com"]`})
	}
	if slices.Contains(slices.Collect(maps.Values(c.Ways())), Rendered) && len(r.FileHosts) == 0 {
		k.missing("cloudprint.render.file_hosts", `file_hosts = ["storage.jd.com"]`)
	}
}
