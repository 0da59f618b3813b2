package dispatch

import (
	"context"
	"slices"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// The functions of this file decide about an order for whoever keeps it: this
// station's ledger, or the database that several stations share.

// Planned returns an order as this station's settings serve it, and what they make
// of it.
func (s *Station) Planned(o order.Order) (order.Order, ledger.Plan) {
	o = s.serve(o)
	return o, s.plan(o)
}

// Question is how a carrier may be asked for an order's number.
type Question struct {
	// Ask takes the number, or looks up the one that the order has. It is nil if only
	// a person may say what became of the last question.
	Ask func(context.Context, order.Order) (waybill.Waybill, error)
	// Reference is what the carrier is asked under; empty where it says none.
	Reference string
}

// QuestionFor returns how an issuer may be asked. Again says that the order was
// asked for before and that the answer is not known: then only under the reference
// of before, and only by what cannot take a second number.
func QuestionFor(i carrier.Issuer, o order.Order, again bool, before string) Question {
	q := Question{Ask: asker(i, again), Reference: referenceOf(i, o)}
	if again && q.Reference != before {
		q.Ask = nil
	}
	return q
}

// Complete makes a numbered order's waybill fit for its labels: its routing is
// read, and the settings say whom it names and what it is printed on. Errors are
// *notice.Error; the carrier may be asked again.
func (s *Station) Complete(ctx context.Context, key order.Key, name string, issuer carrier.Issuer, w waybill.Waybill) (waybill.Waybill, ledger.Paper, error) {
	if s.Rules.Ways[name].Label == SealedLabel {
		w.PhoneKind = waybill.PhoneSealed // nobody here sees which number JD puts on it
	} else if r, ok := issuer.(carrier.Router); ok {
		if err := r.Route(ctx, &w); err != nil {
			s.Log.Warn("no routing", "order", key.ID, "issuer", name, "error", err)
			return w, ledger.Paper{}, notice.New("routing-missing", nil, key.ID)
		}
	}
	if s.phone(name) == waybill.PhoneMasked {
		w.HideName = true
		w.HidePhone = w.HidePhone || w.PhoneKind == waybill.PhoneReal // a virtual number hides her itself, and half of one reaches nobody
	}
	paper, err := s.paper(name)
	if err != nil {
		return w, paper, asNotice(err)
	}
	return w, paper, nil
}

// Backoff is how long to wait before the n-th further try.
func Backoff(n int) time.Duration { return backoff(n) }

// ProblemOf is what an error leaves on record: its code and what its sentence takes.
func ProblemOf(err error, orderID string) ledger.Problem { return problemOf(err, orderID) }

// Unnamed takes a receiver out of the words with which a carrier answered. What is
// in keep stays as it is.
func Unnamed(said *notice.Error, receiver waybill.Party, keep ...string) *notice.Error {
	args, changed := slices.Clone(said.Args), false
	for i, a := range args {
		if words, ok := a.(string); ok && !slices.Contains(keep, words) {
			args[i] = carrier.Words(words, receiver)
			changed = changed || args[i] != a
		}
	}
	if !changed {
		return said
	}
	return notice.New(said.Code, nil, args...) // and without the cause, which says the same
}
