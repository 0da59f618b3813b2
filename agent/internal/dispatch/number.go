package dispatch

import (
	"context"
	"errors"
	"slices"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/order/place"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// poll reads what is new on a platform. The cursor moves only when all of it
// is on disk.
func (s *Station) poll(ctx context.Context, name string, source platform.Source) error {
	after, err := s.Ledger.Cursor(ctx, name)
	if err != nil {
		return err
	}
	orders, cursor, err := source.Orders(ctx, after)
	if err != nil {
		return err
	}
	if err := s.acceptNew(ctx, orders); err != nil {
		return err
	}
	if cursor == after {
		return nil
	}
	return s.Ledger.Advance(ctx, name, cursor)
}

// mostAtOnce is how many orders are accepted in one commit: printers wait for it.
const mostAtOnce = 25

// acceptNew accepts what a platform tells of, but for what stands in the ledger just
// so. One that cannot be accepted holds up none of those before it.
func (s *Station) acceptNew(ctx context.Context, orders []order.Order) error {
	var list []ledger.Told
	for _, o := range orders {
		if served, plan := s.Planned(o); !s.Ledger.Stands(served, plan) {
			list = append(list, ledger.Told{Order: served, Plan: plan})
		}
	}
	for some := range slices.Chunk(list, mostAtOnce) {
		verdicts, err := s.Ledger.AcceptAll(ctx, some)
		for i := 0; err == nil && i < len(some); i++ {
			s.accepted(ctx, some[i].Order, verdicts[i])
		}
		for i := 0; err != nil && i < len(some); i++ {
			if err := s.accept(ctx, some[i].Order); err != nil {
				return err
			}
		}
	}
	return nil
}

// Accept puts an order into the ledger that came by itself.
func (s *Station) Accept(ctx context.Context, o order.Order) (ledger.Verdict, error) {
	return s.acceptAs(ctx, o, s.plan)
}

func (s *Station) accept(ctx context.Context, o order.Order) error {
	_, err := s.acceptAs(ctx, o, s.plan)
	return err
}

func (s *Station) acceptAs(ctx context.Context, o order.Order, plan func(order.Order) ledger.Plan) (ledger.Verdict, error) {
	verdict, err := s.takeAs(ctx, o, plan)
	if err == nil {
		s.accepted(ctx, o, verdict)
	}
	return verdict, err
}

// accepted notes what came of an order that was told of.
func (s *Station) accepted(ctx context.Context, o order.Order, v ledger.Verdict) {
	if v != ledger.Same {
		_, _, odd := place.Check(o)
		s.Log.Info("order", "order", o.ID, "verdict", v, "state", o.State, "odd", odd)
	}
	if v == ledger.TooLate {
		s.sayTooLate(ctx, o.Key)
	}
}

// sayTooLate tells people of a parcel that is to be stopped. While no label of the
// order has begun none is: what is read before paper decides.
func (s *Station) sayTooLate(ctx context.Context, key order.Key) {
	rows, err := s.Ledger.Rows(ctx, ledger.Filter{Key: key, Limit: -1})
	if err != nil {
		s.report(ctx, err)
	}
	for _, r := range rows {
		if r.Attempts > 0 && r.Alarm != "" {
			s.Say(notice.New(notice.Code(r.Alarm), nil, key.ID))
			return
		}
	}
}

// take puts an order into the ledger with what the settings make of it.
func (s *Station) take(ctx context.Context, o order.Order) (ledger.Verdict, error) {
	return s.takeAs(ctx, o, s.plan)
}

func (s *Station) takeAs(ctx context.Context, o order.Order, plan func(order.Order) ledger.Plan) (ledger.Verdict, error) {
	o = s.serve(o)
	return s.Ledger.Accept(ctx, o, plan(o))
}

// serve makes an order what it is to this station: with the services that the
// settings want, and its address divided if it was written in one line.
func (s *Station) serve(o order.Order) order.Order {
	o, _, _ = place.Check(o)
	if s.Rules.Serve == nil {
		return o
	}
	return s.Rules.Serve(o)
}

// plansAnew reports whether the settings make something else of an order than
// what it waits as.
func (s *Station) plansAnew(w ledger.Waiting, o order.Order) bool {
	served := s.serve(o)
	p := s.plan(served)
	if w.State == ledger.Refused {
		return p.Refusal == "" // also what its carrier refused: the account may be in order now
	}
	return p.Refusal != "" || p.Issuer != w.Issuer || served.Services != o.Services
}

// asked is plan for an order that a person asks for.
func (s *Station) asked(o order.Order) ledger.Plan {
	p := s.plan(o)
	p.Asked = true
	return p
}

// replan has the settings say anew what becomes of the orders that wait: they
// may have been put right since, and the platform tells only of what changes there.
func (s *Station) replan(ctx context.Context) error {
	list, err := s.Ledger.Waiting(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, w := range list {
		if ctx.Err() != nil {
			return nil
		}
		o, _, err := s.Ledger.Order(ctx, w.Key)
		if errors.Is(err, ledger.ErrPurged) || errors.Is(err, ledger.ErrNoOrder) {
			continue // meanwhile
		}
		if err == nil && s.plansAnew(w, o) { // a commit for each of twenty thousand would hold up the start
			_, err = s.acceptAs(ctx, o, s.asked)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// plan says what the settings make of an order.
func (s *Station) plan(o order.Order) ledger.Plan {
	p := ledger.Plan{Refusal: o.NumberAsked()}
	var routed bool
	p.Issuer, routed = s.Rules.Route(o)
	p.Wanted, p.Rule, p.Target = s.auto(o, p.Issuer)
	sealed := s.Rules.Ways[p.Issuer].Label == SealedLabel
	if sealed {
		p.Refusal = o.SealedNumberAsked()
	}
	switch {
	case p.Refusal != "":
	case !routed:
		p.Refusal = "no-route"
	case o.PhoneKind == waybill.PhoneVirtual && s.phone(p.Issuer) == waybill.PhoneReal && !sealed: // what is under a seal JD decides
		p.Refusal = "phone-kind"
	case !sealed:
		p.Refusal = unfit(o)
	}
	return p
}

// unfit is the code of why an order's address or telephone number reaches nobody,
// or the empty string.
func unfit(o order.Order) string {
	_, refusal, _ := place.Check(o)
	return refusal
}

// phone says which of the receiver's numbers an issuer's labels carry.
func (s *Station) phone(issuer string) waybill.PhoneKind {
	if s.Rules.Phone == nil {
		return waybill.PhoneReal
	}
	return s.Rules.Phone(issuer)
}

// asker returns how the issuer may be asked, or nil if it may not. An order
// whose last answer was lost is only looked up: the carrier may have given it
// a number.
func asker(i carrier.Issuer, again bool) func(context.Context, order.Order) (waybill.Waybill, error) {
	if !again {
		return i.Issue
	}
	if f, ok := i.(carrier.Finder); ok && f.CanFind() {
		return f.Find
	}
	return nil
}

// referenceOf is what an issuer's carrier is asked under for an order; empty where
// it says none.
func referenceOf(i carrier.Issuer, o order.Order) string {
	if r, ok := i.(carrier.Referrer); ok {
		return r.Reference(o)
	}
	return ""
}

func lost(o order.Order) ledger.Problem {
	return ledger.Problem{Code: "carrier-answer-unknown", Args: []any{o.ID}}
}

// notIssued writes down why there is no number.
func (s *Station) notIssued(ctx context.Context, n ledger.Numbering, err error) error {
	var (
		key     = n.Order.Key
		refusal *carrier.Refusal
		put     func(context.Context) error
	)
	switch {
	case errors.As(err, &refusal) && !n.Again: // a no to the second question says nothing of the first: it may be about today
		p := ledger.Problem{Code: refusal.Code, Args: []any{key.ID, refusal.Message}}
		put = func(ctx context.Context) error { return s.Ledger.RefuseIssue(ctx, key, p) }
		if refusal.Retry {
			put = func(ctx context.Context) error { return s.Ledger.NotIssued(ctx, key, p, backoff(n.Tries+3)) }
		}
	case errors.Is(err, carrier.ErrUnsent) && !n.Again:
		put = func(ctx context.Context) error {
			return s.Ledger.NotIssued(ctx, key, problemOf(err, key.ID), backoff(n.Tries))
		}
	default:
		put = func(ctx context.Context) error { return s.Ledger.IssueLost(ctx, key, lost(n.Order), backoff(n.Tries)) }
	}
	s.Log.Warn("no number", "order", key.ID, "issuer", n.Issuer, "error", err)
	if refusal != nil {
		s.Say(notice.New(notice.Code(refusal.Code), nil, key.ID, refusal.Message))
	} else {
		s.Say(asNotice(err))
	}
	return s.persist(ctx, put)
}

// notOurs deals with a number that another order has. All other errors are for
// others to deal with.
func (s *Station) notOurs(ctx context.Context, key order.Key, err error) error {
	var taken *ledger.TakenError
	if !errors.As(err, &taken) {
		return err
	}
	s.Log.Error("the carrier gave the number of another order", "order", key.ID, "other", taken.Order)
	s.Say(notice.New("number-taken", nil, string(taken.Number), taken.Order))
	return s.Ledger.NotOurs(ctx, key, taken)
}

// route completes a numbered order and puts its labels into the queue.
func (s *Station) route(ctx context.Context, n ledger.Numbering, issuer carrier.Issuer, w waybill.Waybill) error {
	began := time.Now()
	w, paper, err := s.Complete(ctx, n.Order.Key, n.Issuer, issuer, w)
	if err != nil {
		later := backoff(n.Tries)
		if notice.CodeOf(err) != "routing-missing" {
			later = backoff(n.Tries + 2)
			s.Say(asNotice(err))
		}
		return s.persist(ctx, func(ctx context.Context) error {
			return s.Ledger.Unrouted(ctx, n.Order.Key, problemOf(err, n.Order.ID), later)
		})
	}
	s.Log.Info("numbered", "order", n.Order.ID, "issuer", n.Issuer, "parcels", len(w.Parcels))
	err = s.persist(ctx, func(ctx context.Context) error {
		return s.Ledger.Enqueue(ctx, n.Order.Key, w, paper, time.Since(began))
	})
	if errors.As(err, new(*ledger.MoveError)) { // it was cancelled or changed while its carrier was asked
		return nil
	}
	return err
}

// paper says what labels of a carrier are made of and what they are printed on.
func (s *Station) paper(issuer string) (ledger.Paper, error) {
	if way, ok := s.Rules.Ways[issuer]; ok {
		return ledger.Paper{Template: way.Label, Size: way.Paper}, nil
	}
	name := s.Rules.Template(issuer)
	t, err := s.Templates.Get(name)
	if err != nil {
		return ledger.Paper{}, err
	}
	return ledger.Paper{Template: name, Size: SizeOf(t)}, nil
}

func (s *Station) say(err error) error { s.Say(asNotice(err)); return nil }

// persist writes down what has already happened outside: giving up is not
// possible, so it tries until the disk takes it or the grace of a stop is over.
// What is lost then is found half done at the next start.
func (s *Station) persist(ctx context.Context, put func(context.Context) error) error {
	ctx, done := withGrace(ctx)
	defer done()
	for {
		err := put(ctx)
		var move *ledger.MoveError
		if err == nil || errors.As(err, &move) {
			return err
		}
		s.report(ctx, err)
		select {
		case <-time.After(tick):
		case <-ctx.Done():
			return err
		}
	}
}

// withGrace returns a context that outlives ctx by the grace of a stop. Its
// cancel must be called: ctx is the station's own and keeps what hangs on it for
// as long as the program runs.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() { stop(); cancel() }
}

// Fetch reads one order from its platform and accepts it. It returns
// ledger.ErrNoOrder if the platform has none.
func (s *Station) Fetch(ctx context.Context, key order.Key) error {
	o, err := s.Sources[key.Source].Order(ctx, key.ID)
	if errors.Is(err, platform.ErrNoOrder) {
		return ledger.ErrNoOrder
	}
	if err != nil {
		return err
	}
	_, err = s.acceptAs(ctx, o, s.asked)
	return err
}
