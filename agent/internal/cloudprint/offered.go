package cloudprint

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

const (
	templatesJOS = "jingdong.printing.template.getTemplateList"
	templatesLOP = "/cloud/print/getTemplates"
)

// usualSize is in the codes of templates for the sheet that most carriers use.
const usualSize = "76x130"

// Offered returns the standard templates that JD offers for a carrier, by
// their codes. How the answer nests is not public, so whatever in it names a
// template's address counts.
func (c *Client) Offered(ctx context.Context, code waybill.Carrier) ([]Template, error) {
	var answer any
	var err error
	switch {
	case c.JOS != nil:
		err = c.JOS.Read(ctx, templatesJOS, map[string]any{"param1": map[string]any{
			"templateType": 1, "wayTempleteType": 1, "cpCode": string(code), // sic; standard ones, of one sheet
		}}, &answer)
	case c.LOP != nil:
		err = c.LOP.Call(ctx, templatesLOP, map[string]any{"cpCode": string(code)}, &answer)
	default:
		err = notice.New("cloudprint-not-set-up", nil)
	}
	if err != nil {
		return nil, err
	}
	var all []Template
	walk(answer, string(code), string(code), &all)
	slices.SortFunc(all, func(a, b Template) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.URL, b.URL)) })
	return slices.CompactFunc(all, func(a, b Template) bool { return a.Code == b.Code && a.URL == b.URL }), nil
}

// walk collects the standard templates of a carrier out of an answer. of is
// the carrier that the part of the answer is about.
func walk(part any, of, wanted string, all *[]Template) {
	switch part := part.(type) {
	case []any:
		for _, p := range part {
			walk(p, of, wanted, all)
		}
	case map[string]any:
		if s, ok := part["cpCode"].(string); ok && s != "" {
			of = s
		}
		address, _ := part["standardTemplateUrl"].(string)
		if t, ok := standardAt(address); ok && of == wanted {
			if s, ok := part["standardTemplateCode"].(string); ok && s != "" {
				t.Code = s
			}
			*all = append(*all, t)
		}
		for _, p := range part {
			walk(p, of, wanted, all)
		}
	}
}

// standardAt returns the template at an address of JD's. Others are passed
// over: JD's component will fetch what it is told to.
func standardAt(address string) (Template, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" ||
		!slices.Contains([]string{"template-content.jd.com", "storage.jd.com", "storage.360buyimg.com"}, u.Hostname()) {
		return Template{}, false
	}
	return Template{Code: u.Query().Get("tempCode"), URL: address}, true
}

// choose returns the template for a carrier: that of the settings, the one that
// is known, or the only one of the usual size that JD offers. Where JD offers
// several a person has to say which.
func (c *Client) choose(ctx context.Context, code waybill.Carrier) (Template, error) {
	if t, ok := c.known(code); ok {
		return t, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.found[code]; ok {
		return t, nil
	}
	all, err := c.Offered(ctx, code)
	if err != nil {
		return Template{}, err
	}
	all = slices.DeleteFunc(all, func(t Template) bool { return !strings.Contains(t.Code, usualSize) })
	if len(all) != 1 {
		return Template{}, notice.New("template-missing", nil, string(code))
	}
	if c.found == nil {
		c.found = map[waybill.Carrier]Template{}
	}
	c.found[code] = all[0]
	return all[0], nil
}
