package deppon_test

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
	"miandan/agent/internal/carrier/deppon"
	"miandan/agent/internal/carrier/deppon/depponsim"
	"miandan/agent/internal/secret"
)

func TestConforms(t *testing.T) {
	carriertest.Run(t, carriertest.Subject{
		New: func(base string) carrier.Issuer {
			a := account("several", "true", "cod_account", "6200000000000000000", "cod_name", "演示公司")
			a.Gateway, a.Secrets = base, map[string]secret.Token{"app_key": secret.New(carriertest.Secret)}
			return open(t, a)
		},
		Key: func(r *http.Request, body []byte) (string, int) {
			form, _ := url.ParseQuery(string(body))
			var p struct {
				LogisticID string `json:"logisticID"`
				Packages   struct {
					Number int `json:"totalNumber"`
				} `json:"packageInfo"`
			}
			if !strings.HasSuffix(r.URL.Path, create) || json.Unmarshal([]byte(form.Get("params")), &p) != nil {
				return "", 0
			}
			return strings.TrimPrefix(p.LogisticID, "TSTT"), p.Packages.Number
		},
		Given: func(number string, boxes int) string {
			numbers := []string{number}
			for n := 1; n < boxes; n++ {
				numbers = append(numbers, fmt.Sprintf("%s%d", number, n))
			}
			return fmt.Sprintf(`{"result":"true","reason":"成功","resultCode":"1000","mailNo":%q}`, strings.Join(numbers, ","))
		},
		Refused:   `{"result":"false","reason":"李䶮 13800001234 客户编码有误","resultCode":"2002"}`,
		Signature: `{"result":"false","reason":"摘要验证失败","resultCode":"2003"}`,
		Both: func(number string) string {
			return fmt.Sprintf(`{"result":"false","reason":"目的外场获取失败","resultCode":"2002","mailNo":%q}`, number)
		},
	})
}

// practice is an account with the simulator.
func practice(t testing.TB, base, prefix string, change ...string) *deppon.Issuer {
	a := account()
	a.Gateway, a.Prefix, a.Secrets = base, prefix, map[string]secret.Token{}
	settings, secrets := depponsim.Settings()
	a.Values = settings
	for i := 0; i+1 < len(change); i += 2 {
		a.Values[change[i]] = change[i+1]
	}
	for name, s := range secrets {
		a.Secrets[name] = secret.New(s)
	}
	return open(t, a)
}

const (
	noCode   = "no code for it is public"
	noOwn    = "its numbers are not bought"
	noParcel = "the account may not send several parcels under one order"
)

func TestSimulated(t *testing.T) {
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return practice(t, base, prefix) },
		Sim:     func(*testing.T) carriertest.Simulator { return depponsim.New(depponsim.Config{}) },
		Private: []string{depponsim.DefaultAppKey},
		Cannot: map[string]string{
			carriertest.Parcels: noParcel, carriertest.Busy: noCode, carriertest.Permission: noCode, carriertest.Stock: noOwn,
		},
	})
}

func TestSimulatedWithSeveralParcels(t *testing.T) {
	carriertest.RunSimulated(t, carriertest.Simulated{
		New:     func(base, prefix string) carrier.Issuer { return practice(t, base, prefix, "several", "true") },
		Sim:     func(*testing.T) carriertest.Simulator { return depponsim.New(depponsim.Config{Several: true}) },
		Private: []string{depponsim.DefaultAppKey},
		Cannot: map[string]string{
			carriertest.Again: "each call under one logisticID takes other numbers", carriertest.Find: "the look-up wants to be told the number",
			carriertest.Busy: noCode, carriertest.Permission: noCode, carriertest.Stock: noOwn,
		},
	})
}

// Deppon takes orders in and works on them later.
func TestEarly(t *testing.T) {
	clock := now
	sim := depponsim.New(depponsim.Config{Early: 10 * time.Second, Undrawn: 3 * time.Minute, Now: func() time.Time { return clock }})
	server := serve(t, sim)
	i := practice(t, server, "")
	sim.Fail("lose-answer")
	if _, err := i.Issue(t.Context(), demo()); err == nil {
		t.Fatal("the answer came")
	}
	if _, err := i.Find(t.Context(), demo()); err == nil || len(sim.Given()) != 1 {
		t.Fatalf("found at once, %v", err)
	}
	clock = clock.Add(11 * time.Second)
	w, err := i.Find(t.Context(), demo())
	if err != nil || len(sim.Given()["DEMO249786309732"]) != 1 || string(w.Number) != sim.Given()["DEMO249786309732"][0] {
		t.Fatalf("Find = %q, %v of %v", w.Number, err, sim.Given())
	}
	if _, err := i.Document(t.Context(), w, 0); err != carrier.ErrLater {
		t.Errorf("the label at once: %v", err)
	}
	clock = clock.Add(3 * time.Minute)
	if d, err := i.Document(t.Context(), w, 0); err != nil || len(d.PDF) == 0 {
		t.Errorf("the label later: %v", err)
	}
}

// A receipt is asked for where Deppon sees it.
func TestReceiptComesBack(t *testing.T) {
	sim := depponsim.New(depponsim.Config{})
	o := demo()
	o.SignReturn = 1
	w, err := practice(t, serve(t, sim), "").Issue(t.Context(), o)
	if err != nil || len(sim.Receipts()) != 1 || sim.Receipts()[0] != string(w.Number) {
		t.Errorf("receipts %v, %v", sim.Receipts(), err)
	}
}
