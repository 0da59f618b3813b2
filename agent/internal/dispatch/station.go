// Package dispatch is the way of one order: from the platform to a number,
// from the number to paper, and back to the platform as shipped.
//
// The way is walked by small loops over the ledger's own states, each doing
// one thing: reading orders, taking numbers, printing (one loop a printer),
// telling the platform, warning of deadlines, deleting personal data. No loop
// calls another. Each asks the ledger what is due, does it, writes down what
// came of it, and so a crash between any two steps leaves nothing that is not
// written down.
package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/cloudprint"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/printer"
	"miandan/templates"
	"miandan/templates/pdfin"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Station is a packing station at work. All fields are set before Run.
type Station struct {
	Ledger    *ledger.Ledger
	Sources   map[string]platform.Source // by the name that is in order.Key
	Issuers   map[string]carrier.Issuer  // by the name that routes use: jd-express, wujie/ZTO
	Printers  []*Printer
	Templates *templates.Library
	Documents cloudprint.Documents // labels that JD makes; nil if no carrier has such
	Reader    *pdfin.Reader        // makes dots of the labels that carriers draw
	Fence     Fence                // between this station and others that share its labels; nil if it stands alone
	Shared    bool                 // platforms are read and carriers asked for all stations together, and not by this one's loops
	Rules     Rules
	Log       *slog.Logger
	Clock     func() time.Time
	// Say tells people what is wrong now; it may be called again with the same.
	Say func(*notice.Error)

	patience  patience
	numbering numbering
	absent    absent
	switches  switches
}

// Rules are the station's settings.
type Rules struct {
	Route    func(order.Order) (issuer string, ok bool)
	Serve    func(order.Order) order.Order // gives an order the services that the settings want
	Template func(issuer string) string
	Ways     map[string]Way // carriers whose labels are not drawn here
	Stock    map[string]int // fewer numbers left than this are told, by issuer
	Auto     bool           // take numbers and print without being asked, where no rule decides
	// Rule returns the rule that decides about an order at a time, or false; it is nil
	// if there are none. The issuer is who would give the order's number.
	Rule  func(o order.Order, issuer string, at time.Time) (Rule, bool)
	Fresh time.Duration // an order older than this is read again before paper
	// Offline lets labels print whose platform cannot be reached to ask; otherwise
	// they wait for it.
	Offline bool
	// Phone says which of the receiver's numbers an issuer's labels carry: the real
	// one; virtual allows both; masked hides the real one, and the name.
	Phone     func(issuer string) waybill.PhoneKind
	PollEvery time.Duration
	PollEach  map[string]time.Duration // of sources that are asked more or less often
	Shipped   string                   // when the platform is told: "scan", "confirmed", "never"
	Retention ledger.Retention
	History   time.Duration // how long an order is kept after its personal data was deleted; at least ledger.SameFor
	WarnAhead time.Duration // people are told of a deadline so long before it
}

// Printer is a printer with what the station must know of it.
type Printer struct {
	*printer.Printer
	Grid scene.Grid
	// Width and Height are its paper, and Paper is what the ledger calls that.
	Width, Height scene.Length
	Paper         string // "76x130"
	Group         string // the printers that stand for each other; empty for none
	PDF           bool   // it takes a ready PDF, not dots
	Sealed        bool   // it takes labels that nobody here can open
	Roll          int    // labels on a new roll of its paper; 0 is not known
	Keeps         bool   // what it was sent survives its power switch

	// hand is held by the label that is being sent, and sends are those whose end is
	// not known yet.
	hand  hand
	sends sync.WaitGroup
	// line is locked by whoever asks the device besides, and read-locked by labels: a
	// question on a second line may land in the middle of one.
	line     sync.RWMutex
	failures quiet

	mu      sync.Mutex
	status  printer.Status
	trouble *notice.Error    // why it does not print; nil while it does
	current []waybill.Number // of the labels whose end is not known yet
	empty   bool             // it has said that it is out of paper, and not yet that it is well
	// reloaded, if set, is called when it is out of paper no more.
	reloaded func()
}

// tick is how often a loop looks unasked whether something that was put off is due,
// or a printer is well again, and rest how often it does while nothing is put off:
// the ledger's wake-up calls come then, and this is the net under them.
const (
	tick = time.Second
	rest = 30 * time.Second
)

// stockEvery is how often carriers are asked how many numbers are left.
const stockEvery = 10 * time.Minute

// grace is how long a label in hand, or a carrier that has been asked, may take once
// the station is asked to stop.
const grace = 10 * time.Second

