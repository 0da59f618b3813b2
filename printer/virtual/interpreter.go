package virtual

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What ends a wait for the next byte.
var (
	errLineDown  = errors.New("the line went down")
	errCancelled = errors.New("the buffers were emptied")
	errPower     = errors.New("the power was cut")
	errOff       = errors.New("the printer was switched off")
)

// language obeys the commands of one printer language.
type language interface {
	// command obeys the command that begins with b, reading on as it needs.
	command(b byte) error
	// busy reports whether a job has begun and not ended: a printer that serves
	// several lines does not turn to another one meanwhile.
	busy() bool
	// lineDown ends what was half received on a line.
	lineDown()
	// cancel forgets what has not been printed, but no settings.
	cancel()
	// powerOff ends what is under the head.
	powerOff()
}

// interpreter reads what the lines brought. It belongs to one goroutine.
type interpreter struct {
	p    *Printer
	make func() language
	lang language
	line *line // whose bytes are being read
	idle bool  // between two jobs

	waited time.Duration // for bytes, since starved was last called

	cleared, lost int // of the printer's, as far as they have been noticed
}

// run obeys until the power goes for good.
func (it *interpreter) run() {
	it.lang = it.make()
	for {
		it.idle = !it.lang.busy()
		b, err := it.next()
		it.idle = false
		if err == nil {
			err = it.lang.command(b)
		}
		switch {
		case err == nil:
		case errors.Is(err, errLineDown):
			it.lang.lineDown()
		case errors.Is(err, errCancelled):
			it.lang.cancel()
		case errors.Is(err, errPower):
			it.lang.powerOff()
			it.lang = it.make()
		default:
			it.lang.powerOff()
			return
		}
	}
}

// interrupted returns what has happened since it was last asked and leaves no
// point in going on with the command. The caller holds mu.
func (it *interpreter) interrupted() error {
	p := it.p
	switch {
	case !p.working():
		return errOff
	case it.lost != p.lost:
		it.lost, it.cleared = p.lost, p.cleared
		return errPower
	case it.cleared != p.cleared:
		it.cleared = p.cleared
		return errCancelled
	}
	return nil
}

// next takes a byte from the buffer and waits for it if need be.
func (it *interpreter) next() (byte, error) {
	var b [1]byte
	_, err := it.some(b[:])
	return b[0], err
}

// some takes at least one byte and at most as many as fit.
func (it *interpreter) some(to []byte) (int, error) {
	p := it.p
	p.mu.Lock()
	defer p.mu.Unlock()
	defer it.starves()()
	for {
		if err := it.interrupted(); err != nil {
			return 0, err
		}
		if l := it.current(); l != nil && !p.hung {
			if len(l.bytes) > 0 {
				full := p.full(l)
				n := copy(to, l.bytes)
				l.bytes = l.bytes[n:]
				if full {
					p.change.Broadcast()
				}
				return n, nil
			}
			it.forget(l)
			if !p.cfg.Joins {
				return 0, errLineDown
			}
			continue
		}
		p.change.Wait()
	}
}

// peek looks at the next byte.
func (it *interpreter) peek() (byte, error) {
	p := it.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if err := it.interrupted(); err != nil {
			return 0, err
		}
		if l := it.current(); l != nil && !p.hung {
			if len(l.bytes) > 0 {
				return l.bytes[0], nil
			}
			if !p.cfg.Joins {
				return 0, errLineDown
			}
			it.forget(l)
			continue
		}
		p.change.Wait()
	}
}

// starves begins to measure how long there is nothing to read.
func (it *interpreter) starves() (ends func()) {
	if l := it.current(); l != nil && len(l.bytes) > 0 {
		return func() {}
	}
	began := time.Now()
	return func() { it.waited += time.Since(began) }
}

// starved is how long there was nothing, since it was last asked.
func (it *interpreter) starved() time.Duration {
	defer func() { it.waited = 0 }()
	return it.waited
}

// current is the line to read from, or nil while there is nothing to read.
func (it *interpreter) current() *line {
	readable := func(l *line) bool { return len(l.bytes) > 0 || l.down }
	if it.line != nil {
		if readable(it.line) {
			return it.line
		}
		if !it.idle {
			return nil
		}
	}
	for _, l := range it.p.lines {
		if readable(l) {
			it.line = l
			return l
		}
	}
	return nil
}

// forget removes a line that is down and read to its end.
func (it *interpreter) forget(l *line) {
	p := it.p
	for i, o := range p.lines {
		if o == l {
			p.lines = append(p.lines[:i:i], p.lines[i+1:]...)
			break
		}
	}
	it.line = nil
}

// fill takes as many bytes as fit.
func (it *interpreter) fill(to []byte) error {
	for len(to) > 0 {
		n, err := it.some(to)
		if err != nil {
			return err
		}
		to = to[n:]
	}
	return nil
}

// take takes n bytes.
func (it *interpreter) take(n int) ([]byte, error) {
	bytes := make([]byte, n)
	return bytes, it.fill(bytes)
}

// skip passes over n bytes.
func (it *interpreter) skip(n int) error {
	var waste [4096]byte
	for n > 0 {
		got, err := it.some(waste[:min(n, len(waste))])
		if err != nil {
			return err
		}
		n -= got
	}
	return nil
}

// rest takes what comes before the end of the line of text and the end itself.
func (it *interpreter) rest() (string, error) {
	var text []byte
	for {
		b, err := it.next()
		if err != nil {
			return "", err
		}
		if b == '\r' || b == '\n' {
			return string(text), nil
		}
		if len(text) < maxText {
			text = append(text, b)
		}
	}
}

// maxText bounds a line of text. Printers' own limits are about 2 kB.
const maxText = 4096

// say answers whoever asked.
func (it *interpreter) say(b []byte) {
	it.p.mu.Lock()
	defer it.p.mu.Unlock()
	it.p.say(it.line, b)
}

// junk gathers what a printer does not know, until it can be written down with
// the next label.
type junk struct{ text strings.Builder }

// maxGarbage bounds what is kept of it: enough to see what it was.
const maxGarbage = 256

func (j *junk) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if room := maxGarbage - j.text.Len(); room > 0 {
		j.text.WriteString(text[:min(len(text), room)])
	}
}

// empty takes out what there is.
func (j *junk) empty() string {
	defer j.text.Reset()
	return strings.ToValidUTF8(j.text.String(), "�")
}
