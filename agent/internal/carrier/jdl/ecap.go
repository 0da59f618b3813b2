package jdl

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// ECAP is a contract with JD Express on JD Logistics' own platform.
//
// Its status query takes JD's numbers only, never the merchant's order, so it
// cannot find a lost number. Two ways around that are offered: the account may
// answer a repeated order with the number it has (SameNumberAgain), or the
// number is fetched first and the order then sent under it (Reserve), so that
// sending it again cannot take another.
type ECAP struct {
	Client *lop.Client

	Domain       string // the solution's code; ECAP if empty
	CustomerCode string // 商家编码
	BusinessUnit string // 事业部编码, for those who have one
	Origin       int    // orderOrigin: 0 c2c, 1 b2c, 2 c2b
	Product      string // ed-m-0001 特惠送, ed-m-0002 特快送
	Settle       int    // 1 寄付, 2 到付, 3 月结
	Channel      string // channelCode: 0010001 is JD
	PickupType   int    // left out if 0
	DeliveryType int    // left out if 0
	Shop         string // for the label
	Warehouse    string
	Weight       float64 // kg
	Volume       float64 // cm³

	Sender waybill.Party
	Added  Added

	// OAIDField is the name under which extendProps takes the oaid. Nothing
	// public says that ECAP takes one; empty sends none, and a hidden receiver
	// is refused.
	OAIDField string
	// Precheck asks whether the order would be taken, before it is sent.
	Precheck bool
	// Reserve fetches the number before the order is sent. One that is never
	// used lapses at JD after three months.
	Reserve         bool
	SameNumberAgain bool
	// Routing reads where a parcel is sorted. Where ECAP itself says so is not
	// public; JD's open platform answers for any address. Nil leaves the sort
	// codes off the label.
	Routing carrier.Router
	Now     func() time.Time

	mu       sync.Mutex
	reserved map[string]waybill.Number // by order, until its answer has come
}

// Added are the products that ECAP sells beside carrying; empty is JD's usual
// code, as two public clients send it.
type Added struct {
	Collect, Insured, SignReturn string            // ed-a-0009, ed-a-0002, ed-a-0010
	SignReturnAttrs              map[string]string // nil is a signed bill on paper
}

var (
	_ carrier.Issuer  = (*ECAP)(nil)
	_ carrier.Finder  = (*ECAP)(nil)
	_ carrier.Router  = (*ECAP)(nil)
	_ carrier.Adopter = (*ECAP)(nil)
	_ carrier.Prover  = (*ECAP)(nil)
)

// The interfaces.
const (
	pathPrecheck = "/ecap/v1/orders/precheck"
	pathReserve  = "/ecap/v1/orders/pregetwaybillcodes"
	pathCreate   = "/ecap/v1/orders/create"
	pathCancel   = "/ecap/v1/orders/cancel"
	pathStatus   = "/ecap/v1/orders/status/get"
)

// Issue implements carrier.Issuer. All parcels of an order travel under one
// number, each with its barcode.
func (e *ECAP) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, e.OAIDField != ""); err != nil {
		return waybill.Waybill{}, err
	}
	if err := carrier.Many(o, most); err != nil {
		return waybill.Waybill{}, err
	}
	var way *sorted
	if e.Precheck {
		var err error
		if way, err = e.precheck(ctx, o); err != nil {
			return waybill.Waybill{}, err
		}
	}
	var number waybill.Number
	if e.Reserve {
		var err error
		if number, err = e.reserve(ctx, o); err != nil {
			return waybill.Waybill{}, err
		}
	}
	w, err := e.create(ctx, o, number)
	if err == nil && way != nil && w.Routing == (waybill.Routing{}) {
		way.apply(&w)
	}
	return w, err
}

