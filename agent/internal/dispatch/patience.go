package dispatch

import (
	"errors"
	"sync"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
)

// How long a label waits that whoever makes it has refused: asking again costs
// of a quota, and a no to the same question is mostly the same no.
const (
	shortestWait = 30 * time.Second
	longestWait  = 10 * time.Minute
)

// patience counts how often labels were refused. It is in memory only: a start
// is a good moment to try again.
type patience struct {
	mu    sync.Mutex
	times map[int64]int // by label
}

// after returns how long a label waits after one more no.
func (p *patience) after(label int64, why error) time.Duration {
	if carrier.ActionOf(notice.CodeOf(why)) == carrier.Retry { // it is about the way there
		return shortestWait
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.times == nil || len(p.times) > 10_000 {
		p.times = map[int64]int{}
	}
	n := p.times[label]
	p.times[label]++
	return min(shortestWait<<min(n, 6), longestWait)
}

func (p *patience) forget(label int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.times, label)
}

// sameAgain is how long a failure that comes again and again is not logged anew.
const sameAgain = 10 * time.Minute

// quiet knows what a loop has logged: a printer that is off fails each second.
type quiet struct {
	mu      sync.Mutex
	logged  map[string]time.Time
	trouble string // the printer's, while it lasts
}

// news reports whether a failure is to be logged.
func (q *quiet) news(err error, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	failure := err.Error()
	if own := (*troubleError)(nil); errors.As(err, &own) {
		q.trouble = failure
	}
	if at, ok := q.logged[failure]; ok && now.Sub(at).Abs() < sameAgain {
		return false
	}
	if q.logged == nil || len(q.logged) > 100 {
		q.logged = map[string]time.Time{}
	}
	q.logged[failure] = now
	return true
}

// recovered notes that a printer's trouble is over: should it come back, that is
// news.
func (q *quiet) recovered() {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.logged, q.trouble)
	q.trouble = ""
}
