package jtsim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"miandan/agent/internal/carrier/carriertest/drawn"
)

type contact struct {
	Name        string `json:"name"`
	Mobile      string `json:"mobile"`
	Phone       string `json:"phone"`
	CountryCode string `json:"countryCode"`
	Province    string `json:"prov"`
	City        string `json:"city"`
	Area        string `json:"area"`
	Address     string `json:"address"`
}

func (c contact) whole() bool {
	return c.Name != "" && c.CountryCode == "CHN" && c.Province != "" && c.City != "" && c.Area != "" && c.Address != ""
}

// request is what an order is asked for with.
type request struct {
	Reference   string  `json:"txlogisticId"`
	ExpressType string  `json:"expressType"`
	OrderType   string  `json:"orderType"`
	ServiceType string  `json:"serviceType"`
	Delivery    string  `json:"deliveryType"`
	PayType     string  `json:"payType"`
	Sender      contact `json:"sender"`
	Receiver    contact `json:"receiver"`
	StartTime   string  `json:"sendStartTime"`
	EndTime     string  `json:"sendEndTime"`
	GoodsType   string  `json:"goodsType"`
	Weight      string  `json:"weight"`
	Quantity    string  `json:"totalQuantity"`
	ItemsValue  string  `json:"itemsValue"`
	OfferFee    string  `json:"offerFee"`
	Reason      string  `json:"reason"`
	Number      string  `json:"billCode"`
}

// order is one that was taken, for ever as it was taken first.
type order struct {
	request
	number string
	status string // 100 not dispatched … 103 collected, 104 cancelled
	at     string
	bare   bool
}

// add takes an order, or says why not.
func (g *Gateway) add(biz string) reply {
	var r request
	if json.Unmarshal([]byte(biz), &r) != nil {
		return no("145003050", "非法参数")
	}
	weight, err := strconv.ParseFloat(r.Weight, 64)
	value, cod := strconv.ParseFloat(r.ItemsValue, 64)
	offer, insured := strconv.ParseFloat(r.OfferFee, 64)
	switch {
	case g.how == "back-end":
		return no("145005000", "系统错误")
	case g.how == "refuse":
		return no("145003113", "支付方式不匹配,PP_CASH,CC_CASH,PP_PM")
	case g.how == "outside":
		return no("145005004", "该收件地址因客观原因暂时停发")
	case r.Reference == "" || len(r.Reference) > 50:
		return no("145003082", "客户订单号不能为空或过长")
	case !r.Sender.whole():
		return no("145003083", "发件人信息不全")
	case !r.Receiver.whole():
		return no("145003084", "收件人信息不全")
	case r.Sender.Mobile+r.Sender.Phone == "" || r.Receiver.Mobile+r.Receiver.Phone == "":
		return no("145003085", "电话号码不能为空")
	case strings.Contains(r.Receiver.Name+r.Receiver.Mobile+r.Receiver.Phone+r.Receiver.Address, "*"):
		return no("145003103", "姓名信息非法")
	case r.ExpressType == "" || !slices.Contains([]string{"1", "2"}, r.OrderType) || !slices.Contains([]string{"03", "04", "05", "06"}, r.Delivery) ||
		!slices.Contains([]string{"PP_PM", "CC_CASH"}, r.PayType) || !strings.HasPrefix(r.GoodsType, "bm00000"):
		return no("145003087", "请检查订单类型、服务类型、派送类型、物品类型、快件类型、结算方式是否合法")
	case r.ServiceType != "01" && r.ServiceType != "02":
		return no("145003200", "请检查服务类型是否合法值为 01或 02")
	case r.ServiceType == "01" && (r.StartTime == "" || r.EndTime == ""):
		return no("145003088", "上门服务时间信息不全")
	case err != nil || !(weight >= 0.01 && weight <= 30):
		return no("145003092", "重量信息不合法")
	case r.ItemsValue != "" && (cod != nil || value <= 0) || r.OfferFee != "" && (insured != nil || offer <= 0):
		return no("145003099", "非法金额")
	case r.Quantity != "" && r.Quantity != "1":
		return no("145003111", "包裹总件数无效")
	case g.orders[r.Reference] != nil:
		return no("145003101", "客户订单号已存在,无法下单！")
	}
	o := &order{request: r, status: "100", at: g.config.Now().Format("2006-01-02 15:04:05"), bare: g.how == "bare",
		number: fmt.Sprintf("JT%013d", 3000000000000+int64(len(g.orders)+1)*7919)}
	g.orders[r.Reference], g.numbers[o.number] = o, o
	return yes(o.told())
}

