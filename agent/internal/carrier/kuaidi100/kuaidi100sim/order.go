package kuaidi100sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

type man struct {
	Name      string `json:"name"`
	Mobile    string `json:"mobile"`
	Phone     string `json:"tel"`
	Province  string `json:"province"`
	City      string `json:"city"`
	District  string `json:"district"`
	Rest      string `json:"addr"`
	PrintAddr string `json:"printAddr"`
}

// address is the whole address: in one line, or of its parts.
func (m man) address() string {
	if m.PrintAddr != "" {
		return m.PrintAddr
	}
	if m.Province == "" || m.City == "" || m.Rest == "" {
		return ""
	}
	return m.Province + m.City + m.District + m.Rest
}

// lacks says what is missing, or hidden: carriers do not deliver to stars.
func (m man) lacks(who string) string {
	switch {
	case m.Name == "":
		return who + "姓名不能为空"
	case m.Mobile == "" && m.Phone == "":
		return who + "手机号和电话号二者其一必填"
	case m.address() == "":
		return who + "地址不能为空"
	case strings.ContainsAny(m.Name+m.Mobile+m.Phone+m.address(), "*＊•"):
		return who + "信息不能含有脱敏字符"
	case m.Mobile != "" && (len(m.Mobile) != 11 || strings.Trim(m.Mobile, "0123456789") != ""):
		return who + "手机号格式错误"
	}
	return ""
}

type order struct {
	Print      string          `json:"printType"`
	Company    string          `json:"kuaidicom"`
	ID         string          `json:"orderId"`
	Reorder    *bool           `json:"reorder"`
	Receiver   man             `json:"recMan"`
	Sender     man             `json:"sendMan"`
	Count      int             `json:"count"`
	Weight     float64         `json:"weight"`
	Insured    float64         `json:"valinsPay"`
	Collect    float64         `json:"collection"`
	NeedChild  string          `json:"needChild"`
	NeedReturn string          `json:"needBack"`
	Template   string          `json:"tempId"`
	Pay        string          `json:"payType"`
	Custom     json.RawMessage `json:"customParam"`
	partner
}

// partner is the merchant's account with the carrier.
type partner struct {
	ID       string `json:"partnerId"`
	Key      string `json:"partnerKey"`
	Secret   string `json:"partnerSecret"`
	Name     string `json:"partnerName"`
	Net      string `json:"net"`
	Code     string `json:"code"`
	CheckMan string `json:"checkMan"`
}

// refuses says why a carrier does not know an account.
func (g *Gateway) refuses(c carrier, p partner) string {
	had := 0
	for _, v := range []string{p.ID, p.Key, p.Secret, p.Name, p.Net, p.Code, p.CheckMan} {
		if v != "" {
			had++
		}
	}
	switch {
	case p.ID != g.c.Partner:
		return "partnerId不正确"
	case c.key && p.Key != g.c.PartnerKey:
		return "partnerKey不正确"
	case c.net && p.Net == "":
		return "net不能为空"
	case c.five && had < 5:
		return "电子面单账号信息不完整"
	}
	return ""
}

// order gives a number. A wrong request gets none, whatever it lacks.
func (g *Gateway) order(param, host string) envelope {
	var o order
	if !utf8.ValidString(param) || json.Unmarshal([]byte(param), &o) != nil {
		return g.no(parameter, "param格式错误")
	}
	c, known := carriers[o.Company]
	switch {
	case !known:
		return g.no(parameter, "不支持的快递公司编码")
	case o.Print != "NON" && o.Print != "IMAGE":
		return g.no(parameter, "printType错误")
	case o.Print == "IMAGE" && o.Template == "":
		return g.no(parameter, "tempId不能为空")
	}
	for _, m := range []struct {
		who string
		man
	}{{"收件人", o.Receiver}, {"寄件人", o.Sender}} {
		if lacks := m.lacks(m.who); lacks != "" {
			return g.no(parameter, lacks)
		}
	}
	if why := g.refuses(c, o.partner); why != "" {
		return g.no(parameter, why)
	}
	reorder := o.Reorder == nil || *o.Reorder
	key := o.Company + " " + o.ID
	if old := g.results[key]; old != nil && !reorder && o.ID != "" && g.c.Now().Sub(old.at) < g.c.Keep {
		return g.yes(repeated, old.data)
	}
	quote := "" // carriers like to quote whom a parcel goes to
	if !g.c.HideWords {
		quote = "，收件人" + o.Receiver.Name + " " + o.Receiver.Mobile + " " + o.Receiver.address()
	}
	switch g.fails {
	case "refuse":
		return g.no(parameter, "快递公司返回：月结账号状态异常"+quote)
	case "outside":
		return g.no(parameter, "快递公司返回：收件地址超区，不派送"+quote)
	case "stock":
		return g.no(parameter, "快递公司返回：电子面单余额不足"+quote)
	}
	r := g.take(c, o, host)
	if o.ID != "" && (g.results[key] == nil || g.c.Now().Sub(g.results[key].at) >= g.c.Keep) {
		g.results[key] = r
	}
	if g.fails == "back-end" { // the number is taken, and then something breaks
		return g.no(trouble, "服务器错误")
	}
	return g.yes(done, r.data)
}

