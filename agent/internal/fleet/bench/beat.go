package bench

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// beats says that this station is alive, and does what the answer asks for. A
// database that was away is asked each second: labels wait for it.
func (b *Bench) beats(ctx context.Context) {
	every := b.Every
	if every == 0 {
		every = fleet.BeatEvery
	}
	for ctx.Err() == nil {
		again := time.Now().Add(every)
		well := b.heard(ctx, b.beat(ctx))
		for more := true; more && ctx.Err() == nil; more = well && !b.isAway() && time.Now().Before(again) {
			select {
			case <-time.After(min(tick, every)):
			case <-ctx.Done():
			}
		}
	}
}

// What the ledger keeps of the fleet.
const (
	deletionsSeen = "deletions" // the cursor behind the last that was done here
	memoryKept    = "memory"    // what the station remembers of the database
)

func (b *Bench) beat(ctx context.Context) error {
	memory, err := Memory(ctx, b.Ledger)
	if err != nil {
		return err
	}
	held, err := b.Ledger.FleetHeld(ctx)
	if err != nil {
		return err
	}
	report := fleet.Report{Memory: memory, Printers: b.printers(held)}
	for _, h := range held {
		if h.Waits() && !h.Lot && !h.Again {
			report.Holds = append(report.Holds, refOf(h.FleetRef))
		}
	}
	began := time.Now()
	said, err := b.DB.Beat(ctx, report)
	if errors.Is(err, fleet.ErrAway) && ctx.Err() == nil {
		b.unanswered(began)
	}
	if err != nil {
		return err
	}
	if err := b.keep(ctx, memory, said.Memory); err != nil {
		return err
	}
	b.mu.Lock()
	// A station that was silent, as one that slept was, may be taken for dead.
	back := b.away || !b.fresh() || said.Restored
	was := b.beaten.Durability
	b.mu.Unlock()
	if back {
		if err := b.compare(ctx); err != nil {
			return err
		}
	}
	// Before labels of the lot may print again: somebody may want them back.
	done := errors.Join(b.void(ctx, said.Void), b.giveBack(ctx, said.Back))
	b.mu.Lock()
	b.beaten, b.at, b.silence = said, began, silence{}
	b.mu.Unlock()
	if why := said.Durability.Why; why != "" && why != was.Why {
		b.Log.Warn("the fleet's promise is withdrawn", "why", why)
		b.Say(notice.New(notice.Code(why), nil))
	}
	if said.Restored {
		b.Say(notice.New("fleet-restored", nil))
	}
	return errors.Join(done, b.delete(ctx, said.Deletions), b.tryUnready(ctx))
}

// compared reports whether the ledger was compared with the database since it came
// last.
func (b *Bench) compared() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.at.IsZero()
}

// printers is what the room shows of this station.
func (b *Bench) printers(held []ledger.FleetHeld) []fleet.Printer {
	list := make([]fleet.Printer, len(b.Printers))
	for i, p := range b.Printers {
		c := p.Condition()
		list[i] = fleet.Printer{Name: p.Name, Group: p.Group, Paper: p.Paper, Ready: c.Trouble == nil}
		if c.Trouble != nil {
			list[i].Trouble = string(c.Trouble.Code)
			if len(c.Status.Reasons) > 0 {
				list[i].Trouble = string(c.Status.Reasons[0])
			}
		}
		for _, h := range held {
			if h.Waits() && h.Paper == p.Paper {
				list[i].Left++
			}
		}
	}
	return list
}

// Memory is what a station remembers of its fleet's database.
func Memory(ctx context.Context, l *ledger.Ledger) (m fleet.Memory, err error) {
	text, err := l.FleetKept(ctx, memoryKept)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &m)
	}
	return m, err
}

func (b *Bench) keep(ctx context.Context, was, is fleet.Memory) error {
	if was == is {
		return nil
	}
	text, err := json.Marshal(is)
	if err != nil {
		return err
	}
	return b.Ledger.KeepFleet(ctx, memoryKept, string(text))
}

// void lets go of labels that were claimed here and are not this station's any more.
func (b *Bench) void(ctx context.Context, refs []fleet.Ref) (err error) {
	b.turn.Lock()
	defer b.turn.Unlock()
	for _, r := range refs {
		err = errors.Join(err, b.letGo(ctx, ours(r), "fleet-taken"))
	}
	return err
}

// giveBack returns what a person wants back: first the ledger lets go of it, on disk,
// and only then the database may give it to others.
func (b *Bench) giveBack(ctx context.Context, refs []fleet.Ref) (err error) {
	b.turn.Lock()
	defer b.turn.Unlock()
	for _, r := range refs {
		err = errors.Join(err, b.handOver(ctx, r))
	}
	return err
}

func (b *Bench) handOver(ctx context.Context, r fleet.Ref) error {
	known, here, err := b.Ledger.FleetKnown(ctx, r.ID)
	if err != nil {
		return err
	}
	if !here || known.Epoch != r.Epoch {
		// Started by this station under a claim that its ledger does not know: that
		// ledger is lost, and only a person can say what it printed.
		return nil
	}
	if err := b.Ledger.LetGo(ctx, ours(r), "fleet-wanted-back"); errors.Is(err, ledger.ErrBegun) {
		return nil // it prints here; what comes of it is told
	} else if err != nil {
		return err
	}
	if err := b.DB.Release(ctx, []fleet.Ref{r}); err != nil { // if it was claimed only
		return err
	}
	err = b.DB.GiveBack(ctx, r)
	if errors.Is(err, fleet.ErrMove) || errors.Is(err, fleet.ErrTaken) {
		return nil
	}
	return err
}

// delete deletes what the fleet has deleted, since the last that was seen.
func (b *Bench) delete(ctx context.Context, newest int64) error {
	kept, err := b.Ledger.FleetKept(ctx, deletionsSeen)
	if err != nil {
		return err
	}
	if kept == "" { // it has never been here, and has nothing of what was deleted before
		return b.Ledger.KeepFleet(ctx, deletionsSeen, strconv.FormatInt(newest, 10))
	}
	after, _ := strconv.ParseInt(kept, 10, 64)
	if newest <= after {
		return nil
	}
	list, _, err := b.DB.Deletions(ctx, after)
	if err != nil {
		return err
	}
	next := after
	for _, d := range list {
		_, err := b.Ledger.Delete(ctx, d.Order, ledger.Person{Who: "fleet", Why: "deleted in the fleet"})
		if errors.Is(err, ledger.ErrBusy) {
			break // a label in a printer's hand: at the next beat
		}
		if err != nil && !errors.Is(err, ledger.ErrNoOrder) {
			return err
		}
		if err == nil {
			b.Log.Info("deleted in the fleet", "order", d.Order.ID)
		}
		next = d.Cursor
	}
	if next == after {
		return nil
	}
	return b.Ledger.KeepFleet(ctx, deletionsSeen, strconv.FormatInt(next, 10))
}

// tryUnready looks whether labels that could not be opened can be by now, or are
// somebody else's.
func (b *Bench) tryUnready(ctx context.Context) error {
	b.turn.Lock()
	defer b.turn.Unlock()
	if len(b.unready) == 0 {
		return nil
	}
	mine, err := b.DB.Mine(ctx)
	if err != nil {
		return err
	}
	still := map[fleet.Ref]time.Time{}
	for _, h := range mine {
		if since, waits := b.unready[h.Ref]; waits && h.State == fleet.Claimed {
			still[h.Ref] = since
		}
	}
	b.unready = still
	for ref := range still {
		if err := b.takeIn(ctx, []fleet.Label{{Ref: ref}}); err != nil {
			return err
		}
	}
	return nil
}
