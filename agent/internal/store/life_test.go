//go:build linux && (amd64 || arm64)

package store_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/agent/internal/store/faulty"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

var every = flag.Bool("every", false, "fault tests: every write and every step, not a part of them")

// life is the way of one order through the real ledger, one durable step after
// the other.
type life struct {
	dir    string
	db     *store.DB
	ledger *ledger.Ledger
	order  order.Order
	label  ledger.Label
	next   ledger.Numbering
	try    ledger.Attempt
	found  ledger.Recovered
}

var now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

func newLife(dir, id string) *life {
	return &life{dir: dir, order: order.Order{
		Key: order.Key{Source: "jd", ID: id}, State: order.ToShip, Merchant: order.SOP, PhoneKind: waybill.PhoneReal,
		Receiver: waybill.Party{Name: pii.NewName("演示收件人"), Phone: pii.NewPhone("13800000001"),
			Address: pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, "演示路1号2幢301室")},
		PaidAt: now, ReadAt: now,
	}}
}

func (l *life) bill() waybill.Waybill {
	w := waybill.Waybill{Carrier: "ZTO", CarrierName: "中通快递", Number: waybill.Number("73" + l.order.ID), Order: l.order.ID, Receiver: l.order.Receiver, PhoneKind: l.order.PhoneKind}
	w.Parcels = []waybill.Parcel{{Barcode: string(w.Number), Index: 1, Count: 1}}
	return w
}

// open is the start of the program, as far as the disk sees it.
func (l *life) open(ctx context.Context) error {
	keys, err := seal.OpenKeystore(l.dir)
	if err != nil {
		return err
	}
	s, err := seal.Open(keys, l.dir, store.Exists(l.dir))
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, l.dir)
	if err != nil {
		return err
	}
	l.ledger = ledger.New(db, s, func() time.Time { return now })
	if l.found, err = l.ledger.Recover(ctx); err != nil {
		return errors.Join(err, db.Close())
	}
	l.db = db
	return nil
}

func (l *life) close() {
	if l.db != nil {
		l.db.Close() // with the power gone it cannot end well
	}
}

// steps are what the station does, and what a restart makes of the order when
// the step was the last.
func (l *life) steps() []step {
	return []step{
		{"open", l.open, "nothing"},
		{"accept", func(ctx context.Context) error {
			_, err := l.ledger.Accept(ctx, l.order, ledger.Plan{Issuer: "wujie/ZTO", Wanted: true})
			return err
		}, "accepted"},
		{"next", func(ctx context.Context) (err error) { l.next, err = l.ledger.Next(ctx); return err }, "accepted"},
		{"issuing", func(ctx context.Context) error { return l.ledger.Issuing(ctx, l.next) }, "issue-unknown"},
		{"issued", func(ctx context.Context) error {
			return l.ledger.Issued(ctx, l.order.Key, l.bill(), time.Millisecond)
		}, "issued"},
		{"enqueue", func(ctx context.Context) error {
			return l.ledger.Enqueue(ctx, l.order.Key, l.bill(), ledger.Paper{Template: "wujie-76x130", Size: "76x130"}, time.Millisecond)
		}, "queued"},
		{"claim", func(ctx context.Context) (err error) {
			l.label, err = l.ledger.Claim(ctx, ledger.Claimant{Printer: "bench-1", Paper: "76x130"})
			return err
		}, "queued"},
		{"rendered", func(ctx context.Context) error { return l.ledger.Rendered(ctx, l.label.ID) }, "queued"},
		{"prepare", func(ctx context.Context) (err error) { l.try, err = l.ledger.Prepare(ctx); return err }, "queued"},
		{"intend", func(ctx context.Context) error {
			return l.ledger.Intend(ctx, &l.label, l.try, [32]byte{1}, printer.Baseline{Printer: "bench-1"})
		}, "unknown"},
		{"sending", func(ctx context.Context) error { return l.ledger.Sending(ctx, l.label) }, "unknown"},
		{"settle", func(ctx context.Context) error {
			_, err := l.ledger.Settle(ctx, l.label, ledger.Settled{Outcome: printer.Confirmed, Evidence: printer.Evidence{Method: "test"}})
			return err
		}, "confirmed"},
		{"purge", func(ctx context.Context) error {
			_, err := l.ledger.Purge(ctx, ledger.Retention{})
			return err
		}, "confirmed"},
	}
}

type step struct {
	name  string
	do    func(context.Context) error
	after string
}

// stands says how the order stands.
func (l *life) stands(ctx context.Context) (string, error) {
	rows, err := l.ledger.Rows(ctx, ledger.Filter{Order: l.order.ID})
	switch {
	case err != nil || len(rows) == 0:
		return "nothing", err
	case len(rows) > 1:
		return "", fmt.Errorf("%d labels of one parcel", len(rows))
	case rows[0].LabelID != 0:
		return string(rows[0].Label), nil
	}
	return string(rows[0].OrderState), nil
}

// named holds an error against those that callers can tell apart and people
// get a sentence for.
func named(err error) bool {
	var n *notice.Error
	err = store.Explain(err) // as whoever tells people does
	return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrDisk) || errors.Is(err, store.ErrDamaged) || errors.As(err, &n)
}

