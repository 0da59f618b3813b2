package dispatch

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// Adopt takes numbers that a person found in the carrier's console, for an
// order whose carrier's answer was lost: one number, or one for each parcel. The
// carrier is asked whether they are the merchant's if it can be asked. From the
// ledger on they go the way of every number.
func (s *Station) Adopt(ctx context.Context, key order.Key, typed []string, who ledger.Person) error {
	numbers, err := ReadNumbers(typed)
	if err != nil {
		return err
	}
	lost, err := s.Ledger.Lost(ctx, key)
	if err != nil {
		return err
	}
	w, err := Found(ctx, s.Issuers[lost.Issuer], lost.Issuer, lost.Order, numbers)
	if err != nil {
		return err
	}
	err = s.Ledger.Adopted(ctx, lost, w, who)
	if taken := (*ledger.TakenError)(nil); errors.As(err, &taken) {
		return notice.New("number-taken", err, string(taken.Number), taken.Order)
	}
	if err == nil {
		s.Log.Info("number found by hand", "order", key.ID, "issuer", lost.Issuer, "parcels", len(w.Parcels))
	}
	return err
}

// Found makes an order's waybill of the numbers that a person has found: as many as
// it has parcels, and the merchant's own if its carrier can say so. The issuer is nil
// if the settings have none of that name.
func Found(ctx context.Context, issuer carrier.Issuer, name string, o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if issuer == nil {
		return waybill.Waybill{}, notice.New("carrier-unknown", nil, o.ID, name)
	}
	adopter, ok := issuer.(carrier.Adopter)
	if !ok {
		return waybill.Waybill{}, notice.New("number-by-carrier", nil, o.ID, name)
	}
	w, err := adopter.Adopt(o, numbers)
	if err != nil {
		return waybill.Waybill{}, err
	}
	if p, ok := issuer.(carrier.Prover); ok {
		for _, n := range numbers {
			if err := p.Prove(ctx, n); err != nil {
				return waybill.Waybill{}, err
			}
		}
	}
	return w, nil
}

// NoNumber takes a person's word that the carrier has given an order no number,
// or that the number of a changed order has been given back: it may get one. While
// the answer was not known nothing else of the order counted, so it is read again
// first. One that was cancelled has come to its end; another one that does not ship
// stays as it is, and the error says why; of one that does, what was read now is
// what the carrier is told.
func (s *Station) NoNumber(ctx context.Context, key order.Key, who ledger.Person) error {
	_, state, err := s.Ledger.Order(ctx, key)
	if err != nil && !errors.Is(err, ledger.ErrPurged) {
		return err
	}
	source, ok := s.Sources[key.Source]
	if !ok || state != ledger.IssueUnknown && state != ledger.Changed { // the ledger says what it thinks of that
		return s.Ledger.ResolveNoNumber(ctx, key, who)
	}
	o, err := source.Order(ctx, key.ID)
	switch {
	case errors.Is(err, platform.ErrNoOrder): // the platform forgets orders; that cancels nothing
		return s.Ledger.ResolveNoNumber(ctx, key, who)
	case err != nil:
		return err
	case o.State == order.Cancelled: // it will never ship, and is done with by the same word
		return s.Ledger.ResolveNoNumberAs(ctx, o, s.asked(o), who)
	case o.IsParent || o.State != order.ToShip:
		return notice.New(notice.Code(o.NumberAsked()), ErrNotToShip, o.ID)
	}
	o = s.serve(o)
	return s.Ledger.ResolveNoNumberAs(ctx, o, s.asked(o), who)
}

// ErrNotToShip reports that a platform does not have an order shipped.
var ErrNotToShip = errors.New("the platform does not have it shipped")

var waybillNumber = regexp.MustCompile(`^[0-9A-Z]{6,40}$`)

// ReadNumbers reads waybill numbers as people type and scan them; what
// is none is number-form.
func ReadNumbers(typed []string) ([]waybill.Number, error) {
	var numbers []waybill.Number
	for _, t := range typed {
		n := waybill.Number(strings.ToUpper(strings.TrimSpace(t)))
		if !waybillNumber.MatchString(string(n)) || slices.Contains(numbers, n) {
			return nil, notice.New("number-form", nil, t)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}
