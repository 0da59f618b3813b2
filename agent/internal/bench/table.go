package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Table writes the report for people.
func (r *Report) Table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	busy := ""
	if s := r.System; s.LoadBefore > 0 {
		busy = fmt.Sprintf(", load %.1f → %.1f", s.LoadBefore, s.LoadAfter)
	}
	fmt.Fprintf(w, "%s/%s, %d cores, %s%s\n", r.System.OS, r.System.Arch, r.System.CPUs, r.System.Go, busy)
	if r.System.LoadBefore > float64(r.System.CPUs)-1 {
		fmt.Fprintln(w, "The computer is busy with other things: the figures are worse than its own.")
	}
	if r.Quick {
		fmt.Fprintln(w, "Quick: the figures are rough.")
	}
	var part Part
	for _, l := range r.Lines {
		if l.Part != part {
			part = l.Part
			fmt.Fprintf(t, "\n%s\tp50 ms\tp99 ms\tlabels/s\tlabels/core-s\tbytes\tallocs\t\treach\n", heads[part])
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.What, figure(l.P50), figure(l.P99), figure(l.PerSecond), figure(l.PerCore), whole(l.Bytes), whole(l.Allocs), value(l), reach(l))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(r.Absent) > 0 {
		fmt.Fprintln(w, "\nNot measured")
	}
	for _, a := range r.Absent {
		fmt.Fprintf(w, "  %s: %s\n", a.Name, a.Why)
	}
	return nil
}

var heads = map[Part]string{
	Stages: "Steps of a label of 100×150 mm, one core",
	Labels: "Whole labels, one core",
	Others: "The same label by other programs",
	Agent:  "The whole agent, all cores, gateway and printers simulated on the same computer",
	Ratios: "Ratios",
}

func figure(v float64) string {
	switch {
	case v == 0:
		return ""
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func whole(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func value(l Line) string {
	if l.Unit == "" {
		return ""
	}
	return fmt.Sprintf("%.4g %s", l.Value, l.Unit)
}

func reach(l Line) string {
	var all []string
	for _, r := range l.Reaches {
		met := "reached"
		if !r.Met {
			met = "NOT reached"
		}
		all = append(all, bound(r)+" "+met)
	}
	return strings.Join(all, ", ")
}
