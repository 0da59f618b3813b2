package fleet_test

import (
	"errors"
	"slices"
	"testing"

	"miandan/agent/internal/fleet"
)

// act is something that somebody tries with a label of bench-1.
type act struct {
	name string
	do   func(w *world, r fleet.Ref) error
	// to is what the label becomes, by where it was; what is not named must stay as
	// it was.
	to map[fleet.State]fleet.State
	// quiet says that a label that must stay is passed over without an error: asking
	// about many labels is one question.
	quiet bool
}

func acts(t *testing.T) []act {
	ctx := t.Context()
	type moves = map[fleet.State]fleet.State
	settle := func(s fleet.State, to moves) act {
		return act{"settle " + string(s), func(w *world, r fleet.Ref) error { return w.one.Settle(ctx, []fleet.Settled{word(r, s)}) }, to, true}
	}
	return []act{
		{"claim", func(w *world, r fleet.Ref) error {
			_, err := w.one.Claim(ctx, []fleet.Want{{Printer: w.printerOf(t, r.ID), Paper: "76x130", N: 1}})
			return err
		}, moves{fleet.Queued: fleet.Claimed}, true},
		{"claim by another bench", func(w *world, r fleet.Ref) error {
			_, err := w.two.Claim(ctx, []fleet.Want{{Printer: w.printerOf(t, r.ID), Paper: "76x130", N: 1}})
			return err
		}, nil, true},
		{"start", func(w *world, r fleet.Ref) error { return w.one.Start(ctx, r.ID, r.Epoch) },
			moves{fleet.Claimed: fleet.Started, fleet.Started: fleet.Started}, false},
		{"start by another bench", func(w *world, r fleet.Ref) error { return w.two.Start(ctx, r.ID, r.Epoch) }, nil, false},
		{"start under the last epoch", func(w *world, r fleet.Ref) error { return w.one.Start(ctx, r.ID, r.Epoch-1) }, nil, false},
		{"start under the next epoch", func(w *world, r fleet.Ref) error { return w.one.Start(ctx, r.ID, r.Epoch+1) }, nil, false},
		{"lot", func(w *world, r fleet.Ref) error { _, err := w.one.Lot(ctx, []fleet.Ref{r}); return err },
			moves{fleet.Claimed: fleet.Started, fleet.Started: fleet.Started}, true},
		{"lot of another bench", func(w *world, r fleet.Ref) error { _, err := w.two.Lot(ctx, []fleet.Ref{r}); return err }, nil, true},
		{"release", func(w *world, r fleet.Ref) error { return w.one.Release(ctx, []fleet.Ref{r}) }, moves{fleet.Claimed: fleet.Queued}, true},
		{"release by another bench", func(w *world, r fleet.Ref) error { return w.two.Release(ctx, []fleet.Ref{r}) }, nil, true},
		{"release under the last epoch", func(w *world, r fleet.Ref) error {
			return w.one.Release(ctx, []fleet.Ref{{ID: r.ID, Epoch: r.Epoch - 1}})
		}, nil, true},
		{"give back what nobody wants", func(w *world, r fleet.Ref) error { return w.one.GiveBack(ctx, r) }, nil, false},
		{"give back what is wanted", func(w *world, r fleet.Ref) error {
			_ = w.admin(t, `SELECT miandan._want_back($1, 'platform', '演示组长', 'moved')`, r.ID)
			return w.one.GiveBack(ctx, r)
		}, moves{fleet.Started: fleet.Queued}, false},
		{"another bench gives back what is wanted", func(w *world, r fleet.Ref) error {
			_ = w.admin(t, `SELECT miandan._want_back($1, 'platform', '演示组长', 'moved')`, r.ID)
			return w.two.GiveBack(ctx, r)
		}, nil, false},
		// What is claimed and not started becomes a person's question: there may be paper.
		settle(fleet.Confirmed, moves{fleet.Claimed: fleet.Unknown, fleet.Started: fleet.Confirmed, fleet.Unknown: fleet.Confirmed, fleet.Presumed: fleet.Confirmed}),
		settle(fleet.Presumed, moves{fleet.Claimed: fleet.Unknown, fleet.Started: fleet.Presumed, fleet.Unknown: fleet.Presumed}),
		settle(fleet.Unknown, moves{fleet.Claimed: fleet.Unknown, fleet.Started: fleet.Unknown}),
		settle(fleet.Printed, moves{fleet.Claimed: fleet.Unknown, fleet.Started: fleet.Printed, fleet.Unknown: fleet.Printed, fleet.Presumed: fleet.Printed}),
		settle(fleet.NotPrinted, moves{fleet.Claimed: fleet.Unknown, fleet.Started: fleet.NotPrinted, fleet.Unknown: fleet.NotPrinted}),
		{"settle without a person", func(w *world, r fleet.Ref) error {
			return w.one.Settle(ctx, []fleet.Settled{{Ref: r, State: fleet.Printed}})
		}, nil, false},
		{"settle as queued", func(w *world, r fleet.Ref) error {
			return w.one.Settle(ctx, []fleet.Settled{{Ref: r, State: fleet.Queued}})
		}, nil, false},
		{"another bench settles", func(w *world, r fleet.Ref) error { return w.two.Settle(ctx, []fleet.Settled{word(r, fleet.Confirmed)}) }, nil, true},
		{"settle a copy of a person's", func(w *world, r fleet.Ref) error {
			s := word(r, fleet.Confirmed)
			s.Copy, s.Who, s.Why = 1, "演示员", "torn"
			return w.one.Settle(ctx, []fleet.Settled{s})
		}, moves{fleet.Claimed: fleet.Unknown, fleet.Started: fleet.Confirmed, fleet.Unknown: fleet.Confirmed, fleet.Confirmed: fleet.Confirmed,
			fleet.Presumed: fleet.Confirmed, fleet.Printed: fleet.Confirmed, fleet.NotPrinted: fleet.Confirmed}, true},
		{"settle a copy of nobody's", func(w *world, r fleet.Ref) error {
			s := word(r, fleet.Confirmed)
			s.Copy = 1
			return w.one.Settle(ctx, []fleet.Settled{s})
		}, moves{fleet.Claimed: fleet.Unknown}, true},
		{"a person decides", func(w *world, r fleet.Ref) error {
			return w.admin(t, `SELECT miandan._decide($1, $2, 'not-printed', 'platform', '演示组长', 'looked')`, r.ID, r.Epoch)
		}, moves{fleet.Unknown: fleet.NotPrinted}, false},
		{"a person decides about a dead bench", func(w *world, r fleet.Ref) error {
			return errors.Join(w.admin(t, `UPDATE miandan.stations SET revoked = now() WHERE name = 'bench-1'`),
				w.admin(t, `SELECT miandan._decide($1, $2, 'printed', 'platform', '演示组长', 'looked')`, r.ID, r.Epoch),
				w.admin(t, `UPDATE miandan.stations SET revoked = NULL WHERE name = 'bench-1'`))
		}, moves{fleet.Unknown: fleet.Printed, fleet.Started: fleet.Printed}, false},
		{"a person decides about the last epoch", func(w *world, r fleet.Ref) error {
			return w.admin(t, `SELECT miandan._decide($1, $2, 'printed', 'platform', '演示组长', 'looked')`, r.ID, r.Epoch-1)
		}, nil, false},
		{"a person decides without a reason", func(w *world, r fleet.Ref) error {
			return w.admin(t, `SELECT miandan._decide($1, $2, 'printed', 'platform', '演示组长', '')`, r.ID, r.Epoch)
		}, nil, false},
		{"a person prints again", func(w *world, r fleet.Ref) error {
			return w.admin(t, `SELECT miandan._print_again($1, 'platform', '演示组长', 'torn')`, r.ID)
		}, moves{fleet.NotPrinted: fleet.Queued, fleet.Confirmed: fleet.Queued, fleet.Presumed: fleet.Queued, fleet.Printed: fleet.Queued}, false},
		{"nobody prints again", func(w *world, r fleet.Ref) error {
			return w.admin(t, `SELECT miandan._print_again($1, 'platform', '', 'torn')`, r.ID)
		}, nil, false},
		{"the order is cancelled", func(w *world, r fleet.Ref) error {
			return w.admin(t, `SELECT miandan._withdraw(source, order_id, 'cancelled', 'platform') FROM miandan.labels WHERE id = $1`, r.ID)
		}, moves{fleet.Queued: fleet.Cancelled, fleet.Claimed: fleet.Cancelled}, true},
		{"its bench is dead", func(w *world, r fleet.Ref) error {
			return errors.Join(w.admin(t, `UPDATE miandan.stations SET gone = now() WHERE name = 'bench-1'`),
				w.admin(t, `SELECT miandan._reclaim()`),
				w.admin(t, `UPDATE miandan.stations SET gone = NULL WHERE name = 'bench-1'`))
		}, moves{fleet.Claimed: fleet.Queued}, true},
	}
}

