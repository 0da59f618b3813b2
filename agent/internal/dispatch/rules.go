package dispatch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
)

// Rule is a rule of the settings by which orders print by themselves.
type Rule struct {
	Name   string
	Target string // the printer or group that it prints on; empty for any with the paper
	Open   bool   // it is within its hours
}

// rulesEvery is how often rules are asked about the orders that wait for one: hours
// begin, deadlines come near. A switch is heard of at once.
const rulesEvery = 20 * time.Second

// switches knows which rules somebody has switched off.
type switches struct {
	mu  sync.Mutex
	off []string
}

// SwitchRule switches a rule on or off. What waited for one that is on now prints.
func (s *Station) SwitchRule(ctx context.Context, name string, on bool, who ledger.Person) error {
	if err := s.Ledger.SwitchRule(ctx, name, on, who); err != nil {
		return err
	}
	return s.applyRules(ctx)
}

// ReadSwitches reads which rules are off. It is called before Run.
func (s *Station) ReadSwitches(ctx context.Context) error {
	s.switches.mu.Lock() // whoever reads later knows more, and must not be overtaken
	defer s.switches.mu.Unlock()
	off, err := s.Ledger.RulesOff(ctx)
	if err == nil {
		s.switches.off = off
	}
	return err
}

// Off reports whether a rule is switched off.
func (s *Station) Off(rule string) bool {
	s.switches.mu.Lock()
	defer s.switches.mu.Unlock()
	return slices.Contains(s.switches.off, rule)
}

// auto says whether an order prints by itself now, by which rule and where.
func (s *Station) auto(o order.Order, issuer string) (wanted bool, rule, target string) {
	if s.Rules.Rule == nil {
		return s.Rules.Auto, "", ""
	}
	r, decides := s.Rules.Rule(o, issuer, s.Clock())
	if !decides {
		return s.Rules.Auto, "", ""
	}
	return r.Open && !s.Off(r.Name), r.Name, r.Target
}

// applyRules lets those orders print that waited for a rule's hours, for its switch
// or for their deadline to come near.
func (s *Station) applyRules(ctx context.Context) error {
	if err := s.ReadSwitches(ctx); err != nil {
		return err
	}
	waiting, err := s.Ledger.Unasked(ctx)
	if err != nil {
		return err
	}
	for _, key := range waiting {
		o, _, err := s.Ledger.Order(ctx, key)
		if errors.Is(err, ledger.ErrPurged) || errors.Is(err, ledger.ErrNoOrder) {
			continue // meanwhile
		}
		if err != nil {
			return err
		}
		issuer, _ := s.Rules.Route(o)
		wanted, rule, target := s.auto(o, issuer)
		if !wanted || rule == "" { // print.auto speaks of new orders
			continue
		}
		if _, err := s.Ledger.WantBy(ctx, key, rule, target); err != nil {
			return err
		}
	}
	return nil
}
