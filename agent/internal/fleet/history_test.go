package fleet_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/jackc/pgx/v5/pgconn"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

var historyFor = flag.Duration("history", 3*time.Second, "for how long the histories of claims are made")

// Each label is a register of its own: where it is, whose, under which epoch. All that
// stations do with it must look as if it had happened at one moment between question and
// answer; a question whose answer was lost may have happened at any later moment, or
// never.

type register struct {
	state   fleet.State
	station string
	epoch   int64
}

type asked struct {
	op      string // claim, start, release, settle, again, reap
	label   int64
	station string
	epoch   int64
}

type said string

const (
	yes     said = "yes"
	no      said = "no"
	refused said = "refused" // not a member at that moment: nothing happened
	lost    said = "lost"
)

func step(s register, in asked, out said) []register {
	mine := s.station == in.station && s.epoch == in.epoch
	var next register
	can := false
	switch in.op {
	case "claim":
		next, can = register{fleet.Claimed, in.station, in.epoch}, s.state == fleet.Queued && in.epoch > s.epoch
	case "start":
		next, can = register{fleet.Started, in.station, in.epoch}, mine && (s.state == fleet.Claimed || s.state == fleet.Started)
	case "release":
		next, can = register{fleet.Queued, "", s.epoch}, mine && s.state == fleet.Claimed
	case "settle":
		next, can = register{fleet.Confirmed, in.station, in.epoch}, mine && s.state == fleet.Started
	case "again":
		next, can = register{fleet.Queued, "", s.epoch}, s.state == fleet.Confirmed
	case "reap": // passes over what somebody is working on at that moment
		if s.state == fleet.Claimed && s.station == in.station {
			return []register{s, {fleet.Queued, "", s.epoch}}
		}
		return []register{s}
	}
	switch {
	case out == refused:
		return []register{s}
	case out == lost && can:
		return []register{s, next}
	case out == lost:
		return []register{s}
	case in.op == "release" || in.op == "settle": // passes over what is not its own, and says yes
		if can {
			return []register{next}
		}
		return []register{s}
	case out == yes && can:
		return []register{next}
	case out == no && !can:
		return []register{s}
	}
	return nil
}

