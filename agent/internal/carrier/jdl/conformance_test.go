package jdl_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/secret"
)

func TestOpenPlatformConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			return &jdl.Issuer{
				Client:       &jos.Client{Gateway: base + "/routerjson", AppKey: "K", AppSecret: secret.New(carriertest.Secret), AccessToken: secret.New(carriertest.Token)},
				CustomerCode: "010K0000000", SalePlatform: "0010001", SameNumberAgain: true, Now: func() time.Time { return now },
			}
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			form, _ := url.ParseQuery(string(body))
			var p struct {
				OrderID      string `json:"orderId"`
				PackageCount int    `json:"packageCount"`
			}
			if r.URL.Query().Get("method") != "jingdong.ldop.waybill.receive" || json.Unmarshal([]byte(form.Get("360buy_param_json")), &p) != nil {
				return "", 0
			}
			return p.OrderID, p.PackageCount
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(result, fmt.Sprintf(`{"resultCode":100,"deliveryId":%q,"needRetry":false}`, number))
		},
		Both: func(number string) string {
			return fmt.Sprintf(result, fmt.Sprintf(`{"resultCode":121,"resultMessage":"商家编码错误","deliveryId":%q}`, number))
		},
		Refused:    fmt.Sprintf(result, `{"resultCode":121,"resultMessage":"李䶮 13800001234 商家编码错误"}`),
		Throttled:  `{"error_response":{"code":"2","zh_desc":"App Call Limited"}}`,
		Signature:  `{"error_response":{"code":"12","zh_desc":"无效签名"}}`,
		Expired:    `{"error_response":{"code":"19","zh_desc":"无效access_token"}}`,
		Permission: `{"error_response":{"code":"24","zh_desc":"无权限"}}`,
	})
}

func TestECAPConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			return &jdl.ECAP{
				Client:       &lop.Client{Gateway: base, AppKey: "K", AppSecret: secret.New(carriertest.Secret), AccessToken: secret.New(carriertest.Token)},
				CustomerCode: "010K0000000", Origin: 1, Product: "ed-m-0001", Settle: 3, Channel: "0010001", Weight: 1, Volume: 1000,
				SameNumberAgain: true, Now: func() time.Time { return now },
			}
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			var p []struct {
				OrderID string `json:"orderId"`
				Cargoes []struct {
					Quantity int `json:"quantity"`
				} `json:"cargoes"`
			}
			if r.URL.Path != "/ecap/v1/orders/create" || json.Unmarshal(body, &p) != nil || len(p) != 1 || len(p[0].Cargoes) != 1 {
				return "", 0
			}
			return p[0].OrderID, p[0].Cargoes[0].Quantity
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(`{"success":true,"code":0,"msg":"success","subMsg":null,"data":{"orderCode":"ESL00000000000000001","waybillCode":%q,"freightPre":0,"needRetry":false}}`, number)
		},
		Both: func(number string) string {
			return fmt.Sprintf(`{"success":false,"code":1001,"msg":"商家编码错误","data":{"waybillCode":%q}}`, number)
		},
		Refused:    `{"success":false,"code":1001,"msg":"李䶮 13800001234","subMsg":"商家编码错误","data":null}`,
		Throttled:  `{"error_response":{"en_desc":"App Call Limited","code":2}}`,
		Signature:  `{"error_response":{"en_desc":"Invalid signature","zh_desc":"无效签名","code":12}}`,
		Expired:    `{"error_response":{"en_desc":"Invalid access_token","code":19}}`,
		Permission: `{"error_response":{"en_desc":"No permission","code":24}}`,
	})
}
