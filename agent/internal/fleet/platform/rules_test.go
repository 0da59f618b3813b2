package platform_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

// book is a fleet's database with two platform stations and a bench, in which orders
// are put down as the workers leave them.
type book struct {
	*fleettest.Database
	one, two, bench *fleettest.Member
}

func newBook(t *testing.T) *book {
	t.Helper()
	db := fleettest.New(t)
	return &book{db, db.Join(t, fleet.Station{Name: "office-1", Platform: true}), db.Join(t, fleet.Station{Name: "office-2", Platform: true}),
		db.Join(t, fleet.Station{Name: "bench-1"})}
}

// value asks for one value, as the database's keeper.
func value[T any](t *testing.T, b *book, q string, args ...any) (v T) {
	t.Helper()
	return query[T](t, b.Database, q, args...)
}

// order puts down an order with something sealed, and returns its number here.
func (b *book) order(t *testing.T, name, state string) (id int64) {
	t.Helper()
	return value[int64](t, b, `WITH o AS (INSERT INTO miandan.orders (source, order_id, state, hash, issuer, wanted) VALUES ('practice', $1, $2, '\x01', 'jd-express', true) RETURNING id),
		d AS (INSERT INTO miandan.order_data SELECT id, '\x02' FROM o), w AS (INSERT INTO miandan.order_wraps SELECT id, 'office-1', '\x03' FROM o) SELECT id FROM o`, name, state)
}

// label puts down a label of an order.
func (b *book) label(t *testing.T, order, waybill string, parcel int) int64 {
	t.Helper()
	return value[int64](t, b, `WITH l AS (INSERT INTO miandan.labels (source, order_id, parcel, waybill, mover) VALUES ('practice', $1, $2, $3, 'office-1') RETURNING id),
		d AS (INSERT INTO miandan.label_data SELECT id, '\x02' FROM l), w AS (INSERT INTO miandan.label_wraps SELECT id, 'bench-1', '\x03' FROM l) SELECT id FROM l`, order, parcel, waybill)
}

// issued puts down an order with its labels, one for each of its numbers.
func (b *book) issued(t *testing.T, name string, waybills ...string) (labels []int64) {
	t.Helper()
	id := b.order(t, name, "issued")
	if err := b.Exec(t, `UPDATE miandan.orders SET labelled = true, parcels = $2, waybills = $3 WHERE id = $1`, id, len(waybills), waybills); err != nil {
		t.Fatal(err)
	}
	for i, n := range waybills {
		labels = append(labels, b.label(t, name, n, i))
	}
	return labels
}

// moves brings a label through states.
func (b *book) moves(t *testing.T, label int64, states ...string) {
	t.Helper()
	for _, s := range states {
		if err := b.Exec(t, `UPDATE miandan.labels SET state = $2, station = 'bench-1', mover = 'bench-1', who = 'tester' WHERE id = $1`, label, s); err != nil {
			t.Fatalf("a label to %s: %v", s, err)
		}
	}
}

func call(t *testing.T, m *fleettest.Member, into any, q string, args ...any) error {
	t.Helper()
	return m.Call(t.Context(), "test", q, args, func(r pgx.Rows) error {
		if into == nil {
			return nil
		}
		return r.Scan(into)
	})
}

// outbox lists what is to be told of an order, sorted.
func (b *book) outbox(t *testing.T, name string) string {
	t.Helper()
	list := value[[]string](t, b, `SELECT coalesce(array_agg(x.what || ' ' || x.waybill || CASE WHEN x.late THEN ' late' ELSE '' END ORDER BY x.what, x.waybill), '{}')
		FROM miandan.outbox x JOIN miandan.orders o ON o.id = x.order_id WHERE o.order_id = $1`, name)
	return strings.Join(list, ", ")
}

