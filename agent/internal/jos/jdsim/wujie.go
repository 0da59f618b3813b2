package jdsim

import (
	"fmt"
	"strings"
)

// alphaReceive is the one method whose answer comes without a root.
const alphaReceive = "jingdong.ldop.alpha.waybill.receive"

// Words of Wujie's statusCode.
const (
	wujieOK     = "0"
	wujieParam  = "1"  // a parameter is wrong
	wujieFailed = "-1" // it could not be done
)

// wujieReceive takes numbers: jingdong.ldop.alpha.waybill.receive.
func (g *Gateway) wujieReceive(c *call) (object, error) {
	content, ok := child(c.args, "content")
	if !ok {
		return g.no(c, wujieParam, "参数错误：content 不能为空且须为JSON"), nil
	}
	k, message := g.contentFault(content)
	if message != "" {
		return g.no(c, wujieParam, message), nil
	}
	id := text(content, "platformOrderNo")
	for part := range strings.SplitSeq(id, ",") {
		if o := g.orders[part]; o != nil && o.State == Cancelled {
			return g.no(c, wujieFailed, "订单已取消，不能获取运单号"), nil
		}
	}
	to, _ := child(content, "toAddress")
	count, _ := whole(content, "waybillCount")
	p := parcel{
		holder: holder{k.ProviderCode, id}, branch: k.code(), count: count,
		to: place{text(to, "provinceName"), text(to, "cityName"), text(to, "countryName")}.or(placeOf(text(to, "address"))),
	}
	if _, lacking := g.numbersFor(p); !k.direct() && lacking > k.Amount {
		return g.no(c, wujieFailed, fmt.Sprintf("电子面单库存不足，当前剩余%d，请联系网点充值", k.Amount)), nil
	}
	numbers, err := g.take(c, p)
	if err != nil {
		return nil, err
	}
	return g.wujie(object{"platformOrderNo": id, "waybillCodeList": numbers}), nil
}

// contentFault finds the contract that a request for numbers is under, or
// says what is wrong with the request.
func (g *Gateway) contentFault(content object) (*Contract, string) {
	for _, name := range []string{
		"waybillType", "waybillCount", "providerCode", "salePlatform", "platformOrderNo", "vendorCode", "vendorName",
		"weight", "volume", "payType", "goodsMoney", "shouldPayMoney", "needGuarantee", "guaranteeMoney", "receiveTimeType",
	} {
		if text(content, name) == "" {
			return nil, "参数错误：" + name + " 不能为空"
		}
	}
	for _, r := range []struct {
		name     string
		min, max int
	}{{"waybillType", 1, 3}, {"waybillCount", 1, 99}, {"payType", 0, 9}, {"receiveTimeType", 0, 2}} {
		if n, ok := whole(content, r.name); !ok || n < r.min || n > r.max {
			return nil, fmt.Sprintf("参数错误：%s 应为%d到%d", r.name, r.min, r.max)
		}
	}
	for _, name := range []string{"weight", "volume", "goodsMoney", "shouldPayMoney", "guaranteeMoney"} {
		if n, ok := decimal(content, name); !ok || n < 0 {
			return nil, "参数错误：" + name + " 不正确"
		}
	}
	switch {
	case !salePlatform(text(content, "salePlatform")):
		return nil, "参数错误：salePlatform 不正确"
	case text(content, "vendorCode") != g.config.VendorID:
		return nil, "商家不存在：vendorCode"
	case len(text(content, "platformOrderNo")) > longest:
		return nil, "参数错误：platformOrderNo 过长"
	}
	k, message := g.contractFault(content)
	if message != "" {
		return nil, message
	}
	if message := g.addressFault(content, "fromAddress"); message != "" {
		return nil, message
	}
	return k, g.addressFault(content, "toAddress")
}