// precheck refuses an order that would be refused, and returns the routing if
// it should come. Nothing has been taken yet, whatever goes wrong here.
func (e *ECAP) precheck(ctx context.Context, o order.Order) (*sorted, error) {
	a, err := e.ask(ctx, pathPrecheck, e.order(o, ""))
	switch {
	case err != nil:
		return nil, carrier.Classify(err, true)
	case a.ok():
		return a.sorted(), nil
	case a.Code == "" || carrier.Doubt(a.words(), o) != nil:
		return nil, carrier.Classify(lop.Broken(e.api(pathPrecheck), "no verdict"), true)
	}
	return nil, carrier.Refuse(a.words(), o)
}

// reserve fetches a number for an order, or returns the one that was fetched
// for it before. It belongs to no order yet: if the answer is lost, so is
// nothing but the number.
func (e *ECAP) reserve(ctx context.Context, o order.Order) (waybill.Number, error) {
	if n := e.held(o.ID); n != "" {
		return n, nil
	}
	a, err := e.ask(ctx, pathReserve, map[string]any{"orderOrigin": e.Origin, "customerCode": e.CustomerCode, "sum": 1})
	if err != nil {
		return "", carrier.Classify(err, true)
	}
	switch {
	case a.ok():
	case a.Code == "" || carrier.Doubt(a.words(), o) != nil:
		return "", carrier.Classify(lop.Broken(e.api(pathReserve), "no verdict"), true)
	default:
		return "", carrier.Refuse(a.words(), o)
	}
	n := oneNumber(a.Data)
	if n == "" {
		return "", carrier.Classify(lop.Broken(e.api(pathReserve), "no number"), true)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reserved == nil {
		e.reserved = map[string]waybill.Number{}
	}
	e.reserved[o.ID] = n
	return n, nil
}

func (e *ECAP) held(id string) waybill.Number {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reserved[id]
}

// oneNumber reads the fetched number. The form of the answer is not public: a
// list, or an object that holds one.
func oneNumber(data json.RawMessage) waybill.Number {
	var list []waybill.Number
	var in map[string]json.RawMessage
	if json.Unmarshal(data, &list) != nil && json.Unmarshal(data, &in) == nil {
		for _, v := range in {
			if json.Unmarshal(v, &list) == nil && len(list) > 0 {
				break
			}
		}
	}
	if len(list) != 1 {
		return ""
	}
	return list[0]
}

// create sends the order, under a number that was fetched for it if there is
// one.
func (e *ECAP) create(ctx context.Context, o order.Order, reserved waybill.Number) (waybill.Waybill, error) {
	a, err := e.ask(ctx, pathCreate, e.order(o, reserved))
	if err != nil {
		return waybill.Waybill{}, carrier.Classify(err, lop.NoEffect(err))
	}
	var given struct {
		Number waybill.Number `json:"waybillCode"`
		Retry  jos.Text       `json:"needRetry"`
	}
	if len(a.Data) > 0 && json.Unmarshal(a.Data, &given) != nil && a.ok() {
		return waybill.Waybill{}, carrier.Classify(lop.Broken(e.api(pathCreate), "data of another form"), false)
	}
	doubt := carrier.Doubt(a.words(), o)
	switch {
	case a.Code == "":
		return waybill.Waybill{}, carrier.Classify(lop.Broken(e.api(pathCreate), "no code"), false)
	case !a.ok() && doubt != nil:
		return waybill.Waybill{}, doubt
	case !a.ok() && given.Retry.True():
		return waybill.Waybill{}, carrier.Trouble(lop.Broken(e.api(pathCreate), "code "+outbound.Code(string(a.Code))+", to be tried again"), a.words(), o)
	case !a.ok() && given.Number != "":
		return waybill.Waybill{}, carrier.Classify(lop.Broken(e.api(pathCreate), "a failure and a number"), false)
	case !a.ok():
		return waybill.Waybill{}, carrier.Refuse(a.words(), o)
	case given.Number == "" || reserved != "" && given.Number != reserved:
		return waybill.Waybill{}, carrier.Classify(lop.Broken(e.api(pathCreate), "no number, or another than the one sent"), false)
	}
	e.forget(o.ID)
	w := e.waybill(o, given.Number)
	if way := a.sorted(); way != nil {
		way.apply(&w)
	}
	return w, nil
}

func (e *ECAP) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.reserved, id)
}

