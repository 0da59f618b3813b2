package jdsim

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// Added products of ECAP, with the attribute that says how much. The codes are
// remembered, the attributes guessed.
const (
	ecapInsured = "ed-a-0002" // guaranteeMoney
	ecapCollect = "ed-a-0009" // shouldPayMoney
	ecapReturn  = "ed-a-0010" // signReturn
)

// ecapParam and ecapFailed are codes of ECAP's failures (guessed); 0 is good.
const (
	ecapParam  = "1001"
	ecapFailed = "2001"
)

func refuseECAP(_ Dialect, code, message string) object {
	return object{"success": false, "code": numeric(code), "msg": message, "subMsg": nil, "data": nil}
}

func ecapDone(data any) object {
	return object{"success": true, "code": 0, "msg": "success", "subMsg": nil, "data": data}
}

// ecapFault says what is wrong with an order of ECAP.
func (g *Gateway) ecapFault(args object) string {
	id := text(args, "orderId")
	if id == "" || len(id) > 50 {
		return "orderId 长度应为1到50"
	}
	for _, who := range []string{"senderContact", "receiverContact"} {
		contact, ok := child(args, who)
		if !ok || text(contact, "name") == "" || text(contact, "fullAddress") == "" {
			return who + " 的 name、fullAddress 不能为空"
		}
		if message := phoneFault(contact, who, "mobile", "phone"); message != "" {
			return message
		}
		for _, name := range []string{"name", "mobile", "phone", "fullAddress"} {
			v := text(contact, name)
			if len(v) > longest*3 {
				return who + "." + name + " 过长"
			}
			// Where an oaid goes is not known: extendProps is the likely place.
			if (sealed(v) || strings.Contains(v, "*")) && !g.ecapStandsIn(args, contact) {
				return who + "." + name + " 不能为密文或脱敏数据"
			}
		}
	}
	origin, ok := whole(args, "orderOrigin")
	if !ok || !slices.Contains([]int{0, 1, 2, 4, 5}, origin) {
		return "orderOrigin 不正确"
	}
	if code := text(args, "customerCode"); (origin == 1 || origin == 2) && code != g.config.CustomerCode {
		return "customerCode 不存在"
	}
	products, _ := child(args, "productsReq")
	if text(products, "productCode") == "" {
		return "productsReq.productCode 不能为空"
	}
	if n, ok := whole(args, "settleType"); !ok || !slices.Contains([]int{1, 2, 3, 5}, n) {
		return "settleType 不正确"
	}
	cargoes := children(args, "cargoes")
	if len(cargoes) != 1 {
		return "cargoes 应为一个元素"
	}
	if n, ok := whole(cargoes[0], "quantity"); !ok || n < 1 || n > 999 {
		return "cargoes.quantity 应为1到999"
	}
	for _, name := range []string{"weight", "volume"} {
		if n, ok := decimal(cargoes[0], name); !ok || n < 0 {
			return "cargoes." + name + " 不正确"
		}
	}
	if utf8.RuneCountInString(text(args, "remark")) > 500 {
		return "remark 过长"
	}
	channel := ecapChannel(args)
	if !salePlatform(text(channel, "channelCode")) {
		return "commonChannelInfo.channelCode 不正确"
	}
	if text(channel, "channelCode") == "0010001" && text(channel, "channelOrderCode") == "" {
		return "commonChannelInfo.channelOrderCode 不能为空"
	}
	return ""
}

// ecapChannel is where the order came from; both spellings have been seen.
func ecapChannel(args object) object {
	channel, ok := child(args, "commonChannelInfo")
	if !ok {
		channel, _ = child(args, "CommonChannelInfo")
	}
	return channel
}

func (g *Gateway) ecapStandsIn(args, contact object) bool {
	for _, o := range []object{args, contact} {
		props, _ := child(o, "extendProps")
		if oaid := text(props, "oaid"); oaid != "" && g.given(oaid, text(ecapChannel(args), "channelOrderCode")) {
			return true
		}
	}
	return false
}

