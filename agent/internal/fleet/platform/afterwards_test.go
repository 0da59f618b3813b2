package platform_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/jos/jdsim"
)

// ages puts an order and its labels back by hours.
func (b *book) ages(t *testing.T, name string, hours int) {
	t.Helper()
	for _, q := range []string{
		`UPDATE miandan.labels SET moved = now() - $2 * interval '1 hour', ended = CASE WHEN ended IS NOT NULL THEN now() - $2 * interval '1 hour' END WHERE order_id = $1`,
		`UPDATE miandan.orders SET accepted = now() - $2 * interval '1 hour', moved = now() - $2 * interval '1 hour', ended = CASE WHEN ended IS NOT NULL THEN now() - $2 * interval '1 hour' END WHERE order_id = $1`,
	} {
		if err := b.Exec(t, q, name, hours); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *book) does(t *testing.T, q string, args ...any) {
	t.Helper()
	if err := call(t, b.one, nil, q, args...); err != nil {
		t.Fatal(err)
	}
}

// upkeep is what a platform station does by itself, the sweep first, as it comes more often.
func (b *book) upkeep(t *testing.T) {
	t.Helper()
	b.does(t, `SELECT miandan.tidy(100)`)
	b.does(t, `SELECT miandan.end_orders(100)`)
	b.does(t, `SELECT miandan.tidy(100)`)
}

func (b *book) hasData(t *testing.T, name string) bool {
	t.Helper()
	return value[bool](t, b, `SELECT EXISTS (SELECT FROM miandan.orders o JOIN miandan.order_data d ON d.order_id = o.id WHERE o.order_id = $1)`, name)
}

// A parcel is printed on Friday and packed on Monday, when nothing is left of its order
// where work is done: its platform is told, however long that takes.
func TestShippedAfterAWeekend(t *testing.T) {
	b := newBook(t)
	b.Setting(t, "shipped", "scan")
	label := b.issued(t, "friday", "F1")[0]
	b.moves(t, label, "claimed", "started", "confirmed")
	b.upkeep(t)
	b.ages(t, "friday", 60)
	b.upkeep(t)
	if n := value[int](t, b, `SELECT count(*) FROM miandan.orders_past WHERE order_id = 'friday'`); n != 1 {
		t.Fatal("the order has not left the tables that are worked in")
	}
	if n := value[int](t, b, `SELECT count(*) FROM miandan.deletions WHERE order_id = 'friday'`); n != 1 {
		t.Errorf("%d times the stations hear that its data goes, want once", n)
	}
	if _, err := b.bench.Scanned(t.Context(), []int64{label}, "packer", time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := b.outbox(t, "friday"); got != "shipped F1" {
		t.Fatalf("told: %q", got)
	}
	due := func() (n int) {
		t.Helper()
		if err := call(t, b.one, &n, `SELECT count(*) FROM miandan.message(1)`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	b.upkeep(t) // the platform is away
	if due() != 1 {
		t.Error("what is to be told is lost with its order")
	}
	b.does(t, `SELECT miandan.message_told(1)`)
	b.upkeep(t)
	if n := value[int](t, b, `SELECT count(*) FROM miandan.orders WHERE order_id = 'friday'`); n != 0 || due() != 0 {
		t.Error("an order of which all is told stays for ever")
	}
}

// A number is one order's also when that has ended and left.
func TestANumberOfAnOrderThatHasEnded(t *testing.T) {
	b := newBook(t)
	id := b.order(t, "first", "accepted")
	if err := keeps(t, b.one, id, asks(t, b.one, id, "accepted"), "N1"); err != nil {
		t.Fatal(err)
	}
	b.SQL(t, `UPDATE miandan.orders SET labelled = true, parcels = 1`)
	b.moves(t, b.label(t, "first", "N1", 0), "claimed", "started", "confirmed")
	b.upkeep(t)
	b.ages(t, "first", 30)
	b.upkeep(t)
	id = b.order(t, "second", "accepted")
	if err := keeps(t, b.one, id, asks(t, b.one, id, "accepted"), "N1"); err == nil || err.Error() != "the number is first's" {
		t.Errorf("a number that another order has had yesterday: %v", err)
	}
}

// The net under River is not full of what nobody wants yet.
func TestTheSweepFindsWhatIsWanted(t *testing.T) {
	b := newBook(t)
	b.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return platform.Prepare(ctx, a.Conn()) })
	b.SQL(t, `WITH o AS (INSERT INTO miandan.orders (source, order_id, state, hash, issuer, deadline)
		SELECT 'practice', 'wave ' || i, 'accepted', '\x01', 'jd-express', now() FROM generate_series(1, 600) i RETURNING id)
		INSERT INTO miandan.order_data SELECT id, '\x02' FROM o`)
	id := b.order(t, "wanted", "accepted")
	b.SQL(t, fmt.Sprintf(`UPDATE miandan.orders SET deadline = now() + interval '1 day' WHERE id = %d`, id))
	b.does(t, `SELECT miandan.sweep()`)
	if n := value[int](t, b, `SELECT count(*) FROM river.river_job WHERE kind = 'number' AND (args->>'order')::bigint = $1`, id); n != 1 {
		t.Errorf("%d jobs for an order that is wanted, behind 600 that are not", n)
	}
}

// What is sealed of an order goes that nobody ever prints, and of which its platform
// speaks no more.
func TestDataOfOrdersThatNobodyPrints(t *testing.T) {
	b := newBook(t)
	for _, state := range []string{"accepted", "refused"} {
		for name, days := range map[string]int{"old " + state: 31, "new " + state: 29, "spoken of " + state: 31} {
			b.order(t, name, state)
			b.ages(t, name, 24*days)
		}
	}
	b.SQL(t, `UPDATE miandan.orders SET read_at = now() WHERE order_id LIKE 'spoken%'`)
	b.upkeep(t)
	for name, want := range map[string]bool{"old accepted": false, "old refused": false, "new accepted": true, "new refused": true, "spoken of accepted": true, "spoken of refused": true} {
		if b.hasData(t, name) != want {
			t.Errorf("there is data of one that is %s: %v", name, !want)
		}
	}
	// It comes back as it is then.
	b.ages(t, "old accepted", 30)
	b.upkeep(t)
	if v := b.accepts(t, "old accepted", "to-ship", "accepted", true); v != "replaced" || !b.hasData(t, "old accepted") {
		t.Errorf("read again it is %s", v)
	}
}

// accepts has office-1 read an order.
func (b *book) accepts(t *testing.T, name, said, state string, same bool) (verdict string) {
	t.Helper()
	refusal := ""
	if said != "to-ship" {
		refusal = "order-cancelled"
	}
	j := fmt.Sprintf(`{"source": "practice", "id": %q, "said": %q, "state": %q, "refusal": %q, "content": "AQ==", "same": %v, "keep": false,
		"sealed": "Ag==", "wraps": {}, "issuer": "jd-express", "wanted": true, "target": "", "rule": "", "asked": false, "deadline": %q, "read_at": %q}`,
		name, said, state, refusal, same, time.Now().Format(time.RFC3339), time.Now().Format(time.RFC3339Nano))
	if err := call(t, b.one, &verdict, `SELECT miandan.order_accept($1)`, j); err != nil {
		t.Fatal(err)
	}
	return verdict
}

// An order that has long waited, and then nobody knows whether it has its number: its
// time begins with that, and not anew with each question.
func TestDoubtIsCountedFromItsBeginning(t *testing.T) {
	b := newBook(t)
	id := b.order(t, "long", "accepted")
	b.ages(t, "long", 100)
	unknown := func(from string) {
		t.Helper()
		b.does(t, `SELECT miandan.order_outcome($1, $2, 'issue-unknown', '', '', '0')`, id, asks(t, b.one, id, from))
		b.upkeep(t)
	}
	unknown("accepted")
	if !b.hasData(t, "long") {
		t.Error("its data is gone before anybody could look")
	}
	b.SQL(t, `UPDATE miandan.orders SET moved = now() - interval '73 hours'`)
	unknown("issue-unknown")
	if b.hasData(t, "long") {
		t.Error("its data stays as long as its carrier is asked")
	}
}

// A customer cancels, or moves, while the carrier is asked: there is no label of what was.
func TestCancelledWhileItsCarrierIsAsked(t *testing.T) {
	b := newBook(t)
	for said, want := range map[string]string{"cancelled": "cancelled cancel N-cancelled", "to-ship": "changed "} {
		id := b.order(t, said, "accepted")
		epoch := asks(t, b.one, id, "accepted")
		if v := b.accepts(t, said, said, "accepted", said == "cancelled"); v != "too-late" {
			t.Fatalf("%s while its carrier is asked: %s", said, v)
		}
		if err := keeps(t, b.one, id, epoch, "N-"+said); err != nil {
			t.Fatal(err)
		}
		if got := value[string](t, b, `SELECT state FROM miandan.orders WHERE id = $1`, id) + " " + b.outbox(t, said); got != want {
			t.Errorf("with its number it is %q, want %q", got, want)
		}
	}
	// It was taken back meanwhile.
	id := b.order(t, "back", "accepted")
	epoch := asks(t, b.one, id, "accepted")
	b.accepts(t, "back", "cancelled", "skipped", true)
	b.accepts(t, "back", "to-ship", "accepted", true)
	if err := keeps(t, b.one, id, epoch, "N-back"); err != nil {
		t.Fatal(err)
	}
	if got := value[string](t, b, `SELECT state FROM miandan.orders WHERE id = $1`, id); got != "issued" {
		t.Errorf("cancelled, and then not: %s", got)
	}
}

// A station that was away for long hears what was deleted, and not of what has come to
// life again since.
func TestWhatCameBackIsNotDeleted(t *testing.T) {
	b := newBook(t)
	b.order(t, "gone", "skipped")
	b.order(t, "back", "skipped")
	b.SQL(t, `SELECT miandan._delete('practice', 'gone')`, `SELECT miandan._delete('practice', 'back')`)
	if v := b.accepts(t, "back", "to-ship", "accepted", false); v != "replaced" {
		t.Fatalf("an order that is to be shipped after all: %s", v)
	}
	list, _, err := b.bench.Deletions(t.Context(), 0)
	if err != nil || len(list) != 1 || list[0].Order.ID != "gone" {
		t.Errorf("deleted: %v, %v", list, err)
	}
}

// The only office breaks with an order that had no number yet. It is revoked, another one
// comes, and the order gets its label there.
func TestTheLastOfficeIsLost(t *testing.T) {
	w := newWorld(t, 3)
	stop := w.run(t, "office-1")
	labelled := func() int {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`)
	}
	until(t, "three orders with labels", func() bool { return labelled() == 3 })
	stop()
	w.db.SQL(t, `UPDATE miandan.orders SET state = 'accepted', labelled = false, waybills = '{}' WHERE id = (SELECT min(id) FROM miandan.orders)`,
		`DELETE FROM miandan.labels l USING miandan.orders o WHERE l.order_id = o.order_id AND o.state = 'accepted'`)
	w.db.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		_, err := a.Revoke(ctx, "office-1", "it", "it burned")
		return err
	})
	w.run(t, "office-2")
	until(t, "the third has its label again", func() bool { return labelled() == 3 })
	if n := query[int](t, w.db, `SELECT count(*) FROM miandan.labels`); n != 3 {
		t.Errorf("%d labels of three orders", n)
	}
}

// What waited for its wave was doubted, the wave has ended, and a person has it printed.
func TestACopyOfAnEndedWavesLabelPrints(t *testing.T) {
	b := newBook(t)
	id := b.order(t, "o1", "accepted")
	wave := b.begins(t, id)
	b.numbers(t, id, "o1")
	if err := b.one.TurnWave(t.Context(), wave, fleet.WaveClosed, "lead", "truck has left"); err != nil {
		t.Fatal(err)
	}
	b.SQL(t, `SELECT miandan._doubt(1)`)
	label, epoch := value[int64](t, b, `SELECT id FROM miandan.labels`), value[int64](t, b, `SELECT epoch FROM miandan.labels`)
	if err := b.one.Decide(t.Context(), fleet.Ref{ID: label, Epoch: epoch}, fleet.NotPrinted, "lead", "looked"); err != nil {
		t.Fatal(err)
	}
	if err := b.one.PrintAgain(t.Context(), label, "lead", "next truck"); err != nil {
		t.Fatal(err)
	}
	if got := namesOf(b.claims(t, 1)); len(got) != 1 {
		t.Errorf("%v are claimed, want the copy", got)
	}
}

// A bench that was stolen tells the offices to take no more orders on. They go on.
func TestABenchDoesNotStopTheOffice(t *testing.T) {
	w := newWorld(t, 2)
	w.run(t, "office-1")
	bench := w.db.Join(t, fleet.Station{Name: "bench-1"})
	labelled := func() int {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`)
	}
	until(t, "two orders with labels", func() bool { return labelled() == 2 })
	if _, err := bench.Pool().Exec(t.Context(), `SELECT pg_notify('river.river_control', '{"action": "pause", "queue": "*"}')`); err != nil {
		t.Fatal(err)
	}
	more := jdsim.Demo(4, time.Now())
	for i := range more {
		more[i].Modified = time.Now()
	}
	w.Gateway.AddOrder(more...)
	until(t, "more orders with labels", func() bool { return labelled() > 2 })
}

// What stands beside orders goes when they have gone, and not before.
func TestNothingGrowsForEver(t *testing.T) {
	b := newBook(t)
	id := b.order(t, "o", "accepted")
	for _, months := range []int{1, 4, 6} {
		b.SQL(t, fmt.Sprintf(`WITH at AS (SELECT now() - interval '%[1]d months' AS at),
			n AS (INSERT INTO miandan.order_numbers SELECT 'N%[1]d', %[2]d, at FROM at), l AS (INSERT INTO miandan.late_numbers SELECT %[2]d, 'L%[1]d', 's', 1, 0, at, 'same' FROM at),
			x AS (INSERT INTO miandan.outbox (order_id, what, waybill, renewed, done_at) SELECT %[2]d, 'shipped', 'N%[1]d', 0, at FROM at),
			c AS (INSERT INTO miandan.scans SELECT %[1]d, 's', '', at FROM at), d AS (INSERT INTO miandan.deletions (source, order_id, at) SELECT 's', '%[1]d', at FROM at),
			w AS (INSERT INTO miandan.waves (id, state, target, who, closed) SELECT %[1]d, 'closed', '', '', at FROM at)
			SELECT 1`, months, id), fmt.Sprintf(`INSERT INTO miandan.wave_orders SELECT %d, 1, %d`, months, id))
	}
	b.SQL(t, fmt.Sprintf(`INSERT INTO miandan.outbox (order_id, what, waybill, renewed, at) VALUES (%d, 'cancel', 'not told', 0, now() - interval '1 year')`, id))
	b.does(t, `SELECT miandan.tidy_months()`)
	for table, want := range map[string]int{"order_numbers": 2, "late_numbers": 2, "outbox": 3, "scans": 2, "deletions": 2, "waves": 2, "wave_orders": 2} {
		if n := value[int](t, b, `SELECT count(*) FROM miandan.`+table); n != want {
			t.Errorf("%d rows of %s are left, want %d", n, table, want)
		}
	}
}

// A cancellation is heard when the order's data is gone and the order itself has left the
// tables that are worked in: its parcel may lie here still.
func TestACancellationIsHeardAfterThePurge(t *testing.T) {
	b := newBook(t)
	b.Setting(t, "shipped", "scan")
	for name, want := range map[string]string{"here": "too-late", "left": "same", "long ago": "same"} {
		label := b.issued(t, name, "C-"+name)[0]
		b.SQL(t, fmt.Sprintf(`UPDATE miandan.orders SET deadline = now() + interval '1 hour' * %d WHERE order_id = '%s'`, map[string]int{"here": 1, "left": 1, "long ago": -25}[name], name))
		b.moves(t, label, "claimed", "started", "confirmed")
		if name == "left" {
			if _, err := b.bench.Scanned(t.Context(), []int64{label}, "packer", time.Now()); err != nil {
				t.Fatal(err)
			}
			b.SQL(t, `UPDATE miandan.outbox SET done_at = now()`)
		}
		b.upkeep(t)
		b.ages(t, name, 30)
		b.upkeep(t)
		if n := value[int](t, b, `SELECT count(*) FROM miandan.orders_past WHERE order_id = $1`, name); n != 1 {
			t.Fatalf("%s has not left the tables that are worked in", name)
		}
		if v := b.accepts(t, name, "cancelled", "skipped", true); v != want {
			t.Errorf("cancelled, with its parcel %s: %s, want %s", name, v, want)
		}
		b.upkeep(t)
		if v := b.accepts(t, name, "cancelled", "skipped", true); v != "same" {
			t.Errorf("said again, with its parcel %s: %s", name, v)
		}
	}
	if n := value[int](t, b, `SELECT count(*) FROM miandan.alarms WHERE kind = 'too-late' AND order_id = 'here'`); n != 1 {
		t.Errorf("%d alarms, want one", n)
	}
}

// A parcel is scanned whose order was cancelled: its platform is not told that it has
// left, unless the order ships after all.
func TestACancelledParcelIsScanned(t *testing.T) {
	b := newBook(t)
	b.Setting(t, "shipped", "scan")
	label := b.issued(t, "o", "W1")[0]
	b.moves(t, label, "claimed", "started", "confirmed")
	if v := b.accepts(t, "o", "cancelled", "skipped", true); v != "too-late" {
		t.Fatalf("cancelled: %s", v)
	}
	if _, err := b.bench.Scanned(t.Context(), []int64{label}, "packer", time.Now()); err != nil {
		t.Fatal(err)
	}
	if got, n := b.outbox(t, "o"), value[int](t, b, `SELECT count(*) FROM miandan.alarms WHERE kind = 'too-late'`); got != "" || n != 2 {
		t.Errorf("its platform is told %q, people %d times; want twice", got, n)
	}
	b.accepts(t, "o", "to-ship", "accepted", true)
	if got := b.outbox(t, "o"); got != "shipped W1" {
		t.Errorf("taken back, its platform is told %q", got)
	}
}
