package ledger

// applyLabel is the way of a label to paper, and what people say of it.
func (r rules) applyLabel(b book, c call) (book, bool) {
	e := &b.Labels[c.Label]
	ok := false
	attempt := func(s step) {
		if e.Tries > 0 {
			e.Tried[e.Tries-1] = s
		}
	}
	switch c.What {
	case "rendered":
		ok = e.State == claimed
		e.State = rendered
	case "release": // nothing of it has left
		ok = e.State == claimed || e.State == rendered || e.State == intent
		if e.State == intent {
			attempt(queued)
		}
		e.State, e.Printer = queued, 0
	case "intend":
		ok = (e.State == claimed || e.State == rendered) && e.Tries < attempts && r.free(b, c)
		if ok {
			b.Marks++
			e.State, e.Mark = intent, b.Marks
			e.Tries++
			attempt(intent)
		}
	case "sending":
		ok = e.State == intent && !c.Old
		e.State = sending
		attempt(sending)
	case "not sent": // proven: zero bytes
		ok = (e.State == intent || e.State == sending) && !c.Old
		e.State, e.Printer = queued, 0
		attempt(queued)
	case "uncertain":
		ok = (e.State == intent || e.State == sending) && !c.Old
		e.State = unknown
		attempt(unknown)
		if r.is("it is tried again after a byte may have left") {
			e.State, e.Printer = queued, 0
		}
	case "sent", "confirmed":
		ok = e.State == sending && !c.Old
		e.State = presumed
		if c.What == "confirmed" || r.is("what a wire took is called confirmed") {
			e.State = confirmed
		}
		attempt(e.State)
	case "printed":
		ok = e.State == unknown
		e.State = printed
	case "not printed":
		ok = e.State == unknown && b.Data && (c.Cleared || r.is("a person's word is taken with the buffer full"))
		e.State, e.Printer = queued, 0
		e.Copy++
	case "reprint":
		ok = e.State.onPaper() && b.Data
		e.State, e.Printer = queued, 0
		e.Copy++
	case "scanned": // it is in somebody's hand: it must have been sent, and its parcel must ship
		ok = b.Order == issued && r.owns(b.Number, c.Label) && b.Alarm != cancelledTooLate && e.sentOnce()
		if e.State == unknown {
			e.State = printed
		}
		e.Scanned = true
		b.Shipped = b.Shipped || r.all(b, func(e entry) bool { return e.Scanned })
	case "ship": // on the device's word or a person's, of every parcel
		ok = true
		b.Shipped = b.Shipped || b.Alarm != cancelledTooLate && r.all(b, func(e entry) bool {
			return e.Scanned || e.State == confirmed || e.State == printed || e.State == presumed && r.is("shipped is told when a wire took the label")
		})
	}
	return b, ok
}

// free says whether the label's printer may be sent it: nothing is on its way
// there, or one label that is asked to be ahead.
func (r rules) free(b book, c call) bool {
	if r.is("a printer takes a second label before the first is done") {
		return true
	}
	_, under := b.onTheWay(c.Label)
	return under == 0 || c.Behind && under == 1
}

// onTheWay returns another label that is on its way to the printer of label i, and
// how many there are; -1 if one of them is no more than intended.
func (b book) onTheWay(i int) (other int, n int) {
	for j, e := range b.Labels {
		switch {
		case j == i || e.Printer != b.Labels[i].Printer:
		case e.State == intent:
			return j, -1
		case e.State == sending:
			other = j
			n++
		}
	}
	return other, n
}

func (s shape) owns(number uint8, label int) bool {
	for _, i := range s.slots(number) {
		if i == label {
			return true
		}
	}
	return false
}

// all asks it of every label of the order's number.
func (s shape) all(b book, is func(entry) bool) bool {
	for _, i := range s.slots(b.Number) {
		if !is(b.Labels[i]) {
			return false
		}
	}
	return b.Number != 0
}

// recover is the start after a crash: what is half done is known to be half done.
// Of a restored copy nothing that waits may be believed.
func (r rules) recover(b book, restored bool) book {
	for i := range b.Labels {
		e := &b.Labels[i]
		switch e.State {
		case intent, sending:
			e.State = unknown
			e.Tried[e.Tries-1] = unknown
			if r.is("what was intended is queued again after a crash") {
				e.State, e.Printer = queued, 0
			}
		case claimed, rendered:
			if r.is("what a printer had claimed stays claimed after a crash") {
				continue
			}
			e.State = queued
			if !restored {
				e.Printer = 0
			}
		case presumed:
			if r.is("after a crash what was presumed is unknown") {
				e.State = unknown
			}
		}
		if restored && e.State == queued && !r.is("a restored copy is believed") {
			e.State = unknown
		}
	}
	if b.Order == issuing {
		b.Order = issueUnknown
	}
	if restored && !r.is("a restored copy is believed") {
		if b.Order == accepted {
			b.Order = issueUnknown
		}
		b.Doubted = b.Order != nowhere
		b.Lost = true
		if !r.is("process IDs come round after a restored copy") {
			b.Marks += lives
		}
	}
	return b
}

// purge takes the personal data of what has ended, of what nobody has spoken of
// for a month, and of what stands in unknown: that must not keep it for ever. The
// rest of the book stays: it is what duplicates are known by.
func (r rules) purge(b book) book {
	open, doubt := 0, 0
	for _, e := range b.Labels {
		if e.State == unknown {
			doubt++
		} else if e.State != missing && !e.State.ended() {
			open++
		}
	}
	waits := b.Order == accepted || b.Order == refused || b.Order == issueUnknown || b.Order == changed
	ended := b.Order == skipped || b.Order == cancelled || b.Order == issued && b.Labelled && open+doubt == 0
	inDoubt := doubt > 0 && open == 0 && !r.is("unknown labels keep their data for ever")
	if !waits && !ended && !inDoubt && !r.is("data is deleted while the label waits") {
		return b
	}
	b.Data = false
	if r.is("a purge takes the tombstone") {
		b = book{Marks: b.Marks}
	}
	return b
}

// forgotten is a person's word that the data be deleted now. What is under way is
// let finish; what has not begun is taken back, and so is its number. What may be
// on paper stays to be looked for.
func forgotten(b book) (book, bool) {
	out := false
	for _, e := range b.Labels {
		if e.State == intent || e.State == sending {
			return b, false
		}
		out = out || e.mayBeOut()
	}
	if b.Order == nowhere || b.Order == issuing {
		return b, false
	}
	if b.Number > 0 && !out && (b.Order == issued || b.Order == changed) {
		b.Back[b.Number-1] = max(b.Back[b.Number-1], 1)
	}
	if !out && b.Order != issueUnknown {
		b.Order = cancelled
	}
	stop(&b, dropped)
	b.Data, b.Deleted, b.Content, b.Stale = false, true, 0, false
	return b, true
}
