package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// bench is a ledger on disk that can be killed and opened again.
type bench struct {
	*Ledger
	t     *testing.T
	dir   string
	db    *store.DB
	now   time.Time
	found Recovered
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		t.Setenv("TMPDIR", "/dev/shm") // nothing cuts the power here; the crash campaign does
	}
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	b := &bench{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}
	keys, err := seal.OpenKeystore(b.dir)
	b.do(err)
	_, err = seal.Open(keys, b.dir, false)
	b.do(err)
	empty, err := emptyDatabase()
	b.do(err)
	b.do(os.WriteFile(filepath.Join(b.dir, store.FileName), empty, 0o600))
	b.open()
	t.Cleanup(func() { b.db.Close() })
	return b
}

// emptyDatabase is one that has its schema: each bench would take a tenth of a second
// to make it.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(context.Background(), dir)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, store.FileName))
})

func (b *bench) open() {
	b.t.Helper()
	keys, err := seal.OpenKeystore(b.dir)
	if err != nil {
		b.t.Fatal(err)
	}
	s, err := seal.Open(keys, b.dir, store.Exists(b.dir))
	if err != nil {
		b.t.Fatal(err)
	}
	if b.db, err = store.Open(b.t.Context(), b.dir); err != nil {
		b.t.Fatal(err)
	}
	b.Ledger = New(b.db, s, func() time.Time { return b.now })
	b.marks.lot = 1 // or a model of it would have to know of lots
	if b.found, err = b.Recover(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// crash is what a kill leaves: what was committed, and nothing else.
func (b *bench) crash() {
	b.t.Helper()
	if err := b.db.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.open()
}

func (b *bench) do(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) row(id string) Row {
	b.t.Helper()
	rows, err := b.Rows(b.t.Context(), Filter{Order: id})
	b.do(err)
	if len(rows) != 1 {
		b.t.Fatalf("%d rows for order %s, want 1", len(rows), id)
	}
	return rows[0]
}

const (
	name   = "张三丰年"
	phone  = "13800000001"
	street = "演示路1号2幢301室"
)

func (b *bench) order(id string) order.Order {
	return order.Order{
		Key: order.Key{Source: "jd", ID: id}, State: order.ToShip, Merchant: order.SOP, PhoneKind: waybill.PhoneReal,
		Receiver: waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone),
			Address: pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, street)},
		PaidAt: b.now, ReadAt: b.now,
	}
}

var plan = Plan{Issuer: "wujie/ZTO", Wanted: true}

func bill(o order.Order, parcels int) waybill.Waybill {
	w := waybill.Waybill{Carrier: "ZTO", CarrierName: "中通快递", Number: waybill.Number("73" + o.ID), Order: o.ID, Receiver: o.Receiver, PhoneKind: o.PhoneKind}
	for i := range parcels {
		w.Parcels = append(w.Parcels, waybill.Parcel{Barcode: string(w.Number), Index: i + 1, Count: parcels})
	}
	return w
}

func (b *bench) accept(o order.Order) Verdict {
	b.t.Helper()
	v, err := b.Accept(b.t.Context(), o, plan)
	b.do(err)
	return v
}

func (b *bench) issuing(o order.Order) error {
	return b.Issuing(b.t.Context(), Numbering{Order: o, content: b.content(o)})
}

// enqueue takes an order to labels in the queue.
func (b *bench) enqueue(o order.Order, parcels int) {
	b.t.Helper()
	ctx := b.t.Context()
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.Issued(ctx, o.Key, bill(o, parcels), time.Millisecond))
	b.do(b.Enqueue(ctx, o.Key, bill(o, parcels), Paper{"wujie-76x130", "76x130"}, time.Millisecond))
}

// print takes the next label as far as upTo.
func (b *bench) print(upTo LabelState) Label {
	b.t.Helper()
	ctx := b.t.Context()
	label, err := b.Claim(ctx, Claimant{Printer: "bench-1", Paper: "76x130"})
	b.do(err)
	if upTo == Claimed {
		return label
	}
	b.do(b.Rendered(ctx, label.ID))
	if upTo == Rendered {
		return label
	}
	a, err := b.Prepare(ctx)
	b.do(err)
	b.do(b.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "bench-1", Mark: a.Mark.String()}))
	if upTo == Intent {
		return label
	}
	b.do(b.Sending(ctx, label))
	return label
}

func (b *bench) settle(l Label, o printer.Outcome) LabelState {
	b.t.Helper()
	s, err := b.Settle(b.t.Context(), l, Settled{Outcome: o, Evidence: printer.Evidence{Method: "process-id", At: b.now}})
	b.do(err)
	return s
}

