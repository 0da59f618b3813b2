package bench

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Goals writes what was to be reached and what was, as a table in Markdown.
func (r *Report) Goals(w io.Writer) error {
	var b bytes.Buffer
	busy := ""
	if s := r.System; s.LoadBefore > 0 {
		busy = fmt.Sprintf(", load %.1f before and %.1f after", s.LoadBefore, s.LoadAfter)
	}
	fmt.Fprintf(&b, "%s, %s/%s, %d cores, %s%s.\n\n", r.At.Format("2006-01-02"), r.System.OS, r.System.Arch, r.System.CPUs, r.System.Go, busy)
	fmt.Fprintf(&b, "| what | to reach | here | |\n|---|---|---|---|\n")
	for _, l := range r.Lines {
		for _, reach := range l.Reaches {
			mark := "✓"
			if !reach.Met {
				mark = "✗"
			}
			fmt.Fprintf(&b, "| %s%s | %s | %s | %s |\n", l.What, ofWhat[reach.Figure], bound(reach)+" "+unit(l, reach), cmp.Or(figure(reach.Got), "0")+" "+unit(l, reach), mark)
		}
	}
	for _, a := range r.Absent {
		fmt.Fprintf(&b, "| %s | | not measured: %s | |\n", a.Name, strings.ReplaceAll(a.Why, "|", "/"))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ofWhat says of which runs a figure is, where a line has several figures.
var ofWhat = map[string]string{"p50_ms": ", half of them", "p99_ms": ", 99 of 100"}

func unit(l Line, r Reach) string {
	switch r.Figure {
	case "per_core_second":
		return "a second of a core"
	case "per_second":
		return "a second"
	case "p50_ms", "p99_ms":
		return "ms"
	}
	return l.Unit
}

func bound(r Reach) string {
	sign := "≥"
	if r.Most {
		sign = "≤"
	}
	return sign + " " + grouped(r.Want)
}

// grouped writes a number as people read it.
func grouped(v float64) string {
	s := fmt.Sprintf("%g", v)
	if v >= 1000 && v < 1e6 {
		s = fmt.Sprintf("%d,%03d", int(v)/1000, int(v)%1000)
	}
	return s
}

const (
	goalsBegin = "<!-- miandan bench --goals -->"
	goalsEnd   = "<!-- end -->"
)

// PutGoals returns a page with the goals in the place that is marked for them.
func (r *Report) PutGoals(page []byte) ([]byte, error) {
	before, rest, found := bytes.Cut(page, []byte(goalsBegin))
	_, after, ends := bytes.Cut(rest, []byte(goalsEnd))
	if !found || !ends {
		return nil, errors.New("the page has no place for them, from " + goalsBegin + " to " + goalsEnd)
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(goalsBegin + "\n")
	if err := r.Goals(&b); err != nil {
		return nil, err
	}
	b.WriteString(goalsEnd)
	b.Write(after)
	return b.Bytes(), nil
}
