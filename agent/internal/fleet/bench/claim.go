package bench

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// claims keeps a few labels of the fleet in the station's own queue, ahead of its
// printers.
func (b *Bench) claims(ctx context.Context) {
	wake := b.DB.Listen(ctx)
	for ctx.Err() == nil {
		changed := b.Ledger.Changes()
		more, err := b.claim(ctx)
		if more && err == nil {
			continue
		}
		if err != nil {
			b.heard(ctx, err)
			changed = nil
		}
		select {
		case _, open := <-wake:
			if !open {
				wake = nil
			}
		case <-changed:
		case <-time.After(tick):
		case <-ctx.Done():
		}
	}
}

// claim fills the queue once. It reports whether it got something, and so whether
// there may be more.
func (b *Bench) claim(ctx context.Context) (more bool, err error) {
	if b.isAway() || b.isRevoked() || !b.compared() {
		return false, nil
	}
	b.turn.Lock()
	defer b.turn.Unlock()
	held, err := b.Ledger.FleetHeld(ctx)
	if err != nil {
		return false, err
	}
	held = slices.DeleteFunc(held, func(h ledger.FleetHeld) bool { return !h.Waits() || h.Again })
	wants, err := b.wants(ctx, held)
	if err != nil {
		return false, err
	}
	if len(wants) > 0 {
		labels, err := b.DB.Claim(ctx, wants)
		if err != nil {
			return false, err
		}
		if err := b.takeIn(ctx, labels); err != nil {
			return false, err
		}
		more = len(labels) > 0
	}
	return more, b.fillLot(ctx, held)
}

// wants says what each printer could take besides what waits for it. A printer that
// does not print takes nothing: others may have it.
func (b *Bench) wants(ctx context.Context, held []ledger.FleetHeld) ([]fleet.Want, error) {
	paused, err := b.Ledger.Paused(ctx)
	if err != nil || paused {
		return nil, err
	}
	stopped, err := b.Ledger.Held(ctx)
	if err != nil {
		return nil, err
	}
	waiting := slices.Clone(held)
	var wants []fleet.Want
	for i, p := range b.Printers {
		room := b.Ahead + share(b.lot(), len(b.Printers), i)
		waiting = slices.DeleteFunc(waiting, func(h ledger.FleetHeld) bool {
			fits := h.Paper == p.Paper && (h.Target == "" || h.Target == p.Name || h.Target == p.Group)
			if fits && room > 0 {
				room--
				return true
			}
			return false
		})
		if room > 0 && !stopped[p.Name] && p.Condition().Trouble == nil {
			wants = append(wants, fleet.Want{Printer: p.Name, Group: p.Group, Paper: p.Paper, N: room})
		}
	}
	// What is claimed and cannot be opened is held as well.
	for n := len(b.unready) + len(waiting); n > 0 && len(wants) > 0; n-- {
		last := &wants[len(wants)-1]
		if last.N--; last.N == 0 {
			wants = wants[:len(wants)-1]
		}
	}
	return wants, nil
}

// share is the i-th of n parts of a whole.
func share(whole, n, i int) int {
	part := whole / n
	if i < whole%n {
		part++
	}
	return part
}

// lot is how many labels the offline lot may have: what the settings say, and no
// more than the fleet allows.
func (b *Bench) lot() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return min(b.Lot, b.beaten.Offline)
}

// takeIn puts claimed labels into the ledger. A crash before it leaves them claimed
// in the database: they are found there by comparing.
func (b *Bench) takeIn(ctx context.Context, labels []fleet.Label) error {
	if len(labels) == 0 {
		return nil
	}
	refs := make([]fleet.Ref, len(labels))
	for i, l := range labels {
		refs[i] = l.Ref
	}
	opened, err := b.open(ctx, refs)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		i := slices.IndexFunc(opened, func(o fleet.Opened) bool { return o.Ref == ref })
		if i < 0 {
			b.notOpened(ref)
			continue
		}
		delete(b.unready, ref)
		if err := b.put(ctx, opened[i]); err != nil {
			return err
		}
	}
	return nil
}

