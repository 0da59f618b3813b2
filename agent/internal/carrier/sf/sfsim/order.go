package sfsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// order is what SF keeps of one: the first that came under its number.
type order struct {
	id        string
	parcels   []string // the mother's number, then the children's
	receipt   string
	label     map[string]string
	bare      bool
	filter    int
	remark    string
	cancelled bool
	asked     int // how often cloud print was asked for it
}

// wanted is the request, of which all is mandatory that is not said to be
// otherwise.
type wanted struct {
	Language string `json:"language"`
	Order    string `json:"orderId"`
	Cargo    []struct {
		Name string `json:"name"`
	} `json:"cargoDetails"`
	Contacts []struct {
		Type     int    `json:"contactType"`
		Contact  string `json:"contact"`
		Mobile   string `json:"mobile"` // or Tel
		Tel      string `json:"tel"`
		Country  string `json:"country"`
		Province string `json:"province"` // optional
		City     string `json:"city"`     // optional
		Address  string `json:"address"`
	} `json:"contactInfoList"`
	MonthlyCard string `json:"monthlyCard"` // optional
	PayMethod   int    `json:"payMethod"`   // optional
	ExpressType int    `json:"expressTypeId"`
	Parcels     int    `json:"parcelQty"`  // optional
	SignBack    int    `json:"isSignBack"` // optional
	Services    []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"serviceList"` // optional
	RouteLabel int `json:"isReturnRoutelabel"` // optional: 1 wants it
	Unified    int `json:"isUnifiedWaybillNo"` // optional: 1 is SF and 13 digits
	Number     int `json:"isGenWaybillNo"`     // optional: 1 wants one
}

const (
	mostParcels = 300
	longestID   = 64
	longestLine = 200
)

// refusal returns the order system's no, with its code.
func (g *Gateway) refusal(o wanted) (code, words string) {
	if o.Language == "" || o.Order == "" || len(o.Order) > longestID || o.ExpressType < 1 || o.Number != 1 {
		return "S0003", "参数校验不通过"
	}
	if len(o.Cargo) == 0 || slices.ContainsFunc(o.Cargo, func(c struct {
		Name string `json:"name"`
	}) bool {
		return c.Name == ""
	}) {
		return "1023", "托寄物品名不能为空"
	}
	var sender, receiver bool
	for _, c := range o.Contacts {
		who, codes := "寄件", [3]string{"1010", "1011", "1012"}
		if c.Type == 2 {
			who, codes = "到件", [3]string{"1014", "1015", "1016"}
		}
		sender, receiver = sender || c.Type == 1, receiver || c.Type == 2
		switch {
		case c.Address == "":
			return codes[0], who + "地址不能为空"
		case c.Contact == "":
			return codes[1], who + "联系人不能为空"
		case c.Mobile == "" && c.Tel == "":
			return codes[2], who + "电话不能为空"
		case strings.ContainsAny(c.Mobile+c.Tel, "*•"):
			return "8196", "信息异常"
		case c.Country != "CN", len([]rune(c.Address)) > longestLine:
			return "S0003", "参数校验不通过"
		}
	}
	switch {
	case !sender:
		return "1010", "寄件地址不能为空"
	case !receiver:
		return "1014", "到件地址不能为空"
	case o.MonthlyCard != "" && (len(o.MonthlyCard) != 10 || strings.Trim(o.MonthlyCard, "0123456789") != ""):
		return "6126", "月结卡号不合法"
	case o.MonthlyCard != "" && g.config.MonthlyCard != "" && o.MonthlyCard != g.config.MonthlyCard:
		return "8119", "月结卡号不存在或已失效"
	case o.Parcels > mostParcels:
		return "8067", "子单数量超过限制"
	case g.fail == "refuse":
		return "8196", fmt.Sprintf("信息异常：%s %s", o.Contacts[len(o.Contacts)-1].Contact, o.Contacts[len(o.Contacts)-1].Mobile)
	}
	return "", ""
}

func (g *Gateway) create(w http.ResponseWriter, text []byte) {
	if g.once("lose-request") {
		panic(http.ErrAbortHandler)
	}
	var o wanted
	if !read(w, text, &o) {
		return
	}
	if had := g.orders[o.Order]; had != nil {
		switch {
		case had.cancelled:
			no(w, "8037", "已消单")
		case g.config.Repeated:
			no(w, "8016", "重复下单")
		default:
			yes(w, g.shows(had, false))
		}
		return
	}
	if code, words := g.refusal(o); code != "" {
		no(w, code, words)
		return
	}
	placed := g.place(o)
	if placed.filter == 2 { // it answers with the first order that was successful
		g.orders[o.Order] = placed
	}
	if g.once("lose-answer") {
		panic(http.ErrAbortHandler)
	}
	yes(w, g.shows(placed, false))
}

// place takes an order and gives it its numbers.
func (g *Gateway) place(o wanted) *order {
	p := &order{id: o.Order, filter: 2}
	if g.fail == "outside" {
		p.filter, p.remark = 3, "1"
		return p
	}
	for range max(o.Parcels, 1) {
		p.parcels = append(p.parcels, g.number(o.Unified == 1))
	}
	if o.SignBack == 1 {
		p.receipt = g.number(o.Unified == 1)
	}
	p.label = g.labelOf(o, p.parcels[0])
	p.bare = g.fail == "bare" || o.RouteLabel != 1
	return p
}

func (g *Gateway) number(unified bool) string {
	g.numbers++
	if unified {
		return fmt.Sprintf("SF%013d", 7_444_400_000_000+g.numbers)
	}
	return fmt.Sprintf("%012d", 444_400_000_000+g.numbers)
}

func (g *Gateway) search(w http.ResponseWriter, text []byte) {
	var by struct {
		Order string `json:"orderId"`
		Main  string `json:"mainWaybillNo"`
	}
	if !read(w, text, &by) {
		return
	}
	found := g.orders[by.Order]
	if by.Order == "" && by.Main != "" {
		for _, o := range g.orders {
			if len(o.parcels) > 0 && o.parcels[0] == by.Main {
				found = o
			}
		}
	}
	if found == nil {
		no(w, "6150", "找不到该订单")
		return
	}
	yes(w, g.shows(found, true))
}

func (g *Gateway) update(w http.ResponseWriter, text []byte) {
	var by struct {
		Order   string `json:"orderId"`
		Deal    int    `json:"dealType"`
		Numbers []struct {
			Number string `json:"waybillNo"`
		} `json:"waybillNoInfoList"`
	}
	if !read(w, text, &by) {
		return
	}
	o := g.orders[by.Order]
	switch {
	case o == nil:
		no(w, "8018", "未获取到订单信息")
		return
	case by.Deal != 2:
		no(w, "8252", "订单已确认")
		return
	case o.cancelled:
		no(w, "8037", "已消单")
		return
	case g.fail == "fast":
		no(w, "8019", "订单已确认或已消单")
		return
	}
	status := 2
	for _, n := range by.Numbers {
		if !slices.Contains(o.parcels, n.Number) {
			status = 1
		}
	}
	o.cancelled = status == 2
	yes(w, map[string]any{"orderId": o.id, "waybillNoInfoList": numbersOf(o), "resStatus": status})
}
