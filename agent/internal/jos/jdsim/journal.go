package jdsim

import (
	"slices"
	"time"

	"miandan/agent/internal/jos/jdsim/journal"
)

// Event is what an Entry tells of.
type Event string

const (
	Served Event = "served" // an order went out
	Number Event = "number" // a new waybill number was taken
	// Prefetched is a number of JD Express that was taken for no order yet; the
	// order that uses it makes it a Number.
	Prefetched Event = "prefetched"
	Pulled     Event = "pulled"   // sealed print data of a number went out
	Rendered   Event = "rendered" // the label of a number was rendered
	Changed    Event = "changed"  // the parcel of a number was changed
	Again      Event = "again"    // an order was given the number it had
	Unbound    Event = "unbound"  // a number was given back
	Ship       Event = "ship"     // the client said that an order has shipped
	// Completed is the child of a regular purchase that the client called done.
	Completed Event = "completed"
	Bound     Event = "bound"  // a virtual number was bound to an order's receiver
	Lapsed    Event = "lapsed" // it lapsed before its time
)

// Entry is one thing that happened, written down before the client hears of
// it. It names no person.
type Entry struct {
	Seq    int       `json:"seq"` // from 1, without gaps
	At     time.Time `json:"at"`
	Event  Event     `json:"event"`
	Method string    `json:"method"`
	Order  string    `json:"order,omitempty"` // of merged orders all, joined by commas
	// Carrier is the provider's code, JD for JD Express; of a Ship it is the
	// logiCoprId as it was sent.
	Carrier string `json:"carrier,omitempty"`
	Branch  string `json:"branch,omitempty"` // branch or settlement code
	Number  string `json:"number,omitempty"` // the waybill's; of a Ship the logiNo as it was sent
	Refused string `json:"refused,omitempty"`
	// Packages is how many packages one number is for, if more than one.
	Packages int `json:"packages,omitempty"`
	// Parent is the number that a Number was appended to.
	Parent string `json:"parent,omitempty"`
	// Collect is what the courier collects on delivery, Insured what the parcel
	// is insured for, both in yuan as they were sent and without nought; Return
	// is the kind of signed return (签单返还).
	Collect string `json:"collect,omitempty"`
	Insured string `json:"insured,omitempty"`
	Return  string `json:"return,omitempty"`
	// Until is how long a Bound virtual number lives.
	Until time.Time `json:"until,omitzero"`
	// Province, City and County are where the parcel goes: the routing is asked
	// for later.
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	County   string `json:"county,omitempty"`
}

// Journal returns everything that happened, oldest first. It grows with every
// order that is served, by some 200 bytes each time.
func (g *Gateway) Journal() []Entry {
	return slices.Clone(g.journal.Entries())
}

// record writes entries down and only then lets them be true.
func (g *Gateway) record(c *call, entries ...Entry) error {
	for i := range entries {
		entries[i].At, entries[i].Method = c.now, c.method
	}
	if err := g.journal.Append(entries...); err != nil {
		return err
	}
	for _, e := range entries {
		g.apply(e)
	}
	return nil
}

// journalFile is the journal's name in its folder: one entry a line.
const journalFile = "jdsim-journal.jsonl"

// ReadJournal returns the entries in a folder that a gateway writes to or has written
// to; none if there is no journal.
func ReadJournal(dir string) ([]Entry, error) { return journal.Read[Entry](dir, journalFile) }

func openJournal(dir string) (*journal.Journal[Entry], error) {
	return journal.Open(dir, journalFile, func(e *Entry, seq int) { e.Seq = seq })
}
