package ledger

import (
	"fmt"
	"slices"

	"miandan/agent/internal/ledger/explore"
)

// The invariants of the station. I8, two stations and one label, is the fleet's
// and comes with it.

// notLost is I1: what was accepted is there, in every state.
func notLost(w world) string {
	if w.Known && w.Book.Order == nowhere && !w.Restored && !w.Book.Lost {
		return "the order was accepted and is not in the book"
	}
	return ""
}

// settled is the end of I1: nothing is left to be done, or a person is shown what
// there is for them to do. Every state leads to such a one.
func (r rules) settled(w world) bool {
	if !w.Up {
		return false
	}
	worn := false // a label at the model's own bound of attempts has no way on, nor has one behind it
	for _, e := range w.Book.Labels {
		stuck := (e.State == claimed || e.State == rendered) && e.Tries == attempts || worn && e.State == queued
		worn = worn || stuck
		if e.State != missing && !e.State.ended() && e.State != unknown && !stuck {
			return false
		}
	}
	switch w.Book.Order {
	case accepted, issuing:
		return false
	case issued:
		return w.Book.Labelled
	}
	return true
}

// notTwice is I2: there are as many papers as people have asked for. A person who
// saw no paper has asked for none more: the one that was lacking is all there may be.
func notTwice(w world) string {
	for i := range w.Out {
		if n := count32(w.Out[i]); n > 1+int(w.Copies[i]) {
			return fmt.Sprintf("label %d is on paper %d times, and was asked for %d times", i+1, n, 1+w.Copies[i])
		}
	}
	return ""
}

// oneNumber is I2 for money: while the carrier has a number for the order, no
// second one is taken, but by the word of a person who was wrong.
func oneNumber(w world) string {
	if w.Doubles > w.Excused {
		return "a second number was taken while the first was valid"
	}
	return ""
}

// noFalseSuccess is I3: what is confirmed, the device has confirmed, for that
// attempt and no other.
func noFalseSuccess(w world) string {
	for i, e := range w.Book.Labels {
		if e.State == confirmed && w.Out[i]&(1<<e.Serial) == 0 {
			return fmt.Sprintf("label %d is called confirmed, and that attempt never came out", i+1)
		}
	}
	return ""
}

// shippedIsOnPaper is I3 towards the platform: it is told of labels that the
// device or a person has vouched for.
func (r rules) shippedIsOnPaper(from world, by event, to world) string {
	if from.Book.Shipped || !to.Book.Shipped || by.Call.What == "" {
		return ""
	}
	if !r.all(to.Book, func(e entry) bool { return e.Scanned || e.State == confirmed || e.State == printed }) {
		return "the platform is told of a label for which nobody vouches"
	}
	return ""
}

// oneAtATime is I4: a printer has one attempt in flight, and another only behind
// it, if the printer names what it has printed.
func oneAtATime(w world) string {
	var flying [3]int
	for i, j := range w.Work {
		if e := w.Book.Labels[i]; j.Printer > 0 && !j.Behind && (e.State == intent || e.State == sending) {
			if flying[e.Printer]++; flying[e.Printer] > 1 {
				return fmt.Sprintf("printer %d has two attempts in flight", e.Printer)
			}
		}
	}
	return ""
}

// sameIsSame is I5: the same order with the same content is the same label. Other
// content counts until a byte may have left, and is an alarm from then on.
func sameIsSame(from world, by event, to world) string {
	if by.Call.What != "accept" || from.Book.Order == nowhere {
		return ""
	}
	if from.Book.Deleted && to.Book != from.Book {
		return "a deleted order was taken up again"
	}
	same := from.Book.Content == by.Call.Version && !by.Call.Cancelled
	out := false
	for _, e := range from.Book.Labels {
		out = out || e.mayBeOut()
	}
	for i, e := range from.Book.Labels {
		is := to.Book.Labels[i].State
		switch {
		case e.State == is:
		case by.Call.Cancelled && is == dropped && e.State.untouched() && !e.mayBeOut(): // it had never been out
		case shipsAfterAll(from, by, to) && e.State == dropped && is == queued:
		case same:
			return fmt.Sprintf("nothing has changed, and label %d became %v", i+1, is)
		case out:
			return fmt.Sprintf("a byte may have left, and label %d became %v", i+1, is)
		case !e.State.untouched() || is != dropped && is != superseded:
			return fmt.Sprintf("label %d was %v and became %v", i+1, e.State, is)
		}
	}
	if !same && out && from.Book.Order == issued && from.Book.Data && to.Book.Alarm == quiet {
		return "it came too late, and there is no alarm"
	}
	return ""
}

// shipsAfterAll reports whether a cancellation that came too late was taken back: the
// order ships with what was kept in and has never been out.
func shipsAfterAll(from world, by event, to world) bool {
	return by.Call.What == "accept" && !by.Call.Cancelled && from.Book.Content == by.Call.Version &&
		from.Book.Alarm == cancelledTooLate && to.Book.Alarm == quiet
}

// endsStay is I6: what has ended stays as it ended. A person's reprint is a new
// attempt and leaves the old one as it was.
func endsStay(from world, by event, to world) string {
	if by.Call.What == "" {
		return "" // an old copy that is put back edits nothing: it is another book
	}
	for i, was := range from.Book.Labels {
		is := to.Book.Labels[i]
		for n, a := range was.Tried {
			if a != missing && a != intent && a != sending && a != is.Tried[n] {
				return fmt.Sprintf("attempt %d of label %d was %v and became %v", n+1, i+1, a, is.Tried[n])
			}
		}
		again := by.Call.What == "reprint" && was.State.onPaper() && is.State == queued && to.Copies[i] == from.Copies[i]+1
		answer := was.State == unknown && (is.State == printed || by.Call.What == "not printed" && is.State == queued)
		kept := was.State == dropped && is.State == queued && !was.mayBeOut() && shipsAfterAll(from, by, to)
		if (was.State.ended() || was.State == unknown) && is.State != was.State && !again && !answer && !kept {
			return fmt.Sprintf("label %d had ended as %v and became %v, by nobody's word", i+1, was.State, is.State)
		}
	}
	return ""
}

