package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/bench/tap"
)

// clicks measures from a click to the label's first byte at the printer, with a
// history in the ledger and labels that wait for other paper.
func (b *bench) clicks(ctx context.Context) (err error) {
	const orders = 20
	var before *tap.Tap
	s, err := b.openStation("click", orders, []roll{{}}, func(addr string) (string, error) {
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
	err = s.withKeys(func() error {
		if err := fill(ctx, s.world.Data, b.History, b.Queued); err != nil {
			return err
		}
		return b.cost(ctx, s.world.Data)
	})
	if err != nil {
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
	numbers, err := s.numbers(ctx, client, orders)
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

// numbers are those of the orders of one parcel that are done, of so many labels: what
// was printed last.
func (s *station) numbers(ctx context.Context, c *api.Client, labels int) (all []string, err error) {
	h, err := c.History(ctx, api.HistoryQuery{State: api.Done, From: time.Now().Add(-12 * time.Hour), Limit: labels})
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
