package bench

import (
	"context"
	"errors"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// Pass implements dispatch.Fence. Labels of the station's own pass, and those of the
// offline lot: they are started already. While it is not sure that the database still
// says so, or cannot be asked, a label of the lot is started once more.
//
// A crash between here and the intent leaves a label that is started in the database
// and queued in the ledger. The ledger proves that nothing of it has left, so it is
// started once more, by the same claim.
func (b *Bench) Pass(ctx context.Context, label ledger.Label) error {
	c, of, err := b.Ledger.FleetClaim(ctx, label.ID)
	switch {
	case err != nil || !of:
		return err
	case c.Again:
		return b.passAgain(ctx, c)
	case b.isRevoked():
		return b.elsewhere(ctx, c.FleetRef, "fleet-revoked-label")
	case c.Lot && b.mayPrintLot():
		return nil
	case b.isAway(): // to wait for it once more would hold up those that may print
		return notice.New("fleet-away-label", fleet.ErrAway)
	}
	err = b.DB.Start(ctx, c.ID, c.Epoch)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fleet.ErrTaken), errors.Is(err, fleet.ErrMove):
		return b.elsewhere(ctx, c.FleetRef, "fleet-taken")
	case errors.Is(err, fleet.ErrRevoked):
		b.heard(ctx, err)
		return b.elsewhere(ctx, c.FleetRef, "fleet-revoked-label")
	}
	b.heard(ctx, err)
	return notice.New("fleet-away-label", err)
}

// passAgain lets a copy pass that a person at this station has authorised, once the
// fleet has heard of it: nobody in its room shall believe meanwhile that the label
// is theirs to decide about.
func (b *Bench) passAgain(ctx context.Context, c ledger.FleetClaim) error {
	n, err := b.Ledger.UntoldOf(ctx, c.ID)
	if err == nil && n > 0 {
		err = notice.New("fleet-away-label", nil)
	}
	return err
}

func (b *Bench) elsewhere(ctx context.Context, ref ledger.FleetRef, why string) error {
	if err := b.Ledger.LetGo(ctx, ref, why); err != nil {
		return err
	}
	b.Log.Info("let go", "label", ref.ID, "why", why)
	return dispatch.ErrElsewhere
}