// memory returns a folder for files that need no real disk: what is lost of
// them is for the faulty one to say, and a real flush costs milliseconds.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "miandan-store-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// model makes a data folder in which the program has run once, and returns a
// function that copies it, for a thousand beginnings.
func model(t *testing.T) (fresh func() string) {
	t.Helper()
	home, i := memory(t), 0
	first, keys := filepath.Join(home, "data"), filepath.Join(home, "keys")
	if err := os.Mkdir(first, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(seal.KeysEnv, keys)
	l := newLife(first, "1")
	if err := l.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.close()
	return func() string {
		i++
		data, k := filepath.Join(home, fmt.Sprint(i), "data"), filepath.Join(home, fmt.Sprint(i), "keys")
		if err := errors.Join(os.CopyFS(data, os.DirFS(first)), os.CopyFS(k, os.DirFS(keys)), lock(k)); err != nil {
			t.Fatal(err)
		}
		t.Setenv(seal.KeysEnv, k)
		return data
	}
}

// lock makes a copied key folder one that others cannot read, as it was.
func lock(keys string) error {
	files, err := os.ReadDir(keys)
	for _, f := range files {
		err = errors.Join(err, os.Chmod(filepath.Join(keys, f.Name()), 0o600))
	}
	return errors.Join(err, os.Chmod(keys, 0o700))
}

func install(t *testing.T, c faulty.Config) *faulty.Disk {
	t.Helper()
	d, err := faulty.Install(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// measure lives one life on a good disk and returns what it asks of it.
func measure(t *testing.T, dir string) (steps int, counts map[faulty.Op]int) {
	t.Helper()
	d := install(t, faulty.Config{})
	defer d.Uninstall()
	l := newLife(dir, "1")
	for _, s := range l.steps() {
		if err := s.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	l.close()
	counts = map[faulty.Op]int{}
	for _, op := range []faulty.Op{faulty.Open, faulty.Read, faulty.Write, faulty.Truncate, faulty.Sync, faulty.Delete} {
		counts[op] = d.Count(op)
	}
	return d.Steps(), counts
}

// part returns the indices from 1 to n that are tried: others each time, and always
// some from the beginning to the end.
func part(n, some int) []int {
	step := n/some + 1
	if *every || n <= some {
		step = 1
	}
	var list []int
	for i := 1 + rand.IntN(step); i <= n; i += step {
		list = append(list, i)
	}
	return list
}

// TestPowerCutAtEachStep cuts the power before and after each durable step of
// a life, and starts again on a good disk. The order must stand where its last
// finished step has left it, or where the one in hand would have; nothing that
// may be on paper may be in the queue.
func TestPowerCutAtEachStep(t *testing.T) {
	fresh := model(t)
	n, _ := measure(t, fresh())
	cuts := 0
	for _, at := range part(n, 12) {
		for _, before := range []bool{true, false} {
			for _, power := range []faulty.Power{faulty.Drop, faulty.Scatter} {
				cuts++
				cutAt(t, fresh(), at, before, power)
			}
		}
	}
	t.Logf("%d cuts at %d durable steps", cuts, n)
}

// TestPowerCutAtFirstStart does the same to the first start of all, in which
// the key, its proof and the database are made.
func TestPowerCutAtFirstStart(t *testing.T) {
	empty := func() string {
		home := memory(t)
		t.Setenv(seal.KeysEnv, filepath.Join(home, "keys"))
		dir := filepath.Join(home, "data")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	n, _ := measure(t, empty())
	cuts := 0
	for _, at := range part(n, 12) {
		for _, before := range []bool{true, false} {
			for _, power := range []faulty.Power{faulty.Drop, faulty.Scatter} {
				cuts++
				cutAt(t, empty(), at, before, power)
			}
		}
	}
	t.Logf("%d cuts at %d durable steps", cuts, n)
}

func cutAt(t *testing.T, dir string, at int, before bool, power faulty.Power) {
	t.Helper()
	ctx := t.Context()
	var d *faulty.Disk
	d = install(t, faulty.Config{Power: power, Seed: uint64(at), At: func(n int, b bool) {
		if n == at && b == before {
			d.Cut()
		}
	}})
	l := newLife(dir, "1")
	may, last := []string{"nothing"}, "nothing"
	for _, s := range l.steps() {
		if err := s.do(ctx); err != nil {
			may, last = []string{last, s.after}, s.name
			break
		}
		may, last = []string{s.after}, s.after
	}
	l.close()
	d.Uninstall()
	where := fmt.Sprintf("step %d (before: %v, power %d), in %s", at, before, power, last)
	if err := faulty.Reboot(dir); err != nil {
		t.Fatal(err)
	}
	l = newLife(dir, "1")
	if err := l.open(ctx); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	defer l.close()
	if l.found.Restored {
		t.Errorf("%s: taken for a restored copy", where)
	}
	if l.db.Torn && slices.Contains(may, "queued") {
		may = append(may, "unknown") // the price of not knowing which commit it was
	}
	if is, err := l.stands(ctx); err != nil || !slices.Contains(may, is) {
		t.Errorf("%s: the order is %s (%v), want one of %v", where, is, err, may)
	}
	goesOn(t, l, where)
}

// goesOn takes another order through the same ledger.
func goesOn(t *testing.T, l *life, where string) {
	t.Helper()
	if _, err := l.db.Write.Exec(`UPDATE labels SET state = 'unknown' WHERE state = 'queued'; UPDATE orders SET state = 'refused' WHERE state <> 'issued' OR labelled = 0`); err != nil {
		t.Fatal(err) // what the next order would have to wait for
	}
	other := newLife(l.dir, "2")
	other.db, other.ledger = l.db, l.ledger
	for _, s := range other.steps()[1:] {
		if err := s.do(t.Context()); err != nil {
			t.Fatalf("%s: it does not go on: %s: %v", where, s.name, err)
		}
	}
}