func (b *bench) scan(code string, left int) {
	b.t.Helper()
	p, err := b.Scanned(b.t.Context(), code, Person{Who: "tester"})
	if err != nil || p.Left != left {
		b.t.Errorf("scan of %s: %+v, %v; want %d left", code, p, err, left)
	}
}

func TestOutcomesBecomeStates(t *testing.T) {
	for outcome, want := range map[printer.Outcome]LabelState{
		printer.NotSent: Queued, printer.Uncertain: Unknown, printer.Sent: Presumed, printer.Confirmed: Confirmed,
	} {
		t.Run(outcome.String(), func(t *testing.T) {
			b := newBench(t)
			b.enqueue(b.order("1"), 1)
			if got := b.settle(b.print(Sending), outcome); got != want {
				t.Errorf("settled as %s, want %s", got, want)
			}
			b.crash()
			if got := b.row("1").Label; got != want {
				t.Errorf("after a restart it is %s, want %s", got, want)
			}
		})
	}
}

func TestCrashAtEveryStep(t *testing.T) {
	for _, c := range []struct {
		at   LabelState
		want LabelState
	}{
		{Claimed, Queued}, {Rendered, Queued}, // nothing can have left
		{Intent, Unknown}, {Sending, Unknown}, // a byte may have left
	} {
		t.Run(string(c.at), func(t *testing.T) {
			b := newBench(t)
			b.enqueue(b.order("1"), 1)
			b.print(c.at)
			b.crash()
			if got := b.row("1").Label; got != c.want {
				t.Fatalf("after a crash it is %s, want %s", got, c.want)
			}
			_, err := b.Claim(t.Context(), Claimant{Printer: "bench-1", Paper: "76x130"})
			if offered := err == nil; offered != (c.want == Queued) {
				t.Errorf("offered again = %v (%v)", offered, err)
			}
			b.crash()
			if got := b.row("1").Label; got != c.want {
				t.Errorf("after two crashes it is %s, want %s", got, c.want)
			}
		})
	}
}

func TestCrashWhileTheCarrierIsAsked(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.crash()
	if got := b.row("1").OrderState; got != IssueUnknown {
		t.Fatalf("state = %s, want %s", got, IssueUnknown)
	}
	n, err := b.Next(t.Context())
	b.do(err)
	if !n.Again {
		t.Error("it may be asked as if for the first time: a second number would be taken")
	}
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	if n, err = b.Next(t.Context()); err != nil || n.Again {
		t.Errorf("after a person's word: again = %v, err = %v", n.Again, err)
	}
}

func TestNumberSurvivesBeforeItsRouting(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0))
	b.crash()
	n, err := b.Next(t.Context())
	b.do(err)
	if n.Waybill == nil || n.Waybill.Number != "731" || n.Waybill.Receiver.Phone.Reveal() != phone {
		t.Errorf("Next = %+v, want the number that was taken", n)
	}
	if err := b.issuing(o); err == nil {
		t.Error("a second number may be asked for")
	}
}

func TestSameOrderAgain(t *testing.T) {
	move := func(o order.Order) order.Order {
		o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "另一条路9号")
		return o
	}
	cancel := func(o order.Order) order.Order { o.State = order.Cancelled; return o }
	same := func(o order.Order) order.Order { o.Modified = o.Modified.Add(time.Hour); return o }
	for _, c := range []struct {
		name   string
		upTo   LabelState // "" is before the number
		change func(order.Order) order.Order
		want   Verdict
		order  OrderState
		label  LabelState
	}{
		{"same before number", "", same, Same, Accepted, ""},
		{"moved before number", "", move, Replaced, Accepted, ""},
		{"same in queue", Queued, same, Same, Issued, Queued},
		{"moved in queue", Queued, move, Overtaken, Changed, Superseded},
		{"moved while rendered", Rendered, move, Overtaken, Changed, Superseded},
		{"moved after intent", Intent, move, TooLate, Issued, Intent},
		{"cancelled in queue", Queued, cancel, Withdrawn, Cancelled, Dropped},
		{"cancelled after intent", Intent, cancel, TooLate, Issued, Intent},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			if c.upTo == "" {
				b.accept(o)
			} else {
				b.enqueue(o, 1)
				if c.upTo != Queued {
					b.print(c.upTo)
				}
			}
			plan := plan
			o = c.change(o)
			plan.Refusal = o.NumberAsked()
			got, err := b.Accept(t.Context(), o, plan)
			b.do(err)
			r := b.row("1")
			if got != c.want || r.OrderState != c.order || r.Label != c.label {
				t.Errorf("Accept = %s, order %s, label %s; want %s, %s, %s", got, r.OrderState, r.Label, c.want, c.order, c.label)
			}
			if again, err := b.Accept(t.Context(), o, plan); err != nil || again == Fresh {
				t.Errorf("once more: %s, %v", again, err)
			}
			if wantAlarm := c.want == TooLate; (r.Alarm != "") != wantAlarm {
				t.Errorf("alarm = %q, want one: %v", r.Alarm, wantAlarm)
			}
		})
	}
}