func (w *world) printerOf(t *testing.T, id int64) string {
	return w.Value(t, `SELECT split_part(target, '/', 2) FROM miandan.labels WHERE id = $1`, id)
}

// TestEveryMove tries everything that anybody may do with a label in every state that
// it can be in. What the table does not name must leave the label as it was, under the
// epoch that it had.
func TestEveryMove(t *testing.T) {
	w := newWorld(t)
	all := acts(t)
	for _, from := range fleet.States() {
		for i, r := range w.many(t, from, len(all)) {
			a := all[i]
			if got := w.state(t, r.ID); got != from {
				t.Fatalf("the label is %s, want %s", got, from)
			}
			err := a.do(w, r)
			want, moves := a.to[from]
			if !moves {
				want = from
			}
			if got := w.state(t, r.ID); got != want {
				t.Errorf("%s: %s becomes %s, want %s (%v)", a.name, from, got, want, err)
			}
			if (moves || a.quiet) && err != nil {
				t.Errorf("%s of a label that is %s: %v", a.name, from, err)
			}
			if !moves && !a.quiet && err == nil {
				t.Errorf("%s of a label that is %s: no error", a.name, from)
			}
			if now := w.ref(t, r.ID); !moves && now != r {
				t.Errorf("%s of a label that is %s: its epoch went from %d to %d", a.name, from, r.Epoch, now.Epoch)
			}
		}
	}
	// Every move is on record, from where the one before has left the label.
	if n := w.Value(t, `SELECT count(*) FROM (SELECT from_state, lag(to_state) OVER (PARTITION BY label_id ORDER BY id) before
		FROM miandan.audit WHERE kind = 'move') a WHERE from_state IS DISTINCT FROM before`); n != "0" {
		t.Errorf("%s moves begin where none has ended", n)
	}
	if n := w.Value(t, `SELECT count(*) FROM miandan.labels l WHERE state <> (SELECT to_state FROM miandan.audit a WHERE a.label_id = l.id AND kind = 'move' ORDER BY a.id DESC LIMIT 1)`); n != "0" {
		t.Errorf("%s labels are not where the record ends", n)
	}
}

