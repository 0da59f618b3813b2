package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/store"
)

// Retention is how long personal data is kept.
type Retention struct {
	Ended   time.Duration // after every label of an order has ended
	Stale   time.Duration // of an order that never came to a label, after the platform last told of it; 0 is 30 days
	Unknown time.Duration // while a label stands in unknown, after its attempt, or after the old copy that knows of none was restored
}

func (r Retention) of(why string) time.Duration {
	switch why {
	case "ended":
		return r.Ended
	case "unknown":
		return r.Unknown
	}
	if r.Stale == 0 {
		return 30 * 24 * time.Hour
	}
	return r.Stale
}

// superfluous lists the orders whose data is kept for a time only: why, by which
// time stamp, and what was found of that at the last look.
const superfluous = `SELECT * FROM (
	SELECT id, CASE
		WHEN ended_at > 0 THEN 'ended'
		WHEN EXISTS (SELECT 1 FROM labels b WHERE b.order_id = o.id AND b.state = 'unknown')
			AND NOT EXISTS (SELECT 1 FROM labels b WHERE b.order_id = o.id AND b.ended_at = 0 AND b.state <> 'unknown') THEN 'unknown'
		WHEN state IN ('accepted', 'refused', 'issue-unknown', 'changed') THEN 'stale'
		ELSE '' END AS why,
	CASE
		WHEN ended_at > 0 THEN ended_at
		WHEN EXISTS (SELECT 1 FROM labels b WHERE b.order_id = o.id AND b.state = 'unknown') THEN
			coalesce((SELECT min(coalesce(a.intent_at, (SELECT value FROM meta WHERE name = 'restored')))
				FROM labels b LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt WHERE b.order_id = o.id AND b.state = 'unknown'), created_at)
		ELSE max(read_at, created_at) END AS stamp,
	kept_why, kept_stamp, kept_from
	FROM orders o %s AND key IS NOT NULL)
	WHERE why <> '' OR kept_why <> ''`

var (
	allSuperfluous = fmt.Sprintf(superfluous, `INDEXED BY orders_kept WHERE 1 = 1`)
	oneSuperfluous = fmt.Sprintf(superfluous, `WHERE id = ?`)
)

func holdings(rows *sql.Rows, err error) ([]holding, error) {
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, k *holding) error {
		return r.Scan(&k.id, &k.why, &k.stamp, &k.knownWhy, &k.knownStamp, &k.from)
	})
}

type holding struct {
	id         int64
	why        string
	stamp      int64
	knownWhy   string
	knownStamp int64
	from       int64
}

// look says what is to be kept of an order by the count of time a: since when it
// is superfluous, and whether its time has come.
func (k holding) look(a age, r Retention) (from int64, due bool) {
	switch {
	case k.why == "":
		return 0, false
	case k.why != k.knownWhy, k.why != "stale" && k.stamp != k.knownStamp:
		from = a.since(k.stamp)
	case k.stamp != k.knownStamp && a.count-k.from >= r.of(k.why).Milliseconds():
		// The platform has spoken of it since. That was not noted each time: it does
		// so every minute, of thousands.
		from = a.count - min(max(a.seen-k.stamp, 0), a.count-k.from)
	default:
		from = k.from
	}
	return from, a.count-from >= r.of(k.why).Milliseconds()
}

// Purge deletes the keys of orders whose time has come: what they sealed
// cannot be opened again, by anybody. A label in unknown stays unknown; to
// print it again the order is fetched again. It returns how many orders were
// purged. It is to be called often: the time that it goes by is counted at its
// calls, see age.
func (l *Ledger) Purge(ctx context.Context, r Retention) (int, error) {
	// Of all that is kept it is a second's work, for which nobody who prints waits;
	// what is to change is looked at once more by the writer.
	all, err := holdings(l.db.Read.QueryContext(ctx, allSuperfluous))
	if err != nil {
		return 0, err
	}
	first, left := age{}, all
	n, err := l.bits(ctx, func(tx *sql.Tx) (n int, more bool, err error) {
		a, err := l.passed(tx)
		if err != nil {
			return 0, false, err
		}
		if len(left) == len(all) {
			first = a
		}
		if n, left, err = l.purge(tx, left, a, r); err != nil || len(left) > 0 {
			return n, true, err
		}
		return n, false, looked(tx, first) // what was not there then is for the next
	})
	if err != nil {
		return n, err
	}
	if n > 0 {
		l.tell(dueAll)
	}
	_, err = l.emptyWAL(ctx)
	return n, err
}

// purge looks at orders until it has changed some, and returns how many it purged and
// which are left.
func (l *Ledger) purge(tx *sql.Tx, all []holding, a age, r Retention) (purged int, rest []holding, err error) {
	changed := 0
	for i, k := range all {
		from, due := k.look(a, r)
		if !due && from == k.from && k.why == k.knownWhy {
			continue
		}
		if changed == atOnce {
			return purged, all[i:], nil
		}
		changed++
		now, err := holdings(tx.Query(oneSuperfluous, k.id))
		if err != nil {
			return 0, nil, err
		}
		if len(now) == 0 {
			continue
		}
		k = now[0]
		from, due = k.look(a, r)
		switch {
		case due:
			purged++
			err = errors.Join(forget(tx, k.id), l.audit(tx, agent, audit.Purged, k.id, nil, k.why))
		case from != k.from || k.why != k.knownWhy:
			_, err = tx.Exec(`UPDATE orders SET kept_from = ?, kept_why = ?, kept_stamp = ? WHERE id = ?`, from, k.why, k.stamp, k.id)
		}
		if err != nil {
			return 0, nil, err
		}
	}
	return purged, nil, nil
}

// forget deletes an order's key, what is sealed with it and what was bought.
func forget(tx *sql.Tx, id int64) error {
	if _, err := tx.Exec(`DELETE FROM order_goods WHERE order_id = ?`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE orders SET key = NULL, sealed_order = NULL, sealed_waybill = NULL, sealed_document = NULL, exactly = '', kept_from = 0, kept_why = '', kept_stamp = 0 WHERE id = ?`, id)
	return err
}

// emptyWAL cuts off the WAL, where the old pages of a purged row live until
// then; in the database itself secure_delete overwrites them. Somebody who
// reads, or a crash just before, may keep it from that. So every purge does it,
// whether anybody was purged now or not: what could not be done is made up for
// by the next call. done says whether it could be.
func (l *Ledger) emptyWAL(ctx context.Context) (done bool, err error) {
	err = l.db.Checkpoint(ctx)
	if errors.Is(err, store.ErrReader) {
		return false, nil
	}
	return err == nil, err
}
