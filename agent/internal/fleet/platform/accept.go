package platform

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

type pollArgs struct {
	Source string `json:"source"`
}

func (pollArgs) Kind() string { return "poll" }

// poll reads what is new on a platform. All of it, and the cursor behind it, becomes
// true in one transaction: whoever dies in between has read nothing.
func (w *worker) poll(ctx context.Context, job *river.Job[pollArgs]) error {
	name := job.Args.Source
	source, ok := w.Station.Sources[name]
	if !ok {
		return river.JobSnooze(5 * time.Second) // another station has it
	}
	var after string
	if err := w.DB.Call(ctx, "cursor", `SELECT miandan.source_cursor($1)`, []any{name}, func(r pgx.Rows) error { return r.Scan(&after) }); err != nil {
		return w.untilNext(ctx, err)
	}
	orders, cursor, err := source.Orders(w.paced(ctx, nil), platform.Cursor(after))
	if err != nil {
		return w.untilNext(ctx, err)
	}
	if len(orders) == 0 && string(cursor) == after {
		return nil
	}
	to, err := w.platforms(ctx)
	if err != nil {
		return w.untilNext(ctx, err)
	}
	verdicts := make([]ledger.Verdict, len(orders))
	err = w.DB.Together(ctx, "poll", func(tx *fleet.Tx) error {
		stands := false
		if err := tx.Call(ctx, `SELECT miandan.source_lock($1, $2)`, []any{name, after}, func(r pgx.Rows) error { return r.Scan(&stands) }); err != nil || !stands {
			return err // somebody else has read on: what was read here comes again
		}
		for i, o := range orders {
			if verdicts[i], err = w.accept(ctx, tx, o, to, false); err != nil {
				return err
			}
		}
		return tx.Call(ctx, `SELECT miandan.source_advance($1, $2, $3)`, []any{name, after, string(cursor)}, nil)
	})
	if err != nil {
		return w.untilNext(ctx, err)
	}
	for i, o := range orders {
		if verdicts[i] != "" && verdicts[i] != ledger.Same {
			w.log.Info("order", "order", o.ID, "verdict", verdicts[i], "state", o.State)
		}
	}
	return nil
}

// known is what the database says of an order, whose row it holds.
type known struct {
	id           int64
	state        string
	content      []byte
	sealed, wrap []byte
	waybill      string
	labelled     bool
	found        bool
	order        order.Order
	bill         *waybill.Waybill
}

// accept applies the rules of acceptance to an order, in a transaction that holds its
// row. Whether it is the same order only who can open both readings can say; all
// else the database decides.
func (w *worker) accept(ctx context.Context, tx *fleet.Tx, o order.Order, to map[string]fleet.PublicKey, asked bool) (ledger.Verdict, error) {
	o, plan := w.Station.Planned(o)
	k, err := w.known(ctx, tx, o.Key)
	if err != nil {
		return "", err
	}
	content := w.contentOf(o)
	same, keep := slices.Equal(k.content, content), false
	sealed := o
	var bill *waybill.Waybill
	if k.found && k.sealed != nil && (k.waybill != "" || k.state == "issuing" || k.state == "issue-unknown") {
		switch err := w.openKnown(&k, o.Key); {
		case errors.Is(err, errNotWrapped): // until one who can open it has given this station the key
			return "", err
		case err != nil: // its content alone is compared: it must not keep all others from being read
			w.log.Error("an order of the fleet does not open", "order", o.ID, "error", err)
		case !same && ledger.ShownOtherwise(k.order, o):
			same, keep = true, !ledger.Closed(o)
			if !keep {
				content = k.content
			}
		case same && boundAnew(k.order, o):
			keep, sealed = true, k.order
			sealed.Receiver.Phone, sealed.VirtualUntil, sealed.ReceiverMark, sealed.ReadAt = o.Receiver.Phone, o.VirtualUntil, o.ReceiverMark, o.ReadAt
		}
		bill = k.bill
	}
	s, err := sealOrder(sealed, bill, to)
	if err != nil {
		return "", err
	}
	state := ledger.Accepted
	switch {
	case plan.Refusal == "":
	case o.IsParent || o.State != order.ToShip:
		state = ledger.Skipped
	default:
		state = ledger.Refused
	}
	j, err := json.Marshal(map[string]any{
		"source": o.Source, "id": o.ID, "said": o.State, "state": state, "refusal": plan.Refusal, "content": content, "same": same, "keep": keep,
		"sealed": s.Data, "wraps": s.Wraps, "issuer": plan.Issuer, "wanted": plan.Wanted, "target": target(plan.Target), "rule": plan.Rule,
		"asked": asked || plan.Asked, "deadline": o.Deadline(), "read_at": o.ReadAt,
	})
	if err != nil {
		return "", err
	}
	var verdict ledger.Verdict
	err = tx.Call(ctx, `SELECT miandan.order_accept($1)`, []any{string(j)}, func(r pgx.Rows) error { return r.Scan(&verdict) })
	return verdict, err
}

func (w *worker) known(ctx context.Context, tx *fleet.Tx, key order.Key) (k known, err error) {
	err = tx.Call(ctx, `SELECT id, state, content, sealed, wrap, waybill, labelled FROM miandan.order_known($1, $2)`, []any{key.Source, key.ID}, func(r pgx.Rows) error {
		k.found = true
		return r.Scan(&k.id, &k.state, &k.content, &k.sealed, &k.wrap, &k.waybill, &k.labelled)
	})
	return k, err
}

func (w *worker) openKnown(k *known, key order.Key) error {
	o, plain, err := w.openOrder(k.sealed, k.wrap, key)
	if err != nil {
		return err
	}
	k.order = o
	if k.waybill != "" {
		_, bill, err := ledger.Unpack(plain, key)
		if err != nil {
			return err
		}
		k.bill = &bill
	}
	return nil
}

// boundAnew reports whether the order's virtual number is another one than it was.
func boundAnew(kept, o order.Order) bool {
	return kept.PhoneKind == waybill.PhoneVirtual && o.PhoneKind == waybill.PhoneVirtual &&
		(!ledger.SamePhone(kept, o) || !kept.VirtualUntil.Equal(o.VirtualUntil))
}

// target is where the fleet prints what the settings send to a printer or group of
// that name.
func target(name string) string {
	if name == "" {
		return ""
	}
	return fleet.ToGroup(name)
}
