package bench

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// atOnce is how much is told in one commit of the database.
const atOnce = 50

// tells tells the fleet what became of its labels, as the ledger has kept it, also
// after days. What is told twice is told once.
func (b *Bench) tells(ctx context.Context) {
	for ctx.Err() == nil {
		changed := b.Ledger.Changes()
		n, err := b.tell(ctx)
		if n > 0 && err == nil {
			continue
		}
		if err != nil {
			b.heard(ctx, err)
			changed = nil
		}
		select {
		case <-changed:
		case <-time.After(tick):
		case <-ctx.Done():
		}
	}
}

// tell tells what is due, and returns how much.
func (b *Bench) tell(ctx context.Context) (int, error) {
	if b.isAway() || b.isRevoked() {
		return 0, nil
	}
	news, err := b.Ledger.Untold(ctx, atOnce)
	if err != nil || len(news) == 0 {
		return 0, err
	}
	news = oneOfEach(news)
	err = b.say(ctx, news)
	if refused(err) { // one of them: the others are heard each for itself
		for _, n := range news {
			if err = b.say(ctx, []ledger.FleetNews{n}); refused(err) {
				err = b.contradicted(ctx, n, err)
			}
			if err != nil {
				return 0, err
			}
		}
	}
	return len(news), err
}

// oneOfEach returns the news up to the second about the same label: what follows from
// the first is told behind it.
func oneOfEach(news []ledger.FleetNews) []ledger.FleetNews {
	of := map[int64]bool{}
	for i, n := range news {
		if of[n.ID] {
			return news[:i]
		}
		of[n.ID] = true
	}
	return news
}

// refused reports whether the database has heard and would not have it.
func refused(err error) bool {
	return err != nil && !errors.Is(err, fleet.ErrAway) && !errors.Is(err, fleet.ErrRevoked) && !errors.Is(err, context.Canceled)
}

func (b *Bench) say(ctx context.Context, news []ledger.FleetNews) error {
	seqs := make([]int64, len(news))
	var settled []fleet.Settled
	for i, n := range news {
		seqs[i] = n.Seq
		switch n.State {
		case ledger.Reprinting: // told with what came of it
		case ledger.OnParcel:
			cancelled, err := b.DB.Scanned(ctx, []int64{n.ID}, n.Who, n.At)
			if err != nil {
				return err
			}
			for _, order := range cancelled { // the parcel is in hand here, and the platform's word has come elsewhere
				b.Say(notice.New("order-cancelled-too-late", nil, order))
			}
		default:
			settled = append(settled, settledOf(n))
		}
	}
	if len(settled) > 0 {
		if err := b.DB.Settle(ctx, settled); err != nil {
			return err
		}
	}
	return b.Ledger.FleetTold(ctx, seqs, "")
}

// settledOf is news in the fleet's words.
func settledOf(n ledger.FleetNews) fleet.Settled {
	return fleet.Settled{Ref: fleet.Ref{ID: n.ID, Epoch: n.Epoch}, State: fleet.State(n.State), Evidence: n.Evidence, Printer: n.Printer, At: n.At, Copy: n.Copy, Who: n.Who, Why: n.Why}
}

// contradicted keeps what the fleet would not have: a person has to look, and what
// is behind it must not wait.
func (b *Bench) contradicted(ctx context.Context, n ledger.FleetNews, why error) error {
	b.Log.Error("the fleet would not have what came of a label", "label", n.ID, "epoch", n.Epoch, "state", n.State, "error", why)
	b.Say(notice.New("fleet-contradicted", nil, n.ID))
	return b.Ledger.FleetTold(ctx, []int64{n.Seq}, "fleet-contradicted")
}
