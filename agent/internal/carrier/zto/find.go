package zto

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool {
	return i.account.Is("same_number_again") || i.account.Is("query_own_number")
}

// Find implements carrier.Finder: by the look-up, or by asking again under the
// same number of the order.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	vas, err := i.asked(o)
	if err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	if i.account.Is("query_own_number") {
		n, err := i.number(ctx, o)
		if err != nil {
			return waybill.Waybill{}, carrier.Classify(err, false) // the look-up says nothing of the question whose answer was lost
		}
		if n != "" {
			return i.waybill(o, n), nil // Route reads its routing
		}
		if !i.account.Is("same_number_again") && !i.settled(i.account.Reference(o)) {
			return waybill.Waybill{}, carrier.StillUnknown(notice.New("carrier-answer-unknown", nil, o.ID))
		}
	} else if !i.account.Is("same_number_again") {
		return waybill.Waybill{}, carrier.StillUnknown(notice.New("carrier-answer-unknown", nil, o.ID))
	}
	return i.create(ctx, o, vas)
}

// settles is how long ZTO must have said that it has no order before it is sent
// again, if it would get another number then: the call whose answer was lost may
// still be at work there, and the look-up may lag behind. How long either takes
// is not public.
const settles = 10 * time.Minute

// settled reports whether ZTO has said for long enough that it has no order of a
// reference. What it said before a restart does not count.
func (i *Issuer) settled(reference string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	since, ok := i.absent[reference]
	if !ok {
		i.absent[reference] = i.account.Now()
		return false
	}
	return i.account.Now().Sub(since) >= settles
}

// asks notes that an order is sent: what ZTO said of it before is over.
func (i *Issuer) asks(reference string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.absent, reference)
}

// found is an order in ZTO's spelling.
type found struct {
	Number    jos.Text `json:"billCode"`
	Reference jos.Text `json:"partnerOrderCode"`
	Status    jos.Text `json:"orderStatus"`
	Mobile    jos.Text `json:"receivMobile"`
	Phone     jos.Text `json:"receivPhone"`
}

const cancelled = "-2"

// number returns the number that ZTO has for an order, or the empty one if it
// says that there is no such order.
func (i *Issuer) number(ctx context.Context, o order.Order) (waybill.Number, error) {
	reference := i.account.Reference(o)
	list, words, err := i.look(ctx, "orderCode", reference, o.Receiver)
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		return "", nil
	case len(list) > 1:
		return "", i.client.Broken(query, "several orders of one number")
	}
	f := list[0]
	switch {
	case f.Reference != "" && string(f.Reference) != reference || contradicts(f.Mobile, o) || contradicts(f.Phone, o):
		return "", i.client.Broken(query, "somebody else's order")
	case f.Number == "", f.Status == cancelled: // the order is there, and what it has is not to be used
		return "", notice.New("order-has-number", nil, o.ID, words)
	}
	return waybill.Number(f.Number), nil
}

func contradicts(number jos.Text, o order.Order) bool {
	to := carrier.Bracketed(o.Receiver, o.PhoneKind)
	return number != "" && pii.NewPhone(string(number)).Contradicts(to.Phone)
}

// Prove implements carrier.Prover.
func (i *Issuer) Prove(ctx context.Context, n waybill.Number) error {
	list, words, err := i.look(ctx, "billCode", string(n), waybill.Party{})
	if err != nil {
		return err
	}
	for _, f := range list {
		if string(f.Number) == string(n) {
			return nil
		}
	}
	return notice.New("number-not-known", nil, string(n), words)
}

// look asks for orders by one of their numbers. An answer of no order is none;
// an answer that cannot be told from a failure is an error. The words are ZTO's,
// without the receiver.
func (i *Issuer) look(ctx context.Context, by, number string, to waybill.Party) (list []found, words string, err error) {
	kind := 0
	if i.fullNetwork() {
		kind = 1
	}
	a, err := i.call(ctx, query, map[string]any{"type": kind, by: number})
	words = carrier.Words(string(a.Words), to)
	switch {
	case err != nil:
		return nil, "", err
	case a.unclear():
		return nil, "", i.client.Broken(query, "neither success nor a code")
	case !a.ok() && absent(a):
		return nil, words, nil
	case !a.ok():
		return nil, "", i.client.Failed(query, string(a.Code), words)
	}
	switch strings.TrimSpace(string(a.Result)) {
	case "", "null", "[]", "{}":
		return nil, words, nil
	}
	one := found{}
	if json.Unmarshal(a.Result, &list) == nil {
		return list, words, nil
	}
	if json.Unmarshal(a.Result, &one) == nil && one.Number != "" {
		return []found{one}, words, nil
	}
	return nil, "", i.client.Broken(query, "an order of another form")
}

// absent reports whether a no says that there is no such order. Which code does
// is not public, and so words decide; a code that is known says something else.
func absent(a answer) bool {
	if a.Code == "E416" { // no number of ZTO's
		return true
	}
	if _, known := codes()[string(a.Code)]; known {
		return false
	}
	for _, words := range []string{"不存在", "未查询到", "查询不到", "没有查到", "查无"} {
		if strings.Contains(string(a.Words), words) {
			return true
		}
	}
	return false
}

// routing is what ZTO's sorters read: 大头笔 with 三段码, and 集包地.
type routing struct {
	Mark jos.Text `json:"mark"`
	Hub  jos.Text `json:"bagAddr"`
}

// route puts routing onto a waybill, if there is any.
func (i *Issuer) route(w *waybill.Waybill, r *routing, site string) {
	if r == nil || r.Mark == "" && r.Hub == "" {
		return
	}
	w.Routing = waybill.Routing{Code: string(r.Mark), Hub: string(r.Hub), OriginBranch: site}
	if qr := i.account.Values["qr"]; qr != "none" {
		w.Routing.QR = qr
	}
}

// Route implements carrier.Router for a number that was found by hand or by the
// look-up, or whose answer left the routing out.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	if w.Routing.Code != "" {
		return nil
	}
	_, _, from := numbers(w.Sender)
	_, _, to := numbers(w.Receiver)
	a, err := i.call(ctx, marks, map[string]string{
		"unionCode":     string(w.Number),
		"send_province": from.Province, "send_city": from.City, "send_district": from.District, "send_address": carrier.Street(w.Sender.Address),
		"receive_province": to.Province, "receive_city": to.City, "receive_district": to.District, "receive_address": carrier.Street(w.Receiver.Address),
	})
	switch {
	case err != nil:
		return err
	case a.unclear():
		return i.client.Broken(marks, "neither success nor a code")
	case !a.ok():
		return i.client.Failed(marks, string(a.Code), carrier.Words(string(a.Words), w.Receiver))
	}
	var r routing
	if json.Unmarshal(a.Result, &r) != nil || r.Mark == "" {
		return notice.New("routing-missing", i.client.Broken(marks, "no routing"), w.Order)
	}
	i.route(w, &r, w.Routing.OriginBranch)
	return nil
}
