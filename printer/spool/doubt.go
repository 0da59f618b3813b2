package spool

import (
	"slices"
	"sync"
	"time"

	"miandan/printer"
)

// doubt decides how long to believe what an idle queue says of its printer.
//
// CUPS learns how a printer is from the backend, and a backend runs only while
// there is a job. Once the queue is idle, its printer-state-reasons are the last
// job's words: nobody takes media-empty back when the roll is changed. (CUPS 2.4
// drops connecting-to-device, offline-report and its own notes when a job ends,
// and keeps the rest, through good jobs too, until a backend takes it back.)
// Whoever waits for the words to go before he sends the next job waits for ever.
//
// So after a pause one job is sent to see; it can be seen and canceled where it
// waits. If it fails the next pause is longer. If it comes through, the words
// are disproved and count for nothing until there are others. A job that the
// spooler gave up counts like a word: without it a broken filter would swallow
// one label after the other.
type doubt struct {
	mu        sync.Mutex
	said      []printer.Reason // since when due was set
	aborted   bool             // so the last job ended
	disproved bool             // a job has come through since
	pause     time.Duration    // before the next try
	due       time.Time        // the next try
}

const (
	firstDoubt = 10 * time.Second
	lastDoubt  = 5 * time.Minute
)

// status is the condition that decides whether a label may be sent now.
func (d *doubt) status(q queue, now time.Time) printer.Status {
	all, own := q.status(), q.own()
	if q.busy || !own.Ready() {
		return all // somebody's job is at the printer, or CUPS itself holds jobs back
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.aborted && all.Ready() {
		all.Reasons = append(all.Reasons, printer.OtherFault)
	}
	if all.Ready() {
		d.said, d.disproved = nil, false
		return all
	}
	isNew := func(r printer.Reason) bool { return !slices.Contains(d.said, r) }
	if slices.ContainsFunc(all.Reasons, isNew) {
		d.said, d.disproved = all.Reasons, false
		d.pause, d.due = firstDoubt, now.Add(firstDoubt)
	}
	if d.disproved || !now.Before(d.due) {
		return own
	}
	return all
}

// tried notes that a job was created.
func (d *doubt) tried(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.disproved {
		d.pause = min(2*d.pause, lastDoubt)
		d.due = now.Add(d.pause)
	}
}

// ended notes how a job ended. One that somebody canceled says nothing.
func (d *doubt) ended(s State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case s == Completed:
		d.aborted, d.disproved = false, true
	case s == Aborted && d.disproved:
		d.aborted, d.disproved, d.said = true, false, nil
	case s == Aborted:
		d.aborted = true
	}
}