// told is what is said of an order once it was taken.
func (o *order) told() map[string]any {
	data := map[string]any{"txlogisticId": o.Reference, "billCode": o.number, "createOrderTime": o.at, "sumFreight": "5.00"}
	if !o.bare {
		data["sortingCode"], data["lastCenterName"] = o.sorted()
	}
	return data
}

// sorted makes a plausible way to the receiver's town, the same for the same
// address.
func (o *order) sorted() (code, hub string) {
	h := fnv.New32a()
	h.Write([]byte(o.Receiver.Province + o.Receiver.City + o.Receiver.Area + o.Receiver.Address))
	n := h.Sum32()
	city := strings.TrimSuffix(o.Receiver.City, "市")
	return fmt.Sprintf("%03d %03d-%02d %03d", 100+n%800, 100+n/800%800, n/7%100, n/11%1000), fmt.Sprintf("%s转运中心%c%d", city, 'A'+n%4, 1+n/4%9)
}

// get looks orders up: by txlogisticId (1) or by number (2).
func (g *Gateway) get(biz string) reply {
	var r struct {
		Command int      `json:"command"`
		Serials []string `json:"serialNumber"`
	}
	if json.Unmarshal([]byte(biz), &r) != nil || len(r.Serials) == 0 || len(r.Serials) > 200 || r.Command != 1 && r.Command != 2 {
		return no("145003050", "非法参数")
	}
	list := []map[string]any{}
	for _, serial := range r.Serials {
		o := g.orders[serial]
		if r.Command == 2 {
			o = g.numbers[serial]
		}
		if o == nil {
			continue
		}
		data := o.told()
		data["orderStatus"], data["orderType"], data["serviceType"], data["expressType"] = o.status, o.OrderType, o.ServiceType, o.ExpressType
		data["sender"], data["receiver"] = o.Sender, o.Receiver
		list = append(list, data)
	}
	return yes(list)
}

func (g *Gateway) cancel(biz string) reply {
	var r request
	if json.Unmarshal([]byte(biz), &r) != nil {
		return no("145003050", "非法参数")
	}
	o := g.orders[r.Reference]
	switch {
	case r.Reason == "":
		return no("145003089", "取消原因不能为空")
	case o == nil || r.OrderType != o.OrderType:
		return no("145003064", "查不到数据")
	case g.how == "fast":
		return no("145003201", "已取件状态不可修改")
	case o.status == "104":
		return no("145003202", "已取消状态不可修改")
	}
	o.status = "104"
	return yes(map[string]string{"txlogisticId": o.Reference, "billCode": o.number})
}

// print gives a label. How it is asked for in China is not known.
func (g *Gateway) print(biz string) reply {
	var r request
	if json.Unmarshal([]byte(biz), &r) != nil {
		return no("145003050", "非法参数")
	}
	o := g.numbers[r.Number]
	switch {
	case o == nil || o.Reference != r.Reference:
		return no("145003100", "运单号非法")
	case g.how == "late" || o.status == "104":
		return no("121003006", "Order status not printable")
	}
	code, _ := o.sorted() // the label's type has no hanzi
	pdf := drawn.Label(o.number, code, "J&T EXPRESS "+o.ExpressType)
	return yes(map[string]string{"txlogisticId": o.Reference, "billCode": o.number, "base64EncodeContent": base64.StdEncoding.EncodeToString(pdf), "urlContent": ""})
}
