package ledger

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// BenchmarkDesk times what stands between a scan and the way to paper, with ten
// thousand orders that wait for it. A tenth of them have the commonest goods.
func BenchmarkDesk(b *testing.B) {
	const waiting = 10_000
	b.Setenv(seal.KeysEnv, filepath.Join(b.TempDir(), "keys"))
	dir := b.TempDir()
	keys, err := seal.OpenKeystore(dir)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(err)
	s, err := seal.Open(keys, dir, false)
	must(err)
	db, err := store.Open(b.Context(), dir)
	must(err)
	b.Cleanup(func() { db.Close() })
	l := New(db, s, time.Now)
	_, err = l.Recover(b.Context())
	must(err)
	now := time.Now()
	must(l.tx(b.Context(), func(tx *sql.Tx) error {
		for i := range waiting {
			o := order.Order{
				Key: order.Key{Source: "jd", ID: fmt.Sprintf("3120%08d", i)}, State: order.ToShip, Merchant: order.SOP, PhoneKind: waybill.PhoneReal,
				Receiver: waybill.Party{Name: pii.NewName("演示张三"), Phone: pii.NewPhone("13800000001"), Address: pii.NewAddress(pii.Region{Province: "浙江"}, "演示路1号")},
				Items:    []waybill.Item{{SKU: "CUP", Quantity: 1}}, PaidAt: now.Add(time.Duration(i) * time.Second), ReadAt: now,
			}
			if i%10 > 0 {
				o.Items = append(o.Items, waybill.Item{SKU: fmt.Sprintf("SKU-%d", i%500), Quantity: 1 + i%3})
			}
			if err := l.insert(tx, o, Plan{Issuer: "wujie/ZTO"}, l.content(o)); err != nil {
				return err
			}
		}
		return nil
	}))
	p := Person{Who: "bench"}
	i := 0
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"order by its number", func() error { i++; _, err := l.Find(b.Context(), fmt.Sprintf("3120%08d", i%waiting)); return err }},
		{"a number that is not known", func() error { _, err := l.Find(b.Context(), "JDVA00000000011-1-1-"); return only(err, ErrNoOrder) }},
		{"ask for the commonest goods", func() error {
			_, err := l.AskFor(b.Context(), map[string]int{"CUP": 1}, p)
			return only(err, ErrNothing)
		}},
		{"count what has others besides", func() error { _, err := l.Matching(b.Context(), map[string]int{"CUP": 1}); return err }},
		{"ask for the next", func() error { _, err := l.AskNext(b.Context(), p); return only(err, ErrNothing) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				must(c.do())
			}
		})
	}
}

// only is nil for the error that is expected.
func only(err, expected error) error {
	if err == nil || err == expected {
		return nil
	}
	return err
}
