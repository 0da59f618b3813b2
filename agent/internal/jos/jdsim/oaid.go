package jdsim

import (
	"fmt"
	"strconv"
	"time"
)

// virtualFor is how long a virtual number from oaid.decrypt lasts (guessed).
const virtualFor = 30 * 24 * time.Hour

// decrypt is jingdong.jos.order.oaid.decrypt. The values of appName, region,
// scenesType and the unit of expiration are not public: any will do.
func (g *Gateway) decrypt(c *call) (object, error) {
	request, ok := child(c.args, "getReceiverInfoListReqVO")
	if !ok {
		return g.no(c, "1", "参数错误：getReceiverInfoListReqVO 不能为空"), nil
	}
	wanted := children(request, "orderInfos")
	if len(wanted) == 0 {
		return g.no(c, "1", "参数错误：orderInfos 不能为空"), nil
	}
	if len(wanted) > largestPage {
		return g.no(c, "1", "参数错误：orderInfos 过多"), nil
	}
	data := []any{}
	var served []Entry
	for _, w := range wanted {
		o := g.orders[text(w, "orderId")]
		if o == nil || o.OAID == "" || o.OAID != text(w, "oaid") {
			return g.no(c, "1", "oaid与订单不匹配"), nil
		}
		data = append(data, receiver(o, c.now))
		served = append(served, Entry{Event: Served, Order: o.ID})
	}
	if err := g.record(c, served...); err != nil {
		return nil, err
	}
	ok200 := 200
	if g.config.Dialect.ZeroDecryptIsOK {
		ok200 = 0
	}
	return object{"returnType": object{
		"code": ok200, "requestId": fmt.Sprintf("req-%d", len(g.journal.entries)), "message": "success", "data": data,
	}}, nil
}

func receiver(o *Order, now time.Time) object {
	p := o.Receiver
	r := object{
		"orderId": o.ID, "oaid": o.OAID,
		"customerName": withExtension(p.Name, o.Virtual), "address": withExtension(p.full(), o.Virtual),
		"consMobilePhone": p.Mobile, "customerPhone": p.Telephone, "consMobilePhoneFuzzy": fuzzy(p.Mobile),
		"privacyProtection": o.Virtual != "", "expiration": "",
	}
	if o.Virtual != "" {
		r["consMobilePhone"], r["customerPhone"] = o.Virtual, ""
		r["expiration"] = stamp(now.Add(virtualFor))
	}
	if id, err := strconv.ParseInt(o.ID, 10, 64); err == nil {
		r["orderId"] = id // a Java long
	}
	return r
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
