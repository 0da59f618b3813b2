// Package zto takes numbers of ZTO Express, 中通快递, on ZTO's open platform,
// where the number and its routing come in one answer and in plain words.
//
// ZTO draws labels as well (zto.open.order.print), but pushes them to an address
// of the merchant's that its servers can reach. This program listens on this
// computer alone and has none, so its labels are drawn here, which ZTO's rules
// name as one of the ways.
//
// Two things are not public: whether an order that is sent again gets the same
// number, and whether the look-up knows an order by the merchant's own number.
// Both are settings, and without either a lost answer is for a person. With the
// look-up alone, an order that it does not know is sent again after a while only.
package zto

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// The interfaces.
const (
	create  = "zto.open.createOrder"
	cancel  = "zto.open.cancelPreOrder"
	query   = "zto.open.getOrderInfo"
	balance = "zto.open.queryAvailableBalanceNew"
	marks   = "zto.innovate.bagAddrMark"
)

// Issuer is a contract with ZTO.
type Issuer struct {
	account carrier.Account
	client  *gateway.Client
	digest  digest

	mu     sync.Mutex
	absent map[string]time.Time // since when ZTO says that it has no order of a reference
}

var (
	_ carrier.Issuer  = (*Issuer)(nil)
	_ carrier.Finder  = (*Issuer)(nil)
	_ carrier.Router  = (*Issuer)(nil)
	_ carrier.Adopter = (*Issuer)(nil)
	_ carrier.Prover  = (*Issuer)(nil)
	_ carrier.Balance = (*Issuer)(nil)
)

// most is how many parcels one order has: ZTO's orders have one number.
const most = 1

// Reference implements carrier.Referrer.
func (i *Issuer) Reference(o order.Order) string { return i.account.Reference(o) }

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	vas, err := i.asked(o)
	if err != nil {
		return waybill.Waybill{}, err
	}
	return i.create(ctx, o, vas)
}

// asked refuses what ZTO cannot be asked for, before it is asked, and returns
// the services of the rest.
func (i *Issuer) asked(o order.Order) ([]service, error) {
	if err := carrier.Hidden(o, false); err != nil {
		return nil, err
	}
	if err := carrier.Many(o, most); err != nil {
		return nil, err
	}
	return i.services(o)
}

func (i *Issuer) create(ctx context.Context, o order.Order, vas []service) (waybill.Waybill, error) {
	reference := i.account.Reference(o)
	i.asks(reference)
	a, err := i.call(ctx, create, i.order(o, reference, vas))
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case a.unclear():
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(create, "neither success nor a code"), false)
	}
	var given struct {
		Number    jos.Text `json:"billCode"`
		Reference jos.Text `json:"partnerOrderCode"`
		Site      jos.Text `json:"siteName"`
		Marks     *routing `json:"bigMarkInfo"`
	}
	broken := json.Unmarshal(a.Result, &given) != nil
	if !a.ok() {
		err := i.client.Refused(create, string(a.Code), string(a.Words), o)
		if given.Number != "" {
			err = i.client.Both(create, err)
		}
		return waybill.Waybill{}, err
	}
	if broken || given.Number == "" {
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(create, "no number"), false)
	}
	if given.Reference != "" && string(given.Reference) != reference {
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(create, "the number of another order"), false)
	}
	w := i.waybill(o, waybill.Number(given.Number))
	i.route(&w, given.Marks, string(given.Site))
	return w, nil
}

func (i *Issuer) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := i.account.Waybill("ZTO", "中通快递", o, n)
	w.Product = products[i.account.Values["product"]]
	w.Parcels = carrier.Numbered([]waybill.Number{n})
	return w
}

// products are ZTO's products by the value-added service that asks for them.
var products = map[string]string{"": "", "vip": "中通标快", "standardExpress": "中通好快", "twoHour": "两小时"}

// Adopt implements carrier.Adopter.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 || o.Boxes() != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers[0]), nil
}

// fullNetwork reports whether the account's orders are 全网件, which the branch
// fetches by arrangement, and not 预约件, for which a courier is sent.
func (i *Issuer) fullNetwork() bool { return i.account.Values["order_type"] != "2" }

// Cancel implements carrier.Issuer. Numbers of 全网件 are not taken back by
// anybody, so ZTO is not even asked.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	if i.fullNetwork() {
		return carrier.NotTaken(n, "全网件单号不能取消，无扫描记录的单号在 30 至 60 天后自动失效 (full-network numbers cannot be cancelled; one that is never scanned lapses after 30 to 60 days)")
	}
	a, err := i.call(ctx, cancel, map[string]string{"cancelType": "1", "billCode": string(n)}) // 1: not to be sent after all
	switch {
	case err != nil:
		return err
	case a.ok():
		return nil
	case a.unclear():
		return i.client.Broken(cancel, "neither success nor a code")
	}
	return i.client.Kept(cancel, string(a.Code), string(a.Words), n)
}

// Balance implements carrier.Balance. The names are of one public client.
func (i *Issuer) Balance(ctx context.Context) (int, error) {
	if i.account.Values["account_id"] == "" { // a group's customers pay by the parcel
		return 0, carrier.ErrUncounted
	}
	a, err := i.call(ctx, balance, map[string]any{
		"datetime": i.account.Now().In(jos.Beijing).Format(jos.DateTime), "partner": i.account.Values["account_id"],
		"verify": i.account.Secrets["account_password"].Reveal(), "content": map[string]string{"typeId": i.account.Values["account_type"]},
	})
	if err != nil {
		return 0, err
	}
	if a.unclear() {
		return 0, i.client.Broken(balance, "neither success nor a code")
	}
	if !a.ok() {
		return 0, i.client.Failed(balance, string(a.Code), string(a.Words))
	}
	var left struct {
		Available jos.Text `json:"available"`
	}
	if json.Unmarshal(a.Result, &left) != nil || left.Available == "" {
		return 0, i.client.Broken(balance, "no amount")
	}
	return left.Available.Int(), nil
}
