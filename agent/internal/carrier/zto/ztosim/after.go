package ztosim

import (
	"encoding/json"
	"regexp"
)

func (g *Gateway) cancel(body []byte) reply {
	var p struct {
		Kind   string `json:"cancelType"`
		Code   string `json:"orderCode"`
		Number string `json:"billCode"`
	}
	switch {
	case json.Unmarshal(body, &p) != nil || p.Kind < "1" || p.Kind > "7":
		return no("S208", "cancelType不能为空")
	case p.Code == "" && p.Number == "":
		return no("S208", "orderCode不能为空")
	}
	e := g.entryOf(func(e *entry) bool { return p.Code != "" && e.code == p.Code || p.Code == "" && e.number == p.Number })
	switch {
	case e == nil:
		return no("ORDER011", "订单不存在")
	case e.fullNetwork:
		return no("ORDER012", "全网件订单不支持取消")
	case g.fault == "fast":
		return no("ORDER013", "订单已取件，不能取消")
	}
	e.cancelled = true
	return reply{Result: struct{}{}, Words: "请求成功", Status: true, Code: "SYS000"}
}

var bill = regexp.MustCompile(`^7[3-9]\d{12}$`)

func (g *Gateway) query(body []byte) reply {
	var p struct {
		Kind   *int   `json:"type"`
		Code   string `json:"orderCode"`
		Number string `json:"billCode"`
	}
	switch {
	case json.Unmarshal(body, &p) != nil || p.Kind == nil:
		return no("S208", "type不能为空")
	case p.Code == "" && p.Number == "":
		return no("S208", "orderCode不能为空")
	case p.Number != "" && !bill.MatchString(p.Number):
		return no("E416", "不符合中通运单号规则校验")
	}
	list := []any{}
	for _, e := range g.orders {
		if e.fullNetwork != (*p.Kind == 1) {
			continue
		}
		if p.Number != "" && p.Number != e.number || p.Code != "" && p.Code != e.code && (g.c.Unfound || p.Code != e.reference) {
			continue
		}
		status := 0
		if e.cancelled {
			status = -2
		}
		s, r := e.sent.Sender, e.sent.Receiver
		list = append(list, map[string]any{
			"billCode": e.number, "orderCode": e.code, "orderStatus": status,
			"sendName": s.Name, "sendPhone": s.Phone, "sendMobile": s.Mobile, "sendProv": s.Province, "sendCity": s.City, "sendCounty": s.District, "sendAddress": s.Address,
			"receivName": r.Name, "receivPhone": r.Phone, "receivMobile": r.Mobile, "receivProv": r.Province, "receivCity": r.City, "receivCounty": r.District, "receivAddress": r.Address,
		})
	}
	return reply{Result: list, Words: "成功", Status: true, Code: "SYS000"}
}

func (g *Gateway) balance(body []byte) reply {
	var p struct {
		Time    string `json:"datetime"`
		Partner string `json:"partner"`
		Verify  string `json:"verify"`
		Content struct {
			Type string `json:"typeId"`
		} `json:"content"`
	}
	switch {
	case json.Unmarshal(body, &p) != nil || p.Time == "" || p.Partner == "" || p.Content.Type == "":
		return no("S208", "partner不能为空")
	case p.Partner != g.c.AccountID || p.Verify != g.c.AccountPassword:
		return no("E404", "鉴权失败,未绑定电子面单账号")
	}
	return reply{Result: map[string]any{"recharge": g.c.Stock, "available": g.available, "back": 0, "recovery": 0}, Words: "成功", Status: true, Code: "SYS000"}
}
