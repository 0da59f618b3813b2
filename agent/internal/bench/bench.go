// Package bench measures on this PC what a label costs: what its own stages take,
// what the whole agent takes between simulated gateway and simulated printers,
// and what the usual ways to the same label take beside it.
//
// A figure from another computer says nothing about this one, and a ratio means
// something only if both sides were measured in the same run, on the same label.
// So one command measures all of it. Nothing is left out to reach a number: codes
// are drawn fresh for every label, the check decodes them, the ledger is the real
// one and flushes the disk. What is not installed is named and not guessed.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"
)

// Options say what to measure. The zero value measures all of it but the agent.
type Options struct {
	Quick   bool // a few seconds in all; the figures are rough
	Orders  int  // in the wave that four printers share; 0 stands for 1,000
	History int  // orders in the ledger's history before the first click; 0 stands for 10,000
	Queued  int  // labels that wait meanwhile; 0 stands for 200
	// Program starts the agent: the program's path and, if it is called by another
	// name, that name. Without it nothing of the whole agent is measured.
	Program, Name string
	// Tell hears what is being measured now; nil for nobody.
	Tell func(what string)
}

// Report is what was measured.
type Report struct {
	At     time.Time `json:"at"`
	Quick  bool      `json:"quick,omitempty"`
	System System    `json:"system"`
	Lines  []Line    `json:"lines"`
	Absent []Absent  `json:"absent"` // what was not measured
}

// System is the computer that the figures are of.
type System struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	Go   string `json:"go"`
	// Load is how many programs wanted a core as the run began, and as it ended;
	// both are left out where the system does not say. Above CPUs − 1 the figures
	// are those of a busy computer.
	LoadBefore float64 `json:"load_before,omitempty"`
	LoadAfter  float64 `json:"load_after,omitempty"`
}

// Part is a part of the table.
type Part string

// The parts, in the order of the table.
const (
	Stages Part = "stages" // one step of a label, one core
	Labels Part = "labels" // several steps of a label, one core
	Others Part = "others" // the same label made by other programs
	Agent  Part = "agent"  // the whole agent, all cores
	Ratios Part = "ratios"
)

// Line is one thing that was measured.
type Line struct {
	Name string `json:"name"`
	Part Part   `json:"part"`
	What string `json:"what"`
	Runs int    `json:"runs,omitempty"`
	// P50 and P99 are in milliseconds: half of the runs took no longer than the one,
	// 99 of a hundred no longer than the other.
	P50       float64 `json:"p50_ms,omitempty"`
	P99       float64 `json:"p99_ms,omitempty"`
	PerSecond float64 `json:"per_second,omitempty"` // labels, by the clock on the wall
	// PerCore is labels by a second of a core's time: what PerSecond would be if nobody
	// else used the core. 0 where another program's time is not known.
	PerCore float64 `json:"per_core_second,omitempty"`
	Bytes   int     `json:"bytes,omitempty"` // that came out, of one label
	// Allocs and AllocBytes are of one run, of what was measured in this process.
	Allocs     int `json:"allocs,omitempty"`
	AllocBytes int `json:"alloc_bytes,omitempty"`
	// Value is of what is no time, in Unit.
	Value float64 `json:"value,omitempty"`
	Unit  string  `json:"unit,omitempty"`

	Reaches []Reach `json:"reaches,omitempty"`
}

// Reach is what a figure is to reach.
type Reach struct {
	Figure string  `json:"figure"` // "per_core_second", "per_second", "p50_ms", "p99_ms", "value"
	Want   float64 `json:"want"`
	Most   bool    `json:"at_most,omitempty"` // no more than Want; otherwise no less
	Got    float64 `json:"got"`
	Met    bool    `json:"met"`
}

// Absent is something that was not measured, and why.
type Absent struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// bench is one run.
type bench struct {
	Options
	dir    string // for files, and gone afterwards
	report *Report
}

// Run measures. It sets the number of cores that this process uses for a while,
// so nothing else should be at work in it.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	if o.Orders == 0 {
		o.Orders = 1000
	}
	if o.History == 0 {
		o.History = 10_000
	}
	if o.Queued == 0 {
		o.Queued = 200
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	dir, err := os.MkdirTemp("", "miandan-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{o, dir, &Report{
		At: time.Now(), Quick: o.Quick, Absent: []Absent{},
		System: System{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(), LoadBefore: load()},
	}}
	for _, part := range []func(context.Context) error{b.stages, b.others, b.agent} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	b.ratios()
	b.report.System.LoadAfter = load()
	return b.report, nil
}

// absent notes that something could not be measured.
func (b *bench) absent(name string, why error) {
	b.report.Absent = append(b.report.Absent, Absent{name, why.Error()})
}

// add puts a line into the report with what it is to reach.
func (b *bench) add(l Line, reaches ...Reach) {
	for _, r := range reaches {
		switch r.Figure {
		case "per_core_second":
			r.Got = l.PerCore
		case "per_second":
			r.Got = l.PerSecond
		case "p50_ms":
			r.Got = l.P50
		case "p99_ms":
			r.Got = l.P99
		default:
			r.Got = l.Value
		}
		r.Met = r.Got >= r.Want
		if r.Most {
			r.Met = r.Got <= r.Want
		}
		l.Reaches = append(l.Reaches, r)
	}
	b.report.Lines = append(b.report.Lines, l)
}

// Line returns a line by its name.
func (r *Report) Line(name string) (Line, bool) {
	for _, l := range r.Lines {
		if l.Name == name {
			return l, true
		}
	}
	return Line{}, false
}

// load is how many programs want a core, over the last minute; 0 where the system
// does not say.
func load() (l float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscan(string(text), &l); err != nil {
		return 0
	}
	return l
}
