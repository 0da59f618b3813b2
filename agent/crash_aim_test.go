package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/store/faulty"
)

// aim is where one life of the agent is to end.
type aim struct {
	what    string // "moment", "gateway", "carrier", "printer", "point"
	name    string
	after   time.Duration // when it ends in any case
	reached bool
	hands   bool // it needs somebody at the bench

	disk  diskPlan
	gate  *gateTrap
	doors *gateTrap // before every carrier's own platform
	wire  *wireTrap
	at    *bench
}

func (a aim) String() string { return a.what + " " + a.name }

// longest is how long a life may take to come to the place where it ends.
const longest = 2200 * time.Millisecond

// calledOut are the calls to the gateway that the campaign ends the agent in.
var calledOut = []string{
	daySearch, dayWujie, dayExpress,
	"jingdong.jos.order.oaid.decrypt", "jingdong.jos.voucher.info.get", "jingdong.jos.master.key.get",
	"jingdong.ldop.alpha.vendor.bigshot.query", "jingdong.pop.order.shipment", "jingdong.pop.order.enGet",
}

// aim chooses where a life ends: every second one at a durable step, in turn from
// seed to seed; the others at any moment, the start included, or inside a call
// out.
func (r *crashRun) aim(i int) aim {
	die := r.random.IntN(8)
	turn := r.seed*uint64((r.ends+1)/2) + uint64(i/2)
	points := r.points
	if len(r.missing) > 0 {
		points, turn = r.missing, r.seed*uint64(r.ends)+uint64(i)
	}
	var a aim
	switch {
	case i%2 == 0 && r.mode != failing || len(r.missing) > 0:
		a = aim{what: "point", name: points[turn%uint64(len(points))], after: longest}
		a.disk.Point, a.disk.Nth = a.name, 1
		if often[step(a.name)] {
			a.disk.Nth += r.random.IntN(3)
		}
		a.hands = handiwork[step(a.name)]
	case die < 3 || r.mode == failing:
		a = aim{what: "moment", after: time.Duration(r.random.IntN(1600)) * time.Millisecond}
	case die < 5 && turn%2 == 0:
		phase := gatePhases[r.random.IntN(len(gatePhases))]
		a = aim{what: "carrier", name: phase, after: longest, doors: &gateTrap{phase: phase, nth: 1 + r.random.IntN(2)}}
	case die < 6:
		m := calledOut[turn%uint64(len(calledOut))]
		phase := gatePhases[r.random.IntN(len(gatePhases))]
		a = aim{what: "gateway", name: m + " " + phase, after: longest, gate: &gateTrap{method: m, phase: phase, nth: 1 + r.random.IntN(2)}}
	default:
		b := r.world.benches[r.random.IntN(len(r.world.benches))]
		t := &wireTrap{phase: wirePhases[r.random.IntN(len(wirePhases))], byte: 1 << (11 + r.random.IntN(6))}
		if t.phase == "paper" && b.mute {
			t.phase = "last"
		}
		t.byte -= r.random.IntN(t.byte / 2)
		a = aim{what: "printer", name: fmt.Sprint(b.language, " ", t.phase), after: longest, wire: t, at: b}
	}
	a.disk.Passed = filepath.Join(r.world.dir, "passed")
	a.disk.Seed = r.random.Uint64()
	switch r.mode {
	case losing:
		a.disk.Power = []faulty.Power{faulty.Drop, faulty.Scatter}[r.random.IntN(2)]
	case failing:
		a.after += 900 * time.Millisecond // to go on unaided
		a.disk.Faults, a.disk.Heals = r.fault(), time.Duration(100+r.random.IntN(900))*time.Millisecond
	}
	return a
}

// fault is how the disk fails in one life: from some operation on, for some
// operations or until it heals.
func (r *crashRun) fault() []faulty.Fault {
	f := faulty.Fault{
		Kind: []faulty.Kind{faulty.IO, faulty.Full, faulty.ReadOnly}[r.random.IntN(3)],
		Op:   []faulty.Op{"", "", faulty.Write, faulty.Sync}[r.random.IntN(4)],
		File: []faulty.File{faulty.Any, faulty.WAL, faulty.Any, faulty.Database}[r.random.IntN(4)],
		From: 1 + r.random.IntN(120), Times: r.random.IntN(12),
	}
	if f.Op == faulty.Sync {
		f.From = 1 + r.random.IntN(30)
	}
	if r.random.IntN(4) == 0 {
		f.Odds = 0.2
		f.Times = 0
	}
	return []faulty.Fault{f}
}

// step is the step of a named point.
func step(point string) string {
	_, name, _ := strings.Cut(point, " ")
	return name
}

