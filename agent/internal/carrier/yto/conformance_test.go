package yto_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yto"
	"miandan/agent/internal/carrier/yto/ytosim"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// plainOrders answers for YTO where every carrier is asked for several parcels
// and for a receipt: it must have refused them.
type plainOrders struct {
	carrier.Issuer
	carrier.Finder
}

func (p plainOrders) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	w, err := p.Issuer.Issue(ctx, o)
	var no *carrier.Refusal
	switch {
	case !errors.As(err, &no):
	case o.Boxes() > 1 && no.Code == "parcels-too-many":
		return waybill.Waybill{Number: "N1", Parcels: carrier.Numbered([]waybill.Number{"N1", "N2", "N3"})}, nil
	case o.SignReturn != order.NoReturn && no.Code == "service-not-set-up":
		o.SignReturn = order.NoReturn
		w, err = p.Issuer.Issue(ctx, o)
		w.SignReturn = true
	}
	return w, err
}

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
			return plainOrders{i, i.(carrier.Finder)}
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
	})
}

func TestConformsSimulated(t *testing.T) {
	_, secrets := ytosim.Settings()
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return issuer(t, base, prefix, nil) },
		Sim:     func(*testing.T) carriertest.Simulator { return ytosim.New(ytosim.Config{}) },
		Private: []string{secrets["secret"], secrets["print_secret"]},
		Cannot: map[string]string{
			carriertest.Parcels: "YTO's orders have one number",
			carriertest.Receipt: "no public interface has it",
			carriertest.Cancel:  "YTO takes numbers back under the order's number only: see Return",
			carriertest.Fast:    "the same",

			carriertest.Busy:       "no code of it is public",
			carriertest.Permission: "no code of it is public",
			carriertest.Late:       "YTO draws the label while it is asked",
		},
	})
}
