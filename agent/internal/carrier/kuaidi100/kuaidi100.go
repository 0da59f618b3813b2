// Package kuaidi100 takes numbers of many carriers through Kuaidi100, 快递100, an
// aggregator: one contract and one form of request for more than thirty
// carriers. Which of them stands behind an account is a setting; carrier, title
// and layout follow from it.
//
// Kuaidi100 is asked for plain data (printType NON), since labels are drawn
// here. It says itself that what it passes on of a carrier's routing is not
// standardised, so no field of it is counted on. By default each call makes an
// order anew; with reorder=false it gives the first result of an order number
// again, but for 48 hours only. After those the same question takes a second
// number, and so nobody is asked again about an order that may be older.
package kuaidi100

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Issuer is an account with Kuaidi100 for one carrier.
type Issuer struct {
	account carrier.Account
	company company
	client  *gateway.Client
	memory  *memory
}

var (
	_ carrier.Issuer  = (*Issuer)(nil)
	_ carrier.Finder  = (*Issuer)(nil)
	_ carrier.Adopter = (*Issuer)(nil)
)

// The methods.
const (
	orderMethod  = "order"
	cancelMethod = "cancel"
)

// The codes of success. The second is that of a result that is given again; it
// is not in the public documents, and two public clients know it.
const (
	done  = "200"
	again = "30011"
)

// codes are Kuaidi100's own. Those of three digits are of its older interface,
// which shares its signature: 600 and 700 are remembered, not documented. What
// is not here, 30001 among it, is judged by its words: under it come the
// carriers' own errors, and some of those are trouble that may have got half way.
var codes = gateway.Codes{}.
	Mean("gateway-signature", gateway.None, "30002", "503").
	Mean("gateway-account", gateway.None, "30003", "600").
	Mean("gateway-permission", gateway.None, "601").
	Mean("gateway-busy", gateway.None, "30004").
	Mean("gateway-back-end", gateway.Open, "-1", "500").
	Mean("", gateway.Has, "501").
	Mean("", gateway.No, "30009", "400", "700")

// most is how many parcels one order may have; Kuaidi100 names no limit.
const most = 99

// Issue implements carrier.Issuer. Of an order of several parcels each gets a
// number, 子单号, unless the carrier's boxes share one.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.before(o); err != nil {
		return waybill.Waybill{}, err
	}
	i.memory.asks(i.Reference(o), i.account.Now())
	return i.ask(ctx, o)
}

func (i *Issuer) before(o order.Order) error {
	if err := carrier.Hidden(o, false); err != nil {
		return err
	}
	if err := carrier.Many(o, most); err != nil {
		return err
	}
	if o.SignReturn != order.NoReturn && o.SignReturn != order.PaperReturn {
		return carrier.Unserved("电子签单返还")
	}
	return nil
}

// reply is the envelope of every answer.
type reply struct {
	Code  jos.Text        `json:"code"`
	Words word            `json:"message"`
	Data  json.RawMessage `json:"data"`
}

func (r reply) ok() bool { return r.Code == done || r.Code == again }

func (i *Issuer) ask(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	r, err := i.call(ctx, orderMethod, i.request(o))
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case !r.ok():
		err := i.client.Refused(orderMethod, string(r.Code), string(r.Words), o)
		if _, none := i.data(r); none == nil {
			err = i.client.Both(orderMethod, err)
		}
		return waybill.Waybill{}, err
	}
	d, err := i.data(r)
	if err != nil {
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	w, err := i.waybill(o, d)
	if err != nil {
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	i.memory.told(w, d, i.account.Now())
	return w, nil
}

// call makes a call and reads the envelope of its answer.
func (i *Issuer) call(ctx context.Context, method string, param any) (reply, error) {
	var r reply
	text, err := json.Marshal(param)
	if err != nil {
		return r, notice.New(notice.Internal, err, method)
	}
	t := strconv.FormatInt(i.account.Now().UnixMilli(), 10)
	key := i.account.Values["key"]
	body, err := i.client.Post(ctx, gateway.Call{Name: method, Form: url.Values{
		"method": {method}, "key": {key}, "t": {t}, "param": {string(text)},
		"sign": {sign(string(text), t, key, i.account.Secrets["secret"].Reveal())},
	}})
	if err != nil {
		return r, err
	}
	if err := i.client.Read(method, body, &r); err != nil {
		return r, err
	}
	if r.Code == "" {
		return r, i.client.Broken(method, "no code")
	}
	return r, nil
}

// sign signs what its parts make up in this order, with nothing between them.
func sign(parts ...string) string {
	sum := md5.Sum([]byte(strings.Join(parts, "")))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Adopt implements carrier.Adopter. The waybill stays without routing: Kuaidi100
// tells it with a number and never again.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) == 0 || len(numbers) != o.Boxes() && !(i.company.shared && len(numbers) == 1) {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.begin(o, numbers), nil
}

func (i *Issuer) title() string {
	if i.company.title != "" {
		return i.company.title
	}
	if t := i.account.Values["company_title"]; t != "" {
		return t
	}
	return i.account.Values["company"]
}

// Cancel implements carrier.Issuer. Only some of the carriers take numbers back,
// and the answer says so. Those that told an order number of their own with the
// number want to hear it again, and a waybill has no place for that: it is
// remembered while the program runs. After a restart a Find of the order brings
// it back, within the 48 hours; without it the carrier refuses, and the
// parcel is cancelled in its console.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	r, err := i.call(ctx, cancelMethod, cancellation{
		partner: i.partner(), Company: i.account.Values["company"], Number: string(n), Order: i.memory.of(n).order,
		Product: i.account.Values["exp_type"], Reason: "订单取消",
	})
	if err != nil {
		return err
	}
	if r.Code == done {
		return nil
	}
	return i.client.Kept(cancelMethod, string(r.Code), string(r.Words), n)
}
