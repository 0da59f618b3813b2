package jd

import (
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// longestHold is how long an order waits for its receiver to be opened. By then
// it should have shipped, so it is given out as it is.
const longestHold = order.ShipWithin

// mayWait reports whether an order is young enough to wait.
func (r *reading) mayWait(at time.Time) bool {
	return !r.Modified.IsZero() && at.Sub(r.Modified) <= longestHold
}

// lacksKey reports whether an order would ship but for a key that JD has not
// given.
func (r *reading) lacksKey() bool {
	return r.keyless && r.State == order.ToShip && !r.IsParent && (r.PhoneKind == waybill.PhoneSealed || r.PhoneKind == waybill.PhoneMasked)
}

// waits knows what the orders wait for that the cursor's second moment stands
// for. It is in memory only: after a start they are read again at once.
type waits struct {
	mu    sync.Mutex
	known bool // all of them have been read since the start
	open  bool // some wait for their receivers to be opened
	key   bool // some wait for a key
	rest  time.Duration
	until time.Time // when JD may be asked for a key again
}

// due reports whether the orders that wait are to be read again. resting says
// that JD opens no receiver now.
func (w *waits) due(now time.Time, resting bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.known {
		return !resting
	}
	return w.open && !resting || w.key && !w.resting(now)
}

func (w *waits) resting(now time.Time) bool {
	left := w.until.Sub(now)
	return left > 0 && left <= longestRest // a clock may be set back
}

// read takes down what orders of a reading wait for. whole says that the reading
// went back to the first that waited before. Keys are asked for less and less
// often: the app may never get them.
func (w *waits) read(now time.Time, whole, open, key bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if whole {
		w.known, w.open, w.key = true, false, false
	}
	w.open, w.key = w.open || open, w.key || key
	switch {
	case !w.key && whole:
		w.rest, w.until = 0, time.Time{}
	case key && !w.resting(now):
		w.rest = min(max(2*w.rest, tde.MissingFor), longestRest)
		w.until = now.Add(w.rest)
	case key && whole: // for receivers to be opened; the keys were asked for as well
		w.until = now.Add(w.rest)
	}
}

// earlier returns the earlier of two moments; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func cursor(read, hold time.Time) platform.Cursor {
	c := read.UTC().Format(time.RFC3339)
	if !hold.IsZero() {
		c += " " + hold.UTC().Format(time.RFC3339)
	}
	return platform.Cursor(c)
}

// window is the stretch of time to read, and from when an order waits to be
// opened. A cursor from the future was made by a clock that has been set back
// since: what lies between is not known, so the reading begins anew.
func (s *Source) window(after platform.Cursor) (from, to, hold time.Time) {
	now := s.Now()
	first := now.Add(-min(s.LookBack, longest))
	from = first
	done, waits, _ := strings.Cut(string(after), " ")
	if read, err := time.Parse(time.RFC3339, done); err == nil && !read.After(now) {
		from = read.Add(-overlap)
	}
	if h, err := time.Parse(time.RFC3339, waits); err == nil && !h.After(now) {
		hold = h // JD's own time, whatever the clock here has said since
	}
	if to = from.Add(longest); to.After(now) {
		to = now
	}
	return from, to, hold
}
