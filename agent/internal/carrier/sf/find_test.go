package sf_test

import (
	"errors"
	"slices"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

const (
	create = "EXP_RECE_CREATE_ORDER"
	search = "EXP_RECE_SEARCH_ORDER_RESP"
	update = "EXP_RECE_UPDATE_ORDER"
)

func TestFind(t *testing.T) {
	for _, test := range []struct {
		name  string
		how   string
		sim   sfsim.Config
		calls []string
	}{
		{"a lost answer is looked up", carriertest.LoseAnswer, sfsim.Config{}, []string{create, search}},
		{"a lost request is made again", carriertest.LoseRequest, sfsim.Config{}, []string{create, search, create}},
		{"an account that may not look orders up places it again", carriertest.LoseAnswer, sfsim.Config{NoSearch: true}, []string{create, search, create}},
	} {
		t.Run(test.name, func(t *testing.T) {
			i, sim := station(t, test.sim, nil)
			sim.Fail(test.how)
			if _, err := i.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnknown) {
				t.Fatal(err)
			}
			w, err := i.Find(t.Context(), demoOrder())
			if err != nil || !slices.Equal(sim.Given()[reference], []string{string(w.Number)}) || w.Routing.Code == "" {
				t.Errorf("%+v, %v; SF gave %v", w, err, sim.Given())
			}
			if got := sim.Calls(); !slices.Equal(got, test.calls) {
				t.Errorf("called %v, want %v", got, test.calls)
			}
		})
	}
	t.Run("an account that may neither look nor repeat stays in doubt", func(t *testing.T) {
		i, sim := station(t, sfsim.Config{NoSearch: true, Repeated: true}, nil)
		sim.Fail(carriertest.LoseAnswer)
		i.Issue(t.Context(), demoOrder())
		if _, err := i.Find(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != "order-has-number" {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("a look-up that fails says nothing", func(t *testing.T) {
		i, sim := station(t, sfsim.Config{}, nil)
		sim.Fail(carriertest.Busy)
		if _, err := i.Find(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != "gateway-busy" {
			t.Errorf("err = %v", err)
		}
		if got := sim.Calls(); !slices.Equal(got, []string{search}) {
			t.Errorf("called %v", got)
		}
	})
}

func TestRoute(t *testing.T) {
	i, sim := station(t, sfsim.Config{}, nil)
	sim.Fail(carriertest.Bare)
	w, err := i.Issue(t.Context(), demoOrder())
	if err != nil || w.Routing != (waybill.Routing{}) {
		t.Fatalf("%+v, %v", w.Routing, err)
	}
	if err := i.Route(t.Context(), &w); notice.CodeOf(err) != "routing-missing" {
		t.Errorf("err = %v", err)
	}

	i, sim = station(t, sfsim.Config{}, nil)
	whole, err := i.Issue(t.Context(), demoOrder())
	if err != nil {
		t.Fatal(err)
	}
	w, err = i.Adopt(demoOrder(), []waybill.Number{whole.Number})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Route(t.Context(), &w); err != nil || w.Routing != whole.Routing || w.Product != whole.Product ||
		w.HideName != whole.HideName || w.HidePhone != whole.HidePhone || !slices.Equal(w.Handling, whole.Handling) {
		t.Errorf("%+v, %v; want %+v", w, err, whole)
	}
	asked := len(sim.Calls())
	if err := i.Route(t.Context(), &w); err != nil || len(sim.Calls()) != asked {
		t.Errorf("asked again for what is there: %v", err)
	}

	i, _ = station(t, sfsim.Config{NoSearch: true}, nil)
	w, _ = i.Adopt(demoOrder(), []waybill.Number{"SF7444400000001"})
	if err := i.Route(t.Context(), &w); err != nil || w.Routing != (waybill.Routing{}) {
		t.Errorf("%+v, %v", w.Routing, err)
	}
}

func TestProve(t *testing.T) {
	i, sim := station(t, sfsim.Config{}, nil)
	o := demoOrder()
	o.Parcels = 3
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Prove(t.Context(), w.Parcels[1].Number); notice.CodeOf(err) != "number-not-known" {
		t.Errorf("a child by itself: %v", err)
	}
	for _, n := range w.Numbers() {
		if err := i.Prove(t.Context(), n); err != nil {
			t.Errorf("%s: %v", n, err)
		}
	}
	if err := i.Prove(t.Context(), "SF9999999999999"); notice.CodeOf(err) != "number-not-known" {
		t.Errorf("a stranger's: %v", err)
	}
	sim.Fail(carriertest.Busy)
	if err := i.Prove(t.Context(), "SF9999999999999"); notice.CodeOf(err) != "gateway-busy" {
		t.Errorf("err = %v", err)
	}
}

func TestAdoptWantsANumberForEachParcel(t *testing.T) {
	i, _ := station(t, sfsim.Config{}, nil)
	o := demoOrder()
	o.Parcels = 2
	for _, numbers := range [][]waybill.Number{nil, {"SF7444400000001"}, {"SF7444400000001", "SF7444400000002", "SF7444400000003"}} {
		if _, err := i.Adopt(o, numbers); notice.CodeOf(err) != "parcel-count" {
			t.Errorf("%v: %v", numbers, err)
		}
	}
}

func TestCancel(t *testing.T) {
	i, sim := station(t, sfsim.Config{}, nil)
	w, err := i.Issue(t.Context(), demoOrder())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds it done
		if err := i.Cancel(t.Context(), w.Number); err != nil {
			t.Fatal(err)
		}
	}
	if !sim.Cancelled(reference) {
		t.Error("SF has not cancelled it")
	}
	if got, want := sim.Calls(), []string{create, search, update, search, update}; !slices.Equal(got, want) {
		t.Errorf("called %v, want %v", got, want)
	}
	_, err = i.Issue(t.Context(), demoOrder()) // an order number serves once
	var r *carrier.Refusal
	if !errors.As(err, &r) {
		t.Errorf("err = %v", err)
	}
	if err := i.Cancel(t.Context(), "SF9999999999999"); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("a stranger's: %v", err)
	}
	for _, answer := range []string{
		within(`{"success":true,"errorCode":"S0000","msgData":{"orderId":"X","resStatus":1}}`),
		refusal("8017", "订单号与运单号不匹配"), refusal("20052", "月结卡号不匹配"),
	} {
		if err := issuerOf(t, account(speaks(t, answer), nil)).Cancel(t.Context(), w.Number); err == nil {
			t.Errorf("%s is taken for a yes", answer)
		}
	}
}

// What SF says of hiding stands in the label data. An account that may not ask
// for them hides all.
func TestWhatIsHiddenOnANumberFoundByHand(t *testing.T) {
	for noSearch, hides := range map[bool]bool{false: false, true: true} {
		i, _ := station(t, sfsim.Config{NoSearch: noSearch, PrintFlag: "111111111"}, nil)
		given, err := i.Issue(t.Context(), demoOrder())
		if err != nil {
			t.Fatal(err)
		}
		w, err := i.Adopt(demoOrder(), given.Numbers())
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Route(t.Context(), &w); err != nil || w.HideName != hides || w.HidePhone != hides {
			t.Errorf("look-up closed: %t, hides %t and %t, %v", noSearch, w.HideName, w.HidePhone, err)
		}
	}
}

// A number is given back when SF says so, or says that it was.
func TestGivenBackBefore(t *testing.T) {
	for answer, want := range map[string]notice.Code{
		refusal("8037", "已消单"):    "",
		refusal("8253", "订单已消单"):  "",
		refusal("8253", "订单不能取消"): "cancel-refused",
		refusal("8019", "订单已确认"):  "cancel-refused",
		refusal("4001", "运行时异常"):  "gateway-error", // it is asked again
		gate("A1009", "目标服务不可达"):  "gateway-back-end",
	} {
		err := issuerOf(t, account(speaks(t, answer), nil)).Return(t.Context(), demoOrder(), "SF7444400000001")
		if err == nil && want != "" || err != nil && notice.CodeOf(err) != want {
			t.Errorf("%s: %v, want %q", answer, err, want)
		}
	}
}
