package yunda

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return true }

// Find implements carrier.Finder. The order is sent again; if Yunda has it, it
// is updated with what it says already, and its number comes in the answer. Once
// Yunda has said that it has the order, no answer is a no any more.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.refuse(o); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	w, err := i.ask(ctx, pathCreate, o)
	if !errors.Is(err, errHas) {
		return w, err
	}
	w, err = i.ask(ctx, pathUpdate, o)
	if no := (*carrier.Refusal)(nil); errors.As(err, &no) {
		return waybill.Waybill{}, carrier.Has(no.Message, o)
	}
	if errors.Is(err, carrier.ErrUnsent) {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	return w, err
}

// Adopt implements carrier.Adopter. The barcode is only known when the label
// data have come, see Route.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 || o.Boxes() != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers[0]), nil
}

// Route implements carrier.Router. Where Yunda is not to be asked, knows nothing
// or has only a finished drawing, the label goes without: asking again would
// bring nothing else.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	if w.Routing != (waybill.Routing{}) || len(w.Parcels) != 1 {
		return nil
	}
	l, err := i.label(ctx, w.Number)
	if err == nil && l.sheet != nil {
		l.sheet.apply(w)
	}
	return err
}

// Prove implements carrier.Prover: Yunda has label data of the account's own
// numbers only. Where it is not to be asked, a person's word must do.
func (i *Issuer) Prove(ctx context.Context, n waybill.Number) error {
	l, err := i.label(ctx, n)
	if err == nil && !l.known {
		return notice.New("number-not-known", nil, string(n), carrier.Words(l.words, waybill.Party{}))
	}
	return err
}

// never is the path of an interface that is not open to the account.
const never = "no"

// labelled is what Yunda has of a number's label.
type labelled struct {
	known bool   // the number is the account's, as far as one can ask
	sheet sheet  // nil where a drawing came in place of data: one public client gets a PDF in base 64
	words string // why it is not known
}

func (i *Issuer) label(ctx context.Context, n waybill.Number) (labelled, error) {
	path := i.Values["label_path"]
	if path == never {
		return labelled{known: true}, nil
	}
	a, err := i.call(ctx, path, request{Orders: []any{map[string]string{"mailno": string(n)}}})
	switch {
	case err != nil:
		return labelled{}, err
	case a.Code == "":
		return labelled{}, i.client.Broken(path, "no code")
	case !a.ok() && (i.atGate(a) || inTrouble(a.words())):
		return labelled{}, i.client.Failed(path, string(a.Code), a.words())
	case !a.ok():
		return labelled{words: a.words()}, nil
	}
	var list []entry
	if err := i.client.Read(path, a.Data, &list); err != nil {
		return labelled{}, err
	}
	for _, e := range list {
		switch {
		case e.Status == "0" && inTrouble(string(e.Words)):
			return labelled{}, i.client.Failed(path, "", string(e.Words))
		case e.number() == n && e.Status != "0":
			return labelled{known: true, sheet: e.sheet()}, nil
		}
	}
	return labelled{words: a.words()}, nil
}

// inTrouble reports a no that says nothing of the number: asked again, Yunda may
// have its label.
func inTrouble(words string) bool { return strings.TrimSpace(words) == "" || carrier.Troubled(words) }

// Balance implements carrier.Balance. How the count is spelt is not public: it
// is the number itself, or the one field of an object whose name says count.
func (i *Issuer) Balance(ctx context.Context) (int, error) {
	a, err := i.call(ctx, pathCount, request{Type: i.Values["order_type"]})
	switch {
	case err != nil:
		return 0, err
	case !a.ok():
		return 0, i.client.Failed(pathCount, string(a.Code), outbound.Words(a.words()))
	}
	n, ok := counted(a.Data)
	if !ok {
		return 0, i.client.Broken(pathCount, "no count")
	}
	return n, nil
}

// counted finds a count in an answer.
func counted(data json.RawMessage) (int, bool) {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil && len(list) == 1 {
		data = list[0]
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) == nil {
		for name, value := range object {
			if strings.Contains(strings.ToLower(name), "count") {
				data = value
			}
		}
	}
	var t jos.Text
	if json.Unmarshal(data, &t) != nil || t == "" || strings.Trim(string(t), "0123456789") != "" {
		return 0, false
	}
	return t.Int(), true
}
