package app

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// Delete implements api.Deleter.
func (s *station) Delete(ctx context.Context, a api.Delete) (api.Deleted, error) {
	d, known, err := s.deleteInFleet(ctx, a)
	if !known && err == nil {
		d, err = deleteOrder(ctx, s.Ledger, a)
	}
	if err == nil {
		s.log.Info("personal data deleted", "order", d.Order, "cancelled", d.Cancelled, "returned", d.Returned, "unknown", d.Unknown)
	}
	return d, err
}

// deleteInFleet deletes an order's data in the fleet's database, from where every station
// hears of it, this one too. Only a station that takes numbers may. It is not known if the
// fleet has no such order.
func (s *station) deleteInFleet(ctx context.Context, a api.Delete) (d api.Deleted, known bool, err error) {
	if s.fleet == nil || !s.config.Fleet.Platform {
		return d, false, nil
	}
	e, err := s.fleet.db.Erase(ctx, a.Order, a.Who, a.Reason)
	switch {
	case err != nil:
		return d, true, s.wallRoom().(room).told(err)
	case e.Found > 1:
		return d, true, notice.New("order-ambiguous", api.ErrConflict, a.Order)
	case e.Busy:
		return d, true, notice.New("order-busy", api.ErrConflict, a.Order)
	}
	return api.Deleted{Order: e.Order, Cancelled: e.Cancelled, Returned: e.Returned, Unknown: e.Unknown, Already: e.Already, Emptied: true, Fleet: true}, e.Found == 1, nil
}

// Delete deletes an order's personal data where no agent runs. It is a run of its
// own: what the last one left half done is seen to first, and numbers that go back
// to their carrier go with the next.
func Delete(ctx context.Context, data string, a api.Delete) (d api.Deleted, err error) {
	if !store.Exists(data) {
		return d, notice.New("database-none", store.ErrNone, data)
	}
	lock, err := host.TakeLock(data)
	if err != nil {
		return d, err
	}
	defer lock.Release()
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return d, err
	}
	sealer, err := seal.Open(keys, data, true)
	if err != nil {
		return d, err
	}
	db, err := store.Open(ctx, data)
	if err != nil {
		return d, storeNotice(err, data)
	}
	defer db.Close()
	l := ledger.New(db, sealer, time.Now)
	if _, err := l.Recover(ctx); err != nil {
		return d, storeNotice(err, data)
	}
	d, err = deleteOrder(ctx, l, a)
	return d, storeNotice(errors.Join(err, l.Stop(ctx)), data)
}

func deleteOrder(ctx context.Context, l *ledger.Ledger, a api.Delete) (api.Deleted, error) {
	found, err := l.Named(ctx, a.Order)
	switch {
	case err != nil:
		return api.Deleted{}, err
	case len(found) == 0:
		return api.Deleted{}, notice.New("order-not-found", api.ErrNotFound, a.Order)
	case len(found) > 1:
		return api.Deleted{}, notice.New("order-ambiguous", api.ErrConflict, a.Order)
	}
	key := found[0]
	switch of, err := l.OfFleet(ctx, key); {
	case err != nil:
		return api.Deleted{}, err
	case of:
		return api.Deleted{}, notice.New("delete-in-fleet", api.ErrConflict, key.ID)
	}
	d, err := l.Delete(ctx, key, ledger.Person{Who: a.Who, Why: a.Reason})
	switch {
	case errors.Is(err, ledger.ErrBusy):
		return api.Deleted{}, notice.New("order-busy", api.ErrConflict, key.ID)
	case errors.Is(err, ledger.ErrDeleteWhy):
		return api.Deleted{}, notice.New("delete-reason-missing", err)
	}
	return api.Deleted{Order: key.ID, Cancelled: d.Cancelled, Returned: d.Returned, Unknown: d.Unknown, Already: d.Already, Emptied: d.Emptied}, err
}