func TestAnAttemptThatSentNothingIsNotTooLate(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.NotSent)
	o.State = order.Cancelled
	v, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
	b.do(err)
	if r := b.row("1"); v != Withdrawn || r.Label != Dropped {
		t.Errorf("Accept = %s, label %s; want %s, %s: nothing of it had left", v, r.Label, Withdrawn, Dropped)
	}
}

func TestChangedWhileTheCarrierIsAsked(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*order.Order)
		want   Verdict
		label  LabelState
	}{
		{"cancelled", func(o *order.Order) { o.State = order.Cancelled }, Withdrawn, Dropped},
		{"moved", func(o *order.Order) { o.Receiver.Phone = pii.NewPhone("13900000009") }, Overtaken, Superseded},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			b.accept(o)
			b.do(b.issuing(o))
			w := bill(o, 1)
			c.change(&o)
			p := Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()}
			if v, err := b.Accept(t.Context(), o, p); err != nil || v != TooLate {
				t.Fatalf("Accept = %s, %v", v, err)
			}
			b.do(b.Issued(t.Context(), o.Key, w, 0))
			b.do(b.Enqueue(t.Context(), o.Key, w, Paper{"wujie-76x130", "76x130"}, 0))
			if l := b.print(Claimed); !l.ReadAt.IsZero() {
				t.Fatalf("the order counts as read at %v: it would go to paper as it was", l.ReadAt)
			}
			v, err := b.Accept(t.Context(), o, p)
			b.do(err)
			if r := b.row("1"); v != c.want || r.Label != c.label {
				t.Errorf("read again: %s, label %s; want %s, %s", v, r.Label, c.want, c.label)
			}
		})
	}
}

func TestReplacedBetweenReadingAndAsking(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	n, err := b.Next(t.Context())
	b.do(err)
	o.Receiver.Phone = pii.NewPhone("13900000009")
	b.accept(o)
	if err := b.Issuing(t.Context(), n); !errors.Is(err, ErrStale) {
		t.Errorf("Issuing: %v, want ErrStale: the number would be for the receiver of before", err)
	}
	if n, err = b.Next(t.Context()); err != nil || n.Order.Receiver.Phone.Reveal() != "13900000009" {
		t.Fatalf("Next = %v, %v", n.Order, err)
	}
	b.do(b.Issuing(t.Context(), n))
}

func TestAChangedOrderKeepsUpWithThePlatform(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	for _, number := range []string{"13900000008", "13900000009"} {
		o.Receiver.Phone = pii.NewPhone(number)
		if got := b.accept(o); got != Overtaken {
			t.Fatalf("moved to %s: %s, want %s", number, got, Overtaken)
		}
	}
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	n, err := b.Next(t.Context())
	b.do(err)
	if got := n.Order.Receiver.Phone.Reveal(); got != "13900000009" {
		t.Errorf("the number would be taken for %s, the receiver before last", got)
	}
	b.do(b.Issuing(t.Context(), n))

	b.enqueue(b.order("2"), 1)
	o = b.order("2")
	o.Receiver.Phone = pii.NewPhone("13900000008")
	b.accept(o)
	o.State = order.Cancelled
	v, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
	b.do(err)
	if r := b.row("2"); v != Withdrawn || r.OrderState != Cancelled {
		t.Errorf("cancelled while changed: %s, %s", v, r.OrderState)
	}
}

func TestANumberThatWasNotGivenBackIsNoNewOne(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.Receiver.Phone = pii.NewPhone("13900000009")
	b.accept(o)
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	b.do(b.issuing(o))
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0)) // the carrier answers with the number of before
	if r := b.row("1"); r.OrderState != Changed || r.Problem.Code != "order-changed" {
		t.Errorf("the order is %s (%s), want %s: as issued it would wait for ever, seen by nobody", r.OrderState, r.Problem.Code, Changed)
	}
}

func TestACancelledOrderThatShipsAfterAll(t *testing.T) {
	for _, back := range []bool{true, false} {
		b := newBench(t)
		o := b.order("1")
		b.enqueue(o, 1)
		o.State = order.Locked
		_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
		b.do(err)
		if back {
			m, err := b.NextMessage(t.Context())
			b.do(err)
			b.do(b.Told(t.Context(), m.ID))
		}
		o.State = order.ToShip
		b.accept(o)
		want := Changed // a person decides
		if back {
			want = Accepted
		}
		if r := b.row("1"); r.OrderState != want {
			t.Errorf("number given back %v: the order is %s, want %s", back, r.OrderState, want)
		}
		if n, err := b.Purge(t.Context(), Retention{}); n != 0 || err != nil {
			t.Errorf("Purge = %d, %v of an order that is to ship", n, err)
		}
	}
}