// often are steps that a life takes many times, handiwork those that a person
// makes the agent take.
var (
	often = map[string]bool{
		"ledger.AcceptAll": true, "ledger.Claim": true, "ledger.Rendered": true, "ledger.Prepare": true, "ledger.Intend": true,
		"ledger.Sending": true, "ledger.Settle": true, "ledger.Issuing": true, "ledger.Issued": true, "ledger.Enqueue": true,
	}
	handiwork = map[string]bool{
		"ledger.Reprint": true, "ledger.ResolvePrinted": true, "ledger.ResolveNotPrinted": true, "ledger.Scanned": true,
	}
)

// stage brings about what a step is for.
func (r *crashRun) stage(a aim) {
	misbehave := func(f jdsim.Fault, methods ...string) {
		for _, f.Method = range methods {
			r.world.gateway.Misbehave(f)
		}
	}
	switch step(a.name) {
	case "ledger.IssueLost":
		misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true, Times: 1}, dayWujie, dayExpress)
	case "ledger.NotIssued":
		misbehave(jdsim.Fault{Kind: jdsim.Fail, Code: "8", Times: 1}, dayWujie, dayExpress)
	case "ledger.Unrouted":
		misbehave(jdsim.Fault{Kind: jdsim.Fail, Code: "8", Times: 2}, "jingdong.ldop.alpha.vendor.bigshot.query")
	case "ledger.NotTold":
		misbehave(jdsim.Fault{Kind: jdsim.Fail, Code: "8", Times: 2}, "jingdong.pop.order.shipment")
	case "ledger.ResolveNotPrinted", "ledger.ResolvePrinted": // the wire breaks in the middle of labels
		for i := range 6 {
			time.AfterFunc(time.Duration(250*i)*time.Millisecond, func() {
				for _, b := range r.world.benches {
					b.wire.drop()
				}
			})
		}
	case "ledger.Release":
		for _, b := range r.world.benches[:2] {
			b.printer.OpenCover()
			time.AfterFunc(700*time.Millisecond, b.printer.CloseCover)
		}
	}
}

// arm sets the trap of a life.
func (r *crashRun) arm(l *life, a *aim) {
	spring := func() { l.kill(a.String()) }
	if a.gate != nil {
		a.gate.spring = spring
		r.world.gate.set(a.gate)
	}
	if a.doors != nil {
		for _, p := range r.world.platforms { // whichever is asked first
			t := *a.doors
			t.method, t.spring = p.Name, func() { l.kill("carrier " + p.Name + " " + t.phase) }
			p.gate.set(&t)
		}
	}
	if a.wire != nil {
		a.wire.spring = spring
		a.at.wire.set(a.wire)
	}
}

func (r *crashRun) disarm() {
	r.world.gate.set(nil)
	for _, p := range r.world.platforms {
		p.gate.set(nil)
	}
	for _, b := range r.world.benches {
		b.wire.set(nil)
	}
}

// notAimed are methods of the ledger that write and that the campaign never
// comes to, with the reason.
var notAimed = map[string]string{
	"SetPaused":         "people do it, and it changes no label",
	"SetHeld":           "people do it, and it changes no label",
	"Revealing":         "people do it, and it changes no label",
	"Exporting":         "people do it, and it changes no label",
	"Adopted":           "it is for a number that a person types in where no carrier can be asked",
	"ResolveNoNumber":   "orders are read again first: ResolveNoNumberAs",
	"ResolveNoNumberAs": "it is for orders of which the carrier has no number, which is rare here",
	"Want":              "orders are printed without being asked for",
	"Settings":          "they do not change",
	"Delete":            "people do it, to orders that the campaign wants to see again",
	"Stop":              "people do it, to orders that the campaign wants to see again",
	"Ship":              "it is part of Settle and of a person's answer",
	"ReadSince":         "labels wait for their platform there",
	"Warned":            "deadlines are two days off",
	"GaveUp":            "the platform refuses no word of the agent's",
	"RefuseIssue":       "no carrier refuses",
	"NotOurs":           "no carrier gives the same number twice",
	"TakeIn":            alone,
	"LetGo":             alone,
	"InLot":             alone,
	"ResolvedElsewhere": alone,
	"FleetTold":         alone,
	"TellFleetAgain":    alone,
	"KeepFleet":         alone,
	"LeaveFleet":        alone,
}

// alone is why the steps of a fleet are not aimed at: package fleet/bench ends a
// station at them.
const alone = "the campaign's station stands alone"

// namedPoints are all durable steps that the campaign ends the agent at: before
// and after each method of the ledger that commits, found in its source, so that
// none that is added later is missed; and those in which a database is made.
func namedPoints(t *testing.T) []string {
	t.Helper()
	var points []string
	add := func(name string) { points = append(points, "before "+name, "after "+name) }
	files, err := filepath.Glob(filepath.FromSlash("internal/ledger/*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no ledger: %v", err)
	}
	commits := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"tx", "txFor", "commit"}, s.Sel.Name) {
					commits[f.Name.Name] = true
				}
				return true
			})
		}
	}
	for m := range commits {
		if notAimed[m] == "" {
			add("ledger." + m)
		}
	}
	add("store.DB.Tx") // the schema
	slices.Sort(points)
	return points
}
