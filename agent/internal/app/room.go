package app

import (
	"context"
	"errors"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// room is the fleet as this station's page shows it.
type room struct {
	db   *fleet.DB
	desk *platform.Desk // nil at a bench
}

var _ api.Room = room{}

// wallRoom is nil for a station that stands alone.
func (a *App) wallRoom() api.Room {
	if a.fleet == nil {
		return nil
	}
	r := room{db: a.fleet.db}
	if a.config.Fleet.Platform {
		r.desk = platform.NewDesk(a.fleet.db, a.Station)
	}
	return r
}

// Room implements api.Room.
func (r room) Room(ctx context.Context) (fleet.Room, error) {
	v, err := r.db.Room(ctx)
	return v, r.told(err)
}

// RoomLabels implements api.Room.
func (r room) RoomLabels(ctx context.Context, find string) ([]fleet.RoomLabel, error) {
	list, err := r.db.RoomLabels(ctx, find)
	return list, r.told(err)
}

// RoomAudit implements api.Room.
func (r room) RoomAudit(ctx context.Context, find string) ([]fleet.RoomRecord, error) {
	list, err := r.db.RoomAudit(ctx, find)
	return list, r.told(err)
}

// RoomDecide implements api.Room.
func (r room) RoomDecide(ctx context.Context, d api.RoomDecision) error {
	return r.told(r.db.Decide(ctx, fleet.Ref{ID: d.Label, Epoch: d.Epoch}, fleet.State(d.Word), d.Who, d.Reason))
}

// RoomAgain implements api.Room.
func (r room) RoomAgain(ctx context.Context, a api.RoomAgain) error {
	return r.told(r.db.PrintAgain(ctx, a.Label, a.Who, a.Reason))
}

// RoomMove implements api.Room.
func (r room) RoomMove(ctx context.Context, m api.RoomMove) (api.RoomMoved, error) {
	moved, wanted, err := r.db.Move(ctx, m.Labels, m.Target, m.Who, m.Reason)
	return api.RoomMoved{Moved: moved, Wanted: wanted}, r.told(err)
}

// RoomSeen implements api.Room.
func (r room) RoomSeen(ctx context.Context, alarm int64, who string) error {
	return r.told(r.db.Seen(ctx, alarm, who))
}

// RoomOrders implements api.Room.
func (r room) RoomOrders(ctx context.Context) ([]fleet.RoomOrder, error) {
	list, err := r.db.RoomOrders(ctx)
	return list, r.told(err)
}

// RoomNumber implements api.Room.
func (r room) RoomNumber(ctx context.Context, n api.RoomNumber) error {
	of, p := platform.InDoubt{ID: n.Order, Epoch: n.Epoch}, ledger.Person{Who: n.Who, Why: n.Reason}
	switch {
	case r.desk == nil:
		return r.told(fleet.ErrDenied)
	case len(n.Numbers) > 0:
		return r.told(r.desk.Adopt(ctx, of, n.Numbers, p))
	}
	return r.told(r.desk.NoNumber(ctx, of, p))
}

// RoomWaves implements api.Room.
func (r room) RoomWaves(ctx context.Context) ([]fleet.RoomBatch, error) {
	list, err := r.db.RoomWaves(ctx)
	return list, r.told(err)
}

// RoomWaiting implements api.Room.
func (r room) RoomWaiting(ctx context.Context) ([]fleet.RoomCandidate, error) {
	list, err := r.db.RoomWaiting(ctx)
	return list, r.told(err)
}

// RoomWaveBegin implements api.Room.
func (r room) RoomWaveBegin(ctx context.Context, n api.RoomWaveNew) (api.RoomWaveBegun, error) {
	wave, joined, err := r.db.BeginWave(ctx, n.Name, n.Orders, n.Target, n.Who, n.Reason)
	return api.RoomWaveBegun{Wave: wave, Joined: joined}, r.told(err)
}

// RoomWaveTurn implements api.Room.
func (r room) RoomWaveTurn(ctx context.Context, t api.RoomWaveTurn) error {
	return r.told(r.db.TurnWave(ctx, t.Wave, t.To, t.Who, t.Reason))
}

// told gives a failure its sentence.
func (r room) told(err error) error {
	switch {
	case errors.Is(err, fleet.ErrAway):
		return notice.New("fleet-away", errors.Join(api.ErrUnready, err))
	case errors.Is(err, fleet.ErrMove):
		return notice.New("room-moved", errors.Join(api.ErrConflict, err))
	case errors.Is(err, platform.ErrNoData):
		return notice.New("room-order-deleted", errors.Join(api.ErrConflict, err))
	case errors.Is(err, dispatch.ErrNotToShip):
		return notice.New(notice.CodeOf(err), errors.Join(api.ErrConflict, err))
	case errors.Is(err, fleet.ErrDenied):
		return notice.New("room-platform-only", errors.Join(api.ErrConflict, err))
	case errors.Is(err, fleet.ErrRevoked):
		return notice.New("fleet-revoked", errors.Join(api.ErrUnready, err), r.db.Name())
	}
	return err
}
