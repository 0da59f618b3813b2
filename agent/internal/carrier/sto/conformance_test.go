package sto_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto"
	"miandan/agent/internal/carrier/sto/stosim"
	"miandan/agent/internal/secret"
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

// oneParcel is why STO is asked for one parcel only.
const oneParcel = "an order of STO's has one parcel"

func TestConforms(t *testing.T) {
	settings, _ := stosim.Settings()
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			return issuer(base, "", settings, map[string]string{"secret_key": carriertest.Secret, "site_password": carriertest.Token})
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
		Both: func(number string) string {
			return fmt.Sprintf(`{"success":"false","errorCode":"","errorMsg":"大头笔获取失败","needRetry":"false","data":{"waybillNo":%q}}`, number)
		},
		Cannot: map[string]string{carriertest.Parcels: oneParcel},
	})
}
