package ytosim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// order is what the create interfaces are sent, as far as it is read.
type order struct {
	Reference string `json:"logisticsNo"`

	SenderName     string `json:"senderName"`
	SenderProvince string `json:"senderProvinceName"`
	SenderCity     string `json:"senderCityName"`
	SenderAddress  string `json:"senderAddress"`
	SenderMobile   string `json:"senderMobile"`

	Name     string `json:"recipientName"`
	Province string `json:"recipientProvinceName"`
	City     string `json:"recipientCityName"`
	County   string `json:"recipientCountyName"`
	Address  string `json:"recipientAddress"`
	Mobile   string `json:"recipientMobile"`

	Services []struct {
		Type   int     `json:"type"`
		Amount float64 `json:"amount"`
	} `json:"increments"`
	Goods []struct {
		Name string `json:"name"`
	} `json:"goods"`
	Product string `json:"productCode"`
}

// wrong returns what is wrong with an order, or nothing.
func (o order) wrong() string {
	for _, f := range [][2]string{
		{"logisticsNo", o.Reference}, {"senderName", o.SenderName}, {"senderProvinceName", o.SenderProvince}, {"senderCityName", o.SenderCity},
		{"senderAddress", o.SenderAddress}, {"senderMobile", o.SenderMobile}, {"recipientName", o.Name}, {"recipientProvinceName", o.Province},
		{"recipientCityName", o.City}, {"recipientAddress", o.Address}, {"recipientMobile", o.Mobile},
	} {
		if f[1] == "" {
			return f[0] + "不能为空; "
		}
	}
	limits := map[int][2]float64{1: {3, 20000}, 2: {1, 5000}, 4: {100, 30000}}
	asked := map[int]bool{}
	for _, s := range o.Services {
		limit, known := limits[s.Type]
		if !known || s.Amount < limit[0] || s.Amount > limit[1] {
			return "增值服务金额不合法; "
		}
		asked[s.Type] = true
	}
	switch {
	case len(o.Reference) < 7 || len(o.Reference) > 64:
		return "logisticsNo长度不合法; "
	case asked[1] && asked[2]:
		return "代收和到付不能同时选择; "
	case len(o.Goods) > 20:
		return "物品最多20个; "
	case o.Product != "" && !strings.Contains(" PK YZD XTCTK HKJ ", " "+o.Product+" "):
		return "productCode不合法; "
	}
	for _, line := range o.Goods {
		if line.Name == "" {
			return "物品名称不能为空; "
		}
	}
	return ""
}

// createPrivately says what the label must hide, too.
func (g *Gateway) createPrivately(param string) any {
	answer := g.create(param)
	given, ok := answer.(*created)
	if !ok || g.c.Plain {
		return answer
	}
	o := g.find(func(e *entry) bool { return e.sent.Reference == given.Reference }).sent
	tail := o.Mobile[max(len(o.Mobile)-4, 0):]
	given.Secret = []secret{
		{"recipientName", "收件人姓名", string([]rune(o.Name)[:1]) + "*"},
		{"recipientMobile", "收件人手机", o.Mobile[:min(3, len(o.Mobile))] + "****" + tail},
	}
	return given
}

// created is the answer to an order. It has no hub.
type created struct {
	Customer  string   `json:"customerCode"`
	Reference string   `json:"logisticsNo"`
	Number    string   `json:"mailNo"`
	Sort      string   `json:"shortAddress,omitempty"`
	Secret    []secret `json:"secretWaybills,omitempty"`
}

// secret is a field of the request as the label may show it.
type secret struct {
	Field string `json:"code"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (g *Gateway) create(param string) any {
	var o order
	if json.Unmarshal([]byte(param), &o) != nil {
		return no("S05", "非法的通知内容")
	}
	if wrong := o.wrong(); wrong != "" {
		return no("200010003", wrong)
	}
	if old := g.find(func(e *entry) bool { return e.sent.Reference == o.Reference }); old != nil {
		return g.created(old)
	}
	switch {
	case g.fault == "refuse":
		return no("200017004", "订单报文不合法，校验不通过："+o.Name+" "+o.Mobile)
	case g.c.RefuseMasked && strings.Contains(o.Name+o.Mobile+o.Address, "*"):
		return no("200010003", "收件人信息不能脱敏; ")
	case g.fault == "outside": // the codes of this and the next are not public; these are invented
		return no("200019001", "收件地址"+o.Address+"超区")
	case g.fault == "stock" || g.available == 0:
		return no("200019002", "电子面单余额不足")
	}
	g.available--
	e := &entry{sent: o}
	h := hash(g.c.Usual.Customer, o.Reference)
	for e.number == "" || g.find(func(other *entry) bool { return other.number == e.number }) != nil {
		e.number = fmt.Sprintf("YT%013d", h%1e13)
		h++
	}
	g.orders = append(g.orders, e)
	g.given[o.Reference] = append(g.given[o.Reference], e.number)
	return g.created(e)
}

// created answers with an order as it was first sent.
func (g *Gateway) created(e *entry) *created {
	c := &created{Customer: g.c.Usual.Customer, Reference: e.sent.Reference, Number: e.number}
	if g.fault != "bare" {
		c.Sort = sortCode(e)
	}
	return c
}

// sortCode is 三段码: another for every parcel, always the same for one.
func sortCode(e *entry) string {
	h := hash(e.number)
	return fmt.Sprintf("%03d-%03d-%02d-%03d", 100+hash(e.sent.Province, e.sent.City)%900, h%1000, h/1000%100, h/1e5%1000)
}

func (g *Gateway) cancel(param string) any {
	var p struct {
		Reference string `json:"logisticsNo"`
		Why       string `json:"cancelDesc"`
	}
	if json.Unmarshal([]byte(param), &p) != nil || p.Reference == "" || p.Why == "" {
		return no("200010003", "logisticsNo不能为空; ")
	}
	e := g.find(func(e *entry) bool { return e.sent.Reference == p.Reference })
	switch {
	case e == nil:
		return no("200019003", "订单不存在")
	case g.fault == "fast":
		return no("200019004", "订单已揽收，不能取消")
	}
	e.cancelled = true
	return map[string]string{"customerCode": g.c.Usual.Customer, "logisticsNo": p.Reference}
}

func (g *Gateway) balance(param string) any {
	var p struct {
		Client string `json:"clientId"`
		Time   int64  `json:"timestamp"`
		Date   string `json:"requestDate"`
	}
	if json.Unmarshal([]byte(param), &p) != nil || p.Client != g.c.Usual.Customer || p.Time == 0 || len(p.Date) != 8 {
		return map[string]any{"code": -1, "message": "请求参数不合法"}
	}
	return map[string]any{"code": 0, "message": "成功", "data": g.available}
}
