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

// homeless tells people of papers that labels wait for and no printer holds, once
// for as long as it lasts. What was told before is told.
func (s *Station) homeless(ctx context.Context, told []string) ([]string, error) {
	if len(s.Printers) == 0 {
		return nil, nil // which is told already
	}
	var held []string
	for _, p := range s.Printers {
		held = append(held, p.Paper)
	}
	papers, err := s.Ledger.Homeless(ctx, held)
	if err != nil {
		return told, err
	}
	for _, paper := range papers {
		if !slices.Contains(told, paper) {
			s.Log.Warn("no printer holds the paper that labels wait for", "paper", paper)
			s.Say(notice.New(ledger.NoPrinter, nil, paper))
		}
	}
	return papers, nil
}
