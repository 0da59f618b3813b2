package app

import (
	"context"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// NewRoll implements api.Roller.
func (s *station) NewRoll(ctx context.Context, r api.Roll) error {
	c, err := Named(s.config, r.Printer)
	if err != nil {
		return err
	}
	if r.Labels == 0 {
		r.Labels = c.Roll
	}
	if r.Labels == 0 {
		return notice.New("roll-unknown", nil, c.Name)
	}
	return s.told(s.Ledger.SetRoll(ctx, c.Name, r.Labels, ledger.Person{Who: r.Who}))
}
