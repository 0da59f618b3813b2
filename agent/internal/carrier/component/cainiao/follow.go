package cainiao

import (
	"context"
	"fmt"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/line"
	"miandan/printer"
)

const (
	// enough is how many frames about one task are kept until they are read.
	enough = 32
	// second is how long more is listened for when the component says that it gave
	// the task up: notices come twice and in either order, and if they contradict
	// each other nothing is known. A refusal counts only if the component answers a
	// question that was put after it, too: what it said before has then been heard,
	// and no line took it away.
	second = 300 * time.Millisecond
	// quiet is how long nothing may be said before the component is asked. It is a
	// sixteenth of our patience with it if that is less.
	quiet = 5 * time.Second
	// redial is how soon a component is called again that dropped the line, and then
	// more and more rarely up to quiet.
	redial = 100 * time.Millisecond
)

// following waits for the component's word on one task.
type following struct {
	t        *Transport
	name     string // of the task
	document string
	own      bool // the document's name is this attempt's and no other's

	line   *line.Line
	called bool // the line is one of its own, to be closed
	frames chan []byte
	keys   []string // of questions

	heard   [failed + 1]bool
	worst   said // the first word that the document was given up
	asked   bool // that it was printed was an answer
	decided time.Time
	proof   string // the key of the question that must be answered before a refusal counts
	proven  bool
}

// listen takes what a line says of the task.
func (f *following) listen(l *line.Line) {
	f.line, f.frames, f.keys = l, make(chan []byte, enough), nil
	l.Hear(f.frames, f.name)
}

// leave ends the listening, and the line if it is this one's own.
func (f *following) leave() {
	for _, key := range append(f.keys, f.name) {
		f.line.Forget(key)
	}
	if f.called {
		f.line.Close()
	}
}

func (f *following) quiet() time.Duration { return min(quiet, f.t.address.Patience/16) }

// run listens until it is known what became of the task or the context ends.
func (f *following) run(ctx context.Context) (printer.Evidence, error) {
	for {
		if ctx.Err() != nil {
			return f.judge(context.Cause(ctx))
		}
		pause := f.quiet()
		if f.gaveUp() {
			if f.settled() {
				return f.judge(nil)
			}
			if wait := time.Until(f.decided); wait > 0 {
				pause = wait
			}
		}
		wait, cancel := context.WithTimeout(ctx, pause)
		frame, err := f.line.Wait(wait, f.frames)
		cancel()
		switch {
		case err == nil:
			f.proven = f.proven || f.proof != "" && keyOf(frame) == f.proof
			if f.hear(read(frame, f.name, f.document)) {
				return f.judge(nil)
			}
			if f.gaveUp() && f.proof == "" {
				f.ask(ctx) // it may yet say that it printed
				f.proof = f.question(ctx, "getPrinters", nil)
			}
		case ctx.Err() != nil:
		case f.line.Broken() && f.gaveUp():
			return f.judge(nil)
		case f.gaveUp(): // the answer is waited for, until patience is over
		case f.line.Broken():
			if f.call(ctx) {
				f.ask(ctx)
			}
		default:
			f.ask(ctx)
		}
	}
}

// settled reports whether a task that was given up has been listened for long
// enough.
func (f *following) settled() bool {
	return !time.Now().Before(f.decided) && (f.proven || !f.heard[refused] || f.heard[rendered])
}

// hear remembers a word and reports whether it settles the matter.
func (f *following) hear(s said) (done bool) {
	if s.word == nothing {
		return false
	}
	gaveUp := f.gaveUp()
	f.heard[s.word] = true
	switch {
	case s.word == printed:
		f.asked = s.asked
		return true // alone it is good; after a word that the task was given up, nothing is known
	case f.gaveUp() && !gaveUp:
		f.worst, f.decided = s, time.Now().Add(second)
	case s.word == refused && f.worst.word == failed:
		f.worst = s // which says more
	}
	return false
}

func (f *following) gaveUp() bool { return f.heard[refused] || f.heard[failed] }

// judge says what is known by the words that were heard. cause is why no more
// were.
func (f *following) judge(cause error) (printer.Evidence, error) {
	switch {
	case f.heard[printed] && f.gaveUp():
		return printer.Evidence{}, fmt.Errorf("%w that can be relied on: two that contradict each other", component.ErrNoReply)
	case f.heard[printed]:
		detail := "task " + f.name
		if f.asked {
			detail += ", asked"
		}
		return printer.Evidence{Method: "component", Detail: detail, At: time.Now()}, nil
	case f.gaveUp():
		return printer.Evidence{}, &component.RefusedError{
			Status: f.worst.status, Words: f.worst.words,
			Unprinted: f.heard[refused] && !f.heard[rendered] && f.settled(),
		}
	case cause == nil:
		cause = line.ErrDropped
	}
	return printer.Evidence{}, fmt.Errorf("%w (%w)", component.ErrNoReply, cause)
}

// call reaches the component again after it dropped the line. It goes on until
// the context ends, which it reports.
func (f *following) call(ctx context.Context) bool {
	for pause := redial; ; pause = min(2*pause, quiet) {
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
		dial, cancel := context.WithTimeout(ctx, quiet)
		l, err := f.t.address.Dial(dial)
		cancel()
		if err != nil {
			continue
		}
		f.leave()
		f.called = true
		f.listen(l)
		return true
	}
}

// ask asks what became of the task and, if the document's name is this
// attempt's alone, of the document. The answers are heard like notices. A
// component that does not know the task has perhaps lost it, or never got it, or
// will yet read it: that says nothing.
func (f *following) ask(ctx context.Context) {
	f.question(ctx, "getTaskStatus", map[string]any{"taskID": []string{f.name}})
	if f.own {
		f.question(ctx, "getDocumentStatus", map[string]any{"documentIDs": []string{f.document}})
	}
}

// question puts a question and returns its key. A line that breaks is noticed by
// whoever waits for the answer.
func (f *following) question(ctx context.Context, command string, more map[string]any) string {
	key := line.NewKey()
	frame, err := f.t.request(command, key, more)
	if err != nil {
		return key
	}
	f.line.Hear(f.frames, key)
	f.keys = append(f.keys, key)
	f.line.Send(ctx, frame)
	return key
}
