package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/outbound"
)

// horizon is how far ahead a call's moment is kept. What lies further ahead is waited
// for first, so that orders to be read never stand behind a thousand numbers.
const horizon = 2 * time.Second

// stale is how long after its moment a call may still be made. A station that was
// asleep must not make all at once what it had kept.
const stale = time.Second

// slot reports that an account may not be called yet.
type slot struct{ wait time.Duration }

func (s *slot) Error() string { return fmt.Sprintf("the account may not be called for %v", s.wait) }

// account is on whose account an issuer's first call counts.
func (w *worker) account(issuer string) string {
	if a, ok := w.Accounts[issuer]; ok {
		return a
	}
	return issuer
}

// setRates makes known how often this station's settings let accounts be called.
func (w *worker) setRates(ctx context.Context) error {
	every := map[string]float64{} // seconds
	for account, d := range w.Rates {
		every[account] = d.Seconds()
	}
	b, err := json.Marshal(every)
	if err != nil {
		return err
	}
	return w.DB.Call(ctx, "rates", `SELECT miandan.rates_set($1)`, []any{string(b)}, nil)
}

// moment waits until an account may be called, which all stations share. It gives up
// with a *slot if that would take longer than patience.
func (w *worker) moment(ctx context.Context, account string, patience time.Duration) error {
	for end := time.Now().Add(patience); ; {
		var d time.Duration
		var taken bool
		asked := time.Now()
		err := w.DB.Call(ctx, "slot", `SELECT wait, taken FROM miandan.call_slot($1, $2)`, []any{account, horizon}, func(r pgx.Rows) error { return r.Scan(&d, &taken) })
		switch {
		case err != nil:
			return err
		case !taken && time.Now().Add(d).After(end):
			return &slot{d}
		case !taken:
			wait(ctx, max(d-horizon/2, horizon/10))
		default:
			wait(ctx, d)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if taken && time.Since(asked) < d+stale {
			return nil
		}
	}
}

// turn is a first call whose moment has come already.
type turn struct {
	account string
	until   time.Time // it is stale then
}

// turnOf waits for an issuer's first call, before anything is written down.
func (w *worker) turnOf(ctx context.Context, issuer string) (*turn, error) {
	t := &turn{account: w.account(issuer)}
	if err := w.moment(ctx, t.account, w.Asking/4); err != nil {
		return nil, err
	}
	t.until = time.Now().Add(stale)
	return t, nil
}

// paced has every call that is made with the context wait for its moment, but for
// the one of t. One question is asked by one goroutine.
func (w *worker) paced(ctx context.Context, t *turn) context.Context {
	return outbound.Paced(ctx, func(ctx context.Context, account string) error {
		if t != nil && t.account == account && time.Now().Before(t.until) {
			t = nil
			return nil
		}
		patience := w.Asking
		if end, ok := ctx.Deadline(); ok {
			patience = time.Until(end)
		}
		return w.moment(ctx, account, patience)
	})
}

// snooze is after how long a job is tried again whose account may not be called yet.
func (s *slot) snooze() time.Duration { return min(s.wait, 10*time.Second) }

// held reports whether err is that an account may not be called yet.
func held(err error) (*slot, bool) {
	var s *slot
	ok := errors.As(err, &s)
	return s, ok
}