func TestCancelledNumberIsGivenBackOnce(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.State = order.Cancelled
	for range 2 {
		_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
		b.do(err)
	}
	m, err := b.NextMessage(t.Context())
	b.do(err)
	if m.What != "cancel" || m.Number != "731" || m.Issuer != "wujie/ZTO" {
		t.Errorf("message = %+v, want the number given back", m)
	}
	b.do(b.Told(t.Context(), m.ID))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("a second message: %+v, %v", m, err)
	}
}

func TestEveryNumberOfACancelledOrderIsGivenBack(t *testing.T) {
	for _, refused := range []bool{false, true} {
		b := newBench(t)
		o := b.order("1")
		w := bill(o, 3)
		for i := range w.Parcels {
			w.Parcels[i].Number = w.Number + waybill.Number(fmt.Sprint(i))
		}
		w.Number = w.Parcels[0].Number
		b.accept(o)
		b.do(b.issuing(o))
		b.do(b.Issued(t.Context(), o.Key, w, 0))
		o.State = order.Locked
		_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
		b.do(err)
		var given []string
		for {
			m, err := b.NextMessage(t.Context())
			if errors.Is(err, ErrNothing) {
				break
			}
			b.do(err)
			given = append(given, string(m.Number))
			if refused && len(given) == 2 {
				b.do(b.GaveUp(t.Context(), m, Problem{Code: "cancel-refused"}))
			} else {
				b.do(b.Told(t.Context(), m.ID))
			}
		}
		if got := strings.Join(given, " "); got != "7310 7311 7312" {
			t.Errorf("given back: %s", got)
		}
		o.State = order.ToShip
		b.accept(o)
		want := Accepted
		if refused { // the carrier still has a parcel under one of them
			want = Changed
		}
		if r := b.row("1"); r.OrderState != want {
			t.Errorf("one number refused %v: the order is %s, want %s", refused, r.OrderState, want)
		}
	}
}

func TestRulesHold(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.settle(l, printer.Confirmed)
	ctx := t.Context()
	var move *MoveError
	for what, err := range map[string]error{
		"send again":          b.Sending(ctx, l),
		"intend again":        b.Intend(ctx, &l, Attempt{}, [32]byte{}, printer.Baseline{}),
		"release":             b.Release(ctx, l.ID, Problem{}, 0),
		"resolve what is not": b.ResolvePrinted(ctx, l.ID, Person{}),
		"resolve the other":   b.ResolveNotPrinted(ctx, l.ID, Person{}, ""),
	} {
		if !errors.As(err, &move) {
			t.Errorf("%s: err = %v, want a MoveError", what, err)
		}
	}
	if got := b.row("1").Label; got != Confirmed {
		t.Errorf("label is %s, want %s", got, Confirmed)
	}
}

func TestReprintIsANewAttemptWithAPersonAndAReason(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.Confirmed)
	ctx := t.Context()
	if _, err := b.Reprint(ctx, "731", Person{Who: "tester"}); !errors.Is(err, ErrWhy) {
		t.Errorf("without a reason: %v, want ErrWhy", err)
	}
	ids, err := b.Reprint(ctx, "731", Person{Who: "tester", Why: "torn"})
	if err != nil || len(ids) != 1 {
		t.Fatalf("Reprint = %v, %v", ids, err)
	}
	if _, err := b.Reprint(ctx, "731", Person{Who: "tester", Why: "torn"}); err == nil {
		t.Error("a second reprint while the first waits")
	}
	l := b.print(Sending)
	if l.Copy != 1 {
		t.Errorf("copy = %d, want 1: the paper must say that it is a reprint", l.Copy)
	}
	b.settle(l, printer.Confirmed)
	var first, second, why string
	b.do(b.db.Read.QueryRow(`SELECT (SELECT state FROM attempts WHERE n = 1), (SELECT state FROM attempts WHERE n = 2), (SELECT why FROM audit WHERE what = 'reprint')`).Scan(&first, &second, &why))
	if first != "confirmed" || second != "confirmed" || why != "torn" {
		t.Errorf("attempts %s, %s, reason %q", first, second, why)
	}
}

func TestNotPrintedGoesBackIntoTheQueueAsACopy(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.crash()
	b.do(b.ResolveNotPrinted(t.Context(), l.ID, Person{Who: "tester"}, "the printer answered a process ID behind it"))
	again := b.print(Sending)
	if again.ID != l.ID || again.Copy != 1 {
		t.Errorf("printed label %d as copy %d, want %d as copy 1", again.ID, again.Copy, l.ID)
	}
}

