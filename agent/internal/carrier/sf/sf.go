// Package sf takes numbers of SF Express, 顺丰速运, from its open platform 丰桥.
//
// One call gives the number and every code that is printed, so the label is
// drawn here; SF's own drawing is there too, 云打印. SF keeps an order number
// for ever and answers it with the first order again, first address and all.
// That makes it safe to ask again, and it is why the account's prefix matters.
//
// SF knows its orders by that number and not by the waybill's. Who has only the
// waybill's, to give it back, must look the order up first, and the look-up is
// an interface of its own that the merchant subscribes to.
package sf

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Issuer is a contract with SF Express.
type Issuer struct {
	account carrier.Account
	client  *gateway.Client
	logins  *gateway.Client // for the access token
	token   *token          // nil signs every call

	mu   sync.Mutex
	seen []waybill.Number // those of the order that was looked up last
}

var (
	_ carrier.Issuer    = (*Issuer)(nil)
	_ carrier.Finder    = (*Issuer)(nil)
	_ carrier.Router    = (*Issuer)(nil)
	_ carrier.Adopter   = (*Issuer)(nil)
	_ carrier.Prover    = (*Issuer)(nil)
	_ carrier.Documents = (*Issuer)(nil)
	_ carrier.Returner  = (*Issuer)(nil)
)

// The services, each subscribed to by itself.
const (
	create = "EXP_RECE_CREATE_ORDER"
	search = "EXP_RECE_SEARCH_ORDER_RESP"
	update = "EXP_RECE_UPDATE_ORDER"
	draw   = "COM_RECE_CLOUD_PRINT_WAYBILLS"
)

const language = "zh-CN"

// most is how many parcels are asked for at once. SF's own limit is not public;
// it says 8067 when it is passed.
const most = 300

// Reference implements carrier.Referrer.
func (i *Issuer) Reference(o order.Order) string { return i.account.Reference(o) }

// Issue implements carrier.Issuer. An order of several parcels gets a number for
// each, 子母件: the first is the waybill's.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := before(o); err != nil {
		return waybill.Waybill{}, err
	}
	return i.place(ctx, o)
}

// before refuses what SF need not be asked for.
func before(o order.Order) error {
	if err := carrier.Hidden(o, false); err != nil {
		return err
	}
	if err := carrier.Many(o, most); err != nil {
		return err
	}
	return unserved(o)
}

func (i *Issuer) place(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	r, err := i.call(ctx, create, i.request(o), o.Receiver)
	if err != nil {
		return waybill.Waybill{}, lost(err)
	}
	if !r.refused() {
		return i.given(create, r, o)
	}
	err = i.client.Refused(create, string(r.Code), r.words(), o)
	var p placed
	if json.Unmarshal(r.Data, &p) == nil && p.numbered() {
		err = i.client.Both(create, err)
	}
	return waybill.Waybill{}, err
}

// Return implements carrier.Returner: SF knows its orders by their number, and
// need not be asked for it.
func (i *Issuer) Return(ctx context.Context, o order.Order, n waybill.Number) error {
	return i.cancel(ctx, i.account.Reference(o), n)
}

// Cancel implements carrier.Issuer. All parcels of the order go with it.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	found, err := i.look(ctx, lookup{Waybill: n}, waybill.Party{})
	if err != nil {
		return err
	}
	if !found.there() {
		return carrier.NotTaken(n, found.says)
	}
	return i.cancel(ctx, string(found.Order), n)
}

func (i *Issuer) cancel(ctx context.Context, reference string, n waybill.Number) error {
	r, err := i.call(ctx, update, map[string]any{
		"orderId": reference, "dealType": 2, "language": language,
		"waybillNoInfoList": []map[string]any{{"waybillType": 1, "waybillNo": string(n)}},
	}, waybill.Party{})
	switch {
	case err != nil:
		return err
	case r.Code == "8037", r.Code == "8253" && strings.Contains(r.words(), "消单"): // it is cancelled already; what the second says is not public
		return nil
	case r.refused():
		return i.client.Kept(update, string(r.Code), r.words(), n)
	}
	var done struct {
		Status jos.Text `json:"resStatus"`
	}
	if err := i.client.Read(update, r.Data, &done); err != nil {
		return err
	}
	switch done.Status {
	case "2":
		return nil
	case "1":
		return carrier.NotTaken(n, "订单号与运单号不匹配")
	}
	return i.client.Broken(update, "no resStatus")
}
