// Package bench joins a station's own ledger to the database that it shares with
// others.
//
// A bench prints from its own ledger, as a station that stands alone does: what it
// claims becomes an order and a label there, and what comes of it is told to the
// database from there. So nothing that happens to the network, to the database or
// to this program in the middle of a step can lose or double a label: the ledger
// knows what may have left, and the database knows who may begin. The two meet at
// one point, the fence, which is asked when the printer stands ready.
//
// Everything else here is a small loop that may stop anywhere and is made up for by
// the next turn: the beat, claiming, telling. What the two have come to know
// differently is put right by comparing them, after a start and whenever the
// database comes back.
package bench

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// Bench is this station in its fleet. All fields are set before Run.
type Bench struct {
	DB       *fleet.DB
	Ledger   *ledger.Ledger
	Station  string // this station's name in the fleet
	Printers []*dispatch.Printer
	Ahead    int // labels claimed before their printer is free, for each printer
	Lot      int // labels that may print while the database is away
	Log      *slog.Logger
	Say      func(*notice.Error)
	// Every is how often the bench says that it is alive; zero is fleet.BeatEvery.
	Every time.Duration

	// turn is held by whoever moves labels between database and ledger: what one
	// reads of both must not be half of another's work.
	turn    sync.Mutex
	unready map[fleet.Ref]time.Time // claimed, and not to be opened; since when
	outside map[fleet.Ref]bool      // claimed, and not let into the lot

	// refused is held by whoever says that the database is back, or looks whether it
	// is, to have labels go first again that were refused without it.
	refused sync.Mutex

	mu      sync.Mutex
	away    bool // the last question had no answer
	revoked bool
	told    bool // people know that it is away
	beaten  fleet.Beaten
	at      time.Time // when the last beat began that was answered
	silence silence
}

// tick is the safety net under the database's wake-up calls.
const tick = time.Second

// Run works until ctx ends. It goes on without the database, and does not wait for
// it to begin.
func (b *Bench) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { b.beats(ctx) })
	work.Go(func() { b.claims(ctx) })
	work.Go(func() { b.tells(ctx) })
	work.Wait()
}

// heard takes in how the database answered. Only a beat that was answered says that
// it is back. It returns whether there is reason to go on asking.
func (b *Bench) heard(ctx context.Context, err error) bool {
	switch {
	case err == nil:
		b.answered(ctx)
		return true
	case ctx.Err() != nil:
	case errors.Is(err, fleet.ErrAway):
		b.goneAway(ctx, err)
	case errors.Is(err, fleet.ErrRevoked):
		b.putOut(ctx)
	default:
		b.Log.Warn("fleet", "error", err)
	}
	return false
}

// answered ends a time without the database. What the fence has refused meanwhile
// goes first again, before anything that stood behind it may pass.
func (b *Bench) answered(ctx context.Context) {
	b.refused.Lock()
	defer b.refused.Unlock()
	b.offer(ctx)
	b.mu.Lock()
	was := b.away
	b.away, b.told = false, false
	if b.revoked { // its login was closed for a while: what it has let go of is to be compared
		b.revoked, b.at = false, time.Time{}
	}
	b.mu.Unlock()
	if was {
		b.Log.Info("the fleet's database is back")
	}
}

// PutBack implements dispatch.Fence. A label that was refused while the database came
// back, and is in the queue again only now, must not wait as if it were still away.
func (b *Bench) PutBack(ctx context.Context, why error) {
	if !errors.Is(why, fleet.ErrAway) {
		return
	}
	b.refused.Lock()
	defer b.refused.Unlock()
	if !b.isAway() {
		b.offer(ctx)
	}
}

// offer ends the wait of what the fence has refused. b.refused is held.
func (b *Bench) offer(ctx context.Context) {
	if err := b.Ledger.OfferFleet(ctx); err != nil && ctx.Err() == nil { // it ends by itself after some seconds
		b.Log.Warn("labels of the fleet wait on", "error", err)
	}
}

// goneAway tells people once how far they get without the database.
func (b *Bench) goneAway(ctx context.Context, err error) {
	b.mu.Lock()
	first := !b.told
	b.away, b.told = true, true
	b.mu.Unlock()
	if !first {
		return
	}
	s, counted := b.Ledger.FleetStanding(ctx)
	if counted != nil {
		b.Log.Warn("fleet", "error", counted)
	}
	b.Log.Warn("the fleet's database is away", "lot", s.Lot, "error", err)
	b.Say(notice.New("fleet-away-lot", err, s.Lot))
}

// putOut ends the station's part in the fleet: what waits here is others' now, and
// what it was told that it may print without asking it may not any more.
func (b *Bench) putOut(ctx context.Context) {
	b.mu.Lock()
	first := !b.revoked
	b.revoked = true
	b.mu.Unlock()
	if !first {
		return
	}
	b.Say(notice.New("fleet-revoked", nil, b.Station))
	held, err := b.Ledger.FleetHeld(ctx)
	for _, h := range held {
		if h.Waits() {
			err = errors.Join(err, b.letGo(ctx, h.FleetRef, "fleet-revoked-label"))
		}
	}
	if err != nil {
		b.Log.Error("labels of the fleet are not let go", "error", err)
		b.mu.Lock()
		b.revoked = false // once more
		b.mu.Unlock()
	}
}

// letGo takes a label out of this station's queue for good. Of one that may have
// left it says so.
func (b *Bench) letGo(ctx context.Context, ref ledger.FleetRef, why string) error {
	err := b.Ledger.LetGo(ctx, ref, why)
	if errors.Is(err, ledger.ErrBegun) {
		return nil // meanwhile; what comes of it is told
	}
	if err == nil {
		b.Log.Info("let go", "label", ref.ID, "why", why)
	}
	return err
}

func (b *Bench) isAway() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.away
}

func (b *Bench) isRevoked() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.revoked
}

func refOf(r ledger.FleetRef) fleet.Ref { return fleet.Ref{ID: r.ID, Epoch: r.Epoch} }
func ours(r fleet.Ref) ledger.FleetRef  { return ledger.FleetRef{ID: r.ID, Epoch: r.Epoch} }