func (e *ECAP) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := waybill.Waybill{
		Carrier: "JD", CarrierName: "京东快递", Number: n, Order: o.ID, Shop: cmp.Or(o.Shop, e.Shop), Product: ecapProducts[e.Product],
		Sender: e.Sender, Receiver: o.Receiver, PhoneKind: o.PhoneKind, Items: o.Items, Remark: o.Remark,
		Parcels: boxes(n, o.Boxes()), IssuedAt: e.Now(),
	}
	o.Mark(&w)
	if e.Settle == byReceiver {
		w.Handling = append(w.Handling, "到付") // how much is known when it has been weighed
	}
	return w
}

// byReceiver is the settleType of freight that the receiver pays, 到付.
const byReceiver = 2

// CanFind implements carrier.Finder.
func (e *ECAP) CanFind() bool { return e.SameNumberAgain || e.Reserve }

// Find implements carrier.Finder. A number that was fetched for the order is
// looked for; if no order travels under it, the order is sent again under the
// same. After a restart such a number is forgotten, and only SameNumberAgain
// helps.
func (e *ECAP) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, e.OAIDField != ""); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	n := e.held(o.ID)
	if n == "" && !e.SameNumberAgain {
		return waybill.Waybill{}, carrier.StillUnknown(notice.New("carrier-answer-unknown", nil, o.ID))
	}
	if n != "" && e.Prove(ctx, n) == nil {
		e.forget(o.ID)
		return e.waybill(o, n), nil
	}
	return e.create(ctx, o, n)
}

// Adopt implements carrier.Adopter: one number serves all parcels.
func (e *ECAP) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return e.waybill(o, numbers[0]), nil
}

// Prove implements carrier.Prover by the status query.
func (e *ECAP) Prove(ctx context.Context, n waybill.Number) error {
	a, err := e.ask(ctx, pathStatus, map[string]any{"waybillCode": string(n), "orderOrigin": e.Origin, "customerCode": e.CustomerCode})
	if err != nil {
		return err
	}
	switch {
	case !a.ok() && (a.Code == "" || carrier.Troubled(a.words())):
		return e.trouble(pathStatus, a)
	case !a.ok() || len(a.Data) == 0 || string(a.Data) == "null":
		return notice.New("number-not-known", nil, string(n), carrier.Words(a.words(), waybill.Party{}))
	}
	return nil
}

// Route implements carrier.Router.
func (e *ECAP) Route(ctx context.Context, w *waybill.Waybill) error {
	if e.Routing == nil || w.Routing != (waybill.Routing{}) {
		return nil
	}
	return e.Routing.Route(ctx, w)
}

// Cancel implements carrier.Issuer.
func (e *ECAP) Cancel(ctx context.Context, n waybill.Number) error {
	a, err := e.ask(ctx, pathCancel, map[string]any{
		"waybillCode": string(n), "orderOrigin": e.Origin, "customerCode": e.CustomerCode,
		"cancelReason": "订单取消", "cancelReasonCode": "1", "cancelType": min(e.Origin, 1),
	})
	switch {
	case err != nil:
		return err
	case a.ok():
		return nil
	case a.Code == "":
		return lop.Broken(e.api(pathCancel), "no code")
	case carrier.Troubled(a.words()):
		return e.trouble(pathCancel, a)
	}
	return carrier.NotTaken(n, a.words())
}

// trouble is the error of a no that is about JD itself: asking again helps.
func (e *ECAP) trouble(path string, a ecapAnswer) error {
	return notice.New(lop.NoticeBackEnd, fmt.Errorf("%s: code %s: %s", e.api(path), outbound.Code(string(a.Code)), outbound.Words(a.words())))
}