// open fetches what is to be printed. One label that does not open must not keep the
// others from it.
func (b *Bench) open(ctx context.Context, refs []fleet.Ref) ([]fleet.Opened, error) {
	opened, err := b.DB.Payload(ctx, refs...)
	if err == nil || errors.Is(err, fleet.ErrAway) || errors.Is(err, fleet.ErrRevoked) {
		return opened, err
	}
	opened = nil
	for _, ref := range refs {
		one, err := b.DB.Payload(ctx, ref)
		switch {
		case errors.Is(err, fleet.ErrAway), errors.Is(err, fleet.ErrRevoked):
			return nil, err
		case err != nil:
			b.Log.Error("a label of the fleet does not open", "label", ref.ID, "error", err)
		}
		opened = append(opened, one...)
	}
	return opened, nil
}

// notOpened keeps a label in mind that this station has claimed and cannot open: it
// has no key of it yet, or none that fits. A platform station may still wrap it.
func (b *Bench) notOpened(ref fleet.Ref) {
	if b.unready == nil {
		b.unready = map[fleet.Ref]time.Time{}
	}
	if _, known := b.unready[ref]; !known {
		b.unready[ref] = time.Now()
		b.Say(notice.New("fleet-not-opened", nil, ref.ID))
	}
}

// put puts one label into the ledger.
func (b *Bench) put(ctx context.Context, o fleet.Opened) error {
	err := b.Ledger.TakeIn(ctx, ledger.FleetLabel{
		FleetRef: ours(o.Ref), Order: o.Content, Waybill: o.Number, Issuer: o.Issuer,
		Paper: ledger.Paper{Template: o.Template, Size: o.Paper}, Target: b.target(o.Target),
		Parcel: o.Parcel, Copy: o.Copy, Lot: o.Lot, Deadline: o.Deadline, Asked: o.Turn < turnOther, Position: place(o.Label),
	})
	switch {
	case errors.Is(err, ledger.ErrBegun), errors.Is(err, ledger.ErrPurged):
		return b.doubt(ctx, o.Ref, err)
	case err == nil:
		b.Log.Info("claimed", "label", o.ID, "order", o.Order.ID, "epoch", o.Epoch)
	}
	return err
}

// turnOther is package ledger's turn of what nobody has asked for and no wave prints.
const turnOther = 2

// place is a label's place in this station's queue: what somebody has asked for,
// then the fleet's waves in their order.
func place(l fleet.Label) int64 {
	if l.Wave == 0 {
		return 0
	}
	return l.Wave<<20 | int64(l.Position)
}

// target is a label's target as this station's own queue knows it: one of its
// printers or groups. What is meant for the station or its zone any printer takes.
func (b *Bench) target(to string) string {
	if group, ok := strings.CutPrefix(to, fleet.ToGroup("")); ok {
		return group
	}
	if printer, ok := strings.CutPrefix(to, fleet.ToPrinter(b.Station, "")); ok {
		return printer
	}
	return ""
}

// doubt gives a label to a person: the database has given it to this station, and
// the ledger knows that it may be on paper.
func (b *Bench) doubt(ctx context.Context, ref fleet.Ref, why error) error {
	b.Log.Error("a label of the fleet may have been printed here before", "label", ref.ID, "error", why)
	b.Say(notice.New("fleet-doubt", nil, ref.ID))
	if err := b.DB.Start(ctx, ref.ID, ref.Epoch); err != nil && !errors.Is(err, fleet.ErrMove) {
		return err
	}
	return b.DB.Settle(ctx, []fleet.Settled{{Ref: ref, State: fleet.Unknown, At: time.Now(), Who: "agent", Why: why.Error()}})
}

// fillLot starts a few labels ahead, those that print next. What the database does not
// let in, as what belongs to a wave, is not asked for again: it would keep others out.
func (b *Bench) fillLot(ctx context.Context, held []ledger.FleetHeld) error {
	lot := b.lot()
	var refs []fleet.Ref
	outside := map[fleet.Ref]bool{}
	for _, h := range held {
		ref := refOf(h.FleetRef)
		switch {
		case h.Lot:
			lot--
		case b.outside[ref]:
			outside[ref] = true
		case h.State == ledger.Queued:
			refs = append(refs, ref)
		}
	}
	b.outside = outside
	if lot <= 0 || len(refs) == 0 {
		return nil
	}
	refs = refs[:min(lot, len(refs))]
	in, err := b.DB.Lot(ctx, refs)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if !slices.Contains(in, r) {
			b.outside[r] = true
		}
	}
	list := make([]ledger.FleetRef, len(in))
	for i, r := range in {
		list[i] = ours(r)
	}
	return b.Ledger.InLot(ctx, list)
}