// ecapParcel is the parcel of a good order.
func (g *Gateway) ecapParcel(args object) parcel {
	id := text(args, "orderId")
	if code := text(ecapChannel(args), "channelOrderCode"); g.orders[id] == nil && g.orders[code] != nil {
		id = code
	}
	cargo := children(args, "cargoes")[0]
	packages, _ := whole(cargo, "quantity")
	p := parcel{
		holder: holder{expressCarrier, id}, count: 1, packages: packages, number: text(args, "waybillCode"),
		sender: ecapParty(args, "senderContact"), receiver: ecapParty(args, "receiverContact"),
	}
	p.to = placeOf(p.receiver.Address)
	products, _ := child(args, "productsReq")
	for _, added := range children(products, "addedProducts") {
		attributes, _ := child(added, "productAttrs")
		switch text(added, "productCode") {
		case ecapCollect:
			p.collect = money(attributes, "shouldPayMoney")
		case ecapInsured:
			p.insured = money(attributes, "guaranteeMoney")
		case ecapReturn:
			p.signed = cmp.Or(flagged(attributes, "signReturn"), "1")
		}
	}
	return p
}

func ecapParty(args object, who string) sheet.Party {
	c, _ := child(args, who)
	return sheet.Party{Name: text(c, "name"), Phone: cmp.Or(text(c, "mobile"), text(c, "phone")), Address: text(c, "fullAddress")}
}

// ecapRefusal says why a good order gets no number.
func (g *Gateway) ecapRefusal(p parcel) string {
	if o := g.orders[p.order]; o != nil && (o.State == Cancelled || o.State == Void) {
		return "订单已取消"
	}
	return g.outage(expressCarrier, p.to)
}

// ecapPrecheck is /ecap/v1/orders/precheck. That its data holds the routing is
// guessed: the other answers have none.
func (g *Gateway) ecapPrecheck(c *call) (object, error) {
	if message := g.ecapFault(c.args); message != "" {
		return g.no(c, ecapParam, message), nil
	}
	p := g.ecapParcel(c.args)
	if message := g.ecapRefusal(p); message != "" {
		return g.no(c, ecapFailed, message), nil
	}
	sort := preSort(placeOf(p.sender.Address), p.to, 1)
	if o := g.orders[p.order]; o != nil {
		sort["isHideName"], sort["isHideContractNumbers"] = flag(o.HideName), flag(o.HideNumber)
	}
	return ecapDone(object{"deliverable": true, "preSortResult": sort}), nil
}

// ecapPreget is /ecap/v1/orders/pregetwaybillcodes. Its argument is guessed.
func (g *Gateway) ecapPreget(c *call) (object, error) {
	if text(c.args, "customerCode") != g.config.CustomerCode {
		return g.no(c, ecapParam, "customerCode 不存在"), nil
	}
	n := 1
	if text(c.args, "count") != "" {
		v, ok := whole(c.args, "count")
		if !ok || v < 1 || v > 100 {
			return g.no(c, ecapParam, "count 应为1到100"), nil
		}
		n = v
	}
	var entries []Entry
	codes := []any{}
	for i := range n {
		e := Entry{Event: Prefetched, Carrier: expressCarrier, Number: number(expressCarrier, g.ledger.count[expressCarrier]+uint64(i))}
		entries = append(entries, e)
		codes = append(codes, e.Number)
	}
	if err := g.record(c, entries...); err != nil {
		return nil, err
	}
	return ecapDone(object{"waybillCodes": codes}), nil
}

// ecapCreate is /ecap/v1/orders/create.
func (g *Gateway) ecapCreate(c *call) (object, error) {
	if message := g.ecapFault(c.args); message != "" {
		return g.no(c, ecapParam, message), nil
	}
	p := g.ecapParcel(c.args)
	if message := g.ecapRefusal(p); message != "" {
		return g.no(c, ecapFailed, message), nil
	}
	has, lacking := g.numbersFor(p)
	if p.number != "" && lacking > 0 && !g.ledger.prefetched[p.number] {
		return g.no(c, ecapParam, "waybillCode 不是预取的运单号"), nil
	}
	if len(has) > 0 && g.config.Dialect.RefuseSameOrderID {
		return g.no(c, ecapFailed, "orderId 重复下单"), nil
	}
	numbers, err := g.take(c, p)
	if err != nil {
		return nil, err
	}
	return ecapDone(object{"orderCode": orderCode(numbers[0]), "waybillCode": numbers[0], "freightPre": 0, "needRetry": false}), nil
}

