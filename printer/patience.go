package printer

import (
	"fmt"
	"slices"
	"time"
)

// patience decides when a printer has been waited for long enough. A silent one
// gets seconds. One that says it has no paper gets as long as a person needs:
// it keeps what it was sent, prints it after the reload and only then answers.
type patience struct {
	limits  Timeouts
	alive   bool
	written bool
	bytes   int64
	since   time.Time // the last byte taken, or the end of the last fault
	faulty  time.Time // the beginning of the fault that stands; zero if none does
	last    Status
}

func newPatience(limits Timeouts, alive bool) *patience {
	return &patience{limits: limits, alive: alive, since: time.Now()}
}

func (p *patience) allWritten(now time.Time) { p.written, p.since = true, now }

// again begins anew: the printer comes to this label only now.
func (p *patience) again(now time.Time) { p.since = now }

// heard takes in a condition and reports whether it is news.
func (p *patience) heard(s Status, now time.Time) bool {
	switch {
	case !s.Ready() && p.faulty.IsZero():
		p.faulty = now
	case s.Ready() && !p.faulty.IsZero():
		p.faulty, p.since = time.Time{}, now
	}
	news := !slices.Equal(p.last.Reasons, s.Reasons)
	p.last = s
	return news
}

// over returns why there is nothing more to wait for, or nil.
func (p *patience) over(bytes int64, now time.Time) error {
	if bytes != p.bytes {
		p.bytes, p.since = bytes, now
	}
	switch waited := now.Sub(p.since); {
	case !p.faulty.IsZero():
		if now.Sub(p.faulty) > p.limits.Fault {
			return fmt.Errorf("no end of the fault within %v: %w", p.limits.Fault, &FaultError{p.last})
		}
	case !p.written:
		if waited > p.limits.Write {
			return fmt.Errorf("no byte within %v: %w", p.limits.Write, ErrStalled)
		}
	case p.alive:
		if waited > p.limits.Confirm {
			return fmt.Errorf("no process ID within %v: %w", p.limits.Confirm, ErrUnconfirmed)
		}
	case waited > p.limits.Mute:
		return fmt.Errorf("no word within %v: %w", p.limits.Mute, ErrMute)
	}
	return nil
}
