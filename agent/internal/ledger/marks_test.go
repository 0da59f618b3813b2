package ledger

import "testing"

// Process IDs are taken in lots, and none is used twice, however often the program
// starts.
func TestProcessIDsComeFromLots(t *testing.T) {
	b := newBench(t)
	b.marks.lot = 0
	used, last := map[string]bool{}, int64(0)
	for range 3 { // starts
		for range 100 {
			a, err := b.Prepare(t.Context())
			b.do(err)
			if used[a.Mark.String()] {
				t.Fatalf("process ID %s was used before", a.Mark)
			}
			used[a.Mark.String()] = true
			var kept int64
			b.do(b.db.Read.QueryRow(`SELECT value FROM meta WHERE name = 'mark'`).Scan(&kept))
			if kept < last || b.marks.used > kept {
				t.Fatalf("%d is used and the database is at %d", b.marks.used, kept)
			}
			last = kept
		}
		b.Ledger = New(b.db, b.seal, b.clock)
		_, err := b.Recover(t.Context())
		b.do(err)
	}
	if last > 3*128 {
		t.Errorf("for 300 labels %d process IDs are gone", last)
	}
}
