package component

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component/componentsim"
	"miandan/agent/internal/jos/jdsim/sheet"
	"miandan/printer"
)

// said is what was known of a label in the end.
type said struct {
	number   string
	outcome  printer.Outcome
	evidence printer.Evidence
	how      string // what was done with it, for the report
}

// TestCampaign prints hundreds of labels at once through components that
// misbehave at random, and holds what the client said of each against the
// components' journals. MIANDAN_SEED has other things tried; what
// strikes whom is up to the system.
func TestCampaign(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("MIANDAN_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("MIANDAN_SEED: %v", err)
		}
	}
	t.Logf("MIANDAN_SEED=%d", seed)
	const workers, labels = 16, 22
	var tray componentsim.Tray
	sims := []*sim{
		simulate(t, componentsim.Config{Paper: tray.Take}),
		simulate(t, componentsim.Config{Paper: tray.Take, UpperID: true}),
	}
	random := rand.New(rand.NewPCG(seed, 0))
	results := make(chan said, workers*labels)
	var all sync.WaitGroup
	for w := range workers {
		var attempts []attempt
		for i := range labels {
			attempts = append(attempts, chance(t, random, sims, fmt.Sprintf("JDVC%03d%08d", w, i)))
		}
		all.Go(func() {
			for _, a := range attempts {
				results <- a.run(t.Context())
			}
		})
	}
	all.Wait()
	close(results)
	// A component that takes its time prints though its client has gone.
	time.Sleep(2 * slowest)
	out := map[string][]string{}
	for _, s := range sims {
		s.Close()
		for _, e := range s.Journal() {
			out[e.Waybill] = append(out[e.Waybill], e.Task)
		}
	}
	count := map[string]int{}
	for r := range results {
		tasks := out[r.number]
		count[fmt.Sprintf("%v, %d out", r.outcome, len(tasks))]++
		switch {
		case len(tasks) > 1:
			t.Errorf("%s came out %d times (%s)", r.number, len(tasks), r.how)
		case r.outcome == printer.NotSent && len(tasks) != 0:
			t.Errorf("%s came out and was said not to have been sent (%s)", r.number, r.how)
		case r.outcome == printer.Sent && (len(tasks) != 1 || r.evidence.Method != "component" || r.evidence.Detail != "task "+tasks[0]):
			t.Errorf("%s was said to be printed, on the evidence %+v; tasks that printed it: %q (%s)", r.number, r.evidence, tasks, r.how)
		case r.outcome == printer.Confirmed:
			t.Errorf("%s was said to be confirmed (%s)", r.number, r.how)
		}
	}
	for _, a := range tray.Papers() {
		if n := len(tray.Of(a.Document.Waybill, 1)); n != 1 {
			t.Errorf("%d sheets of %s", n, a.Document.Waybill)
		}
	}
	t.Logf("%d labels: %v", workers*labels, count)
	for _, must := range []string{"not sent, 0 out", "uncertain, 0 out", "uncertain, 1 out", "sent, 1 out"} {
		if count[must] == 0 {
			t.Errorf("no label ended as %q: the campaign tries too little", must)
		}
	}
}

// slowest is the longest that a component waits.
const slowest = 150 * time.Millisecond

// attempt is how one label is to be printed, and what is to go wrong.
type attempt struct {
	number  string
	sim     *sim
	printer *printer.Printer
	job     printer.Job
	faults  []componentsim.Fault
	abandon bool          // after Begin
	giveUp  time.Duration // after this; never if 0
	how     string
}

func chance(t *testing.T, random *rand.Rand, sims []*sim, number string) attempt {
	a := attempt{number: number, sim: sims[random.IntN(len(sims))], abandon: random.IntN(20) == 0}
	kinds := componentsim.Kinds()
	for range random.IntN(3) {
		f := componentsim.Fault{
			Kind: kinds[random.IntN(len(kinds))], Times: 1, Late: random.IntN(2) == 0, Wait: time.Duration(random.Int64N(int64(slowest))),
		}
		if random.IntN(4) > 0 {
			f.Request = "print"
		}
		a.faults = append(a.faults, f)
		a.how += fmt.Sprintf("%s %s, ", f.Kind, f.Request)
	}
	k := simKey
	if random.IntN(8) == 0 {
		k, a.how = sheet.NewKey("another"), a.how+"sealed for another, "
	}
	if random.IntN(6) == 0 {
		a.giveUp = 1 + time.Duration(random.Int64N(int64(10*time.Millisecond)))
		a.how += "given up, "
	}
	version := 1 + random.IntN(3)
	a.printer, a.job = a.sim.printer(t, version, 3*slowest), sealedJob(t, k, number)
	a.how += fmt.Sprintf("version %d", version)
	return a
}

// run prints the label, or tries to. Its faults may as well strike a label that
// is printed beside it.
func (a attempt) run(ctx context.Context) said {
	for _, f := range a.faults {
		a.sim.Misbehave(f)
	}
	begun, _, err := a.printer.Begin(ctx, a.job)
	if err != nil {
		return said{number: a.number, how: a.how + ", no beginning"}
	}
	if a.abandon {
		begun.Abandon()
		return said{number: a.number, how: a.how + ", abandoned"}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if a.giveUp > 0 {
		defer time.AfterFunc(a.giveUp, cancel).Stop()
	}
	outcome, evidence, err := begun.Send(ctx)
	return said{a.number, outcome, evidence, fmt.Sprintf("%s: %v", a.how, err)}
}
