package jdsim

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDemo(t *testing.T) {
	orders, again := Demo(30, noon), Demo(30, noon)
	if len(orders) != 30+3 {
		t.Fatalf("Demo(30) gives %d orders, want 30 and three that do not ship", len(orders))
	}
	seen := map[string]bool{}
	for i, o := range orders {
		if o.ID != again[i].ID || o.Receiver != again[i].Receiver || !o.Started.Equal(again[i].Started) {
			t.Errorf("order %d differs at the second call", i+1)
		}
		if seen[o.ID] || len(o.ID) != 12 {
			t.Errorf("order %d has the number %s", i+1, o.ID)
		}
		seen[o.ID] = true
		if p := o.Receiver.Mobile + o.Receiver.Telephone; !strings.HasPrefix(p, "1380000") && !strings.HasPrefix(p, "0431-800000") {
			t.Errorf("order %d has the phone %s", i+1, p)
		}
		if noon.Sub(o.Started) <= 0 || noon.Sub(o.Started) > 47*time.Hour || len(o.Items) == 0 {
			t.Errorf("order %d made %v, %d items", i+1, o.Started, len(o.Items))
		}
		if o.Paid.IsZero() != (o.PayType == PayOnDelivery) {
			t.Errorf("order %d is paid %v by %q", i+1, o.Paid, o.PayType)
		}
	}
	for n, want := range map[int]int{-1: 0, 0: 0, 1: 1, 3: 3, 13: 13, 14: 17, 15: 18} {
		if got := len(Demo(n, noon)); got != want {
			t.Errorf("Demo(%d) gives %d orders, want %d", n, got, want)
		}
	}
}

// TestDemoKinds holds every kind of order that people practise on.
func TestDemoKinds(t *testing.T) {
	express := func(o Order) bool { return o.Shipment == ShipJDExpress }
	of := func(n int, what string, is func(Order) bool) {
		t.Helper()
		got := 0
		for _, o := range Demo(14, noon) {
			if is(o) {
				got++
			}
		}
		if got != n {
			t.Errorf("%d orders of fourteen %s, want %d", got, what, n)
		}
	}
	of(1, "are JD Express with every field sealed", func(o Order) bool { return express(o) && o.Mode == Sealed && !o.HideName })
	of(1, "hide name and phone", func(o Order) bool { return express(o) && o.HideName && o.HideNumber })
	for _, name := range []string{"李䶮", "赵𬭎", "王𠮷"} {
		of(1, "are for "+name, func(o Order) bool { return o.Receiver.Name == name })
	}
	of(1, "have ninety characters of address", func(o Order) bool { return len([]rune(o.Receiver.full())) == 90 })
	of(1, "are two parcels of JD Express", func(o Order) bool { return o.VenderRemark == DemoInTwo && express(o) })
	of(1, "are two parcels of another carrier", func(o Order) bool { return o.VenderRemark == DemoInTwo && !express(o) })
	of(1, "have a virtual number", func(o Order) bool { return o.Mode == Virtual && strings.Contains(o.Virtual, "-") })
	of(1, "are opened by their oaid", func(o Order) bool { return o.Mode == MaskedOAID })
	of(1, "have a landline alone", func(o Order) bool { return o.Receiver.Mobile == "" && o.Receiver.Telephone != "" })
	of(1, "are paid to the courier", func(o Order) bool { return o.PayType == PayOnDelivery })
	of(2, "are children of the plan", func(o Order) bool { return o.Plan != "" && o.Period > 0 && o.Parent == demoParent })
	of(1, "are the plan's void parent", func(o Order) bool { return o.State == Void && o.ID == demoParent && o.Plan != "" })
	of(1, "are cancelled", func(o Order) bool { return o.State == Cancelled })
	of(1, "cannot be opened", func(o Order) bool { return o.Mode == MaskedOnly })
	of(1, "are listed twice", func(o Order) bool { return o.Twice })
	if !slices.ContainsFunc(Demo(3, noon), func(o Order) bool { return o.Twice }) {
		t.Error("none of the first three is listed twice")
	}
}

func TestDemoPlan(t *testing.T) {
	for n, total := range map[int]int{0: 2, 1: 2, 14: 2, 15: 4, 28: 4, 29: 6} {
		p, periods := DemoPlan(n, noon), map[int]bool{}
		for _, o := range Demo(n, noon) {
			if o.Plan == p.ID && o.Period > 0 {
				periods[o.Period] = true
				if o.Parent != p.Parent || o.Period > p.Total {
					t.Errorf("Demo(%d): order %s is delivery %d of %d, child of %s", n, o.ID, o.Period, p.Total, o.Parent)
				}
			}
		}
		if p.Total != total || len(periods) != n/14*2 {
			t.Errorf("DemoPlan(%d): %d deliveries, %d of them ordered; want %d and %d", n, p.Total, len(periods), total, n/14*2)
		}
	}
}
