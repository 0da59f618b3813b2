package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

// unasked takes up an order that waits for somebody's word, with goods such as
// "CUP PEN PEN".
func (b *bench) unasked(id, goods string, deadline time.Duration) order.Order {
	b.t.Helper()
	o := b.order(id)
	for sku := range strings.FieldsSeq(goods) {
		o.Items = append(o.Items, waybill.Item{SKU: strings.TrimSuffix(sku, "?"), Quantity: 1})
		if strings.HasSuffix(sku, "?") {
			o.Items = append(o.Items, waybill.Item{Name: "演示", Quantity: 1})
		}
	}
	o.PaidAt = b.now.Add(deadline)
	_, err := b.Accept(b.t.Context(), o, Plan{Issuer: "wujie/ZTO"})
	b.do(err)
	return o
}

func (b *bench) askFor(goods ...string) string {
	b.t.Helper()
	pieces := map[string]int{}
	for _, g := range goods {
		pieces[g]++
	}
	found, err := b.AskFor(b.t.Context(), pieces, Person{Who: "tester"})
	if errors.Is(err, ErrNothing) {
		n, err := b.Matching(b.t.Context(), pieces)
		b.do(err)
		return fmt.Sprintf("%d more", n)
	}
	b.do(err)
	return found.Rows[0].Order.ID
}

func TestGoodsNameTheMostUrgentOrder(t *testing.T) {
	b := newBench(t)
	b.unasked("later", "CUP PEN", 2*time.Hour)
	b.unasked("soon", "PEN CUP", time.Hour)
	b.unasked("two pens", "PEN PEN", 3*time.Hour)
	b.unasked("unnamed", "MUG?", time.Hour)
	for _, c := range []struct {
		goods string
		want  string
	}{
		{"CUP", "2 more"},
		{"PEN", "3 more"},
		{"CUP PEN", "soon"},
		{"PEN CUP", "later"},
		{"CUP PEN", "0 more"}, // both are asked for
		{"PEN", "1 more"},
		{"PEN PEN PEN", "0 more"},
		{"PEN PEN", "two pens"},
		{"MUG", "0 more"}, // there is more in it than can be scanned
		{"HAT", "0 more"},
	} {
		if got := b.askFor(strings.Fields(c.goods)...); got != c.want {
			t.Errorf("goods %q come to %s, want %s", c.goods, got, c.want)
		}
	}
	if n := b.recorded(printAsked); n != 3 {
		t.Errorf("%d orders were asked for by the record, want 3", n)
	}
}

// TestGoodsInTheQueueGoAhead asks for an order that prints by itself, which waits
// behind others. Once asked for, printed or reprinted it is nobody else's parcel.
func TestGoodsInTheQueueGoAhead(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2"} {
		o := b.unasked(id, "CUP", 0)
		b.do(b.issuing(o))
		b.do(b.Issued(t.Context(), o.Key, bill(o, 1), time.Millisecond))
		b.do(b.Enqueue(t.Context(), o.Key, bill(o, 1), Paper{"wujie-76x130", "76x130"}, time.Millisecond))
	}
	if got := b.askFor("CUP"); got != "1" {
		t.Errorf("the goods are those of order %s, want 1", got)
	}
	if got := b.askFor("CUP"); got != "2" {
		t.Errorf("the same goods again are those of order %s, want 2", got)
	}
	if got := b.askFor("CUP"); got != "0 more" {
		t.Errorf("there is a third order: %s", got)
	}
	b.settle(b.print(Sending), printer.Confirmed)
	_, err := b.Reprint(t.Context(), "731", Person{Who: "tester", Why: "torn"})
	b.do(err)
	if got := b.askFor("CUP"); got != "0 more" {
		t.Errorf("a reprint is somebody else's parcel: %s", got)
	}
}

// TestGoodsOfAStoppedWave asks for an order of a wave that somebody has stopped: it
// prints, the rest of the wave does not, and its scan says which wave it is of.
func TestGoodsOfAStoppedWave(t *testing.T) {
	b := newBench(t)
	p := Person{Who: "tester"}
	var list []WaveOrder
	for i, id := range []string{"1", "2"} {
		o := b.unasked(id, []string{"CUP", "PEN"}[i], 0)
		b.do(b.issuing(o))
		b.do(b.Issued(t.Context(), o.Key, bill(o, 1), time.Millisecond))
		b.do(b.Enqueue(t.Context(), o.Key, bill(o, 1), Paper{"wujie-76x130", "76x130"}, time.Millisecond))
		list = append(list, WaveOrder{Key: o.Key})
	}
	wave, _, err := b.StartWave(t.Context(), NewWave{Orders: list}, p)
	b.do(err)
	b.do(b.StopWave(t.Context(), wave, p))
	if got := b.askFor("PEN"); got != "2" {
		t.Errorf("the goods are those of %s, want 2", got)
	}
	label := b.print(Sending)
	b.settle(label, printer.Confirmed)
	if _, err := b.Claim(t.Context(), Claimant{Printer: "bench-1", Paper: "76x130"}); label.Order.ID != "2" || !errors.Is(err, ErrNothing) {
		t.Errorf("order %s is printed, and then: %v", label.Order.ID, err)
	}
	if packed, err := b.Scanned(t.Context(), "732", p); err != nil || packed.Wave != wave || packed.Order.ID != "2" {
		t.Errorf("the scan says %+v, %v; want wave %d", packed, err, wave)
	}
	b.do(b.CloseWave(t.Context(), wave, p))
	if packed, err := b.Scanned(t.Context(), "732", p); err != nil || packed.Wave != 0 {
		t.Errorf("once the wave is closed the scan says %+v, %v", packed, err)
	}
}

