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
	// each other nothing is known. A line that breaks meanwhile may have taken such a
	// word with it.
	second = 300 * time.Millisecond
	// quiet is how long nothing may be said before the component is asked. It is a
	// quarter of its patience if that is less.
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

func (f *following) quiet() time.Duration { return min(quiet, f.t.address.Patience/4) }

// run listens until it is known what became of the task or the context ends.
func (f *following) run(ctx context.Context) (printer.Evidence, error) {
	for {
		if ctx.Err() != nil {
			return f.judge(context.Cause(ctx))
		}
		pause := f.quiet()
		if f.gaveUp() {
			pause = time.Until(f.decided)
		}
		wait, cancel := context.WithTimeout(ctx, pause)
		frame, err := f.line.Wait(wait, f.frames)
		cancel()
		switch {
		case err == nil:
			before := f.gaveUp()
			if f.hear(read(frame, f.name, f.document)) {
				return f.judge(nil)
			}
			if f.gaveUp() && !before {
				f.ask(ctx) // it may yet say that it printed
			}
		case ctx.Err() != nil:
		case f.gaveUp():
			return f.judge(nil)
		case f.line.Broken():
			if f.call(ctx) {
				f.ask(ctx)
			}
		default:
			f.ask(ctx)
		}
	}
}

// hear remembers a word and reports whether nothing more need be heard.
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
	return f.gaveUp() && !time.Now().Before(f.decided)
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
			Unprinted: f.heard[refused] && !f.heard[rendered] && !time.Now().Before(f.decided) && !f.line.Broken(),
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
	f.question(ctx, "getTaskStatus", "taskID", f.name)
	if f.own {
		f.question(ctx, "getDocumentStatus", "documentIDs", f.document)
	}
}

func (f *following) question(ctx context.Context, command, field, name string) {
	key := line.NewKey()
	frame, err := f.t.request(command, key, map[string]any{field: []string{name}})
	if err != nil {
		return
	}
	f.line.Hear(f.frames, key)
	f.keys = append(f.keys, key)
	// A line that breaks is noticed by whoever waits for the answer.
	f.line.Send(ctx, frame)
}
