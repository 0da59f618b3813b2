package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/printer"
	"miandan/templates/pii"
)

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