func TestShippedWhenEveryParcelIsOnPaper(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 2)
	first := b.print(Sending)
	b.settle(first, printer.Confirmed)
	b.do(b.Ship(t.Context(), first.ID))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Fatalf("told after one parcel of two: %+v, %v", m, err)
	}
	second := b.print(Sending)
	b.settle(second, printer.Sent)
	b.do(b.Ship(t.Context(), second.ID))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Fatalf("told on a presumed label: %+v, %v", m, err)
	}
	b.scan("731", 0)
	b.crash()
	m, err := b.NextMessage(t.Context())
	b.do(err)
	if m.What != "shipped" || m.Number != "731" {
		t.Errorf("message = %+v, want shipped", m)
	}
}

func TestOrderOfTheQueue(t *testing.T) {
	b := newBench(t)
	late, soon := b.order("2"), b.order("1")
	soon.PaidAt = soon.PaidAt.Add(-time.Hour)
	b.enqueue(late, 1)
	b.enqueue(soon, 1)
	if l := b.print(Claimed); l.Order.ID != "1" {
		t.Errorf("first is %s, want the one with the nearer deadline", l.Order.ID)
	}
	if _, err := b.Claim(t.Context(), Claimant{Printer: "bench-2", Paper: "100x150"}); !errors.Is(err, ErrNothing) {
		t.Errorf("a printer with other paper: %v, want ErrNothing", err)
	}
	if l := b.print(Claimed); l.Order.ID != "2" {
		t.Errorf("second is %s", l.Order.ID)
	}
}

// restore runs f and then puts back the database as it was before.
func (b *bench) restore(f func()) {
	b.t.Helper()
	b.crash()
	b.do(b.db.Close())
	copied, err := os.ReadFile(filepath.Join(b.dir, store.FileName))
	b.do(err)
	b.open()
	f()
	b.crash()
	b.do(b.db.Close())
	for _, suffix := range []string{"-wal", "-shm"} {
		os.Remove(filepath.Join(b.dir, store.FileName+suffix))
	}
	b.do(os.WriteFile(filepath.Join(b.dir, store.FileName), copied, 0o600))
	b.now = b.now.Add(time.Minute)
	b.open()
	if !b.found.Restored {
		b.t.Fatal("an old copy was not noticed")
	}
}

func TestRestoredCopyPrintsNothing(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.restore(func() { b.settle(b.print(Sending), printer.Confirmed) })
	if got := b.row("1").Label; got != Unknown {
		t.Errorf("label is %s, want %s: it may be on paper", got, Unknown)
	}
	b.crash()
	if b.found.Restored {
		t.Error("it counts as restored for ever")
	}
	b.now = b.now.Add(73 * time.Hour)
	if n, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}); n != 1 || err != nil {
		t.Errorf("Purge = %d, %v: it is kept for ever", n, err)
	}
}

func TestRestoredCopyHalfWay(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	numbered, accepted, refused, unheard := b.order("1"), b.order("2"), b.order("3"), b.order("4")
	w := bill(numbered, 1)
	paper := Paper{"wujie-76x130", "76x130"}
	b.accept(numbered)
	b.do(b.issuing(numbered))
	b.do(b.Issued(ctx, numbered.Key, w, 0))
	b.accept(accepted)
	_, err := b.Accept(ctx, refused, Plan{Refusal: "no-route"})
	b.do(err)
	b.restore(func() {
		b.do(b.Enqueue(ctx, numbered.Key, w, paper, 0))
		b.settle(b.print(Sending), printer.Confirmed)
		b.enqueue(refused, 1)
		b.enqueue(unheard, 1)
	})

	b.do(b.Enqueue(ctx, numbered.Key, w, paper, 0))
	if got := b.row("1").Label; got != Unknown {
		t.Errorf("the label of a number in the copy is %s, want %s: it may be on paper", got, Unknown)
	}
	b.accept(refused)
	b.accept(unheard)
	for _, id := range []string{"2", "3", "4"} {
		if got := b.row(id).OrderState; got != IssueUnknown {
			t.Errorf("order %s is %s, want %s: it may have a number", id, got, IssueUnknown)
		}
	}
	// The carrier knows the number: it may be on paper too.
	b.do(b.issuing(unheard))
	b.do(b.Issued(ctx, unheard.Key, bill(unheard, 1), 0))
	b.do(b.Enqueue(ctx, unheard.Key, bill(unheard, 1), paper, 0))
	if got := b.row("4").Label; got != Unknown {
		t.Errorf("the label of a number that was found again is %s, want %s", got, Unknown)
	}
	// A person's word ends the doubt, and what was paid since is in none.
	b.do(b.ResolveNoNumber(ctx, accepted.Key, Person{Who: "tester"}))
	b.do(b.issuing(accepted))
	b.do(b.Issued(ctx, accepted.Key, bill(accepted, 1), 0))
	b.do(b.Enqueue(ctx, accepted.Key, bill(accepted, 1), paper, 0))
	b.enqueue(b.order("5"), 1)
	for _, id := range []string{"2", "5"} {
		if got := b.row(id).Label; got != Queued {
			t.Errorf("label of order %s is %s, want %s", id, got, Queued)
		}
	}
}