// take takes the carrier's numbers and tells what it knows of the way.
func (g *Gateway) take(c carrier, o order, host string) *result {
	turn := len(g.numbers)
	number := func(kind string, n int) string {
		for {
			s := c.number(seed(o.Company, o.ID, kind, fmt.Sprint(n), fmt.Sprint(turn)))
			turn++
			if g.numbers[s] == nil {
				return s
			}
		}
	}
	r := &result{company: o.Company, receiver: o.Receiver.address(), at: g.c.Now(), data: map[string]any{}}
	main := number("main", 0)
	g.numbers[main] = r
	all := []string{main}
	r.data["kuaidinum"] = main
	var children []string
	if o.NeedChild == "1" && o.Count > 1 && !c.shared {
		for n := 1; n < o.Count; n++ {
			child := number("child", n)
			g.numbers[child] = r
			children = append(children, child)
		}
	}
	all = append(all, children...)
	r.data["childNum"] = strings.Join(children, ",")
	r.data["returnNum"] = ""
	if o.NeedReturn == "1" && c.back {
		back := number("back", 0)
		g.numbers[back] = r
		r.data["returnNum"] = back
		all = append(all, back)
	}
	task := strings.ToUpper(digest("task", o.ID, main))
	r.data["taskId"] = task
	r.data["kdComOrderNum"] = ""
	if c.own {
		r.order = fmt.Sprintf("%017d", seed("order", main)%1e17)
		r.data["kdComOrderNum"] = r.order
	}
	r.data["label"] = ""
	if o.Print == "IMAGE" {
		name := r.at.Format("20060102") + "/" + task
		g.labels[name] = r
		r.data["label"] = host + labelPath + name
	}
	if g.fails != "bare" {
		c.route(r.data, o, main)
	}
	g.given[o.ID] = append(g.given[o.ID], all...)
	return r
}

type cancellation struct {
	Company string `json:"kuaidicom"`
	Number  string `json:"kuaidinum"`
	Order   string `json:"orderId"`
	partner
}

// cancel takes a number back: of carriers that take one back at all, under the
// order number that they told.
func (g *Gateway) cancel(param string) envelope {
	var o cancellation
	if json.Unmarshal([]byte(param), &o) != nil || o.Company == "" || o.Number == "" {
		return g.no(parameter, "参数错误")
	}
	c, known := carriers[o.Company]
	r := g.numbers[o.Number]
	switch {
	case !known || !c.cancels:
		return g.no(parameter, "该快递公司不支持取消")
	case r == nil || r.company != o.Company || r.data["kuaidinum"] != o.Number:
		return g.no(unknown, "订单不存在")
	}
	if why := g.refuses(c, o.partner); why != "" {
		return g.no(parameter, why)
	}
	switch {
	case r.order != "" && o.Order != r.order:
		return g.no(parameter, "orderId错误")
	case r.cancelled:
		return g.no(parameter, "快递公司返回：订单已取消")
	case g.fails == "fast":
		return g.no(parameter, "快递公司返回：订单已揽收，不能取消")
	case g.fails == "back-end":
		return g.no(trouble, "服务器错误")
	}
	r.cancelled = true
	return g.yes(done, nil)
}

// Cancelled reports whether a number was taken back.
func (g *Gateway) Cancelled(number string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.numbers[number]
	return r != nil && r.cancelled
}

// Companies returns the codes of the carriers behind the simulator, sorted.
func Companies() []string {
	var all []string
	for name := range carriers {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