// contractFault finds the signed contract of a request.
func (g *Gateway) contractFault(content object) (*Contract, string) {
	provider := text(content, "providerCode")
	signed := false
	for i := range g.stock {
		k := &g.stock[i]
		if k.ProviderCode != provider {
			continue
		}
		if id := text(content, "providerId"); id != "" && id != fmt.Sprint(k.ProviderID) {
			return nil, "参数错误：providerId 与 providerCode 不一致"
		}
		signed = true
		name := "branchCode"
		if k.direct() {
			name = "settlementCode"
		}
		if text(content, name) == "" {
			return nil, "参数错误：" + name + " 不能为空"
		}
		if text(content, name) == k.code() {
			return k, ""
		}
	}
	if signed {
		return nil, "网点编码或财务结算编码与签约信息不一致"
	}
	return nil, "未与承运商签约：providerCode"
}

// addressFault checks a sender or receiver. A mask passes only with an oaid,
// and an oaid must be one that the gateway gave out for the order.
func (g *Gateway) addressFault(content object, which string) string {
	a, ok := child(content, which)
	if !ok {
		return "参数错误：" + which + " 不能为空"
	}
	if text(a, "provinceName") == "" && text(a, "provinceId") == "" {
		return "参数错误：" + which + ".provinceName 不能为空"
	}
	for _, name := range []string{"address", "contact"} {
		v := text(a, name)
		switch {
		case v == "":
			return "参数错误：" + which + "." + name + " 不能为空"
		case len(v) > longest*3:
			return "参数错误：" + which + "." + name + " 过长"
		}
	}
	for _, name := range []string{"provinceId", "cityId", "countryId", "countrysideId"} { // country is the county, sic
		if _, ok := whole(a, name); text(a, name) != "" && !ok {
			return "参数错误：" + which + "." + name + " 应为整数"
		}
	}
	if message := phoneFault(a, which, "phone", "mobile"); message != "" {
		return message
	}
	oaid := text(a, "oaid")
	if oaid != "" && !g.given(oaid, text(content, "platformOrderNo")) {
		return "参数错误：" + which + ".oaid 与订单不匹配"
	}
	for _, name := range []string{"phone", "mobile", "contact", "address"} {
		v := text(a, name)
		masked := strings.Contains(v, "*") && (name == "phone" || name == "mobile")
		if oaid == "" && (masked || sealed(v)) {
			return "参数错误：" + which + "." + name + " 为密文或脱敏数据，须传oaid"
		}
	}
	return ""
}

// given reports whether an oaid is that of one of the orders.
func (g *Gateway) given(oaid, orders string) bool {
	for id := range strings.SplitSeq(orders, ",") {
		if o := g.orders[id]; o != nil && o.OAID == oaid {
			return true
		}
	}
	return false
}

// wujieBigShot is jingdong.ldop.alpha.vendor.bigshot.query, the routing.
func (g *Gateway) wujieBigShot(c *call) (object, error) {
	number, provider := text(c.args, "waybillCode"), text(c.args, "providerCode")
	if number == "" {
		return g.no(c, wujieParam, "参数错误：waybillCode 不能为空"), nil
	}
	if provider == "" {
		return g.no(c, wujieParam, "参数错误：providerCode 不能为空"), nil
	}
	e, ok := g.boundTo(provider, number)
	if !ok {
		return g.no(c, wujieFailed, "运单号不存在"), nil
	}
	to := place{e.Province, e.City, e.County}
	name, branch := to.town(), to.town()+strings.TrimSuffix(to.county, "区")
	gathering, code := fmt.Sprintf("%06d", to.code("gather", 1e6)), fmt.Sprintf("%06d", to.code("branch", 1e6))
	shot := object{
		"waybillCode": number,
		"bigShotName": name + "转运中心", "bigShotCode": fmt.Sprintf("%03d", 100+to.code("shot", 900)),
		"gatherCenterName": name + "集包", "gatherCenterCode": gathering,
		"branchName": branch, "branchCode": code,
		"secondSectionCode": fmt.Sprintf("%c%02d", 'A'+rune(to.code("section", 8)), 1+to.code("second", 99)),
		"thirdSectionCode":  fmt.Sprintf("%03d", 1+to.code("third", 200)),
		"road":              "", "fromBranchName": "演示网点", "toBranchName": branch,
	}
	if g.config.Dialect.BigShotList {
		return g.wujie([]any{shot}), nil
	}
	return g.wujie(shot), nil
}

