package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/api"
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
	if err := b.head(ctx); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	return nil
}

// wave has orders that wait on the gateway come out of four printers; a fifth has
// other paper and stands idle. The time runs from the agent's start, until the last
// label is out and known to be.
func (b *bench) wave(ctx context.Context) (err error) {
	s, err := b.openStation("wave", b.Orders, []roll{{}, {}, {}, {}, {paper: "100x150"}}, nil)
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
	b.memory("memory-after", fmt.Sprintf("memory of the agent after %d labels", labels), s.cmd.Process.Pid, 150)
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
	b.add(Line{Name: "idle", Part: Agent, What: "processor while idle, five printers", Value: share, Unit: "% of a core"}, Reach{Figure: "value", Want: 1, Most: true})
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