// TestReprintOfOneLabel prints one of two labels again that say the same number.
func TestReprintOfOneLabel(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 2)
	first := b.print(Sending)
	b.settle(first, printer.Confirmed)
	b.settle(b.print(Sending), printer.Confirmed)
	ids, err := b.ReprintLabel(t.Context(), first.ID, Person{Who: "tester", Why: "torn"})
	if err != nil || len(ids) != 1 || ids[0] != first.ID {
		t.Fatalf("the reprint of label %d: %v, %v", first.ID, ids, err)
	}
	if again := b.print(Sending); again.ID != first.ID || again.Copy != 1 {
		t.Errorf("label %d is printed again as copy %d", again.ID, again.Copy)
	}
	if _, err := b.Claim(t.Context(), Claimant{Printer: "bench-2", Paper: "76x130"}); !errors.Is(err, ErrNothing) {
		t.Errorf("there is more: %v", err)
	}
	if _, err := b.ReprintLabel(t.Context(), 99, Person{Who: "tester", Why: "torn"}); !errors.Is(err, ErrNoLabel) {
		t.Errorf("a label that is none: %v", err)
	}
	if _, err := b.ReprintLabel(t.Context(), first.ID, Person{Who: "tester"}); !errors.Is(err, ErrWhy) {
		t.Errorf("without a reason: %v", err)
	}
}

func TestTheNextThatWaitsForAWord(t *testing.T) {
	b := newBench(t)
	b.accept(b.order("by itself"))
	b.unasked("2", "", 2*time.Hour)
	b.unasked("1", "", time.Hour)
	refused := b.order("refused")
	_, err := b.Accept(t.Context(), refused, Plan{Refusal: "no-route"})
	b.do(err)
	for _, want := range []string{"1", "2"} {
		got, err := b.AskNext(t.Context(), Person{Who: "tester"})
		if err != nil || got.Rows[0].Order.ID != want || !got.Wanted {
			t.Errorf("the next is %+v, %v; want %s", got, err, want)
		}
	}
	if _, err := b.AskNext(t.Context(), Person{}); !errors.Is(err, ErrNothing) {
		t.Errorf("there is one more: %v", err)
	}
}

// TestWhateverIsOnTheLabel finds an order by what scanners make of its numbers.
func TestWhateverIsOnTheLabel(t *testing.T) {
	b := newBench(t)
	o := b.order("A-77")
	b.accept(o)
	b.do(b.issuing(o))
	w := waybill.Waybill{Carrier: "JD", Number: "JDVA00000000077", Order: o.ID, Receiver: o.Receiver, PhoneKind: o.PhoneKind}
	for i := range 2 {
		w.Parcels = append(w.Parcels, waybill.Parcel{Barcode: fmt.Sprintf("JDVA00000000077-%d-2-", i+1), Index: i + 1, Count: 2})
	}
	b.do(b.Issued(t.Context(), o.Key, w, time.Millisecond))
	found := func(code string) string {
		t.Helper()
		f, err := b.Find(t.Context(), code)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%s with %d labels", f.Rows[0].Order.ID, len(f.Rows))
	}
	if got := found("JDVA00000000077"); got != "A-77 with 1 labels" { // a row without a label
		t.Errorf("before it has labels: %s", got)
	}
	b.do(b.Enqueue(t.Context(), o.Key, w, Paper{"jd-express-76x130", "76x130"}, time.Millisecond))
	for _, code := range []string{
		"A-77", "a-77", "JDVA00000000077", "jdva00000000077", "JDVA00000000077-1-2-", "JDVA00000000077-2-2", "jdva00000000077-2-2-H13",
		"JDVA00000000077-7-9-", "JDVA 0000 0000 077",
	} {
		if got := found(code); got != "A-77 with 2 labels" && !(code == "JDVA00000000077-7-9-" && strings.Contains(got, "no such")) {
			t.Errorf("the code %q finds %s", code, got)
		}
	}
	for _, code := range []string{"JDVA00000000078", "A-7", "77", "JDVA00000000078-1-1-", ""} {
		if got := found(code); !strings.Contains(got, "no such") {
			t.Errorf("the code %q finds %s", code, got)
		}
	}
	b.settle(b.print(Sending), printer.Confirmed)
	b.settle(b.print(Sending), printer.Confirmed)
	for _, c := range []struct {
		code string
		want string
	}{
		{"jdva00000000077-2-2-H13", "1 left, already false"},
		{"JDVA00000000077-2-2", "1 left, already true"},
		{"JDVA00000000077-7-9-", "no such"}, // of two parcels it is neither
		{"JDVA00000000077-1-2-", "0 left, already false"},
		{"JDVA00000000077", "0 left, already true"},
	} {
		p, err := b.Scanned(t.Context(), c.code, Person{Who: "tester"})
		got := fmt.Sprintf("%d left, already %v", p.Left, p.Already)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("the scan of %s: %s, want %s", c.code, got, c.want)
		}
	}
}

