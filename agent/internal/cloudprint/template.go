package cloudprint

import (
	"fmt"
	"net/url"
	"strings"

	"miandan/templates/waybill"
)

// Template is how JD's component lays out a carrier's sealed data.
type Template struct {
	// Code is JD's code of the template: jdkd76x130.
	Code string
	// URL is where the component gets it; if empty it is JD's standard address
	// with the code.
	URL     string
	Version string // of version 3 of the component's protocol; the newest if empty
	// CustomURL is the template of the merchant's own area of the label. Custom
	// says what goes into it: the area's keys, each with goods, order, remark or shop.
	CustomURL string
	Custom    map[string]string
}

const standardAddress = "https://template-content.jd.com/template-oss?tempCode="

// Standard returns JD's standard template of 76 × 130 mm for a carrier. Only
// the codes that were seen are here; for others JD is asked.
func Standard(c waybill.Carrier) (Template, bool) {
	code, ok := map[waybill.Carrier]string{
		"JD": "jdkd76x130", "JDKY": "jdky76x130", "JDDJ": "jddj76x130", "YTO": "ytokd76x130",
	}[c]
	return Template{Code: code}, ok
}

// known returns a carrier's template without asking JD.
func (c *Client) known(code waybill.Carrier) (Template, bool) {
	if t, ok := c.Templates[code]; ok && (t.Code != "" || t.URL != "") {
		return t, true
	}
	return Standard(code)
}

func (t Template) address() string {
	if t.URL != "" {
		return t.URL
	}
	return standardAddress + url.QueryEscape(t.Code)
}

func (t Template) custom(l waybill.Label) map[string]any {
	if len(t.Custom) == 0 {
		return nil
	}
	all := map[string]any{}
	for key, field := range t.Custom {
		switch field {
		case "goods":
			all[key] = goods(l.Items)
		case "order":
			all[key] = l.Order
		case "remark":
			all[key] = l.Remark
		case "shop":
			all[key] = l.Shop
		}
	}
	return all
}

// goods is how packers read what is in a parcel: 茶*2；杯*1.
func goods(items []waybill.Item) string {
	var all []string
	for _, i := range items {
		all = append(all, fmt.Sprintf("%s*%d", i.Name, i.Quantity))
	}
	return strings.Join(all, "；")
}
