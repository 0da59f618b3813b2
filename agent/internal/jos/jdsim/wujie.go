package jdsim

import (
	"cmp"
	"fmt"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
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
	p, refusal := g.wujieParcel(c, content, k)
	if refusal != nil {
		return refusal, nil
	}
	numbers, err := g.take(c, p)
	if err != nil {
		return nil, err
	}
	return g.wujie(object{"platformOrderNo": p.order, "waybillCodeList": numbers}), nil
}

// wujieParcel is the parcel of a good request, or the refusal when no number
// can be had for it.
func (g *Gateway) wujieParcel(c *call, content object, k *Contract) (parcel, object) {
	id := text(content, "platformOrderNo")
	for part := range strings.SplitSeq(id, ",") {
		if o := g.orders[part]; o != nil && (o.State == Cancelled || o.State == Void) {
			return parcel{}, g.no(c, wujieFailed, "订单已取消，不能获取运单号")
		}
	}
	to, _ := child(content, "toAddress")
	count, _ := whole(content, "waybillCount")
	p := parcel{
		holder: holder{k.ProviderCode, id}, branch: k.code(), count: count,
		to: place{text(to, "provinceName"), text(to, "cityName"), text(to, "countryName")}.or(placeOf(text(to, "address"))),
		terms: terms{
			collect: money(content, "shouldPayMoney"), insured: money(content, "guaranteeMoney"), signed: flagged(content, "signReturn"),
		},
		parent: text(content, "parentWaybillCode"),
		sender: wujieParty(content, "fromAddress"), receiver: wujieParty(content, "toAddress"),
	}
	if text(content, "childMotherOrder") == "true" { // of the newer family alone
		p.count, p.packages = 1, p.count
	}
	if p.collect != "" && !k.COD {
		return p, g.no(c, wujieFailed, "承运商不支持代收货款")
	}
	if why := g.outage(k.ProviderCode, p.to); why != "" {
		return p, g.no(c, wujieFailed, why)
	}
	if _, lacking := g.numbersFor(p); !k.direct() && lacking > k.Amount {
		return p, g.no(c, wujieFailed, fmt.Sprintf("电子面单库存不足，当前剩余%d，请联系网点充值", k.Amount))
	}
	return p, nil
}

// wujieParty is a sender or receiver of a request.
func wujieParty(content object, which string) sheet.Party {
	a, _ := child(content, which)
	return sheet.Party{
		Name: text(a, "contact"), Phone: cmp.Or(text(a, "mobile"), text(a, "phone")), Address: text(a, "address"),
	}
}

// flagged is a field that says something other than nought.
func flagged(o object, name string) string {
	if v := text(o, name); v != "" && v != "0" && v != "false" {
		return clip(v)
	}
	return ""
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
	return g.requestFault(content)
}

// requestFault checks what both families of requests for numbers share. A
// field that is not there is good.
func (g *Gateway) requestFault(content object) (*Contract, string) {
	for _, r := range []struct {
		name     string
		min, max int
	}{{"waybillType", 1, 3}, {"waybillCount", 1, 99}, {"payType", 0, 9}, {"receiveTimeType", 0, 2}, {"signReturn", 0, 4}} {
		if n, ok := whole(content, r.name); text(content, r.name) != "" && (!ok || n < r.min || n > r.max) {
			return nil, fmt.Sprintf("参数错误：%s 应为%d到%d", r.name, r.min, r.max)
		}
	}
	for _, name := range []string{"weight", "volume", "goodsMoney", "shouldPayMoney", "guaranteeMoney", "quantity"} {
		if n, ok := decimal(content, name); text(content, name) != "" && (!ok || n < 0) {
			return nil, "参数错误：" + name + " 不正确"
		}
	}
	if text(content, "needGuarantee") == "true" && money(content, "guaranteeMoney") == "" {
		return nil, "参数错误：guaranteeMoney 不正确"
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
