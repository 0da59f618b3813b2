package sto_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto"
	"miandan/agent/internal/carrier/sto/stosim"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// issuer opens an account that calls base with its own secrets.
func issuer(base, prefix string, settings, secrets map[string]string) carrier.Issuer {
	values := map[string]string{"sign_return_service": "SIGN_BACK"}
	for k, v := range settings {
		values[k] = v
	}
	tokens := map[string]secret.Token{}
	for k, v := range secrets {
		tokens[k] = secret.New(v)
	}
	i, err := sto.Kind().New(carrier.Account{Gateway: base, Prefix: prefix, Shop: "演示旗舰店", Sender: sender(), Weight: 1, Values: values, Secrets: tokens})
	if err != nil {
		panic(err)
	}
	return i
}

// oneParcel answers for STO where every carrier is asked for several parcels: it
// must have refused them.
type oneParcel struct{ carrier.Issuer }

func (p oneParcel) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	w, err := p.Issuer.Issue(ctx, o)
	if o.Boxes() > 1 && code(err) == "parcels-too-many" {
		return waybill.Waybill{Number: "N1", Parcels: carrier.Numbered([]waybill.Number{"N1", "N2", "N3"})}, nil
	}
	return w, err
}

func (p oneParcel) CanFind() bool { return p.Issuer.(carrier.Finder).CanFind() }

func (p oneParcel) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	return p.Issuer.(carrier.Finder).Find(ctx, o)
}

func TestConforms(t *testing.T) {
	settings, _ := stosim.Settings()
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			return oneParcel{issuer(base, "", settings, map[string]string{"secret_key": carriertest.Secret, "site_password": carriertest.Token})}
		},
		Key: func(_ *http.Request, body []byte) (string, int) {
			form, _ := url.ParseQuery(string(body))
			var o struct {
				Order string `json:"orderNo"`
			}
			if form.Get("api_name") != "OMS_EXPRESS_ORDER_CREATE" || json.Unmarshal([]byte(form.Get("content")), &o) != nil {
				return "", 0
			}
			return o.Order, 1
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(`{"success":"true","errorCode":"","errorMsg":"","needRetry":"false","requestId":"1","data":{"waybillNo":%q}}`, number)
		},
		Refused:   `{"success":"false","errorCode":"","errorMsg":"李䶮 13800001234 客户编码错误","needRetry":"false","data":null}`,
		Signature: `{"success":"false","errorCode":"S02","errorMsg":"签名校验失败","needRetry":"false"}`,
	})
}
