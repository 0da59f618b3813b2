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
	"miandan/templates/waybill"
)

// Adopt takes numbers that a person found in the carrier's console, for an
// order whose carrier's answer was lost: one number, or one for each parcel. The
// carrier is asked whether they are the merchant's if it can be asked. From the
// ledger on they go the way of every number.
func (s *Station) Adopt(ctx context.Context, key order.Key, typed []string, who ledger.Person) error {
	numbers, err := readNumbers(typed)
	if err != nil {
		return err
	}
	lost, err := s.Ledger.Lost(ctx, key)
	if err != nil {
		return err
	}
	issuer, ok := s.Issuers[lost.Issuer]
	if !ok {
		return notice.New("carrier-unknown", nil, key.ID, lost.Issuer)
	}
	adopter, ok := issuer.(carrier.Adopter)
	if !ok {
		return notice.New("number-by-carrier", nil, key.ID, lost.Issuer)
	}
	w, err := adopter.Adopt(lost.Order, numbers) // as many as it has parcels?
	if err != nil {
		return err
	}
	if p, ok := issuer.(carrier.Prover); ok {
		for _, n := range numbers {
			if err := p.Prove(ctx, n); err != nil {
				return err
			}
		}
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

var waybillNumber = regexp.MustCompile(`^[0-9A-Z]{6,40}$`)

// readNumbers reads waybill numbers as people type and scan them.
func readNumbers(typed []string) ([]waybill.Number, error) {
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