// TestACodeOfTwoThings has two orders and two SKUs whose names differ in
// capitals alone.
func TestACodeOfTwoThings(t *testing.T) {
	b := newBench(t)
	b.unasked("ab1", "cup", 0)
	b.unasked("AB1", "CUP", 0)
	for _, code := range []string{"ab1", "AB1"} {
		f, err := b.Find(t.Context(), code)
		if err != nil || f.Rows[0].Order.ID != code {
			t.Errorf("the code %s finds %+v, %v", code, f, err)
		}
	}
	if f, err := b.Find(t.Context(), "Ab1"); !errors.Is(err, ErrNoOrder) {
		t.Errorf("Ab1 finds %+v, %v; nobody knows which of two it is", f, err)
	}
	for code, want := range map[string]string{"cup": "cup", "CUP": "CUP", "Cup": "", "pen": ""} {
		if got, err := b.SKU(t.Context(), code); got != want || (want == "") != errors.Is(err, ErrNoGoods) {
			t.Errorf("the SKU of %s is %q, %v; want %q", code, got, err, want)
		}
	}
}

// TestAnOldSKUIsNoOrder remembers a SKU when all its orders are gone: it is never
// asked for on a platform.
func TestAnOldSKUIsNoOrder(t *testing.T) {
	b := newBench(t)
	o := b.unasked("1", "100012043978", 0)
	_, err := b.Delete(t.Context(), o.Key, Person{Who: "tester", Why: "asked for"})
	b.do(err)
	if got, err := b.SKU(t.Context(), "100012043978"); err != nil || got == "" {
		t.Errorf("the SKU is forgotten: %v", err)
	}
	if got := b.askFor("100012043978"); got != "0 more" {
		t.Errorf("a deleted order is asked for by its goods: %s", got)
	}
}

func TestTheLatestLabel(t *testing.T) {
	b := newBench(t)
	if _, _, err := b.Latest(t.Context()); !errors.Is(err, ErrNoLabel) {
		t.Fatalf("before any label: %v", err)
	}
	for _, id := range []string{"1", "2"} {
		b.enqueue(b.order(id), 1)
		b.now = b.now.Add(time.Minute)
		b.settle(b.print(Sending), printer.Confirmed)
	}
	b.enqueue(b.order("3"), 1)
	b.now = b.now.Add(time.Minute)
	b.settle(b.print(Sending), printer.Uncertain)
	if _, order, err := b.Latest(t.Context()); err != nil || order != "2" {
		t.Errorf("the latest is of order %s, %v; want 2", order, err)
	}
	_, err := b.Reprint(t.Context(), "731", Person{Who: "tester", Why: "torn"})
	b.do(err)
	b.now = b.now.Add(time.Minute)
	b.settle(b.print(Sending), printer.Confirmed)
	if _, order, err := b.Latest(t.Context()); err != nil || order != "1" {
		t.Errorf("the latest is of order %s, %v; want 1", order, err)
	}
}

// TestTheDeskGoesByIndexes asks SQLite how it finds what a scan asks for: with
// twenty thousand orders that wait, nothing may walk through them.
func TestTheDeskGoesByIndexes(t *testing.T) {
	b := newBench(t)
	for what, q := range map[string]string{"the next": nextUnasked, "goods": strings.Replace(nextOfGoods, "?", "'x'", 1)} {
		rows, err := b.db.Read.Query(`EXPLAIN QUERY PLAN ` + q)
		b.do(err)
		defer rows.Close()
		for rows.Next() {
			var (
				a, c, d int
				detail  string
			)
			b.do(rows.Scan(&a, &c, &d, &detail))
			if strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "orders_unasked") || strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s: %s", what, detail)
			}
		}
		b.do(rows.Err())
	}
}
