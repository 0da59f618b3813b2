package jdsim

import (
	"fmt"
	"strconv"
	"strings"
)

// largestDecrypt is how many orders one call may open (guessed).
const largestDecrypt = 50

// Codes of the calls about receivers. None of them is public.
const (
	oaidParam  = "1" // a parameter is wrong
	oaidQuota  = "3" // no more today
	oaidTooOld = "4" // a virtual number cannot be had any more
)

// ok200 is success in the words of oaid.decrypt.
func (d Dialect) ok200() int {
	if d.ZeroDecryptIsOK {
		return 0
	}
	return 200
}

// decrypt is jingdong.jos.order.oaid.decrypt. The values of appName, region,
// scenesType and the unit of expiration are not public: any will do.
func (g *Gateway) decrypt(c *call) (object, error) {
	request, ok := child(c.args, "getReceiverInfoListReqVO")
	if !ok {
		return g.no(c, oaidParam, "参数错误：getReceiverInfoListReqVO 不能为空"), nil
	}
	wanted := children(request, "orderInfos")
	if len(wanted) == 0 {
		return g.no(c, oaidParam, "参数错误：orderInfos 不能为空"), nil
	}
	if len(wanted) > largestDecrypt {
		return g.no(c, oaidParam, "参数错误：orderInfos 过多"), nil
	}
	var orders []*Order
	for _, w := range wanted {
		o := g.orders[text(w, "orderId")]
		if o == nil || o.OAID == "" || o.OAID != text(w, "oaid") {
			return g.no(c, oaidParam, "oaid与订单不匹配"), nil
		}
		orders = append(orders, o)
	}
	seen, refusal, err := g.reveal(c, orders)
	if err != nil || refusal != nil {
		return refusal, err
	}
	data := []any{}
	for i, o := range orders {
		v := seen[i]
		r := object{
			"orderId": o.ID, "oaid": o.OAID,
			"customerName": withExtension(o.Receiver.Name, v.mobile), "address": withExtension(o.Receiver.full(), v.mobile),
			"consMobilePhone": v.mobile, "customerPhone": v.phone, "consMobilePhoneFuzzy": fuzzy(o.Receiver.Mobile),
			"privacyProtection": o.Virtual != "", "expiration": v.expiration,
		}
		if id, err := strconv.ParseInt(o.ID, 10, 64); err == nil {
			r["orderId"] = id // a Java long
		}
		data = append(data, r)
	}
	return object{"returnType": object{
		"code": g.config.Dialect.ok200(), "requestId": fmt.Sprintf("req-%d", len(g.journal.Entries())), "message": "success", "data": data,
	}}, nil
}

// fuzzy masks the way this method does, unlike the order's own mask.
func fuzzy(phone string) string {
	if len(phone) != 11 {
		return mask(phone)
	}
	return phone[:3] + "****" + phone[7:]
}

func refuseDecrypt(_ Dialect, code, message string) object {
	return object{"returnType": object{"code": numeric(code), "requestId": "", "message": message}}
}

// mobiles is jingdong.pop.order.getmobilelist. It wants no oaid.
func (g *Gateway) mobiles(c *call) (object, error) {
	ids := list(c.args, "orderId")
	if len(ids) == 0 {
		return g.no(c, oaidParam, "参数错误：orderId 不能为空"), nil
	}
	if len(ids) > largestDecrypt {
		return g.no(c, oaidParam, "参数错误：orderId 过多"), nil
	}
	var orders []*Order
	for _, id := range ids {
		o := g.orders[id]
		if o == nil {
			return g.no(c, oaidParam, "订单不存在"), nil
		}
		if o.Mode == MaskedOnly {
			return g.no(c, oaidParam, "收货人信息已脱敏，不能获取"), nil
		}
		orders = append(orders, o)
	}
	seen, refusal, err := g.reveal(c, orders)
	if err != nil || refusal != nil {
		return refusal, err
	}
	data := object{}
	for i, o := range orders {
		data[o.ID] = object{
			"oderId": o.ID, "venderId": g.config.VendorID, // oder, sic
			"customerPhone": seen[i].phone, "consMobilePhone": seen[i].mobile,
			"consMobilePhoneFuzzy": fuzzy(o.Receiver.Mobile), "expiration": seen[i].expiration,
		}
	}
	return object{"returnType": object{"code": g.config.Dialect.ok200(), "message": "success", "data": data}}, nil
}

func refuseMobiles(_ Dialect, code, message string) object {
	return object{"returnType": object{"code": numeric(code), "message": message}}
}

// list returns a field that is a list of texts, or one text with commas.
func list(o object, name string) []string {
	var items []string
	if many, ok := o[name].([]any); ok {
		for _, v := range many {
			items = append(items, text(object{"": v}, ""))
		}
		return items
	}
	for item := range strings.SplitSeq(text(o, name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// merge is jingdong.jos.order.oaid.merge: which orders may share a parcel. By
// what JD decides is guessed to be the whole receiver; so is that the answer
// lies under returnType.
func (g *Gateway) merge(c *call) (object, error) {
	request, ok := child(c.args, "request")
	if !ok {
		return g.no(c, oaidParam, "参数错误：request 不能为空"), nil
	}
	if text(request, "venderId") != g.config.VendorID {
		return g.no(c, oaidParam, "商家不存在：venderId"), nil
	}
	wanted := children(request, "mergeList")
	if len(wanted) == 0 || len(wanted) > largestPage {
		return g.no(c, oaidParam, "参数错误：mergeList 应为1到100个"), nil
	}
	together := map[Person][]string{}
	var people []Person
	for _, w := range wanted {
		o := g.orders[text(w, "orderId")]
		if o == nil || o.OAID == "" || o.OAID != text(w, "oaid") {
			return g.no(c, oaidParam, "oaid与订单不匹配"), nil
		}
		if len(together[o.Receiver]) == 0 {
			people = append(people, o.Receiver)
		}
		together[o.Receiver] = append(together[o.Receiver], o.ID)
	}
	results := []any{}
	for _, p := range people {
		results = append(results, object{"mergeOrderIds": together[p]})
	}
	return object{"returnType": object{
		"code": g.config.Dialect.ok200(), "msg": "success", "data": object{"mergeResults": results},
	}}, nil
}

func refuseMerge(_ Dialect, code, message string) object {
	return object{"returnType": object{"code": numeric(code), "msg": message}}
}

// waiting is jingdong.jos.order.oaid.waiting: the other orders of the same
// receiver that have not shipped. What it is for and what it answers is not
// known. Guessed are all of it: the answer's form is that of oaid.search, whose
// list is known, and isTelephoneCalculate has the telephones count when
// receivers are compared.
func (g *Gateway) waiting(c *call) (object, error) {
	o := g.orders[text(c.args, "orderId")]
	if o == nil || o.OAID == "" {
		return g.no(c, oaidParam, "订单不存在"), nil
	}
	whom := func(o *Order) Person {
		p := o.Receiver
		if text(c.args, "isTelephoneCalculate") != "true" {
			p.Mobile, p.Telephone = "", ""
		}
		return p
	}
	others := []any{}
	for _, id := range g.listed {
		if other := g.orders[id]; id != o.ID && other.State == ToShip && other.OAID != "" && whom(other) == whom(o) {
			others = append(others, object{"orderId": id, "createDate": stamp(other.Started)})
		}
	}
	return object{"returnType": object{
		"code": g.config.Dialect.ok200(), "requestId": fmt.Sprintf("req-%d", len(g.journal.Entries())), "message": "success",
		"data": object{"orderIdList": others},
	}}, nil
}
