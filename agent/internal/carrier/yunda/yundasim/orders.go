package yundasim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
)

type party struct {
	Name     string `json:"name"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Address  string `json:"address"`
	Mobile   string `json:"mobile"`
	Phone    string `json:"phone"`
}

type newOrder struct {
	Serial   string  `json:"order_serial_no"`
	Customer string  `json:"khddh"`
	Sender   party   `json:"sender"`
	Receiver party   `json:"receiver"`
	Collect  float64 `json:"collection_value"`
	Type     string  `json:"order_type"`
	Private  string  `json:"isProtectPrivacy"`
	Node     string  `json:"node_id"`
}

// placed is an order that has its number.
type placed struct {
	order  newOrder
	number string
	off    bool
}

const plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

// wrong says what Yunda would not take of an order, or nothing.
func wrong(o newOrder) string {
	switch {
	case o.Serial == "" || strings.Trim(o.Serial, plain) != "":
		return "订单号只能由字母、数字、下划线组成"
	case o.Type == "" || o.Node == "" || o.Customer == "":
		return "运单类型、节点、客户订单号不能为空"
	}
	for _, p := range []party{o.Sender, o.Receiver} {
		switch {
		case p.Name == "" || p.Mobile == "" && p.Phone == "":
			return "收寄件人姓名、电话不能为空"
		case strings.Count(p.Address, ",") != 3:
			return "地址必须添加省市区并以半角逗号隔开"
		case strings.Contains(p.Name+p.Address+p.Mobile+p.Phone, "*"):
			return "收寄件人信息包含脱敏字符"
		}
	}
	return ""
}

func (g *Gateway) create(raw json.RawMessage) reply {
	var o newOrder
	if json.Unmarshal(raw, &o) != nil {
		return no("7605", "请求参数错误")
	}
	words := wrong(o)
	switch {
	case words != "":
	case g.orders[o.Serial] != nil:
		words = "订单号重复，如需修改请使用更新接口"
	case g.fails == "refuse":
		words = "网点已停用该账号"
	case g.fails == "outside":
		words = "收件地址超区，不派送"
	case g.fails == "stock":
		words = "面单余额不足"
	}
	if words != "" {
		return failed(o.Serial, words)
	}
	p := &placed{order: o, number: g.number(o.Serial)}
	g.orders[o.Serial], g.byNumber[p.number] = p, p
	g.given[o.Serial] = append(g.given[o.Serial], p.number)
	return yes([]map[string]string{{"order_serial_no": o.Serial, "mail_no": p.number, "pdf_info": g.sheet(p), "status": "1", "msg": ""}})
}

// update changes an order that is there. Its answer names the number in the
// label's data only.
func (g *Gateway) update(raw json.RawMessage) reply {
	var o newOrder
	if json.Unmarshal(raw, &o) != nil {
		return no("7605", "请求参数错误")
	}
	p := g.orders[o.Serial]
	switch words := wrong(o); {
	case words != "":
		return failed(o.Serial, words)
	case p == nil:
		return failed(o.Serial, "订单不存在")
	case p.off:
		return failed(o.Serial, "订单已取消，不允许更新")
	}
	p.order = o
	return yes([]map[string]string{{"order_serial_no": o.Serial, "pdf_info": g.sheet(p)}})
}

// number makes a number of an order: thirteen digits, the first a 4.
func (g *Gateway) number(serial string) string {
	for n := sum(serial) % 1e12; ; n++ {
		if number := fmt.Sprintf("4%012d", n%1e12); g.byNumber[number] == nil {
			return number
		}
	}
}

func (g *Gateway) cancel(raw json.RawMessage) reply {
	var o struct {
		Serial string `json:"order_serial_no"`
		Number string `json:"mailno"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return no("7605", "请求参数错误")
	}
	p := g.byNumber[o.Number]
	switch {
	case p == nil || p.order.Serial != o.Serial:
		return failed(o.Serial, "订单号与运单号不匹配")
	case g.fails == "fast":
		return failed(o.Serial, "已有物流信息，不允许取消")
	}
	p.off = true
	return yes([]map[string]string{{"order_serial_no": o.Serial, "mailno": o.Number, "status": "1", "msg": "取消成功"}})
}

