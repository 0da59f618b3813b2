package jd_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
)

const planShipment = "jd.kpl.open.regular.plan.shipmentorder"

// withPlan gives a shop a regular purchase of two deliveries and an order that
// was split in two.
func withPlan(s *shop) {
	like := jdsim.Demo(1, time.Now())[0]
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	make := func(o jdsim.Order) jdsim.Order {
		o.Receiver, o.Items, o.Payment, o.Mode = like.Receiver, like.Items, like.Payment, jdsim.Sealed
		o.Started, o.Paid, o.Modified = at, at, at
		return o
	}
	s.gateway.AddPlan(jdsim.Plan{ID: "88", Parent: "10", Total: 2, Start: at})
	s.gateway.AddOrder(
		make(jdsim.Order{ID: "10", State: jdsim.Void, Plan: "88"}),
		make(jdsim.Order{ID: "11", Parent: "10", Plan: "88", Period: 1}),
		make(jdsim.Order{ID: "12", Parent: "10", Plan: "88", Period: 2}),
		make(jdsim.Order{ID: "20", State: jdsim.Void}),
		make(jdsim.Order{ID: "21", Parent: "20"}),
		make(jdsim.Order{ID: "22", Parent: "20"}),
		make(jdsim.Order{ID: "30"}),
	)
	s.source.RegularPlans, s.source.VenderID = true, jdsim.DefaultVendorID
}

func TestParentsAreVoidAndChildrenShip(t *testing.T) {
	for name, d := range map[string]jdsim.Dialect{
		"as guessed":                {},
		"parents whatever state":    {ListVoidParents: true},
		"deliveries by their API":   {HidePlanChildren: true},
		"no mark":                   {PlanMark: "-"},
		"no mark, and not listed":   {PlanMark: "-", HidePlanChildren: true},
		"another mark than guessed": {PlanMark: "dqg"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShopSpeaking(t, 0, d)
			withPlan(s)
			got := s.orders(t)
			for id, want := range map[string]struct{ plan, parent, refusal string }{
				"10": {"", "", "order-is-parent"}, "11": {"88", "10", ""}, "12": {"88", "10", ""},
				"20": {"", "", "order-is-parent"}, "21": {"", "20", ""}, "22": {"", "20", ""}, "30": {"", "", ""},
			} {
				o, ok := got[id]
				if !ok || o.Plan != want.plan || o.Parent != want.parent || o.NumberAsked() != want.refusal {
					t.Errorf("%s (given out: %v): plan %q, parent %q, refusal %q; want %+v", id, ok, o.Plan, o.Parent, o.NumberAsked(), want)
				}
			}
			for _, id := range []string{"11", "12", "21", "30"} {
				if err := s.source.Shipped(t.Context(), got[id].Key, "ZTO", "7300000000000"+"1"); err != nil {
					t.Errorf("Shipped %s: %v", id, err)
				}
				if err := s.source.Shipped(t.Context(), got[id].Key, "ZTO", "73000000000001"); err != nil {
					t.Errorf("Shipped %s again: %v", id, err)
				}
			}
			if n := s.gateway.Calls(planShipment); n != 4 {
				t.Errorf("%d calls of the family's own, want 4 for two deliveries told twice", n)
			}
			again, err := s.source.Order(t.Context(), "12")
			if err != nil || again.Plan != "88" || again.State != order.Shipped {
				t.Errorf("Order = %+v, %v", again, err)
			}
		})
	}
}

func TestShippedKnowsAPlanThatWasMadeSince(t *testing.T) {
	s := newShop(t, 1)
	clock := time.Now()
	s.source.Now = func() time.Time { return clock }
	s.source.RegularPlans, s.source.VenderID = true, jdsim.DefaultVendorID
	s.orders(t) // reads the plans: there are none
	withPlan(s)
	clock = clock.Add(2 * time.Minute)
	// JD takes a delivery by the ordinary call too in the simulator, so it is told
	// to refuse that.
	s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Refuse, Method: "jingdong.pop.order.shipment", Code: "1", Message: "定期购订单"})
	if err := s.source.Shipped(t.Context(), order.Key{Source: jd.Name, ID: "11"}, "ZTO", "73000000000001"); err != nil || s.gateway.Calls(planShipment) != 1 {
		t.Errorf("Shipped = %v after %d calls of the family's own", err, s.gateway.Calls(planShipment))
	}
}

func TestDeliveriesThatNoSearchListsComeAgainUntilTheyAreKept(t *testing.T) {
	s := newShopSpeaking(t, 0, jdsim.Dialect{HidePlanChildren: true})
	withPlan(s)
	s.gateway.Update("12", func(o *jdsim.Order) { o.State = jdsim.Paused })
	clock := time.Now()
	s.source.Now = func() time.Time { return clock }
	read := func(after platform.Cursor) (ids string, cursor platform.Cursor) {
		t.Helper()
		list, cursor, err := s.source.Orders(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			if o.Plan != "" {
				ids += o.ID + " "
			}
		}
		return ids, cursor
	}
	if ids, _ := read(""); ids != "11 " {
		t.Fatalf("at first: %q", ids)
	}
	clock = clock.Add(time.Minute) // the first reading was lost on its way to the disk
	asked := s.gateway.Calls("jingdong.pop.order.enGet")
	if ids, _ := read(""); ids != "" || s.gateway.Calls("jingdong.pop.order.enGet") != asked {
		t.Errorf("a minute later: %q after %d calls", ids, s.gateway.Calls("jingdong.pop.order.enGet")-asked)
	}
	clock = clock.Add(10 * time.Minute)
	ids, cursor := read("")
	if ids != "11 " {
		t.Errorf("again: %q", ids)
	}
	s.gateway.Update("12", func(o *jdsim.Order) { o.State = jdsim.ToShip })
	clock = clock.Add(10 * time.Minute)
	if ids, _ := read(cursor); ids != "12 " {
		t.Errorf("once 11 is kept and 12 is no longer paused: %q", ids)
	}
}

