package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// The model says in a few hundred lines what the ledger has promised (DESIGN §4),
// without a database, a clock or a key. It is written from the promises and not
// from the ledger's code, whose table of moves it does not read: where the two
// differ, one of them is wrong.
//
// This file is what stands on disk and what each call makes of it. Around it
// (model_world_test.go) are the things that cannot be asked to wait: carriers,
// printers, people, power.

// stage is where an order stands in the model.
type stage uint8

const (
	nowhere stage = iota
	accepted
	skipped
	refused
	issuing
	issueUnknown
	issued
	changed
	cancelled
)

func (s stage) String() string {
	return [...]string{"", "accepted", "skipped", "refused", "issuing", "issue-unknown", "issued", "changed", "cancelled"}[s]
}

// step is where a label or an attempt stands in the model.
type step uint8

const (
	missing step = iota
	queued
	claimed
	rendered
	intent
	sending
	confirmed
	presumed
	unknown
	printed
	dropped
	superseded
)

func (s step) String() string {
	return [...]string{"", "queued", "claimed", "rendered", "intent", "sending", "confirmed", "presumed", "unknown", "printed", "cancelled", "superseded"}[s]
}

// onPaper, ended and begun are what may be said of a label in a state.
func (s step) onPaper() bool   { return s == confirmed || s == presumed || s == printed }
func (s step) ended() bool     { return s.onPaper() || s == dropped || s == superseded }
func (s step) untouched() bool { return s == queued || s == claimed || s == rendered }

const (
	labels   = 2 // two parcels of one number, or one parcel of two numbers
	attempts = 3 // of a label
)

// entry is a label in the book.
type entry struct {
	State   step
	Printer uint8 // 0 is none
	Copy    uint8
	Tries   uint8
	Tried   [attempts]step // queued is an attempt that proved to have sent nothing
	Mark    uint8          // the process ID of the last attempt
	Scanned bool
	Serial  uint8 // which attempt it truly was: the oracle's, not on disk
}

// mayBeOut says that a byte of the label may have left at some time: by what is known
// of its attempts, or because somebody has wanted a copy of it.
func (e entry) mayBeOut() bool {
	if e.Copy > 0 {
		return true
	}
	if e.State != missing && !e.State.untouched() && e.State != dropped && e.State != superseded {
		return true
	}
	return e.sentOnce()
}

func (e entry) sentOnce() bool {
	for _, a := range e.Tried {
		if a != missing && a != queued {
			return true
		}
	}
	return false
}

type alarm uint8

const (
	quiet alarm = iota
	changedTooLate
	cancelledTooLate
)

// book is what stands on disk of one order. Its zero value is an empty ledger.
type book struct {
	Order    stage
	Content  uint8 // which of its receivers the order has
	Stale    bool  // what the platform said last is not what the order has: it is read again before paper
	Data     bool  // its personal data can be read
	Deleted  bool  // a person had it deleted: it is not taken up again
	Number   uint8 // 0 is none
	Labelled bool  // the labels of its number have been made
	Alarm    alarm
	Back     [labels]uint8 // for each number: 1 is to be given back, 2 has been
	Shipped  bool          // the platform is being told
	Labels   [labels]entry
	Marks    uint8 // the last process ID that was used
	Doubted  bool  // an old copy was restored: something may be out that it does not know
	Lost     bool  // orders paid before some time may have been in a database that is no more
}

// lives is what a restored copy leaves out of the process IDs: those that the
// database which is no more may have used.
const lives = 16

// call is one call of the ledger.
type call struct {
	What      string
	Label     int // from 0
	Printer   uint8
	Number    uint8
	Version   uint8 // the receiver
	Cancelled bool
	Asked     bool
	Cleared   bool // with the word that nothing is left in the printer
	Restored  bool
	Old       bool // by whoever holds the attempt before the last
	Behind    bool // the label that is under way to the same printer
}

func (c call) String() string {
	var b strings.Builder
	b.WriteString(c.What)
	for _, with := range []struct {
		word string
		is   bool
		n    int
	}{
		{"label", perLabel[c.What], c.Label + 1}, {"printer", c.Printer > 0, int(c.Printer)}, {"number", c.Number > 0, int(c.Number)},
		{"receiver", perVersion[c.What], int(c.Version) + 1}, {"cancelled", c.Cancelled, 0}, {"asked", c.Asked, 0},
		{"cleared", c.Cleared, 0}, {"of a restored copy", c.Restored, 0}, {"of an old attempt", c.Old, 0},
		{"behind another", c.Behind, 0},
	} {
		switch {
		case with.is && with.n > 0:
			fmt.Fprintf(&b, " %s %d", with.word, with.n)
		case with.is:
			b.WriteString(" " + with.word)
		}
	}
	return b.String()
}

