//go:build linux && (amd64 || arm64)

package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

var (
	damages    = flag.Int("damages", 150, "how often the database's files are damaged")
	damageSeed = flag.Uint64("damageseed", 0, "seed of the damage; 0 takes one from the clock")
)

// TestDamage changes bytes of the database and of its WAL and cuts them short,
// after a clean end and after a kill. What opens must be what was committed,
// whole; a label that may be on paper must never be back in the queue.
func TestDamage(t *testing.T) {
	seed := *damageSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with: go test ./agent/internal/store -run TestDamage -damages %d -damageseed %d", *damages, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	killed, ended := busy(t)
	cases := []struct{ name, from, file string }{
		{"database, after its end", ended, store.FileName},
		{"database, after a kill", killed, store.FileName},
		{"WAL, after a kill", killed, store.FileName + "-wal"},
	}
	for _, c := range cases {
		want := contents(t, copyOf(t, c.from))
		tally := map[string]int{}
		for range *damages / len(cases) {
			dir := copyOf(t, c.from)
			how := harm(t, filepath.Join(dir, c.file), 0, random)
			got, err := read(t, dir)
			switch {
			case errors.Is(err, store.ErrDamaged), errors.Is(err, store.ErrNewer):
				tally["noticed"]++
			case err != nil:
				t.Errorf("%s, %s: an error that does not say so: %v", c.name, how, err)
			case got == want:
				tally["harmless"]++
			default:
				tally["unnoticed"]++
				t.Errorf("%s, %s: it was not noticed%s", c.name, how, difference(want, got))
			}
			os.RemoveAll(filepath.Dir(dir))
		}
		t.Logf("%s: %v", c.name, tally)
	}
	headless(t, killed)
}

// headless loses what stands at the beginning of the WAL, where SQLite then reads
// nothing of it.
func headless(t *testing.T, killed string) {
	t.Helper()
	for _, outlived := range []bool{true, false} {
		for _, lost := range []int{1, 32, 56, 512, 4096, 3 * 4120} {
			dir := copyOf(t, killed)
			path := filepath.Join(dir, store.FileName)
			wal, err := os.ReadFile(path + "-wal")
			if err != nil {
				t.Fatal(err)
			}
			clear(wal[:lost])
			if err := os.WriteFile(path+"-wal", wal, 0o600); err != nil {
				t.Fatal(err)
			}
			if !outlived {
				os.Remove(path + "-shm")
			}
			if _, err := read(t, dir); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("the first %d bytes of the WAL zeroed, its index outlived that: %v: it was not noticed (%v)", lost, outlived, err)
			}
		}
	}
}

