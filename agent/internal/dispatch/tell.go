package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
)

// tellNext delivers the message that is due: "shipped" to the platform, or a
// number back to its carrier.
func (s *Station) tellNext(ctx context.Context) error {
	m, err := s.Ledger.NextMessage(ctx)
	if err != nil {
		return err
	}
	switch m.What {
	case "shipped":
		switch p := s.Sources[m.Order.Source].(type) {
		case platform.Shipper:
			err = p.Shipped(ctx, m.Order, m.Carrier, m.Number)
		case nil:
			if !m.Order.Given() { // whoever handed it in tells the platform
				err = notice.New("source-unknown", nil, m.Order.ID, m.Order.Source)
			}
		}
	case "cancel":
		// A number is given back by its carrier's word alone: after it the order may
		// take another one.
		switch i := s.Issuers[m.Issuer].(type) {
		case carrier.Returner:
			err = i.Return(ctx, order.Order{Key: m.Order, Renewed: m.Renewed}, m.Number)
		case carrier.Issuer:
			err = i.Cancel(ctx, m.Number)
		default:
			err = notice.New("carrier-unknown", nil, m.Order.ID, m.Issuer)
		}
	}
	if err != nil {
		err = s.unnamed(ctx, m, asNotice(err))
	}
	if refused := asNotice(err); err != nil && (refused.Code == "cancel-refused" || refused.Code == "shipped-refused") {
		s.Log.Warn("told and refused", "what", m.What, "order", m.Order.ID, "error", err)
		s.Say(refused)
		return s.Ledger.GaveUp(ctx, m, problemOf(err, m.Order.ID))
	}
	if err != nil {
		s.Log.Warn("not told", "what", m.What, "order", m.Order.ID, "error", err)
		return errors.Join(s.Ledger.NotTold(ctx, m.ID, problemOf(err, m.Order.ID), backoff(m.Tries)), s.say(err))
	}
	s.Log.Info("told", "what", m.What, "order", m.Order.ID)
	return s.Ledger.Told(ctx, m.ID)
}

// unnamed takes the receiver out of the words with which a carrier answered about
// a number: only the order knows whom they may not name.
func (s *Station) unnamed(ctx context.Context, m ledger.Message, said *notice.Error) *notice.Error {
	o, _, err := s.Ledger.Order(ctx, m.Order)
	if err != nil { // its people are deleted: nobody knows them any more
		return said
	}
	return Unnamed(said, o.Receiver, string(m.Number), m.Order.ID)
}

func (s *Station) purge(ctx context.Context) error {
	n, err := s.Ledger.Purge(ctx, s.Rules.Retention)
	if n > 0 {
		s.Log.Info("personal data deleted", "orders", n)
	}
	return err
}

func (s *Station) trim(ctx context.Context) error {
	n, err := s.Ledger.Trim(ctx, s.Rules.History)
	if n > 0 {
		s.Log.Info("old orders taken out", "orders", n)
	}
	closed, old := s.Ledger.CloseOld(ctx, s.Clock().Add(-oldWave))
	if closed > 0 {
		s.Log.Info("old waves closed", "waves", closed)
	}
	return errors.Join(err, old)
}

// oldWave is how old a wave is that is closed if nothing of it waits.
const oldWave = 3 * 24 * time.Hour

// problemOf is what an error leaves in the ledger: its code and what its
// sentence takes; an error without a code of its own leaves the order's number.
func problemOf(err error, orderID string) ledger.Problem {
	n := asNotice(err)
	if len(n.Args) == 0 {
		return ledger.Problem{Code: string(n.Code), Args: []any{orderID}}
	}
	return ledger.Problem{Code: string(n.Code), Args: n.Args}
}