// orderCode is JDL's own number of an order, made of its waybill's.
func orderCode(number string) string {
	return "ESL000000" + strings.TrimPrefix(number, "JDVC")
}

// ecapNumber finds the number that an argument is about.
func (g *Gateway) ecapNumber(args object) (Entry, bool) {
	number := text(args, "waybillCode")
	if code, ok := strings.CutPrefix(text(args, "orderCode"), "ESL000000"); ok && number == "" {
		number = "JDVC" + code
	}
	if id := cmp.Or(text(args, "customerOrderId"), text(args, "orderId")); number == "" && id != "" {
		if bound := g.ledger.bound[holder{expressCarrier, id}]; len(bound) > 0 {
			number = bound[len(bound)-1]
		}
	}
	e, ok := g.ledger.taken[number]
	return e, ok && e.Carrier == expressCarrier
}

// ecapModify is /ecap/v1/orders/modify: the contacts may change, the number
// stays. What else may change is not known.
func (g *Gateway) ecapModify(c *call) (object, error) {
	e, ok := g.ecapNumber(c.args)
	if _, bound := g.boundTo(expressCarrier, e.Number); !ok || !bound {
		return g.no(c, ecapFailed, "运单号不存在或已取消"), nil
	}
	changed := g.consigned[e.Number]
	for who, p := range map[string]*sheet.Party{"senderContact": &changed.sender, "receiverContact": &changed.receiver} {
		contact, ok := child(c.args, who)
		if !ok {
			continue
		}
		if message := phoneFault(contact, who, "mobile", "phone"); message != "" {
			return g.no(c, ecapParam, message), nil
		}
		*p = ecapParty(c.args, who)
	}
	if err := g.record(c, Entry{Event: Changed, Order: e.Order, Carrier: expressCarrier, Number: e.Number}); err != nil {
		return nil, err
	}
	g.consigned[e.Number] = changed
	return ecapDone(object{"orderCode": orderCode(e.Number), "waybillCode": e.Number}), nil
}

// ecapCancel is /ecap/v1/orders/cancel.
func (g *Gateway) ecapCancel(c *call) (object, error) {
	if reason := utf8.RuneCountInString(text(c.args, "cancelReason")); reason < 1 || reason > 30 {
		return g.no(c, ecapParam, "cancelReason 长度应为1到30"), nil
	}
	e, ok := g.ecapNumber(c.args)
	if !ok {
		return g.no(c, ecapFailed, "运单号不存在"), nil
	}
	undone, err := g.unbind(c, expressCarrier, e.Number)
	if err != nil {
		return nil, err
	}
	if undone.Refused != "" {
		return g.no(c, ecapFailed, undone.Refused), nil
	}
	return ecapDone(object{"waybillCode": e.Number, "resultType": 0}), nil
}

// ecapStatus is /ecap/v1/orders/status/get. Its answer is guessed.
func (g *Gateway) ecapStatus(c *call) (object, error) {
	e, ok := g.ecapNumber(c.args)
	if !ok {
		return g.no(c, ecapFailed, "运单号不存在"), nil
	}
	status, word := 100, "已下单"
	if _, bound := g.boundTo(expressCarrier, e.Number); !bound {
		status, word = 690, "已取消"
	}
	return ecapDone(object{"orderCode": orderCode(e.Number), "waybillCode": e.Number, "customerOrderId": e.Order, "status": status, "statusDesc": word}), nil
}

// ecapTrace is /ecap/v1/orders/trace/query. Its answer is guessed.
func (g *Gateway) ecapTrace(c *call) (object, error) {
	e, ok := g.ecapNumber(c.args)
	if !ok {
		return g.no(c, ecapFailed, "运单号不存在"), nil
	}
	steps := []any{}
	for _, s := range g.steps(e) {
		steps = append(steps, object{"operationTitle": s.title, "operationRemark": s.remark, "operationTime": s.at, "waybillCode": e.Number})
	}
	return ecapDone(object{"traceDetails": steps}), nil
}
