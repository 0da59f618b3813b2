package ledger

import (
	"fmt"
	"iter"
)

// rules are a bounded world: how much of each kind may happen in it.
type rules struct {
	shape
	Numbers  uint8 // the carrier gives
	Printers uint8
	Crashes  uint8
	Reprints uint8
	Answers  uint8 // "not printed"
	Troubles uint8 // a printer that is off, or whose bytes do not all leave
	Changes  uint8 // the buyer changes the receiver, cancels, takes it back
	Losses   uint8 // of the carrier's answers
	Purges   uint8
	Deletes  uint8
	// Copies of the database are made and put back. That one is old is known by the
	// boot counter, or by the audit's anchor, which a second's work may be ahead of.
	Copies uint8
	Silent bool // nobody scans, and the platform is told nothing
	Tandem bool // printers name what they print: a second label follows one that is not proven yet
	broken string
}

func (r rules) is(broken string) bool { return r.broken == broken }

// item is a label in a printer's buffer. The device knows it by its process ID
// alone; Serial is the attempt that it truly is.
type item struct {
	Label  uint8 // from 1
	Mark   uint8
	Serial uint8
}

// device is a printer. What it has received comes out when it likes.
type device struct {
	Off    bool
	Buffer [2]item
	Echo   item // came out, and the printer has not yet said so
}

// work is an attempt in the agent's hands.
type work struct {
	Printer uint8
	Bytes   uint8 // 1 is that some have left, 2 is all
	Failed  bool  // sending is over without the printer's word
	Heard   bool  // the printer has confirmed it
	Behind  bool  // it was begun while the label ahead of it had no proof yet
}

// talk is a conversation with the carrier in the agent's memory.
type talk struct {
	Phase   talking
	Version uint8
	Again   bool
	Number  uint8
}

type talking uint8

const (
	silent talking = iota
	read
	asked
	given
	declined
	vanished
)

// world is everything: the disk, the agent's memory, and what lies outside.
type world struct {
	Book book
	Copy book // an older copy of the disk
	Kept bool

	Up       bool
	Restored bool // the disk has been replaced by the copy
	Talk     talk
	Work     [labels]work
	Sure     [labels]bool // a person has made sure that nothing of it is left in a printer

	Shop    struct{ Version, Cancelled uint8 }
	Carrier struct{ Given, Has uint8 }
	Devices [2]device

	// The oracle's own notes.
	Known   bool           // the order was accepted
	Serial  uint8          // of the last attempt
	Out     [labels]uint32 // the attempts whose paper came out
	Copies  [labels]uint8  // that a person asked for
	Doubles uint8          // numbers taken while another was valid
	Excused uint8          // of them, those that a person's word led to

	Crashes, Answers, Troubles, Changes, Losses, Purges, Deletes, Made uint8
}

// event is a move of the world, and the call of the ledger that it makes, if any.
type event struct {
	What string
	Call call
}

func (e event) String() string {
	switch {
	case e.Call.What == "":
		return e.What
	case e.What == "":
		return "ledger: " + e.Call.String()
	}
	return e.What + "; ledger: " + e.Call.String()
}

// next yields everything that can happen.
func (r rules) next(w world) iter.Seq2[event, world] {
	return func(yield func(event, world) bool) {
		going := true
		put := func(what string, c call, to world) {
			if going {
				going = yield(event{what, c}, to)
			}
		}
		// do lets a call be made if the book allows it; then is what else changes.
		do := func(what string, c call, then func(*world)) {
			b, _, ok := r.apply(w.Book, c)
			if !ok {
				return
			}
			to := w
			to.Book = b
			if then != nil {
				then(&to)
			}
			put(what, c, to)
		}
		if w.Up {
			r.office(w, put, do)
			r.bench(w, put, do)
			r.people(w, put, do)
		} else {
			do("start", call{What: "recover", Restored: w.Restored}, func(to *world) { to.Up, to.Restored = true, false })
			if w.Crashes < r.Crashes { // it may also die before the start is complete
				do("start, and crash in it", call{What: "recover", Restored: w.Restored}, func(to *world) { to.Restored = false; to.Crashes++ })
			}
			if w.Kept && !w.Restored {
				to := w
				to.Book, to.Restored, to.Kept, to.Copy = w.Copy, true, false, book{}
				put("the old copy is put back", call{}, to)
			}
		}
		r.outside(w, put)
	}
}

type (
	putFunc func(string, call, world)
	doFunc  func(string, call, func(*world))
)

// office polls the platform and takes numbers.
func (r rules) office(w world, put putFunc, do doFunc) {
	for _, asks := range []bool{false, true} {
		if asks && w.Book.Order != refused {
			continue // a person who asks makes a difference to that only
		}
		do("poll", call{What: "accept", Version: w.Shop.Version, Cancelled: w.Shop.Cancelled == 1, Asked: asks}, func(to *world) { to.Known = true })
	}
	switch w.Talk.Phase {
	case silent:
		if w.Book.Data && (w.Book.Order == accepted || w.Book.Order == issueUnknown) {
			to := w
			to.Talk = talk{Phase: read, Version: w.Book.Content, Again: w.Book.Order == issueUnknown}
			put("read the next order", call{}, to)
		}
	case read:
		c := call{What: "issuing", Version: w.Talk.Version}
		do("", c, func(to *world) { to.Talk.Phase = asked })
		if _, _, ok := r.apply(w.Book, c); !ok {
			to := w
			to.Talk = talk{}
			put("what was read is stale", call{}, to)
		}
	case given:
		do("", call{What: "issued", Number: w.Talk.Number}, func(to *world) { to.Talk = talk{} })
	case declined:
		do("", call{What: "refused"}, func(to *world) { to.Talk = talk{} })
		do("for now", call{What: "not issued"}, func(to *world) { to.Talk = talk{} })
	case vanished:
		do("", call{What: "issue lost"}, func(to *world) { to.Talk = talk{} })
	}
	if w.Book.Order == issued && w.Book.Number > 0 && !w.Book.Labelled {
		do("", call{What: "enqueue", Number: w.Book.Number}, nil)
	}
	for n := uint8(1); n <= r.Numbers; n++ {
		do("the carrier takes a number back", call{What: "given back", Number: n}, func(to *world) {
			if to.Carrier.Has == n {
				to.Carrier.Has = 0
			}
		})
	}
	if w.Purges < r.Purges && w.Book.Data {
		do("time passes", call{What: "purge"}, func(to *world) { to.Purges++ })
	}
}

