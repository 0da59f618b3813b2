package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// driven are the worlds through which the real ledger is driven: to each book that
// the model knows, and on by some of its calls. With -model=full the worlds are those
// of the model, and each call is made of each book, once.
var driven = []struct {
	name   string
	usual  rules
	larger rules
}{
	{"one label", rules{shape: shape{1}, Numbers: 1, Printers: 1, Crashes: 1, Reprints: 1, Answers: 1, Troubles: 1}, oneLabel},
	{"a sister printer", rules{shape: shape{1}, Numbers: 1, Printers: 2, Crashes: 1, Troubles: 1, Answers: 1, Silent: true}, rules{}},
	{"two parcels", rules{shape: shape{2}, Numbers: 1, Printers: 1, Tandem: true, Silent: true}, rules{shape: shape{2}, Numbers: 1, Printers: 2, Crashes: 1, Tandem: true, Silent: true}},
	{"a fickle buyer", rules{shape: shape{1}, Numbers: 1, Printers: 1, Changes: 2, Losses: 1, Silent: true}, numbers},
	{"numbers", rules{shape: shape{1}, Numbers: 2, Printers: 1, Changes: 1, Losses: 1, Silent: true}, rules{}},
	{"purges", rules{shape: shape{1}, Numbers: 1, Printers: 1, Changes: 1, Losses: 1, Purges: 1, Answers: 1, Silent: true}, withPurges},
	{"forgotten", rules{shape: shape{1}, Numbers: 1, Printers: 1, Changes: 1, Losses: 1, Deletes: 1, Answers: 1, Silent: true}, withDeletes},
	{"an old copy", rules{shape: shape{1}, Numbers: 1, Printers: 1, Crashes: 1, Copies: 1, Answers: 1, Silent: true}, anOldCopy},
}

func TestTheLedgerDoesWhatTheModelDoes(t *testing.T) {
	books, calls, refused, began := 0, 0, 0, time.Now()
	for _, c := range driven {
		t.Run(c.name, func(t *testing.T) {
			r := c.usual
			if *modelSize == "full" && c.larger != (rules{}) {
				r = c.larger
			}
			g := r.graph(t)
			d := newReal(t, r)
			made, not := d.drive(g)
			t.Logf("%d books, %d calls made and %d refused", len(g.books), made, not)
			books, calls, refused = books+len(g.books), calls+made, refused+not
		})
	}
	t.Logf("in all %d books, %d calls made and %d refused, in %v", books, calls, refused, time.Since(began).Round(time.Millisecond))
}

// drive takes the ledger along every edge of the graph. It goes on from where it
// stands while there is something left to do, and back to what it kept of the
// nearest book otherwise.
func (d *real) drive(g graph) (made, refused int) {
	left := g.calls
	kept := map[book]snapshot{{}: d.save()}
	tried := map[refusal]bool{}
	for next, at := 0, (book{}); ; {
		if len(left[at]) == 0 {
			for next < len(g.books) && (len(left[g.books[next]]) == 0 || kept[g.books[next]] == nil) {
				next++
			}
			if next == len(g.books) {
				break
			}
			at = g.books[next]
			d.restore(kept[at])
			d.book()
		}
		if kept[at] == nil {
			kept[at] = d.save()
		}
		refused += d.refuses(at, kept[at], g.ways[at], tried)
		c := left[at][0]
		if left[at] = left[at][1:]; len(left[at]) == 0 {
			delete(kept, at)
		}
		made++
		to, ok := d.follow(at, c, append(g.ways[at], c.String()))
		if at = to; !ok {
			at = book{Lost: true, Marks: 255} // nowhere: go back to a book that is kept
		}
	}
	for _, b := range g.books {
		if len(left[b]) > 0 && !d.t.Failed() {
			d.t.Errorf("%d calls of a book were not made: %+v", len(left[b]), b)
		}
	}
	return made, refused
}

