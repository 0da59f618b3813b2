package ledger

import "slices"

// OrderState is how far an order has come on its way to a number.
type OrderState string

const (
	Accepted     OrderState = "accepted"      // on disk; a number may be taken
	Skipped      OrderState = "skipped"       // by the platform's own word it does not ship: cancelled, a parent
	Refused      OrderState = "refused"       // no number can be taken until something is put right
	Issuing      OrderState = "issuing"       // the carrier is being asked
	IssueUnknown OrderState = "issue-unknown" // the carrier was asked and no answer is known
	Issued       OrderState = "issued"        // the number is on disk
	Changed      OrderState = "changed"       // the receiver changed after the number was taken; a person decides
	Cancelled    OrderState = "cancelled"     // cancelled on the platform before its label went to paper
)

// LabelState is how far a label has come on its way to paper.
type LabelState string

const (
	Queued     LabelState = "queued"
	Claimed    LabelState = "claimed"  // a printer has taken it
	Rendered   LabelState = "rendered" // its dots are made and every barcode was read back
	Intent     LabelState = "intent"   // on disk: from here a byte may leave
	Sending    LabelState = "sending"
	Sent       LabelState = "sent"
	Confirmed  LabelState = "confirmed"   // the device says that it is printed
	Presumed   LabelState = "presumed"    // a wire or a spooler took it; that is all there is to know
	Unknown    LabelState = "unknown"     // a byte may have left; a person must look
	Printed    LabelState = "printed"     // a person saw the paper
	NotPrinted LabelState = "not-printed" // a person saw none, and nothing of it is left in the printer
	Dropped    LabelState = "cancelled"   // its order was cancelled
	Superseded LabelState = "superseded"  // its order changed
)

// moves are the only ways from state to state. The database is asked to make a
// move only if the label is where the move begins, so a rule that is broken
// anywhere in the program shows as an error and not as a second label.
var moves = map[LabelState][]LabelState{
	Queued:   {Claimed, Dropped, Superseded},
	Claimed:  {Rendered, Intent, Queued, Dropped, Superseded},
	Rendered: {Intent, Queued, Dropped, Superseded},
	Intent:   {Sending, Queued, Unknown}, // to Queued only when zero bytes are proven
	Sending:  {Sent, Queued, Unknown},
	Sent:     {Confirmed, Presumed, Unknown},
	Unknown:  {Printed, NotPrinted, Presumed}, // to Presumed by the word of a component that was asked later
}

// reprints are the states from which a person may put a label back into the
// queue. No rule of the program's own leads out of them.
var reprints = []LabelState{Confirmed, NotPrinted, Presumed, Printed}

// from lists the states that may move to s.
func from(s LabelState) []LabelState {
	var states []LabelState
	for f, to := range moves {
		if slices.Contains(to, s) {
			states = append(states, f)
		}
	}
	slices.Sort(states)
	return states
}

// Ended reports whether nothing more happens to the label by itself.
func (s LabelState) Ended() bool {
	return slices.Contains([]LabelState{Confirmed, Presumed, Printed, NotPrinted, Dropped, Superseded}, s)
}

// beforeIntent are the states in which nothing can have reached paper.
var beforeIntent = []LabelState{Queued, Claimed, Rendered}
