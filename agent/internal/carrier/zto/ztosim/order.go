package ztosim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// order is what createOrder is sent, as far as it is read.
type order struct {
	PartnerType string `json:"partnerType"`
	OrderType   string `json:"orderType"`
	Reference   string `json:"partnerOrderCode"`
	Account     struct {
		ID       string `json:"accountId"`
		Password string `json:"accountPassword"`
		Customer string `json:"customerId"`
	} `json:"accountInfo"`
	Sender struct {
		Name     string `json:"senderName"`
		Phone    string `json:"senderPhone"`
		Mobile   string `json:"senderMobile"`
		Province string `json:"senderProvince"`
		City     string `json:"senderCity"`
		District string `json:"senderDistrict"`
		Address  string `json:"senderAddress"`
	} `json:"senderInfo"`
	Receiver struct {
		Name     string `json:"receiverName"`
		Phone    string `json:"receiverPhone"`
		Mobile   string `json:"receiverMobile"`
		Province string `json:"receiverProvince"`
		City     string `json:"receiverCity"`
		District string `json:"receiverDistrict"`
		Address  string `json:"receiverAddress"`
	} `json:"receiveInfo"`
	Services []struct {
		Type    string `json:"vasType"`
		Amount  *int64 `json:"vasAmount"`
		Account string `json:"accountNo"`
	} `json:"orderVasList"`
	SiteCode string `json:"siteCode"`
	SiteName string `json:"siteName"`
}

// lacks returns the first mandatory field that is not there.
func (o order) lacks() string {
	s, r := o.Sender, o.Receiver
	for _, f := range [][2]string{
		{"partnerType", o.PartnerType}, {"orderType", o.OrderType}, {"partnerOrderCode", o.Reference},
		{"senderName", s.Name}, {"senderMobile", s.Phone + s.Mobile}, {"senderProvince", s.Province}, {"senderCity", s.City},
		{"senderDistrict", s.District}, {"senderAddress", s.Address},
		{"receiverName", r.Name}, {"receiverMobile", r.Phone + r.Mobile}, {"receiverProvince", r.Province}, {"receiverCity", r.City},
		{"receiverDistrict", r.District}, {"receiverAddress", r.Address},
	} {
		if f[1] == "" {
			return f[0]
		}
	}
	for _, v := range o.Services {
		switch {
		case (v.Type == "COD" || v.Type == "insured") && (v.Amount == nil || *v.Amount <= 0):
			return "vasAmount"
		case v.Type == "COD" && v.Account == "":
			return "accountNo"
		case v.Type == "receiveReturnService" && (o.SiteCode == "" || o.SiteName == ""):
			return "siteCode"
		}
	}
	return ""
}

func (g *Gateway) create(body []byte) reply {
	var o order
	if json.Unmarshal(body, &o) != nil {
		return no("S208", "请求体不能为空")
	}
	if field := o.lacks(); field != "" {
		return no("S208", field+"不能为空")
	}
	if o.PartnerType == "1" && (g.c.CustomerID == "" || o.Account.Customer != g.c.CustomerID) ||
		o.PartnerType != "1" && (o.Account.ID != g.c.AccountID || o.Account.Password != g.c.AccountPassword) {
		return no("E404", "鉴权失败,未绑定电子面单账号")
	}
	old := g.entryOf(func(e *entry) bool { return e.reference == o.Reference })
	if old != nil && !g.c.SecondNumber {
		return g.created(old)
	}
	// The codes of what follows are not public; these are invented.
	switch {
	case g.fault == "refuse":
		return no("ORDER001", "收件人"+o.Receiver.Name+" "+o.Receiver.Mobile+" 信息不合规")
	case g.fault == "outside":
		return no("ORDER002", "收件地址"+o.Receiver.Address+"超区，不派送")
	case g.fault == "stock" || g.available == 0:
		return no("ORDER003", "电子面单余额不足")
	case g.c.RefuseMasked && strings.Contains(o.Receiver.Name+o.Receiver.Phone+o.Receiver.Mobile+o.Receiver.Address, "*"):
		return no("ORDER004", "收件人信息含脱敏字符")
	}
	g.available--
	times := len(g.given[o.Reference])
	h := hash(o.Account.ID, o.Reference, fmt.Sprint(times))
	e := &entry{reference: o.Reference, sent: o, fullNetwork: o.OrderType == "1" || o.OrderType == "4"}
	e.code = fmt.Sprintf("25%016d", h%1e16)
	for e.number == "" || g.entryOf(func(other *entry) bool { return other.number == e.number }) != nil {
		e.number = fmt.Sprintf("73%012d", h%1e12)
		h++
	}
	g.orders = append(g.orders, e)
	g.given[o.Reference] = append(g.given[o.Reference], e.number)
	return g.created(e)
}

// created answers with an order as it was first sent.
func (g *Gateway) created(e *entry) reply {
	result := map[string]any{
		"billCode": e.number, "orderCode": e.code, "partnerOrderCode": e.reference, "siteCode": "02100", "siteName": "演示青浦网点",
		"verifyCode": nil, "signBillInfo": nil, "bigMarkInfo": nil,
	}
	if g.fault != "bare" {
		r := e.sent.Receiver
		result["bigMarkInfo"] = bigMark(e.number, r.Province, r.City)
	}
	return reply{Result: result, Words: "成功", Status: true, Code: "0000"}
}

type mark struct {
	Hub  string `json:"bagAddr"`
	Mark string `json:"mark"`
}

// bigMark is what the sorters read: another for every parcel, always the same
// for one.
func bigMark(number, province, city string) mark {
	h := hash(number)
	return mark{
		Mark: fmt.Sprintf("%03d- %c%02d %02d", 200+hash(province, city)%700, 'A'+h%20, h/20%100, h/2000%100),
		Hub:  strings.TrimSuffix(city, "市") + string([]rune("东南西北中")[h/7%5]),
	}
}

func (g *Gateway) marks(body []byte) reply {
	var p struct {
		Number       string `json:"unionCode"`
		FromProvince string `json:"send_province"`
		FromCity     string `json:"send_city"`
		Province     string `json:"receive_province"`
		City         string `json:"receive_city"`
		District     string `json:"receive_district"`
		Address      string `json:"receive_address"`
	}
	if json.Unmarshal(body, &p) != nil || p.Number == "" || p.Province == "" || p.City == "" || p.District == "" || p.Address == "" || p.FromProvince == "" || p.FromCity == "" {
		return no("S208", "收件地址不能为空")
	}
	if g.fault == "bare" {
		return reply{Words: "成功", Status: true, Code: "SYS000"}
	}
	return reply{Result: bigMark(p.Number, p.Province, p.City), Words: "成功", Status: true, Code: "SYS000"}
}
