//go:build linux && (amd64 || arm64)

package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/store"
	"miandan/agent/internal/store/faulty"
)

var (
	losses   = flag.Int("losses", 20, "how often the power is lost")
	lossSeed = flag.Uint64("lossseed", 0, "seed of the power losses; 0 takes one from the clock")
)

const (
	childDir  = "STORE_TEST_DIR"  // set in the child: the data folder
	childSync = "STORE_TEST_SYNC" // off: the positive control
	childSeed = "STORE_TEST_SEED"
)

// TestMain makes the test binary be the process that loses power.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := commitForEver(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	}
	os.Exit(m.Run())
}

// commitForEver commits one numbered transaction after the other and says each
// number when the commit has returned.
func commitForEver(dir string) error {
	if _, err := faulty.FromEnv(); err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	if os.Getenv(childSync) == "off" {
		if _, err := db.Write.Exec(`PRAGMA synchronous = OFF`); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(seed, 1))
	var n int
	if err := db.Read.QueryRow(`SELECT count(*) FROM cursors`).Scan(&n); err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		n++
		err := db.Tx(ctx, func(tx *sql.Tx) error {
			if _, err := tx.Exec(`INSERT INTO cursors (source, cursor) VALUES (?, ?)`, fmt.Sprintf("%06d", n), filling(n)); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('n', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, n)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
		switch random.IntN(12) {
		case 0: // as after a purge
			_, err = db.Write.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
		case 1: // as every thousand pages, and now and then the WAL begins anew
			_, err = db.Write.Exec(`PRAGMA wal_checkpoint(RESTART)`)
		case 2:
			err = db.Read.QueryRow(`SELECT count(*) FROM cursors`).Scan(new(int))
		case 3:
			if n%2 == 0 {
				err = db.Close()
				if err == nil {
					db, err = store.Open(ctx, dir)
				}
			}
		}
		if err != nil {
			return err
		}
		if os.Getenv(childSync) == "off" {
			if _, err := db.Write.Exec(`PRAGMA synchronous = OFF`); err != nil {
				return err
			}
		}
	}
}

// filling makes transactions of one to several pages.
func filling(n int) string { return strings.Repeat(strconv.Itoa(n)+" ", 1+(n*2654435761)%3000) }

// lose lets a child commit on a disk, takes its power away after a random
// number of commits and a random moment, and returns what it has promised.
func lose(t *testing.T, dir, faults, sync string, random *rand.Rand) (promised int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childDir+"="+dir, childSync+"="+sync, faulty.Env+"="+faults, childSeed+"="+strconv.FormatUint(random.Uint64(), 10))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	enough := random.IntN(25)
	moment := time.Duration(random.IntN(3000)) * time.Microsecond
	lines := bufio.NewScanner(out)
	killed := false
	for seen := 0; lines.Scan(); seen++ {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			promised = n
		}
		if seen >= enough && !killed {
			killed = true
			time.AfterFunc(moment, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait()
	if complaint.Len() > 0 {
		t.Fatalf("the child could not go on: %s", complaint.String())
	}
	return promised
}

// TestPowerLoss takes the power away from a process that commits, again and
// again, and looks for every commit that it was told of.
func TestPowerLoss(t *testing.T) {
	seed := *lossSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with: go test ./agent/internal/store -run TestPowerLoss -losses %d -lossseed %d", *losses, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir, promises, total := "", 0, 0
	for i := range *losses {
		if i%10 == 0 { // a new database now and then: its making is interrupted too
			dir, promises = memory(t), 0
		}
		faults := "power"
		if i%4 > 0 {
			faults += ",seed=" + strconv.FormatUint(random.Uint64(), 10)
		}
		if n := lose(t, dir, faults, "full", random); n > 0 {
			total += n - promises
			promises = n
		}
		if err := faulty.Reboot(dir); err != nil {
			t.Fatal(err)
		}
		n, err := kept(t, dir)
		if err != nil {
			t.Fatalf("loss %d (%s): %v", i, faults, err)
		}
		if n < promises {
			t.Fatalf("loss %d (%s): %d commits were promised, %d are there", i, faults, promises, n)
		}
		promises = n
	}
	t.Logf("%d losses, %d promised commits, none lost", *losses, total)
	if *losses >= 20 && total == 0 {
		t.Error("nothing was ever promised: the test proves nothing")
	}
}

// TestPowerLossIsSeen is the positive control: without the flush of each
// commit, the same test must lose some.
func TestPowerLossIsSeen(t *testing.T) {
	for _, faults := range []string{"power", "power,seed=7"} {
		random := rand.New(rand.NewPCG(7, 7))
		seen := false
		for try := 0; try < 10 && !seen; try++ {
			dir := memory(t)
			promised := lose(t, dir, faults, "off", random)
			if err := faulty.Reboot(dir); err != nil {
				t.Fatal(err)
			}
			n, err := kept(t, dir)
			if seen = err != nil || n < promised; seen {
				t.Logf("%s: %d commits were promised, %d are there (%v): seen", faults, promised, n, err)
			}
		}
		if !seen {
			t.Errorf("%s: synchronous=OFF has lost nothing in ten power losses: the disk loses nothing", faults)
		}
	}
}

// kept opens what the loss has left, on a good disk, and returns how many
// commits are there. None may be half there.
func kept(t *testing.T, dir string) (int, error) {
	t.Helper()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var check string
	if err := db.Write.QueryRow(`PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
		return 0, fmt.Errorf("integrity_check: %s (%v)", check, err)
	}
	var n, last int
	err = db.Write.QueryRow(`SELECT count(*), coalesce((SELECT value FROM meta WHERE name = 'n'), 0) FROM cursors`).Scan(&n, &last)
	if err != nil || n != last {
		return n, fmt.Errorf("%d rows, and the counter stands at %d (%v)", n, last, err)
	}
	rows, err := db.Write.Query(`SELECT CAST(source AS INTEGER), cursor FROM cursors ORDER BY source`)
	if err != nil {
		return n, err
	}
	defer rows.Close()
	for i := 1; rows.Next(); i++ {
		var at int
		var why string
		if err := rows.Scan(&at, &why); err != nil {
			return n, err
		}
		if at != i || why != filling(i) {
			return n, fmt.Errorf("row %d is not what was committed", i)
		}
	}
	return n, errors.Join(rows.Err(), removed(dir))
}

// removed says if something that Reboot should have removed is left.
func removed(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, "*.gone"))
	if err == nil && len(left) > 0 {
		return fmt.Errorf("%v is left after the reboot", left)
	}
	return err
}
