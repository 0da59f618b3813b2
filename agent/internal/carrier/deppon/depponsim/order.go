package depponsim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/carrier/carriertest/drawn"
)

type contact struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	Mobile   string `json:"mobile"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Address  string `json:"address"`
}

func (c contact) whole() bool {
	return c.Name != "" && c.Mobile+c.Phone != "" && c.Province != "" && c.City != "" && c.County != "" && c.Address != ""
}

// request is what an order is asked for with.
type request struct {
	CompanyCode   string  `json:"companyCode"`
	LogisticID    string  `json:"logisticID"`
	CustomerCode  string  `json:"customerCode"`
	OrderType     string  `json:"orderType"`
	TransportType string  `json:"transportType"`
	Sender        contact `json:"sender"`
	Receiver      contact `json:"receiver"`
	Packages      struct {
		Cargo    string  `json:"cargoName"`
		Number   int     `json:"totalNumber"`
		Weight   float64 `json:"totalWeight"`
		Delivery string  `json:"deliveryType"`
	} `json:"packageInfo"`
	Committed string `json:"gmtCommit"`
	PayType   string `json:"payType"`
	// Services is the one place in which a receipt is asked for; anywhere else
	// Deppon passes it over.
	Services struct {
		Insured    string `json:"insuranceValue"`
		CodType    string `json:"codType"`
		CodValue   string `json:"codValue"`
		CodAccount string `json:"reciveLoanAccount"`
		CodName    string `json:"accountName"`
		Receipt    string `json:"backSignBill"`
	} `json:"addServices"`
}

// order is one that was taken, for ever as it was taken.
type order struct {
	request
	numbers []string // the mother's first
	off     bool
	at      time.Time
}

// create takes an order, or says why not.
func (g *Gateway) create(params string) reply {
	var r request
	if json.Unmarshal([]byte(params), &r) != nil {
		return no("2001", "请求参数不合法")
	}
	s := r.Services
	switch {
	case g.how == "back-end":
		return no("9999", "系统异常")
	case g.how == "refuse":
		return no("2011", "客户编码未签约该运输方式")
	case g.how == "outside":
		return no("2012", "收货地址超区，不派送")
	case r.CompanyCode != g.config.CompanyCode || r.CustomerCode != g.config.CustomerCode:
		return no("2002", "客户编码有误")
	case !strings.HasPrefix(r.LogisticID, g.config.Sign) || len(r.LogisticID) > 32:
		return no("2005", "渠道单号不合法")
	case !r.Sender.whole() || !r.Receiver.whole():
		return no("2007", "收发货人信息不完整")
	case strings.Contains(r.Receiver.Name+r.Receiver.Mobile+r.Receiver.Phone+r.Receiver.Address, "*"):
		return no("2007", "收货人信息含脱敏字符")
	case !slices.Contains([]string{"1", "2", "3"}, r.OrderType) || !slices.Contains([]string{"0", "1", "2"}, r.PayType) || r.TransportType == "" ||
		r.Packages.Cargo == "" || r.Packages.Weight <= 0 || r.Packages.Delivery == "" || len(r.Committed) != len("2006-01-02 15:04:05"):
		return no("2001", "必填参数为空或不合法")
	case s.CodValue != "" && (s.CodType == "" || s.CodAccount == "" || s.CodName == ""):
		return no("2008", "代收货款账户信息不完整")
	case r.Packages.Number < 1 || r.Packages.Number > 30 || r.Packages.Number > 1 && !g.config.Several:
		return no("2009", "客户没有子母件权限")
	case !g.config.Several && slices.ContainsFunc(g.orders, func(o *order) bool { return o.LogisticID == r.LogisticID }):
		return no("2006", "渠道单号或运单号重复！")
	}
	o := &order{request: r, at: g.config.Now()}
	for n := range r.Packages.Number {
		o.numbers = append(o.numbers, fmt.Sprintf("DPK36%011d", (len(g.orders)+1)*7919+n))
	}
	g.orders = append(g.orders, o)
	answer := reply{"mailNo": strings.Join(o.numbers, ","), "logisticID": r.LogisticID, "muchHigherDelivery": "0"}
	if g.how != "bare" {
		answer["arrivedOrgSimpleName"], answer["arrivedOutFieldName"], answer["stationNo"] = o.sorted()
	}
	if len(o.numbers) > 1 {
		answer["parentMailNo"] = o.numbers[0]
	}
	return yes(answer)
}

// sorted makes a plausible way to the receiver's town, the same for the same
// address: 大头笔 and second segment, the last yard, the station.
func (o *order) sorted() (arrived, yard, station string) {
	h := fnv.New32a()
	h.Write([]byte(o.Receiver.Province + o.Receiver.City + o.Receiver.County + o.Receiver.Address))
	n := h.Sum32()
	city := strings.TrimSuffix(o.Receiver.City, "市")
	county := strings.TrimSuffix(strings.TrimSuffix(o.Receiver.County, "区"), "县")
	return fmt.Sprintf("%s%s-%d", city, county, 1+n%40), city + "转运场", fmt.Sprintf("%c%02d", 'A'+n%26, n/26%100)
}

// find returns the order of a number that Deppon knows by now.
func (g *Gateway) find(number string, after time.Duration) *order {
	for _, o := range g.orders {
		if slices.Contains(o.numbers, number) && !g.config.Now().Before(o.at.Add(after)) {
			return o
		}
	}
	return nil
}

func (g *Gateway) cancel(params string) reply {
	var r struct {
		MailNo  string `json:"mailNo"`
		At      string `json:"cancelTime"`
		Remark  string `json:"remark"`
		Company string `json:"logisticCompanyID"`
	}
	if json.Unmarshal([]byte(params), &r) != nil || r.Company != "DEPPON" || r.At == "" || r.Remark == "" {
		return no("2001", "请求参数不合法")
	}
	o := g.find(r.MailNo, g.config.Early)
	switch {
	case o == nil:
		return no("3001", "订单不存在")
	case g.how == "fast":
		return no("3002", "货物已揽收，不能撤销")
	}
	o.off = true
	return yes(reply{"logisticID": o.LogisticID})
}

// query looks an order up by its logisticID. Where an order may have several
// parcels the number of one must stand behind it.
func (g *Gateway) query(params string) reply {
	var r struct {
		LogisticID string `json:"logisticID"`
		Company    string `json:"logisticCompanyID"`
	}
	if json.Unmarshal([]byte(params), &r) != nil || r.Company != "DEPPON" {
		return no("2001", "请求参数不合法")
	}
	for _, o := range g.orders {
		known := o.LogisticID
		if g.config.Several {
			known += "_" + o.numbers[0]
		}
		if known != r.LogisticID || g.config.Now().Before(o.at.Add(g.config.Early)) {
			continue
		}
		status := "ACCEPT"
		if o.off {
			status = "CANCEL"
		}
		return yes(reply{"reason": "", "responseParam": map[string]any{
			"logisticCompanyID": "DEPPON", "logisticID": r.LogisticID, "mailNo": o.numbers[0], "statusType": status, "transportType": o.TransportType,
			"cargoName": o.Packages.Cargo, "totalNumber": o.Packages.Number, "totalWeight": o.Packages.Weight, "sender": o.Sender, "receiver": o.Receiver,
		}})
	}
	return no("3001", "订单不存在")
}

// print says where the label of a number lies, once it is drawn.
func (g *Gateway) print(params string, r *http.Request) reply {
	var q struct {
		CustomerCode string `json:"customerCode"`
		Number       string `json:"waybillNos"`
	}
	if json.Unmarshal([]byte(params), &q) != nil {
		return no("2001", "请求参数不合法")
	}
	if q.CustomerCode != g.config.CustomerCode || g.how == "late" || g.find(q.Number, g.config.Undrawn) == nil {
		return reply{"result": false, "message": "未查询到可以打印的订单"}
	}
	return reply{"result": true, "data": []map[string]string{{
		"fileName": q.Number + ".pdf", "waybillNumber": q.Number,
		"fileUrl": "http://" + r.Host + "/labels/" + q.Number + ".pdf?AccessKeyId=PRACTICE&Signature=" + pass(q.Number),
	}}}
}

// pass stands in a label's address in the place of a signature.
func pass(number string) string {
	h := fnv.New64a()
	h.Write([]byte("label " + number))
	return fmt.Sprintf("%016x", h.Sum64())
}

func (g *Gateway) file(w http.ResponseWriter, r *http.Request, number string) {
	o := g.find(number, g.config.Undrawn)
	if o == nil || r.URL.Query().Get("Signature") != pass(number) {
		http.Error(w, "AccessDenied", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(drawn.Label(number, fmt.Sprintf("%d/%d", slices.Index(o.numbers, number)+1, len(o.numbers)), "DEPPON "+o.TransportType))
}