// hands is how many labels the printer's two hands hold.
func (w world) hands(p uint8) int {
	n := 0
	for _, j := range w.Work {
		if j.Printer == p {
			n++
		}
	}
	return n
}

// busy says whether a label is on its way to the printer.
func (w world) busy(p uint8) bool {
	for i, j := range w.Work {
		if s := w.Book.Labels[i].State; j.Printer == p && (s == intent || s == sending) {
			return true
		}
	}
	return false
}

// bench takes labels to paper: one after the other at each printer, and the next
// is drawn while one is on its way.
func (r rules) bench(w world, put putFunc, do doFunc) {
	for p := uint8(1); p <= r.Printers; p++ {
		if w.hands(p) == 2 {
			continue
		}
		c := call{What: "claim", Printer: p}
		if b, _, ok := r.apply(w.Book, c); ok {
			for i := range b.Labels {
				if b.Labels[i].State != w.Book.Labels[i].State {
					do("", c, func(to *world) { to.Work[i] = work{Printer: p} })
				}
			}
		}
	}
	for i, j := range w.Work {
		if j.Printer == 0 {
			continue
		}
		e := w.Book.Labels[i]
		leave := func(to *world) { to.Work[i] = work{} }
		on := func(what string) call { return call{What: what, Label: i} }
		device := w.Devices[j.Printer-1]
		switch e.State {
		case claimed, rendered:
			drawn := e.State == rendered || !w.Book.Stale || e.mayBeOut()
			if drawn && e.State == claimed {
				do("", on("rendered"), nil)
			}
			if drawn && !device.Off {
				c := on("intend")
				ahead, n := w.Book.onTheWay(i)
				if c.Behind = r.Tandem && n == 1; c.Behind && w.Work[ahead].Bytes != 2 {
					continue // it waits for the one ahead to have left
				}
				do("", c, func(to *world) {
					to.Serial++
					to.Book.Labels[i].Serial, to.Sure[i] = to.Serial, false
					to.Work[i].Behind = c.Behind
				})
			}
			do("its printer cannot be reached", on("release"), leave)
		case intent:
			do("", on("sending"), nil)
			do("the disk does not take it", on("release"), leave)
		case sending:
			r.send(w, i, put, do)
		default: // cancelled or changed meanwhile
			to := w
			leave(&to)
			put(fmt.Sprintf("printer %d lets go of label %d", j.Printer, i+1), call{}, to)
		}
	}
}

// send is what may become of bytes, and what may be said of it.
func (r rules) send(w world, i int, put putFunc, do doFunc) {
	j := w.Work[i]
	device := w.Devices[j.Printer-1]
	leave := func(to *world) { to.Work[i] = work{} }
	on := func(what string) call { return call{What: what, Label: i} }
	at := fmt.Sprintf("of label %d", i+1)
	if j.Bytes == 0 {
		if w.Troubles < r.Troubles || device.Off {
			do("no byte has left", on("not sent"), func(to *world) { leave(to); to.Troubles++ })
		}
		if device.Off || device.Buffer[1] != (item{}) {
			return
		}
		to := w
		d := &to.Devices[j.Printer-1]
		slot := 0
		if d.Buffer[0] != (item{}) {
			slot = 1
		}
		d.Buffer[slot] = item{uint8(i) + 1, w.Book.Labels[i].Mark, w.Book.Labels[i].Serial}
		to.Work[i].Bytes = 2
		put("all bytes "+at+" leave", call{}, to)
		if w.Troubles < r.Troubles {
			to.Troubles++
			to.Work[i].Bytes, to.Work[i].Failed = 1, true
			put("some bytes "+at+" leave", call{}, to)
		}
		return
	}
	if device.Echo != (item{}) && !j.Failed {
		to := w
		to.Devices[j.Printer-1].Echo = item{}
		if device.Echo.Mark == w.Book.Labels[i].Mark || r.is("any confirmation is taken for this label's") {
			to.Work[i].Heard = true
		}
		put(fmt.Sprintf("printer %d confirms", j.Printer), call{}, to)
	}
	switch {
	case j.Heard:
		do("", on("confirmed"), leave)
	default:
		do("no word comes", on("uncertain"), leave)
		if j.Bytes == 2 {
			do("the wire took it", on("sent"), leave)
			if r.is("it is confirmed without the device's word") {
				do("the wire took it", on("confirmed"), leave)
			}
		}
	}
	if r.is("bytes that left are forgotten") {
		do("no byte has left", on("not sent"), leave)
	}
}
