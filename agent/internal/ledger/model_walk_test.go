package ledger

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer"
)

var walkSeed = flag.Uint64("model.seed", 0, "take the walks of this seed; 0 is another one each time")

// walked are worlds far too large to be explored. A walk goes through one as luck
// will have it, with the handles that the ledger itself gives out, and a crash in
// it leaves the files of the moment.
var walked = []rules{
	{shape: shape{1}, Numbers: 2, Printers: 2, Crashes: 6, Reprints: 2, Answers: 3, Troubles: 4, Changes: 4, Losses: 3, Purges: 2, Deletes: 1, Copies: 1},
	{shape: shape{2}, Numbers: 1, Printers: 2, Crashes: 6, Reprints: 1, Answers: 3, Troubles: 4, Changes: 2, Losses: 2, Purges: 1, Deletes: 1},
}

func TestTheLedgerWalksWithTheModel(t *testing.T) {
	seed, walks := *walkSeed, 16
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	if *modelSize == "full" {
		walks = 1000
	}
	t.Logf("go test ./agent/internal/ledger -run WalksWithTheModel -model.seed=%d", seed)
	steps, crashes := 0, 0
	for n := range walks {
		if t.Failed() {
			break
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := walked[n%len(walked)]
			w := &walk{real: &real{bench: newBench(t), rules: r}, luck: rand.New(rand.NewPCG(seed, uint64(n)))}
			w.begin()
			for range 150 {
				if !w.step() {
					break
				}
			}
			steps, crashes = steps+len(w.way), crashes+int(w.at.Crashes)
		})
	}
	t.Logf("%d walks, %d steps, %d crashes", walks, steps, crashes)
}

// walk is a real ledger and a world beside each other.
type walk struct {
	*real
	at   world
	luck *rand.Rand
	way  []string
	copy string // the folder that holds the old copy

	copied int64 // its last process ID
}

func (w *walk) begin() {
	w.reported, w.at, w.lives = map[string]int{}, world{Up: true}, []life{{}}
	for v := range w.contents {
		w.contents[v] = w.content(w.told(uint8(v), false))
	}
	w.letGo()
}

// letGo is what a crash does to the agent's memory.
func (w *walk) letGo() {
	w.queries, w.held, w.numbering = nil, map[int64]*Label{}, nil
}

func (w *walk) step() bool {
	var events []event
	var worlds []world
	for e, to := range w.next(w.at) {
		if to == w.at {
			continue
		}
		for times := range 8 {
			if times == 0 || !disturbs(w.at, to) { // or it would hardly get anywhere
				events, worlds = append(events, e), append(worlds, to)
			}
		}
	}
	if len(events) == 0 {
		return false
	}
	i := w.luck.IntN(len(events))
	from, to := w.at, worlds[i]
	w.way = append(w.way, events[i].String())
	w.happen(events[i], to)
	for _, p := range w.system("").States {
		if what := p.Holds(to); what != "" {
			w.fail(p.Name + ": " + what)
		}
	}
	for _, p := range w.system("").Edges {
		if what := p.Holds(from, events[i], to); what != "" {
			w.fail(p.Name + ": " + what)
		}
	}
	w.at = to
	if to.Up {
		want := onDisk(to.Book)
		if got := w.book(); got != want {
			w.fail(fmt.Sprintf("the ledger and the model differ:\n%+v\n%+v", got, want))
		}
		w.shown(want)
	}
	return !w.t.Failed()
}

// disturbs says whether an event is none that the work itself brings about.
func disturbs(from, to world) bool {
	return to.Crashes != from.Crashes || to.Changes != from.Changes || to.Purges != from.Purges || to.Deletes != from.Deletes ||
		to.Made != from.Made || to.Troubles != from.Troubles || to.Losses != from.Losses
}

func (w *walk) fail(what string) {
	w.t.Helper()
	w.t.Errorf("%s\n  after\n  %s", what, strings.Join(w.way, "\n  "))
}

