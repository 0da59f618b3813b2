package jdsim

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// States of an order, as JD writes them.
const (
	ToShip    = "WAIT_SELLER_STOCK_OUT"
	Shipped   = "WAIT_GOODS_RECEIVE_CONFIRM"
	Finished  = "FINISHED_L"
	Cancelled = "TRADE_CANCELED"
	Locked    = "LOCKED"
	Paused    = "POP_ORDER_PAUSE"
	PausedJD  = "PAUSE"
	// Void is an order that exists only through its children.
	Void = "PARENT_TRADE_CANCELED"
)

// Values of Order.PayType.
const (
	PayOnline     = "4-在线支付"
	PayOnDelivery = "1-货到付款" // the courier collects Order.Payment (guessed)
)

// Values of Order.Shipment.
const (
	ShipOrdinary    = 67
	ShipJDExpress   = 68 // 京配
	ShipJDSelfFetch = 69 // 京配自提
)

// Mode is how the gateway shows an order's receiver.
type Mode string

const (
	MaskedOAID Mode = ""        // phone masked, name and address sealed, oaid: what JD does today
	Sealed     Mode = "sealed"  // name, phone and address sealed (TDE)
	Plain      Mode = "plain"   // everything readable
	Virtual    Mode = "virtual" // a virtual number; its extension stands behind name and address
	MaskedOnly Mode = "no-oaid" // as MaskedOAID, but nothing stands for the receiver
)

// Order is an order as the merchant's customer made it. The gateway shows it
// to clients as its Mode wants.
type Order struct {
	ID      string
	Type    string // orderType: 22 SOP (if empty), 21 FBP, 112 FCS
	State   string // ToShip if empty
	PayType string // PayOnline if empty
	Parent  string // parentOrderId; "0" if empty
	// DirectParent is directParentOrderId, of an order that was split twice;
	// Parent if empty.
	DirectParent string
	// Plan is the regular purchase (定期购) that the order is a child or the
	// parent of, Period which of its deliveries from 1; the parent has none.
	Plan   string
	Period int
	// Pauses are the reasons that hold the order up: pauseBizInfo.
	Pauses []string
	// Shipment is idSopShipmenttype; ShipOrdinary if 0.
	Shipment int

	Receiver Person
	Mode     Mode
	// OAID stands for the receiver in other calls. AddOrder makes one up for
	// the modes that have one.
	OAID string
	// Virtual is the number of mode Virtual, "17000000000-4740". With it
	// oaid.decrypt gives the virtual number in every mode, without it the real
	// one (guessed).
	Virtual string
	// LateExtension makes the first call after a bind give the virtual number
	// without its extension; see Config.ExtensionAfter.
	LateExtension bool
	// AfterSale makes it an order of the after-sales service, whose virtual
	// numbers live for 15 days.
	AfterSale bool

	Items           []Item
	Payment         string // yuan, "59.00"; likewise Freight
	Freight         string
	Remark          string // the buyer's
	VenderRemark    string
	Started, Paid   time.Time
	Modified, Ended time.Time

	// Twice makes enSearch list the order a second time, after all the others;
	// the total counts both.
	Twice bool
	// HideName and HideNumber are JD Express's isHideName and
	// isHideContractNumbers.
	HideName, HideNumber bool
	// Extra are further fields of the order as JSON values: sendpayMap,
	// orderMarkDesc. They go before those made here.
	Extra map[string]any

	// Waybill and Carrier are what the shipment call said.
	Waybill, Carrier string
}

// Person is the receiver. Province to Town and their numbers are never hidden.
type Person struct {
	Name              string
	Mobile, Telephone string
	Province          string // as JD writes it: 广东, 上海
	City              string
	County            string
	Town              string
	Address           string // what comes after the town
	ProvinceID        int
	CityID            int
	CountyID          int
	TownID            int
}

func (p Person) full() string { return p.Province + p.City + p.County + p.Town + p.Address }

// Item is one line of an order.
type Item struct {
	SKU, OuterSKU, Name string
	Price               string // yuan, of one
	Count               int
	ProductNo, WareID   string
}

