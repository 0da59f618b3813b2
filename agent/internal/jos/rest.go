package jos

import (
	"sync"
	"time"
)

// How long a method is left alone, from the first time that JD says its calls
// are used up to the time that it has said so often. Whether JD means the day's
// quota or the last second's is not public, and neither are the figures.
const (
	firstRest   = 10 * time.Second
	longestRest = 10 * time.Minute
)

// Rest keeps calls of a method back after the platform has said that they are
// used up, each time longer, until one gets through. Without it every loop of
// the program would go on asking, which costs of the very quota. Its zero value
// is ready; its methods may be called from several goroutines at once.
type Rest struct {
	mu      sync.Mutex
	methods map[string]pause
}

type pause struct {
	long  time.Duration
	until time.Time
}

// Over reports whether a method may be called. A nil Rest lets everything pass.
func (r *Rest) Over(method string, now time.Time) bool {
	if r == nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.methods[method]
	left := p.until.Sub(now)
	return !ok || left <= 0 || left > p.long // a clock may be set back
}

// Heard takes down how a call ended: enough says that calls are used up.
func (r *Rest) Heard(method string, enough bool, now time.Time) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !enough {
		delete(r.methods, method)
		return
	}
	if r.methods == nil {
		r.methods = map[string]pause{}
	}
	p := r.methods[method]
	p.long = min(max(2*p.long, firstRest), longestRest)
	p.until = now.Add(p.long)
	r.methods[method] = p
}
