package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/bench"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/agent/internal/store"
)

// fleetMember is this station in its fleet.
type fleetMember struct {
	db    *fleet.DB
	bench *bench.Bench
}

// openFleet makes the station a member of the fleet that its settings name. It does
// not reach for the database: a station starts without it, and prints what it may.
func (a *App) openFleet(ctx context.Context, keys seal.Keystore) error {
	f := a.config.Fleet
	if !f.Member() {
		return nil
	}
	if err := fleetSecrets(a.config); err != nil && !a.options.Apart {
		return err
	}
	memory, err := bench.Memory(ctx, a.Ledger)
	if err != nil {
		return storeNotice(err, a.options.Data)
	}
	db, err := reachFleet(ctx, a.config, keys, memory)
	if err != nil {
		return err
	}
	a.fleet = &fleetMember{db: db, bench: &bench.Bench{
		DB: db, Ledger: a.Ledger, Station: f.Station, Printers: a.Station.Printers,
		Ahead: f.Ahead, Lot: f.Lot, Log: a.log.Logger, Say: a.Station.Say,
	}}
	a.Station.Fence, a.Station.Shared = a.fleet.bench, !a.options.Apart
	return nil
}

// fleetSecrets refuses a bench that has platforms or carriers in its settings: their
// secrets are at platform stations only, for there are many benches, and each of
// them may be carried away.
func fleetSecrets(c *config.Config) error {
	if c.Fleet.Member() && !c.Fleet.Platform && (c.UsesJD() || len(c.Accounts) > 0) {
		return notice.New("fleet-secrets", nil)
	}
	return nil
}

// reachFleet returns the way to the fleet's database.
func reachFleet(ctx context.Context, c *config.Config, keys seal.Keystore, memory fleet.Memory) (*fleet.DB, error) {
	key, err := fleet.KeyFrom(keys, false)
	if errors.Is(err, seal.ErrNotFound) {
		return nil, notice.New("fleet-no-key", err)
	}
	if err != nil {
		return nil, err
	}
	password, err := seal.Secret(keys, secret.FleetPassword)
	if errors.Is(err, seal.ErrNotFound) {
		return nil, notice.New("fleet-no-key", err)
	}
	if err != nil {
		return nil, err
	}
	conns := int32(4)
	if c.Fleet.Platform { // River's workers have theirs
		conns = 16
	}
	return fleet.Open(ctx, fleet.Config{DSN: c.Fleet.DSN, Password: password, Station: c.Fleet.Station, Key: key, Memory: memory, MaxConns: conns})
}

// runFleet works for the fleet until ctx ends.
func (a *App) runFleet(ctx context.Context) {
	if a.fleet == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if !a.config.Fleet.Platform {
			return
		}
		if err := platform.Run(ctx, platform.Options{DB: a.fleet.db, Station: a.Station, Rates: a.config.CallEvery(), Accounts: a.config.CallAccounts()}); err != nil && ctx.Err() == nil {
			a.log.Error("this station does no platform's work any more", "error", err)
			a.Station.Say(dispatch.Notice(err))
		}
	}()
	a.fleet.bench.Run(ctx)
	<-done
}

func (a *App) closeFleet() {
	if a.fleet != nil {
		a.fleet.db.Close()
	}
}

// fleetPatience is how long the doctor waits for the fleet's database.
const fleetPatience = 10 * time.Second

// farOff is a difference of clocks of which people are told.
const farOff = 30 * time.Second

// CheckFleet looks at the fleet from here: the way to its database, what a commit
// there is worth, the clock, and what it has not been told. It changes nothing.
func CheckFleet(ctx context.Context, c *config.Config, keys seal.Keystore, data string) []Check {
	if !c.Fleet.Member() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, fleetPatience)
	defer cancel()
	all := checkDatabase(ctx, c, keys)
	return append(all, checkTold(ctx, c, data)...)
}

func checkDatabase(ctx context.Context, c *config.Config, keys seal.Keystore) []Check {
	const what = "fleet"
	if err := fleetSecrets(c); err != nil {
		return []Check{{What: what, Err: err}}
	}
	db, err := reachFleet(ctx, c, keys, fleet.Memory{})
	if err != nil {
		return []Check{{What: what, Err: err}}
	}
	defer db.Close()
	var now time.Time
	asked := time.Now()
	err = db.Call(ctx, "clock", `SELECT clock_timestamp()`, nil, func(r pgx.Rows) error { return r.Scan(&now) })
	took := time.Since(asked)
	me, known := db.Me(ctx)
	if err = errors.Join(err, known); err != nil {
		if errors.Is(err, fleet.ErrRevoked) {
			return []Check{{What: what, Err: notice.New("fleet-revoked", err, c.Fleet.Station)}}
		}
		return []Check{{What: what, Err: notice.New("fleet-away", err)}}
	}
	all := []Check{{What: what, Says: notice.Phrase{
		fmt.Sprintf("connected as %s, %s", me.Name, map[bool]string{true: "a platform station", false: "a bench"}[me.Platform]),
		fmt.Sprintf("已连接，本站为 %s（%s）", me.Name, map[bool]string{true: "平台工位", false: "普通工位"}[me.Platform]),
	}}}
	clock := Check{What: "fleet clock", Says: notice.Phrase{"agrees with the database's", "与数据库一致"}}
	if off := asked.Add(took/2).Sub(now).Abs() - took; off > farOff {
		clock.Err = notice.New("fleet-clock", nil, int(off.Seconds()))
	}
	durable := Check{What: "fleet durability"}
	d, err := db.Durability(ctx)
	switch {
	case err != nil:
		durable.Err = notice.New("fleet-away", err)
	case d.Why != "":
		durable.Err = notice.New(notice.Code(d.Why), nil)
	case d.Failover:
		durable.Says = notice.Phrase{fmt.Sprintf("a commit waits for a standby (%d connected)", d.Standbys), fmt.Sprintf("提交等待备库（已连接 %d 个）", d.Standbys)}
	default:
		durable.Says = notice.Phrase{"one server, which writes to disk before it answers; no failover", "单台服务器，应答前落盘；无备库切换"}
	}
	return append(all, clock, durable)
}

// checkTold looks into the station's own database.
func checkTold(ctx context.Context, c *config.Config, data string) []Check {
	if !store.Exists(data) {
		return nil
	}
	db, err := store.OpenRead(ctx, data)
	if errors.Is(err, store.ErrOlder) {
		return nil // nothing of a fleet is in it
	}
	if err != nil {
		return []Check{{What: "fleet reports", Err: storeNotice(err, data)}}
	}
	defer db.Close()
	s, err := ledger.StandingInFleet(ctx, db)
	if err != nil {
		return []Check{{What: "fleet reports", Err: storeNotice(err, data)}}
	}
	told := Check{What: "fleet reports", Says: notice.Phrase{"all that became of labels is told", "面单结果均已告知"}}
	switch {
	case s.Untold > 0:
		told.Err = notice.New("fleet-untold", nil, s.Untold, s.Since.Format("2006-01-02 15:04"))
	case s.Refused > 0:
		told.Err = notice.New("fleet-contradicted", nil, s.LastRefused)
	}
	lot := Check{What: "fleet lot", Says: notice.Phrase{
		fmt.Sprintf("%d of %d labels can print without the database; %d of the fleet wait here", s.Lot, c.Fleet.Lot, s.Queued),
		fmt.Sprintf("数据库断开时可打印 %d/%d 张；本站有 %d 张多站面单在等待", s.Lot, c.Fleet.Lot, s.Queued),
	}}
	return []Check{told, lot}
}