// TestOldEpoch is a bench that was away, comes back and says what it did under a claim
// that is not its own any more.
func TestOldEpoch(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	_, printer := w.queued(t)
	w.SQL(t, `UPDATE miandan.labels SET target = ''`)
	r := claimOne(t, w.one, printer).Ref
	if err := w.one.Release(ctx, []fleet.Ref{r}); err != nil {
		t.Fatal(err)
	}
	again := claimOne(t, w.two, "x")
	if again.ID != r.ID || again.Epoch <= r.Epoch {
		t.Fatalf("claimed %v after %v", again.Ref, r)
	}
	for range 2 { // saying it twice is saying it once
		if err := w.one.Settle(ctx, []fleet.Settled{word(r, fleet.Presumed)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.state(t, r.ID); got != fleet.Unknown {
		t.Errorf("a label that may lie on paper is %s for the next bench", got)
	}
	if err := w.two.Start(ctx, again.ID, again.Epoch); !errors.Is(err, fleet.ErrTaken) {
		t.Errorf("the next bench starts it: %v", err)
	}
	if n := w.Value(t, `SELECT string_agg(kind || ' ' || station, ',') FROM miandan.alarms`); n != "old-epoch bench-1" {
		t.Errorf("alarms: %s", n)
	}
}

// TestDueOrder: the order is asked for before waves, waves before what prints by
// itself; within it position, deadline and age; and of all places that a bench may
// take from.
func TestDueOrder(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	var want []int64
	for i, target := range []string{"", fleet.ToZone("north"), fleet.ToGroup("g"), fleet.ToStation("bench-1"), fleet.ToPrinter("bench-1", "p"), ""} {
		id := w.put(t, target, i)
		want = append(want, id)
		w.SQL(t, `UPDATE miandan.labels SET turn = `+[]string{"0", "1", "1", "1", "2", "2"}[i]+`, wave = `+[]string{"0", "3", "3", "4", "0", "0"}[i]+`, position = `+[]string{"9", "1", "2", "1", "0", "0"}[i]+` WHERE id = (SELECT max(id) FROM miandan.labels)`)
	}
	for i, target := range []string{fleet.ToZone("south"), fleet.ToGroup("h"), fleet.ToStation("bench-2"), fleet.ToPrinter("bench-1", "q"), fleet.ToPrinter("bench-2", "p")} {
		w.put(t, target, 100+i)
	}
	var got []int64
	for range 3 {
		labels, err := w.one.Claim(ctx, []fleet.Want{{Printer: "p", Group: "g", Paper: "76x130", N: 2}, {Printer: "p", Paper: "100x150", N: 5}})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range labels {
			got = append(got, l.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("claimed %v, want %v", got, want)
	}
	if more, err := w.one.Claim(ctx, []fleet.Want{{Printer: "p", Group: "g", Paper: "76x130", N: 5}}); err != nil || len(more) > 0 {
		t.Errorf("a bench takes what is others': %v, %v", more, err)
	}
}
