package carriertest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// stranger is a number that the carrier never gave.
func stranger(n waybill.Number) waybill.Number {
	b := []byte(n)
	last := &b[len(b)-1]
	*last = '0' + (*last-'0'+7)%10
	return waybill.Number(b)
}

// cancel gives numbers back by an issuer that has not taken them: a day lies
// between, and a restart.
func (s Simulated) cancel(t *testing.T) {
	w := s.world(t)
	b := w.issue(t, Order(orderID))
	asked := w.seen.Load()
	err := w.issuer().Cancel(t.Context(), b.Number)
	if reason := s.Cannot[Cancel]; reason != "" {
		s.mustNotBeTaken(t, err)
		t.Logf("it takes none back: %s", reason)
		return
	}
	if err != nil {
		t.Fatalf("Cancel: %v", err)
	}
	if w.seen.Load() == asked {
		t.Error("the carrier was not asked")
	}
	if err := w.issuer().Cancel(t.Context(), stranger(b.Number)); err == nil {
		t.Error("a number that was never given was given back")
	} else {
		s.said(t, err)
	}
	w.sim.Fail(Signature)
	if err := w.issuer().Cancel(t.Context(), b.Number); err == nil && s.Cannot[Signature] == "" {
		t.Error("a number was given back under a wrong signature")
	}
}

// said wants a sentence for people.
func (s Simulated) said(t *testing.T, err error) {
	t.Helper()
	var n *notice.Error
	if !errors.As(err, &n) || !notice.Known(n.Code) || n.Code == notice.Internal {
		t.Errorf("err = %v, and there is no sentence for it", err)
	}
	silent(t, err, s.Private...)
}

func (s Simulated) mustNotBeTaken(t *testing.T, err error) {
	t.Helper()
	var r *carrier.Refusal
	if notice.CodeOf(err) != "cancel-refused" || !errors.As(err, &r) {
		t.Fatalf("err = %v, want a notice that it is not taken back", err)
	}
	s.said(t, err)
}

func (s Simulated) fast(t *testing.T) {
	w := s.world(t)
	b := w.issue(t, Order(orderID))
	w.sim.Fail(Fast)
	err := w.issuer().Cancel(t.Context(), b.Number)
	switch reason := s.Cannot[Fast]; {
	case reason == "":
		s.mustNotBeTaken(t, err)
	case err != nil && s.Cannot[Cancel] == "":
		t.Errorf("err = %v, and the reason why it cannot be is: %s", err, reason)
	default:
		t.Logf("does not occur: %s", reason)
	}
}

func several() order.Order {
	o := Order(orderID)
	o.Parcels = 3
	return o
}

func (s Simulated) parcels(t *testing.T) {
	w := s.world(t)
	if reason := s.Cannot[Parcels]; reason != "" {
		_, err := w.issuer().Issue(t.Context(), several())
		refused(t, err, "parcels-too-many", s.Private...)
		w.gave(t, 0)
		t.Logf("one parcel only: %s", reason)
		return
	}
	b := w.issue(t, several())
	w.gave(t, 1, b.Numbers()...)
}

func (s Simulated) parcelsLost(t *testing.T) {
	if reason := s.Cannot[Parcels]; reason != "" {
		t.Logf("one parcel only: %s", reason)
		return
	}
	w := s.world(t)
	w.sim.Fail(LoseAnswer)
	_, err := w.issuer().Issue(t.Context(), several())
	mustBe(t, err, carrier.ErrUnknown, s.Private...)
	before := w.given()
	if f := w.finder(t); f != nil {
		w.gave(t, 1, w.finds(t, f, several(), nil).Numbers()...)
	}
	if after := w.given(); !slices.Equal(before, after) {
		t.Errorf("after the lost answer there were %v, now there are %v", before, after)
	}
}

// receipt asks for a signed receipt. Some carriers give the way back a number
// of its own, which is no parcel's.
func (s Simulated) receipt(t *testing.T) {
	w, o := s.world(t), Order(orderID)
	o.SignReturn = order.PaperReturn
	if reason := s.Cannot[Receipt]; reason != "" {
		_, err := w.issuer().Issue(t.Context(), o)
		refused(t, err, "service-not-set-up", s.Private...)
		w.gave(t, 0)
		t.Logf("no receipt: %s", reason)
		return
	}
	b := w.issue(t, o)
	if !b.SignReturn {
		t.Error("the label does not say that a receipt comes back")
	}
	given := w.given()
	for _, n := range b.Numbers() {
		if !slices.Contains(given, string(n)) {
			t.Errorf("%s is not among the carrier's numbers %v", n, given)
		}
	}
	if extra := len(given) - len(b.Numbers()); extra < 0 || extra > 1 {
		t.Errorf("the carrier gave %v, the waybill has %v", given, b.Numbers())
	}
}

// bare is a number without any routing: one more field that is missing than at
// the worst of carriers.
func (s Simulated) bare(t *testing.T) {
	full := s.world(t)
	usual := full.issue(t, Order(orderID))
	if err := route(t, full.issuer(), &usual); err != nil {
		t.Fatalf("Route: %v", err)
	}
	w := s.world(t)
	w.sim.Fail(Bare)
	b := w.issue(t, Order(orderID))
	number, codes := b.Number, barcodes(b)
	if err := route(t, w.issuer(), &b); err != nil {
		s.said(t, err)
		mustHelp(t, err, carrier.Retry)
	}
	if b.Number != number || !slices.Equal(barcodes(b), codes) {
		t.Errorf("%s with %v became %s with %v", number, codes, b.Number, barcodes(b))
	}
	same := b.Routing == usual.Routing // what stands in the settings may be there
	switch reason := s.Cannot[Bare]; {
	case reason != "" && !same:
		t.Errorf("it says %+v in place of %+v, and the reason why that cannot be is: %s", b.Routing, usual.Routing, reason)
	case reason != "":
		t.Logf("does not occur: %s", reason)
	case same && usual.Routing != waybill.Routing{}:
		t.Errorf("it was told nothing and says %+v", b.Routing)
	}
	w.gave(t, 1, b.Numbers()...)
}

