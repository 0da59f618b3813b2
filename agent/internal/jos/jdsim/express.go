package jdsim

import (
	"cmp"
	"fmt"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// expressOK is JD Express's word for success. What it says of failures is not
// known; the gateway takes 1.
const expressOK = 100

// expressReceive is jingdong.ldop.waybill.receive.
func (g *Gateway) expressReceive(c *call) (object, error) {
	if message := g.expressFault(c.args); message != "" {
		return g.no(c, "1", message), nil
	}
	id := text(c.args, "orderId")
	o := g.orders[id]
	if o != nil && (o.State == Cancelled || o.State == Void) {
		return g.no(c, "1", "订单已取消"), nil
	}
	to := place{text(c.args, "province"), text(c.args, "city"), text(c.args, "county")}
	to = to.or(placeOf(text(c.args, "receiveAddress")))
	if why := g.outage(expressCarrier, to); why != "" {
		return g.no(c, "1", why), nil
	}
	packages, _ := whole(c.args, "packageCount")
	p := parcel{holder: holder{expressCarrier, id}, to: to, count: 1, packages: packages}
	p.sender = sheet.Party{
		Name: text(c.args, "senderName"), Address: text(c.args, "senderAddress"),
		Phone: cmp.Or(text(c.args, "senderMobile"), text(c.args, "senderTel")),
	}
	p.receiver = sheet.Party{
		Name: text(c.args, "receiveName"), Address: text(c.args, "receiveAddress"),
		Phone: cmp.Or(text(c.args, "receiveMobile"), text(c.args, "receiveTel")),
	}
	p.signed = flagged(c.args, "signReturn")
	if text(c.args, "collectionValue") == "1" {
		p.collect = money(c.args, "collectionMoney")
	}
	if text(c.args, "guaranteeValue") == "1" {
		p.insured = money(c.args, "guaranteeValueAmount")
	}
	numbers, err := g.take(c, p)
	if err != nil {
		return nil, err
	}
	from := placeOf(text(c.args, "senderAddress"))
	promise, ok := whole(c.args, "promiseTimeType")
	if !ok {
		promise = 1
	}
	sort := preSort(from, to, promise)
	if o != nil {
		sort["isHideName"], sort["isHideContractNumbers"] = flag(o.HideName), flag(o.HideNumber)
	}
	return object{"receiveorderinfo_result": object{
		"resultCode": expressOK, "resultMessage": "成功", "orderId": id, "deliveryId": numbers[0],
		"promiseTimeType": promise, "transType": 1, "needRetry": false, "preSortResult": sort,
	}}, nil
}

func (g *Gateway) expressFault(args object) string {
	for _, name := range []string{
		"salePlat", "customerCode", "orderId", "senderName", "senderAddress", "receiveName", "receiveAddress",
		"packageCount", "weight", "vloumn", // sic
	} {
		if text(args, name) == "" {
			return "参数错误：" + name + " 不能为空"
		}
	}
	for _, name := range []string{"orderId", "senderName", "senderAddress", "receiveName", "receiveAddress"} {
		if len(text(args, name)) > longest*3 {
			return "参数错误：" + name + " 过长"
		}
	}
	switch {
	case !salePlatform(text(args, "salePlat")):
		return "参数错误：salePlat 不正确"
	case text(args, "customerCode") != g.config.CustomerCode:
		return "商家编码不存在：customerCode"
	case len(text(args, "orderId")) > longest:
		return "参数错误：orderId 过长"
	}
	if n, ok := whole(args, "packageCount"); !ok || n < 1 || n > 999 {
		return "参数错误：packageCount 应为1到999"
	}
	for _, name := range []string{"weight", "vloumn"} {
		if n, ok := decimal(args, name); !ok || n < 0 {
			return "参数错误：" + name + " 不正确"
		}
	}
	for _, m := range []struct{ flag, amount string }{
		{"collectionValue", "collectionMoney"}, {"guaranteeValue", "guaranteeValueAmount"},
	} {
		if n, ok := decimal(args, m.amount); text(args, m.flag) == "1" && (!ok || n <= 0) {
			return "参数错误：" + m.amount + " 不正确"
		}
	}
	if n, ok := whole(args, "signReturn"); text(args, "signReturn") != "" && (!ok || n < 0 || n > 4) {
		return "参数错误：signReturn 应为0到4"
	}
	if message := phoneFault(args, "sender", "senderTel", "senderMobile"); message != "" {
		return message
	}
	if message := phoneFault(args, "receive", "receiveTel", "receiveMobile"); message != "" {
		return message
	}
	for _, name := range []string{"senderTel", "senderMobile", "receiveTel", "receiveMobile", "receiveName", "receiveAddress"} {
		// Whether an oaid could stand in for the receiver here has not been
		// seen, so a mask never passes.
		if v := text(args, name); sealed(v) || strings.Contains(v, "*") {
			return "参数错误：" + name + " 不能为密文或脱敏数据"
		}
	}
	return ""
}

// phoneFault wants one of two telephone numbers, and no text in either.
func phoneFault(args object, who string, names ...string) string {
	found := false
	for _, name := range names {
		v := text(args, name)
		found = found || v != ""
		if len(v) > 40 || strings.Trim(v, "0123456789*+-() 转,#") != "" {
			return "参数错误：" + name + " 不是电话号码"
		}
	}
	if !found {
		return "参数错误：" + who + " " + strings.Join(names, "、") + " 不能同时为空"
	}
	return ""
}

func salePlatform(code string) bool {
	switch code {
	case "0010001", "0010002", "0010003", "0010004", "0030001":
		return true
	}
	return false
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// preSort is the routing of a parcel of JD Express. The codes are made up from
// the places.
func preSort(from, to place, promise int) object {
	county := strings.TrimSuffix(to.county, "区")
	return object{
		"siteId": 10 + to.code("site", 9000), "siteName": to.town() + county + "营业部",
		"road": fmt.Sprintf("%03d", to.code("road", 200)), "slideNo": fmt.Sprint(1 + to.code("slide", 30)),
		"sourceSortCenterId": 100 + from.code("sort", 2000), "sourceSortCenterName": from.town() + "分拣中心",
		"sourceCrossCode": fmt.Sprint(1 + from.code("cross", 60)), "sourceTabletrolleyCode": fmt.Sprintf("A-%02d", 1+from.code("table", 40)),
		"targetSortCenterId": 100 + to.code("sort", 2000), "targetSortCenterName": to.town() + "分拣中心",
		"targetTabletrolleyCode": fmt.Sprintf("%d-%c%d", 1+to.code("cross", 60), 'A'+rune(to.code("row", 8)), 1+to.code("table", 9)),
		"aging":                  1, "agingName": agingName(promise), "siteType": 4,
		"isHideName": 0, "isHideContractNumbers": 0,
		"collectionAddress": "", "distributeCode": "", "coverCode": "", "qrcodeUrl": "",
	}
}

func agingName(promise int) string {
	switch promise {
	case 2:
		return "特快送"
	case 4:
		return "城际闪送"
	case 5:
		return "同城当日达"
	case 6:
		return "次晨达"
	case 8:
		return "生鲜专送"
	}
	return "特惠送"
}

func refuseExpress(_ Dialect, code, message string) object {
	return object{"receiveorderinfo_result": object{
		"resultCode": numeric(code), "resultMessage": message, "needRetry": false,
	}}
}

// expressIntercept is jingdong.ldop.receive.order.intercept. Whether its
// vendorCode is the customer code or the merchant's is not said: both pass.
// Which fields it insists on is guessed.
func (g *Gateway) expressIntercept(c *call) (object, error) {
	for _, name := range []string{"vendorCode", "deliveryId", "interceptReason", "cancelTime", "cancelOperator"} {
		if text(c.args, name) == "" {
			return g.no(c, "1", "参数错误："+name+" 不能为空"), nil
		}
	}
	if v := text(c.args, "vendorCode"); v != g.config.CustomerCode && v != g.config.VendorID {
		return g.no(c, "1", "商家编码不存在：vendorCode"), nil
	}
	e, err := g.unbind(c, expressCarrier, text(c.args, "deliveryId"))
	if err != nil {
		return nil, err
	}
	if e.Refused != "" {
		return g.no(c, "1", e.Refused), nil
	}
	return object{"resultInfo": object{"stateCode": expressOK, "stateMessage": "成功"}}, nil
}

func refuseIntercept(_ Dialect, code, message string) object {
	return object{"resultInfo": object{"stateCode": numeric(code), "stateMessage": message}}
}