var claims = porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[int64][]porcupine.Operation{}
		for _, o := range history {
			id := o.Input.(asked).label
			by[id] = append(by[id], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range by {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() []any { return []any{register{state: fleet.Queued}} },
	Step: func(s, in, out any) []any {
		var next []any
		for _, r := range step(s.(register), in.(asked), out.(said)) {
			next = append(next, r)
		}
		return next
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%v → %v", in, out) },
}

type history struct {
	begin time.Time
	mu    sync.Mutex
	ops   []porcupine.Operation
}

func (h *history) now() int64 { return int64(time.Since(h.begin)) }

func (h *history) add(client int, in asked, out said, call int64) {
	end := h.now()
	if out == lost {
		end = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
}

// ended is the history without what says nothing: how long a question without an answer
// may still have been under way is known by what was answered since. The search for an
// order of so many steps, each of which may have happened at any later moment or never,
// would else have no end, when a server that comes back slowly has been asked hundreds of
// times.
//
// Of one station and one claim each of these three happens once or never, and not once the
// label has been claimed anew.
func (h *history) ended() (ops []porcupine.Operation) {
	once := map[asked]bool{}
	for _, o := range h.ops {
		in := o.Input.(asked)
		if o.Output != lost || !slices.Contains([]string{"start", "release", "settle"}, in.op) {
			ops = append(ops, o)
			continue
		}
		for _, later := range h.ops {
			l := later.Input.(asked)
			if l.label == in.label && l.epoch > in.epoch && later.Output == yes && (l.op == "claim" || l.op == "start") {
				o.Return = min(o.Return, later.Return)
			}
		}
		if o.Return >= o.Call && !once[in] { // the first of several was asked before the others
			ops = append(ops, o)
		}
		once[in] = true
	}
	return ops
}

// leastStarts are those without which a history says little.
const leastStarts = 30

func (h *history) starts() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.ops {
		if in := o.Input.(asked); in.op == "start" && o.Output == yes {
			n++
		}
	}
	return n
}

func answered(err error) said {
	switch {
	case err == nil:
		return yes
	case errors.Is(err, fleet.ErrRevoked):
		return refused
	case errors.Is(err, fleet.ErrTaken), errors.Is(err, fleet.ErrMove):
		return no
	}
	var pe *pgconn.PgError // of the superuser's own questions
	if errors.As(err, &pe) && pe.Code == "MD002" {
		return no
	}
	return lost
}

// TestClaimsAreLinearizable makes histories of claims, starts and settlements from many
// stations at once, while connections are cut and the server dies and comes back.
func TestClaimsAreLinearizable(t *testing.T) {
	t.Parallel()
	const stations, labels = 6, 12
	server := fleettest.Start(t)
	d := server.Database(t)
	d.Setting(t, "dead_after", "3600")
	platform := d.Join(t, fleet.Station{Name: "platform", Platform: true})
	var members []*fleettest.Member
	for i := range stations {
		members = append(members, d.Join(t, fleet.Station{Name: fmt.Sprintf("bench-%d", i+1)}))
	}
	ids := fleettest.Labels(t, platform, "h", labels, "", "76x130")

	h := &history{begin: time.Now()}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		defer stop()
		enough := time.Now().Add(2 * time.Minute)
		for time.Sleep(*historyFor); h.starts() < leastStarts && time.Now().Before(enough); { // a busy machine takes longer
			time.Sleep(100 * time.Millisecond)
		}
	}()
	var all sync.WaitGroup
	workers := make([]*worker, stations)
	for i, m := range members {
		w := &worker{h: h, client: i, m: m, rng: rand.New(rand.NewPCG(uint64(i), 7)), known: map[fleet.Ref]bool{}}
		workers[i] = w
		all.Go(func() { w.run(ctx) })
	}
	all.Go(func() { people(ctx, t, h, d, ids, stations) })
	all.Go(func() { chaos(ctx, t, server, d, *historyFor) })
	all.Wait()
	for _, w := range workers {
		w.finish(t, d)
	}

	starts := h.starts()
	if starts < leastStarts {
		t.Errorf("only %d labels were started: the history says little", starts)
	}
	model, ops := claims.ToModel(), h.ended()
	if r := porcupine.CheckOperationsTimeout(model, ops, 2*time.Minute); r != porcupine.Ok {
		t.Fatalf("a history of %d steps, %d with an end, is %s", len(h.ops), len(ops), r)
	}
	t.Logf("%d steps, %d with an end, %d starts", len(h.ops), len(ops), starts)
	// The check must be able to fail: the same history with one more start of a label
	// that another has.
	for _, o := range ops {
		if in := o.Input.(asked); in.op == "start" && o.Output == yes {
			in.station = "somebody else"
			forged := append(slices.Clone(ops), porcupine.Operation{ClientId: stations + 2, Input: in, Call: o.Call, Output: yes, Return: o.Return})
			if r := porcupine.CheckOperationsTimeout(model, forged, 2*time.Minute); r != porcupine.Illegal {
				t.Errorf("a history with a label started twice is %s", r)
			}
			break
		}
	}
}

// worker is a station that works and writes down what it asked and was told.
type worker struct {
	h      *history
	client int
	m      *fleettest.Member
	rng    *rand.Rand
	known  map[fleet.Ref]bool // claims that it was told of
	past   []fleet.Ref        // that it has let go
	doubt  int64              // since when an answer to a claim is missing; 0 for none
}

func (w *worker) run(ctx context.Context) {
	for ctx.Err() == nil {
		call := w.h.now()
		got, err := w.m.Claim(ctx, []fleet.Want{{Printer: "p", Paper: "76x130", N: 1 + w.rng.IntN(3)}})
		if answered(err) == lost && w.doubt == 0 {
			w.doubt = call
		}
		var refs []fleet.Ref
		for _, l := range got {
			refs = append(refs, l.Ref)
			w.known[l.Ref] = true
			w.h.add(w.client, w.asked("claim", l.Ref), yes, call)
		}
		if w.doubt != 0 {
			more, _ := w.found(ctx)
			refs = append(refs, more...)
		}
		for _, r := range refs {
			w.work(ctx, r)
		}
		if len(refs) == 0 {
			time.Sleep(2 * time.Millisecond)
		}
	}
}

// finish puts into the history what a lost answer has claimed. Nothing is still under
// way when the station's connections are gone.
func (w *worker) finish(t *testing.T, d *fleettest.Database) {
	if w.doubt == 0 {
		return
	}
	if err := d.Exec(t, `SELECT miandan.cut_off($1)`, w.m.Name()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := w.found(t.Context()); err == nil {
			return
		}
	}
	t.Fatal("the server does not come back")
}

// found takes in what the station was given without hearing of it.
func (w *worker) found(ctx context.Context) ([]fleet.Ref, error) {
	held, err := w.m.Mine(ctx)
	if err != nil {
		return nil, err
	}
	since := w.doubt
	var refs []fleet.Ref
	for _, m := range held {
		if m.State == fleet.Claimed && !w.known[m.Ref] {
			refs = append(refs, m.Ref)
			w.known[m.Ref] = true
			w.h.add(w.client, w.asked("claim", m.Ref), yes, since)
		}
	}
	return refs, nil
}

func (w *worker) asked(op string, r fleet.Ref) asked {
	return asked{op: op, label: r.ID, station: w.m.Name(), epoch: r.Epoch}
}

func (w *worker) try(op string, r fleet.Ref, do func() error) said {
	call := w.h.now()
	out := answered(do())
	w.h.add(w.client, w.asked(op, r), out, call)
	return out
}

func (w *worker) work(ctx context.Context, r fleet.Ref) {
	if len(w.past) > 0 && w.rng.IntN(3) == 0 { // a station that does not know that it is late
		old := w.past[w.rng.IntN(len(w.past))]
		w.try("start", old, func() error { return w.m.Start(ctx, old.ID, old.Epoch) })
	}
	defer func() { w.past = append(w.past, r) }()
	if w.rng.IntN(4) == 0 {
		w.try("release", r, func() error { return w.m.Release(ctx, []fleet.Ref{r}) })
		return
	}
	for out := lost; out == lost || out == refused; {
		if ctx.Err() != nil {
			return
		}
		if out = w.try("start", r, func() error { return w.m.Start(ctx, r.ID, r.Epoch) }); out == no {
			return
		}
	}
	if w.rng.IntN(4) == 0 {
		w.try("start", r, func() error { return w.m.Start(ctx, r.ID, r.Epoch) })
	}
	for out := lost; (out == lost || out == refused) && ctx.Err() == nil; {
		out = w.try("settle", r, func() error { return w.m.Settle(ctx, []fleet.Settled{word(r, fleet.Confirmed)}) })
	}
}

// people print labels again, and give up stations for a moment.
func people(ctx context.Context, t *testing.T, h *history, d *fleettest.Database, ids []int64, stations int) {
	rng := rand.New(rand.NewPCG(1, 2))
	for ctx.Err() == nil {
		time.Sleep(3 * time.Millisecond)
		id, call := ids[rng.IntN(len(ids))], h.now()
		err := d.Exec(t, `SELECT miandan._print_again($1, 'platform', '演示组长', 'torn')`, id)
		h.add(stations, asked{op: "again", label: id}, answered(err), call)
		for answered(err) == lost && ctx.Err() == nil { // a server that is down is asked no more
			time.Sleep(50 * time.Millisecond)
			err = d.Exec(t, `SELECT`)
		}
		if rng.IntN(20) > 0 {
			continue
		}
		name := fmt.Sprintf("bench-%d", 1+rng.IntN(stations))
		call = h.now()
		err = d.Exec(t, `UPDATE miandan.stations SET gone = now() WHERE name = '`+name+`'`)
		if err == nil {
			err = d.Exec(t, `SELECT miandan._reclaim()`)
		}
		for _, id := range ids {
			h.add(stations, asked{op: "reap", label: id, station: name}, answered(err), call)
		}
		for d.Exec(t, `UPDATE miandan.stations SET gone = NULL WHERE name = '`+name+`'`) != nil && t.Context().Err() == nil {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// chaos cuts connections all the time, and half way lets the server die.
func chaos(ctx context.Context, t *testing.T, s *fleettest.Server, d *fleettest.Database, long time.Duration) {
	restart := time.Now().Add(long / 2)
	for ctx.Err() == nil {
		time.Sleep(40 * time.Millisecond)
		_ = d.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'station_%' AND random() < 0.1`)
		if !restart.IsZero() && time.Now().After(restart) {
			s.Restart(t, fleettest.Immediate)
			restart = time.Time{}
			if long > 10*time.Second {
				restart = time.Now().Add(5 * time.Second)
			}
		}
	}
}
