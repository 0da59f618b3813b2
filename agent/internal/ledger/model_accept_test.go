package ledger

// accept is what the platform says of the order. The same order with the same
// content is the same label; another content counts until a byte may have left.
func (r rules) accept(b book, c call) (book, Verdict) {
	same := b.Content == c.Version
	out := false
	for _, e := range b.Labels {
		out = out || e.mayBeOut()
	}
	take := func(s stage) {
		b.Order, b.Content, b.Data, b.Stale = s, c.Version, true, false
	}
	fresh := func() stage {
		switch {
		case c.Cancelled:
			return skipped
		case b.Doubted:
			return issueUnknown // a number may be out that this database does not know
		}
		return accepted
	}
	if b.Order == nowhere {
		b.Doubted = b.Lost
		to := fresh()
		if c.Cancelled && b.Doubted { // it may have been numbered before it was cancelled
			to = issueUnknown
		}
		take(to)
		return b, Fresh
	}
	if b.Deleted && !r.is("a deleted order is taken up again") {
		return b, Same
	}
	b.Stale = !same || c.Cancelled
	if !b.Data {
		v := revive(&b, c, out, take, fresh)
		return b, v
	}
	switch b.Order {
	case accepted, refused, skipped:
		to := fresh()
		if same && (to == b.Order || b.Order == refused && !c.Asked && !c.Cancelled) {
			return b, Same
		}
		take(to)
		if to == skipped {
			return b, Withdrawn
		}
		return b, Replaced
	case cancelled:
		if c.Cancelled {
			return b, Same
		}
		back := b.Number > 0 && b.Back[b.Number-1] == 2 && !b.Doubted
		if !back { // a second number would be a guess
			take(changed)
			return b, Overtaken
		}
		take(accepted)
		b.Number, b.Labelled, b.Alarm = 0, false, quiet // it begins anew
		return b, Replaced
	case changed:
		if same && !c.Cancelled {
			return b, Same
		}
	}
	switch {
	case same && !c.Cancelled:
		if b.Alarm == cancelledTooLate {
			b.Alarm = quiet
			for i := range b.Labels {
				if b.Labels[i].State == dropped && r.owns(b.Number, i) { // it ships with what was kept in
					b.Labels[i].State, b.Labels[i].Printer = queued, 0
				}
			}
		}
		r.sameAgain(&b)
		return b, Same
	case (out && !r.is("a change is acted on after a byte may have left")) || b.Order == issuing || b.Order == issueUnknown:
		ring := changedTooLate
		if c.Cancelled {
			ring = cancelledTooLate
			keepIn(&b, dropped)
		}
		if b.Alarm == ring {
			return b, Same
		}
		b.Alarm = ring
		return b, TooLate
	case c.Cancelled:
		keepIn(&b, dropped)
		b.Order = cancelled
		if b.Number > 0 {
			b.Back[b.Number-1] = max(b.Back[b.Number-1], 1)
		}
		if b.Alarm == cancelledTooLate {
			b.Alarm = quiet
		}
		return b, Withdrawn
	}
	keepIn(&b, superseded)
	take(changed)
	return b, Overtaken
}

func (r rules) sameAgain(b *book) {
	for i := range b.Labels {
		if b.Labels[i].State.onPaper() && r.is("the same order told again is printed again") {
			b.Labels[i].State = queued
		}
	}
}

// revive is an order whose data has been deleted. Numbered, it is the same by what
// is left of it, and a cancellation is heard until its parcel has left; one that only
// waited gets its data back.
func revive(b *book, c call, out bool, take func(stage), fresh func() stage) Verdict {
	switch {
	case b.Order == issued && out && c.Cancelled && !b.Shipped && b.Alarm != cancelledTooLate:
		b.Alarm = cancelledTooLate
		return TooLate
	case b.Order == issued && out && !c.Cancelled && b.Alarm == cancelledTooLate:
		b.Alarm = quiet
		return Same
	case c.Cancelled && (b.Order == accepted || b.Order == refused): // it waits for nothing any more
		b.Order = skipped
		return Withdrawn
	case c.Cancelled, b.Order == issued, b.Order == issuing:
		return Same
	case b.Order == issueUnknown, b.Order == changed:
		take(b.Order)
	case b.Order == cancelled:
		if b.Number == 0 || b.Back[b.Number-1] != 2 {
			take(changed)
			break
		}
		take(fresh())
		b.Number, b.Labelled = 0, false
	default:
		take(fresh())
	}
	b.Alarm = quiet
	return Replaced
}

func stop(b *book, as step) {
	for i := range b.Labels {
		if b.Labels[i].State.untouched() {
			b.Labels[i].State = as
		}
	}
}

// keepIn stops what has never been out; a second copy waits beside the first.
func keepIn(b *book, as step) {
	for i, e := range b.Labels {
		if e.State.untouched() && !e.mayBeOut() {
			b.Labels[i].State = as
		}
	}
}
