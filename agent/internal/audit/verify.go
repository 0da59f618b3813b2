package audit

import (
	"bytes"
	"crypto/hmac"
	"database/sql"
	"fmt"
	"time"
)

// Querier is a database or a transaction.
type Querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

// Fault is what is wrong with a chain.
type Fault string

// The faults. Each is also the code of a notice, with the two numbers of Break.
const (
	Edited     Fault = "audit-edited"     // the record does not say what was written
	Missing    Fault = "audit-missing"    // records are not there
	Misplaced  Fault = "audit-misplaced"  // the record is genuine and does not follow the one before it
	Cut        Fault = "audit-cut"        // the last records are not there
	HeadEdited Fault = "audit-head"       // what the database says of the chain's end is not its own word
	Foreign    Fault = "audit-foreign"    // it is another chain than the one that the key store knows
	Unanchored Fault = "audit-unanchored" // the key store knows of no chain
)

// Break is one place where a chain is broken.
type Break struct {
	Fault Fault `json:"fault"`
	From  int64 `json:"from"` // the first record that it is about
	To    int64 `json:"to"`   // the last
}

// Report is what Verify found.
type Report struct {
	Records int       `json:"records"`
	Since   time.Time `json:"since"` // since when it is unbroken up to its end
	Breaks  []Break   `json:"breaks,omitempty"`
}

// Verify reads the whole chain. The anchor must have been read before the
// database, so that an agent at work is not taken for somebody who cuts; none is
// nil. The database should be a transaction or have no writer.
func (m MAC) Verify(q Querier, anchor *Anchor) (Report, error) {
	v := verifier{mac: m, anchor: anchor}
	if err := each(q, `SELECT `+columns+` FROM audit ORDER BY id`, nil, v.next); err != nil {
		return Report{}, err
	}
	head, own, err := m.Head(q)
	if err != nil {
		return Report{}, err
	}
	v.finish(head, own)
	return v.report, nil
}

type verifier struct {
	mac    MAC
	anchor *Anchor
	report Report
	last   Anchor
	whole  bool // the chain is unbroken since report.Since
}

func (v *verifier) fault(f Fault, from, to int64) {
	v.report.Breaks = append(v.report.Breaks, Break{f, from, to})
	v.whole = false
}

func (v *verifier) next(r Record) error {
	v.report.Records++
	genuine := equal(r.mac, v.mac.record(r))
	if r.Seq > v.last.Count+1 {
		v.fault(Missing, v.last.Count+1, r.Seq-1)
	}
	switch {
	case !genuine:
		v.fault(Edited, r.Seq, r.Seq)
	case r.Seq == v.last.Count+1 && !bytes.Equal(r.prev, follows(v.last)):
		v.fault(Misplaced, r.Seq, r.Seq)
	case r.What == Broken && r.Seq == v.last.Count+1: // the head alone: what is here is whole, whether there was more is not known
		v.fault(HeadEdited, v.last.Count, v.last.Count)
	case v.anchor != nil && r.Seq == v.anchor.Count && !bytes.Equal(r.mac, v.anchor.Last):
		v.fault(Foreign, r.Seq, r.Seq)
	}
	if genuine && !v.whole {
		v.whole, v.report.Since = true, r.At
	}
	v.last = Anchor{r.Seq, r.mac}
	return nil
}

func (v *verifier) finish(head Anchor, own bool) {
	if !own {
		if v.last.Count == 0 && v.anchor != nil && v.anchor.Count == 0 {
			return // a station that has never done anything
		}
		v.fault(HeadEdited, v.last.Count, v.last.Count)
	}
	end := v.last.Count
	if own && head.Count > end {
		end = head.Count
	}
	if v.anchor == nil {
		v.fault(Unanchored, 0, 0)
	} else {
		end = max(end, v.anchor.Count)
	}
	switch {
	case end > v.last.Count:
		v.fault(Cut, v.last.Count+1, end)
	case own && !head.equal(v.last):
		v.fault(HeadEdited, head.Count, v.last.Count)
	}
}

const columns = `id, at, who, what, order_id, subject, label_id, why, prev, mac`

func each(q Querier, query string, args []any, f func(Record) error) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return fmt.Errorf("read the audit: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			r  Record
			at int64

			order, label sql.NullInt64
		)
		if err := rows.Scan(&r.Seq, &at, &r.Who, &r.What, &order, &r.Subject, &label, &r.Why, &r.prev, &r.mac); err != nil {
			return fmt.Errorf("read the audit: %w", err)
		}
		r.At, r.Order, r.Label, r.null = time.UnixMilli(at), order.Int64, label.Int64, [2]bool{!order.Valid, !label.Valid}
		if err := f(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// List returns records, the oldest first: those since a time, of one order by
// its platform's number, or all where these are zero.
func List(q Querier, since time.Time, order string) (all []Record, err error) {
	var from int64
	if !since.IsZero() {
		from = since.UnixMilli()
	}
	err = each(q, `SELECT `+columns+` FROM audit WHERE at >= ?1 AND (?2 = '' OR subject = ?2 OR substr(subject, instr(subject, ':') + 1) = ?2
			OR order_id IN (SELECT id FROM orders WHERE platform_id = ?2)
			OR label_id IN (SELECT id FROM labels WHERE order_id IN (SELECT id FROM orders WHERE platform_id = ?2))) ORDER BY id`,
		[]any{from, order}, func(r Record) error { all = append(all, r); return nil })
	return all, err
}

func equal(a, b []byte) bool { return hmac.Equal(a, b) }
