package bench

import (
	"context"
	"errors"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
)

// Leave makes the station one that stands alone: what waits goes back to the others,
// what was printed stays what it was. The bench must not run. It is refused, with
// *ledger.LeftOpen, while something is started and not settled, or not told.
//
// A crash in between leaves a member that leaves when it is asked again.
func (b *Bench) Leave(ctx context.Context, p ledger.Person) error {
	for {
		n, err := b.tell(ctx)
		if errors.Is(err, fleet.ErrRevoked) {
			return b.leaveRevoked(ctx, p)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	back, err := b.Ledger.MayLeaveFleet(ctx)
	if err != nil {
		return err
	}
	mine, err := b.DB.Mine(ctx)
	if err != nil && !errors.Is(err, fleet.ErrRevoked) {
		return err
	}
	var open ledger.LeftOpen
	for _, h := range mine {
		if h.State != fleet.Claimed { // of the lot, or begun and put back: only a person gives it to others
			open.Started++
		}
	}
	if open.Started > 0 {
		return &open
	}
	for _, r := range back { // the database takes back with the membership what was only claimed
		if err := b.Ledger.LetGo(ctx, r, "fleet-left"); err != nil {
			return err
		}
	}
	if err := b.DB.Leave(ctx); err != nil && !errors.Is(err, fleet.ErrRevoked) { // it has left already
		return err
	}
	return b.Ledger.LeaveFleet(ctx, p)
}

// leaveRevoked leaves a fleet that hears this station no more. What it was not told stands
// there for a person, and is told after all if the station is let in again.
func (b *Bench) leaveRevoked(ctx context.Context, p ledger.Person) error {
	held, err := b.Ledger.FleetHeld(ctx)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Waits() && !h.Again {
			if err := b.Ledger.LetGo(ctx, h.FleetRef, "fleet-left"); err != nil {
				return err
			}
		}
	}
	return b.Ledger.LeaveFleet(ctx, p)
}
