package kuaidi100_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/kuaidi100"
	"miandan/agent/internal/carrier/kuaidi100/kuaidi100sim"
	"miandan/agent/internal/secret"
)

func TestConforms(t *testing.T) {
	for _, company := range []string{"zhongtong", "shunfeng", "xinfengwuliu"} {
		t.Run(company, func(t *testing.T) {
			carriertest.Run(t, carriertest.Subject{
				New: func(base string) carrier.Issuer {
					return account(t, carrier.Account{Gateway: base, Values: map[string]string{"company": company, "key": "K", "partner_id": "P"},
						Secrets: map[string]secret.Token{"secret": secret.New(carriertest.Secret), "partner_key": secret.New(carriertest.Token)}})
				},
				Key: func(_ *http.Request, body []byte) (string, int) {
					form, _ := url.ParseQuery(string(body))
					var p struct {
						ID      string `json:"orderId"`
						Count   int    `json:"count"`
						Reorder *bool  `json:"reorder"`
					}
					if form.Get("method") != "order" || json.Unmarshal([]byte(form.Get("param")), &p) != nil || p.Reorder == nil || *p.Reorder {
						return "", 0
					}
					return p.ID, p.Count
				},
				Given: func(number string, boxes int) string {
					var children []string
					for n := 1; n < boxes; n++ {
						children = append(children, fmt.Sprintf("%sC%d", number, n))
					}
					return fmt.Sprintf(`{"code":200,"success":true,"message":"success","time":12,"data":{"kuaidinum":%q,"childNum":%q}}`, number, strings.Join(children, ","))
				},
				Refused:   `{"code":30001,"success":false,"message":"快递公司返回：李䶮 13800001234 月结账号错误","data":null}`,
				Throttled: `{"code":30004,"success":false,"message":"单量不足","data":null}`,
				Signature: `{"code":30002,"success":false,"message":"签名验证失败","data":null}`,
				Both: func(number string) string {
					return fmt.Sprintf(`{"code":30001,"success":false,"message":"模板错误","data":{"kuaidinum":%q}}`, number)
				},
			})
		})
	}
}

func TestSimulated(t *testing.T) {
	const (
		unknown   = "Kuaidi100 tells a wrong key, and no other want of permission"
		documents = "without a template of its console Kuaidi100 draws no labels"
		soon      = "the carrier takes nothing back at all"
		restart   = "the carrier wants its own order number with it, which is not kept over a restart"
	)
	for company, cannot := range map[string]map[string]string{
		"yunda":        {carriertest.Permission: unknown, carriertest.Documents: documents},
		"zhongtong":    {carriertest.Permission: unknown, carriertest.Documents: documents, carriertest.Cancel: soon},
		"shunfeng":     {carriertest.Permission: unknown, carriertest.Documents: documents, carriertest.Cancel: restart},
		"debangkuaidi": {carriertest.Permission: unknown, carriertest.Documents: documents, carriertest.Cancel: restart},
	} {
		t.Run(company, func(t *testing.T) {
			settings, secrets := kuaidi100sim.SettingsOf(company)
			private := []string{secrets["secret"]}
			if k := secrets["partner_key"]; k != "" {
				private = append(private, k)
			}
			carriertest.RunSimulated(t, carriertest.Simulated{
				New: func(base, prefix string) carrier.Issuer {
					return account(t, carrier.Account{Gateway: base, Prefix: prefix, Values: settings, Secrets: tokens(secrets)})
				},
				Sim:     func(*testing.T) carriertest.Simulator { return kuaidi100sim.New(kuaidi100sim.Config{}) },
				Private: private, Cannot: cannot,
			})
		})
	}
}

func tokens(secrets map[string]string) map[string]secret.Token {
	all := map[string]secret.Token{}
	for name, s := range secrets {
		all[name] = secret.New(s)
	}
	return all
}

// account is an issuer of an account, with a sender if it has none.
func account(t *testing.T, a carrier.Account) carrier.Issuer {
	t.Helper()
	if a.Sender.Name.Empty() {
		a.Sender = sender
	}
	i, err := kuaidi100.Kind().New(a)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