// TestTornWAL damages the WAL where nothing outlived the power that says how far
// it went. Its end may then be a commit that was torn, and is forgotten; but a
// label that may be on paper must not be back in the queue.
func TestTornWAL(t *testing.T) {
	random := rand.New(rand.NewPCG(*damageSeed, 9))
	killed, _ := busy(t)
	keys := os.Getenv(seal.KeysEnv)
	tally := map[string]int{}
	wal, err := os.ReadFile(filepath.Join(killed, store.FileName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	const end = 12 * 4120 // where the label's last steps are
	first := (len(wal) - end) / 512
	sectors := (len(wal)+511)/512 - first
	for i := range sectors + *damages/10 {
		dir := copyOf(t, killed)
		if err := os.Remove(filepath.Join(dir, store.FileName+"-shm")); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, store.FileName+"-wal")
		how := fmt.Sprintf("sector %d zeroed", first+i)
		if i < sectors { // each of them
			b := bytes.Clone(wal)
			clear(b[(first+i)*512 : min((first+i+1)*512, len(b))])
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		} else {
			how = harm(t, path, end, random)
		}
		if cut, err := os.Stat(path); err != nil || cut.Size() < int64(len(wal)) {
			continue // a disk that forgets a length that it has flushed leaves no trace
		}
		own := copyOf(t, keys) // the boot counter goes on with each start
		if err := lock(own); err != nil {
			t.Fatal(err)
		}
		t.Setenv(seal.KeysEnv, own)
		l := newLife(dir, "400")
		err := l.open(t.Context())
		if errors.Is(err, store.ErrDamaged) {
			tally["noticed"]++
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		is, err := l.stands(t.Context())
		if err != nil || is != "unknown" || l.found.Restored {
			t.Errorf("%s: the label that was being sent is %s (%v)", how, is, err)
		}
		tally[fmt.Sprintf("opened, torn %v", l.db.Torn)]++
		l.close()
	}
	t.Logf("%v", tally)
}

// busy makes a database with orders in every state and returns it as a kill
// and as a proper end have left it.
func busy(t *testing.T) (killed, ended string) {
	t.Helper()
	fresh := model(t)
	dir := fresh()
	ctx := t.Context()
	first := newLife(dir, "100")
	if err := first.open(ctx); err != nil {
		t.Fatal(err)
	}
	live := func(id string, upTo int) {
		l := newLife(dir, id)
		l.db, l.ledger = first.db, first.ledger
		for _, s := range l.steps()[1:upTo] {
			if err := s.do(ctx); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
		}
	}
	for i := range 8 {
		live(fmt.Sprint(200+i), 12)
	}
	if err := first.db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		live(fmt.Sprint(300+i), 12)
	}
	live("400", 11) // it is being sent
	killed = filepath.Join(memory(t), "data")
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	first.close()
	return killed, dir
}

func copyOf(t *testing.T, from string) string {
	t.Helper()
	dir := filepath.Join(memory(t), "data")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// harm does one kind of damage to a file, in its last bytes if so many are
// given, and says which.
func harm(t *testing.T, path string, last int, random *rand.Rand) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	from := 0
	if last > 0 {
		from = max(0, len(b)-last)
	}
	var how string
	switch at := from + random.IntN(len(b)-from); random.IntN(5) {
	case 0:
		b = b[:at]
		how = fmt.Sprintf("cut to %d bytes", at)
	case 1:
		at -= at % 512
		clear(b[at:min(at+512, len(b))])
		how = fmt.Sprintf("the sector at %d zeroed", at)
	default:
		n := 1 + random.IntN(3)
		how = "changed"
		for range n {
			at := from + random.IntN(len(b)-from)
			b[at] ^= byte(1 + random.IntN(255))
			how += fmt.Sprintf(" byte %d", at)
		}
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return how
}

func contents(t *testing.T, dir string) string {
	t.Helper()
	s, err := read(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read opens a folder as the program does and returns every row of its
// database.
func read(t *testing.T, dir string) (string, error) {
	t.Helper()
	keys, err := seal.OpenKeystore(dir)
	if err != nil {
		return "", err
	}
	if _, err := seal.Open(keys, dir, store.Exists(dir)); err != nil {
		return "", err
	}
	if !store.Exists(dir) {
		return "", fmt.Errorf("%w: the file is empty, and the boot counter is not", store.ErrDamaged)
	}
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var all strings.Builder
	for _, table := range []string{"meta", "orders", "labels", "attempts", "outbox", "cursors"} { // the audit has its own chain
		if err := dump(db.Write, table, &all); err != nil {
			return "", store.Explain(err)
		}
	}
	return all.String(), nil
}

func dump(db *sql.DB, table string, into *strings.Builder) error {
	rows, err := db.Query(`SELECT * FROM ` + table + ` ORDER BY 1, 2`)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		row, into2 := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into2[i] = &row[i]
		}
		if err := rows.Scan(into2...); err != nil {
			return err
		}
		for i, c := range columns {
			fmt.Fprintf(into, "%s.%s=%v ", table, c, row[i])
		}
		into.WriteString("\n")
	}
	return rows.Err()
}

// difference names the first rows that differ.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) {
			return fmt.Sprintf("; %d rows instead of %d", len(b), len(a))
		}
		if a[i] == b[i] {
			continue
		}
		x, y := strings.Fields(a[i]), strings.Fields(b[i])
		for j := range min(len(x), len(y)) {
			if x[j] != y[j] {
				return fmt.Sprintf("; %.80s is %.80s", x[j], y[j])
			}
		}
	}
	return ""
}
