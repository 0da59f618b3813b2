package sf

import (
	"context"
	"slices"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// lookup names an order by one of the two numbers that it has.
type lookup struct {
	Order    string         `json:"orderId,omitempty"`
	Waybill  waybill.Number `json:"mainWaybillNo,omitempty"`
	Type     int            `json:"searchType"` // 1 is an order, 2 a return
	Language string         `json:"language"`
}

// look looks an order up. One that SF does not have is no error.
func (i *Issuer) look(ctx context.Context, by lookup, about waybill.Party) (placed, error) {
	by.Type, by.Language = 1, language
	r, err := i.call(ctx, search, by, about)
	if err != nil {
		return placed{}, err
	}
	words := carrier.Words(r.words(), about)
	switch {
	case r.refused() && unknownOrder(string(r.Code)):
		return placed{says: words}, nil
	case r.refused():
		return placed{}, i.client.Failed(search, string(r.Code), words)
	}
	var p placed
	if err := i.client.Read(search, r.Data, &p); err != nil {
		return placed{}, err
	}
	if !p.there() {
		return placed{}, i.client.Broken(search, "no order")
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.seen = p.parcels()
	return p, nil
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return true }

// Find implements carrier.Finder. The order is looked up. If SF has none, or does
// not let the account look, it is placed under the same order number, which SF
// answers with the first order again or refuses as repeated.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := before(o); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	p, err := i.look(ctx, lookup{Order: i.account.Reference(o)}, o.Receiver)
	switch {
	case err == nil && p.there():
		return i.taken(search, p, o)
	case err != nil && notice.CodeOf(err) != "gateway-permission":
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	return i.place(ctx, o)
}

// Adopt implements carrier.Adopter: every parcel travels under its own number,
// the mother's is named first.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) == 0 || len(numbers) != o.Boxes() {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers), nil
}

// Prove implements carrier.Prover. SF looks up by the mother's number only, so
// her children count as proven with her.
func (i *Issuer) Prove(ctx context.Context, n waybill.Number) error {
	if i.proven(n) {
		return nil
	}
	p, err := i.look(ctx, lookup{Waybill: n}, waybill.Party{})
	if err == nil && !p.there() {
		return notice.New("number-not-known", nil, string(n), p.says)
	}
	return err
}

func (i *Issuer) proven(n waybill.Number) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Contains(i.seen, n)
}

// Route implements carrier.Router for a number that came without its label: it
// was found by hand, or the answer left it out. An account that may not look
// orders up prints it without; a scanner reads such a label as well. What SF would
// have hidden on it is not known then, and SF hides all that it does not name.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	if w.Routing != (waybill.Routing{}) {
		return nil
	}
	p, err := i.look(ctx, lookup{Waybill: w.Number}, w.Receiver)
	if err != nil {
		if notice.CodeOf(err) == "gateway-permission" {
			w.HideName, w.HidePhone = true, true
			return nil
		}
		return err
	}
	d := p.label(w.Number)
	if d == nil {
		return notice.New("routing-missing", nil, w.Order)
	}
	d.apply(w)
	return nil
}