func TestPurge(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.settle(l, printer.Confirmed)
	r := Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}
	b.now = b.now.Add(23 * time.Hour)
	if n, err := b.Purge(t.Context(), r); n != 0 || err != nil {
		t.Fatalf("Purge = %d, %v before its time", n, err)
	}
	b.now = b.now.Add(2 * time.Hour)
	if n, err := b.Purge(t.Context(), r); n != 1 || err != nil {
		t.Fatalf("Purge = %d, %v, want 1", n, err)
	}
	if _, err := b.Label(t.Context(), l.ID); !errors.Is(err, ErrPurged) {
		t.Errorf("Label: %v, want ErrPurged", err)
	}
	if _, err := b.Reprint(t.Context(), "731", Person{Who: "t", Why: "t"}); !errors.Is(err, ErrPurged) {
		t.Errorf("Reprint: %v, want ErrPurged", err)
	}
	if got := b.accept(b.order("1")); got != Same {
		t.Errorf("the same order after the purge is %s, want %s", got, Same)
	}
}

func TestPurgeWaitsForTheLastParcel(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 2)
	b.settle(b.print(Sending), printer.Confirmed)
	b.now = b.now.Add(48 * time.Hour)
	if n, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}); n != 0 || err != nil {
		t.Errorf("Purge = %d, %v while a parcel waits", n, err)
	}
}

func TestNobodyIsNamedOnDisk(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.Confirmed)
	b.do(b.db.Close())
	files := 0
	b.do(filepath.WalkDir(b.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, canary := range []string{name, phone, street, "13800000001"[3:]} {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s holds a piece of the receiver", filepath.Base(path))
			}
		}
		return err
	}))
	if files < 2 {
		t.Fatalf("only %d files were looked at", files)
	}
	b.open()
	if s := fmt.Sprintf("%+v %#v", b.row("1"), b.row("1")); strings.Contains(s, name) || strings.Contains(s, phone) {
		t.Error("a row prints the receiver")
	}
}

func TestMarksDoNotComeRound(t *testing.T) {
	b := newBench(t)
	seen := map[printer.Mark]bool{}
	for i := range 500 {
		a, err := b.Prepare(t.Context())
		b.do(err)
		if seen[a.Mark] {
			t.Fatalf("mark %s came round after %d", a.Mark, i)
		}
		seen[a.Mark] = true
		if i == 250 {
			b.crash()
		}
	}
}

func TestPauseIsKept(t *testing.T) {
	b := newBench(t)
	b.do(b.SetPaused(t.Context(), true, Person{Who: "tester"}))
	b.crash()
	if paused, err := b.Paused(t.Context()); !paused || err != nil {
		t.Errorf("Paused = %v, %v after a restart, want true", paused, err)
	}
}

func TestChangesWakes(t *testing.T) {
	b := newBench(t)
	c := b.Changes()
	if b.Changes() != c {
		t.Error("every question makes a channel, and a night without a commit keeps them all")
	}
	b.accept(b.order("1"))
	select {
	case <-c:
	case <-time.After(time.Second):
		t.Error("a commit woke nobody")
	}
}

func TestCommitIsNotAbandoned(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Accept(ctx, b.order("1"), plan); err != nil {
		t.Errorf("Accept with an ended context: %v", err)
	}
}

func TestAPurgedLabelDoesNotStopTheQueue(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.settle(l, printer.Uncertain)
	b.now = b.now.Add(73 * time.Hour)
	if n, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}); n != 1 || err != nil {
		t.Fatalf("Purge = %d, %v, want 1", n, err)
	}
	if err := b.ResolveNotPrinted(t.Context(), l.ID, Person{Who: "tester"}, "cleared"); !errors.Is(err, ErrPurged) {
		t.Errorf("ResolveNotPrinted: %v, want ErrPurged", err)
	}
	if got := b.row("1").Label; got != Unknown {
		t.Errorf("label is %s, want %s", got, Unknown)
	}
	b.enqueue(b.order("2"), 1)
	if l := b.print(Claimed); l.Order.ID != "2" {
		t.Errorf("claimed %s", l.Order.ID)
	}
	b.do(b.ResolvePrinted(t.Context(), l.ID, Person{Who: "tester"}))
}