func TestFormsOfAListOfPlans(t *testing.T) {
	for name, answer := range map[string]string{
		"as guessed":      `{"x":{"code":"0","result":{"success":true,"resultCode":"0","data":{"total":1,"planList":[{"planId":"88","parentOrderId":"10","orderList":[{"orderId":"11"},{"orderId":"12"}]}]}}}}`,
		"numbers":         `{"x":{"result":{"planList":[{"planId":88,"parentOrderId":10,"orders":[{"orderId":11},{"orderId":12}]}]}}}`,
		"a row each":      `{"x":{"returnType":[{"planId":"88","orderId":"11"},{"planId":"88","orderId":"12"}]}}`,
		"the buyer's own": `{"x":{"list":[{"planId":"88","orderId":"10","parentOrderId":"10","childs":[{"a":{"orderId":"11"}},{"orderId":"12"}]}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			const plans = "jd.kpl.open.regular.plan.queryplanlistnew"
			g := &gateway{answers: map[string]func(map[string]any) string{
				search: says(listed(2, written(t, fields{"orderId": "11"}, nil), written(t, fields{"orderId": "12"}, nil))), plans: says(answer),
			}}
			source := g.source(t)
			source.RegularPlans, source.VenderID = true, "10000001"
			list, _, err := source.Orders(t.Context(), "")
			if err != nil || len(list) != 2 || list[0].Plan != "88" || list[1].Plan != "88" || list[0].IsParent {
				t.Errorf("Orders = %+v, %v", list, err)
			}
			i := slices.Index(g.asked, plans)
			if p := g.params[i]["planParam"].(map[string]any); p["venderId"] != "10000001" || p["startRow"] != 0.0 || p["pageSize"] != 100.0 {
				t.Errorf("asked with %v", p)
			}
		})
	}
}

func TestPlansThatCannotBeReadHoldUpNoOrder(t *testing.T) {
	for name, answer := range map[string]string{
		"no right": `{"error_response":{"code":"24"}}`,
		"refused":  `{"x":{"result":{"success":false,"resultCode":"1","resultMessage":"商家不存在"}}}`,
	} {
		g := &gateway{answers: map[string]func(map[string]any) string{
			search: says(listed(1, written(t, nil, nil))), "jd.kpl.open.regular.plan.queryplanlistnew": says(answer),
		}}
		source := g.source(t)
		var told []notice.Code
		source.RegularPlans, source.Trouble = true, func(err error) { told = append(told, notice.CodeOf(err)) }
		list, _, err := source.Orders(t.Context(), "")
		if err != nil || len(list) != 1 || list[0].NumberAsked() != "" || len(told) != 1 {
			t.Errorf("%s: %v, %v, told %v", name, list, err, told)
		}
	}
}

func TestMergeable(t *testing.T) {
	s := newShop(t, 0)
	s.source.VenderID = jdsim.DefaultVendorID
	demo := jdsim.Demo(4, time.Now())
	for i, id := range []string{"1", "2", "3", "4"} {
		o := demo[i]
		o.ID, o.Mode = id, jdsim.MaskedOAID
		if id == "3" || id == "2" {
			o.Receiver = demo[0].Receiver
		}
		s.gateway.AddOrder(o)
	}
	var list []order.Order
	for _, o := range s.orders(t) {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b order.Order) int { return strings.Compare(a.ID, b.ID) })
	groups, err := s.source.Mergeable(t.Context(), list)
	if err != nil || len(groups) != 1 || len(groups[0]) != 3 || groups[0][0].ID != "1" || groups[0][2].ID != "3" {
		t.Errorf("Mergeable = %v, %v, want 1, 2 and 3 together", groups, err)
	}
	if groups, err := s.source.Mergeable(t.Context(), list[:1]); err != nil || groups != nil {
		t.Errorf("one order: %v, %v", groups, err)
	}
	s.source.VenderID = "1"
	if _, err := s.source.Mergeable(t.Context(), list); notice.CodeOf(err) != jos.NoticeError {
		t.Errorf("another shop: %v", err)
	}
}

func TestLateExtensionsAndLapsesAtTheSimulator(t *testing.T) {
	s := newShopAt(t, jdsim.Config{ExtensionAfter: -1})
	o := jdsim.Demo(4, time.Now())[3]
	o.Virtual, o.LateExtension = "17000000000-4740", true
	s.gateway.AddOrder(o)
	s.source.OAID.BindWait = time.Millisecond
	got := s.orders(t)[o.ID]
	if got.Receiver.Phone.Reveal() != "17000000000-4740" || got.VirtualUntil.IsZero() || got.NumberAsked() != "" {
		t.Errorf("the order is %+v", got)
	}
	s.gateway.LapseVirtual(o.ID)
	again, err := s.source.Reveal(t.Context(), got)
	if err != nil || again.Receiver.Phone.Equal(got.Receiver.Phone) || again.NumberAsked() != "" {
		t.Errorf("bound again: %v until %v, %v", again.Receiver.Phone, again.VirtualUntil, err)
	}
}
