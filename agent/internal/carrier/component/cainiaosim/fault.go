package cainiaosim

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"
)

// Kind is a way to misbehave.
type Kind string

const (
	Slow        Kind = "slow"         // the request waits for Wait; other faults still apply
	DropBefore  Kind = "drop-before"  // the line is dropped and nothing done
	DropBetween Kind = "drop-between" // the task is accepted, the line dropped, and the paper comes after Wait
	DropAfter   Kind = "drop-after"   // done, and the line dropped before a word
	CrashBefore Kind = "crash-before" // the program dies, is away for Wait and has forgotten all
	CrashAfter  Kind = "crash-after"  // the same with the paper out
	Silent      Kind = "silent"       // done, and never a word
	OnlyFirst   Kind = "only-first"   // done, and nothing told after the first frame
	Malformed   Kind = "malformed"    // every frame is half a JSON text
	Backwards   Kind = "backwards"    // the frames come last first
	Twice       Kind = "twice"        // every frame comes twice
	Refuses     Kind = "refuses"      // the task is refused and nothing printed
	Denies      Kind = "denies"       // printed, and told as failed at no stage in particular
	Recants     Kind = "recants"      // told first as refused, and then with the truth
	Garbage     Kind = "garbage"      // much that is none of this protocol before the truth
	Huge        Kind = "huge"         // the first frame has 5 MB
)

// Kinds returns all of them.
func Kinds() []Kind {
	return []Kind{Slow, DropBefore, DropBetween, DropAfter, CrashBefore, CrashAfter, Silent, OnlyFirst, Malformed, Backwards, Twice, Refuses, Denies, Recants, Garbage, Huge}
}

// Fault is a way to misbehave and when to do so.
type Fault struct {
	Kind    Kind
	Request string        // the cmd that it is for; empty for all
	Late    bool          // of Slow: wait with the paper out instead of before
	Wait    time.Duration // of Slow, DropBetween and the crashes

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

// Misbehave puts a fault in force. Of several that would strike the same request
// the oldest does. It panics if the fault makes no sense.
func (c *Component) Misbehave(f Fault) {
	if err := f.check(); err != nil {
		panic("cainiaosim: " + err.Error())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, &fault{Fault: f})
}

// plan is what goes wrong with one request.
type plan struct {
	before, after, away time.Duration
	fault               Kind
}

func (c *Component) plan(command string) plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	var p plan
	for _, f := range c.faults {
		if f.Request != "" && f.Request != command || f.Kind != Slow && p.fault != "" || !f.strikes() {
			continue
		}
		switch {
		case f.Kind == Slow && f.Late:
			p.after += f.Wait
		case f.Kind == Slow:
			p.before += f.Wait
		default:
			p.fault, p.away = f.Kind, f.Wait
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

// tell sends what is to be told as the plan wants it.
func (l *line) tell(ctx context.Context, p plan, frames ...any) {
	switch p.fault {
	case DropAfter, DropBetween, CrashAfter:
		l.hangUp()
		return
	case Silent:
		return
	case OnlyFirst:
		frames = frames[:1]
	case Malformed:
		for i, f := range frames {
			b := encode(f)
			frames[i] = b[:len(b)/2]
		}
	case Backwards:
		slices.Reverse(frames)
	case Twice:
		frames = append(frames, slices.Clone(frames)...)
	case Garbage:
		frames = append(garbage(), frames...)
	case Huge:
		frames[0] = append(bytes.Repeat([]byte(" "), 5<<20), encode(frames[0])...)
	}
	l.send(ctx, frames...)
}

func garbage() []any {
	return []any{
		[]byte("\x00\xff"), []byte("null"), []byte("[]"), []byte(`"printed"`), []byte(`{"cmd":"notifyPrintResult","taskStatus":"printed"}`),
		[]byte(`{"cmd":"notifyPrintResult","taskID":"ANOTHER","taskStatus":"printed","printStatus":[{"documentID":"ANOTHER","status":"success"}]}`),
		[]byte(`{"cmd":{},"taskID":[],"requestID":{},"printStatus":7}`), bytes.Repeat([]byte("["), 100_000),
	}
}