func TestAClockThatIsSetBackHoldsUpNothing(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.enqueue(b.order("1"), 1)
	b.accept(b.order("2"))
	b.do(b.tx(ctx, func(tx *sql.Tx) error { return b.post(tx, 1, "731", "shipped") }))
	b.now = b.now.Add(30 * 24 * time.Hour)
	m, err := b.NextMessage(ctx)
	b.do(err)
	b.do(b.NotTold(ctx, m.ID, Problem{Code: "jd-unreachable"}, time.Minute))
	b.do(b.NotIssued(ctx, b.order("2").Key, Problem{Code: "jd-unreachable"}, time.Minute))
	b.do(b.Release(ctx, b.print(Claimed).ID, Problem{Code: "label-broken"}, 5*time.Second))
	due := func() map[string]error {
		_, label := b.Claim(ctx, Claimant{Printer: "bench-1", Paper: "76x130"})
		_, number := b.Next(ctx)
		_, message := b.NextMessage(ctx)
		return map[string]error{"label": label, "number": number, "message": message}
	}
	for what, err := range due() {
		if !errors.Is(err, ErrNothing) {
			t.Errorf("%s is due at once: %v", what, err)
		}
	}
	b.now = b.now.Add(-30 * 24 * time.Hour)
	for what, err := range due() {
		if err != nil {
			t.Errorf("%s waits for a time in a month: %v", what, err)
		}
	}
}

func TestAScanProvesPaperAndOnlyThat(t *testing.T) {
	b := newBench(t)
	p := Person{Who: "tester"}
	b.enqueue(b.order("1"), 1)
	if _, err := b.Scanned(t.Context(), "731", p); !errors.Is(err, ErrNotOnPaper) {
		t.Errorf("a label that waits was scanned: %v, want ErrNotOnPaper", err)
	}
	l := b.print(Sending)
	b.settle(l, printer.Uncertain)
	b.scan("731", 0)
	if got := b.row("1").Label; got != Printed {
		t.Errorf("an unknown label that was scanned is %s, want %s", got, Printed)
	}
	o := b.order("2")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.Confirmed)
	o.State = order.Cancelled
	_, err := b.Accept(t.Context(), o, Plan{Refusal: o.NumberAsked()})
	b.do(err)
	if _, err := b.Scanned(t.Context(), "732", p); !errors.Is(err, ErrWithdrawn) {
		t.Errorf("a cancelled order was scanned: %v, want ErrWithdrawn", err)
	}
	if _, err := b.Scanned(t.Context(), "739", p); !errors.Is(err, ErrNoLabel) {
		t.Errorf("an unknown number was scanned: %v, want ErrNoLabel", err)
	}
}

func TestANoEndsAMessage(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.settle(l, printer.Confirmed)
	b.do(b.Ship(t.Context(), l.ID))
	m, err := b.NextMessage(t.Context())
	b.do(err)
	b.do(b.GaveUp(t.Context(), m, Problem{Code: "shipped-refused", Args: []any{"1", "库存"}}))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("it is told again: %+v, %v", m, err)
	}
	if r := b.row("1"); r.Alarm != "shipped-refused" || len(r.Problem.Args) != 2 {
		t.Errorf("the order shows %q %v", r.Alarm, r.Problem)
	}
}

func TestStaleOrdersArePurged(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: "no-route"})
	b.do(err)
	if n := b.days(29, Retention{Ended: time.Hour, Unknown: time.Hour}); n != 0 {
		t.Errorf("%d purged after 29 days", n)
	}
	if n := b.days(2, Retention{Ended: time.Hour, Unknown: time.Hour}); n != 1 {
		t.Errorf("%d purged after 31 days, want 1", n)
	}
}

// Such an order is to be read again, and not one that nobody has spoken of for
// a month.
func TestAnOrderThatChangedTooLateIsNotStale(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.IssueLost(t.Context(), o.Key, Problem{}, 0))
	o.Receiver.Phone = pii.NewPhone("13900000009")
	if v, err := b.Accept(t.Context(), o, plan); v != TooLate || err != nil {
		t.Fatalf("Accept = %s, %v", v, err)
	}
	if n, err := b.Purge(t.Context(), Retention{Ended: time.Hour, Unknown: time.Hour}); n != 0 || err != nil {
		t.Errorf("Purge = %d, %v", n, err)
	}
}

