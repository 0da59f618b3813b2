package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

// Row is an order, or one label of it, as the queue shows it. The receiver
// prints masked and is empty once purged.
type Row struct {
	Order        order.Key
	OrderState   OrderState
	Merchant     order.Merchant
	Issuer       string
	Carrier      waybill.Carrier
	CarrierName  string
	Number       waybill.Number
	PhoneKind    waybill.PhoneKind
	Receiver     waybill.Party
	Kept         order.Order // the order as it was last read; empty once purged
	Away         bool        // the platform is told that it has shipped, or is being told
	Deadline     time.Time
	Problem      Problem
	Alarm        string
	AlarmSeen    bool // somebody has seen to it
	Issue        time.Duration
	LabelID      int64 // 0 if the order has no label yet
	Label        LabelState
	Template     string
	Parcel       int // from 0
	Parcels      int
	Unsorted     bool           // its carrier said nothing that the parcel could be sorted by
	Own          waybill.Number // what the label's parcel travels under
	Barcode      string         // what the label's main barcode says
	Copy         int
	Attempts     int
	Printer      string
	LastEvidence *printer.Evidence
	LastTiming   Timing
	LastMark     string
	IntentAt     time.Time
	EndedAt      time.Time // of the label
	Purged       bool
}

// Filter chooses rows.
type Filter struct {
	Order   string    // the platform's number, alone or behind the platform's name: jd:3120…
	Key     order.Key // the one order
	Waybill string
	// Since leaves out what has ended before it.
	Since time.Time
	Limit int // 0 is 500, less is none
}

// rowColumns are what scanRow takes of an order o, its label b and that one's last
// attempt a.
const rowColumns = `SELECT o.source, o.platform_id, o.state, o.merchant, o.issuer, o.carrier, o.waybill, o.phone_kind,
		o.deadline, o.problem, o.problem_detail, o.alarm, o.alarm_seen > 0, o.issue_ms, o.key, o.sealed_order, o.sealed_waybill,
		coalesce(b.id, 0), coalesce(b.state, ''), coalesce(b.template, ''), coalesce(b.parcel, 0), coalesce(b.copy, 0), coalesce(b.attempt, 0),
		coalesce(b.printer, ''), coalesce(b.own, ''), coalesce(b.barcode, ''), coalesce(b.problem, ''), coalesce(b.problem_detail, ''),
		coalesce(a.evidence, ''), coalesce(a.timing, ''), coalesce(a.mark, ''), coalesce(a.intent_at, 0), coalesce(b.ended_at, 0),
		EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = o.id AND x.waybill = o.waybill AND x.what = 'shipped'),
		coalesce((SELECT w.id FROM waves w WHERE w.id = coalesce(b.wave, o.wave) AND w.state = 'closed'), 0), o.wanted`

