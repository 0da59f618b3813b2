package dispatch

import (
	"context"
	"time"

	"miandan/agent/internal/notice"
)

// lateEvery is how often deadlines are looked at. The first look is when the
// station starts, before a platform has been read.
const lateEvery = 5 * time.Second

// warnLate tells people of the orders that must ship soon and have not, and of
// those that are late: once each. They are told before that is written down, so
// that a crash in between tells them twice and not never.
func (s *Station) warnLate(ctx context.Context) error {
	list, err := s.Ledger.Pressing(ctx, s.Rules.WarnAhead, s.Rules.Shipped == "never")
	if err != nil {
		return err
	}
	for _, p := range list {
		code, args := p.Order.Lateness(s.Clock(), s.Rules.WarnAhead)
		if code == "" || code == p.Warned {
			continue
		}
		s.Say(notice.New(notice.Code(code), nil, args...))
		s.Log.Info("deadline", "order", p.Order.ID, "code", code)
		if err := s.Ledger.Warned(ctx, p.Order.Key, code); err != nil {
			return err
		}
	}
	return nil
}
