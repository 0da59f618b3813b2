package cainiao

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component/cainiaosim"
	"miandan/printer"
)

// result is what was known of one attempt at a label in the end.
type result struct {
	waybill, name string
	outcome       printer.Outcome
	evidence      printer.Evidence
	sent          bool   // it was begun and given to Send
	how           string // what was done with it, for the report
}

// TestCampaign prints hundreds of labels at once through components that
// misbehave at random, tries again those that are said not to have been sent, as
// the ledger does by itself, and holds what the client said of each attempt
// against the components' journals. MIANDAN_SEED has other things tried; what
// strikes whom is up to the system.
func TestCampaign(t *testing.T) {
	t.Parallel() // it mostly waits
	seed := uint64(1)
	if s := os.Getenv("MIANDAN_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("MIANDAN_SEED: %v", err)
		}
	}
	t.Logf("MIANDAN_SEED=%d", seed)
	const workers, labels = 40, 8
	var sims []*sim
	for _, style := range cainiaosim.Styles() {
		sims = append(sims, simulate(t, cainiaosim.Config{Style: style}))
	}
	random := rand.New(rand.NewPCG(seed, 0))
	results := make(chan result, workers*labels*attempts)
	var everybody sync.WaitGroup
	for w := range workers {
		var all []attempt
		for i := range labels {
			all = append(all, chance(t, random, sims, fmt.Sprintf("ZT%03d%08d", w, i)))
		}
		everybody.Go(func() {
			for _, a := range all {
				a.run(t, results)
			}
		})
	}
	everybody.Wait()
	close(results)
	// A component that takes its time prints though its client has gone.
	time.Sleep(3 * slowest)
	byTask, byWaybill := map[string]int{}, map[string]int{}
	for _, s := range sims {
		s.Close()
		for _, e := range s.Journal() {
			byTask[e.Task]++
			byWaybill[e.Waybill]++
		}
	}
	count := map[string]int{}
	for r := range results {
		n := byTask[r.name]
		what := fmt.Sprintf("%v, %d out", r.outcome, n)
		if r.evidence.Detail == "task "+r.name+", asked" {
			what += ", asked"
		}
		if r.sent && r.outcome == printer.NotSent {
			what += ", refused"
		}
		count[what]++
		switch {
		case n > 1 || byWaybill[r.waybill] > 1:
			t.Errorf("%s came out %d times, %d of them of one task (%s)", r.waybill, byWaybill[r.waybill], n, r.how)
		case r.outcome == printer.NotSent && n != 0:
			t.Errorf("%s came out and was said not to have been sent (%s)", r.waybill, r.how)
		case r.outcome == printer.Sent && (n != 1 || r.evidence.Method != "component"):
			t.Errorf("%s was said to be printed, on the evidence %+v, and came out %d times (%s)", r.waybill, r.evidence, n, r.how)
		case r.outcome == printer.Confirmed:
			t.Errorf("%s was said to be confirmed (%s)", r.waybill, r.how)
		}
	}
	t.Logf("%d labels: %v", workers*labels, count)
	for _, must := range []string{"not sent, 0 out", "not sent, 0 out, refused", "uncertain, 0 out", "uncertain, 1 out", "sent, 1 out", "sent, 1 out, asked"} {
		if count[must] == 0 {
			t.Errorf("no label ended as %q: the campaign tries too little", must)
		}
	}
}

const (
	slowest  = 120 * time.Millisecond // the longest that a component waits
	attempts = 3                      // at one label, as long as it is said not to have been sent
)

// attempt is how one label is to be printed, and what is to go wrong.
type attempt struct {
	waybill string
	sim     *sim
	key     cainiaosim.Key
	printer *printer.Printer
	faults  []cainiaosim.Fault
	abandon bool          // after Begin
	giveUp  time.Duration // after this; never if 0
	how     string
}

func chance(t *testing.T, random *rand.Rand, sims []*sim, waybill string) attempt {
	a := attempt{waybill: waybill, sim: sims[random.IntN(len(sims))], key: simKey, abandon: random.IntN(20) == 0}
	a.how = a.sim.style.Name
	kinds := cainiaosim.Kinds()
	for range random.IntN(3) {
		f := cainiaosim.Fault{
			Kind: kinds[random.IntN(len(kinds))], Times: 1, Late: random.IntN(2) == 0, Wait: time.Duration(random.Int64N(int64(slowest))),
		}
		f.Request = []string{"print", "print", "print", "print", "getTaskStatus", "getDocumentStatus", ""}[random.IntN(7)]
		a.faults = append(a.faults, f)
		a.how += fmt.Sprintf(", %s %s", f.Kind, f.Request)
	}
	if random.IntN(10) == 0 {
		a.key, a.how = cainiaosim.NewKey("another"), a.how+", sealed for another"
	}
	if random.IntN(6) == 0 {
		a.giveUp = 1 + time.Duration(random.Int64N(int64(20*time.Millisecond)))
		a.how += ", given up"
	}
	a.printer = a.sim.printer(t, 5*slowest)
	a.printer.Timeouts.Dial = 4 * slowest
	return a
}

// run prints the label, or tries to. Its faults may as well strike a label that
// is printed beside it.
func (a attempt) run(t *testing.T, results chan<- result) {
	for _, f := range a.faults {
		a.sim.Misbehave(f)
	}
	for i := range attempts {
		name := fmt.Sprintf("%s-%d", a.waybill, i)
		r := a.once(t, name)
		results <- r
		if r.outcome != printer.NotSent || a.abandon {
			return
		}
	}
}

func (a attempt) once(t *testing.T, name string) result {
	r := result{waybill: a.waybill, name: name, how: a.how}
	begun, _, err := a.printer.Begin(t.Context(), a.sim.sealedJob(t, a.key, name, a.waybill))
	if err != nil {
		r.how += ", no beginning"
		return r
	}
	if a.abandon {
		begun.Abandon()
		r.how += ", abandoned"
		return r
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if a.giveUp > 0 {
		defer time.AfterFunc(a.giveUp, cancel).Stop()
	}
	r.sent = true
	r.outcome, r.evidence, err = begun.Send(ctx)
	r.how += fmt.Sprintf(": %v", err)
	return r
}
