package yunda_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yunda"
	"miandan/agent/internal/carrier/yunda/yundasim"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// issuer opens an account that calls base with its own secrets.
func issuer(base, prefix string, client *outbound.Client, settings, secrets map[string]string) *yunda.Issuer {
	values := map[string]string{"insured_mark": "INS", "sign_return_mark": "SR"}
	maps.Copy(values, settings)
	tokens := map[string]secret.Token{}
	for k, v := range secrets {
		tokens[k] = secret.New(v)
	}
	i, err := yunda.Kind().New(carrier.Account{Gateway: base, Prefix: prefix, Shop: "演示旗舰店", Sender: sender(), Weight: 1, HTTP: client, Values: values, Secrets: tokens})
	if err != nil {
		panic(err)
	}
	return i.(*yunda.Issuer)
}

// oneParcel is why Yunda is asked for one parcel only.
const oneParcel = "how the pieces of an order are told of is not public enough"

func TestConforms(t *testing.T) {
	settings, _ := yundasim.Settings()
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			return issuer(base, "", nil, settings, map[string]string{"app_secret": carriertest.Secret, "partner_secret": carriertest.Token})
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			var q struct {
				Orders []struct {
					Serial string `json:"order_serial_no"`
				} `json:"orders"`
			}
			if r.URL.Path != "/openapi-api/v1/accountOrder/createBmOrder" || json.Unmarshal(body, &q) != nil || len(q.Orders) != 1 {
				return "", 0
			}
			return q.Orders[0].Serial, 1
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(`{"result":true,"code":"0000","message":"请求成功","data":[{"mail_no":%q,"pdf_info":"","status":"1","msg":""}]}`, number)
		},
		Refused:    `{"result":true,"code":"0000","message":"请求成功","data":[{"mail_no":"","pdf_info":"","status":"0","msg":"李䶮 13800001234 网点已停用"}]}`,
		Throttled:  `{"result":false,"code":"7502","message":"超过QPS限制"}`,
		Signature:  `{"result":false,"code":"7400","message":"签名失败"}`,
		Permission: `{"result":false,"code":"7200","message":"接口无权限"}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"result":true,"code":"0000","data":[{"mail_no":%q,"status":"0","msg":"面单数据生成失败"}]}`, number)
		},
		Cannot: map[string]string{carriertest.Parcels: oneParcel},
	})
}

func TestSimulated(t *testing.T) {
	settings, secrets := yundasim.Settings()
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return issuer(base, prefix, nil, settings, secrets) },
		Sim:     func(*testing.T) carriertest.Simulator { return yundasim.New(yundasim.Config{}) },
		Private: []string{secrets["app_secret"], secrets["partner_secret"]},
		Cannot: map[string]string{
			carriertest.Parcels:   oneParcel,
			carriertest.Documents: "the label is drawn here, from Yunda's data",
			carriertest.Late:      "Yunda's data are there with the number",
		},
	})
}
