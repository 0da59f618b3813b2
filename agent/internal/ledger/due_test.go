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
