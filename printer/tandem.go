package printer

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// While the proof of a label is waited for, the head stands still. Where that
// proof is the label's own, because the printer names it or counts it, the next
// label may leave behind it on the same connection: one waits for its proof,
// one is being sent, and there are never more. Both are unknown if the line
// breaks.

// link is an open connection and who is on it.
type link struct {
	conn Conn
	// voice is held by whoever writes: a question within a label would be taken
	// for a part of it.
	voice chan struct{}

	mu    sync.Mutex
	users int
	heard []byte // taken off the connection, and looked at by nobody yet
}

func newLink(c Conn) *link { return &link{conn: c, voice: make(chan struct{}, 1), users: 1} }

func (l *link) join() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users++
}

// leave reports whether nobody is left.
func (l *link) leave() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users--
	return l.users == 0
}

func (l *link) shared() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.users > 1
}

// next returns what was heard already, up to n bytes of it.
func (l *link) next(b []byte, n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = copy(b[:min(len(b), n)], l.heard)
	l.heard = l.heard[n:]
	return n
}

// keep puts away what was heard. Readers get it byte by byte, so that one who has
// heard enough leaves the rest to whoever listens next.
func (l *link) keep(said []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, said...)
}

// errAhead is the end of a label that was sent behind one whose proof never came.
var errAhead = errors.New("what became of the label ahead of it is not known")

// lead is the attempt that the next one may follow.
type lead struct {
	mu      sync.Mutex
	attempt *Attempt
	// broken is whether a label may have broken off in the middle.
	broken bool
	// proves is whether the last label was named or counted by the printer: that it
	// ought to is no reason to rely on it.
	proves bool
}

// offer lets the next attempt follow a.
func (l *lead) offer(a *Attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempt = a
}

// take gives the attempt that is offered to the one who follows it.
func (l *lead) take() *Attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.attempt
	l.attempt = nil
	if a != nil {
		a.link.join()
	}
	return a
}

// end takes a's offer back. It reports whether nobody else is on its connection.
func (l *lead) end(a *Attempt) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.attempt == a {
		l.attempt = nil
	}
	return a.link.leave()
}

func (l *lead) proved(outcome Outcome, e Evidence, whole bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case outcome == Confirmed, outcome == Sent && whole: // what brings a printer out of it has gone before
		l.broken = false
	case outcome != NotSent && !whole:
		l.broken = true
	}
	l.proves = outcome == Confirmed && (e.Method == "process-id" || e.Method == "odometer" || e.Method == "response")
}

func (l *lead) breaks() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = true
}

func (l *lead) isBroken() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

func (l *lead) isProven() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.proves
}

// behind begins a job on the connection of the label ahead of it. The printer is
// not asked how it is, for the one ahead is listening to it.
func (p *Printer) behind(ahead *Attempt, a *Attempt) (*Attempt, Baseline, error) {
	a.link, a.conn, a.ahead, a.alive = ahead.link, ahead.conn, ahead, true
	status := ahead.lastHeard()
	a.hears(status)
	base := Baseline{Printer: p.Name, Mark: a.job.Mark.String(), Bytes: len(a.data), Follows: ahead.job.Mark.String()}
	if !status.Ready() {
		return nil, Baseline{}, errors.Join(&FaultError{status}, a.Abandon())
	}
	if counter, ok := p.Driver.(Counter); ok && ahead.odometer != nil {
		n := *ahead.odometer + counter.Counts()
		a.odometer, base.Odometer = &n, &n
	}
	return a, base, nil
}

// leads reports whether the next label may follow while this one's proof is
// waited for.
func (a *Attempt) leads() bool {
	if a.printer.OneByOne || !a.alive || !a.printer.lead.isProven() {
		return false
	}
	announcer, ok := a.printer.Driver.(Announcer)
	return a.exact() || ok && announcer.Announces()
}

// exact reports whether the printer names the label or counts it. What it says is
// read byte by byte then, and what it says of the next label is left to that.
func (a *Attempt) exact() bool {
	_, named := a.printer.Driver.(Prober)
	return named || a.odometer != nil
}

func (a *Attempt) hears(s Status) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = s
}

func (a *Attempt) lastHeard() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last
}

// isOver is closed once a is over; nil if there is no a.
func (a *Attempt) isOver() <-chan struct{} {
	if a == nil {
		return nil
	}
	return a.over
}

// settle lets whoever follows know what became of a.
func (a *Attempt) settle(outcome Outcome) {
	a.mu.Lock()
	a.outcome = outcome
	a.mu.Unlock()
	close(a.over)
}

// proven reports whether a is known to be out. It is called once a is over.
func (a *Attempt) proven() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.outcome != Confirmed {
		return fmt.Errorf("%w: %v", errAhead, a.outcome)
	}
	return nil
}

// unsaid is how long a question waits for a label that is being written, before
// it is left unasked: whoever asks asks again.
const unsaid = 50 * time.Millisecond

// Read gives what the printer says. Between questions it ends every poll, and
// the moment is then whoever's who reads, to ask in: no label is written before
// the next Read.
func (l *line) Read(b []byte) (int, error) {
	l.hush()
	single, buf, most := l.single, b, len(b)
	if single {
		buf, most = make([]byte, 256), 1
	}
	if n := l.link.next(b, most); n > 0 {
		return n, nil
	}
	for {
		n, err := l.read(buf)
		if single {
			l.link.keep(buf[:n])
			n = l.link.next(b, most)
		}
		if n == 0 && l.mayAsk(err) && !l.speak(0) {
			l.asked = false // soon again
			continue
		}
		return n, err
	}
}

// mayAsk reports whether a read has ended for a question's sake.
func (l *line) mayAsk(err error) bool {
	return err != nil && l.ctx.Err() == nil && l.asking.Load() && errors.Is(err, os.ErrDeadlineExceeded)
}

// Write asks.
func (l *line) Write(b []byte) (int, error) {
	if !l.speaking && !l.speak(unsaid) {
		return len(b), nil
	}
	return l.link.conn.Write(b)
}

// speak keeps labels from being written until the next Read.
func (l *line) speak(wait time.Duration) bool {
	if l.speaking {
		return true
	}
	select {
	case l.link.voice <- struct{}{}:
		l.speaking = true
		return true
	default:
	}
	if wait == 0 {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case l.link.voice <- struct{}{}:
		l.speaking = true
	case <-timer.C:
	case <-l.ctx.Done():
	}
	return l.speaking
}

// hush lets labels be written again.
func (l *line) hush() {
	if l.speaking {
		l.speaking = false
		<-l.link.voice
	}
}

// Unread gives back what was said of the next label.
func (l *line) Unread(b []byte) {
	l.link.mu.Lock()
	defer l.link.mu.Unlock()
	l.link.heard = append(append([]byte{}, b...), l.link.heard...)
}

// Followed reports whether the next label has joined the line: the printer may
// then hold a label that is not this one.
func (l *line) Followed() bool { return l.link.shared() }
