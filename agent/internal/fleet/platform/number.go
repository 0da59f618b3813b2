package platform

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

type numberArgs struct {
	Order int64 `json:"order"`
}

func (numberArgs) Kind() string { return "number" }

// due is an order with something to do about its number.
type due struct {
	id           int64
	key          order.Key
	state        string // accepted, issue-unknown, or issued and without labels
	content      []byte
	sealed, wrap []byte
	issuer       string
	tries        int
	renewed      int
	reference    string
	wait         time.Duration
	target       string
	turn         int
	wave         int64
	position     int
	deadline     time.Time
}

// number goes with an order as far as it goes now: from accepted to its labels.
func (w *worker) number(ctx context.Context, job *river.Job[numberArgs]) error {
	for ctx.Err() == nil {
		d, err := w.due(ctx, job.Args.Order)
		switch {
		case err != nil:
			return w.failed(ctx, err)
		case d == nil:
			return nil
		case d.wait > 0:
			return later(d.wait)
		}
		o, plain, err := w.openOrder(d.sealed, d.wrap, d.key)
		if errors.Is(err, errNotWrapped) {
			return river.JobSnooze(time.Second) // for a station that can read it, or until this one can
		}
		if err != nil {
			return w.failed(ctx, err)
		}
		o.Renewed = d.renewed
		if d.state == "issued" {
			err = w.label(ctx, *d, o, plain)
		} else {
			err = w.ask(ctx, *d, o)
		}
		if s, ok := held(err); ok {
			return river.JobSnooze(s.snooze())
		}
		if err != nil && !errors.Is(err, fleet.ErrMove) { // moved by somebody else since it was read: begin anew
			return w.failed(ctx, err)
		}
	}
	return river.JobSnooze(0) // it is stopped, or has taken long
}

// later ends a job whose order must wait. What waits for long is found again by the
// sweep.
func later(d time.Duration) error {
	if d > 10*time.Second {
		return nil
	}
	return river.JobSnooze(d)
}

func (w *worker) due(ctx context.Context, id int64) (*due, error) {
	var d *due
	err := w.DB.Call(ctx, "due", `SELECT source, order_id, state, content, sealed, wrap, issuer, tries, renewed, reference, wait, target, turn, wave, "position", deadline
		FROM miandan.order_due($1)`, []any{id}, func(r pgx.Rows) error {
		d = &due{id: id}
		return r.Scan(&d.key.Source, &d.key.ID, &d.state, &d.content, &d.sealed, &d.wrap, &d.issuer, &d.tries, &d.renewed, &d.reference,
			&d.wait, &d.target, &d.turn, &d.wave, &d.position, &d.deadline)
	})
	return d, err
}

// ask takes an order's number. What is committed before the carrier is asked is found
// again after a crash.
func (w *worker) ask(ctx context.Context, d due, o order.Order) error {
	issuer, ok := w.Station.Issuers[d.issuer]
	if !ok {
		return w.notHere(ctx, d)
	}
	again := d.state == string(ledger.IssueUnknown)
	q := dispatch.QuestionFor(issuer, o, again, d.reference)
	if q.Ask == nil { // only a person may say what became of the last question
		return w.unasked(ctx, d, d.state, lost(o), time.Hour)
	}
	first, err := w.turnOf(ctx, d.issuer)
	if err != nil {
		return err
	}
	asking, stop := context.WithTimeout(ctx, w.Asking*2/3) // from before the commit: who is late must not begin to ask
	defer stop()
	var epoch int64
	err = w.DB.Call(ctx, "issuing", `SELECT miandan.order_issuing($1, $2, $3, $4)`, []any{d.id, d.state, d.content, q.Reference}, func(r pgx.Rows) error { return r.Scan(&epoch) })
	if err != nil {
		return err // also where the answer was lost: then it is given up, and found again
	}
	bill, err := q.Ask(w.paced(asking, first), o)
	if err == nil {
		err = carrier.Sound(o.ID, bill)
	}
	if err != nil {
		return w.notIssued(ctx, d, epoch, o, again, err)
	}
	return w.issued(ctx, d, epoch, o, bill)
}

