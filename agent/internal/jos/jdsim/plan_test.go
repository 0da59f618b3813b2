package jdsim

import (
	"strings"
	"testing"
)

const (
	planList     = "jd.kpl.open.regular.plan.queryplanlistnew"
	planCountOf  = "jd.kpl.open.regular.plan.queryplancount"
	planShipment = "jd.kpl.open.regular.plan.shipmentorder"
	planDone     = "jd.kpl.open.regular.plan.completedorder"
	planCancel   = "jd.kpl.open.regular.plan.cancleplan"
)

// regular is a regular purchase of two deliveries.
func regular(g *Gateway) {
	g.AddPlan(Plan{ID: "88", Parent: "10", SKU: "5", Total: 2, Start: noon})
	g.AddOrder(
		Order{ID: "10", State: Void, Plan: "88", Paid: noon},
		Order{ID: "11", Parent: "10", Plan: "88", Period: 1, Receiver: zhang, Paid: noon},
		Order{ID: "12", Parent: "10", Plan: "88", Period: 2, Receiver: zhang, Paid: noon},
	)
}

func TestPlanIsListed(t *testing.T) {
	for _, row := range []struct {
		name    string
		dialect Dialect
		want    string
	}{
		{"as guessed", Dialect{}, "11 12"},
		{"with its parent", Dialect{ListVoidParents: true}, "10 11 12"},
		{"by its own family alone", Dialect{HidePlanChildren: true}, ""},
	} {
		g := open(t, Config{Dialect: row.dialect})
		regular(g)
		if got, _ := ids(t, g, object{"order_state": ToShip}); strings.Join(got, " ") != row.want {
			t.Errorf("%s: %v, want %s", row.name, got, row.want)
		}
	}
	g := open(t, Config{})
	regular(g)
	get := object{"order_id": "11", "optional_fields": "orderMarkDesc,parentOrderId"}
	if got := dig(t, ask(t, g, enGet, get), "orderDetailInfo.orderInfo.orderMarkDesc.regularPlan"); got != "1" {
		t.Errorf("the child's mark is %v", got)
	}
	g = open(t, Config{Dialect: Dialect{PlanMark: "-"}})
	regular(g)
	if got := dig(t, ask(t, g, enGet, get), "orderDetailInfo.orderInfo").(map[string]any); got["orderMarkDesc"] != nil || got["parentOrderId"] != "10" {
		t.Errorf("without a mark: %v", got)
	}
}

func TestPlanQueries(t *testing.T) {
	g := open(t, Config{})
	regular(g)
	param := func(field string, value any) object {
		return object{"planParam": object{"venderId": DefaultVendorID, field: value}}
	}
	for _, row := range []struct {
		field string
		value any
		want  float64
	}{
		{"planNumber", "88", 1}, {"planNumber", "89", 0}, {"skuId", 5, 1}, {"skuId", "6", 0}, {"payMode", "1", 1},
		{"planStartTime", "2026-11-23 16:30:00", 1}, {"planStartTime", "2026-11-23 16:30:01", 0}, {"planEndTime", "2026-11-23 16:00:00", 0},
	} {
		if got := dig(t, ask(t, g, planCountOf, param(row.field, row.value)), "result.data.count"); got != row.want {
			t.Errorf("%s %v: %v plans, want %v", row.field, row.value, got, row.want)
		}
	}
	p := dig(t, ask(t, g, planList, param("startRow", 0)), "result.data.planList.0")
	for path, want := range map[string]any{"planId": "88", "parentOrderId": "10", "totalPeriod": 2.0, "orderList.0.orderId": "11", "orderList.1.period": 2.0} {
		if got := dig(t, p, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	if got := dig(t, ask(t, g, planList, param("startRow", 1)), "result.data.planList").([]any); len(got) != 0 {
		t.Errorf("beyond the last row: %v", got)
	}
	for _, args := range []object{{}, {"planParam": object{}}, param("pageSize", 101), param("startRow", -1), param("planEndTime", "soon")} {
		if got := dig(t, ask(t, g, planList, args), "result.success"); got != false {
			t.Errorf("%v went through", args)
		}
	}
}

func TestPlanShipsAndEnds(t *testing.T) {
	dir := t.TempDir()
	g := open(t, Config{JournalDir: dir, Dialect: Dialect{StrictPlans: true}})
	regular(g)
	ship := func(plan, order string) object {
		return object{"shipmentParam": object{"venderId": DefaultVendorID, "planId": plan, "orderId": order, "logiCoprId": "463", "logiNo": "YT1"}}
	}
	if got := dig(t, ask(t, g, shipCall, object{"orderId": "11", "logiCoprId": "463", "logiNo": "YT1"}), "sopjosshipment_result.success"); got != false {
		t.Error("a child shipped by the ordinary call though plans are strict")
	}
	for _, row := range []struct {
		name string
		args object
		want bool
	}{
		{"nothing", object{}, false}, {"another plan", ship("89", "11"), false}, {"the parent", ship("88", "10"), false},
		{"good", ship("88", "11"), true}, {"again", ship("88", "11"), false},
	} {
		if got := dig(t, ask(t, g, planShipment, row.args), "result.success"); got != row.want {
			t.Errorf("%s: success %v, want %v", row.name, got, row.want)
		}
	}
	done := object{"venderId": DefaultVendorID, "planId": "88", "orderId": "12"}
	if got := dig(t, ask(t, g, planDone, done), "result.success"); got != false {
		t.Error("a child that has not shipped is done")
	}
	done["orderId"] = "11"
	if got := dig(t, ask(t, g, planDone, done), "result.success"); got != true {
		t.Error("a child that has shipped is not done")
	}
	if o, _ := g.Order("11"); o.State != Finished || o.Waybill != "YT1" {
		t.Errorf("the first child is %s %s", o.State, o.Waybill)
	}
	cancel := object{"venderId": DefaultVendorID, "planId": "88"}
	if got := dig(t, ask(t, g, planCancel, cancel), "result.success"); got != true {
		t.Error("the plan cannot be cancelled")
	}
	if got := dig(t, ask(t, g, planCancel, cancel), "result.success"); got != false {
		t.Error("the plan can be cancelled twice")
	}
	if o, _ := g.Order("12"); o.State != Cancelled {
		t.Errorf("the second child is %s", o.State)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g = open(t, Config{JournalDir: dir})
	regular(g)
	if o, _ := g.Order("11"); o.State != Finished {
		t.Errorf("after a restart the first child is %s", o.State)
	}
}
