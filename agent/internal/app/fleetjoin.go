package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"miandan/agent/internal/config"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/bench"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/agent/internal/store"
)

// JoinFleet makes this computer the station that a code was made for. The password
// and the key are in the key store before the database hears of them, so that an
// answer that is lost is asked for again with the same; the settings are written
// last, for a station with them tries to work. The agent must not run: what it had
// before is told to the fleet, and must not grow meanwhile.
func JoinFleet(ctx context.Context, data, settings, dsn, typed string) (fleet.Station, error) {
	code, err := fleet.ParseCode(typed)
	if err != nil {
		return fleet.Station{}, err
	}
	c, err := Settings(settings)
	if err != nil {
		return fleet.Station{}, err
	}
	if c.Fleet.Member() {
		return fleet.Station{}, notice.New("fleet-joined", nil, c.Fleet.Station)
	}
	lock, err := host.TakeLock(data)
	if err != nil {
		return fleet.Station{}, err
	}
	defer lock.Release()
	had, err := hadBefore(ctx, data)
	if err != nil {
		return fleet.Station{}, err
	}
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return fleet.Station{}, err
	}
	password, err := seal.Secret(keys, secret.FleetPassword)
	if errors.Is(err, seal.ErrNotFound) {
		password = secret.New(rand.Text())
		err = seal.SetSecret(keys, secret.FleetPassword, password)
	}
	if err != nil {
		return fleet.Station{}, err
	}
	key, err := fleet.KeyFrom(keys, true)
	if err != nil {
		return fleet.Station{}, err
	}
	me, err := fleet.Join(ctx, dsn, code, password, key.Public())
	if err != nil {
		return fleet.Station{}, err
	}
	if err := tellBefore(ctx, fleet.Config{DSN: dsn, Password: password, Station: me.Name, Key: key, MaxConns: 1}, had); err != nil {
		return me, err
	}
	err = editSettings(settings, func(file []byte) ([]byte, error) {
		// The address last: without it the rest says nothing.
		for _, v := range [][2]string{
			{"fleet.station", me.Name}, {"fleet.zone", me.Zone}, {"fleet.platform", strconv.FormatBool(me.Platform)}, {"fleet.dsn", dsn},
		} {
			var err error
			if file, err = config.SetValue(settings, file, v[0], v[1]); err != nil {
				return nil, err
			}
		}
		return file, nil
	})
	if err != nil {
		return me, settingNotice(err)
	}
	return me, nil
}

// hadBefore returns the orders that have their number from this station. It is refused
// while something is open that a member of a fleet would leave lying.
func hadBefore(ctx context.Context, data string) ([]ledger.Numbered, error) {
	if !store.Exists(data) {
		return nil, nil
	}
	db, err := store.OpenRead(ctx, data)
	if err != nil {
		return nil, storeNotice(err, data)
	}
	defer db.Close()
	had, err := ledger.MayJoinFleet(ctx, db)
	if open := (*ledger.JoinOpen)(nil); errors.As(err, &open) {
		return nil, notice.New("fleet-join-open", err, open.Orders, open.Labels, open.Messages)
	}
	if err != nil {
		return nil, storeNotice(err, data)
	}
	return had, nil
}

// tellBefore tells the fleet which orders need no number any more. Until it has heard,
// the station does not work for it: a platform goes on offering them.
func tellBefore(ctx context.Context, c fleet.Config, had []ledger.Numbered) error {
	if len(had) == 0 {
		return nil
	}
	db, err := fleet.Open(ctx, c)
	if err != nil {
		return err
	}
	defer db.Close()
	switch _, err = db.HadBefore(ctx, had); {
	case errors.Is(err, fleet.ErrAway):
		return notice.New("fleet-away", err)
	case errors.Is(err, fleet.ErrMove), errors.Is(err, fleet.ErrRevoked):
		return notice.New("fleet-code-used", err)
	case err != nil:
		return notice.New("fleet-join-history", err)
	}
	return nil
}

// LeaveFleet makes this station one that stands alone. The agent must not run.
func LeaveFleet(ctx context.Context, data, settings, who string) error {
	c, err := Settings(settings)
	if err != nil {
		return err
	}
	if !c.Fleet.Member() {
		return notice.New("fleet-none", nil)
	}
	lock, err := host.TakeLock(data)
	if err != nil {
		return err
	}
	defer lock.Release()
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return err
	}
	if err := leaveWithLedger(ctx, c, keys, data, who); err != nil {
		return err
	}
	if err := editSettings(settings, func(file []byte) ([]byte, error) { return config.SetValue(settings, file, "fleet.dsn", "") }); err != nil {
		return settingNotice(err)
	}
	if err := fleet.ForgetKey(keys); err != nil && !errors.Is(err, seal.ErrNotFound) {
		return err
	}
	if err := keys.Delete(secret.FleetPassword); err != nil && !errors.Is(err, seal.ErrNotFound) {
		return err
	}
	return nil
}

func leaveWithLedger(ctx context.Context, c *config.Config, keys seal.Keystore, data, who string) error {
	sealer, err := seal.Open(keys, data, store.Exists(data))
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, data)
	if err != nil {
		return storeNotice(err, data)
	}
	defer db.Close()
	book := ledger.New(db, sealer, time.Now)
	memory, err := bench.Memory(ctx, book)
	if err != nil {
		return storeNotice(err, data)
	}
	way, err := reachFleet(ctx, c, keys, memory)
	if err != nil {
		return err
	}
	defer way.Close()
	b := &bench.Bench{DB: way, Ledger: book, Station: c.Fleet.Station, Log: slog.New(slog.DiscardHandler), Say: func(*notice.Error) {}}
	err = b.Leave(ctx, ledger.Person{Who: who, Why: "fleet leave"})
	var open *ledger.LeftOpen
	switch {
	case errors.As(err, &open):
		return notice.New("fleet-left-open", err, open.Started, open.Untold)
	case errors.Is(err, fleet.ErrAway):
		return notice.New("fleet-away", err)
	}
	return err
}

// ReachFleet returns this station's way to its fleet, for the command line.
func ReachFleet(ctx context.Context, data, settings string) (*fleet.DB, error) {
	c, err := Settings(settings)
	if err != nil {
		return nil, err
	}
	if !c.Fleet.Member() {
		return nil, notice.New("fleet-none", nil)
	}
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return nil, err
	}
	return reachFleet(ctx, c, keys, fleet.Memory{})
}
