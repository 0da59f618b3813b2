package jdsim

import (
	"slices"
	"time"
)

// planFamily begins the names of the methods of regular purchases.
const planFamily = "jd.kpl.open.regular.plan."

// States of a Plan. Their values are guessed.
const (
	PlanRunning   = "1"
	PlanDone      = "2"
	PlanCancelled = "3"
)

// Plan is a regular purchase (定期购): its parent order is void, each child
// ships by itself. Its children are the orders with its ID as their Plan.
type Plan struct {
	ID      string // planId; planNumber is the same (guessed)
	Parent  string // the void order
	SKU     string
	PayMode string // "1" for paid in advance (guessed)
	Total   int    // deliveries that were bought
	State   string // PlanRunning if empty
	Start   time.Time
	End     time.Time
}

// AddPlan adds plans or replaces those with the same ID. It panics if one has
// none.
func (g *Gateway) AddPlan(plans ...Plan) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range plans {
		if p.ID == "" {
			panic("jdsim: a plan without an ID")
		}
		if p.State == "" {
			p.State = PlanRunning
		}
		if p.PayMode == "" {
			p.PayMode = "1"
		}
		if _, ok := g.plansByID[p.ID]; !ok {
			g.planned = append(g.planned, p.ID)
		}
		g.plansByID[p.ID] = &p
	}
}

// plans is jd.kpl.open.regular.plan.queryplanlistnew. The shape of the answer
// is guessed, from the words of the family's requests.
func (g *Gateway) plans(c *call) (object, error) {
	found, message := g.findPlans(c)
	if message != "" {
		return g.no(c, "1", message), nil
	}
	param, _ := child(c.args, "planParam")
	start, size := 0, 10
	for name, n := range map[string]*int{"startRow": &start, "pageSize": &size} {
		if text(param, name) == "" {
			continue
		}
		v, ok := whole(param, name)
		if !ok || v < 0 || v > 1_000_000 {
			return g.no(c, "1", "参数错误："+name), nil
		}
		*n = v
	}
	if size > largestPage {
		return g.no(c, "1", "参数错误：pageSize 不能超过100"), nil
	}
	rows := []any{}
	var served []Entry
	for _, p := range found[min(start, len(found)):min(start+size, len(found))] {
		rows = append(rows, g.planView(p))
		served = append(served, Entry{Event: Served, Order: p.Parent})
	}
	if err := g.record(c, served...); err != nil {
		return nil, err
	}
	return planResult(true, "0", "成功", object{"total": len(found), "planList": rows}), nil
}

func (g *Gateway) planView(p *Plan) object {
	children := []any{}
	for _, id := range g.listed {
		if o := g.orders[id]; o.Plan == p.ID && o.Period > 0 {
			children = append(children, object{
				"orderId": o.ID, "period": o.Period, "orderState": o.State,
				"logiCoprId": o.Carrier, "logiNo": o.Waybill, // sic
			})
		}
	}
	return object{
		"planId": p.ID, "planNumber": p.ID, "venderId": g.config.VendorID, "skuId": p.SKU, "payMode": p.PayMode,
		"planStatus": p.State, "parentOrderId": p.Parent, "totalPeriod": p.Total,
		"planStartTime": stamp(p.Start), "planEndTime": stamp(p.End), "orderList": children,
	}
}

// findPlans returns the plans a planParam asks for.
func (g *Gateway) findPlans(c *call) ([]*Plan, string) {
	param, ok := child(c.args, "planParam")
	if !ok {
		return nil, "参数错误：planParam 不能为空"
	}
	if text(param, "venderId") != g.config.VendorID {
		return nil, "商家不存在：venderId"
	}
	from, to := time.Time{}, time.Unix(1<<40, 0)
	for name, t := range map[string]*time.Time{"planStartTime": &from, "planEndTime": &to} {
		if text(param, name) == "" {
			continue
		}
		v, err := time.ParseInLocation(time.DateTime, text(param, name), beijing)
		if err != nil {
			return nil, "参数错误：" + name
		}
		*t = v
	}
	asked := func(name, value string) bool { return text(param, name) == "" || text(param, name) == value }
	var found []*Plan
	for _, id := range g.planned {
		p := g.plansByID[id]
		if asked("planNumber", p.ID) && asked("skuId", p.SKU) && asked("payMode", p.PayMode) && !p.Start.Before(from) && !p.Start.After(to) {
			found = append(found, p)
		}
	}
	return found, ""
}

