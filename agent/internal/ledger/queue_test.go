package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

// numbersOfRows are the platform's numbers of rows, in their order.
func numbersOfRows(rows []Row) string {
	var list []string
	for _, r := range rows {
		list = append(list, r.Order.ID)
	}
	return strings.Join(list, " ")
}

func (b *bench) queue(v Look) string {
	b.t.Helper()
	if v.Limit == 0 {
		v.Limit = 10
	}
	v.Since = b.now.Add(-6 * time.Hour)
	q, err := b.Queue(b.t.Context(), v)
	b.do(err)
	text := fmt.Sprintf("%s | %s | %s | %s", numbersOfRows(q.Person), numbersOfRows(q.Waiting), numbersOfRows(q.Refused), numbersOfRows(q.Ended))
	if q.More > 0 {
		text += fmt.Sprintf(" | %d more", q.More)
	}
	return text
}

func TestTheQueueHasEachKindInItsOrder(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	paid := b.now
	add := func(id string, hours int) {
		o := b.order(id)
		o.PaidAt = paid.Add(time.Duration(hours) * time.Hour)
		b.enqueue(o, 1)
	}
	for i, id := range []string{"501", "502", "503", "504"} { // two on paper, one in hand, one unknown
		add(id, i-9)
	}
	b.settle(b.print(Sending), printer.Confirmed)
	b.now = b.now.Add(time.Minute)
	b.settle(b.print(Sending), printer.Confirmed)
	b.settle(b.print(Sending), printer.Uncertain)
	b.print(Claimed)
	add("601", 3)
	add("602", 1)
	o := b.order("603")
	o.PaidAt = paid.Add(2 * time.Hour)
	b.accept(o)
	o = b.order("604")
	_, err := b.Accept(ctx, o, Plan{Refusal: "no-route"})
	b.do(err)
	b.now = b.now.Add(time.Minute)
	o = b.order("605")
	_, err = b.Accept(ctx, o, Plan{Refusal: "order-cancelled"})
	b.do(err)

	for _, c := range []struct {
		name string
		v    Look
		want string
	}{
		{"all", Look{}, "503 | 504 602 603 601 | 604 605 | 502 501"},
		{"two of each", Look{Limit: 2}, "503 | 504 602 | 604 605 | 502 501 | 2 more"},
		{"a carrier", Look{Carrier: "ZTO", Limit: 2}, "503 | 504 602 |  | 502 501 | 1 more"},
		{"another carrier", Look{Carrier: "YTO"}, " |  |  | "},
		{"any part of what is open", Look{Find: "0"}, "503 | 504 602 603 601 | 604 605 | "},
		{"a part", Look{Find: "03"}, "503 | 603 |  | "},
		{"a waybill's beginning", Look{Find: "7350"}, "503 | 504 |  | 502 501"},
		{"a finished one by its beginning", Look{Find: "501"}, " |  |  | 501"},
		{"nothing", Look{Find: "99"}, " |  |  | "},
		{"signs of SQL", Look{Find: "%' _"}, " |  |  | "},
		{"no more than asked", Look{Find: "6", Limit: 1}, " | 602 | 604 |  | 2 more"},
	} {
		if is := b.queue(c.v); is != c.want {
			t.Errorf("%s: %q, want %q", c.name, is, c.want)
		}
	}
}

func (b *bench) past(q Past) (pages []string) {
	b.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	for {
		rows, next, err := b.History(b.t.Context(), q)
		b.do(err)
		pages = append(pages, numbersOfRows(rows))
		if q.Before = next; next == "" || len(pages) > 20 {
			return pages
		}
	}
}

func TestHistoryIsReadPageByPage(t *testing.T) {
	b := newBench(t)
	var taken []time.Time
	for i := range 6 { // each with two labels; those of two orders taken up in the same moment
		if i != 3 {
			b.now = b.now.Add(time.Minute)
		}
		taken = append(taken, b.now)
		b.enqueue(b.order(fmt.Sprint(100+i)), 2)
	}
	b.settle(b.print(Sending), printer.Confirmed)
	b.settle(b.print(Sending), printer.Uncertain)
	b.now = b.now.Add(time.Minute)
	b.accept(b.order("300"))
	_, err := b.Accept(t.Context(), b.order("301"), Plan{Refusal: "no-route"})
	b.do(err)
	all := "301 300 105 105 104 104 103 103 102 102 101 101 100 100"
	for _, c := range []struct {
		name string
		q    Past
		want string
	}{
		{"all", Past{}, all},
		{"a number", Past{Find: "103"}, "103 103"},
		{"the beginning of many", Past{Find: "30"}, "301 300"},
		{"a waybill", Past{Find: "73105"}, "105 105"},
		{"none", Past{Find: "05"}, ""},
		{"a carrier", Past{Carrier: "ZTO", Find: "10"}, "105 105 104 104 103 103 102 102 101 101 100 100"},
		{"no such carrier", Past{Carrier: "YTO"}, ""},
		{"what is printed", Past{Labels: []string{"done"}}, "100"},
		{"what waits", Past{Labels: []string{"waiting"}, Orders: []string{"waiting"}, Limit: 3}, "300 105 105 104 104 103 103 102 102 101 101"},
		{"what is refused", Past{Orders: []string{"refused"}}, "301"},
		{"a printer", Past{Printer: "bench-1"}, "100 100"},
		{"a printer and a carrier", Past{Printer: "bench-1", Carrier: "ZTO", Labels: []string{"done"}}, "100"},
		{"a time", Past{From: taken[1], To: taken[4]}, "103 103 102 102 101 101"},
	} {
		for _, limit := range []int{c.q.Limit, 1, 2, 5} {
			q := c.q
			q.Limit = limit
			pages := b.past(q)
			is := strings.Join(slices.DeleteFunc(pages, func(p string) bool { return p == "" }), " ")
			if is != c.want {
				t.Errorf("%s by %d: %q, want %q", c.name, limit, is, c.want)
			}
		}
	}
	if _, _, err := b.History(t.Context(), Past{Before: "1-2", Limit: 1}); err != ErrPlace {
		t.Errorf("a place that no page has given: %v", err)
	}
}