func (g *Gateway) label(raw json.RawMessage) reply {
	var o struct {
		Number string `json:"mailno"`
	}
	if json.Unmarshal(raw, &o) != nil || o.Number == "" {
		return no("7605", "运单号不能为空")
	}
	p := g.byNumber[o.Number]
	if p == nil {
		return no("1003", "运单号不存在")
	}
	info := g.sheet(p)
	if g.config.Drawn {
		info = base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n%%EOF\n"))
	}
	return yes([]map[string]string{{"mailno": p.number, "pdfInfo": info}})
}

// sheet is a label's data as text: an object and a pair within two lists. The
// barcode is the number, the pair's first and its second.
func (g *Gateway) sheet(p *placed) string {
	n := sum("route" + p.order.Serial)
	pair := fmt.Sprintf("%04d", n%1e4)
	last := int(n / 1e4 % 10)
	data := map[string]any{
		"order_serial_no": p.order.Serial, "mailno": p.number, "mailno_barcode": fmt.Sprintf("%s%s%d", p.number, pair, last),
		"partner_id": g.config.PartnerID, "order_type": p.order.Type, "status": "1", "tname": "mailtmp_s12",
	}
	if g.fails != "bare" {
		to, from := p.order.Receiver, p.order.Sender
		data["position"] = short(to.Province) + "-" + to.County
		data["position_no"] = fmt.Sprintf("%06d-%02d-", 100000+n%900000, n/7%100)
		data["bigpen_code"] = fmt.Sprintf("%03d-%d", 100+n%900, 1+n/3%9)
		data["package_wd"] = fmt.Sprintf("J%06d", n/11%1000000)
		data["package_wdjc"] = strings.TrimSuffix(to.City, "市") + "分拨包"
		data["lattice_mouth_no"] = fmt.Sprintf("%c%02d", 'A'+rune(n/13%26), n/17%100)
		data["tp_status"] = fmt.Sprintf("%03d", n/19%1000)
		data["qrcode"] = p.number + pair
		data["receiver_branch"], data["receiver_branch_jc"] = fmt.Sprint(100000+n%900000), to.County+"演示网点"
		data["sender_branch"], data["sender_branch_jc"] = fmt.Sprint(100000+n/2%900000), strings.TrimSuffix(from.County, "区")+"演示揽收"
		name, phone := to.Name, to.Mobile
		if p.order.Private == "1" {
			name, phone = string([]rune(name)[:1])+"*", "*******"+phone[max(len(phone)-4, 0):]
		}
		data["receiver_name"], data["receiver_mobile"], data["receiver_address"] = name, phone, to.Address
	}
	text, _ := json.Marshal([]any{[]any{data, []any{pair, last}}})
	return string(text)
}

// shorts are the provinces' one-character names, which are not their first
// characters.
var shorts = map[string]string{
	"北京": "京", "天津": "津", "河北": "冀", "山西": "晋", "内蒙": "蒙", "辽宁": "辽", "吉林": "吉", "黑龙": "黑", "上海": "沪", "江苏": "苏",
	"浙江": "浙", "安徽": "皖", "福建": "闽", "江西": "赣", "山东": "鲁", "河南": "豫", "湖北": "鄂", "湖南": "湘", "广东": "粤", "广西": "桂",
	"海南": "琼", "重庆": "渝", "四川": "川", "贵州": "贵", "云南": "云", "西藏": "藏", "陕西": "陕", "甘肃": "甘", "青海": "青", "宁夏": "宁", "新疆": "新",
}

func short(province string) string {
	r := []rune(province)
	return shorts[string(r[:min(len(r), 2)])]
}

func sum(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