// AddOrder adds orders or replaces those with the same ID. An order that the
// journal knows as shipped is shipped, whatever its State says. It panics if
// an order has no ID.
func (g *Gateway) AddOrder(orders ...Order) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, o := range orders {
		if o.ID == "" {
			panic("jdsim: an order without an ID")
		}
		g.put(o)
	}
}

func (g *Gateway) put(o Order) {
	o.Items, o.Extra, o.Pauses = slices.Clone(o.Items), maps.Clone(o.Extra), slices.Clone(o.Pauses)
	if o.Type == "" {
		o.Type = "22"
	}
	if o.State == "" {
		o.State = ToShip
	}
	if o.PayType == "" {
		o.PayType = PayOnline
	}
	if o.Parent == "" {
		o.Parent = "0"
	}
	if o.Shipment == 0 {
		o.Shipment = ShipOrdinary
	}
	if o.Modified.IsZero() {
		o.Modified = o.Paid
	}
	if o.OAID == "" && (o.Mode == MaskedOAID || o.Mode == Virtual) {
		o.OAID = g.oaid(o.ID)
	}
	if e, ok := g.ledger.shipped[o.ID]; ok {
		o.shippedBy(e)
	}
	if e, ok := g.ledger.completed[o.ID]; ok {
		o.State, o.Modified, o.Ended = Finished, e.At, e.At
	}
	if _, ok := g.orders[o.ID]; !ok {
		g.listed = append(g.listed, o.ID)
	}
	g.orders[o.ID] = &o
}

// shippedBy makes o an order that has shipped.
func (o *Order) shippedBy(e Entry) {
	o.State, o.Carrier, o.Waybill, o.Modified = Shipped, e.Carrier, e.Number, e.At
}

// Order returns an order as it stands now.
func (g *Gateway) Order(id string) (Order, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o, ok := g.orders[id]
	if !ok {
		return Order{}, false
	}
	shown := *o
	shown.Items, shown.Extra, shown.Pauses = slices.Clone(o.Items), maps.Clone(o.Extra), slices.Clone(o.Pauses)
	return shown, true
}

// Update lets change have its way with an order and counts it as modified
// now. It reports whether there is such an order. The gateway is locked
// meanwhile: change calls none of its methods.
func (g *Gateway) Update(id string, change func(*Order)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	o, ok := g.orders[id]
	if !ok {
		return false
	}
	o.Modified = g.config.Clock()
	change(o)
	o.ID = id
	return true
}

// SetState changes an order's state: the buyer cancels, JD locks.
func (g *Gateway) SetState(id, state string) bool {
	return g.Update(id, func(o *Order) { o.State = state })
}

// SetMode changes how an order's receiver is shown.
func (g *Gateway) SetMode(id string, m Mode) bool {
	return g.Update(id, func(o *Order) {
		o.Mode = m
		if o.OAID == "" && (m == MaskedOAID || m == Virtual) {
			o.OAID = g.oaid(id)
		}
	})
}

// oaid makes an order's oaid: the same at every start.
func (g *Gateway) oaid(id string) string {
	return "o1-" + base64.RawURLEncoding.EncodeToString(g.digest("oaid", id))
}

