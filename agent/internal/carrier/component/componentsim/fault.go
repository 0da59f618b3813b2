package componentsim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is a way to misbehave.
type Kind string

const (
	Slow       Kind = "slow"        // the request waits for Wait; other faults still apply
	DropBefore Kind = "drop-before" // the line is dropped and nothing printed
	DropAfter  Kind = "drop-after"  // printed, and the line dropped
	Silent     Kind = "silent"      // printed, and never answered
	Malformed  Kind = "malformed"   // printed, and answered with half a JSON text
	HoldBack   Kind = "hold-back"   // printed, and answered only after the next answer on the line
	Twice      Kind = "twice"       // answered twice
	Denies     Kind = "denies"      // printed, and answered with a failure that says nothing of the label
	Recants    Kind = "recants"     // answered first as if all had been refused, and then with the truth
)

// Kinds returns all of them.
func Kinds() []Kind {
	return []Kind{Slow, DropBefore, DropAfter, Silent, Malformed, HoldBack, Twice, Denies, Recants}
}

// Fault is a way to misbehave and when to do so.
type Fault struct {
	Kind    Kind
	Request string        // the orderType or cmd that it is for; empty for all
	Late    bool          // of Slow: wait after printing instead of before
	Wait    time.Duration // of Slow

	After int // requests that are spared at first
	Times int // how often it happens; 0 for no end
}

func (f Fault) check() error {
	if slices.Contains(Kinds(), f.Kind) {
		return nil
	}
	return fmt.Errorf("fault of unknown kind %q", f.Kind)
}

// fault is a Fault in force.
type fault struct {
	Fault
	seen, done int
}

// Misbehave puts a fault in force until stop is called or it has happened as
// often as it should. Of several faults that would end the same request the
// oldest does. It panics if the fault makes no sense.
func (c *Component) Misbehave(f Fault) (stop func()) {
	if err := f.check(); err != nil {
		panic("componentsim: " + err.Error())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	live := &fault{Fault: f}
	c.faults = append(c.faults, live)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.faults = slices.DeleteFunc(c.faults, func(x *fault) bool { return x == live })
	}
}

// Behave ends all faults, those of the Config too.
func (c *Component) Behave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// plan is what goes wrong with one request.
type plan struct {
	before, after time.Duration
	fault         Kind
}

func (c *Component) plan(request string) plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	var p plan
	for _, f := range c.faults {
		if f.Request != "" && !strings.EqualFold(f.Request, request) || f.Kind != Slow && p.fault != "" || !f.strikes() {
			continue
		}
		switch {
		case f.Kind == Slow && f.Late:
			p.after += f.Wait
		case f.Kind == Slow:
			p.before += f.Wait
		default:
			p.fault = f.Kind
		}
	}
	return p
}

// strikes counts a request and reports whether the fault happens to it.
func (f *fault) strikes() bool {
	f.seen++
	if f.seen <= f.After || f.Times > 0 && f.done >= f.Times {
		return false
	}
	f.done++
	return true
}
