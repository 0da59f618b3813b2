package ledger

import (
	"context"
	"os"
	"path/filepath"
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