// planCount is jd.kpl.open.regular.plan.queryplancount.
func (g *Gateway) planCount(c *call) (object, error) {
	found, message := g.findPlans(c)
	if message != "" {
		return g.no(c, "1", message), nil
	}
	return planResult(true, "0", "成功", object{"count": len(found)}), nil
}

// planShip is jd.kpl.open.regular.plan.shipmentorder: a child has shipped.
func (g *Gateway) planShip(c *call) (object, error) {
	param, ok := child(c.args, "shipmentParam")
	if !ok {
		return g.no(c, "1", "参数错误：shipmentParam 不能为空"), nil
	}
	e := Entry{
		Event: Ship, Order: clip(text(param, "orderId")),
		Carrier: clip(text(param, "logiCoprId")), Number: clip(text(param, "logiNo")), // sic
	}
	e.Refused = g.planOrderFault(param)
	if e.Refused == "" {
		e.Refused = g.shipmentFault(e)
	}
	if err := g.record(c, e); err != nil {
		return nil, err
	}
	if e.Refused != "" {
		return g.no(c, "1", e.Refused), nil
	}
	return planResult(true, "0", "成功", nil), nil
}

// planOrderFault says what is wrong with a plan and its child.
func (g *Gateway) planOrderFault(param object) string {
	p, o := g.plansByID[text(param, "planId")], g.orders[text(param, "orderId")]
	switch {
	case text(param, "venderId") != g.config.VendorID:
		return "商家不存在：venderId"
	case p == nil:
		return "定期购计划不存在"
	case o == nil || o.Plan != p.ID || o.Period == 0:
		return "订单不属于该定期购计划"
	case p.State == PlanCancelled:
		return "定期购计划已取消"
	}
	return ""
}

// planComplete is jd.kpl.open.regular.plan.completedorder: a child that has
// shipped is finished.
func (g *Gateway) planComplete(c *call) (object, error) {
	if message := g.planOrderFault(c.args); message != "" {
		return g.no(c, "1", message), nil
	}
	o := g.orders[text(c.args, "orderId")]
	if o.State != Shipped {
		return g.no(c, "1", "订单状态不允许完成"), nil
	}
	if err := g.record(c, Entry{Event: Completed, Order: o.ID}); err != nil {
		return nil, err
	}
	return planResult(true, "0", "成功", nil), nil
}

// complete makes an order finished, and its plan when it was the last.
func (g *Gateway) complete(e Entry) {
	o := g.orders[e.Order]
	if o == nil {
		return
	}
	o.State, o.Modified, o.Ended = Finished, e.At, e.At
	p := g.plansByID[o.Plan]
	if p == nil {
		return
	}
	done := 0
	for _, id := range g.listed {
		if c := g.orders[id]; c.Plan == p.ID && c.Period > 0 && c.State == Finished {
			done++
		}
	}
	if done >= p.Total {
		p.State = PlanDone
	}
}

// planCancel is jd.kpl.open.regular.plan.cancleplan (sic). The children that
// have not shipped are cancelled.
func (g *Gateway) planCancel(c *call) (object, error) {
	p := g.plansByID[text(c.args, "planId")]
	if p == nil || text(c.args, "venderId") != g.config.VendorID {
		return g.no(c, "1", "定期购计划不存在"), nil
	}
	if p.State != PlanRunning {
		return g.no(c, "1", "定期购计划已结束"), nil
	}
	p.State = PlanCancelled
	for _, id := range slices.Clone(g.listed) {
		if o := g.orders[id]; o.Plan == p.ID && o.Period > 0 && o.State == ToShip {
			o.State, o.Modified = Cancelled, c.now
		}
	}
	return planResult(true, "0", "成功", nil), nil
}

func refusePlan(_ Dialect, code, message string) object {
	return planResult(false, code, message, nil)
}

func planResult(ok bool, code, message string, data object) object {
	r := object{"success": ok, "resultCode": code, "resultMessage": message}
	if data != nil {
		r["data"] = data
	}
	return object{"result": r}
}
