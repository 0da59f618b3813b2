package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Distinct refusals of the SQL functions.
const (
	codeTaken   = "MD001"
	codeMove    = "MD002"
	codeRevoked = "MD003"
	codeLimit   = "MD004"
	codeTell    = "MD005"
	codeGone    = "MD006"
)

// errTell is the answer of a server that wants to know first what this station
// remembers of it.
var errTell = fmt.Errorf("%w: it has just started", ErrAway)

// answer turns what pgx says into what callers decide by. The text of pgx's errors
// names hosts and users and goes nowhere.
func answer(op string, err error) error {
	if err == nil {
		return nil
	}
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("%s: %w", op, pgx.ErrNoRows)
		}
		return fmt.Errorf("%s: %w: no answer", op, ErrAway)
	}
	switch c := pe.Code; {
	case c == codeTaken:
		return fmt.Errorf("%s: %w", op, ErrTaken)
	case c == codeMove:
		return fmt.Errorf("%s: %w", op, ErrMove)
	case c == codeRevoked, strings.HasPrefix(c, "28"): // its role may not log in any more
		return fmt.Errorf("%s: %w", op, ErrRevoked)
	case c == codeTell:
		return fmt.Errorf("%s: %w", op, errTell)
	case c == codeGone:
		return fmt.Errorf("%s: %w", op, ErrGone)
	case c == codeLimit:
		return fmt.Errorf("%s: %w", op, ErrLimit)
	case strings.HasPrefix(c, "08"), strings.HasPrefix(c, "53"), strings.HasPrefix(c, "57"),
		strings.HasPrefix(c, "40"), c == "25006", c == "55P03", c == "0A000", c == "42804":
		// Connections, resources, a server that stops, serialisation, a server that
		// has become a standby, a lock not had in time, a table that was just migrated.
		return fmt.Errorf("%s: %w: SQLSTATE %s", op, ErrAway, c)
	default:
		return fmt.Errorf("%s: the fleet's database refuses: SQLSTATE %s", op, c)
	}
}

// heard keeps what the server says beside its answers.
func (d *DB) heard(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		d.warned.Store(c, struct{}{})
	}
}

// ask runs one statement, and tells the server first what this station remembers if
// it wants to know.
func (d *DB) ask(ctx context.Context, op, query string, args []any, each func(pgx.Rows) error) error {
	err := d.once(ctx, op, query, args, each)
	if errors.Is(err, errTell) {
		if err := d.remember(ctx); err != nil {
			return err
		}
		err = d.once(ctx, op, query, args, each)
	}
	return err
}

// once runs one statement on a connection of its own and reads to its very end, which
// is where a commit fails. A WARNING counts as no answer: that is how a server says
// that it has committed and that no standby has.
func (d *DB) once(ctx context.Context, op, query string, args []any, each func(pgx.Rows) error) error {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return answer(op, err)
	}
	defer c.Release()
	pc := c.Conn().PgConn()
	d.warned.Delete(pc)
	rows, err := c.Query(ctx, query, args...)
	if err != nil {
		return answer(op, err)
	}
	var own error
	for own == nil && rows.Next() {
		if each != nil {
			own = each(rows)
		}
	}
	rows.Close()
	if _, warned := d.warned.LoadAndDelete(pc); warned {
		return fmt.Errorf("%s: %w: the commit has no standby", op, ErrAway)
	}
	if err := rows.Err(); err != nil {
		return answer(op, err)
	}
	return own
}
