package jd_test

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// atJD is a contract with ZTO at the simulated gateway.
func atJD(t *testing.T, c jdsim.Config) (*jdsim.Gateway, jd.Issuer) {
	t.Helper()
	sim, err := jdsim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	i := *issuer(t, &gateway{})
	i.Client = &jos.Client{Gateway: server.URL + jdsim.Path, AppKey: jdsim.DefaultAppKey, AppSecret: secret.New(jdsim.DefaultAppSecret),
		AccessToken: secret.New(jdsim.DefaultAccessToken), Backoff: time.Millisecond}
	i.ProviderCode, i.ProviderName, i.ProviderID, i.BranchCode, i.SameNumberAgain = "ZTO", "中通快递", 1499, "57101", true
	return sim, i
}

// taken counts the numbers that the gateway really gave.
func taken(g *jdsim.Gateway) int {
	n := 0
	for _, e := range g.Journal() {
		if e.Event == jdsim.Number {
			n++
		}
	}
	return n
}

func TestBothFamiliesAtJD(t *testing.T) {
	for _, dialect := range []jdsim.Dialect{{}, {WrappedReceive: true, StringStatusCode: true, LowerResponse: true, Response: true, BigShotList: true}} {
		gateway, contract := atJD(t, jdsim.Config{Dialect: dialect})
		mother := jd.Ewaybill{Issuer: contract, Together: true}
		for name, test := range map[string]struct {
			issuer interface {
				carrier.Issuer
				carrier.Finder
				carrier.Router
				carrier.Prover
			}
			method  string
			numbers int
		}{
			"classic":         {&contract, "jingdong.ldop.alpha.waybill.receive", 2},
			"newer":           {&jd.Ewaybill{Issuer: contract}, "jingdong.logistics.ewaybill.waybill.create", 2},
			"newer, together": {&mother, "jingdong.logistics.ewaybill.waybill.create", 1},
		} {
			t.Run(name, func(t *testing.T) {
				o := carriertest.Order(name)
				o.Services = order.Services{Insured: 100000, Parcels: 2}
				before := taken(gateway)
				gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Method: test.method, Late: true, Times: 1})
				if _, err := test.issuer.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
					t.Fatalf("Issue = %v", err)
				}
				w, err := test.issuer.Find(t.Context(), o)
				if err != nil || len(w.Parcels) != 2 || len(w.Numbers()) != test.numbers || taken(gateway)-before != test.numbers {
					t.Fatalf("Find = %+v, %v; %d numbers taken", w.Parcels, err, taken(gateway)-before)
				}
				if err := test.issuer.Route(t.Context(), &w); err != nil || w.Routing.Code == "" {
					t.Errorf("Route = %v", err)
				}
				if err := test.issuer.Prove(t.Context(), "JT0000000000009"); notice.CodeOf(err) != "number-not-known" {
					t.Errorf("Prove of a number of nobody's = %v", err)
				}
				for _, n := range w.Numbers() {
					if err := test.issuer.Prove(t.Context(), n); err != nil {
						t.Errorf("Prove = %v", err)
					}
					if err := test.issuer.Cancel(t.Context(), n); err != nil {
						t.Errorf("Cancel = %v", err)
					}
				}
				if err := test.issuer.Cancel(t.Context(), w.Number); notice.CodeOf(err) != "cancel-refused" {
					t.Errorf("Cancel twice = %v", err)
				}
			})
		}
	}
}

func TestContractsAndStockAtJD(t *testing.T) {
	gateway, i := atJD(t, jdsim.Config{})
	gateway.SetStock("ZTO", 1)
	for name, c := range map[string]carrier.Contracts{"classic": &i, "newer": &jd.Ewaybill{Issuer: i}} {
		list, err := c.Contracts(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if mine, err := i.Signed(list); err != nil || mine.Amount != 1 || mine.ProviderID != 1499 {
			t.Errorf("%s: Signed = %+v, %v", name, mine, err)
		}
	}
	if n, err := i.Balance(t.Context()); n != 1 || err != nil {
		t.Errorf("Balance = %d, %v", n, err)
	}
	o := carriertest.Order("249786309732")
	o.Parcels = 2
	var r *carrier.Refusal
	if _, err := i.Issue(t.Context(), o); !errors.As(err, &r) || r.Code != "stock-out" || !r.Retry || taken(gateway) != 0 {
		t.Errorf("Issue = %v with %d taken", err, taken(gateway))
	}
}

func TestOutageAtJD(t *testing.T) {
	gateway, i := atJD(t, jdsim.Config{Outages: []jdsim.Outage{{ProviderCode: "ZTO", Province: "广东", Reason: "停发"}}})
	i.CheckOutage = true
	var r *carrier.Refusal
	if _, err := i.Issue(t.Context(), carriertest.Order("249786309732")); !errors.As(err, &r) || r.Code != "carrier-area" {
		t.Errorf("Issue = %v", err)
	}
	if gateway.Calls("jingdong.ldop.alpha.waybill.receive") != 0 {
		t.Error("a number was asked for")
	}
	gateway.SetOutages()
	if w, err := i.Issue(t.Context(), carriertest.Order("249786309732")); err != nil || w.Number == waybill.Number("") {
		t.Errorf("Issue = %v", err)
	}
}
