package ledger

import (
	"context"
	"strings"
	"testing"
)

// What is asked after every commit must take as long in a year as on the first
// day.
func TestWhatIsDueIsFoundByAnIndex(t *testing.T) {
	b := newBench(t)
	for query, index := range map[string]string{nextOrder: "orders_due", nextMessage: "outbox_due"} {
		rows, err := b.db.Read.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, 0, 0)
		b.do(err)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			b.do(rows.Scan(&id, &parent, &unused, &step))
			plan = append(plan, step)
		}
		b.do(rows.Err())
		if all := strings.Join(plan, "; "); !strings.Contains(all, index) || strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("not by %s: %s", index, all)
		}
	}
}

// Each number that a carrier gives is looked up among all that it ever gave.
func TestWhoHasANumberIsFoundByIndexes(t *testing.T) {
	b := newBench(t)
	rows, err := b.db.Read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+whoHas, "jd", "1", "731", 0)
	b.do(err)
	defer rows.Close()
	var all string
	for rows.Next() {
		var id, parent, unused int
		var step string
		b.do(rows.Scan(&id, &parent, &unused, &step))
		all += step + "; "
	}
	b.do(rows.Err())
	for _, index := range []string{"orders_by_waybill", "labels_by_waybill", "labels_by_own"} {
		if !strings.Contains(all, index) {
			t.Errorf("not by %s: %s", index, all)
		}
	}
	if strings.Contains(all, "SCAN o") || strings.Contains(all, "SCAN labels") {
		t.Errorf("a whole table is read: %s", all)
	}
}
