package ledger

import (
	"context"
	"database/sql"
	"time"
)

// There is one writer, and what has to be deleted may be thousands of orders: on the
// morning after a holiday all that was printed before it. Whoever prints then would
// wait until the last of them is gone. So they go bit by bit.

// atOnce is how many orders are changed in one bit, and what a print waits for at most.
const atOnce = 10

// rests is how many times as long as it worked a bit rests, so that a print finds the
// writer free four times out of five.
const rests = 4

// bits does a long piece of work by transactions of atOnce orders while there is more,
// and returns the sum of what they did. Nobody is told of it: what is due to be printed
// or numbered is so as before.
func (l *Ledger) bits(ctx context.Context, f func(*sql.Tx) (n int, more bool, err error)) (all int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		n, more, began := 0, false, time.Now()
		if err := l.commit(ctx, func(tx *sql.Tx) (err error) { n, more, err = f(tx); return err }); err != nil {
			return all, err
		}
		if all += n; !more {
			return all, nil
		}
		select {
		case <-time.After(min(rests*time.Since(began), time.Second)):
		case <-ctx.Done():
		}
	}
}
