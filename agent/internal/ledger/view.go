package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
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
	Issue        time.Duration
	LabelID      int64 // 0 if the order has no label yet
	Label        LabelState
	Template     string
	Parcel       int // from 0
	Parcels      int
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
	Order   string // the platform's number
	Waybill string
	// Since leaves out what has ended before it.
	Since time.Time
	Limit int // 0 is 500, less is none
}

// Rows lists the queue: what is unknown first, then by deadline.
func (l *Ledger) Rows(ctx context.Context, f Filter) ([]Row, error) {
	limit := f.Limit
	if limit == 0 {
		limit = 500
	}
	var since int64
	if !f.Since.IsZero() {
		since = f.Since.UnixMilli()
	}
	rows, err := l.db.Read.QueryContext(ctx, `SELECT o.source, o.platform_id, o.state, o.merchant, o.issuer, o.carrier, o.waybill, o.phone_kind,
			o.deadline, o.problem, o.problem_detail, o.alarm, o.issue_ms, o.key, o.sealed_order, o.sealed_waybill,
			coalesce(b.id, 0), coalesce(b.state, ''), coalesce(b.template, ''), coalesce(b.parcel, 0), coalesce(b.copy, 0), coalesce(b.attempt, 0),
			coalesce(b.printer, ''), coalesce(b.problem, ''), coalesce(b.problem_detail, ''), coalesce(a.evidence, ''), coalesce(a.timing, ''), coalesce(a.mark, ''), coalesce(a.intent_at, 0), coalesce(b.ended_at, 0),
			EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = o.id AND x.waybill = o.waybill AND x.what = 'shipped')
		FROM orders o LEFT JOIN labels b ON b.order_id = o.id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt
		WHERE (? = '' OR o.platform_id = ?) AND (? = '' OR o.waybill = ?) AND (o.ended_at = 0 OR o.ended_at >= ?)
		ORDER BY coalesce(b.state, '') = 'unknown' OR o.state = 'issue-unknown' DESC, o.deadline, o.id, b.id LIMIT ?`,
		f.Order, f.Order, f.Waybill, f.Waybill, since, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, l.scanRow)
}

func (l *Ledger) scanRow(rows *sql.Rows, r *Row) error {
	var (
		deadline, intent, ended                int64
		issueMS                                float64
		wrapped, sealed, bill                  []byte
		problem, args, labelProblem, labelArgs string
		evidence, timing                       string
	)
	err := rows.Scan(&r.Order.Source, &r.Order.ID, &r.OrderState, &r.Merchant, &r.Issuer, &r.Carrier, &r.Number, &r.PhoneKind,
		&deadline, &problem, &args, &r.Alarm, &issueMS, &wrapped, &sealed, &bill,
		&r.LabelID, &r.Label, &r.Template, &r.Parcel, &r.Copy, &r.Attempts, &r.Printer,
		&labelProblem, &labelArgs, &evidence, &timing, &r.LastMark, &intent, &ended, &r.Away)
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
	r.CarrierName, r.Parcels = w.CarrierName, len(w.Parcels)
	if r.LabelID != 0 && r.Parcel < len(w.Parcels) {
		r.Own, r.Barcode = waybill.Label{Waybill: w, Parcel: r.Parcel}.Own(), w.Parcels[r.Parcel].Barcode
	}
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

// Counts is how many labels and orders stand where.
type Counts struct {
	Waiting  int // labels that wait for a printer, orders that wait for a number
	Printing int // labels between claim and settlement
	Unknown  int // labels and orders that need a person
	Refused  int
	Done     int // labels on paper since the given time, whatever the evidence
}

// Counts counts. Done counts from since on.
func (l *Ledger) Counts(ctx context.Context, since time.Time) (Counts, error) {
	var c Counts
	err := l.db.Read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM labels WHERE state = 'queued') +
		(SELECT count(*) FROM orders WHERE state IN ('accepted','issuing') OR (state = 'issued' AND NOT EXISTS (SELECT 1 FROM labels WHERE order_id = orders.id AND labels.waybill = orders.waybill))),
		(SELECT count(*) FROM labels WHERE state IN ('claimed','rendered','intent','sending','sent')),
		(SELECT count(*) FROM labels WHERE state = 'unknown') + (SELECT count(*) FROM orders WHERE state IN ('issue-unknown','changed')),
		(SELECT count(*) FROM orders WHERE state = 'refused'),
		(SELECT count(*) FROM labels WHERE state IN ('confirmed','presumed','printed') AND ended_at >= ?)`, since.UnixMilli()).
		Scan(&c.Waiting, &c.Printing, &c.Unknown, &c.Refused, &c.Done)
	return c, err
}
