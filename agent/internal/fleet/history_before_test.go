package fleet_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// TestHadBefore has a station that joins say which orders have their number: those that
// the fleet has not read, has read, has given the same number, and has given another.
func TestHadBefore(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	for id, state := range map[string]string{"read": "accepted", "refused": "refused", "asked": "issuing", "other": "issued", "same": "issued"} {
		number := map[string]string{"other": "JD-fleet", "same": "JD-same"}[id]
		w.SQL(t, fmt.Sprintf(`INSERT INTO miandan.orders (source, order_id, state, waybills) VALUES ('jd', '%s', '%s', array_remove(ARRAY['%s'], ''))`, id, state, number))
	}
	w.SQL(t, `INSERT INTO miandan.order_data SELECT id, 'x' FROM miandan.orders WHERE order_id = 'read'`)
	var had []ledger.Numbered
	for _, id := range []string{"new", "read", "refused", "asked", "other", "same"} {
		had = append(had, ledger.Numbered{Key: order.Key{Source: "jd", ID: id}, Number: waybill.Number("JD-" + id)})
	}
	had = append(had, ledger.Numbered{Key: order.Key{Source: "jd", ID: "deleted"}})
	twice, err := w.one.HadBefore(ctx, had)
	if err != nil || twice != 2 {
		t.Fatalf("%d orders may have two numbers, %v; want 2", twice, err)
	}
	if got := w.Value(t, `SELECT string_agg(concat_ws(' ', order_id, waybills[1]), ', ' ORDER BY order_id) FROM miandan.orders_past`); got != "deleted, new JD-new, read JD-read, refused JD-refused" {
		t.Errorf("at their end are %q", got)
	}
	if got := w.Value(t, `SELECT string_agg(order_id, ', ' ORDER BY order_id) FROM miandan.orders`); got != "asked, other, same" {
		t.Errorf("before the fleet are %q", got)
	}
	if got := w.Value(t, `SELECT string_agg(order_id || ' ' || why || ' ' || station, ', ' ORDER BY order_id) FROM miandan.alarms WHERE kind = 'had-before'`); got != "asked JD-asked bench-1, other JD-other bench-1" {
		t.Errorf("people are told of %q", got)
	}
	if twice, err = w.one.HadBefore(ctx, append(slices.Clone(had[:3]), had[6])); err != nil || twice != 0 { // the answer was lost
		t.Errorf("told again: %d, %v", twice, err)
	}
	if n := w.Value(t, `SELECT count(*) FROM miandan.orders_past`); n != "4" {
		t.Errorf("told again, %s orders are at their end", n)
	}
	w.SQL(t, `UPDATE miandan.stations SET joined = joined - interval '2 hours' WHERE name = 'bench-1'`)
	if _, err := w.one.HadBefore(ctx, had); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("a bench that joined long ago is heard: %v", err)
	}
}