// happen lets the event happen to the real ledger.
func (w *walk) happen(e event, to world) {
	ctx := w.t.Context()
	switch {
	case e.What == "read the next order":
		n, err := w.Next(ctx)
		if err != nil || n.Again != to.Talk.Again || n.Waybill != nil {
			w.fail(fmt.Sprintf("Next: again %v, %v; want again %v", n.Again, err, to.Talk.Again))
		}
		w.numbering = &n
	case e.What == "what was read is stale":
		var move *MoveError
		if err := w.Issuing(ctx, *w.numbering); !errors.Is(err, ErrStale) && !errors.Is(err, ErrPurged) && !errors.As(err, &move) {
			w.fail(fmt.Sprintf("Issuing of what has changed: %v", err))
		}
	case e.What == "crash":
		w.kill()
	case e.What == "a copy of the database is made":
		w.copy, w.copied = w.t.TempDir(), w.lastMark()
		w.do(copyFiles(w.dir, w.copy))
	case e.What == "the old copy is put back":
		kept, err := w.seal.BootCount()
		w.do(err)
		w.do(w.seal.SetBootCount(kept + 1)) // it is older than the last start
		w.do(copyFiles(w.copy, w.dir))
	case e.Call.What == "recover":
		before := w.copied
		w.open()
		if w.found.Restored {
			w.begins(before, w.lastMark())
		}
		if w.found.Restored != e.Call.Restored {
			w.fail(fmt.Sprintf("taken for a restored copy: %v, want %v", w.found.Restored, e.Call.Restored))
		}
		if !to.Up {
			w.kill()
		}
	case e.Call.What != "":
		_, answer, _ := w.apply(w.at.Book, e.Call)
		if word, err := w.make(w.at.Book, e.Call); err != nil || word != answer {
			w.fail(fmt.Sprintf("it answers %q, %v; want %q", word, err, answer))
		}
	}
}

// kill leaves what a kill leaves: the files as they are at this moment. Closing the
// database tidies up, so they are put back after it.
func (w *walk) kill() {
	as := w.t.TempDir()
	w.do(copyFiles(w.dir, as))
	w.do(w.db.Close())
	w.do(copyFiles(as, w.dir))
	w.letGo()
}

// copyFiles copies the database, its log, and the proof of its key.
func copyFiles(from, to string) error {
	for _, name := range []string{store.FileName, store.FileName + "-wal", seal.ProofFile} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, os.ErrNotExist) {
			if err := os.Remove(filepath.Join(to, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), b, 0o600); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(to, store.FileName+"-shm"))
}

// shown compares the queue as people see it.
func (w *walk) shown(b book) {
	rows, err := w.Rows(w.t.Context(), Filter{})
	w.do(err)
	for _, row := range rows {
		i := slices.Index(w.ids[:], row.LabelID)
		e := entry{}
		if row.LabelID != 0 {
			e = b.Labels[i]
		}
		got := fmt.Sprintln(row.OrderState, row.Label, row.Copy, row.Attempts, row.Purged, lastDigit(string(row.Number)), lastDigit(row.Printer))
		want := fmt.Sprintln(b.Order, e.State, e.Copy, e.Tries, !b.Data, b.Number, e.Printer)
		if got != want || row.Purged == (row.Receiver.Name.Reveal() != "") {
			w.fail(fmt.Sprintf("the queue shows %swant %s", got, want))
		}
	}
	if len(rows) == 0 && b.Order != nowhere {
		w.fail("the queue does not show the order")
	}
}

// Ways on which the model once found the ledger wrong. Most of them are walked
// above as well; these take two changes and a purge, and are far from the start.
func TestWaysThatWereWrong(t *testing.T) {
	for name, way := range map[string][]call{
		"a number of a purged order goes back": {
			{What: "accept"}, {What: "issuing"}, {What: "issued", Number: 1}, {What: "enqueue", Number: 1},
			{What: "accept", Version: 1}, {What: "purge"}, {What: "accept", Version: 1}, {What: "accept", Version: 1, Cancelled: true},
			{What: "given back", Number: 1}, {What: "accept", Version: 1},
		},
		"cancelled while refused": {
			{What: "accept"}, {What: "issuing"}, {What: "refused"}, {What: "accept", Cancelled: true}, {What: "accept"},
		},
		"cancelled after a purge": {
			{What: "accept"}, {What: "purge"}, {What: "accept", Cancelled: true}, {What: "accept"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newReal(t, rules{shape: shape{1}, Numbers: 2, Printers: 1})
			var at book
			var done []string
			for _, c := range way {
				done = append(done, c.String())
				var ok bool
				if at, ok = d.follow(at, c, done); !ok {
					return
				}
			}
		})
	}
}

// A copy of the last run has counted as many starts as that. What was printed
// since is known by the audit, which ends before its anchor.
func TestACopyOfTheLastRunIsAnOldOne(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	aside := t.TempDir()
	b.do(copyFiles(b.dir, aside))
	b.settle(b.print(Sending), printer.Sent)
	b.do(b.Anchor())
	b.do(b.db.Close())
	b.do(copyFiles(aside, b.dir))
	b.open()
	if got := b.row("1").Label; !b.found.Restored || got != Unknown {
		t.Errorf("restored = %v, the label is %s; want true, %s: it is on paper", b.found.Restored, got, Unknown)
	}
}