// issued keeps a number that a carrier has given.
func (w *worker) issued(ctx context.Context, d due, epoch int64, o order.Order, bill waybill.Waybill) error {
	numbers := numbersOf(bill)
	var other string
	err := w.persist(ctx, func(ctx context.Context) error {
		data, wraps, err := w.sealBill(ctx, o, bill)
		if err != nil {
			return err
		}
		return w.DB.Call(ctx, "issued", `SELECT miandan.order_issued($1, $2, $3, $4, $5, $6, $7)`,
			[]any{d.id, epoch, data, wraps, string(bill.Number), numbers, string(bill.Carrier)}, func(r pgx.Rows) error { return r.Scan(&other) })
	})
	switch {
	case errors.Is(err, fleet.ErrTaken): // given up meanwhile
		w.log.Error("a number came too late", "order", o.ID, "issuer", d.issuer)
		w.Station.Say(notice.New("fleet-number-late", nil, o.ID, d.issuer))
		return w.persist(ctx, func(ctx context.Context) error {
			return w.DB.Call(ctx, "late", `SELECT miandan.order_late($1, $2, $3)`, []any{d.id, epoch, numbers}, nil)
		})
	case err == nil && other != "":
		w.log.Error("the carrier gave the number of another order", "order", o.ID, "other", other)
		w.Station.Say(notice.New("number-taken", nil, string(bill.Number), other))
	case err == nil:
		w.log.Info("issued", "order", o.ID, "issuer", d.issuer, "parcels", len(bill.Parcels))
	}
	return err
}