// Rows lists orders with their labels: what is unknown first, then by deadline.
func (l *Ledger) Rows(ctx context.Context, f Filter) ([]Row, error) {
	limit := f.Limit
	if limit == 0 {
		limit = 500
	}
	where, args := f.where()
	rows, err := l.db.Read.QueryContext(ctx, rowColumns+`
		FROM orders o LEFT JOIN labels b ON b.order_id = o.id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt WHERE `+where+`
		ORDER BY coalesce(b.state, '') = 'unknown' OR o.state = 'issue-unknown' DESC, o.deadline, o.id, b.id LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return collect(rows, l.scanRow)
}

// where asks of each only if it is asked, so that the one that is has its index.
func (f Filter) where() (string, []any) {
	where, args := "1 = 1", []any(nil)
	if f.Order != "" {
		where += ` AND o.id IN (` + ordersNamed + `)`
		source, id, _ := strings.Cut(f.Order, ":")
		args = append(args, f.Order, source, id)
	}
	if f.Key != (order.Key{}) {
		where += ` AND o.source = ? AND o.platform_id = ?`
		args = append(args, f.Key.Source, f.Key.ID)
	}
	if f.Waybill != "" {
		where += ` AND o.waybill = ? AND o.waybill <> ''`
		args = append(args, f.Waybill)
	}
	if !f.Since.IsZero() {
		where += ` AND o.id IN (SELECT id FROM orders WHERE ended_at = 0 UNION ALL SELECT id FROM orders WHERE ended_at >= ?)`
		args = append(args, f.Since.UnixMilli())
	}
	return where, args
}

// ordersNamed finds orders by the platform's number, alone or behind its name.
const ordersNamed = `SELECT id FROM orders WHERE platform_id = ? UNION SELECT id FROM orders WHERE source = ? AND platform_id = ?`

// Named returns the orders that people mean by a number: the platform's, alone or
// behind the platform's name (jd:3120…).
func (l *Ledger) Named(ctx context.Context, id string) ([]order.Key, error) {
	source, number, _ := strings.Cut(id, ":")
	rows, err := l.db.Read.QueryContext(ctx, `SELECT source, platform_id FROM orders WHERE id IN (`+ordersNamed+`)`, id, source, number)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, k *order.Key) error { return r.Scan(&k.Source, &k.ID) })
}

func (l *Ledger) scanRow(rows *sql.Rows, r *Row) error {
	var (
		deadline, intent, ended                int64
		issueMS                                float64
		wrapped, sealed, bill                  []byte
		problem, args, labelProblem, labelArgs string
		evidence, timing                       string
		closed                                 int64 // the wave that it was in
		wanted                                 bool
	)
	err := rows.Scan(&r.Order.Source, &r.Order.ID, &r.OrderState, &r.Merchant, &r.Issuer, &r.Carrier, &r.Number, &r.PhoneKind,
		&deadline, &problem, &args, &r.Alarm, &r.AlarmSeen, &issueMS, &wrapped, &sealed, &bill,
		&r.LabelID, &r.Label, &r.Template, &r.Parcel, &r.Copy, &r.Attempts, &r.Printer, &r.Own, &r.Barcode,
		&labelProblem, &labelArgs, &evidence, &timing, &r.LastMark, &intent, &ended, &r.Away, &closed, &wanted)
	if err != nil {
		return err
	}
	r.Deadline, r.IntentAt, r.EndedAt, r.Issue = at(deadline), at(intent), at(ended), time.Duration(issueMS*float64(time.Millisecond))
	if labelProblem != "" {
		problem, args = labelProblem, labelArgs
	}
	if r.Problem, err = problemOf(problem, args); err != nil {
		return err
	}
	if closed != 0 && (r.Label == Queued || r.LabelID == 0 && r.OrderState == Accepted && !wanted) { // whatever else: it waits for somebody to ask
		r.Problem = Problem{Code: "label-wave-closed", Args: []any{r.Order.ID, WaveID(closed)}}
	}
	if evidence != "" {
		r.LastEvidence = &printer.Evidence{}
		if err := json.Unmarshal([]byte(evidence), r.LastEvidence); err != nil {
			return err
		}
	}
	if timing != "" {
		if err := json.Unmarshal([]byte(timing), &r.LastTiming); err != nil {
			return err
		}
	}
	if r.Purged = wrapped == nil; r.Purged {
		return nil
	}
	key, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return err
	}
	o, err := openOrder(key, r.Order, sealed)
	if err != nil {
		return err
	}
	r.Receiver, r.Kept = o.Receiver, o
	if bill == nil {
		return nil
	}
	w, err := openWaybill(key, r.Order, bill)
	r.CarrierName, r.Parcels, r.Unsorted = w.CarrierName, len(w.Parcels), !w.Routing.Sorts()
	return err
}

// Order reads an order whole.
func (l *Ledger) Order(ctx context.Context, key order.Key) (order.Order, OrderState, error) {
	var (
		state           OrderState
		wrapped, sealed []byte
	)
	err := l.db.Read.QueryRowContext(ctx, `SELECT state, key, sealed_order FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).
		Scan(&state, &wrapped, &sealed)
	if err != nil {
		return order.Order{}, "", notFound(err, ErrNoOrder)
	}
	if wrapped == nil {
		return order.Order{}, state, ErrPurged
	}
	k, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return order.Order{}, "", err
	}
	o, err := openOrder(k, key, sealed)
	return o, state, err
}
