package sf_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/secret"
)

// within is an answer of the system behind the gateway.
func within(inner string) string {
	text, _ := json.Marshal(inner)
	return fmt.Sprintf(`{"apiErrorMsg":"","apiResponseID":"00019F","apiResultCode":"A1000","apiResultData":%s}`, text)
}

// gate is the gateway's own no.
func gate(code, words string) string {
	return fmt.Sprintf(`{"apiErrorMsg":%q,"apiResponseID":"00019F","apiResultCode":%q,"apiResultData":null}`, words, code)
}

func refusal(code, words string) string {
	return within(fmt.Sprintf(`{"success":false,"errorCode":%q,"errorMsg":%q,"msgData":null}`, code, words))
}

// given is an answer with numbers: the first is the mother's.
func given(numbers ...string) string {
	var list []map[string]any
	for n, number := range numbers {
		list = append(list, map[string]any{"waybillType": min(n, 1) + 1, "waybillNo": number, "boxNo": nil})
	}
	text, _ := json.Marshal(map[string]any{"success": true, "errorCode": "S0000", "errorMsg": nil,
		"msgData": map[string]any{"orderId": "", "filterResult": 2, "remark": "", "waybillNoInfoList": list, "routeLabelInfo": nil}})
	return within(string(text))
}

func TestConforms(t *testing.T) {
	boxes := map[string]int{} // the look-up does not say how many there are
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			a := account(base, nil)
			a.Prefix, a.Secrets = "", map[string]secret.Token{"check_word": secret.New(carriertest.Secret)}
			return issuerOf(t, a)
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			form, _ := url.ParseQuery(string(body))
			var p struct {
				Order   string `json:"orderId"`
				Parcels int    `json:"parcelQty"`
			}
			if r.URL.Path != "/std/service" || json.Unmarshal([]byte(form.Get("msgData")), &p) != nil {
				return "", 0
			}
			switch form.Get("serviceCode") {
			case "EXP_RECE_CREATE_ORDER":
				boxes[p.Order] = p.Parcels
				return p.Order, p.Parcels
			case "EXP_RECE_SEARCH_ORDER_RESP":
				return p.Order, boxes[p.Order]
			}
			return "", 0
		},
		Given: func(number string, boxes int) string {
			numbers := []string{number}
			for n := 1; n < boxes; n++ {
				numbers = append(numbers, fmt.Sprintf("%s%03d", number, n))
			}
			return given(numbers...)
		},
		Refused:   refusal("8196", "信息异常：李䶮 13800001234"),
		Throttled: gate("A1005", "流量受控"),
		Signature: gate("A1006", "数字签名无效"),
		// A signed call has no token that could lapse; TestTokens is about those.
		Permission: gate("A1004", "无对应服务权限"),
		Both: func(number string) string {
			return within(fmt.Sprintf(`{"success":false,"errorCode":"8196","errorMsg":"路由标签获取失败","msgData":{"waybillNoInfoList":[{"waybillType":1,"waybillNo":%q}]}}`, number))
		},
	})
}

func TestSimulated(t *testing.T) {
	for name, test := range map[string]struct {
		settings map[string]string
		config   sfsim.Config
	}{
		"signed":        {nil, sfsim.Config{}},
		"logged in":     {map[string]string{"auth": "token"}, sfsim.Config{}},
		"signed raw":    {map[string]string{"auth": "digest-raw"}, sfsim.Config{Raw: true}},
		"8016 is a yes": {nil, sfsim.Config{Repeated: true}},
	} {
		t.Run(name, func(t *testing.T) {
			_, secrets := sfsim.Settings()
			carriertest.RunSimulated(t, carriertest.Simulated{
				New: func(base, prefix string) carrier.Issuer {
					a := account(base, test.settings)
					a.Prefix = prefix
					return issuerOf(t, a)
				},
				Sim:     func(*testing.T) carriertest.Simulator { return sfsim.New(test.config) },
				Private: []string{secrets["check_word"]},
				Cannot:  map[string]string{carriertest.Stock: "SF is paid by the parcel and gives any number of numbers"},
			})
		})
	}
}
