package ledger

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/order"
	"miandan/printer"
)

func newThief(t *testing.T, dir string) *canary.Thief {
	t.Helper()
	th, err := canary.NewThief(dir)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// opens counts the places at which one of the keys opens sealed data.
func opens(t *testing.T, th *canary.Thief, keys []string) int {
	t.Helper()
	n, err := th.Opens(keys)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var purged = flag.Int("purged", 30, "orders in the search for purged keys")

// busy is a database with a life behind it: orders of many sizes, read again
// and again, some printed, so that pages were split, joined and given up. It
// returns the raw keys of those orders that are due to be purged, and of those
// that are not.
func busy(t *testing.T, b *bench, orders int) (due, live []string) {
	t.Helper()
	var dueID, liveID []string
	for i := range orders {
		id := fmt.Sprint(1000 + i)
		o := b.order(id)
		o.Remark = strings.Repeat("放门口。", i*37%700) // up to two pages
		b.accept(o)
		o.ReadAt = b.now.Add(time.Second)
		o.Remark = strings.Repeat("再读。", i*53%600)
		b.accept(o)
		if i%3 == 2 { // these wait
			liveID = append(liveID, id)
			continue
		}
		dueID = append(dueID, id)
		b.enqueue(o, 1+i%2)
		for range 1 + i%2 {
			b.settle(b.print(Sending), printer.Confirmed)
		}
	}
	th := newThief(t, b.dir)
	raw := func(ids []string) (keys []string) {
		for _, id := range ids {
			var wrapped []byte
			b.do(b.db.Read.QueryRow(`SELECT key FROM orders WHERE platform_id = ?`, id).Scan(&wrapped))
			k, err := th.Unwrap(wrapped)
			b.do(err)
			keys = append(keys, k)
		}
		return keys
	}
	return raw(dueID), raw(liveID)
}

var soon = Retention{Ended: time.Hour, Unknown: time.Hour}

// found counts those keys that the thief finds.
func found(th *canary.Thief, keys []string) (n int) {
	all := th.Keys()
	for _, k := range keys {
		if len(all[k]) > 0 {
			n++
		}
	}
	return n
}

// TestNoPurgedLabelOpens has the key in hand and tries every byte that is left.
func TestNoPurgedLabelOpens(t *testing.T) {
	b := newBench(t)
	due, live := busy(t, b, *purged)
	for _, k := range [][]string{due, live} {
		if n := opens(t, newThief(t, b.dir), k[:10]); n < 10 {
			t.Fatalf("before the purge ten keys open %d sealed texts: the search is blind", n)
		}
	}
	b.now = b.now.Add(2 * time.Hour)
	if n, err := b.Purge(t.Context(), soon); n != len(due) || err != nil {
		t.Fatalf("Purge = %d, %v, want %d", n, err, len(due))
	}
	check := func(when string) {
		t.Helper()
		th := newThief(t, b.dir)
		all := th.Keys()
		for _, k := range due {
			if files := all[k]; len(files) > 0 {
				t.Errorf("%s: a purged key lies in %v", when, files)
			}
			delete(all, k)
		}
		for _, k := range live {
			if len(all[k]) == 0 {
				t.Errorf("%s: the key of an order that waits was not found: the search is blind", when)
			}
			delete(all, k)
		}
		if len(all) > 0 {
			t.Errorf("%s: %d keys of nobody's", when, len(all))
		}
		if n := opens(t, th, live[:10]); n < 10 {
			t.Errorf("%s: ten orders that wait open %d times: the search is blind", when, n)
		}
		// More than is promised: what the purged keys would open is gone too.
		if n := opens(t, th, due); n > 0 {
			t.Errorf("%s: %d sealed texts of purged orders are left", when, n)
		}
	}
	check("while the agent runs")
	b.crash()
	check("after a restart")
}

// The guards one by one: without any of them the search above finds keys.
func TestPurgeNeedsEachOfItsGuards(t *testing.T) {
	const forget = `UPDATE orders SET key = NULL, sealed_order = NULL, sealed_waybill = NULL WHERE ended_at > 0`
	for _, c := range []struct {
		without string
		purge   func(t *testing.T, b *bench)
	}{
		{"the purge", func(*testing.T, *bench) {}},
		{"secure_delete", func(t *testing.T, b *bench) {
			_, err := b.db.Write.Exec(`PRAGMA secure_delete = OFF`)
			b.do(err)
			_, err = b.Purge(t.Context(), soon)
			b.do(err)
		}},
		{"emptying the WAL", func(t *testing.T, b *bench) {
			_, err := b.db.Write.Exec(forget)
			b.do(err)
		}},
	} {
		t.Run(c.without, func(t *testing.T) {
			b := newBench(t)
			due, _ := busy(t, b, 12)
			b.now = b.now.Add(2 * time.Hour)
			c.purge(t, b)
			if n := found(newThief(t, b.dir), due); n == 0 {
				t.Errorf("without %s no purged key is found: TestNoPurgedLabelOpens proves nothing of it", c.without)
			}
		})
	}
}

// TestPurgeMakesUpForReaders: somebody who reads keeps the WAL from being
// emptied. The next purge must make up for it though it finds nobody to purge.
func TestPurgeMakesUpForReaders(t *testing.T) {
	b := newBench(t)
	due, _ := busy(t, b, 9)
	b.now = b.now.Add(2 * time.Hour)
	_, err := b.db.Write.Exec(`PRAGMA busy_timeout = 50`)
	b.do(err)
	reader, err := b.db.Read.BeginTx(context.Background(), nil)
	b.do(err)
	var n int
	b.do(reader.QueryRow(`SELECT count(*) FROM orders`).Scan(&n))
	if n, err := b.Purge(t.Context(), soon); n != len(due) {
		t.Fatalf("Purge = %d, %v, want %d", n, err, len(due))
	}
	if found(newThief(t, b.dir), due) == 0 {
		t.Fatal("the reader held up nothing: the test proves nothing")
	}
	b.do(reader.Rollback())
	if n, err := b.Purge(t.Context(), soon); n != 0 || err != nil {
		t.Fatalf("Purge = %d, %v, want 0", n, err)
	}
	if n := found(newThief(t, b.dir), due); n > 0 {
		t.Errorf("%d purged keys are left after the reader has gone", n)
	}
}

// TestACrashBeforeTheWALIsEmptied leaves it to the next run.
func TestACrashBeforeTheWALIsEmptied(t *testing.T) {
	b := newBench(t)
	due, _ := busy(t, b, 9)
	b.now = b.now.Add(2 * time.Hour)
	// What a purge commits; the crash comes here.
	_, err := b.db.Write.Exec(`UPDATE orders SET key = NULL, sealed_order = NULL, sealed_waybill = NULL WHERE ended_at > 0`)
	b.do(err)
	if found(newThief(t, b.dir), due) == 0 {
		t.Fatal("nothing is left to be emptied: the test proves nothing")
	}
	if n, err := b.Purge(t.Context(), soon); n != 0 || err != nil {
		t.Fatalf("Purge = %d, %v, want 0", n, err)
	}
	if n := found(newThief(t, b.dir), due); n > 0 {
		t.Errorf("%d purged keys are left", n)
	}
}

// TestNoDeletedLabelOpens is the same for orders that a person deletes, one that
// is printed and one that waits, while all others stay.
func TestNoDeletedLabelOpens(t *testing.T) {
	b := newBench(t)
	printed, waiting := busy(t, b, 9)
	gone := []string{printed[0], waiting[0]}
	for _, id := range []string{"1000", "1002"} {
		d, err := b.Delete(t.Context(), order.Key{Source: "jd", ID: id}, Person{Who: "tester", Why: "asked for it"})
		if err != nil || !d.Emptied {
			t.Fatalf("Delete = %+v, %v", d, err)
		}
	}
	th := newThief(t, b.dir)
	if n := found(th, gone); n > 0 {
		t.Errorf("%d deleted keys are left", n)
	}
	if n := opens(t, th, gone); n > 0 {
		t.Errorf("%d sealed texts of deleted orders are left", n)
	}
	rest := append(printed[1:], waiting[1:]...)
	if n := found(th, rest); n != len(rest) {
		t.Errorf("%d keys of %d that stay are found: the search is blind", n, len(rest))
	}
}
