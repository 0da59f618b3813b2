package api

import (
	"sync"
	"time"

	"miandan/agent/internal/pairing"
)

// Limits of one origin. What is above them is a program gone wrong, or one that
// prints a stack of labels without anybody here having asked for it.
const (
	requestsAMinute = 600
	jobsAMinute     = 60
	labelsAnHour    = 300 // without a click of an operator
	socketsEach     = 8
	socketsInAll    = 32
	mostJob         = 4 << 20
)

// limits counts what each origin asks.
type limits struct {
	now func() time.Time

	mu      sync.Mutex
	each    map[pairing.Origin]*spent
	sockets int
}

// spent is what an origin has used of its limits.
type spent struct {
	minute, hour   time.Time // since when is counted
	requests, jobs int
	labels         int
	allowed        int // labels in this hour beyond the limit, by an operator's click
	sockets        int
}

func newLimits() *limits { return &limits{now: time.Now, each: map[pairing.Origin]*spent{}} }

func (l *limits) of(o pairing.Origin) *spent {
	s := l.each[o]
	if s == nil {
		s = &spent{}
		l.each[o] = s
	}
	now := l.now()
	if d := now.Sub(s.minute); d >= time.Minute || d < 0 {
		s.minute, s.requests, s.jobs = now, 0, 0
	}
	if d := now.Sub(s.hour); d >= time.Hour || d < 0 {
		s.hour, s.labels, s.allowed = now, 0, 0
	}
	return s
}

func (l *limits) request(o pairing.Origin) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.of(o)
	s.requests++
	return s.requests <= requestsAMinute
}

// job reports whether one more label may come, or which limit is reached.
func (l *limits) job(o pairing.Origin) (tooFast, tooMany bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.of(o)
	if s.jobs >= jobsAMinute {
		return true, false
	}
	if s.labels >= labelsAnHour+s.allowed {
		return false, true
	}
	s.jobs++
	s.labels++
	return false, false
}

// allow lets an origin print another lot within the hour.
func (l *limits) allow(o pairing.Origin) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(o).allowed += labelsAnHour
}

// waits reports whether an origin needs that click.
func (l *limits) waits(o pairing.Origin) (labels int, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.of(o)
	return s.labels, s.labels >= labelsAnHour+s.allowed
}

func (l *limits) open(o pairing.Origin) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.of(o)
	if s.sockets >= socketsEach || l.sockets >= socketsInAll {
		return false
	}
	s.sockets++
	l.sockets++
	return true
}

func (l *limits) shut(o pairing.Origin) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(o).sockets--
	l.sockets--
}
