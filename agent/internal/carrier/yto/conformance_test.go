package yto_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yto"
	"miandan/agent/internal/carrier/yto/ytosim"
	"miandan/agent/internal/secret"
)

const (
	oneNumber = "YTO's orders have one number"
	noReceipt = "no public interface has it"
)

func TestConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			i, err := yto.Kind().New(carrier.Account{
				Gateway: base, Values: map[string]string{"customer_code": "K00000001", "token": "dEm0A1"},
				Secrets: map[string]secret.Token{"secret": secret.New(carriertest.Secret)},
			})
			if err != nil {
				t.Fatal(err)
			}
			return i
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			var outer struct {
				Param string `json:"param"`
			}
			var p struct {
				Reference string `json:"logisticsNo"`
			}
			if !strings.HasPrefix(r.URL.Path, "/open/privacy_create_adapter/v1/") || json.Unmarshal(body, &outer) != nil || json.Unmarshal([]byte(outer.Param), &p) != nil {
				return "", 0
			}
			return p.Reference, 1
		},
		Given: func(number string, _ int) string {
			return fmt.Sprintf(`{"customerCode":"K00000001","mailNo":%q}`, number)
		},
		Refused:   `{"success":"false","code":200010003,"reason":"李䶮 13800001234 recipientCityName不能为空; "}`,
		Signature: `{"success":"false","code":"S02","reason":"非法的数字签名"}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"success":"false","code":"200017004","reason":"三段码获取失败","mailNo":%q}`, number)
		},
		Cannot: map[string]string{carriertest.Parcels: oneNumber, carriertest.Receipt: noReceipt},
	})
}

func TestConformsSimulated(t *testing.T) {
	_, secrets := ytosim.Settings()
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return issuer(t, base, prefix, nil) },
		Sim:     func(*testing.T) carriertest.Simulator { return ytosim.New(ytosim.Config{}) },
		Private: []string{secrets["secret"], secrets["print_secret"]},
		Cannot: map[string]string{
			carriertest.Parcels: oneNumber,
			carriertest.Receipt: noReceipt,
			carriertest.Cancel:  "YTO takes numbers back under the order's number only: see Return",
			carriertest.Fast:    "the same",

			carriertest.Busy:       "no code of it is public",
			carriertest.Permission: "no code of it is public",
			carriertest.Late:       "YTO draws the label while it is asked",
		},
	})
}
