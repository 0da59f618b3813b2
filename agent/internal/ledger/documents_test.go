package ledger

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/canary"
	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

const sealedPaper = "76x130 sealed pdd"

// document is a sealed label of a platform; what says what is in it.
func (b *bench) document(id, number, what string) Document {
	return Document{
		Order: order.OfDocument("pdd", id), Parent: "ORDER-" + id, PaidAt: b.now,
		Waybill: waybill.Waybill{Carrier: "ZTO", Number: waybill.Number(number), Order: "ORDER-" + id, PhoneKind: waybill.PhoneSealed,
			Parcels: []waybill.Parcel{{Barcode: number, Index: 1, Count: 1}}},
		Sealed: []byte(`{"sealed": "` + what + `" }`), Paper: Paper{Template: "platform/sealed", Size: sealedPaper},
	}
}

func (b *bench) add(d Document) Verdict {
	b.t.Helper()
	v, err := b.AcceptDocument(b.t.Context(), d)
	b.do(err)
	return v
}

// send takes the label that is due to a state, as print does of another paper.
func (b *bench) sendDocument(upTo LabelState) Label {
	b.t.Helper()
	ctx := b.t.Context()
	label, err := b.Claim(ctx, Claimant{Printer: "pdd-1", Paper: sealedPaper})
	b.do(err)
	if upTo == Claimed {
		return label
	}
	b.do(b.Rendered(ctx, label.ID))
	a, err := b.Prepare(ctx)
	b.do(err)
	b.do(b.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "pdd-1", Mark: a.Mark.String()}))
	if upTo == Sending {
		b.do(b.Sending(ctx, label))
	}
	return label
}

func TestADocumentIsOneLabel(t *testing.T) {
	b := newBench(t)
	d := b.document("1", "75300000000001", "first")
	if v := b.add(d); v != Fresh {
		t.Fatalf("%s, want %s", v, Fresh)
	}
	b.crash()
	if v := b.add(d); v != Same {
		t.Errorf("again after a crash: %s, want %s", v, Same)
	}
	other := b.document("1", "75300000000002", "second")
	if v := b.add(other); v != Replaced {
		t.Errorf("another one that waits: %s, want %s", v, Replaced)
	}
	r := b.row("1")
	if r.OrderState != Issued || r.Label != Queued || r.Number != other.Waybill.Number || r.Own != other.Waybill.Number || r.PhoneKind != waybill.PhoneSealed {
		t.Errorf("%+v", r)
	}
	if _, err := b.Claim(t.Context(), Claimant{Printer: "jd-1", Paper: "76x130 sealed"}); !errors.Is(err, ErrNothing) {
		t.Errorf("a printer of another paper: %v, want %v", err, ErrNothing)
	}
	label := b.sendDocument(Claimed)
	if got, err := b.Document(t.Context(), label.ID); err != nil || !bytes.Equal(got, other.Sealed) {
		t.Errorf("%q, %v, want %q", got, err, other.Sealed)
	}
	if _, err := b.AcceptDocument(t.Context(), d); !errors.Is(err, ErrBusy) {
		t.Errorf("another one while it is in a printer's hand: %v, want %v", err, ErrBusy)
	}
	b.do(b.Release(t.Context(), label.ID, Problem{}, 0))
	b.settle(b.sendDocument(Sending), printer.Sent)
	for range 2 {
		if v := b.add(d); v != TooLate {
			t.Errorf("another one after it was printed: %s, want %s", v, TooLate)
		}
	}
	if r := b.row("1"); r.Alarm != "document-too-late" || r.Label != Presumed || r.Number != other.Waybill.Number {
		t.Errorf("%+v", r)
	}
	if v := b.add(other); v != Same {
		t.Errorf("the one that was printed: %s, want %s", v, Same)
	}
	if _, err := b.Claim(t.Context(), Claimant{Printer: "pdd-1", Paper: sealedPaper}); !errors.Is(err, ErrNothing) {
		t.Errorf("it is in the queue again: %v", err)
	}
}

