package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Attempt is one label on its way to one printer, connected and not yet sent.
type Attempt struct {
	printer *Printer
	limits  Timeouts
	job     Job
	data    []byte
	conn    Conn
	alive   bool // the printer answered in Begin: its back channel lives
	// odometer is what the printer counted before the job; nil if it does not say.
	odometer *int64
	spent    bool
	whole    bool // the connection has taken all bytes
	// Then, if set, is called once by Send when all bytes have left and the next job
	// may begin while this one's proof is waited for. It is never called where a
	// proof is not one label's own.
	Then func()

	link  *link
	ahead *Attempt      // whose proof is waited for first; nil if nothing is in front
	over  chan struct{} // closed once the outcome is known

	mu      sync.Mutex
	outcome Outcome
	last    Status // as the printer said last
}

// Abandon closes the connection without having sent anything. After Send or
// another Abandon it does nothing.
func (a *Attempt) Abandon() error {
	if a.spent {
		return nil
	}
	a.spent = true
	defer a.settle(NotSent)
	if a.printer.lead.end(a) {
		return hangUp(a.conn)
	}
	return nil
}

// Send sends the label and waits for what proves that it is out. The Outcome
// holds even if err != nil. Ending the context ends the waiting: before the
// first byte as NotSent, afterwards as Uncertain, since what the printer holds
// it will print.
func (a *Attempt) Send(ctx context.Context) (Outcome, Evidence, error) {
	if a.spent {
		return Uncertain, Evidence{}, errSpent
	}
	a.spent = true
	outcome, evidence, err := a.send(ctx)
	a.settle(outcome)
	a.printer.lead.proved(outcome, evidence, a.whole)
	if err != nil {
		err = fmt.Errorf("printer %s: %w", a.printer.Name, err)
	}
	if evidence.At.IsZero() && outcome != NotSent {
		evidence.At = time.Now()
	}
	return outcome, evidence, err
}

func (a *Attempt) send(ctx context.Context) (Outcome, Evidence, error) {
	err := ctx.Err()
	if err == nil && a.ahead == nil { // the one ahead has its own deadline on it
		err = a.conn.SetDeadline(time.Time{})
	}
	// Start's context may be the document's, so it ends with Send and no sooner.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	spooler, spooled := a.conn.(Follower)
	if err == nil && spooled {
		err = spooler.Start(ctx, a.job)
	}
	if err != nil {
		a.hangUp()
		return NotSent, Evidence{}, err
	}

	d := &delivery{Attempt: a}
	outcome, evidence, err := d.run(ctx)
	a.whole = d.written.Load() == int64(len(a.data))
	if outcome != Sent {
		a.hangUp()
		return outcome, evidence, err
	}
	if spooled {
		outcome, evidence, err = a.follow(ctx, spooler)
		a.hangUp()
		return outcome, evidence, err
	}
	if !a.printer.lead.end(a) {
		return Sent, evidence, nil
	}
	// Bytes may still be under way. A wire that breaks now has not taken it all.
	a.conn.SetDeadline(time.Now().Add(a.limits.Close))
	if err := a.conn.Close(); err != nil {
		return Uncertain, evidence, err
	}
	return Sent, evidence, nil
}

// hangUp closes the connection unless the next label is on it.
func (a *Attempt) hangUp() {
	if a.printer.lead.end(a) {
		hangUp(a.conn)
	}
}

// delivery is the sending of one attempt: a goroutine writes, another listens
// to the printer, and run watches both.
type delivery struct {
	*Attempt
	written atomic.Int64 // bytes the connection has taken
	asking  atomic.Bool  // all is written: questions are allowed
}

// chunk is small enough for a serial line to take one within Timeouts.Write.
const chunk = 4096

func (d *delivery) write(ctx context.Context) error {
	select {
	case d.link.voice <- struct{}{}:
		defer func() { <-d.link.voice }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for rest := d.data; len(rest) > 0; {
		n, err := d.conn.Write(rest[:min(len(rest), chunk)])
		d.written.Add(int64(n))
		rest = rest[n:]
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrNoProgress
		}
	}
	return nil
}

type answer struct {
	evidence Evidence
	err      error
}

