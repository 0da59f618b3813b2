package ledger

import (
	"testing"
	"time"

	"miandan/printer"
)

// fullCount is what Counts must say, counted row by row.
const fullCount = `SELECT
	(SELECT count(*) FROM labels WHERE state = 'queued') +
	(SELECT count(*) FROM orders WHERE state IN ('accepted', 'issuing') OR (state = 'issued' AND labelled = 0)),
	(SELECT count(*) FROM labels WHERE state IN ('claimed', 'rendered', 'intent', 'sending', 'sent')),
	(SELECT count(*) FROM labels WHERE state = 'unknown') + (SELECT count(*) FROM orders WHERE state IN ('issue-unknown', 'changed')),
	(SELECT count(*) FROM orders WHERE state = 'refused'),
	(SELECT count(*) FROM labels WHERE state IN ('confirmed', 'presumed', 'printed') AND ended_at >= ?)`

// tallied is called in every state to which the model drives the ledger.
func (d *real) tallied() {
	d.t.Helper()
	since := d.now.Truncate(quarter)
	is, err := d.Counts(d.t.Context(), since)
	d.do(err)
	var want Counts
	d.do(d.query(fullCount).QueryRow(since.UnixMilli()).Scan(&want.Waiting, &want.Printing, &want.Unknown, &want.Refused, &want.Done))
	if is != want {
		d.t.Errorf("the counts are %+v, want %+v", is, want)
	}
}

func TestDoneIsCountedFromAQuarterOn(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.enqueue(b.order("2"), 1)
	b.settle(b.print(Sending), printer.Confirmed)
	b.now = b.now.Add(quarter)
	b.settle(b.print(Sending), printer.Sent)
	for _, c := range []struct {
		since time.Time
		want  int
	}{{b.now.Add(-time.Hour), 2}, {b.now, 1}, {b.now.Add(quarter), 0}} {
		if is, err := b.Counts(t.Context(), c.since); err != nil || is.Done != c.want {
			t.Errorf("done since %v: %d, %v, want %d", c.since, is.Done, err, c.want)
		}
	}
	if by, err := b.WaitingBy(t.Context()); err != nil || len(by) != 0 {
		t.Errorf("waiting by carrier: %v, %v, want none", by, err)
	}
	b.enqueue(b.order("3"), 2)
	if by, err := b.WaitingBy(t.Context()); err != nil || by["ZTO"] != 2 || len(by) != 1 {
		t.Errorf("waiting by carrier: %v, %v, want two of ZTO", by, err)
	}
	b.crash()
	if is, err := b.Counts(t.Context(), b.now.Add(-time.Hour)); err != nil || is != (Counts{Waiting: 2, Done: 2}) {
		t.Errorf("after a kill: %+v, %v", is, err)
	}
}