// purgeKeepsWhatIsNeeded is I7: a purge takes what names a person, and nothing
// that duplicates are known by; not before its time, and unknown does not stop it.
func purgeKeepsWhatIsNeeded(from world, by event, to world) string {
	if by.Call.What != "purge" {
		return ""
	}
	rest := to.Book
	rest.Data = from.Book.Data
	if rest != from.Book {
		return "more was deleted than what names a person"
	}
	waits, doubt := false, false
	for _, e := range from.Book.Labels {
		waits = waits || e.State != missing && !e.State.ended() && e.State != unknown
		doubt = doubt || e.State == unknown
	}
	switch {
	case waits && !to.Book.Data:
		return "a label that waits for paper has lost its data"
	case doubt && !waits && to.Book.Data:
		return "a label in unknown keeps its data for ever"
	}
	return ""
}

// inOrder is I9: no label is passed over by a later one of its batch, but for one
// that somebody has asked for once more.
func inOrder(from world, by event, to world) string {
	if by.Call.What != "claim" {
		return ""
	}
	for i, e := range from.Book.Labels {
		if e.State == queued && to.Book.Labels[i].State == claimed {
			return ""
		}
		again := slices.IndexFunc(to.Book.Labels[:], func(e entry) bool { return e.Copy > 0 && e.State == claimed })
		if again >= 0 && e.Copy == 0 && from.Book.Labels[again].State == queued {
			return ""
		}
		if e.State == queued {
			return fmt.Sprintf("label %d still waits, and a later one goes first", i+1)
		}
		if e.State == claimed || e.State == rendered {
			return fmt.Sprintf("label %d has not begun, and a later one is claimed, which may come out first", i+1)
		}
	}
	return ""
}

// clearedFirst is I10: "not printed" is taken from a person when nothing of that
// attempt, or of one that a restored copy does not know, is left in any printer,
// and the answer says how that is known.
func clearedFirst(from world, by event, _ world) string {
	if by.Call.What != "not printed" {
		return ""
	}
	if !by.Call.Cleared {
		return "the answer does not say how the printer was cleared"
	}
	for p, d := range from.Devices {
		for _, has := range d.Buffer {
			if int(has.Label) == by.Call.Label+1 && has.Serial >= from.Book.Labels[by.Call.Label].Serial {
				return fmt.Sprintf("label %d may still come out of printer %d", has.Label, p+1)
			}
		}
	}
	return ""
}

// crashIsHarmless is I11: after a start nothing is in flight, what may have left
// is unknown, and a second crash finds nothing more to do.
func (r rules) crashIsHarmless(from world, by event, to world) string {
	if by.Call.What != "recover" {
		return ""
	}
	for i, was := range from.Book.Labels {
		is := to.Book.Labels[i].State
		switch was.State {
		case intent, sending:
			if is != unknown {
				return fmt.Sprintf("a byte of label %d may have left, and it is %v", i+1, is)
			}
		case queued, claimed, rendered:
			if is != queued && is != unknown {
				return fmt.Sprintf("label %d is %v, and nobody has it in hand", i+1, is)
			}
		}
	}
	if to.Book.Order == issuing {
		return "the carrier is being asked, by nobody"
	}
	if again := r.recover(to.Book, false); again != to.Book {
		return "a second start makes something else of it"
	}
	return ""
}

type (
	stateCheck = explore.Promise[func(world) string]
	edgeCheck  = explore.Promise[func(world, event, world) string]
)

// I1 and its likes are the names under which a violation is reported.
const (
	i1  = "I1 nothing is lost"
	i2  = "I2 nothing is doubled"
	i3  = "I3 no false success"
	i4  = "I4 one attempt at a time"
	i5  = "I5 the same is the same"
	i6  = "I6 what has ended stays"
	i7  = "I7 a purge keeps what is needed"
	i9  = "I9 a batch leaves in order"
	i10 = "I10 not printed is known"
	i11 = "I11 a crash is harmless"
)

// system is the bounded world with all its promises, or with one alone.
func (r rules) system(only string) explore.System[world, event] {
	sys := explore.System[world, event]{Start: []world{{Up: true}}, Moves: r.next, Limit: 8_000_000}
	for _, p := range []stateCheck{{Name: i1, Holds: notLost}, {Name: i2, Holds: notTwice}, {Name: i2, Holds: oneNumber}, {Name: i3, Holds: noFalseSuccess}, {Name: i4, Holds: oneAtATime}} {
		if only == "" || only == p.Name {
			sys.States = append(sys.States, p)
		}
	}
	for _, p := range []edgeCheck{{Name: i3, Holds: r.shippedIsOnPaper}, {Name: i5, Holds: sameIsSame}, {Name: i6, Holds: endsStay}, {Name: i7, Holds: purgeKeepsWhatIsNeeded},
		{Name: i9, Holds: inOrder}, {Name: i10, Holds: clearedFirst}, {Name: i11, Holds: r.crashIsHarmless}} {
		if only == "" || only == p.Name {
			sys.Edges = append(sys.Edges, p)
		}
	}
	return sys
}