// asks has a station begin to ask the carrier, and issued keep the answer.
func asks(t *testing.T, m *fleettest.Member, id int64, from string) (epoch int64) {
	t.Helper()
	if err := call(t, m, &epoch, `SELECT miandan.order_issuing($1, $2, '\x01', '')`, id, from); err != nil {
		t.Fatal(err)
	}
	return epoch
}

func keeps(t *testing.T, m *fleettest.Member, id, epoch int64, number string) error {
	t.Helper()
	var other string
	err := call(t, m, &other, `SELECT miandan.order_issued($1, $2, 'Ag==', '{}', $3, $4, 'JD')`, id, epoch, number, []string{number})
	if err == nil && other != "" {
		err = fmt.Errorf("the number is %s's", other)
	}
	return err
}

// The station that asked is given up, another one is elected and asks again. Whenever
// the first one's answer comes, the order travels under one number: the other one goes
// back, once it is known which that is.
func TestLateNumbers(t *testing.T) {
	b := newBook(t)
	b.SQL(t, `UPDATE miandan.settings SET value = '0.01 seconds' WHERE name = 'asking'`)
	given := func(name string) (id, epoch int64) {
		t.Helper()
		id = b.order(t, name, "accepted")
		epoch = asks(t, b.one, id, "accepted")
		time.Sleep(20 * time.Millisecond)
		if err := call(t, b.two, nil, `SELECT miandan.sweep()`); err != nil {
			t.Fatal(err)
		}
		if s := value[string](t, b, `SELECT state FROM miandan.orders WHERE id = $1`, id); s != "issue-unknown" {
			t.Fatalf("an order whose carrier does not answer is %s", s)
		}
		if err := keeps(t, b.one, id, epoch, "LATE-"+name); !errors.Is(err, fleet.ErrTaken) {
			t.Fatalf("the answer of who was given up: %v, want ErrTaken", err)
		}
		return id, epoch
	}
	late := func(id, epoch int64, number string) {
		t.Helper()
		if err := call(t, b.one, nil, `SELECT miandan.order_late($1, $2, $3)`, id, epoch, []string{number}); err != nil {
			t.Fatal(err)
		}
	}
	settled := func(id int64) string {
		return value[string](t, b, `SELECT coalesce((SELECT settled FROM miandan.late_numbers WHERE order_id = $1), 'none')`, id)
	}

	// It comes before the second question is answered.
	id, epoch := given("before")
	late(id, epoch, "LATE-before")
	if b.outbox(t, "before") != "" || settled(id) != "" {
		t.Error("a late number is given back before it is known what the order travels under")
	}
	if value[string](t, b, `SELECT alarm FROM miandan.orders WHERE id = $1`, id) != "number-late" || value[int](t, b, `SELECT count(*) FROM miandan.alarms WHERE kind = 'late-number'`) != 1 {
		t.Error("nobody is told of a late number")
	}
	second := asks(t, b.two, id, "issue-unknown")
	if err := keeps(t, b.two, id, second, "N-before"); err != nil {
		t.Fatal(err)
	}
	if got := b.outbox(t, "before"); got != "cancel LATE-before late" || settled(id) != "given-back" {
		t.Errorf("of the late number is told %q, it is %q", got, settled(id))
	}
	late(id, epoch, "LATE-before") // said twice
	if got := b.outbox(t, "before"); got != "cancel LATE-before late" {
		t.Errorf("said twice: %q", got)
	}

	// After it; and the carrier has given the same number again.
	id, epoch = given("after")
	if err := keeps(t, b.two, id, asks(t, b.two, id, "issue-unknown"), "N-after"); err != nil {
		t.Fatal(err)
	}
	late(id, epoch, "LATE-after")
	if got := b.outbox(t, "after"); got != "cancel LATE-after late" {
		t.Errorf("a number that came after the other: %q", got)
	}
	id, epoch = given("same")
	late(id, epoch, "LATE-same")
	if err := keeps(t, b.two, id, asks(t, b.two, id, "issue-unknown"), "LATE-same"); err != nil {
		t.Fatal(err)
	}
	if got := b.outbox(t, "same"); got != "" || settled(id) != "same" {
		t.Errorf("the number that the order travels under is given back: %q, it is %q", got, settled(id))
	}
	if err := call(t, b.one, nil, `SELECT miandan.order_outcome($1, $2, 'accepted', '', '', '0')`, id, epoch); !errors.Is(err, fleet.ErrTaken) {
		t.Errorf("who was given up says that there is none: %v, want ErrTaken", err)
	}

	// Another order's number is kept for none.
	other := b.order(t, "other", "accepted")
	if err := keeps(t, b.two, other, asks(t, b.two, other, "accepted"), "N-after"); err == nil || !strings.Contains(err.Error(), "after's") {
		t.Errorf("a number that another order has: %v", err)
	}
}

