package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/bench/past"
	"miandan/agent/internal/bench/tap"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// agent measures the whole program as a process of its own. The simulations run
// beside it on the same cores and have their share of them.
func (b *bench) agent(ctx context.Context) error {
	if b.Program == "" {
		b.absent("agent", errors.New("no program to start"))
		return nil
	}
	if err := b.wave(ctx); err != nil {
		return fmt.Errorf("wave: %w", err)
	}
	if err := b.clicks(ctx); err != nil {
		return fmt.Errorf("click: %w", err)
	}
	return nil
}

// wave has orders that wait on the gateway come out of four printers. The time runs
// from the agent's start, until the last label is out and known to be.
func (b *bench) wave(ctx context.Context) (err error) {
	s, err := b.openStation("wave", b.Orders, 4, func(addr string) (string, error) { return addr, nil })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	b.Tell(fmt.Sprintf("a wave of %d orders, four printers", b.Orders))
	ready, err := s.start(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	client, err := s.client()
	if err != nil {
		return err
	}
	labels, end, err := s.settled(ctx, client, b.Orders, 0)
	if err != nil {
		return err
	}
	b.add(Line{Name: "start", Part: Agent, What: "cold start of run to ready", Value: ms(ready), Unit: "ms"}, Reach{Figure: "value", Want: 400, Most: true})
	b.add(Line{
		Name: "wave", Part: Agent, What: fmt.Sprintf("%d orders: gateway → numbers → %d labels out of four printers, durable ledger", b.Orders, labels),
		Runs: labels, PerSecond: float64(labels) / end.Sub(began).Seconds(), Value: end.Sub(began).Seconds(), Unit: "s",
	}, Reach{Figure: "per_second", Want: 150})
	b.memory("memory-after", "memory of the agent after them", s.cmd.Process.Pid, 150)
	return b.idle(ctx, s)
}

// settled waits until all labels of so many orders are out and the agent knows. So
// many others wait for something else all the while.
func (s *station) settled(ctx context.Context, c *api.Client, orders, others int) (labels int, at time.Time, err error) {
	before, since := -1, time.Now()
	for {
		n, last := s.printed()
		if n != before {
			before, since = n, time.Now()
		}
		if n >= orders && time.Since(last) > 300*time.Millisecond {
			is, err := s.counts(ctx, c)
			if err != nil {
				return 0, last, err
			}
			if is.Waiting <= others && is.Printing == 0 && is.Unknown == 0 {
				return n, last, nil
			}
		}
		if time.Since(since) > patience {
			return n, last, fmt.Errorf("%d labels of %d orders are out, and none within the last %v: %s", n, orders, patience, lastWord(s))
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return n, last, err
		}
	}
}

// patience is how long nothing may happen on a computer that is busy with other
// things.
const patience = 2 * time.Minute

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// counts is how many labels stand where, in the agent's own words.
func (s *station) counts(ctx context.Context, c *api.Client) (api.Counts, error) {
	q, err := c.QueueOf(ctx, api.QueueQuery{Limit: 1})
	return q.Counts, err
}

func lastWord(s *station) []byte { return last(s.stderr.Bytes()) }

// idle measures what the agent takes of a core while nothing happens.
func (b *bench) idle(ctx context.Context, s *station) error {
	wait := 10 * time.Second
	if b.Quick {
		wait = time.Second
	}
	b.Tell("the agent idle")
	if err := pause(ctx, wait/5); err != nil { // what came with the labels is over
		return err
	}
	before, ok := coreTime(s.cmd.Process.Pid)
	began := time.Now()
	if err := pause(ctx, wait); err != nil {
		return err
	}
	after, ok2 := coreTime(s.cmd.Process.Pid)
	if !ok || !ok2 {
		b.absent("idle", errors.New("this system does not say what another process takes"))
		return nil
	}
	share := 100 * (after - before).Seconds() / time.Since(began).Seconds()
	b.add(Line{Name: "idle", Part: Agent, What: "processor while idle, four printers, polling every second", Value: share, Unit: "% of a core"}, Reach{Figure: "value", Want: 1, Most: true})
	return nil
}

// memory notes how much memory a process has.
func (b *bench) memory(name, what string, pid int, most float64) {
	mb, ok := resident(pid)
	if !ok {
		b.absent(name, errors.New("this system does not say how much memory another process has"))
		return
	}
	b.add(Line{Name: name, Part: Agent, What: what, Value: mb, Unit: "MB"}, Reach{Figure: "value", Want: most, Most: true})
}

// clicks measures from a click to the label's first byte at the printer, with a
// history in the ledger and labels that wait for other paper.
func (b *bench) clicks(ctx context.Context) (err error) {
	const orders = 20
	var before *tap.Tap
	s, err := b.openStation("click", orders, 1, func(addr string) (string, error) {
		var err error
		if before, err = tap.Open(addr); err != nil {
			return "", err
		}
		return before.Addr(), nil
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(), before.Close()) }()
	b.Tell(fmt.Sprintf("a ledger with %d orders of history, %d that wait", b.History, b.Queued))
	if err := s.withKeys(func() error { return b.fill(ctx, s.world.Data) }); err != nil {
		return err
	}
	if _, err := s.start(ctx); err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	if b.memory("memory-idle", "memory of the agent as it has started", s.cmd.Process.Pid, 90); ctx.Err() != nil {
		return ctx.Err()
	}
	if _, _, err := s.settled(ctx, client, orders, b.Queued); err != nil { // a click is made while the printer stands still
		return err
	}
	numbers, err := s.numbers(ctx, client)
	if err != nil {
		return err
	}
	b.Tell("click → first byte at the printer")
	n := 200
	if b.Quick {
		n = 10
	}
	all := make([]time.Duration, n)
	for i := range all {
		if all[i], err = s.click(ctx, client, before, numbers[i%len(numbers)]); err != nil {
			return err
		}
	}
	b.add(timed(Line{Name: "click", Part: Agent, What: fmt.Sprintf("click → first byte at a TCP printer, %d queued, %d in history", b.Queued, b.History)}, all),
		Reach{Figure: "p50_ms", Want: 15, Most: true}, Reach{Figure: "p99_ms", Want: 50, Most: true})
	return nil
}

// numbers are those of the orders of one parcel that are done.
func (s *station) numbers(ctx context.Context, c *api.Client) (all []string, err error) {
	h, err := c.History(ctx, api.HistoryQuery{State: api.Done, From: time.Now().Add(-12 * time.Hour), Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, r := range h.Rows {
		if r.Parcels == 1 && r.Evidence == api.Confirmed && r.Waybill != "" {
			all = append(all, r.Waybill)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no label is known to be out: %s", lastWord(s))
	}
	return all, nil
}

// click reprints a label and waits until the agent knows that it is out before it
// returns.
func (s *station) click(ctx context.Context, c *api.Client, t *tap.Tap, number string) (took time.Duration, err error) {
	before, _ := s.printed()
	next, late := t.Next(), time.After(patience)
	began := time.Now()
	if _, err := c.Reprint(ctx, api.Reprint{Waybill: number, Reason: "bench"}); err != nil {
		return 0, err
	}
	select {
	case at := <-next:
		took = at.Sub(began)
	case <-late:
		after, _ := s.printed()
		is, err := s.counts(ctx, c)
		return 0, fmt.Errorf("no label within %v of a click; %d came out, %d are printing, %d are unknown, %v: %s", patience, after-before, is.Printing, is.Unknown, err, lastWord(s))
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for {
		if n, _ := s.printed(); n > before {
			is, err := s.counts(ctx, c)
			if err != nil {
				return 0, err
			}
			if is.Printing == 0 {
				return took, nil
			}
		}
		select {
		case <-late:
			return 0, fmt.Errorf("a label was not out %v after the click: %s", patience, lastWord(s))
		default:
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// fill makes the ledger that the agent will find.
func (b *bench) fill(ctx context.Context, data string) (err error) {
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return err
	}
	sealer, err := seal.Open(keys, data, false)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	l := ledger.New(db, sealer, time.Now)
	if _, err := l.Recover(ctx); err != nil {
		return err
	}
	if err := past.Fill(ctx, db, b.History, time.Now()); err != nil {
		return err
	}
	if err := past.Queue(ctx, db, l, b.Queued, time.Now()); err != nil {
		return err
	}
	if err := l.Stop(ctx); err != nil {
		return err
	}
	return db.Checkpoint(ctx)
}