// All that is printed or says where counts, and what does not count does not.
func TestWhatMakesADocumentTheSame(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(*Document){
		"number":  func(d *Document) { d.Waybill.Number = "75300000000009" },
		"carrier": func(d *Document) { d.Waybill.Carrier = "YTO" },
		"order":   func(d *Document) { d.Parent = "ANOTHER" },
		"paper":   func(d *Document) { d.Paper.Size = "100x150 sealed pdd" },
		"seal":    func(d *Document) { d.Sealed = append(bytes.Clone(d.Sealed), ' ') },
	} {
		d := b.document(name, "7530000000"+name, "")
		b.add(d)
		change(&d)
		if v := b.add(d); v != Replaced {
			t.Errorf("another %s: %s, want %s", name, v, Replaced)
		}
		d.PaidAt = d.PaidAt.Add(time.Hour)
		if v := b.add(d); v != Same {
			t.Errorf("at another time: %s, want %s", v, Same)
		}
	}
	taken := b.document("2", "75300000000009", "")
	var e *TakenError
	if _, err := b.AcceptDocument(t.Context(), taken); !errors.As(err, &e) || e.Order != "number" {
		t.Errorf("another order's number: %v", err)
	}
	if v := b.add(Document{Order: order.OfDocument("kuaishou", "seal"), Waybill: waybill.Waybill{Number: "75300000000010"}, PaidAt: b.now}); v != Fresh {
		t.Errorf("the same key on another platform: %s, want %s", v, Fresh)
	}
}

// A purge takes the document with it, down to the bytes in the files; what is left
// keeps it from being printed again.
func TestAPurgeTakesTheDocument(t *testing.T) {
	b := newBench(t)
	d := b.document("1", "75300000000001", strings.Repeat("SEALEDDATA", 900))
	b.add(d)
	b.settle(b.sendDocument(Sending), printer.Sent)
	id := b.row("1").LabelID
	th := newThief(t, b.dir)
	keys := []string{b.rawKey(th, "1")}
	if n := opens(t, th, keys); n < 3 {
		t.Fatalf("before the purge the key opens %d sealed places: the search is blind", n)
	}
	retention := Retention{Ended: time.Hour, Unknown: time.Hour}
	_, err := b.Purge(t.Context(), retention)
	b.do(err)
	b.now = b.now.Add(2 * time.Hour)
	n, err := b.Purge(t.Context(), retention)
	b.do(err)
	if _, err := b.Document(t.Context(), id); n != 1 || !errors.Is(err, ErrPurged) {
		t.Fatalf("%d purged, the document: %v", n, err)
	}
	var kept int
	b.do(b.db.Read.QueryRow(`SELECT count(*) FROM orders WHERE sealed_document IS NOT NULL`).Scan(&kept))
	if kept > 0 {
		t.Error("the row has it still")
	}
	if n := opens(t, newThief(t, b.dir), keys); n > 0 {
		t.Errorf("a copy of the folder opens %d sealed places", n)
	}
	files, err := filepath.Glob(filepath.Join(b.dir, "*"))
	b.do(err)
	for _, f := range files {
		content, err := os.ReadFile(f)
		b.do(err)
		if bytes.Contains(content, []byte("SEALEDDATA")) {
			t.Errorf("%s holds it in the open", filepath.Base(f))
		}
	}
	if v := b.add(d); v != Same {
		t.Errorf("handed in again: %s, want %s", v, Same)
	}
	if v := b.add(b.document("1", "75300000000001", "another")); v != TooLate {
		t.Errorf("another one: %s, want %s", v, TooLate)
	}
	if r := b.row("1"); r.Label != Presumed || !r.Purged {
		t.Errorf("%+v", r)
	}
}