func TestWhatIsPurgedIsFoundByItsNumber(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.Confirmed)
	r := Retention{Ended: time.Hour, Unknown: time.Hour}
	for range 3 {
		_, err := b.Purge(t.Context(), r)
		b.do(err)
		b.now = b.now.Add(2 * time.Hour)
	}
	rows, _, err := b.History(t.Context(), Past{Find: "731", Limit: 5})
	b.do(err)
	if len(rows) != 1 || !rows[0].Purged || rows[0].Own != "731" || rows[0].Receiver.Name.String() != "" {
		t.Errorf("a purged label is %v", rows)
	}
}

// An order that was printed on another day and is cancelled today has its parcel on
// the packing table, or in the truck's cage: it stands first until it must have left.
func TestWhatIsCancelledTooLateStandsFirst(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"501", "502", "503", "504"} {
		b.enqueue(b.order(id), 1)
		b.settle(b.print(Sending), printer.Confirmed)
		b.now = b.now.Add(time.Minute)
	}
	b.now = b.now.Add(30 * time.Hour)
	for _, id := range []string{"601", "602"} {
		b.enqueue(b.order(id), 1)
		b.settle(b.print(Sending), printer.Confirmed)
		b.now = b.now.Add(time.Minute)
	}
	for _, id := range []string{"503", "501", "601"} {
		o := b.order(id)
		o.State = order.Cancelled
		if v := b.accept(o); v != TooLate {
			t.Fatalf("a cancellation of %s is %s", id, v)
		}
	}
	for _, c := range []struct {
		name string
		v    Look
		want string
	}{
		{"all", Look{}, " |  |  | 601 503 501 602"},
		{"two", Look{Limit: 2}, " |  |  | 601 503"},
		{"a carrier", Look{Carrier: "ZTO"}, " |  |  | 601 503 501 602"},
		{"another carrier", Look{Carrier: "YTO"}, " |  |  | "},
		{"by its number", Look{Find: "503"}, " |  |  | 503"},
		{"without an alarm", Look{Find: "502"}, " |  |  | "},
	} {
		if got := b.queue(c.v); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	b.do(b.SeenTo(t.Context(), b.order("503").Key, Person{Who: "tester"}))
	if err := b.SeenTo(t.Context(), b.order("503").Key, Person{Who: "tester"}); !errors.Is(err, ErrNoAlarm) {
		t.Errorf("seen to twice: %v", err)
	}
	for _, c := range []struct{ find, want string }{{"", " |  |  | 601 501 602"}, {"503", " |  |  | "}} {
		if got := b.queue(Look{Find: c.find}); got != c.want {
			t.Errorf("after one was seen to, looking for %q: %s, want %s", c.find, got, c.want)
		}
	}
	if r := b.row("503"); r.Alarm == "" || !r.AlarmSeen {
		t.Errorf("what was seen to has the alarm %q, seen: %v", r.Alarm, r.AlarmSeen)
	}
	still := b.order("503")
	still.State = order.Cancelled
	if v := b.accept(still); v != Same || !b.row("503").AlarmSeen {
		t.Errorf("the cancellation that was seen to comes as %s, seen: %v", v, b.row("503").AlarmSeen)
	}
	for _, again := range []order.State{order.ToShip, order.Cancelled} { // taken back, and cancelled once more
		o := b.order("503")
		o.State = again
		b.accept(o)
	}
	if got := b.queue(Look{}); got != " |  |  | 601 503 501 602" {
		t.Errorf("cancelled once more: %s", got)
	}
	b.now = b.row("501").Deadline.Add(afterDeadline + time.Second)
	if got := b.queue(Look{}); got != " |  |  | 601 503" {
		t.Errorf("a day after its deadline: %s", got)
	}
}

// plan returns the steps of a query's plan.
func (b *bench) plan(q string, args ...any) string {
	b.t.Helper()
	rows, err := b.db.Read.Query("EXPLAIN QUERY PLAN "+q, args...)
	b.do(err)
	list, err := collect(rows, func(r *sql.Rows, step *string) error {
		var unused int
		return r.Scan(&unused, &unused, &unused, step)
	})
	b.do(err)
	return strings.Join(list, "; ")
}