func (d *delivery) run(ctx context.Context) (Outcome, Evidence, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	writer := make(chan error, 1)
	go func() { writer <- d.write(ctx) }()

	var listener chan answer
	heard := make(chan Status)
	listen := func() {
		confirmer, line := d.listener(ctx)
		if line == nil {
			return
		}
		listener = make(chan answer, 1)
		go func() {
			defer line.hush()
			var a answer
			a.err = guard("the driver", func() (err error) {
				a.evidence, err = confirmer.Confirm(ctx, line, d.job.Mark, func(s Status) {
					select {
					case heard <- s:
					case <-ctx.Done():
					}
				})
				return err
			})
			listener <- a
		}()
	}
	ahead := d.ahead.isOver()
	if ahead == nil {
		listen()
	}

	writing, listening := true, listener != nil
	var failed error // why the writing ended early, or what came before it
	var said answer  // what the listening ended with
	patience := newPatience(d.limits, d.alive)
	tick := time.NewTicker(min(d.limits.Poll, 250*time.Millisecond))
	defer tick.Stop()
	then := sync.OnceFunc(d.then)
	for ctx.Err() == nil && failed == nil && (writing || listening || ahead != nil) {
		select {
		case failed = <-writer:
			writing = false
			patience.allWritten(time.Now())
			d.startAsking()
		case <-ahead:
			ahead = nil
			if err := d.ahead.proven(); err != nil {
				cancel(err)
				continue
			}
			patience.again(time.Now())
			listen()
			listening = listener != nil
		case said = <-listener:
			listening = false
		case s := <-heard:
			d.hears(s)
			if patience.heard(s, time.Now()) && d.printer.Changed != nil {
				d.printer.Changed(s)
			}
		case now := <-tick.C:
			if ahead != nil {
				continue // the one ahead knows how the printer is, and has its own patience
			}
			if err := patience.over(d.written.Load(), now); err != nil {
				cancel(err)
			}
		case <-ctx.Done():
		}
		if failed == nil && !writing && listening && ahead == nil {
			then()
		}
	}

	gaveUp := context.Cause(ctx) // before our own cancel: nil unless patience or the caller ended it
	cancel(nil)
	if writing || listening {
		if d.conn.SetDeadline(longAgo) != nil {
			d.conn.Close()
		}
	}
	// A device file without deadlines may hold its writer for good; the writer is
	// then left behind, for the alternative is a printer queue that never moves.
	late := time.NewTimer(5 * time.Second)
	defer late.Stop()
	for writing || listening {
		select {
		case err := <-writer:
			writing = false
			if failed = err; err != nil && gaveUp != nil {
				failed = gaveUp
			}
		case a := <-listener:
			listening = false
			if said = a; a.err != nil && gaveUp != nil {
				said.err = gaveUp
			}
		case <-late.C:
			return Uncertain, d.wire(), errors.Join(gaveUp, failed)
		}
	}
	if ahead != nil || listener == nil && d.ahead != nil { // nobody has listened for this label's proof
		said.err = errors.Join(gaveUp, said.err)
		return d.judge(true, failed, said)
	}
	return d.judge(listener != nil, failed, said)
}

// then lets the next label begin, where the printer's word for this one cannot be
// taken for that of the next.
func (d *delivery) then() {
	if d.Then != nil && d.leads() {
		d.printer.lead.offer(d.Attempt)
		d.Then()
	}
}

// judge says what is known once writing and listening have ended.
func (d *delivery) judge(listened bool, failed error, said answer) (Outcome, Evidence, error) {
	switch {
	case failed != nil && d.written.Load() == 0:
		return NotSent, Evidence{}, failed
	case failed != nil:
		return Uncertain, d.wire(), failed
	case !listened:
		return Sent, d.wire(), nil
	case said.err == nil:
		d.printer.answers.answered()
		return Confirmed, said.evidence, nil
	case errors.Is(said.err, ErrPresumed):
		return Sent, said.evidence, nil
	case d.alive:
		return Uncertain, d.wire(), said.err
	case silence(said.err):
		return Sent, d.wire(), nil
	default:
		return Uncertain, d.wire(), said.err
	}
}

// silence reports whether listening ended for want of a word, rather than
// because the wire broke.
func silence(err error) bool {
	for _, e := range []error{ErrMute, ErrUnconfirmed, io.EOF, os.ErrDeadlineExceeded, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// wire is the evidence of what the connection took.
func (d *delivery) wire() Evidence {
	return Evidence{Method: "wire", Detail: fmt.Sprintf("%d of %d bytes", d.written.Load(), len(d.data)), At: time.Now()}
}

// listener is what confirms this job, and the line on which to listen: nil
// where nothing can be heard.
func (d *delivery) listener(ctx context.Context) (Confirmer, *line) {
	confirmer, knows := d.printer.Driver.(Confirmer)
	if counter, counts := d.printer.Driver.(Counter); counts && d.odometer != nil {
		confirmer, knows = counter.Since(*d.odometer), true
	}
	_, reads := d.conn.(ReadConn)
	if _, spooled := d.conn.(Follower); !knows || !reads || spooled || d.job.Mark == (Mark{}) {
		return nil, nil
	}
	if !d.alive && !d.printer.answers.over(time.Now()) {
		return nil, nil
	}
	return confirmer, &line{link: d.link, ctx: ctx, poll: d.limits.Poll, asking: &d.asking, single: d.leads() && d.exact()}
}

// soon is when the first question is asked: a label may be out within a second,
// and some printers prove that only while they are at work on it.
const soon = 100 * time.Millisecond

// startAsking lets the listener's reads end once in a while. The read that is
// waiting now began without a deadline.
func (d *delivery) startAsking() {
	d.asking.Store(true)
	if conn, ok := d.conn.(ReadConn); ok {
		conn.SetReadDeadline(time.Now().Add(min(d.limits.Poll, soon)))
	}
}

// line is a connection whose reads end every poll, once questions are allowed,
// and at once when the context is over.
type line struct {
	*link
	ctx      context.Context
	poll     time.Duration
	asking   *atomic.Bool
	asked    bool // a read has ended soon, or was going to
	single   bool // what is heard is handed out byte by byte
	speaking bool // holds the voice
}

func (l *line) read(b []byte) (int, error) {
	conn := l.conn.(ReadConn)
	if l.asking.Load() {
		wait := l.poll
		if !l.asked { // it begins to listen after the last byte, at times
			l.asked, wait = true, min(wait, soon)
		}
		if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return 0, err
		}
		// A deadline that ended the waiting may just have been overwritten.
		if l.ctx.Err() != nil {
			return 0, os.ErrDeadlineExceeded
		}
	}
	return conn.Read(b)
}