// rawKey is an order's key, as a thief has it who took it in time.
func (b *bench) rawKey(th *canary.Thief, id string) string {
	b.t.Helper()
	var wrapped []byte
	b.do(b.db.Read.QueryRow(`SELECT key FROM orders WHERE platform_id = ?`, id).Scan(&wrapped))
	k, err := th.Unwrap(wrapped)
	b.do(err)
	return k
}

func TestADocumentIsDeletedAtOnce(t *testing.T) {
	b := newBench(t)
	d := b.document("1", "75300000000001", "first")
	b.add(d)
	gone, err := b.Delete(t.Context(), d.Order, Person{Who: "root", Why: "asked"})
	if err != nil || gone.Cancelled != 1 || gone.Returned != 0 {
		t.Fatalf("%+v, %v", gone, err)
	}
	if v := b.add(d); v != Same || b.row("1").Label != Dropped {
		t.Errorf("handed in again: %s, %s", v, b.row("1").Label)
	}
	if _, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("somebody is told: %v", err)
	}
}

// A document older than a copy that was put back may be on paper.
func TestADocumentFromBeforeACopyWasPutBack(t *testing.T) {
	b := newBench(t)
	_, err := b.db.Write.Exec(`INSERT INTO meta (name, value) VALUES ('restored', ?)`, b.now.UnixMilli())
	b.do(err)
	old := b.document("1", "75300000000001", "")
	old.PaidAt = b.now.Add(-time.Hour)
	b.add(old)
	b.now = b.now.Add(time.Minute)
	b.add(b.document("2", "75300000000002", ""))
	if b.row("1").Label != Unknown || b.row("2").Label != Queued {
		t.Errorf("%s and %s, want %s and %s", b.row("1").Label, b.row("2").Label, Unknown, Queued)
	}
}

// One that does not say how old it is may have been handed in before, for a day.
func TestADocumentOfNoAgeAfterACopyWasPutBack(t *testing.T) {
	b := newBench(t)
	d := b.document("1", "75300000000001", "")
	d.PaidAt = time.Time{}
	b.add(d)
	if r := b.row("1"); r.Label != Queued || !r.Deadline.Equal(b.now.Add(order.ShipWithin)) {
		t.Errorf("%s, to ship by %s; want %s, by %s", r.Label, r.Deadline, Queued, b.now.Add(order.ShipWithin))
	}
	_, err := b.db.Write.Exec(`INSERT INTO meta (name, value) VALUES ('restored', ?)`, b.now.UnixMilli())
	b.do(err)
	for _, c := range []struct {
		id   string
		wait time.Duration
		want LabelState
	}{{"2", time.Minute, Unknown}, {"3", 22 * time.Hour, Unknown}, {"4", 2 * time.Hour, Queued}} {
		b.now = b.now.Add(c.wait)
		d := b.document(c.id, "7530000000001"+c.id, "")
		d.PaidAt = time.Time{}
		b.add(d)
		if r := b.row(c.id); r.Label != c.want {
			t.Errorf("document %s is %s, want %s", c.id, r.Label, c.want)
		}
	}
}

