package fleet

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Call asks one function of the schema for the workers of a platform station and
// for the room. Its errors are those of this package; a commit that no standby has
// counts as not made.
func (d *DB) Call(ctx context.Context, op, query string, args []any, each func(pgx.Rows) error) error {
	return d.ask(ctx, op, query, args, each)
}

// Tx is several questions that come true together or not at all.
type Tx struct {
	pgx.Tx
	op string
}

// Call asks one function within the transaction.
func (t *Tx) Call(ctx context.Context, query string, args []any, each func(pgx.Rows) error) error {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return answer(t.op, err)
	}
	defer rows.Close()
	for rows.Next() {
		if each == nil {
			continue
		}
		if err := each(rows); err != nil {
			return err
		}
	}
	return answer(t.op, rows.Err())
}

// Together does something in one transaction, which it rolls back if do fails. It
// is under the same rules as Call.
func (d *DB) Together(ctx context.Context, op string, do func(*Tx) error) error {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return answer(op, err)
	}
	defer c.Release()
	pc := c.Conn().PgConn()
	d.warned.Delete(pc)
	tx, err := c.Begin(ctx)
	if err != nil {
		return answer(op, err)
	}
	if err := do(&Tx{tx, op}); err != nil {
		_ = tx.Rollback(context.WithoutCancel(ctx)) // the connection is thrown away if it cannot
		return err
	}
	err = tx.Commit(ctx)
	if _, warned := d.warned.LoadAndDelete(pc); warned {
		return fmt.Errorf("%s: %w: the commit has no standby", op, ErrAway)
	}
	return answer(op, err)
}

// Unseal opens what was sealed for this station.
func (d *DB) Unseal(data, wrapped []byte, p Place) ([]byte, error) {
	return d.key.Open(data, wrapped, p, d.station)
}

// WrapFor wraps a key that this station can open to another station.
func (d *DB) WrapFor(wrapped []byte, p Place, other string, public PublicKey) ([]byte, error) {
	return d.key.Rewrap(wrapped, p, d.station, other, public)
}