var (
	perLabel = map[string]bool{"rendered": true, "release": true, "intend": true, "sending": true, "not sent": true, "uncertain": true, "sent": true,
		"confirmed": true, "printed": true, "not printed": true, "reprint": true, "scanned": true, "ship": true}
	perVersion = map[string]bool{"accept": true, "issuing": true}
)

// shape is how many parcels the order has.
type shape struct{ Parcels int }

// slots are the labels of a number.
func (s shape) slots(number uint8) []int {
	switch {
	case number == 0:
		return nil
	case s.Parcels == 2:
		return []int{0, 1}
	}
	return []int{int(number) - 1}
}

// apply is what a call makes of the book. If the rules do not allow it, ok is
// false: then it must be refused and change nothing. word is what it answers.
func (r rules) apply(b book, c call) (to book, word string, ok bool) {
	switch c.What {
	case "accept":
		to, v := r.accept(b, c)
		return to, string(v), true
	case "recover":
		return r.recover(b, c.Restored), "", true
	case "purge":
		return r.purge(b), "", b.Order != nowhere
	case "delete":
		to, ok = forgotten(b)
		return to, "", ok
	case "claim":
		return r.claim(b, c)
	}
	if perLabel[c.What] {
		if b.Labels[c.Label].State == missing {
			return b, "", false
		}
		to, ok = r.applyLabel(b, c)
		return to, "", ok
	}
	to, ok = r.applyOrder(b, c)
	return to, "", ok
}

// applyOrder is the way of an order to its number. Taking a number and giving one
// back cost money: what is not known is asked, never guessed.
func (r rules) applyOrder(b book, c call) (book, bool) {
	is := func(s ...stage) bool {
		for _, one := range s {
			if b.Order == one {
				return true
			}
		}
		return false
	}
	ok := false
	switch c.What {
	case "issuing": // of the receiver that was read and no other, whom the book can still name
		ok = is(accepted, issueUnknown) && c.Version == b.Content && b.Data
		b.Order = issuing
	case "issued":
		ok = is(issuing, issueUnknown) && b.Data
		b.Order, b.Number, b.Labelled = issued, c.Number, false
		if b.Labels[r.slots(c.Number)[0]].State != missing { // it has not been given back: it is the old receiver's
			b.Order = changed
		}
	case "refused":
		ok = is(issuing, accepted)
		b.Order = refused
	case "not issued":
		ok = is(issuing, accepted)
		b.Order = accepted
	case "issue lost":
		ok = is(issuing, issueUnknown)
		b.Order = issueUnknown
		if r.is("the number is asked for again after its answer was lost") {
			b.Order = accepted
		}
	case "enqueue":
		ok = is(issued) && !b.Labelled && b.Data
		b.Labelled = true
		for _, i := range r.slots(b.Number) {
			b.Labels[i].State = queued
			if b.Doubted {
				b.Labels[i].State = unknown
			}
		}
	case "no number":
		ok = is(issueUnknown, changed)
		b.Order, b.Number, b.Labelled, b.Doubted, b.Alarm = accepted, 0, false, false, quiet
		if b.Deleted {
			b.Order = cancelled
		}
	case "given back":
		ok = b.Back[c.Number-1] == 1
		b.Back[c.Number-1] = 2
	default:
		panic("the model knows no call " + c.What)
	}
	return b, ok
}

// siblingAhead reports whether an earlier parcel is in a printer's hand and has not
// begun.
func (b book) siblingAhead(i int) bool {
	return slices.ContainsFunc(b.Labels[:i], func(e entry) bool { return e.State == claimed || e.State == rendered })
}

// claim gives the label that has waited longest: labels of a batch leave in order,
// behind those that somebody has asked for once more.
func (r rules) claim(b book, c call) (book, string, bool) {
	for n := range 2 * labels {
		i := n % labels
		if again := b.Labels[i].Copy > 0; again != (n < labels) {
			continue
		}
		if r.is("the last label of a batch leaves first") {
			i = labels - 1 - n%labels
		}
		if b.Labels[i].State == queued && b.Data && (!b.siblingAhead(i) || r.is("a sister takes the next parcel before the first has begun")) {
			b.Labels[i].State, b.Labels[i].Printer = claimed, c.Printer
			return b, fmt.Sprint("label ", i+1), true
		}
	}
	return b, "", false
}
