package jdsim

import (
	"cmp"
	"fmt"
)

// expressRange is jingdong.etms.range.check: whether JD Express goes there and
// by which way. Which fields it insists on is guessed.
func (g *Gateway) expressRange(c *call) (object, error) {
	for _, name := range []string{"salePlat", "customerCode", "orderId", "receiveAddress"} {
		if text(c.args, name) == "" {
			return g.no(c, "1", "参数错误："+name+" 不能为空"), nil
		}
	}
	if text(c.args, "customerCode") != g.config.CustomerCode {
		return g.no(c, "1", "商家编码不存在：customerCode"), nil
	}
	id := text(c.args, "orderId")
	to := place{text(c.args, "receiverProvince"), text(c.args, "receiverCity"), text(c.args, "receiverCounty")}
	to = to.or(placeOf(text(c.args, "receiveAddress")))
	if why := g.outage(expressCarrier, to); why != "" {
		return g.no(c, "150", why), nil
	}
	from := place{text(c.args, "senderProvince"), text(c.args, "senderCity"), text(c.args, "senderCounty")}
	from = from.or(placeOf(text(c.args, "senderAddress")))
	promise, ok := whole(c.args, "promiseTimeType")
	if !ok {
		promise = 1
	}
	s := preSort(from, to, promise)
	if o := g.orders[id]; o != nil {
		s["isHideName"], s["isHideContractNumbers"] = flag(o.HideName), flag(o.HideNumber)
	}
	return object{"resultInfo": object{
		"rcode": expressOK, "rmessage": "可派送", "orderId": id, "siteId": s["siteId"], "siteName": s["siteName"], "road": s["road"],
		"sourcetSortCenterId": s["sourceSortCenterId"], "sourcetSortCenterName": s["sourceSortCenterName"], // sourcet, sic
		"originalCrossCode": s["sourceCrossCode"], "originalTabletrolleyCode": s["sourceTabletrolleyCode"],
		"targetSortCenterId": s["targetSortCenterId"], "targetSortCenterName": s["targetSortCenterName"],
		"destinationCrossCode": s["sourceCrossCode"], "destinationTabletrolleyCode": s["targetTabletrolleyCode"],
		"aging": s["aging"], "agingName": s["agingName"],
		"isHideName": s["isHideName"], "isHideContractNumbers": s["isHideContractNumbers"],
		"preSortCode": fmt.Sprint(s["siteId"]), "transType": 1, "promiseTimeType": promise,
		"promiseTimeTypeDownGrade": 0, "expressOperationMode": 1,
	}}, nil
}

func refuseRange(_ Dialect, code, message string) object {
	return object{"resultInfo": object{"rcode": numeric(code), "rmessage": message}}
}

// expressQuery is jingdong.ldop.waybill.query and …waybill.generalQuery. What
// lies in data is guessed.
func (g *Gateway) expressQuery(c *call) (object, error) {
	if text(c.args, "customerCode") != g.config.CustomerCode {
		return g.no(c, "1", "商家编码不存在：customerCode"), nil
	}
	number := text(c.args, "deliveryId")
	e, ok := g.ledger.taken[number]
	if !ok || e.Carrier != expressCarrier {
		return g.no(c, "1", "运单号不存在"), nil
	}
	_, bound := g.boundTo(expressCarrier, number)
	packages := []any{}
	for i := 1; i <= g.packages(number); i++ {
		packages = append(packages, packageCode(number, i, g.packages(number)))
	}
	return g.wujie(object{
		"deliveryId": number, "orderId": e.Order, "packageCount": g.packages(number), "packageCodes": packages,
		"collectionMoney": cmp.Or(e.Collect, "0"), "guaranteeValueAmount": cmp.Or(e.Insured, "0"),
		"signReturn": cmp.Or(e.Return, "0"), "cancelled": !bound, "createTime": stamp(e.At),
	}), nil
}

// expressCancel is jingdong.ldop.delivery.provider.cancelWayBill. That 0 is
// its word for success is guessed.
func (g *Gateway) expressCancel(c *call) (object, error) {
	for _, name := range []string{"waybillCode", "customerCode", "source", "cancelReason", "operatorName"} {
		if text(c.args, name) == "" {
			return g.no(c, "1", "参数错误："+name+" 不能为空"), nil
		}
	}
	if text(c.args, "customerCode") != g.config.CustomerCode {
		return g.no(c, "1", "商家编码不存在：customerCode"), nil
	}
	e, err := g.unbind(c, expressCarrier, text(c.args, "waybillCode"))
	if err != nil {
		return nil, err
	}
	return refuseCancel(g.config.Dialect, cmp.Or(when(e.Refused != "", "1"), "0"), cmp.Or(e.Refused, "成功")), nil
}

func refuseCancel(_ Dialect, code, message string) object {
	return object{"responseDTO": object{"statusCode": numeric(code), "statusMessage": message}}
}

// expressTrace is jingdong.ldop.receive.trace.get.
func (g *Gateway) expressTrace(c *call) (object, error) {
	if text(c.args, "customerCode") != g.config.CustomerCode {
		return g.no(c, "1", "商家编码不存在：customerCode"), nil
	}
	number := text(c.args, "waybillCode")
	e, ok := g.ledger.taken[number]
	if !ok || e.Carrier != expressCarrier {
		return g.no(c, "1", "运单号不存在"), nil
	}
	steps := []any{}
	for _, s := range g.steps(e) {
		steps = append(steps, object{
			"opeTitle": s.title, "opeRemark": s.remark, "opeName": "演示", "opeTime": s.at, "waybillCode": number, "courier": "", "courierTel": "",
		})
	}
	return object{"querytrace_result": object{"code": expressOK, "messsage": "成功", "data": steps}}, nil // messsage, sic
}

func refuseTrace(_ Dialect, code, message string) object {
	return object{"querytrace_result": object{"code": numeric(code), "messsage": message}} // sic
}

// step is one thing that happened to a parcel.
type step struct{ title, remark, at string }

// steps tells what the journal knows of a number.
func (g *Gateway) steps(taken Entry) []step {
	s := []step{{"下单", "运单已创建", stamp(taken.At)}}
	for _, e := range g.journal.Entries() {
		switch {
		case e.Refused != "":
		case e.Event == Unbound && e.Number == taken.Number:
			s = append(s, step{"取消", "运单已取消", stamp(e.At)})
		case e.Event == Ship && e.Number == taken.Number:
			s = append(s, step{"揽收", "商家已出库", stamp(e.At)})
		}
	}
	return s
}
