package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"miandan/agent/internal/bench/past"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// fewOrders is the history that a longer one is compared with.
const fewOrders = 10_000

// opened is a ledger that no agent has open.
type opened struct {
	*ledger.Ledger
	db *store.DB
}

func openLedger(ctx context.Context, data string) (o *opened, err error) {
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return nil, err
	}
	sealer, err := seal.Open(keys, data, false)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	o = &opened{ledger.New(db, sealer, time.Now), db}
	if _, err := o.Recover(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return o, nil
}

func (o *opened) close(ctx context.Context) error {
	return errors.Join(o.Stop(ctx), o.db.Checkpoint(ctx), o.db.Close())
}

// fill makes a ledger with so many orders of history and so many labels that wait.
func fill(ctx context.Context, data string, history, queued int) (err error) {
	o, err := openLedger(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close(ctx)) }()
	if err := past.Fill(ctx, o.db, history, time.Now()); err != nil {
		return err
	}
	return past.Queue(ctx, o.db, o.Ledger, queued, time.Now())
}

// cost compares what a label costs the ledger in the folder with what it costs one
// of a short history. The two take turns, so that both have the same computer.
func (b *bench) cost(ctx context.Context, data string) (err error) {
	if b.History <= fewOrders {
		b.absent("history-cost", fmt.Errorf("it takes a history of more than %d orders: --history 1000000", fewOrders))
		return nil
	}
	b.Tell("what a label costs the ledger")
	short := filepath.Join(b.dir, "short")
	if err := os.Mkdir(short, 0o700); err != nil {
		return err
	}
	var both [2]*opened
	var took [2][]time.Duration
	// A key store of its own: in that of the other it would be an old copy.
	err = withKeys(filepath.Join(b.dir, "short-keys"), func() (err error) {
		if err = fill(ctx, short, fewOrders, b.Queued); err == nil {
			both[0], err = openLedger(ctx, short)
		}
		return err
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, both[0].close(ctx)) }()
	if both[1], err = openLedger(ctx, data); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, both[1].close(ctx)) }()
	for n := range 300 {
		for i, o := range both {
			at := clock()
			if err := past.Print(ctx, o.Ledger, b.Queued+n); err != nil {
				return err
			}
			if n >= 50 { // then it has in memory what it needs
				took[i] = append(took[i], clock()-at)
			}
		}
	}
	var p50 [2]float64
	for i := range took {
		slices.Sort(took[i])
		p50[i] = ms(took[i][len(took[i])/2])
	}
	b.add(Line{
		Name: "history-cost", Part: Agent, Value: p50[1] / p50[0], Unit: "×",
		What: fmt.Sprintf("what a label costs the ledger, %d orders of history against %d: %.1f ms : %.1f ms", b.History, fewOrders, p50[1], p50[0]),
	}, Reach{Figure: "value", Want: 1.2, Most: true})
	return nil
}
