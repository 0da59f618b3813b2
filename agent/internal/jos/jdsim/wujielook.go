package jdsim

import (
	"cmp"
	"fmt"
	"strings"
)

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

// wujieStock is jingdong.ldop.alpha.vendor.stock.queryByProviderCode, and
// …vendor.stock.query, which goes by providerId.
func (g *Gateway) wujieStock(c *call) (object, error) {
	if text(c.args, "vendorCode") != g.config.VendorID {
		return g.no(c, wujieParam, "商家不存在：vendorCode"), nil
	}
	provider, id, branch := text(c.args, "providerCode"), text(c.args, "providerId"), text(c.args, "branchCode")
	if provider == "" && id == "" {
		return g.no(c, wujieParam, "参数错误：providerCode、providerId 不能同时为空"), nil
	}
	rows := []any{}
	for _, k := range g.stock {
		named := k.ProviderCode == provider || provider == "" && fmt.Sprint(k.ProviderID) == id
		if named && (branch == "" || k.BranchCode == branch) {
			rows = append(rows, object{
				"providerCode": k.ProviderCode, "providerName": k.ProviderName, "branchCode": k.BranchCode,
				"vendorCode": g.config.VendorID, "vendorName": g.config.VendorName, "amount": k.Amount,
			})
		}
	}
	return g.wujie(rows), nil
}

// wujieContracts is jingdong.ldop.alpha.provider.sign.success, and
// …sign.success.info.get, which writes venderCode.
func (g *Gateway) wujieContracts(c *call) (object, error) {
	if cmp.Or(text(c.args, "vendorCode"), text(c.args, "venderCode")) != g.config.VendorID {
		return g.no(c, wujieParam, "商家不存在：vendorCode"), nil
	}
	rows := []any{}
	for _, k := range g.stock {
		rows = append(rows, k.row())
	}
	return g.wujie(rows), nil
}

// row is a contract as the answers show it.
func (k Contract) row() object {
	operation := 2 // franchised
	if k.direct() {
		operation = 1
	}
	return object{
		"providerId": k.ProviderID, "providerCode": k.ProviderCode, "providerName": k.ProviderName,
		"providerType": 1, "operationType": operation, "supportCod": k.COD,
		"branchCode": k.BranchCode, "branchName": k.BranchName, "settlementCode": k.SettlementCode, "amount": k.Amount,
		"address": object{
			"provinceId": 2, "provinceName": "上海", "cityId": 2817, "cityName": "闵行区", "countryId": 51973,
			"countryName": "城区", "countrysideId": 0, "countrysideName": "", "address": "演示路1号",
		},
	}
}

// wujieProviders is jingdong.ldop.alpha.provider.query: all carriers there
// are. What providerState means is not said: any will do.
func (g *Gateway) wujieProviders(*call) (object, error) {
	rows := []any{}
	for _, k := range g.stock {
		operation := 2
		if k.direct() {
			operation = 1
		}
		rows = append(rows, object{
			"id": k.ProviderID, "providerCode": k.ProviderCode, "providerName": k.ProviderName, "providerType": 1,
			"operationType": operation, "rangeType": 1, "contactName": "演示", "contactPhone": "", "contactMobile": "",
			"inPlatform": true, "supportCod": k.COD, "approveState": 1, "approveComment": "", "providerState": 1,
		})
	}
	return g.wujie(rows), nil
}

// wujieOutage is jingdong.com.jd.ldop.alpha.waybill.api.outageQuery. How it
// names the address and what it answers is guessed; the address may lie in
// toAddress or beside the carrier.
func (g *Gateway) wujieOutage(c *call) (object, error) {
	provider := text(c.args, "providerCode")
	if provider == "" {
		return g.no(c, wujieParam, "参数错误：providerCode 不能为空"), nil
	}
	a, ok := child(c.args, "toAddress")
	if !ok {
		a = c.args
	}
	to := place{text(a, "provinceName"), text(a, "cityName"), text(a, "countryName")}.or(placeOf(text(a, "address")))
	if to.province == "" {
		return g.no(c, wujieParam, "参数错误：provinceName 不能为空"), nil
	}
	why := g.outage(provider, to)
	return g.wujie(object{"outage": why != "", "outageReason": why}), nil
}

// wujieQuery is jingdong.ldop.alpha.waybill.query. Its answer is guessed.
func (g *Gateway) wujieQuery(c *call) (object, error) {
	number, provider := text(c.args, "waybillCode"), text(c.args, "providerCode")
	e, ok := g.ledger.taken[number]
	if !ok || e.Carrier != provider {
		return g.no(c, wujieFailed, "运单号不存在"), nil
	}
	_, bound := g.boundTo(provider, number)
	return g.wujie(object{
		"waybillCode": number, "providerCode": provider, "platformOrderNo": e.Order, "branchCode": e.Branch,
		"parentWaybillCode": e.Parent, "waybillState": flag(bound), "createTime": stamp(e.At),
	}), nil
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

// wujieUnbindMany is jingdong.ldop.alpha.waybill.unbind: all numbers of an
// order or none (guessed).
func (g *Gateway) wujieUnbindMany(c *call) (object, error) {
	for _, name := range []string{"platformOrderNo", "providerCode", "operatorTime", "operatorName"} {
		if text(c.args, name) == "" {
			return g.no(c, wujieParam, "参数错误："+name+" 不能为空"), nil
		}
	}
	numbers := list(c.args, "waybillCodeList")
	if len(numbers) == 0 || len(numbers) > 99 {
		return g.no(c, wujieParam, "参数错误：waybillCodeList 应为1到99个"), nil
	}
	var entries []Entry
	for _, n := range numbers {
		e, ok := g.boundTo(text(c.args, "providerCode"), n)
		if !ok || e.Order != text(c.args, "platformOrderNo") {
			return g.no(c, wujieFailed, "运单号不存在或已解绑"), nil
		}
		entries = append(entries, Entry{Event: Unbound, Carrier: e.Carrier, Number: n, Order: e.Order, Branch: e.Branch})
	}
	if err := g.record(c, entries...); err != nil {
		return nil, err
	}
	return g.wujie(nil), nil
}

// wujieAppend is jingdong.ldop.alpha.waybill.appendreceive: further numbers of
// an order. Every call takes new ones (guessed).
func (g *Gateway) wujieAppend(c *call) (object, error) {
	content, ok := child(c.args, "content")
	if !ok {
		return g.no(c, wujieParam, "参数错误：content 不能为空且须为JSON"), nil
	}
	k, message := g.contentFault(content)
	if message != "" {
		return g.no(c, wujieParam, message), nil
	}
	parent, ok := g.boundTo(k.ProviderCode, text(content, "parentWaybillCode"))
	if !ok || parent.Order != text(content, "platformOrderNo") {
		return g.no(c, wujieParam, "参数错误：parentWaybillCode 不是该订单的运单号"), nil
	}
	p, refusal := g.wujieParcel(c, content, k)
	if refusal != nil {
		return refusal, nil
	}
	numbers, err := g.take(c, p)
	if err != nil {
		return nil, err
	}
	return g.wujie(object{"platformOrderNo": p.order, "parentWaybillCode": p.parent, "waybillCodeList": numbers}), nil
}
