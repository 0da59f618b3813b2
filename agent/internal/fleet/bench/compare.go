package bench

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// compare puts right what the ledger and the database have come to know differently:
// a crash between two steps, days without a network, an old copy of one of the two.
// Both ways, and never on a guess: what may be on paper is said to be unknown.
func (b *Bench) compare(ctx context.Context) error {
	b.turn.Lock()
	defer b.turn.Unlock()
	// The ledger first: what it says is waiting and the database does not list was
	// not this station's at that moment either.
	held, err := b.Ledger.FleetHeld(ctx)
	if err != nil {
		return err
	}
	untold := map[int64]bool{}
	news, err := b.Ledger.Untold(ctx, 100_000)
	if err != nil {
		return err
	}
	for _, n := range news {
		untold[n.ID] = true
	}
	mine, err := b.DB.Mine(ctx)
	if err != nil {
		return err
	}
	listed := map[fleet.Ref]bool{}
	for _, h := range mine {
		listed[h.Ref] = true
		if err := b.compareOne(ctx, h, untold[h.ID]); err != nil {
			return err
		}
	}
	for _, h := range held {
		switch {
		case listed[refOf(h.FleetRef)], h.Again, untold[h.ID]:
		case h.Waits():
			err = errors.Join(err, b.letGo(ctx, h.FleetRef, "fleet-taken"))
		case h.State == ledger.Unknown:
			b.Log.Info("resolved in the room", "label", h.ID)
			err = errors.Join(err, b.Ledger.ResolvedElsewhere(ctx, h.FleetRef))
		}
	}
	return err
}

// compareOne deals with a label that the database says is this station's.
func (b *Bench) compareOne(ctx context.Context, h fleet.Held, untold bool) error {
	known, here, err := b.Ledger.FleetKnown(ctx, h.ID)
	if err != nil {
		return err
	}
	here = here && known.Epoch == h.Epoch
	switch {
	case untold: // what the ledger knows is on its way
		return nil
	case !here && h.State == fleet.Claimed: // a crash before it was taken in
		return b.takeIn(ctx, []fleet.Label{{Ref: h.Ref}})
	case !here && h.State == fleet.Started:
		return b.lost(ctx, h)
	case !here:
		return nil // unknown already
	case known.Waits() && h.State == fleet.Started && h.Lot != known.Lot:
		return b.Ledger.InLot(ctx, []ledger.FleetRef{known.FleetRef})
	case known.Waits() && h.State == fleet.Unknown: // somebody has doubted it: an old copy of the database
		return b.letGo(ctx, known.FleetRef, "fleet-taken")
	case known.Waits(), known.State == ledger.Intent, known.State == ledger.Sending, known.State == ledger.Sent:
		return nil
	case known.State == ledger.Superseded, known.State == ledger.Dropped:
		return b.unclaim(ctx, h)
	case known.State == ledger.Unknown && h.State == fleet.Unknown:
		return nil
	}
	// Settled here and told, and the database does not know it.
	b.Log.Warn("told once more what came of a label", "label", h.ID)
	return b.Ledger.TellFleetAgain(ctx, known.FleetRef)
}

// lost says of a label that it may be on paper: this station has started it, and the
// ledger in which it would stand what came of it is not the one that is here.
func (b *Bench) lost(ctx context.Context, h fleet.Held) error {
	b.Log.Error("a label of the fleet was started here and is not in the ledger", "label", h.ID)
	b.Say(notice.New("fleet-doubt", nil, h.ID))
	return b.DB.Settle(ctx, []fleet.Settled{{Ref: h.Ref, State: fleet.Unknown, At: time.Now(), Who: "agent", Why: "it is not in the station's ledger"}})
}

// unclaim gives back a label that the ledger has let go of. One that was started goes
// to others by a person's word alone, and is where people see it.
func (b *Bench) unclaim(ctx context.Context, h fleet.Held) error {
	switch {
	case h.State == fleet.Claimed:
		return b.DB.Release(ctx, []fleet.Ref{h.Ref})
	case h.State == fleet.Started && h.Wanted:
		err := b.DB.GiveBack(ctx, h.Ref)
		if errors.Is(err, fleet.ErrMove) || errors.Is(err, fleet.ErrTaken) {
			return nil
		}
		return err
	case h.State == fleet.Started:
		return b.DB.Settle(ctx, []fleet.Settled{{Ref: h.Ref, State: fleet.Unknown, At: time.Now(), Who: "agent", Why: "it was taken out of the station's queue"}})
	}
	return nil // it stands in the room for a person
}
