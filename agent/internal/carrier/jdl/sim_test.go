package jdl_test

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// atJD is an account at both of the simulated gateways.
func atJD(t *testing.T, c jdsim.Config) (*jdsim.Gateway, *jdl.Issuer, *jdl.ECAP) {
	t.Helper()
	sim, err := jdsim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.All())
	t.Cleanup(server.Close)
	open := issuer(t, &gateway{})
	open.Client = &jos.Client{Gateway: server.URL + jdsim.Path, AppKey: jdsim.DefaultAppKey, AppSecret: secret.New(jdsim.DefaultAppSecret),
		AccessToken: secret.New(jdsim.DefaultAccessToken), Backoff: time.Millisecond}
	open.SameNumberAgain = true
	own := ecap(t, &platform{})
	own.Client = &lop.Client{Gateway: server.URL, AppKey: jdsim.DefaultLOPAppKey, AppSecret: secret.New(jdsim.DefaultLOPAppSecret), AccessToken: secret.New(jdsim.DefaultLOPAccessToken)}
	return sim, open, own
}

func taken(g *jdsim.Gateway) (n int) {
	for _, e := range g.Journal() {
		if e.Event == jdsim.Number {
			n++
		}
	}
	return n
}

const createPath = "/ecap/v1/orders/create"

func TestBothDoorsAtJD(t *testing.T) {
	for name, set := range map[string]struct {
		method string
		issuer func(*jdl.Issuer, *jdl.ECAP) carrier.Issuer
		c      jdsim.Config
	}{
		"open platform":         {"jingdong.ldop.waybill.receive", func(i *jdl.Issuer, _ *jdl.ECAP) carrier.Issuer { return i }, jdsim.Config{}},
		"ECAP, same number":     {createPath, func(_ *jdl.Issuer, e *jdl.ECAP) carrier.Issuer { e.SameNumberAgain = true; return e }, jdsim.Config{}},
		"ECAP, number first":    {createPath, func(_ *jdl.Issuer, e *jdl.ECAP) carrier.Issuer { e.Reserve = true; return e }, jdsim.Config{}},
		"ECAP, refuses repeats": {createPath, func(_ *jdl.Issuer, e *jdl.ECAP) carrier.Issuer { e.Reserve = true; return e }, jdsim.Config{Dialect: jdsim.Dialect{RefuseSameOrderID: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			sim, open, own := atJD(t, set.c)
			own.Routing = open
			i := set.issuer(open, own)
			o := carriertest.Order("249786309732")
			o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn, Parcels: 3}
			sim.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Method: set.method, Late: true, Times: 1})
			if _, err := i.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
				t.Fatalf("Issue = %v", err)
			}
			w, err := i.(carrier.Finder).Find(t.Context(), o)
			if err != nil || len(w.Parcels) != 3 || taken(sim) != 1 {
				t.Fatalf("Find = %+v, %v; %d numbers taken", w.Parcels, err, taken(sim))
			}
			for _, e := range sim.Journal() {
				if e.Event == jdsim.Number && (e.Packages != 3 || e.Number != string(w.Number) || e.Collect == "" || e.Insured == "" || e.Return == "") {
					t.Errorf("JD wrote down %+v", e)
				}
			}
			prover := i.(carrier.Prover)
			if err := prover.Prove(t.Context(), w.Number); err != nil {
				t.Errorf("Prove = %v", err)
			}
			if err := prover.Prove(t.Context(), "JDVC99999999999"); notice.CodeOf(err) != "number-not-known" {
				t.Errorf("Prove of a number of nobody's = %v", err)
			}
			if err := i.(carrier.Router).Route(t.Context(), &w); err != nil || w.Routing.Site == "" || w.Routing.Code == "" {
				t.Errorf("Route = %v, %+v", err, w.Routing)
			}
			if err := i.Cancel(t.Context(), w.Number); err != nil {
				t.Errorf("Cancel = %v", err)
			}
			if err := i.Cancel(t.Context(), w.Number); notice.CodeOf(err) != "cancel-refused" {
				t.Errorf("Cancel twice = %v", err)
			}
		})
	}
}

func TestARepeatThatJDRefusesIsStillUnknown(t *testing.T) {
	sim, _, e := atJD(t, jdsim.Config{Dialect: jdsim.Dialect{RefuseSameOrderID: true}})
	if _, err := e.Issue(t.Context(), carriertest.Order("1")); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Issue(t.Context(), carriertest.Order("1")); !errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != "order-has-number" || taken(sim) != 1 {
		t.Errorf("Issue = %v with %d numbers", err, taken(sim))
	}
}

func TestRoutingFoundAfterwardsIsThatOfTheAnswer(t *testing.T) {
	_, i, e := atJD(t, jdsim.Config{})
	whole, err := i.Issue(t.Context(), carriertest.Order("1"))
	if err != nil {
		t.Fatal(err)
	}
	adopted, err := i.Adopt(carriertest.Order("1"), []waybill.Number{whole.Number})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Route(t.Context(), &adopted); err != nil || adopted.Routing.Code != whole.Routing.Code || adopted.Routing.Site != whole.Routing.Site {
		t.Errorf("Route = %v\n got %+v\nwant %+v", err, adopted.Routing, whole.Routing)
	}
	if err := e.Prove(t.Context(), whole.Number); err != nil {
		t.Errorf("Prove = %v", err)
	}
	if err := e.Prove(t.Context(), "JDVC99999999999"); notice.CodeOf(err) != "number-not-known" {
		t.Errorf("Prove of nobody's number = %v", err)
	}
}

func TestOutOfRangeAtJD(t *testing.T) {
	sim, i, e := atJD(t, jdsim.Config{Outages: []jdsim.Outage{{ProviderCode: "JD", Province: "广东", Reason: "该区域已停发"}}})
	i.CheckRange, e.Precheck = true, true
	for name, issuer := range map[string]carrier.Issuer{"open platform": i, "ECAP": e} {
		var r *carrier.Refusal
		if _, err := issuer.Issue(t.Context(), carriertest.Order("1")); !errors.As(err, &r) || r.Code != "carrier-area" || taken(sim) != 0 {
			t.Errorf("%s: Issue = %v", name, err)
		}
	}
	if n := sim.Calls(createPath) + sim.Calls("jingdong.ldop.waybill.receive"); n != 0 {
		t.Errorf("a number was asked for %d times", n)
	}
}

func TestEveryWayToSignAtJD(t *testing.T) {
	_, open, e := atJD(t, jdsim.Config{})
	for _, a := range lop.Algorithms() {
		e.Client.Algorithm = a
		if _, err := e.Issue(t.Context(), carriertest.Order(string(a))); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	c := open.Client
	e.Client = &lop.Client{Gateway: e.Client.Gateway, AppKey: c.AppKey, AppSecret: c.AppSecret, AccessToken: c.AccessToken, JOS: true}
	if _, err := e.Issue(t.Context(), carriertest.Order("jos")); err != nil {
		t.Errorf("with the other platform's key: %v", err)
	}
	e.Client.AppSecret = secret.New("wrong")
	if _, err := e.Issue(t.Context(), carriertest.Order("wrong")); !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != lop.NoticeSignature {
		t.Errorf("with a wrong secret: %v", err)
	}
}