// No page may take longer because much was printed: none of its queries reads a
// table from end to end, and what it sorts is short.
func TestNoPageReadsATable(t *testing.T) {
	b := newBench(t)
	check := func(q string, args ...any) {
		t.Helper()
		plan := b.plan(q, args...)
		for step := range strings.SplitSeq(plan, "; ") {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "json_each") && !strings.Contains(step, "VIRTUAL TABLE") && !strings.HasPrefix(step, "SCAN j ") &&
				!strings.Contains(step, "INDEX orders_open") && !strings.Contains(step, "INDEX labels_open") && // of what is open
				!strings.Contains(step, "INDEX orders_unsent") && // of what is kept
				!strings.Contains(step, "CONSTANT ROW") && !strings.Contains(step, "(subquery") {
				t.Errorf("%s\n\tis read whole: %s", q, plan)
			}
		}
	}
	unsorted := func(q string, args ...any) {
		t.Helper()
		check(q, args...)
		if plan := b.plan(q, args...); strings.Contains(plan, "TEMP B-TREE") && !strings.Contains(plan, "LAST") && !strings.Contains(plan, "RIGHT PART") {
			t.Errorf("%s\n\tis sorted: %s", q, plan)
		}
	}
	for _, q := range []string{labelsAhead, ordersAhead, labelsOf, ordersOf, labelsEnded, ordersEnded} {
		if strings.Contains(q, "?3") {
			unsorted(q, "waiting", 1, "ZTO")
		} else {
			unsorted(q, "waiting", 1)
		}
	}
	for _, q := range append(beginnings, inside...) {
		if strings.Contains(q, "?3") {
			unsorted(q, "73", "74", 1)
		} else {
			unsorted(q, "73", 1)
		}
	}
	unsorted(unsent, "", false, 1)
	check(unsentOf, "", false, 1, "[1]")
	check(doubtful, "", 1)
	check(printingOf, "ZTO")
	check(alarmed, 0, 1, "")
	check(tallies, 0)
	check(rowsAt, "[[1,1]]")
	check(rowsOfOrders, "[1]")
	where, args := Filter{Order: "1"}.where()
	check(rowColumns+` FROM orders o LEFT JOIN labels b ON b.order_id = o.id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt WHERE `+where, args...)

	tx, err := b.db.Read.Begin()
	b.do(err)
	defer tx.Rollback()
	for n := range 2 * 2 * 2 * 2 * 8 {
		q := Past{Limit: 10}
		if n&1 != 0 {
			q.Carrier = "ZTO"
		}
		if n&2 != 0 {
			q.Printer = "bench-1"
		}
		if n&4 != 0 {
			q.From, q.To = b.now.Add(-time.Hour), b.now
		}
		if n&8 != 0 {
			q.Find = "73"
		}
		if stand := n >> 4; stand < 5 {
			q.Labels = AnyLabel[stand : stand+1]
		} else if stand == 5 {
			q.Orders = AnyOrder
		}
		queries, err := q.queries(t.Context(), tx, end)
		b.do(err)
		for _, part := range queries {
			if q.Find != "" {
				check(part.text, part.args...)
			} else {
				unsorted(part.text, part.args...)
			}
		}
	}
}

// A start, a purge and a trim hold up whoever prints: they find what they are for by
// indexes.
// So does a label on its way.
func TestUpkeepReadsNoTable(t *testing.T) {
	b := newBench(t)
	for q, index := range map[string]string{
		onItsWay:       "labels_queue (state=?)",
		lastRun:        "audit_runs",
		allSuperfluous: "orders_kept",
		`UPDATE attempts SET state = 'unknown' WHERE settled_at = 0 AND state IN ('intent', 'sending', 'sent')`: "attempts_open",
	} {
		args := make([]any, strings.Count(q, "?"))
		if plan := b.plan(q, args...); !strings.Contains(plan, index) {
			t.Errorf("%s\n\tis not by %s: %s", q, index, plan)
		}
	}
}

func TestALabelWithoutASortCodeIsKnown(t *testing.T) {
	b := newBench(t)
	for id, routing := range map[string]waybill.Routing{"501": {}, "502": {Code: "300-B12-005"}, "503": {Hub: "杭州集包"}, "504": {Target: "上海"}} {
		o := b.order(id)
		b.accept(o)
		b.do(b.issuing(o))
		w := bill(o, 1)
		w.Routing = routing
		b.do(b.Issued(t.Context(), o.Key, w, 0))
		b.do(b.Enqueue(t.Context(), o.Key, w, Paper{Template: "zto-76x130", Size: "76x130"}, 0))
	}
	q, err := b.Queue(t.Context(), Look{Limit: 10})
	b.do(err)
	for _, r := range q.Waiting {
		if want := r.Order.ID == "501" || r.Order.ID == "503"; r.Unsorted != want {
			t.Errorf("order %s is unsorted: %v", r.Order.ID, r.Unsorted)
		}
	}
	if len(q.Waiting) != 4 {
		t.Errorf("%d wait", len(q.Waiting))
	}
}
