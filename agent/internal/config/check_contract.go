package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/kinds"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// accountName keeps names fit for the key store and for routes.
var (
	accountName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)
	prefix      = regexp.MustCompile(`^[0-9A-Za-z_]{0,12}$`)
)

// account looks at a contract of the merchant's own with a carrier.
func (k *checker) account(c *Config, i int) {
	a, at := c.Accounts[i], fmt.Sprintf("account[%d].", i)
	kind, known := kinds.Of(a.Carrier)
	switch {
	case a.Carrier == "":
		k.missing(at+"carrier", fmt.Sprintf("carrier = %q", carrierNames()[0]))
		return
	case !known:
		k.wrong(at+"carrier", quoted(carrierNames()))
		return
	}
	switch {
	case !accountName.MatchString(a.Name) || a.Name == JDExpress:
		k.wrong(at+"name", notice.Phrase{"up to 30 small letters, digits and dashes, and not jd-express", "最多 30 个小写字母、数字或横线，且不能是 jd-express"})
	case slices.ContainsFunc(c.Accounts[:i], func(o Account) bool { return o.Name == a.Name }):
		k.twice(at+"name", a.Name)
	}
	if a.Gateway != "" {
		k.server(at+"gateway", a.Gateway, c.JD.PlainHTTP)
	}
	if a.Sandbox && a.Gateway == "" && kind.Sandbox == "" {
		k.wrong(at+"sandbox", notice.Phrase{"false: this carrier has no trial system", "false：该快递没有测试环境"})
	}
	if !prefix.MatchString(a.Prefix) {
		k.wrong(at+"order_prefix", notice.Phrase{"up to 12 letters, digits and _", "最多 12 个字母、数字或 _"})
	}
	k.number(at+"weight", a.Weight, 0.01, 1000)
	k.oneOf(at+"phone", string(a.Phone), "", string(waybill.PhoneReal), string(waybill.PhoneVirtual), string(waybill.PhoneMasked))
	k.oneOf(at+"way", a.Way, Own, Rendered)
	k.whole(at+"stock_warning", a.StockWarning, -1, 1_000_000)
	k.accountSettings(a, kind, at)
}

func (k *checker) accountSettings(a Account, kind carrier.Kind, at string) {
	allowed := settingNames(kind)
	for _, name := range a.settingsOf() {
		setting := at + "settings." + name
		f := slices.IndexFunc(kind.Fields, func(f carrier.Field) bool { return f.Name == name })
		switch {
		case f >= 0 && kind.Fields[f].Secret:
			k.problems = append(k.problems, notice.New("config-secret-in-file", nil, k.path, k.at.line(setting), plain(setting), a.SecretName(name)))
		case f < 0:
			k.problems = append(k.problems, notice.New("config-unknown-key-here", nil, k.path, k.at.line(setting), plain(setting), strings.Join(allowed, ", ")))
		case len(kind.Fields[f].OneOf) > 0 && a.Settings[name] != "":
			k.oneOf(setting, strings.TrimSpace(a.Settings[name]), kind.Fields[f].OneOf...)
		}
	}
	complete := true
	for _, f := range kind.Fields {
		if f.Required && !f.Secret && f.Default == "" && strings.TrimSpace(a.Settings[f.Name]) == "" {
			k.missing(at+"settings."+f.Name, fmt.Sprintf("%s = %q", f.Name, f.Example))
			complete = false
		}
	}
	if complete {
		k.opens(a, kind, at)
	}
}

// opens has the carrier's package look at the settings together: some are needed
// only beside others. The secrets are not looked at, so each is there.
func (k *checker) opens(a Account, kind carrier.Kind, at string) {
	secrets := map[string]secret.Token{}
	for _, f := range kind.Fields {
		if f.Secret {
			secrets[f.Name] = secret.New("some secret")
		}
	}
	issuer, err := kind.New(a.Contract(&Config{}, secrets))
	var n *notice.Error
	if !errors.As(err, &n) {
		k.drawn(a, issuer, at)
		return
	}
	if field, ok := n.Args[len(n.Args)-1].(string); n.Code == "account-value" && ok {
		f := slices.IndexFunc(kind.Fields, func(f carrier.Field) bool { return f.Name == field })
		if f >= 0 && a.Settings[field] == "" {
			k.missing(at+"settings."+field, fmt.Sprintf("%s = %q", field, kind.Fields[f].Example))
			return
		}
	}
	k.problems = append(k.problems, n)
}

// drawn looks whether the carrier can draw the labels that it is to draw, and as
// the account wants them: nobody here could hide anything on them.
func (k *checker) drawn(a Account, issuer carrier.Issuer, at string) {
	if a.Way != Rendered {
		return
	}
	if _, draws := issuer.(carrier.Documents); !draws {
		k.wrong(at+"way", notice.Phrase{`"own": this carrier draws no labels`, `"own"：该快递不提供面单文件`})
	}
	if a.Phone == waybill.PhoneMasked {
		k.wrong(at+"phone", notice.Phrase{`"real", or way = "own": the carrier draws what it knows`, `"real"，或设置 way = "own"：面单由快递公司绘制，无法隐藏`})
	}
}