func (s Simulated) documents(t *testing.T) {
	w := s.world(t)
	d, ok := w.issuer().(carrier.Documents)
	switch reason := s.Cannot[Documents]; {
	case ok && reason != "":
		t.Fatalf("it has labels, and the reason why it has none is: %s", reason)
	case !ok && reason == "":
		t.Fatal("it has no labels; say why in Cannot[Documents]")
	case !ok:
		t.Logf("no labels: %s", reason)
		return
	}
	b := w.issue(t, Order(orderID))
	w.sim.Fail(Late)
	doc, err := d.Document(t.Context(), b, 0)
	switch reason := s.Cannot[Late]; {
	case reason != "" && err != nil:
		t.Fatalf("err = %v, and the reason why it cannot be is: %s", err, reason)
	case reason != "":
		t.Logf("never late: %s", reason)
	case !errors.Is(err, carrier.ErrLater):
		t.Fatalf("%d and %d bytes, %v; want to be told to come later", len(doc.PDF), len(doc.PNG), err)
	}
	w.sim.Fail("")
	doc, err = w.issuer().(carrier.Documents).Document(t.Context(), b, 0)
	if err != nil {
		t.Fatalf("Document: %v", err)
	}
	pdf, png := bytes.HasPrefix(doc.PDF, []byte("%PDF-")), bytes.HasPrefix(doc.PNG, []byte("\x89PNG\r\n\x1a\n"))
	if pdf == png || len(doc.PDF) > 0 && len(doc.PNG) > 0 {
		t.Errorf("%d bytes of a PDF and %d of a PNG, want one of the two", len(doc.PDF), len(doc.PNG))
	}
	w.sim.Fail(Signature)
	if _, err := w.issuer().(carrier.Documents).Document(t.Context(), b, 0); err != nil {
		s.said(t, err)
	} else if s.Cannot[Signature] == "" {
		t.Error("a label was drawn under a wrong signature")
	}
	w.gave(t, 1, b.Numbers()...)
}

// adopted makes a label of a number whose answer was lost and that a person has
// found in the carrier's console.
func (s Simulated) adopted(t *testing.T) {
	w := s.world(t)
	b := w.issue(t, Order(orderID))
	i := w.issuer()
	if !s.adopts(t, i) {
		return
	}
	s.adopt(t, w, i, Order(orderID), b)
	if p, ok := i.(carrier.Prover); ok {
		if err := p.Prove(t.Context(), b.Number); err != nil {
			t.Errorf("Prove: %v", err)
		}
		if err := p.Prove(t.Context(), stranger(b.Number)); err == nil {
			t.Error("a number that was never given was proven")
		} else {
			s.said(t, err)
		}
	}
	w.gave(t, 1, b.Numbers()...)
}

func (s Simulated) adoptedParcels(t *testing.T) {
	if reason := s.Cannot[Parcels]; reason != "" {
		t.Logf("one parcel only: %s", reason)
		return
	}
	w := s.world(t)
	b := w.issue(t, several())
	i := w.issuer()
	if !s.adopts(t, i) {
		return
	}
	s.adopt(t, w, i, several(), b)
	if numbers := append(b.Numbers(), stranger(b.Number)); len(numbers) != several().Boxes() {
		if _, err := i.(carrier.Adopter).Adopt(several(), numbers); err == nil {
			t.Errorf("%d numbers were taken for %d parcels", len(numbers), several().Boxes())
		} else {
			s.said(t, err)
		}
	}
}

func (s Simulated) adopts(t *testing.T, i carrier.Issuer) bool {
	t.Helper()
	_, ok := i.(carrier.Adopter)
	switch reason := s.Cannot[Adopt]; {
	case ok && reason != "":
		t.Fatalf("it can adopt, and the reason why it cannot is: %s", reason)
	case !ok && reason == "":
		t.Fatal("it cannot adopt; say why in Cannot[Adopt]")
	case !ok:
		t.Logf("it cannot adopt: %s", reason)
	}
	return ok
}

// adopt wants the same barcodes as the carrier's answer gave: a label with
// others is sorted by hand.
func (s Simulated) adopt(t *testing.T, w *world, i carrier.Issuer, o order.Order, b waybill.Waybill) {
	t.Helper()
	again, err := i.(carrier.Adopter).Adopt(o, b.Numbers())
	if err != nil {
		t.Fatalf("Adopt: %v", err)
	}
	if err := route(t, i, &again); err != nil {
		t.Fatalf("Route: %v", err)
	}
	w.sound(t, o, again)
	if !slices.Equal(again.Numbers(), b.Numbers()) || !slices.Equal(barcodes(again), barcodes(b)) {
		t.Errorf("%v with %v, the carrier's answer had %v with %v", again.Numbers(), barcodes(again), b.Numbers(), barcodes(b))
	}
	if _, ok := i.(carrier.Router); ok && again.Routing == (waybill.Routing{}) {
		t.Error("there is no routing, though it can be asked for")
	}
}
