package zto_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/zto"
	"miandan/agent/internal/secret"
)

func TestConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			i, err := zto.Kind().New(carrier.Account{
				Gateway: base,
				Values: map[string]string{"app_key": "K", "account_id": "A", "collect_account": "C", "site_code": "02100", "site_name": "演示网点",
					"same_number_again": "true"},
				Secrets: map[string]secret.Token{"app_secret": secret.New(carriertest.Secret), "account_password": secret.New(carriertest.Token)},
			})
			if err != nil {
				t.Fatal(err)
			}
			return i
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			var p struct {
				Reference string `json:"partnerOrderCode"`
			}
			if r.URL.Path != "/zto.open.createOrder" || json.Unmarshal(body, &p) != nil {
				return "", 0
			}
			return p.Reference, 1
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(`{"result":{"bigMarkInfo":null,"billCode":%q,"orderCode":"251129000000000001"},"message":"成功","status":true,"statusCode":"0000"}`, number)
		},
		Refused:    `{"result":null,"message":"李䶮 13800001234 收件人信息不合规","status":false,"statusCode":"ORDER001"}`,
		Throttled:  `{"result":null,"message":"api qos limit","status":false,"statusCode":"S206"}`,
		Signature:  `{"result":null,"message":"签名错误","status":false,"statusCode":"S211"}`,
		Permission: `{"result":null,"message":"无权限访问","status":false,"statusCode":"S210"}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"result":{"billCode":%q},"message":"路由信息获取失败","status":false,"statusCode":"ORDER002"}`, number)
		},
		Cannot: map[string]string{carriertest.Parcels: one},
	})
}