// What a scanner reads from a label is on no other one, whoever hands that in under
// whatever key; and what is scanned is found.
func TestADocumentOfItsOwnBarcode(t *testing.T) {
	b := newBench(t)
	of := func(caller, id, number, own, barcode string) Document {
		d := b.document(id, number, id)
		d.Order = order.OfCaller(caller, id)
		d.Waybill.Parcels[0] = waybill.Parcel{Number: waybill.Number(own), Barcode: barcode, Index: 1, Count: 1}
		return d
	}
	b.add(of("shop", "1", "75300000000001", "75300000000011", "75300000000011-1-1-"))
	for _, again := range []Document{
		of("shop", "2", "75300000000002", "", "75300000000011-1-1-"),
		of("other", "1", "75300000000003", "75300000000011", "75300000000003"),
		of("other", "3", "75300000000011", "", "75300000000011"),
	} {
		if _, err := b.AcceptDocument(t.Context(), again); !errors.As(err, new(*TakenError)) {
			t.Errorf("%s of %s: %v, want a *TakenError", again.Order.ID, again.Order.Source, err)
		}
	}
	if f, err := b.Find(t.Context(), "75300000000011-1-1-"); err != nil || f.Rows[0].Order.ID != "1" || f.Rows[0].Own != "75300000000011" {
		t.Errorf("its barcode finds %+v, %v", f, err)
	}
	moved := of("shop", "1", "75300000000001", "75300000000012", "75300000000012-1-1-")
	moved.Sealed, moved.Target, moved.Waybill.PhoneKind = []byte("moved"), "pdd-2", waybill.PhoneReal
	if v := b.add(moved); v != Replaced {
		t.Fatalf("another one: %s, want %s", v, Replaced)
	}
	if r := b.row("1"); r.Own != "75300000000012" || r.PhoneKind != waybill.PhoneReal {
		t.Errorf("%+v", r)
	}
	b.wantClaims("it is for another printer now", Claimant{Printer: "pdd-1", Paper: sealedPaper})
	b.wantClaims("it is that one's", Claimant{Printer: "pdd-2", Paper: sealedPaper}, "1")
}

func TestALabelIsAskedForLater(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	for _, id := range []string{"1", "2", "3"} {
		b.add(b.document(id, "7530000000000"+id, id))
		b.sendDocument(Sending)
		b.crash()
	}
	doubts, err := b.Doubts(ctx, "pdd-1")
	if err != nil || len(doubts) != 3 {
		t.Fatalf("%+v, %v", doubts, err)
	}
	if other, err := b.Doubts(ctx, "jd-1"); err != nil || len(other) != 0 {
		t.Errorf("of another printer: %+v, %v", other, err)
	}
	b.do(b.FoundPrinted(ctx, doubts[0], printer.Evidence{Method: "component"}))
	if r := b.row("1"); r.Label != Presumed || r.LastEvidence == nil || r.LastEvidence.Method != "component" {
		t.Errorf("found printed: %+v", r)
	}
	b.do(b.FoundUnprinted(ctx, doubts[1], Problem{Code: "component-refused"}, time.Minute))
	if r := b.row("2"); r.Label != Queued || r.Copy != 0 || r.Problem.Code != "component-refused" {
		t.Errorf("found unprinted: %+v", r)
	}
	var move *MoveError
	for _, d := range doubts[:2] {
		if err := b.FoundPrinted(ctx, d, printer.Evidence{}); !errors.As(err, &move) {
			t.Errorf("found twice: %v", err)
		}
		if err := b.FoundUnprinted(ctx, d, Problem{}, 0); !errors.As(err, &move) {
			t.Errorf("found twice: %v", err)
		}
	}
	old := doubts[1]
	b.now = b.now.Add(2 * time.Minute)
	b.sendDocument(Sending)
	b.crash()
	if err := b.FoundPrinted(ctx, old, printer.Evidence{}); !errors.As(err, &move) || b.row("2").Label != Unknown {
		t.Errorf("the word of an older attempt: %v", err)
	}
	_, err = b.db.Write.Exec(`UPDATE orders SET doubted = 1 WHERE platform_id = '3'`)
	b.do(err)
	if left, err := b.Doubts(ctx, "pdd-1"); err != nil || len(left) != 1 {
		t.Errorf("with one of a restored copy: %+v, %v", left, err)
	}
	for what, want := range map[string]int{audit.Presumed: 1, "found-unprinted": 1} {
		var n int
		b.do(b.db.Read.QueryRow(`SELECT count(*) FROM audit WHERE what = ? AND who = ?`, what, agent).Scan(&n))
		if n != want {
			t.Errorf("%d records of %s, want %d", n, what, want)
		}
	}
}
