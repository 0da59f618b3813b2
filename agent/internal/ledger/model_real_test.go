package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// real is the ledger itself, on a disk, as the model sees it: it makes the model's
// calls and reads its tables as the model's book.
type real struct {
	*bench
	rules
	ids      [labels]int64
	contents [2][]byte
	reported map[string]int
	queries  map[string]*sql.Stmt
	names    map[string]string // the columns of tables

	// What a walk has in its hands. Otherwise handles are made up from the model.
	numbering *Numbering
	held      map[int64]*Label // by their number

	lives []life
}

func newReal(t *testing.T, r rules) *real {
	d := &real{bench: newBench(t), rules: r, reported: map[string]int{}, lives: []life{{}}}
	for v := range d.contents {
		d.contents[v] = d.content(d.told(uint8(v), false))
	}
	return d
}

// told is the order as the platform tells of it.
func (d *real) told(version uint8, gone bool) order.Order {
	o := d.order("7")
	o.PaidAt = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	if version == 1 {
		o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "演示路2号")
	}
	if gone {
		o.State = order.Cancelled
	}
	return o
}

func (d *real) numbered(n uint8) waybill.Waybill {
	w := bill(d.told(0, false), d.Parcels)
	w.Number = waybill.Number(fmt.Sprintf("7300000%d", n))
	for i := range w.Parcels {
		w.Parcels[i].Barcode = fmt.Sprintf("%s-%d", w.Number, i+1)
	}
	return w
}

// code is what a scanner reads from a label.
func (d *real) code(label int) string {
	if d.Parcels == 2 {
		return d.numbered(1).Parcels[label].Barcode
	}
	return d.numbered(uint8(label) + 1).Parcels[0].Barcode
}

var theirPaper = Paper{Template: "wujie-76x130", Size: "76x130"}

// make makes the call that the model makes. b is where the model stands.
func (d *real) make(b book, c call) (word string, err error) {
	d.now = d.now.Add(time.Millisecond)
	ctx, key, who := d.t.Context(), d.told(0, false).Key, Person{Who: "tester", Why: "demonstration"}
	said := Problem{Code: "carrier-refused", Args: []any{"7", "no"}}
	switch c.What {
	case "accept":
		o := d.told(c.Version, c.Cancelled)
		v, err := d.Accept(ctx, o, Plan{Issuer: plan.Issuer, Wanted: true, Refusal: o.NumberAsked(), Asked: c.Asked})
		return string(v), err
	case "issuing":
		n := Numbering{Order: d.told(c.Version, false), content: d.contents[c.Version]}
		if d.numbering != nil {
			n = *d.numbering
		}
		return "", d.Issuing(ctx, n)
	case "issued":
		return "", d.Issued(ctx, key, d.numbered(c.Number), time.Millisecond)
	case "refused":
		return "", d.RefuseIssue(ctx, key, said)
	case "not issued":
		return "", d.NotIssued(ctx, key, said, 0)
	case "issue lost":
		return "", d.IssueLost(ctx, key, said, 0)
	case "enqueue":
		return "", d.Enqueue(ctx, key, d.numbered(c.Number), theirPaper, time.Millisecond)
	case "no number":
		return "", d.ResolveNoNumber(ctx, key, who)
	case "given back":
		return "", d.givenBack(ctx, c.Number)
	case "purge":
		_, err := d.Purge(ctx, Retention{Stale: time.Millisecond})
		return "", err
	case "delete":
		_, err := d.Delete(ctx, key, who)
		return "", err
	case "recover":
		return "", d.start(ctx, c.Restored)
	case "claim":
		l, err := d.Claim(ctx, Claimant{Printer: fmt.Sprint("bench-", c.Printer), Paper: theirPaper.Size})
		for i, id := range d.ids {
			if err == nil && id == l.ID {
				word = fmt.Sprint("label ", i+1)
			}
		}
		if d.held != nil {
			d.held[l.ID] = &l
		}
		return word, err
	}
	return "", d.makeOfLabel(ctx, b, c, who)
}

func (d *real) makeOfLabel(ctx context.Context, b book, c call, who Person) error {
	l := &Label{ID: d.ids[c.Label], attempt: int(b.Labels[c.Label].Tries)}
	if c.Old {
		l.attempt--
	}
	if d.held[l.ID] != nil {
		l = d.held[l.ID]
	}
	settle := func(o printer.Outcome) error {
		_, err := d.Settle(ctx, *l, Settled{Outcome: o, Evidence: printer.Evidence{Method: "process-id", At: d.now}})
		return err
	}
	switch c.What {
	case "rendered":
		return d.Rendered(ctx, l.ID)
	case "release":
		return d.Release(ctx, l.ID, Problem{Code: "printer-off"}, 0)
	case "intend":
		a := Attempt{Mark: printer.MarkAt(0), Document: "demonstration"}
		if _, _, ok := d.apply(b, c); ok { // a refused call uses up no process ID
			var err error
			if a, err = d.Prepare(ctx); err != nil {
				return err
			}
		}
		base := printer.Baseline{Printer: fmt.Sprint("bench-", b.Labels[c.Label].Printer), Mark: a.Mark.String()}
		if ahead, _ := b.onTheWay(c.Label); c.Behind {
			err := d.db.Read.QueryRow(`SELECT mark FROM attempts WHERE label_id = ? ORDER BY n DESC LIMIT 1`, d.ids[ahead]).Scan(&base.Follows)
			if err != nil {
				return err
			}
		}
		return d.Intend(ctx, l, a, [32]byte{1}, base)
	case "sending":
		return d.Sending(ctx, *l)
	case "not sent":
		return settle(printer.NotSent)
	case "uncertain":
		return settle(printer.Uncertain)
	case "sent":
		return settle(printer.Sent)
	case "confirmed":
		return settle(printer.Confirmed)
	case "printed":
		return d.ResolvePrinted(ctx, l.ID, who)
	case "not printed":
		cleared := ""
		if c.Cleared {
			cleared = "the printer answered a process ID behind it"
		}
		return d.ResolveNotPrinted(ctx, l.ID, who, cleared)
	case "reprint":
		_, err := d.Reprint(ctx, d.code(c.Label), who)
		return err
	case "scanned":
		_, err := d.Scanned(ctx, d.code(c.Label), who)
		return err
	case "ship":
		return d.Ship(ctx, l.ID)
	}
	return fmt.Errorf("the test cannot make the call %q", c.What)
}

func (d *real) givenBack(ctx context.Context, number uint8) error {
	m, err := d.NextMessage(ctx)
	for err == nil && (m.What != "cancel" || m.Number != d.numbered(number).Number) {
		return fmt.Errorf("the message that is due is %s of %s", m.What, m.Number)
	}
	if err != nil {
		return err
	}
	return d.Told(ctx, m.ID)
}

// start is the agent's start on what is on disk. That a copy is older is known by
// a key store which has counted more starts.
func (d *real) start(ctx context.Context, restored bool) error {
	l := New(d.db, d.seal, func() time.Time { return d.now })
	l.marks.lot = 1 // the model counts them
	if restored {
		kept, err := d.seal.BootCount()
		if err != nil {
			return err
		}
		if err := d.seal.SetBootCount(kept + 3); err != nil {
			return err
		}
	}
	before := d.lastMark()
	found, err := l.Recover(ctx)
	if err == nil && restored {
		d.begins(before, d.lastMark())
	}
	if err == nil && found.Restored != restored {
		err = fmt.Errorf("taken for a restored copy: %v, want %v", found.Restored, restored)
	}
	d.Ledger = l
	return err
}
