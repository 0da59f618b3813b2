package jdsim

import (
	"slices"
	"strings"
	"time"
)

// longestSearch is how many days one enSearch may ask for. "About a month" is
// said; the strictest client seen stops at 29 days.
const longestSearch = 29 * 24 * time.Hour

// largestPage is the most orders of one page.
const largestPage = 100

// search is jingdong.pop.order.enSearch.
func (g *Gateway) search(c *call) (object, error) {
	page, size := 1, 10
	for name, n := range map[string]*int{"page": &page, "page_size": &size} {
		if text(c.args, name) == "" {
			continue
		}
		v, ok := whole(c.args, name)
		if !ok || v < 1 || v > 1_000_000 {
			return g.no(c, "1", "参数错误："+name), nil
		}
		*n = v
	}
	if size > largestPage {
		return g.no(c, "1", "参数错误：page_size 不能超过100"), nil
	}
	from, to, ok := dates(c.args)
	if !ok {
		return g.no(c, "1", "参数错误：start_date、end_date 格式错误或跨度超过29天"), nil
	}

	hits := g.matching(c.args, from, to)
	for _, o := range slices.Clone(hits) {
		if o.Twice || c.twice {
			hits = append(hits, o)
		}
	}
	shown := hits[min((page-1)*size, len(hits)):min(page*size, len(hits))]
	list := []any{}
	var served []Entry
	for _, o := range shown {
		list = append(list, only(g.view(o), c.args))
		served = append(served, Entry{Event: Served, Order: o.ID})
	}
	if err := g.record(c, served...); err != nil {
		return nil, err
	}
	if c.shift && len(hits) > 0 {
		hits[g.dice.IntN(len(hits))].Modified = c.now
	}
	return object{"searchorderinfo_result": object{
		"apiResult": success(), "orderTotal": len(hits), "orderInfoList": list,
	}}, nil
}

// dates returns the time asked for; without dates all time.
func dates(args object) (from, to time.Time, ok bool) {
	a, b := text(args, "start_date"), text(args, "end_date")
	if a == "" && b == "" {
		return time.Time{}, time.Unix(1<<40, 0), true
	}
	from, err1 := time.ParseInLocation(time.DateTime, a, beijing)
	to, err2 := time.ParseInLocation(time.DateTime, b, beijing)
	return from, to, err1 == nil && err2 == nil && !to.Before(from) && to.Sub(from) <= longestSearch
}

// matching returns the orders that are asked for, earliest first unless
// sortType is 1.
func (g *Gateway) matching(args object, from, to time.Time) []*Order {
	changed := func(o *Order) time.Time {
		t := o.Modified
		if text(args, "dateType") == "1" {
			t = o.Started
		}
		// Clients see whole seconds and go on from them.
		return t.Truncate(time.Second)
	}
	var hits []*Order
	for _, id := range g.listed {
		o := g.orders[id]
		if g.listable(o, args) && !changed(o).Before(from) && !changed(o).After(to) {
			hits = append(hits, o)
		}
	}
	slices.SortStableFunc(hits, func(a, b *Order) int {
		if text(args, "sortType") == "1" {
			return changed(b).Compare(changed(a))
		}
		return changed(a).Compare(changed(b))
	})
	return hits
}

// listable reports whether enSearch may show o. Nobody outside JD knows how
// it treats regular purchases: the Dialect says.
func (g *Gateway) listable(o *Order, args object) bool {
	switch {
	case o.Plan != "" && o.Period > 0 && g.config.Dialect.HidePlanChildren:
		return false
	case o.State == Void && g.config.Dialect.ListVoidParents:
		return true
	}
	return inState(o, args)
}

// inState reports whether o is in one of the states asked for, if any are.
func inState(o *Order, args object) bool {
	states := text(args, "order_state")
	return states == "" || slices.Contains(strings.Split(states, ","), o.State)
}

// only leaves the fields that were asked for, and the order's number.
func only(order, args object) object {
	shown := object{"orderId": order["orderId"]}
	show := func(name string) {
		if v, ok := order[name]; ok {
			shown[name] = v
		}
	}
	for name := range strings.SplitSeq(text(args, "optional_fields"), ",") {
		show(strings.TrimSpace(name))
	}
	if shown["consigneeInfo"] != nil {
		for name := range flat {
			show(name)
		}
	}
	return shown
}

// get is jingdong.pop.order.enGet.
func (g *Gateway) get(c *call) (object, error) {
	id := text(c.args, "order_id")
	if id == "" {
		return g.no(c, "1", "参数错误：order_id 不能为空"), nil
	}
	o, ok := g.orders[id]
	if !ok || !inState(o, c.args) {
		return g.no(c, "1", "订单不存在"), nil
	}
	if err := g.record(c, Entry{Event: Served, Order: id}); err != nil {
		return nil, err
	}
	return object{"orderDetailInfo": object{"apiResult": success(), "orderInfo": only(g.view(o), c.args)}}, nil
}

func success() object {
	return object{"success": true, "numberCode": 0, "chineseErrCode": "", "englishErrCode": ""}
}

func failure(code, message string) object {
	return object{"success": false, "numberCode": numeric(code), "chineseErrCode": message, "englishErrCode": message}
}

func refuseSearch(_ Dialect, code, message string) object {
	return object{"searchorderinfo_result": object{
		"apiResult": failure(code, message), "orderTotal": 0, "orderInfoList": []any{},
	}}
}

func refuseGet(_ Dialect, code, message string) object {
	return object{"orderDetailInfo": object{"apiResult": failure(code, message)}}
}

// ship is jingdong.pop.order.shipment. Its failures' codes are guessed.
func (g *Gateway) ship(c *call) (object, error) {
	e := Entry{
		Event: Ship, Order: clip(text(c.args, "orderId")),
		Carrier: clip(text(c.args, "logiCoprId")), // sic
		Number:  clip(text(c.args, "logiNo")),
	}
	e.Refused = g.shipmentFault(e)
	if o := g.orders[e.Order]; g.config.Dialect.StrictPlans && o != nil && o.Plan != "" {
		e.Refused = "定期购订单请使用定期购出库接口"
	}
	if err := g.record(c, e); err != nil {
		return nil, err
	}
	if e.Refused != "" {
		return g.no(c, "1", e.Refused), nil
	}
	return shipment(g.config.Dialect, true, "0", ""), nil
}

// selfDelivery is the carrier that has no numbers, 厂家自送.
const selfDelivery = "1274"

func (g *Gateway) shipmentFault(e Entry) string {
	o := g.orders[e.Order]
	switch {
	case e.Order == "":
		return "参数错误：orderId 不能为空"
	case e.Carrier == "":
		return "参数错误：logiCoprId 不能为空"
	case strings.Trim(e.Carrier, "0123456789|") != "":
		return "参数错误：logiCoprId 不是承运商编号"
	case e.Number == "" && e.Carrier != selfDelivery:
		return "参数错误：logiNo 不能为空"
	case o == nil:
		return "订单不存在"
	case o.State == Shipped:
		return "订单已出库"
	case o.State != ToShip:
		return "订单状态不允许出库"
	}
	return ""
}

func refuseShipment(d Dialect, code, message string) object {
	return shipment(d, false, code, message)
}

func shipment(d Dialect, ok bool, code, message string) object {
	if d.SnakeShipment {
		return object{"sopjosshipment_result": object{
			"success": ok, "error_code": code, "chinese_err_code": message, "english_err_code": message,
		}}
	}
	return object{"sopjosshipment_result": object{
		"success": ok, "errorCode": code, "chineseErrCode": message, "englishErrCode": message,
	}}
}
