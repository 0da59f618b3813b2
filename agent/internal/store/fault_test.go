//go:build linux && (amd64 || arm64)

package store_test

import (
	"fmt"
	"testing"

	"miandan/agent/internal/store/faulty"
)

// TestFaults makes the disk fail at each write, flush and so on of a life, once
// and for a while. A step either succeeds or says why in a way that people can
// be told; nothing of it has happened then, so that it succeeds as a whole
// once the disk is well.
func TestFaults(t *testing.T) {
	fresh := model(t)
	_, counts := measure(t, fresh())
	runs, refused := 0, 0
	for _, f := range []faulty.Fault{
		{Op: faulty.Write, Kind: faulty.Full}, {Op: faulty.Write, Kind: faulty.IO}, {Op: faulty.Write, Kind: faulty.ReadOnly},
		{Op: faulty.Sync, Kind: faulty.IO}, {Op: faulty.Read, Kind: faulty.IO}, {Op: faulty.Truncate, Kind: faulty.IO},
		{Op: faulty.Open, Kind: faulty.IO}, {Op: faulty.Delete, Kind: faulty.IO},
	} {
		for _, f.From = range part(counts[f.Op], 5) {
			for _, f.Times = range []int{1, 5, 0} {
				runs++
				refused += failAt(t, fresh(), f)
			}
		}
	}
	t.Logf("%d faulty lives (%v), %d steps refused", runs, counts, refused)
	if refused < runs/4 {
		t.Error("hardly a fault was felt: the test proves little")
	}
}

// failAt lives a life with one fault, and cuts the power at its end: what was
// answered with success must be there.
func failAt(t *testing.T, dir string, f faulty.Fault) (refused int) {
	t.Helper()
	ctx := t.Context()
	d := install(t, faulty.Config{Power: faulty.Drop, Faults: []faulty.Fault{f}})
	where := fmt.Sprintf("%s %s from %d, %d times", f.Kind, f.Op, f.From, f.Times)
	l := newLife(dir, "1")
	defer d.Uninstall()
	defer l.close()
	for _, s := range l.steps() {
		err := s.do(ctx)
		for tries := 0; err != nil; tries++ {
			refused++
			if !named(err) {
				t.Fatalf("%s: %s: an error that nobody can be told: %v", where, s.name, err)
			}
			if tries == 1 {
				d.Heal()
			}
			if tries > 3 {
				t.Fatalf("%s: %s: it does not go on: %v", where, s.name, err)
			}
			err = s.do(ctx)
		}
	}
	d.Cut()
	l.close()
	l.db = nil
	d.Uninstall()
	if err := faulty.Reboot(dir); err != nil {
		t.Fatal(err)
	}
	after := newLife(dir, "1")
	if err := after.open(ctx); err != nil {
		t.Fatalf("%s: after it: %v", where, err)
	}
	defer after.close()
	if is, err := after.stands(ctx); err != nil || is != "confirmed" || after.found.Restored {
		t.Errorf("%s: the order is %s (%v), restored %v", where, is, err, after.found.Restored)
	}
	rows, err := after.db.Write.Query(`SELECT count(*), max(state) FROM attempts`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var state string
		if err := rows.Scan(&n, &state); err != nil || n != 1 || state != "confirmed" {
			t.Errorf("%s: %d attempts, %s (%v), want one, confirmed", where, n, state, err)
		}
	}
	return refused
}
