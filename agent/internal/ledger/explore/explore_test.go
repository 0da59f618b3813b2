package explore

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
)

// jugs are the two of the old riddle: 3 and 5 litres, and 4 are wanted.
type jugs struct{ Small, Big int }

type pour string

func (p pour) String() string { return string(p) }

func moves(j jugs) iter.Seq2[pour, jugs] {
	return func(yield func(pour, jugs) bool) {
		over := min(j.Small, 5-j.Big)
		back := min(j.Big, 3-j.Small)
		_ = yield("fill the small one", jugs{3, j.Big}) && yield("fill the big one", jugs{j.Small, 5}) &&
			yield("empty the small one", jugs{0, j.Big}) && yield("empty the big one", jugs{j.Small, 0}) &&
			yield("pour into the big one", jugs{j.Small - over, j.Big + over}) &&
			yield("pour into the small one", jugs{j.Small + back, j.Big - back})
	}
}

func TestEveryStateIsVisited(t *testing.T) {
	g, err := Run(System[jugs, pour]{Start: []jugs{{}}, Moves: moves})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.States) != 16 || g.Edges != 6*16 { // of 24, those in which one jug is full or empty
		t.Errorf("%d states and %d edges, want 16 and 96", len(g.States), g.Edges)
	}
	if err := g.Eventually("empty", func(j jugs) bool { return j == jugs{} }); err != nil {
		t.Error(err)
	}
}

func TestTheShortestWayIsShown(t *testing.T) {
	_, err := Run(System[jugs, pour]{Start: []jugs{{}}, Moves: moves, States: []Promise[func(jugs) string]{
		{"no four", func(j jugs) string {
			if j.Big == 4 {
				return fmt.Sprintf("%d litres", j.Big)
			}
			return ""
		}},
	}})
	var v *Violation
	if !errors.As(err, &v) || v.Promise != "no four" || len(v.Trace) != 6 {
		t.Fatalf("%v, want six moves to four litres", err)
	}
	if !strings.Contains(v.Error(), "1  fill the big one") || !strings.Contains(v.Error(), "{Small:3 Big:4}") {
		t.Errorf("the trace reads\n%v", v)
	}
}

func TestAnEdgeIsChecked(t *testing.T) {
	_, err := Run(System[jugs, pour]{Start: []jugs{{}}, Moves: moves, Edges: []Promise[func(jugs, pour, jugs) string]{
		{"nothing is poured away", func(from jugs, _ pour, to jugs) string {
			if to.Small+to.Big < from.Small+from.Big {
				return "some was"
			}
			return ""
		}},
	}})
	var v *Violation
	if !errors.As(err, &v) || len(v.Trace) != 2 || v.Trace[1] != "empty the small one" {
		t.Errorf("%v, want a jug that is filled and emptied", err)
	}
}

func TestADeadEndIsFound(t *testing.T) {
	down := func(n int) iter.Seq2[pour, int] {
		return func(yield func(pour, int) bool) {
			if n > 3 {
				_ = yield("one", n-1) && yield("three", n-3)
			}
		}
	}
	g, err := Run(System[int, pour]{Start: []int{6}, Moves: down})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Eventually("three", func(n int) bool { return n == 3 }); err == nil {
		t.Error("2 leads nowhere, and nobody noticed")
	}
	if err := g.Eventually("an end", func(n int) bool { return n <= 3 }); err != nil {
		t.Error(err)
	}
}

func TestRulesWithoutAnEndAreNotFollowedForEver(t *testing.T) {
	up := func(n int) iter.Seq2[pour, int] {
		return func(yield func(pour, int) bool) { yield("up", n+1) }
	}
	_, err := Run(System[int, pour]{Start: []int{0}, Moves: up, Limit: 100})
	var many *TooMany
	if !errors.As(err, &many) {
		t.Errorf("%v, want *TooMany", err)
	}
}