// numbersOf is all that an order's parcels travel under, its waybill's first.
func numbersOf(bill waybill.Waybill) []string {
	list := []string{string(bill.Number)}
	for _, p := range bill.Parcels {
		if n := string(p.Number); n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

func lost(o order.Order) ledger.Problem {
	return ledger.Problem{Code: "carrier-answer-unknown", Args: []any{o.ID}}
}

// notIssued writes down why there is no number.
func (w *worker) notIssued(ctx context.Context, d due, epoch int64, o order.Order, again bool, err error) error {
	to, problem, later := ledger.IssueUnknown, lost(o), dispatch.Backoff(d.tries)
	var refusal *carrier.Refusal
	switch {
	case errors.As(err, &refusal) && !again: // a no to the second question says nothing of the first: it may be about today
		to, problem, later = ledger.Refused, ledger.Problem{Code: refusal.Code, Args: []any{o.ID, refusal.Message}}, 10*time.Minute
		if refusal.Retry {
			to, later = ledger.Accepted, dispatch.Backoff(d.tries+3)
		}
	case errors.Is(err, carrier.ErrUnsent) && !again:
		to, problem = ledger.Accepted, dispatch.ProblemOf(err, o.ID)
	}
	if s, ok := held(err); ok { // its own rate, and nobody's fault
		if to == ledger.Accepted {
			problem = ledger.Problem{}
		}
		return w.outcome(ctx, d, epoch, to, problem, s.snooze())
	}
	w.log.Warn("no number", "order", o.ID, "issuer", d.issuer, "error", err)
	said := dispatch.Notice(err)
	if refusal != nil {
		said = notice.New(notice.Code(refusal.Code), nil, o.ID, refusal.Message)
	}
	w.Station.Say(said)
	if carrier.ActionOf(said.Code) == carrier.Wait { // the account's own limit, which all stations share
		if err := w.DB.Call(ctx, "hold", `SELECT miandan.issuer_hold($1, $2)`, []any{w.account(d.issuer), dispatch.Backoff(d.tries)}, nil); err != nil {
			w.report(ctx, err)
		}
	}
	return w.outcome(ctx, d, epoch, to, problem, later)
}

func (w *worker) outcome(ctx context.Context, d due, epoch int64, to ledger.OrderState, problem ledger.Problem, later time.Duration) error {
	args, err := argsOf(problem)
	if err != nil {
		return err
	}
	err = w.persist(ctx, func(ctx context.Context) error {
		return w.DB.Call(ctx, "outcome", `SELECT miandan.order_outcome($1, $2, $3, $4, $5, $6)`, []any{d.id, epoch, string(to), problem.Code, args, later}, nil)
	})
	if errors.Is(err, fleet.ErrTaken) {
		return nil // given up meanwhile: who asks next finds out for itself
	}
	return err
}

func argsOf(p ledger.Problem) (string, error) {
	if p.Args == nil {
		return "", nil
	}
	b, err := json.Marshal(p.Args)
	return string(b), err
}

func (w *worker) unasked(ctx context.Context, d due, to string, p ledger.Problem, later time.Duration) error {
	if d.state == string(ledger.IssueUnknown) {
		to = d.state
	}
	args, err := argsOf(p)
	if err != nil {
		return err
	}
	return w.DB.Call(ctx, "unasked", `SELECT miandan.order_unasked($1, $2, $3, $4, $5, $6)`, []any{d.id, d.state, to, p.Code, args, later}, nil)
}

// notHere leaves an order to another station: its carrier is not in this one's settings.
func (w *worker) notHere(ctx context.Context, d due) error {
	if d.tries >= elsewhereTries {
		w.Station.Say(notice.New("carrier-unknown", nil, d.key.ID, d.issuer))
	}
	return w.unasked(ctx, d, d.state, ledger.Problem{Code: "carrier-unknown", Args: []any{d.key.ID, d.issuer}}, elsewhere(d.tries))
}

// elsewhereTries is after how many tries nobody seems to have an account in the settings.
const elsewhereTries = 8

// elsewhere is how long to wait for a station that has an account in its settings.
func elsewhere(tries int) time.Duration { return min(time.Duration(1+tries)*time.Second, time.Minute) }

// label completes a numbered order and puts its labels before the benches.
func (w *worker) label(ctx context.Context, d due, o order.Order, plain []byte) error {
	issuer, ok := w.Station.Issuers[d.issuer]
	if !ok {
		return w.notHere(ctx, d)
	}
	_, bill, err := ledger.Unpack(plain, d.key)
	if err != nil {
		return err
	}
	bill, paper, err := w.Station.Complete(w.paced(ctx, nil), d.key, d.issuer, issuer, bill)
	if err != nil {
		w.report(ctx, err)
		return w.unasked(ctx, d, d.state, dispatch.ProblemOf(err, o.ID), dispatch.Backoff(d.tries))
	}
	data, wraps, err := w.sealBill(ctx, o, bill)
	if err != nil {
		return err
	}
	text, err := ledger.Pack(o, bill)
	if err != nil {
		return err
	}
	return w.DB.Together(ctx, "label", func(tx *fleet.Tx) error {
		if err := tx.Call(ctx, `SELECT miandan.order_labelled($1, $2, $3, $4, $5)`, []any{d.id, d.content, data, wraps, len(bill.Parcels)}, nil); err != nil {
			return err
		}
		benches, err := fleet.Recipients(ctx, tx, d.target)
		if err != nil {
			return err
		}
		labels := make([]fleet.New, len(bill.Parcels))
		for i := range bill.Parcels {
			own := string(waybill.Label{Waybill: bill, Parcel: i}.Own())
			sealed, err := fleet.Seal(text, fleet.Place{Order: d.key, Waybill: own, Parcel: i}, benches)
			if err != nil {
				return err
			}
			labels[i] = fleet.New{
				Order: d.key, Parcel: i, Waybill: own, Issuer: d.issuer, Template: paper.Template, Paper: paper.Size, Target: d.target,
				Deadline: d.deadline, Turn: d.turn, Wave: d.wave, Position: d.position, Sealed: sealed,
			}
		}
		_, err = fleet.Publish(ctx, tx, labels)
		return err
	})
}

// persist writes down what has already happened outside, until the database takes it
// or says no. A station that stops tries for as long as a question may take; what is
// lost then is found half done by the others.
func (w *worker) persist(ctx context.Context, put func(context.Context) error) error {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		wait(longer, w.Asking)
		cancel()
	})
	defer stop()
	for {
		err := put(longer)
		if !errors.Is(err, fleet.ErrAway) {
			return err
		}
		w.report(ctx, err)
		if wait(longer, time.Second); longer.Err() != nil {
			return err
		}
	}
}
