package jdsim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Kind is a way to misbehave.
type Kind string

const (
	Fail       Kind = "fail"        // HTTP 200 with the gateway's error Code
	Refuse     Kind = "refuse"      // HTTP 200, code 0, and inside it the method's own failure with Code and Message
	Cut        Kind = "cut"         // no answer: the connection is cut
	Delay      Kind = "delay"       // the call waits for Wait; other faults still apply
	Garbage    Kind = "garbage"     // HTTP 200 with something that is no JSON
	Truncate   Kind = "truncate"    // the connection is cut in the middle of the answer; always Late
	BadGateway Kind = "bad-gateway" // HTTP 502 with a page of HTML
	Twice      Kind = "twice"       // enSearch lists every order twice
	Shift      Kind = "shift"       // once enSearch has answered, one of the orders it found is modified: pages shift
	Partial    Kind = "partial"     // pullData fails for every second waybill
)

// Fault is a way to misbehave and when to do so. It applies to calls that are
// otherwise in order; those that are not are always told so.
type Fault struct {
	Kind   Kind
	Method string // the method it is for; empty for all
	// Late lets the call have its effect first: with Cut the reply is lost,
	// without it the request.
	Late bool

	Code, Message string        // of Fail (Code alone) and Refuse
	Wait          time.Duration // of Delay

	After   int // calls that are spared at first: a quota
	Times   int // how often it happens; 0 for no end
	Percent int // of the calls; 0 for all
}

func (f Fault) check() error {
	switch f.Kind {
	case Fail, Refuse:
		if f.Code == "" {
			return fmt.Errorf("fault %q without a code", f.Kind)
		}
	case Cut, Delay, Garbage, Truncate, BadGateway, Twice, Shift, Partial:
	default:
		return fmt.Errorf("fault of unknown kind %q", f.Kind)
	}
	return nil
}

// fault is a Fault in force.
type fault struct {
	Fault
	seen, done int
}

// Misbehave puts a fault in force until stop is called or it has happened as
// often as it should. Of several faults that would answer the same call the
// oldest does. It panics if the fault makes no sense.
func (g *Gateway) Misbehave(f Fault) (stop func()) {
	if err := f.check(); err != nil {
		panic("jdsim: " + err.Error())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	live := &fault{Fault: f}
	g.faults = append(g.faults, live)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.faults = slices.DeleteFunc(g.faults, func(x *fault) bool { return x == live })
	}
}

// Behave ends all faults, those of the Config too, and makes the token good
// again.
func (g *Gateway) Behave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults, g.josAuth.expired, g.lopAuth.expired = nil, false, false
}

// plan is what goes wrong with one call.
type plan struct {
	before, after         time.Duration
	twice, shift, partial bool
	fault                 *Fault
}

func (g *Gateway) plan(method string) plan {
	g.mu.Lock()
	defer g.mu.Unlock()
	var p plan
	for _, f := range g.faults {
		answers := f.Kind != Delay && f.Kind != Twice && f.Kind != Shift && f.Kind != Partial
		if f.Method != "" && f.Method != method || answers && p.fault != nil || !f.strikes(g.dice.IntN(100)) {
			continue
		}
		switch {
		case f.Kind == Delay && f.Late:
			p.after += f.Wait
		case f.Kind == Delay:
			p.before += f.Wait
		case f.Kind == Twice:
			p.twice = true
		case f.Kind == Shift:
			p.shift = true
		case f.Kind == Partial:
			p.partial = true
		default:
			now := f.Fault
			now.Late = now.Late || now.Kind == Truncate
			p.fault = &now
		}
	}
	return p
}

// strikes counts a call and reports whether the fault happens to it.
func (f *fault) strikes(die int) bool {
	f.seen++
	if f.seen <= f.After || f.Times > 0 && f.done >= f.Times || f.Percent > 0 && die >= f.Percent {
		return false
	}
	f.done++
	return true
}

// sleep waits, but not for a client that has hung up: the call then goes on
// without it, as it does at JD.
func (plan) sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// misbehave answers in place of the method; reply is its answer if it ran.
func (g *Gateway) misbehave(w http.ResponseWriter, f *Fault, c *call, reply []byte) {
	switch f.Kind {
	case Fail:
		writeJSON(w, encode(c.door.failure(f.Code)))
	case Refuse:
		writeJSON(w, encode(c.door.envelope(c.method, g.no(c, f.Code, f.Message))))
	case Garbage:
		writeJSON(w, []byte("{\"jingdong\u0000_responce\":{\"code\":\"0\",,"))
	case BadGateway:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"))
	case Truncate:
		w.Header().Set("Content-Length", fmt.Sprint(len(reply)))
		writeJSON(w, reply[:len(reply)/2])
		// Without the flush the half would be thrown away with the connection.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Cut:
		panic(http.ErrAbortHandler)
	}
}