// wujieStock is jingdong.ldop.alpha.vendor.stock.queryByProviderCode.
func (g *Gateway) wujieStock(c *call) (object, error) {
	if text(c.args, "vendorCode") != g.config.VendorID {
		return g.no(c, wujieParam, "商家不存在：vendorCode"), nil
	}
	provider, branch := text(c.args, "providerCode"), text(c.args, "branchCode")
	if provider == "" {
		return g.no(c, wujieParam, "参数错误：providerCode 不能为空"), nil
	}
	rows := []any{}
	for _, k := range g.stock {
		if k.ProviderCode == provider && (branch == "" || k.BranchCode == branch) {
			rows = append(rows, object{
				"providerCode": k.ProviderCode, "providerName": k.ProviderName, "branchCode": k.BranchCode,
				"vendorCode": g.config.VendorID, "vendorName": g.config.VendorName, "amount": k.Amount,
			})
		}
	}
	return g.wujie(rows), nil
}

// wujieContracts is jingdong.ldop.alpha.provider.sign.success.
func (g *Gateway) wujieContracts(c *call) (object, error) {
	if text(c.args, "vendorCode") != g.config.VendorID {
		return g.no(c, wujieParam, "商家不存在：vendorCode"), nil
	}
	rows := []any{}
	for _, k := range g.stock {
		operation := 2 // franchised
		if k.direct() {
			operation = 1
		}
		rows = append(rows, object{
			"providerId": k.ProviderID, "providerCode": k.ProviderCode, "providerName": k.ProviderName,
			"providerType": 1, "operationType": operation, "supportCod": false,
			"branchCode": k.BranchCode, "branchName": k.BranchName, "settlementCode": k.SettlementCode, "amount": k.Amount,
			"address": object{
				"provinceId": 2, "provinceName": "上海", "cityId": 2817, "cityName": "闵行区", "countryId": 51973,
				"countryName": "城区", "countrysideId": 0, "countrysideName": "", "address": "演示路1号",
			},
		})
	}
	return g.wujie(rows), nil
}

// wujieUnbind gives a number back: jingdong.ldop.alpha.waybill.api.unbind.
func (g *Gateway) wujieUnbind(c *call) (object, error) {
	for _, name := range []string{"providerCode", "waybillCode"} {
		if text(c.args, name) == "" {
			return g.no(c, wujieParam, "参数错误："+name+" 不能为空"), nil
		}
	}
	e, err := g.unbind(c, text(c.args, "providerCode"), text(c.args, "waybillCode"))
	if err != nil {
		return nil, err
	}
	if e.Refused != "" {
		return g.no(c, wujieFailed, e.Refused), nil
	}
	return g.wujie(nil), nil
}

// unbind journals that a number is given back, or why it is not. That a number
// is given back only once is guessed.
func (g *Gateway) unbind(c *call, carrier, number string) (Entry, error) {
	e := Entry{Event: Unbound, Carrier: clip(carrier), Number: clip(number)}
	if taken, ok := g.boundTo(carrier, number); ok {
		e.Order, e.Branch = taken.Order, taken.Branch
	} else {
		e.Refused = "运单号不存在或已解绑"
	}
	return e, g.record(c, e)
}

// wujie is a success.
func (g *Gateway) wujie(data any) object {
	o := wujieResult(g.config.Dialect, wujieOK, "成功")
	if data != nil {
		o["resultInfo"].(object)["data"] = data
	}
	return o
}

func refuseWujie(d Dialect, code, message string) object { return wujieResult(d, code, message) }

func wujieResult(d Dialect, code, message string) object {
	if d.StringStatusCode {
		return object{"resultInfo": object{"statusCode": code, "statusMessage": message}}
	}
	return object{"resultInfo": object{"statusCode": numeric(code), "statusMessage": message}}
}
