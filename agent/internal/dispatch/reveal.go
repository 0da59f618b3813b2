package dispatch

import (
	"context"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/privacy"
)

// Revealed is what a click shows, and until when its number lives; zero where
// nobody has said.
type Revealed struct {
	privacy.Shown
	Until time.Time
	// Life says how long the number lives, or how another can be had; nil where
	// there is nothing to say.
	Life *notice.Error
}

// Reveal shows a person whom an order goes to: name, address and the virtual
// number, never the real one. The click is on record before the platform is
// asked, and counts among what the asker's role may see within an hour
// (ledger.ErrTooMany). The platform is asked anew: the number that is kept here
// may have lapsed since, or have been bound again.
func (s *Station) Reveal(ctx context.Context, key order.Key, who ledger.Person, a ledger.Allowance) (Revealed, error) {
	kept, _, err := s.Ledger.Order(ctx, key)
	if err != nil {
		return Revealed{}, err
	}
	if err := s.Ledger.Revealing(ctx, key, who, a); err != nil {
		return Revealed{}, err
	}
	s.Log.Info("revealed", "order", key.ID)
	opened, err := s.openAnew(ctx, kept)
	if err != nil {
		return Revealed{}, err
	}
	situation, now := privacy.SituationOf(opened), s.Clock()
	r := Revealed{Shown: privacy.Click(opened, situation, now)}
	r.Life = r.Shown.Life(situation, opened.VirtualUntil, now)
	if r.Call != nil {
		r.Until = opened.VirtualUntil
	}
	return r, nil
}

// openAnew has the platform open an order's receiver. Where it gives no virtual
// number for such an order, what is kept is what there is to be shown, as far as
// the rules let it.
func (s *Station) openAnew(ctx context.Context, kept order.Order) (order.Order, error) {
	source, ok := s.Sources[kept.Source].(platform.Revealer)
	if !ok {
		return kept, nil
	}
	opened, err := source.Reveal(ctx, kept)
	switch notice.CodeOf(err) {
	case privacy.NoticeNotVirtual, privacy.NoticeTooOld, privacy.NoticeLapsed:
		return kept, nil
	}
	return opened, err
}
