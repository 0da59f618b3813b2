package stosim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
)

type party struct {
	Name     string `json:"name"`
	Tel      string `json:"tel"`
	Mobile   string `json:"mobile"`
	Province string `json:"province"`
	City     string `json:"city"`
	Area     string `json:"area"`
	Address  string `json:"address"`
}

type newOrder struct {
	Order    string `json:"orderNo"`
	Source   string `json:"orderSource"`
	BillType string `json:"billType"`
	Type     string `json:"orderType"`
	Sender   party  `json:"sender"`
	Receiver party  `json:"receiver"`
	Cargo    struct {
		Battery string `json:"battery"`
		Name    string `json:"goodsName"`
	} `json:"cargo"`
	Customer struct {
		Site     string `json:"siteCode"`
		Name     string `json:"customerName"`
		Password string `json:"sitePwd"`
	} `json:"customer"`
	Collect string `json:"codValue"`
	Insured *struct {
		Value string `json:"insuredValue"`
	} `json:"insuredAnnex"`
}

// bills are the kinds of waybill.
var bills = map[string]bool{"00": true, "01": true, "02": true, "03": true, "04": true}

// wrong says what STO would not take of an order, or nothing.
func (g *Gateway) wrong(o newOrder) string {
	switch {
	case o.Order == "":
		return "订单号不能为空"
	case o.Source != g.config.OrderSource:
		return "订单来源不存在"
	case !bills[o.BillType]:
		return "面单类型错误"
	case o.Type != "01" && o.Type != "02":
		return "订单类型错误"
	case o.Customer.Site != g.config.SiteCode || o.Customer.Name != g.config.CustomerName || o.Customer.Password != g.config.SitePasswd:
		return "客户信息校验失败"
	case o.Cargo.Name == "" || o.Cargo.Battery == "":
		return "物品信息不能为空"
	case o.BillType == "01" && o.Collect == "":
		return "代收货款金额不能为空"
	case o.Insured != nil && o.Insured.Value == "":
		return "保价金额不能为空"
	}
	for _, p := range []party{o.Sender, o.Receiver} {
		switch {
		case p.Name == "" || p.Province == "" || p.City == "" || p.Address == "" || p.Mobile == "" && p.Tel == "":
			return "收寄件人信息不完整"
		case strings.Contains(p.Name+p.Mobile+p.Tel+p.Address, "*"):
			return "收寄件人信息不能包含脱敏字符"
		}
	}
	return ""
}

func (g *Gateway) create(content string) reply {
	var o newOrder
	if json.Unmarshal([]byte(content), &o) != nil {
		return no("S12", "content 不是 JSON")
	}
	if words := g.wrong(o); words != "" {
		return no("", words)
	}
	before, again := g.orders[o.Order]
	switch {
	case again && g.config.Refuses:
		return no("", "订单已存在，请勿重复下单")
	case again:
		return yes(g.data(o.Order, before))
	case g.fails == "refuse":
		return no("", "客户状态异常，不允许下单")
	case g.fails == "outside":
		return no("", "收件地址超区，不派送")
	case g.fails == "stock":
		return no("", "面单余额不足")
	}
	p := placed{number: g.number(o.Order), address: o.Receiver.Address, route: sorted(o.Order, o.Receiver)}
	g.orders[o.Order], g.byBill[p.number] = p, o.Order
	g.given[o.Order] = append(g.given[o.Order], p.number)
	return yes(g.data(o.Order, p))
}

// number makes a number of an order: 77 and thirteen digits.
func (g *Gateway) number(order string) string {
	for n := sum(order) % 1e13; ; n++ {
		if number := fmt.Sprintf("77%013d", n%1e13); g.byBill[number] == "" {
			return number
		}
	}
}

func (g *Gateway) data(order string, p placed) map[string]string {
	data := map[string]string{"orderNo": order, "waybillNo": p.number, "sourceOrderId": order}
	if g.fails == "bare" {
		return data
	}
	data["bigWord"], data["packagePlace"], data["newBlockCode"] = p.route.word, p.route.place, p.route.block
	if g.config.Safe {
		data["safeNo"] = fmt.Sprintf("95013%09d", sum("safe"+order)%1e9)
	}
	return data
}

// route is what STO's sorters read.
type route struct{ word, place, block string }

// sorted invents a parcel's way: always the same for an order.
func sorted(order string, to party) route {
	n := sum("route" + order)
	return route{
		word:  fmt.Sprintf("%03d-%03d-%03d", 100+n%900, n/900%1000, n/900000%1000),
		place: strings.TrimSuffix(to.City, "市") + []string{"转运", "演示", "东部", "西部"}[n%4] + "集包地",
		block: fmt.Sprintf("%c%d", 'A'+rune(n/7%26), 1+n/11%98),
	}
}

func sum(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

func (g *Gateway) cancel(content string) reply {
	var o struct {
		Bill   string `json:"billCode"`
		Type   string `json:"orderType"`
		Source string `json:"orderSource"`
	}
	if json.Unmarshal([]byte(content), &o) != nil {
		return no("S12", "content 不是 JSON")
	}
	switch {
	case o.Source != g.config.OrderSource || o.Type != "01" && o.Type != "02":
		return no("", "订单来源或类型错误")
	case g.byBill[o.Bill] == "":
		return no("", "运单号不存在")
	case g.fails == "fast":
		return no("", "订单已揽收，不能取消")
	}
	g.off[o.Bill] = true
	return yes(nil)
}
