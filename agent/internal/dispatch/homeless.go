package dispatch

import (
	"context"
	"slices"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// homelessEvery is how often the queue is looked through for labels that no
// printer can take: the settings were changed under them, or never had one.
const homelessEvery = time.Minute

// homeless tells people of papers that labels wait for and no printer holds, or not
// the one that they must print on, once for as long as it lasts. What was told
// before is told.
func (s *Station) homeless(ctx context.Context, told []ledger.Home) ([]ledger.Home, error) {
	if len(s.Printers) == 0 {
		return nil, nil // which is told already
	}
	var printers []ledger.Claimant
	for _, p := range s.Printers {
		printers = append(printers, p.claimant())
	}
	homes, err := s.Ledger.Homeless(ctx, printers)
	if err != nil {
		return told, err
	}
	for _, h := range homes {
		if !slices.Contains(told, h) {
			s.Log.Warn("no printer may take labels that wait", "paper", h.Paper, "target", h.Target)
			p := h.Problem(printers)
			s.Say(notice.New(notice.Code(p.Code), nil, p.Args...))
		}
	}
	return homes, nil
}

// claimant is the printer as the ledger knows it.
func (p *Printer) claimant() ledger.Claimant {
	return ledger.Claimant{Printer: p.Name, Group: p.Group, Paper: p.Paper}
}