func (g *Gateway) digest(what, text string) []byte {
	h := hmac.New(sha256.New, []byte(g.config.AppSecret+what))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// view is an order as clients see it, with every field.
func (g *Gateway) view(o *Order) object {
	items := []any{}
	for _, i := range o.Items {
		items = append(items, object{
			"skuId": i.SKU, "outerSkuId": i.OuterSKU, "skuName": i.Name, "jdPrice": i.Price,
			"itemTotal": fmt.Sprint(i.Count), "wareId": i.WareID, "productNo": i.ProductNo,
			"giftPoint": "0", "serviceName": "", "newStoreId": "0",
		})
	}
	v := object{
		"orderId": o.ID, "venderId": g.config.VendorID, "orderType": o.Type,
		"orderState": o.State, "orderStateRemark": stateRemark(o.State),
		"payType": o.PayType, "orderTotalPrice": o.Payment, "orderSellerPrice": o.Payment, "orderPayment": o.Payment,
		"freightPrice": o.Freight, "sellerDiscount": "0.00",
		"orderRemark": o.Remark, "venderRemark": o.VenderRemark,
		"orderStartTime": stamp(o.Started), "paymentConfirmTime": stamp(o.Paid),
		"modified": stamp(o.Modified), "orderEndTime": stamp(o.Ended),
		"parentOrderId": o.Parent, "directParentOrderId": cmp.Or(o.DirectParent, o.Parent),
		"idSopShipmenttype": o.Shipment, "storeOrder": "", "returnOrder": "0",
		"waybill": o.Waybill, "logisticsId": o.Carrier, "sendpayMap": "{}",
		"consigneeInfo": g.consignee(o), "itemInfoList": items,
	}
	if g.config.Dialect.FlatOAID && o.Type == fbp {
		flatten(v)
	}
	if len(o.Pauses) > 0 {
		v["pauseBizInfo"] = object{"pauseBizStatusList": o.Pauses, "pauseBizDataYy": ""}
	}
	if mark := g.config.Dialect.planMark(); o.Plan != "" && mark != "" {
		v["orderMarkDesc"] = object{mark: "1"}
	}
	maps.Copy(v, o.Extra)
	return v
}

// fbp is the orderType of FBP, whose classes have what stands for the receiver
// on the order itself.
const fbp = "21"

// flat are those fields, and what they are called among the consignee's.
var flat = map[string]string{"oaid": "oaid", "desen_mobile": "desen_mobile", "desen_phone": "desen_telephone"}

func flatten(order object) {
	c, _ := child(order, "consigneeInfo")
	for name, among := range flat {
		order[name] = c[among]
		delete(c, among)
	}
}

func (g *Gateway) consignee(o *Order) object {
	p := o.Receiver
	phone, mobile := p.Telephone, p.Mobile
	if phone == "" {
		phone = mobile // JD fills both
	}
	name, address := p.Name, p.full()
	switch o.Mode {
	case MaskedOAID, MaskedOnly:
		name, address = g.tde.seal(name), g.tde.seal(address)
		mobile, phone = mask(mobile), mask(phone)
	case Sealed:
		name, address = g.tde.seal(name), g.tde.seal(address)
		mobile, phone = g.tde.seal(mobile), g.tde.seal(phone)
	case Virtual:
		virtual := o.virtual(max(1, g.ledger.binds[o.ID].generation))
		name, address = withExtension(name, virtual), withExtension(address, virtual)
		mobile, phone = virtual, virtual
	}
	return object{
		"fullname": name, "mobile": mobile, "telephone": phone, "fullAddress": address,
		"province": p.Province, "city": p.City, "county": p.County, "town": p.Town,
		"provinceId": fmt.Sprint(p.ProvinceID), "cityId": fmt.Sprint(p.CityID),
		"countyId": fmt.Sprint(p.CountyID), "townId": fmt.Sprint(p.TownID),
		"oaid":         o.OAID,
		"desen_mobile": g.desensitised(p.Mobile), "desen_telephone": g.desensitised(cmp.Or(p.Telephone, p.Mobile)),
	}
}

// desensitised is JD's opaque index of a phone: 70 hexadecimal digits, the
// same for the same phone.
func (g *Gateway) desensitised(phone string) string {
	if phone == "" {
		return ""
	}
	d := g.digest("desen", phone)
	return hex.EncodeToString(append(d, d[:3]...))
}

// mask keeps the first three digits and the last, as a captured order does.
func mask(phone string) string {
	if len(phone) < 5 {
		return strings.Repeat("*", len(phone))
	}
	return phone[:3] + strings.Repeat("*", len(phone)-4) + phone[len(phone)-1:]
}

// withExtension puts a virtual number's extension behind name or address.
func withExtension(text, virtual string) string {
	if _, extension, ok := strings.Cut(virtual, "-"); ok {
		return text + "[" + extension + "]"
	}
	return text
}

// stamp writes a time as JD does; a time that has not come is year 1.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "0001-01-01 00:00:00"
	}
	return t.In(beijing).Format(time.DateTime)
}

func stateRemark(state string) string {
	switch state {
	case ToShip:
		return "等待出库"
	case Shipped:
		return "等待确认收货"
	case Finished:
		return "完成"
	case Cancelled:
		return "取消"
	case Locked:
		return "锁定"
	case Paused, PausedJD:
		return "暂停"
	case Void:
		return "父单取消"
	}
	return ""
}