// Run works until ctx ends and the labels in hand are settled.
func (s *Station) Run(ctx context.Context) {
	var work sync.WaitGroup
	planned := make(chan struct{})
	work.Go(func() {
		defer close(planned)
		if err := s.replan(ctx); err != nil {
			s.report(ctx, err)
		}
	})
	// What has its number prints meanwhile. No number is taken by a plan that the
	// settings have overtaken, and nothing newer is read that replan could put back.
	behind := func(do func()) { work.Go(func() { <-planned; do() }) }
	for name, source := range s.Sources {
		if s.Shared {
			break
		}
		every := s.Rules.PollEvery
		if d, ok := s.Rules.PollEach[name]; ok {
			every = d
		}
		behind(func() { s.every(ctx, every, func() error { return s.poll(ctx, name, source) }) })
	}
	for range numberers {
		if s.Shared { // an order that is in this ledger and in the fleet's would get two
			break
		}
		behind(func() { s.follow(ctx, ledger.DueNumbers, new(quiet), s.numberNext) })
	}
	work.Go(func() { s.follow(ctx, ledger.DueMessages, new(quiet), s.tellNext) })
	work.Go(func() { s.every(ctx, time.Minute, func() error { return s.purge(ctx) }) })
	work.Go(func() { s.every(ctx, time.Hour, func() error { return s.trim(ctx) }) })
	work.Go(func() { s.every(ctx, lateEvery, func() error { return s.warnLate(ctx) }) })
	work.Go(func() { s.every(ctx, unreadEvery, func() error { return s.readUnread(ctx) }) })
	var homeless []ledger.Home
	work.Go(func() {
		s.every(ctx, homelessEvery, func() (err error) { homeless, err = s.homeless(ctx, homeless); return err })
	})
	if len(s.Rules.Stock) > 0 {
		work.Go(func() { s.every(ctx, stockEvery, func() error { return s.countStock(ctx) }) })
	}
	if s.Rules.Rule != nil {
		behind(func() { s.every(ctx, rulesEvery, func() error { return s.applyRules(ctx) }) })
	}
	for _, p := range s.Printers {
		work.Go(func() {
			defer p.sends.Wait()
			s.follow(ctx, ledger.DueLabels, &p.failures, func(ctx context.Context) error { return s.printNext(ctx, p) })
		})
		if remembers, ok := p.Transport.(rememberer); ok {
			asked := map[ledger.Doubt]bool{}
			work.Go(func() {
				s.every(ctx, recallEvery, func() error { return s.recall(ctx, p, remembers, asked) })
			})
		}
	}
	work.Wait()
}

// follow does what is due until nothing is, then waits for the ledger to have
// more of it, or for the tick if something was put off. After a failure it waits
// for the tick.
func (s *Station) follow(ctx context.Context, kind ledger.Due, logged *quiet, next func(context.Context) error) {
	for ctx.Err() == nil {
		changed := s.Ledger.Dues(kind)
		err := next(ctx)
		if err == nil {
			continue
		}
		if !errors.Is(err, ledger.ErrNothing) {
			s.reportOnce(ctx, err, logged)
			changed = nil
		}
		if labelsOwn(err) && carrier.ActionOf(notice.CodeOf(err)) != carrier.Retry {
			continue // or a few labels that cannot be made would hold up a printer for good
		}
		select {
		case <-changed:
		case <-time.After(tick):
			if changed != nil && s.atRest(ctx, kind) {
				select {
				case <-changed:
				case <-time.After(rest - tick):
				case <-ctx.Done():
				}
			}
		case <-ctx.Done():
		}
	}
}

// atRest reports whether nothing of a kind will be due before somebody writes
// something down.
func (s *Station) atRest(ctx context.Context, kind ledger.Due) bool {
	pending, err := s.Ledger.Pending(ctx, kind)
	return err == nil && !pending
}

// every does something at once and then again and again.
func (s *Station) every(ctx context.Context, d time.Duration, do func() error) {
	for ctx.Err() == nil {
		if err := do(); err != nil {
			s.report(ctx, err)
		}
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
}

// report logs a failure once where it ends and tells people what to do.
func (s *Station) report(ctx context.Context, err error) { s.reportOnce(ctx, err, new(quiet)) }

// reportOnce is report for what may fail each second: people are told each time,
// for they may have come only now.
func (s *Station) reportOnce(ctx context.Context, err error, logged *quiet) {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return
	}
	n := asNotice(err)
	if logged.news(err, time.Now()) {
		s.Log.Warn("failed", "code", n.Code, "error", err)
	}
	s.Say(n)
}

// backoff is how long to wait before the n-th further try.
func backoff(n int) time.Duration { return min(time.Second<<min(n, 6), time.Minute) }