// follow makes a call of the ledger and of the model, and compares.
func (d *real) follow(b book, c call, way []string) (book, bool) {
	d.t.Helper()
	want, answer, _ := d.apply(b, c)
	want = onDisk(want)
	word, err := d.make(b, c)
	if err != nil {
		d.report(c, "was refused: "+err.Error(), way)
		return want, false
	}
	if word != answer {
		d.report(c, fmt.Sprintf("answers %q, and the model %q", word, answer), way)
	}
	if got := d.book(); got != want {
		d.report(c, fmt.Sprintf("makes\n  %+v of it, and the model\n  %+v", got, want), way)
		return want, false
	}
	return want, true
}

// report says of each call once, with the shortest way, what is wrong with it.
func (d *real) report(c call, what string, way []string) {
	d.t.Helper()
	if d.reported[c.What+what[:4]]++; d.reported[c.What+what[:4]] == 1 {
		d.t.Errorf("%s %s\n  after\n  %s", c, what, strings.Join(way, "\n  "))
	}
}

// refusal is all that a refusal may depend on. The rest of the book does not
// matter to it, and -model=full does not take that on trust.
type refusal struct {
	c        call
	order    stage
	content  uint8
	number   uint8
	labelled bool
	data     bool
	alarm    alarm
	state    step
	sent     bool
	all      book // with -model=full
}

func refusalOf(b book, c call) refusal {
	e := b.Labels[c.Label]
	k := refusal{c: c, order: b.Order, content: b.Content, number: b.Number, labelled: b.Labelled, data: b.Data, alarm: b.Alarm, state: e.State, sent: e.sentOnce()}
	if *modelSize == "full" {
		k.all = b
	}
	return k
}

// refuses makes every call that the rules do not allow here. Each must be refused
// by name, and nothing may have changed.
func (d *real) refuses(b book, at snapshot, way []string, tried map[refusal]bool) int {
	var all []call
	for _, c := range d.forbidden(b) {
		if k := refusalOf(b, c); !tried[k] {
			tried[k] = true
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return 0
	}
	before := d.tables()
	for _, c := range all {
		_, err := d.make(b, c)
		switch {
		case err == nil:
			d.report(c, "was not refused", way)
			d.restore(at)
		case !byName(err):
			d.report(c, "is refused without a name: "+err.Error(), way)
		}
	}
	if d.tables() == before {
		return len(all)
	}
	for _, c := range all {
		d.restore(at)
		before := d.tables()
		if _, err := d.make(b, c); err != nil && d.tables() != before {
			d.report(c, "was refused and changed something", way)
		}
	}
	d.restore(at)
	return len(all)
}

func byName(err error) bool {
	var move *MoveError
	var taken *TakenError
	if errors.As(err, &move) || errors.As(err, &taken) {
		return true
	}
	for _, known := range []error{ErrNoOrder, ErrNoLabel, ErrNothing, ErrPurged, ErrWhy, ErrNotCleared, ErrStale, ErrBusy, ErrNotOnPaper, ErrWithdrawn, ErrInHand} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// forbidden are the calls that the rules do not allow in a book.
func (r rules) forbidden(b book) []call {
	var all []call
	for v := range uint8(2) {
		all = append(all, call{What: "issuing", Version: v})
	}
	for n := uint8(1); n <= r.Numbers; n++ {
		all = append(all, call{What: "issued", Number: n}, call{What: "enqueue", Number: n})
	}
	for _, what := range []string{"refused", "not issued", "issue lost", "no number", "delete"} {
		all = append(all, call{What: what})
	}
	all = append(all, call{What: "claim", Printer: 1})
	for i := range r.slotsInUse() {
		for what := range perLabel {
			all = append(all, call{What: what, Label: i, Cleared: true})
			if what == "not printed" {
				all = append(all, call{What: what, Label: i})
			}
			if old := what == "sending" || what == "not sent" || what == "uncertain" || what == "sent" || what == "confirmed"; old && b.Labels[i].Tries > 1 {
				all = append(all, call{What: what, Label: i, Old: true})
			}
		}
	}
	var refused []call
	for _, c := range all {
		if e := b.Labels[c.Label]; c.What == "intend" && (e.State == claimed || e.State == rendered) && e.Tries == attempts {
			continue // more attempts than the model counts
		}
		if c.What == "enqueue" && b.Order == issued && !b.Labelled && c.Number != b.Number {
			continue
		}
		if _, _, ok := r.apply(b, c); !ok {
			refused = append(refused, c)
		}
	}
	return refused
}
