package jtexpress_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jtexpress/jtsim"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// forgetful is a line on which the look-up knows of no order, and all else goes
// on to the suite's carrier.
type forgetful struct{ http.Transport }

func (f *forgetful) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/getOrders") {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(none)), Request: r}, nil
	}
	return f.Transport.RoundTrip(r)
}

const (
	oneNumber = "nothing public says under which numbers the other pieces of an order travel"
	noReceipt = "the interface has no field for it"
)

func TestConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			a := account(t)
			a.Gateway, a.HTTP = base, &outbound.Client{Transport: &forgetful{}}
			a.Secrets = map[string]secret.Token{"private_key": secret.New(carriertest.Secret), "password": secret.New(carriertest.Token)}
			return open(t, a)
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			form, _ := url.ParseQuery(string(body))
			var o struct {
				Reference string `json:"txlogisticId"`
			}
			if r.URL.Path != "/order/addOrder" || json.Unmarshal([]byte(form.Get("bizContent")), &o) != nil {
				return "", 0
			}
			return o.Reference, 1
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(`{"code":"1","msg":"success","data":{"billCode":%q}}`, number)
		},
		Refused:    `{"code":"145003084","msg":"李䶮 13800001234 收件人信息不全","data":null}`,
		Signature:  `{"code":"145003030","msg":"Headers签名失败","data":null}`,
		Permission: `{"code":"145003012","msg":"API账号没有接口权限","data":null}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"code":"145003084","msg":"三段码获取失败","data":{"billCode":%q}}`, number)
		},
		Cannot: map[string]string{carriertest.Parcels: oneNumber, carriertest.Receipt: noReceipt},
	})
}

func TestSimulated(t *testing.T) {
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return practice(t, base, prefix) },
		Sim:     func(*testing.T) carriertest.Simulator { return jtsim.New(jtsim.Config{}) },
		Private: []string{jtsim.DefaultPrivateKey, jtsim.DefaultPassword},
		Cannot: map[string]string{
			carriertest.Parcels: oneNumber,
			carriertest.Receipt: noReceipt,
			carriertest.Busy:    "no code for it is public",
			carriertest.Stock:   "J&T is paid by the month, its numbers are not bought",
		},
	})
}
