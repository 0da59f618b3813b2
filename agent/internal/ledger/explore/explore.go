// Package explore visits every state that a set of rules can reach.
//
// A promise such as "never printed twice" breaks in an order of events that
// nobody thought of. Where states are few enough to be listed, looking at all of
// them finds that order, and breadth first finds its shortest form, which is the
// one that a person can follow. It is used by tests only.
package explore

import (
	"fmt"
	"iter"
	"strings"
)

// System is a set of rules: where it starts and what may happen in a state.
type System[S comparable, M fmt.Stringer] struct {
	Start []S
	Moves func(S) iter.Seq2[M, S]
	// States and Edges must hold everywhere. They return what is wrong, or "".
	States []Promise[func(S) string]
	Edges  []Promise[func(from S, by M, to S) string]
	// Limit is how many states are visited at most; 0 is a million.
	Limit int
}

// Promise is a check and its name.
type Promise[F any] struct {
	Name  string
	Holds F
}

// Graph is what was visited, in the order of distance from the start.
type Graph[S comparable, M fmt.Stringer] struct {
	States []S
	Edges  int
	Depth  int // of the state that is furthest from the start

	depth   []int
	parent  []int32
	by      []M
	targets []int32 // of the edges, those of one state after those of the one before
	first   []int   // where the targets of a state begin
}

// Violation is a promise that does not hold, with the shortest way to it.
type Violation struct {
	Promise string
	What    string
	Trace   []string // moves from the start on
	State   string   // the last state of it
}

func (v *Violation) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", v.Promise, v.What)
	for i, move := range v.Trace {
		fmt.Fprintf(&b, "%4d  %s\n", i+1, move)
	}
	return b.String() + "      " + v.State
}

// TooMany reports rules that reach more states than the limit.
type TooMany struct{ Limit int }

func (e *TooMany) Error() string {
	return fmt.Sprintf("more than %d states: bound the rules, or raise the limit", e.Limit)
}

// Run visits every state that can be reached. The error is the first *Violation
// that it meets, which no shorter way leads to, or *TooMany.
func Run[S comparable, M fmt.Stringer](sys System[S, M]) (*Graph[S, M], error) {
	limit := sys.Limit
	if limit == 0 {
		limit = 1_000_000
	}
	g := &Graph[S, M]{}
	index := map[S]int32{}
	var none M
	add := func(s S, parent int32, by M) (int32, error) {
		if i, ok := index[s]; ok {
			return i, nil
		}
		i := int32(len(g.States))
		index[s] = i
		depth := 0
		if parent >= 0 {
			depth = g.depth[parent] + 1
		}
		g.States, g.parent, g.by, g.depth = append(g.States, s), append(g.parent, parent), append(g.by, by), append(g.depth, depth)
		g.Depth = depth
		for _, p := range sys.States {
			if what := p.Holds(s); what != "" {
				return i, g.violation(i, p.Name, what)
			}
		}
		if len(g.States) > limit {
			return i, &TooMany{limit}
		}
		return i, nil
	}
	for _, s := range sys.Start {
		if _, err := add(s, -1, none); err != nil {
			return g, err
		}
	}
	for i := int32(0); int(i) < len(g.States); i++ {
		from := g.States[i]
		g.first = append(g.first, len(g.targets))
		for by, to := range sys.Moves(from) {
			for _, p := range sys.Edges {
				if what := p.Holds(from, by, to); what != "" {
					v := g.violation(i, p.Name, what)
					v.Trace, v.State = append(v.Trace, by.String()), fmt.Sprintf("%+v", to)
					return g, v
				}
			}
			j, err := add(to, i, by)
			if err != nil {
				return g, err
			}
			g.targets = append(g.targets, j)
			g.Edges++
		}
	}
	g.first = append(g.first, len(g.targets))
	return g, nil
}

// Eventually reports a state from which no way leads to one where goal holds: the
// nearest of them. It is for a graph that was visited whole.
func (g *Graph[S, M]) Eventually(name string, goal func(S) bool) error {
	sources := make([][]int32, len(g.States))
	for i := range g.States {
		for _, j := range g.targets[g.first[i]:g.first[i+1]] {
			sources[j] = append(sources[j], int32(i))
		}
	}
	reaches := make([]bool, len(g.States))
	var queue []int32
	for i, s := range g.States {
		if goal(s) {
			reaches[i] = true
			queue = append(queue, int32(i))
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, i := range sources[queue[0]] {
			if !reaches[i] {
				reaches[i] = true
				queue = append(queue, i)
			}
		}
	}
	for i := range g.States {
		if !reaches[i] {
			return g.violation(int32(i), name, "nothing that can happen from here leads to an end")
		}
	}
	return nil
}

func (g *Graph[S, M]) violation(i int32, promise, what string) *Violation {
	v := &Violation{Promise: promise, What: what, State: fmt.Sprintf("%+v", g.States[i])}
	var back []string
	for ; g.parent[i] >= 0; i = g.parent[i] {
		back = append(back, g.by[i].String())
	}
	for n := len(back) - 1; n >= 0; n-- {
		v.Trace = append(v.Trace, back[n])
	}
	return v
}
