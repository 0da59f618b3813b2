package jos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"miandan/agent/internal/outbound"
)

// How often Read asks in all. JD's own SDK asks six times while the gateway
// cannot reach what stands behind it.
const (
	maxReads = 6 // code 66
	maxLost  = 4 // no whole answer came
)

// readWithin is how long after the first question Read may still begin another.
// The last of them takes as long as any call, so that a reading ends within
// this and one timeout of the HTTP client.
const readWithin = 45 * time.Second

// Read is Call for a method that changes nothing. It asks again, each time
// waiting longer, while the gateway cannot reach what stands behind it (code
// 66), and a few times if the connection broke, if nothing came back in time or
// if what stands in front of the gateway says that it is in trouble (HTTP 5xx).
//
// A call that takes a number must not be made this way: the first request may
// have been carried out, whatever came back.
func (c *Client) Read(ctx context.Context, method string, params, result any) error {
	return Repeat(ctx, c.backoff(), readsAfter, func() error { return c.Call(ctx, method, params, result) })
}

// Repeat asks until it has asked as often as the last error allows: most says
// how often in all. Before each repetition it waits longer, by a backoff each
// time. It ends with ctx, and in any case within readWithin and one question.
func Repeat(ctx context.Context, backoff time.Duration, most func(error) int, ask func() error) error {
	began := time.Now()
	for n := 1; ; n++ {
		err := ask()
		if err == nil || n >= most(err) || ctx.Err() != nil {
			return err
		}
		pause := time.Duration(n) * backoff
		if time.Since(began)+pause > readWithin {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// readsAfter is how often a read that ended so may be made in all.
func readsAfter(err error) int {
	if CodeOf(err) == codeUnreachable {
		return maxReads
	}
	return ReadsIfLost(err)
}

// ReadsIfLost is how often a read may be made in all that ended so: more than
// once only if no whole answer came.
func ReadsIfLost(err error) int {
	var status StatusError
	var lost *outbound.Error
	switch {
	case errors.Is(err, ErrNoToken): // it was not asked; how often a renewal is tried is not for here
		return 1
	case errors.As(err, &status) && status >= http.StatusInternalServerError:
		return maxLost
	case errors.As(err, &lost) && !outbound.Certificate(err) && !errors.Is(err, outbound.ErrBadTarget) && !errors.Is(err, outbound.ErrTooLong):
		return maxLost
	}
	return 1
}

// StatusError is an answer with a status that the gateway itself does not give.
type StatusError int

func (e StatusError) Error() string { return fmt.Sprintf("status %d", int(e)) }