// What a platform shows of a receiver changes with the app's rights and with the
// order's age. Less of it is no other receiver.
func TestAReceiverThatIsClosedLaterHasNotChanged(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	masked := o
	masked.PhoneKind = waybill.PhoneMasked
	masked.Receiver.Name, masked.Receiver.Phone = pii.NewName("张**"), pii.NewPhone("138****0001")
	sealed := o
	sealed.PhoneKind, sealed.Receiver = waybill.PhoneSealed, waybill.Party{}
	for name, again := range map[string]order.Order{"masked": masked, "sealed": sealed} {
		if v, err := b.Accept(t.Context(), again, plan); v != Same || err != nil {
			t.Errorf("%s: %s, %v", name, v, err)
		}
	}
	if r := b.row("1"); r.Alarm != "" || r.Label != Queued {
		t.Errorf("the label is %s, alarm %q", r.Label, r.Alarm)
	}
	masked.State = order.Cancelled
	if v, err := b.Accept(t.Context(), masked, plan); v != Withdrawn || err != nil {
		t.Errorf("cancelled: %s, %v", v, err)
	}
}

func TestMoreParcelsAreAChange(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.Parcels = 1
	if v, err := b.Accept(t.Context(), o, plan); v != Same || err != nil {
		t.Errorf("one parcel, said aloud: %s, %v", v, err)
	}
	o.Parcels = 2
	if v, err := b.Accept(t.Context(), o, plan); v != Overtaken || err != nil {
		t.Errorf("two parcels: %s, %v", v, err)
	}
}

func TestAnOrderOfSeveralParcelsHasShippedWithItsLast(t *testing.T) {
	for name, test := range map[string]struct {
		codes [2]string
		own   [2]waybill.Number
		told  waybill.Number
	}{
		"one number, a barcode each": {[2]string{"731-1-2-", "731-2-2-"}, [2]waybill.Number{}, "731"},
		"a number each":              {[2]string{"731", "732"}, [2]waybill.Number{"731", "732"}, "731,732"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			b.accept(o)
			b.do(b.issuing(o))
			w := bill(o, 2)
			for i := range w.Parcels {
				w.Parcels[i].Barcode, w.Parcels[i].Number = test.codes[i], test.own[i]
			}
			b.do(b.Issued(t.Context(), o.Key, w, 0))
			b.do(b.Enqueue(t.Context(), o.Key, w, Paper{"t", "76x130"}, 0))
			b.settle(b.print(Sending), printer.Sent)
			b.settle(b.print(Sending), printer.Uncertain)
			b.scan(test.codes[1], 1)
			if _, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("the platform is told with one of two: %v", err)
			}
			b.scan(test.codes[1], 1) // the same again
			b.scan(test.codes[0], 0)
			if m, err := b.NextMessage(t.Context()); err != nil || m.What != "shipped" || m.Number != test.told {
				t.Errorf("NextMessage = %+v, %v; want shipped under %s", m, err, test.told)
			}
			ids, err := b.Reprint(t.Context(), test.codes[1], Person{Who: "tester", Why: "torn"})
			if err != nil || len(ids) != 1 {
				t.Errorf("Reprint of one parcel: %v, %v", ids, err)
			}
		})
	}
}

// A page of a slow reading may arrive after somebody has asked for one of its
// orders.
func TestASlowReadingIsNoNews(t *testing.T) {
	b := newBench(t)
	old := b.order("1")
	b.now = b.now.Add(time.Second)
	now := b.order("1")
	now.Receiver.Address = pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, "演示路99号")
	b.accept(now)
	if v, err := b.Accept(t.Context(), old, plan); v != Same || err != nil {
		t.Errorf("the older reading: %s, %v", v, err)
	}
	if o, _, err := b.Order(t.Context(), now.Key); err != nil || !strings.HasSuffix(o.Receiver.Address.Reveal(), "演示路99号") {
		t.Errorf("the order goes to where it went before: %v", err)
	}
	old.ReadAt = b.now.Add(-time.Hour) // the clock was set back
	if v, err := b.Accept(t.Context(), old, plan); v != Replaced || err != nil {
		t.Errorf("read by a clock that was set back: %s, %v", v, err)
	}
}

func TestNoNumberTakesTheOrderAsItIsNow(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.IssueLost(t.Context(), o.Key, Problem{Code: "carrier-answer-unknown"}, 0))
	o.Receiver.Address = pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, "演示路99号")
	o.ReadAt = b.now.Add(time.Second)
	b.do(b.ResolveNoNumberAs(t.Context(), o, plan, Person{Who: "tester"}))
	n, err := b.Next(t.Context())
	if err != nil || n.Again || !strings.HasSuffix(n.Order.Receiver.Address.Reveal(), "演示路99号") {
		t.Errorf("Next: again %v, %v", n.Again, err)
	}
}