// An order is cancelled before its label has begun: each of its numbers is given back,
// once. Where the carrier has taken it, it may come again with another order; where
// it has refused, a person is told, and the order gets no other number.
func TestNumbersGivenBack(t *testing.T) {
	b := newBook(t)
	cancelled := func(name string) string {
		t.Helper()
		var verdict string
		j := fmt.Sprintf(`{"source": "practice", "id": %q, "said": "cancelled", "state": "skipped", "refusal": "order-cancelled", "content": "AQ==", "same": true, "keep": false,
			"sealed": "Ag==", "wraps": {}, "issuer": "jd-express", "wanted": true, "target": "", "rule": "", "asked": false, "deadline": %q, "read_at": %q}`,
			name, time.Now().Format(time.RFC3339), time.Now().Format(time.RFC3339Nano))
		if err := call(t, b.one, &verdict, `SELECT miandan.order_accept($1)`, j); err != nil {
			t.Fatal(err)
		}
		return verdict
	}
	message := func(number string) int64 {
		return value[int64](t, b, `SELECT id FROM miandan.outbox WHERE waybill = $1 AND what = 'cancel'`, number)
	}
	labels := b.issued(t, "two parcels", "A1", "A2")
	b.SQL(t, `INSERT INTO miandan.order_numbers (number, order_id) SELECT n, o.id FROM miandan.orders o, unnest(o.waybills) n`)
	b.moves(t, labels[0], "claimed")
	if v := cancelled("two parcels"); v != "withdrawn" {
		t.Fatalf("a cancelled order is %s", v)
	}
	if v := cancelled("two parcels"); v != "same" {
		t.Errorf("said twice it is %s", v)
	}
	if got := b.outbox(t, "two parcels"); got != "cancel A1, cancel A2" {
		t.Errorf("given back: %q", got)
	}
	if n := value[int](t, b, `SELECT count(*) FROM miandan.labels WHERE state = 'cancelled'`); n != 2 {
		t.Errorf("%d labels are cancelled, want both", n)
	}
	if err := b.bench.Start(t.Context(), labels[0], 0); !errors.Is(err, fleet.ErrTaken) {
		t.Errorf("who had claimed one starts it: %v, want ErrTaken", err)
	}
	for range 2 { // the answer to the first was lost
		if err := call(t, b.two, nil, `SELECT miandan.message_told($1)`, message("A1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := call(t, b.one, nil, `SELECT miandan.message_refused($1, 'cancel-refused', '[]')`, message("A2")); err != nil {
		t.Fatal(err)
	}
	if got := value[[]string](t, b, `SELECT array_agg(number) FROM miandan.order_numbers`); !slices.Equal(got, []string{"A2"}) {
		t.Errorf("%v are still the order's, want A2 alone", got)
	}
	if got := value[string](t, b, `SELECT alarm FROM miandan.orders WHERE order_id = 'two parcels'`); got != "cancel-refused" {
		t.Errorf("of a number that its carrier does not take back people are told %q", got)
	}
	n := 0
	if err := call(t, b.one, &n, `SELECT count(*) FROM miandan.message($1)`, message("A2")); err != nil || n != 0 {
		t.Errorf("it is told once more: %v", err)
	}

	// One whose label has begun keeps its number, and a person looks.
	begun := b.issued(t, "begun", "B1")
	b.moves(t, begun[0], "claimed", "started")
	if v := cancelled("begun"); v != "too-late" || b.outbox(t, "begun") != "" {
		t.Errorf("an order whose label has begun is %s, and is told %q", v, b.outbox(t, "begun"))
	}
}

// "Shipped" is told when every parcel of the order is on paper by the device's or a
// person's word or was scanned, as the settings have it; once; and never on a
// presumption.
func TestShippedIsTold(t *testing.T) {
	b := newBook(t)
	scan := func(label int64) {
		t.Helper()
		if _, err := b.bench.Scanned(t.Context(), []int64{label}, "packer", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	started := []string{"claimed", "started"}
	for i, row := range []struct {
		setting string
		states  []string // after started
		scanned bool
		want    bool
	}{
		{"never", []string{"confirmed"}, true, false},
		{"scan", []string{"confirmed"}, false, false},
		{"scan", []string{"printed"}, false, false},
		{"scan", []string{"presumed"}, true, true},
		{"scan", []string{"unknown"}, true, true}, // the packer holds it in her hand
		{"confirmed", []string{"presumed"}, false, false},
		{"confirmed", []string{"unknown"}, false, false},
		{"confirmed", []string{"unknown", "not-printed"}, false, false},
		{"confirmed", []string{"confirmed"}, false, true},
		{"confirmed", []string{"presumed", "confirmed"}, false, true},
		{"confirmed", []string{"unknown", "printed"}, false, true},
		{"confirmed", []string{"presumed"}, true, true},
	} {
		b.Setting(t, "shipped", row.setting)
		name, number := fmt.Sprintf("s%d", i), fmt.Sprintf("S%d", i)
		label := b.issued(t, name, number)[0]
		b.moves(t, label, append(started, row.states...)...)
		if row.scanned {
			scan(label)
			scan(label)
		}
		want := ""
		if row.want {
			want = "shipped " + number
		}
		if got := b.outbox(t, name); got != want {
			t.Errorf("%s, a label that was %v, scanned %v: told %q, want %q", row.setting, row.states, row.scanned, got, want)
		}
	}
	// Two parcels: the second one decides, whichever that is, by paper and by scan.
	b.Setting(t, "shipped", "confirmed")
	pair := b.issued(t, "pair", "P1", "P2")
	b.moves(t, pair[1], "claimed", "started", "confirmed")
	if got := b.outbox(t, "pair"); got != "" {
		t.Errorf("with one parcel of two: %q", got)
	}
	b.moves(t, pair[0], "claimed", "started", "presumed")
	if got := b.outbox(t, "pair"); got != "" {
		t.Errorf("with one of two presumed: %q", got)
	}
	scan(pair[0])
	if got := b.outbox(t, "pair"); got != "shipped P1" {
		t.Errorf("with both: %q", got)
	}
	// A label that was superseded is another number's, and says nothing.
	old := b.issued(t, "renumbered", "NEW")
	b.moves(t, b.label(t, "renumbered", "OLD", 0), "superseded")
	b.moves(t, old[0], "claimed", "started", "confirmed")
	if got := b.outbox(t, "renumbered"); got != "shipped NEW" {
		t.Errorf("beside a superseded label: %q", got)
	}
	// A copy is no second parcel.
	if err := call(t, b.one, nil, `SELECT miandan.room_again($1, 'lead', 'torn')`, old[0]); err != nil {
		t.Fatal(err)
	}
	b.moves(t, old[0], "claimed", "started", "confirmed")
	if got := b.outbox(t, "renumbered"); got != "shipped NEW" {
		t.Errorf("after a copy: %q", got)
	}
}

// Personal data goes when its time has come, at every station, and not before: a day
// after the last label has ended, three days if nobody knows what became of it.
func TestDataIsDeletedInTime(t *testing.T) {
	b := newBook(t)
	ago := func(name string, hours int) {
		t.Helper()
		for _, q := range []string{
			`UPDATE miandan.labels SET moved = now() - $2 * interval '1 hour', ended = CASE WHEN ended IS NOT NULL THEN now() - $2 * interval '1 hour' END WHERE order_id = $1`,
			`UPDATE miandan.orders SET moved = now() - $2 * interval '1 hour', ended = CASE WHEN ended IS NOT NULL THEN now() - $2 * interval '1 hour' END WHERE order_id = $1`,
		} {
			if err := b.Exec(t, q, name, hours); err != nil {
				t.Fatal(err)
			}
		}
	}
	ends := func() {
		t.Helper()
		if err := call(t, b.one, nil, `SELECT miandan.end_orders(1000)`); err != nil {
			t.Fatal(err)
		}
	}
	waits := b.issued(t, "waits", "W")
	for name, state := range map[string]string{"done": "confirmed", "fresh": "confirmed", "in doubt": "unknown", "long in doubt": "unknown"} {
		b.moves(t, b.issued(t, name, "X-"+name)[0], "claimed", "started", state)
	}
	half := b.issued(t, "half", "H1", "H2")
	b.moves(t, half[0], "claimed", "started", "confirmed")
	b.order(t, "lost", "issue-unknown")
	b.order(t, "long lost", "issue-unknown")
	ends() // those of which every label has ended
	for name, hours := range map[string]int{"done": 25, "fresh": 23, "in doubt": 71, "long in doubt": 73, "half": 100, "waits": 100, "lost": 71, "long lost": 73} {
		ago(name, hours)
	}
	ends()
	has := func(table string) []string {
		return value[[]string](t, b, fmt.Sprintf(`SELECT coalesce(array_agg(DISTINCT o.order_id ORDER BY o.order_id), '{}') FROM miandan.orders o JOIN miandan.%s d ON d.order_id = o.id`, table))
	}
	want := []string{"fresh", "half", "in doubt", "lost", "waits"}
	for _, table := range []string{"order_data", "order_wraps"} {
		if got := has(table); !slices.Equal(got, want) {
			t.Errorf("%s is there of %v, want %v", table, got, want)
		}
	}
	want = []string{"fresh", "half", "in doubt", "waits"}
	for _, table := range []string{"label_data", "label_wraps"} {
		got := value[[]string](t, b, fmt.Sprintf(`SELECT coalesce(array_agg(DISTINCT l.order_id ORDER BY l.order_id), '{}') FROM miandan.labels l JOIN miandan.%s d ON d.label_id = l.id`, table))
		if !slices.Equal(got, want) {
			t.Errorf("%s is there of %v, want %v", table, got, want)
		}
	}
	var told []string
	err := b.bench.Call(context.WithoutCancel(t.Context()), "deletions", `SELECT order_id FROM miandan.deletions_since(0) ORDER BY order_id`, nil, func(r pgx.Rows) error {
		var name string
		err := r.Scan(&name)
		told = append(told, name)
		return err
	})
	if want := []string{"done", "long in doubt", "long lost"}; err != nil || !slices.Equal(told, want) {
		t.Errorf("stations are told to delete %v, %v; want %v", told, err, want)
	}
	if s := value[string](t, b, `SELECT state FROM miandan.labels WHERE order_id = 'long in doubt'`); s != "unknown" {
		t.Errorf("a label that nobody knows of is %s once its data is gone", s)
	}
	// What waits is not touched, and what is printed again has not ended.
	if err := call(t, b.one, nil, `SELECT miandan.room_again(id, 'lead', 'torn') FROM (SELECT $1::bigint AS id) x`, waits[0]); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("a label that waits is printed again: %v", err)
	}
}
