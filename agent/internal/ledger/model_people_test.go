package ledger

import "fmt"

// people answer, reprint and scan. They say what they see: paper that is out, or
// none. What is still in a printer they cannot see.
func (r rules) people(w world, put putFunc, do doFunc) {
	for i := range r.slotsInUse() {
		e := w.Book.Labels[i]
		on := func(what string) call { return call{What: what, Label: i} }
		lacks := w.Out[i]>>e.Serial == 0 // of the last attempt in the book, and of later ones that a restored book does not know
		if e.State == unknown {
			r.sure(w, i, put)
			if w.Out[i] != 0 {
				do("a person sees the paper", on("printed"), nil)
			}
			if lacks && w.Answers < r.Answers && (w.Sure[i] || r.is("a person's word is taken with the buffer full")) {
				c := on("not printed")
				c.Cleared = w.Sure[i]
				do("a person sees no paper", c, func(to *world) { to.Answers++; to.Sure[i] = false })
			}
		}
		if w.Copies[i] < r.Reprints {
			do("a person wants it again", on("reprint"), func(to *world) { to.Copies[i]++ })
			if r.is("a reprint names nobody") {
				do("a rule wants it again", on("reprint"), nil)
			}
		}
		if w.Out[i] != 0 && !e.Scanned && !r.Silent {
			do("", on("scanned"), nil)
		}
		if e.State.onPaper() && !w.Book.Shipped && !r.Silent {
			do("", on("ship"), nil)
		}
	}
	if w.Deletes < r.Deletes {
		do("a person wants to be forgotten", call{What: "delete"}, func(to *world) { to.Deletes++ })
	}
	if w.Book.Order == issueUnknown && w.Carrier.Has == 0 || w.Book.Order == changed {
		do("a person has given the number back, or found none", call{What: "no number"}, func(to *world) { to.Carrier.Has = 0 })
	}
	if w.Book.Order == changed && w.Carrier.Has != 0 && w.Excused == 0 {
		do("a person is wrong about it", call{What: "no number"}, func(to *world) { to.Excused++ })
	}
}

// sure is a person who makes sure that nothing of a label is left: the printer has
// answered a process ID behind all that it had, or has been emptied. Of a doubted
// label nobody knows which printer had it last, so it is asked of all.
func (r rules) sure(w world, i int, put putFunc) {
	if w.Sure[i] {
		return
	}
	e := w.Book.Labels[i]
	one := func(p uint8) bool {
		return e.Printer == p || e.Printer == 0 || w.Book.Doubted && !r.is("of a doubted label one printer is asked")
	}
	empty, idle := true, true
	to := w
	for p := uint8(1); p <= r.Printers; p++ {
		if one(p) {
			idle = idle && !w.busy(p)
			empty = empty && w.Devices[p-1].Buffer == [2]item{}
			if !r.is("a printer that keeps its buffer is switched off and on") {
				to.Devices[p-1].Buffer = [2]item{}
			}
		}
	}
	if !idle {
		return // the printer is at work
	}
	to.Sure[i] = true
	if empty {
		put(fmt.Sprintf("nothing of label %d is left in the printer", i+1), call{}, to)
		return
	}
	put(fmt.Sprintf("a person empties the printer of label %d", i+1), call{}, to)
}

// outside is what happens whether the agent runs or not.
func (r rules) outside(w world, put putFunc) {
	if w.Up && w.Crashes < r.Crashes && w.Known {
		to := w
		to.Up, to.Talk, to.Work = false, talk{}, [labels]work{}
		to.Crashes++
		put("crash", call{}, to)
	}
	if w.Made < r.Copies && w.Up {
		to := w
		to.Copy, to.Kept = w.Book, true
		to.Made++
		put("a copy of the database is made", call{}, to)
	}
	if w.Changes < r.Changes {
		to := w
		to.Changes++
		if w.Shop.Version == 0 {
			to.Shop.Version = 1
			put("the buyer changes the receiver", call{}, to)
			to.Shop.Version = 0
		}
		to.Shop.Cancelled = 1 - w.Shop.Cancelled
		put([]string{"the buyer cancels", "the buyer takes the cancellation back"}[w.Shop.Cancelled], call{}, to)
	}
	if w.Talk.Phase == asked {
		r.carrier(w, put)
	}
	for p := range w.Devices[:r.Printers] {
		r.device(w, p, put)
	}
}

// carrier answers. One that is asked anew while a number is valid may give it
// again, or give another one; one that is only asked for what there is gives that.
func (r rules) carrier(w world, put putFunc) {
	answer := func(what string, phase talking, number uint8, then func(*world)) {
		to := w
		to.Talk.Phase, to.Talk.Number = phase, number
		if then != nil {
			then(&to)
		}
		put(what, call{}, to)
	}
	fresh := func(to *world) {
		if to.Carrier.Has != 0 {
			to.Doubles++
		}
		to.Carrier.Given++
		to.Carrier.Has = to.Carrier.Given
	}
	lose := w.Losses < r.Losses
	if w.Carrier.Has != 0 {
		answer("the carrier gives the number of before", given, w.Carrier.Has, nil)
	}
	if !w.Talk.Again {
		answer("the carrier refuses", declined, 0, nil)
		if w.Carrier.Given < r.Numbers {
			answer("the carrier gives a number", given, w.Carrier.Given+1, fresh)
			if lose {
				answer("the carrier gives a number, and its answer is lost", vanished, 0, func(to *world) { fresh(to); to.Losses++ })
			}
		}
	}
	if lose {
		answer("the carrier is not reached, and nobody knows", vanished, 0, func(to *world) { to.Losses++ })
	} else if w.Talk.Again {
		answer("the carrier knows of none", vanished, 0, nil)
	}
}

// device prints what it has, in order, or is switched off; then it may forget
// what it had received, or keep it and print it later.
func (r rules) device(w world, p int, put putFunc) {
	d := w.Devices[p]
	name := fmt.Sprintf("printer %d ", p+1)
	to := w
	if !d.Off && d.Buffer[0] != (item{}) {
		first := d.Buffer[0]
		to.Devices[p].Buffer = [2]item{d.Buffer[1]}
		to.Out[first.Label-1] |= 1 << first.Serial
		to.Devices[p].Echo = first
		put(name+fmt.Sprintf("puts out label %d", first.Label), call{}, to)
	}
	to = w
	if d.Off {
		to.Devices[p].Off = false
		put(name+"is switched on and has what it had", call{}, to)
		if d.Buffer[0] != (item{}) {
			to.Devices[p].Buffer = [2]item{}
			put(name+"is switched on and is empty", call{}, to)
		}
	} else if w.Troubles < r.Troubles {
		to.Troubles++
		to.Devices[p].Off, to.Devices[p].Echo = true, item{}
		put(name+"goes off", call{}, to)
	}
}

// slotsInUse are the labels that there can be.
func (r rules) slotsInUse() int {
	if r.Parcels == 2 {
		return 2
	}
	return int(r.Numbers)
}

func count32(bits uint32) int {
	n := 0
	for ; bits != 0; bits &= bits - 1 {
		n++
	}
	return n
}
