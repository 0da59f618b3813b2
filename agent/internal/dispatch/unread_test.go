package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/printer"
)

// cut is a platform whose network can be taken away.
type cut struct {
	*lists
	off   bool
	asked int
}

func (c *cut) Order(ctx context.Context, id string) (order.Order, error) {
	if c.asked++; c.off {
		return order.Order{}, notice.New("jd-unreachable", errors.New("no route to host"))
	}
	return c.lists.Order(ctx, id)
}

// offline is a desk with a label whose order was read a while ago.
func offline(t *testing.T, prints bool) (*desk, *cut, ledger.Label) {
	d := newDesk(t)
	d.Rules.Fresh, d.Rules.Offline = time.Minute, prints
	d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
	source := &cut{lists: &lists{orders: []order.Order{d.accept("1", nil)}}}
	d.Sources["jd"] = source
	label := d.queue(source.orders[0])
	d.now, source.off = d.now.Add(2*time.Minute), true
	return d, source, label
}

// unread lists the orders of labels that printed without a question.
func (d *desk) unreadOrders() (ids []string) {
	list, err := d.Ledger.Unread(d.t.Context(), "jd", 10)
	d.do(err)
	for _, u := range list {
		ids = append(ids, u.Order.ID)
	}
	return ids
}

// put sends a label to paper as far as the ledger knows.
func (d *desk) put(label ledger.Label) {
	d.t.Helper()
	ctx := d.t.Context()
	a, err := d.Ledger.Prepare(ctx)
	d.do(err)
	d.do(d.Ledger.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "bench-1", Mark: a.Mark.String()}))
	d.do(d.Ledger.Sending(ctx, label))
	_, err = d.Ledger.Settle(ctx, label, ledger.Settled{Outcome: printer.Confirmed, Evidence: printer.Evidence{Method: "process-id", At: d.now}})
	d.do(err)
}

func TestOfflineHolds(t *testing.T) {
	d, _, label := offline(t, false)
	if err := d.fresh(t.Context(), &label); notice.CodeOf(err) != "jd-unreachable" || label.Unread {
		t.Errorf("without a network the label goes on: %v", err)
	}
}

func TestOfflinePrintsAndAsksAfterwards(t *testing.T) {
	for name, c := range map[string]struct {
		state   order.State
		told    notice.Code
		alarmed bool
	}{
		"it ships":                  {order.ToShip, "", false},
		"it was packed meanwhile":   {order.Shipped, "", false},
		"it was cancelled":          {order.Cancelled, "printed-and-changed", true},
		"its buyer wants no parcel": {order.Locked, "printed-and-changed", true},
	} {
		t.Run(name, func(t *testing.T) {
			d, source, label := offline(t, true)
			for range 3 {
				if err := d.fresh(t.Context(), &label); err != nil || !label.Unread {
					t.Fatalf("%v, on record as unread: %v", err, label.Unread)
				}
			}
			if source.asked != 1 {
				t.Errorf("a platform that is away was asked %d times within a moment", source.asked)
			}
			d.put(label)
			var records int
			d.do(d.db.Read.QueryRow(`SELECT count(*) FROM audit WHERE what = 'print-unread'`).Scan(&records))
			if ids := d.unreadOrders(); !slices.Equal(ids, []string{"1"}) || records != 1 {
				t.Fatalf("on the list are %q, %d records", ids, records)
			}
			d.do(d.readUnread(t.Context())) // still away
			if !slices.Equal(d.said, []notice.Code{"labels-unread"}) || len(d.unreadOrders()) != 1 {
				t.Errorf("people were told %q", d.said)
			}
			d.now, source.off, d.said = d.now.Add(time.Minute), false, nil
			source.orders[0].State, source.orders[0].ReadAt = c.state, d.now
			d.do(d.readUnread(t.Context()))
			if ids := d.unreadOrders(); len(ids) > 0 {
				t.Errorf("read since, and still on the list: %q", ids)
			}
			if c.told == "" && len(d.said) > 0 || c.told != "" && !slices.Contains(d.said, c.told) {
				t.Errorf("people were told %q", d.said)
			}
			rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: "1"})
			d.do(err)
			if alarmed := rows[0].Alarm != ""; alarmed != c.alarmed {
				t.Errorf("the alarm is %q", rows[0].Alarm)
			}
			if err := d.fresh(t.Context(), &label); c.state == order.ToShip && err != nil {
				t.Errorf("the network is back: %v", err)
			}
		})
	}
}

// What the platform says otherwise than that it cannot be reached holds a label in
// either case.
func TestOfflineIsNoExcuseForOtherTrouble(t *testing.T) {
	d, source, label := offline(t, true)
	source.off = false
	source.orders[0].State, source.orders[0].ReadAt = order.Paused, d.now
	if err := d.fresh(t.Context(), &label); notice.CodeOf(err) != "order-paused" || label.Unread {
		t.Errorf("a paused order: %v, unread: %v", err, label.Unread)
	}
}

// A label of which nothing was sent has not printed, whatever was on record before.
func TestOfflineListsOnlyWhatWasSent(t *testing.T) {
	d, _, label := offline(t, true)
	ctx := t.Context()
	d.do(d.fresh(ctx, &label))
	a, err := d.Ledger.Prepare(ctx)
	d.do(err)
	d.do(d.Ledger.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "bench-1", Mark: a.Mark.String()}))
	d.do(d.Ledger.Sending(ctx, label))
	_, err = d.Ledger.Settle(ctx, label, ledger.Settled{Outcome: printer.NotSent})
	d.do(err)
	if ids := d.unreadOrders(); len(ids) > 0 {
		t.Errorf("on the list are %q", ids)
	}
}

// What printed without a question of a platform that is in the settings no more, or is
// away for longer, keeps nobody from asking the others.
func TestOfflineAsksThoseThatCanBe(t *testing.T) {
	d := newDesk(t)
	d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
	for i := range unreadMost {
		label := d.queue(d.accept(fmt.Sprint("old ", i), func(o *order.Order) { o.Source = "left" }))
		label.Unread = true
		d.put(label)
	}
	source := &cut{lists: &lists{orders: []order.Order{d.accept("1", nil)}}}
	d.Sources["jd"] = source
	label := d.queue(source.orders[0])
	label.Unread = true
	d.put(label)
	d.do(d.readUnread(t.Context()))
	if source.asked != 1 || len(d.unreadOrders()) != 0 {
		t.Errorf("the platform that can be asked was asked %d times, on its list are %q", source.asked, d.unreadOrders())
	}
}
