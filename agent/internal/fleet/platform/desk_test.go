package platform_test

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// The carrier has given numbers, and every answer was lost. A person looks them up:
// one order gets the number that it has, another one has none and is asked for anew.
func TestNumbersFoundByHand(t *testing.T) {
	w := newWorld(t, 2)
	var stop []func()
	for _, m := range w.Gateway.Methods() {
		if strings.HasSuffix(m, ".receive") {
			stop = append(stop, w.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true, Method: m}))
		}
	}
	o, closed, err := optionsOf(w.join(t, "office-1"), w.Config, w.db.DSN(), "office-1")
	if err != nil {
		t.Fatal(err)
	}
	desk := platform.NewDesk(o.DB, o.Station)
	ended := w.runs(t, o)
	t.Cleanup(closed)
	t.Cleanup(ended)
	var doubts []fleet.RoomOrder
	until(t, "two orders are in doubt", func() bool {
		// The carrier is asked again of its own accord, and would find what is looked up here.
		w.db.SQL(t, `UPDATE miandan.orders SET next_try = now() + interval '1 day' WHERE state = 'issue-unknown'`)
		if query[int](t, w.db, `SELECT count(*) FROM river.river_job WHERE kind = 'number' AND state = 'running'`) > 0 ||
			query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issue-unknown' AND next_try > now() + interval '1 hour'`) != 2 {
			return false
		}
		if doubts, err = o.DB.RoomOrders(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(doubts) == 2 && doubts[0].State == "issue-unknown" && doubts[1].State == "issue-unknown" && doubts[0].Epoch > 0 && doubts[1].Epoch > 0
	})
	for _, s := range stop {
		s()
	}
	numbers := func(order string) (list []string) {
		for _, e := range w.Gateway.Journal() {
			if e.Event == jdsim.Number && e.Order == order {
				list = append(list, e.Number)
			}
		}
		return list
	}
	ctx, lead := t.Context(), ledger.Person{Who: "lead", Why: "looked it up"}
	one, two := doubts[0], doubts[1]
	at := func(o fleet.RoomOrder) platform.InDoubt { return platform.InDoubt{ID: o.ID, Epoch: o.Epoch} }
	if err := desk.Adopt(ctx, at(one), []string{"12"}, lead); notice.CodeOf(err) != "number-form" {
		t.Errorf("a number that is none: %v", err)
	}
	if err := desk.Adopt(ctx, platform.InDoubt{ID: one.ID, Epoch: one.Epoch - 1}, numbers(one.Order), lead); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("of an order that has moved since it was shown: %v, want ErrMove", err)
	}
	if err := desk.Adopt(ctx, at(one), numbers(one.Order), ledger.Person{Who: "lead"}); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("without a reason: %v, want ErrMove", err)
	}
	if err := desk.Adopt(ctx, at(one), numbers(one.Order), lead); err != nil {
		t.Fatal(err)
	}
	if err := desk.Adopt(ctx, at(one), numbers(one.Order), lead); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("a second time: %v, want ErrMove", err)
	}
	if err := desk.NoNumber(ctx, at(one), lead); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("that it has none, after all: %v, want ErrMove", err)
	}
	if strings.HasPrefix(numbers(one.Order)[0], "JD") == strings.HasPrefix(numbers(two.Order)[0], "JD") { // of the other carrier it is not even one of this form
		if err := desk.Adopt(ctx, at(two), numbers(one.Order), lead); notice.CodeOf(err) != "number-taken" {
			t.Errorf("another order's number: %v, want number-taken", err)
		}
	}
	if err := desk.NoNumber(ctx, at(two), lead); err != nil {
		t.Fatal(err)
	}
	until(t, "both have labels", func() bool {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`) == 2
	})
	if n := numbers(one.Order); len(n) != 1 || query[string](t, w.db, `SELECT waybill FROM miandan.labels WHERE order_id = $1 LIMIT 1`, one.Order) != n[0] {
		t.Errorf("the carrier has given %v for the order whose number was found; its label is under another one", n)
	}
	if n := numbers(two.Order); len(n) == 0 || query[string](t, w.db, `SELECT waybill FROM miandan.labels WHERE order_id = $1 LIMIT 1`, two.Order) != n[len(n)-1] {
		t.Errorf("the carrier has given %v for the order that was to have none; its label is not under the last", n)
	}
	records, err := o.DB.RoomAudit(ctx, one.Order)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range records {
		found = found || r.To == "adopted" && r.Who == "lead" && r.Why == "looked it up" && r.From == "issue-unknown"
	}
	if !found {
		t.Errorf("the record does not say who found the number: %+v", records)
	}
}
