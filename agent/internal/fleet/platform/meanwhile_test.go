package platform_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/jos/jdsim"
)

// Two carriers' answers bring one number for two orders, in the same moment.
func TestANumberOfTwoAtOnce(t *testing.T) {
	b := newBook(t)
	first, second := b.order(t, "first", "accepted"), b.order(t, "second", "accepted")
	epoch, other := asks(t, b.one, first, "accepted"), asks(t, b.two, second, "accepted")
	kept := make(chan error, 1)
	err := b.one.Together(t.Context(), "issued", func(tx *fleet.Tx) error {
		err := tx.Call(t.Context(), `SELECT miandan.order_issued($1, $2, 'Ag==', '{}', 'N1', '{N1}', 'JD')`, []any{first, epoch}, nil)
		if err != nil {
			return err
		}
		go func() { kept <- keeps(t, b.two, second, other, "N1") }()
		until(t, "the second waits for the first", func() bool {
			return value[bool](t, b, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%order_issued%' AND wait_event_type = 'Lock')`)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-kept; err == nil || err.Error() != "the number is first's" {
		t.Errorf("the second order: %v, and the number is %s's", err,
			value[string](t, b, `SELECT o.order_id FROM miandan.order_numbers n JOIN miandan.orders o ON o.id = n.order_id`))
	}
}

// A station makes the key of an order for one that has just joined, and meanwhile the
// order is sealed anew by somebody who does not know of that one.
func TestAKeyOfWhatWasSealedAnew(t *testing.T) {
	b := newBook(t)
	b.order(t, "o", "accepted")
	type missing struct {
		id    int64
		wrap  []byte
		other string
	}
	look := func() (list []missing) {
		t.Helper()
		err := b.one.Call(t.Context(), "test", `SELECT id, wrap, station FROM miandan.wraps_missing(10) WHERE kind = 'order'`, nil, func(r pgx.Rows) error {
			var m missing
			err := r.Scan(&m.id, &m.wrap, &m.other)
			list = append(list, m)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	put := func(m missing) error {
		return call(t, b.one, nil, `SELECT miandan.wrap_put('order', $1, $2, '\x09', $3)`, m.id, m.other, m.wrap)
	}
	old := look()
	if len(old) != 1 || old[0].other != "office-2" {
		t.Fatalf("missing are %v", old)
	}
	b.SQL(t, `SELECT miandan._seal_order(id, '\x04', '{"office-1": "BQ=="}') FROM miandan.orders`)
	if err := put(old[0]); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("the key of what is no more: %v, want ErrMove", err)
	}
	now := look()
	if len(now) != 1 {
		t.Fatal("the other station has a key that opens nothing, and gets no other")
	}
	if err := put(now[0]); err != nil || len(look()) != 0 {
		t.Errorf("the key of what is: %v, missing are %v", err, look())
	}
}

// An office is replaced: the new one joins, and the old one is revoked before it has
// given it the keys of all orders. What nobody can open any more is read anew.
func TestAnOfficeIsReplacedTooSoon(t *testing.T) {
	b := newBook(t)
	b.order(t, "waits", "accepted")
	numbered := b.order(t, "numbered", "issued")
	b.SQL(t, `INSERT INTO miandan.content_keys VALUES ('office-1', '\x01'), ('office-2', '\x02')`, `INSERT INTO miandan.cursors VALUES ('practice', 'far')`,
		fmt.Sprintf(`INSERT INTO miandan.order_wraps VALUES (%d, 'office-2', '\x05')`, b.order(t, "given", "accepted")))
	b.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		_, err := a.Revoke(ctx, "office-1", "it", "replaced")
		return err
	})
	for name, want := range map[string]bool{"waits": false, "numbered": false, "given": true} {
		if b.hasData(t, name) != want {
			t.Errorf("%s is kept: %v", name, !want)
		}
	}
	if got := value[string](t, b, `SELECT cursor FROM miandan.cursors`); got != "" {
		t.Errorf("the platform is read from %q", got)
	}
	if got := value[string](t, b, `SELECT state FROM miandan.orders WHERE id = $1`, numbered); got != "changed" {
		t.Errorf("an order with a number that nobody can label is %s", got)
	}
}

// A cancellation was heard when the order's data was gone, and is taken back.
func TestACancellationAfterThePurgeIsTakenBack(t *testing.T) {
	for _, away := range []bool{false, true} { // whether the order has left the tables that are worked in meanwhile
		b := newBook(t)
		b.Setting(t, "shipped", "scan")
		label := b.issued(t, "o", "W1")[0]
		b.SQL(t, `UPDATE miandan.orders SET deadline = now() + interval '1 hour'`)
		b.moves(t, label, "claimed", "started", "confirmed")
		b.upkeep(t)
		b.ages(t, "o", 30)
		b.upkeep(t)
		if v := b.accepts(t, "o", "cancelled", "skipped", false); v != "too-late" {
			t.Fatalf("cancelled: %s", v)
		}
		if away {
			b.upkeep(t)
		}
		b.accepts(t, "o", "to-ship", "accepted", !away)
		if _, err := b.bench.Scanned(t.Context(), []int64{label}, "packer", time.Now()); err != nil {
			t.Fatal(err)
		}
		if got := b.outbox(t, "o"); got != "shipped W1" {
			t.Errorf("taken back and packed, its platform is told %q", got)
		}
	}
}

// One order that does not open any more does not keep its platform's others from being read.
func TestAnOrderThatDoesNotOpen(t *testing.T) {
	w := newWorld(t, 2)
	w.run(t, "office-1")
	labelled := func() int {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`)
	}
	until(t, "two orders with labels", func() bool { return labelled() == 2 })
	w.db.SQL(t, `UPDATE miandan.order_data SET sealed = '\x00' WHERE order_id = (SELECT min(id) FROM miandan.orders)`)
	more := jdsim.Demo(4, time.Now())
	for i := range more {
		more[i].Modified = time.Now()
	}
	w.Gateway.AddOrder(more...)
	until(t, "the others with labels", func() bool { return labelled() > 2 })
}

// An order whose carrier is not in one station's settings is another station's work, and
// so is what its platform is to be told.
func TestAnAccountThatOneStationHas(t *testing.T) {
	w := newWorld(t, 2)
	w.run(t, "office-1", func(o *platform.Options) { o.Station.Issuers = nil })
	until(t, "orders that office-1 leaves to others", func() bool {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE why = 'carrier-unknown' AND state = 'accepted'`) == 2
	})
	w.run(t, "office-2")
	until(t, "both with labels", func() bool {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`) == 2
	})
}
