package jd_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/secret"
)

func contract(base string) jd.Issuer {
	return jd.Issuer{
		Client:       &jos.Client{Gateway: base + "/routerjson", AppKey: "K", AppSecret: secret.New(carriertest.Secret), AccessToken: secret.New(carriertest.Token)},
		ProviderCode: "YTO", ProviderName: "圆通速递", ProviderID: 463, BranchCode: "210001", VendorCode: "10000001", VendorName: "演示旗舰店",
		SalePlatform: "0010001", SameNumberAgain: true, Now: func() time.Time { return now },
	}
}

// asked reads the key and the count of a request for numbers.
func asked(method string, from func(params map[string]any) map[string]any) func(*http.Request, []byte) (string, int) {
	return func(r *http.Request, body []byte) (string, int) {
		form, _ := url.ParseQuery(string(body))
		var params map[string]any
		if r.URL.Query().Get("method") != method || json.Unmarshal([]byte(form.Get("360buy_param_json")), &params) != nil {
			return "", 0
		}
		content := from(params)
		key, _ := content["platformOrderNo"].(string)
		count, _ := content["waybillCount"].(float64)
		return key, int(count)
	}
}

func refusals(s carriertest.Subject) carriertest.Subject {
	s.Throttled = `{"error_response":{"code":"2","zh_desc":"App Call Limited"}}`
	s.Signature = `{"error_response":{"code":"12","zh_desc":"无效签名"}}`
	s.Expired = `{"error_response":{"code":"19","zh_desc":"无效access_token"}}`
	s.Permission = `{"error_response":{"code":"24","zh_desc":"无权限"}}`
	return s
}

func TestClassicConforms(t *testing.T) {
	carriertest.Run(t, refusals(carriertest.Subject{
		New: func(base string) carrier.Issuer { i := contract(base); return &i },
		Key: asked("jingdong.ldop.alpha.waybill.receive", func(p map[string]any) map[string]any {
			var content map[string]any
			text, _ := p["content"].(string)
			json.Unmarshal([]byte(text), &content)
			return content
		}),
		Given: func(number string, boxes int) string {
			list := []string{number}
			for i := 2; i <= boxes; i++ {
				list = append(list, fmt.Sprint(number, i))
			}
			return numbers(list...)
		},
		Refused: `{"statusCode":-1,"statusMessage":"李䶮 13800001234 未签约"}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"statusCode":-1,"statusMessage":"未签约","data":{"waybillCodeList":[%q]}}`, number)
		},
	}))
}

func TestNewerConforms(t *testing.T) {
	carriertest.Run(t, refusals(carriertest.Subject{
		New: func(base string) carrier.Issuer {
			return &jd.Ewaybill{Issuer: contract(base), SignReturnService: "SIGN"}
		},
		Key: asked("jingdong.logistics.ewaybill.waybill.create", func(p map[string]any) map[string]any {
			request, _ := p["request"].(map[string]any)
			return request
		}),
		Given: func(number string, boxes int) string {
			var list []string
			for i := range boxes {
				list = append(list, fmt.Sprintf(`{"serialNumber":%d,"packageNo":"%s-%d"}`, i+1, number, i+1))
			}
			if boxes == 1 {
				list = nil
			}
			return fmt.Sprintf(created, fmt.Sprintf(`{"waybillCode":%q,"waybillPackageNoList":[%s]}`, number, strings.Join(list, ",")))
		},
		Refused: `{"x_responce":{"code":"0","response":{"statusCode":1,"statusMessage":"李䶮 13800001234 网点编码错误"}}}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"x_responce":{"code":"0","response":{"statusCode":1,"statusMessage":"网点编码错误","data":{"waybillCodeInfoList":[{"waybillCode":%q}]}}}}`, number)
		},
	}))
}
