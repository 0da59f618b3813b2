package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"math"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite checks how its pages hang together and not what stands in them: of
// bytes changed at random in a database of ours one in six went unnoticed, and
// one such byte makes "confirmed" something else or puts off an order by years.
// Each row therefore carries a check sum of its columns. Triggers keep it, so
// that no statement can forget to, and refuse to change a row that does not add
// up: its new sum would make the damage good.
//
// The sum finds accidents. Against people there are the seal and the audit.

// summed are the tables whose rows carry a sum. The audit has its chain.
var summed = []string{"meta", "orders", "labels", "attempts", "outbox", "cursors"}

// summedFirst are those that are read before anything else: small, and acted on
// without being changed.
var summedFirst = []string{"meta", "cursors"}

// rowDamaged is the text of the error that the triggers raise.
const rowDamaged = "the row does not add up"

// schemaSum is the name in meta of the sum over the schema's own text.
const schemaSum = "schema-sum"

var register = sync.OnceValue(func() error {
	return sqlite.RegisterDeterministicScalarFunction("miandan_sum", -1,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return sumOf(args), nil })
})

var table = crc64.MakeTable(crc64.ECMA)

// sumOf is over the values and their types; values do not run into each other.
func sumOf(values []driver.Value) int64 {
	var b []byte
	text := func(kind byte, s string) {
		b = binary.BigEndian.AppendUint64(append(b, kind), uint64(len(s)))
		b = append(b, s...)
	}
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, 'r'), math.Float64bits(v))
		case string:
			text('t', v)
		case []byte:
			text('b', string(v))
		default:
			text('?', fmt.Sprint(v))
		}
	}
	return int64(crc64.Checksum(b, table))
}

// columns returns a table's columns without the sum, and its key's.
func columns(tx *sql.Tx, table string) (all, key []string, hasSum bool, err error) {
	rows, err := tx.Query(`SELECT name, pk FROM pragma_table_info(?) ORDER BY cid`, table)
	if err != nil {
		return nil, nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var pk int
		if err := rows.Scan(&name, &pk); err != nil {
			return nil, nil, false, err
		}
		if name == "sum" {
			hasSum = true
			continue
		}
		all = append(all, name)
		if pk > 0 {
			key = append(key, name)
		}
	}
	return all, key, hasSum, rows.Err()
}

// prefixed lists columns of NEW, OLD or of nothing in particular.
func prefixed(prefix string, columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = prefix + `"` + c + `"`
	}
	return strings.Join(list, ", ")
}

// putSums gives every table its sums and triggers, as its columns are now.
func putSums(tx *sql.Tx) error {
	for _, t := range summed {
		all, key, has, err := columns(tx, t)
		if err != nil {
			return err
		}
		if !has {
			if _, err := tx.Exec(`ALTER TABLE ` + t + ` ADD COLUMN sum INTEGER NOT NULL DEFAULT 0`); err != nil {
				return err
			}
		}
		var same []string
		for _, k := range key {
			same = append(same, fmt.Sprintf(`"%[1]s" = NEW."%[1]s"`, k))
		}
		put := fmt.Sprintf(`UPDATE %s SET sum = miandan_sum(%s) WHERE %s`, t, prefixed("NEW.", all), strings.Join(same, " AND "))
		_, err = tx.Exec(fmt.Sprintf(`
			DROP TRIGGER IF EXISTS %[1]s_sum_insert; DROP TRIGGER IF EXISTS %[1]s_sum_update; DROP TRIGGER IF EXISTS %[1]s_sum_check;
			UPDATE %[1]s SET sum = miandan_sum(%[2]s);
			CREATE TRIGGER %[1]s_sum_insert AFTER INSERT ON %[1]s BEGIN %[5]s; END;
			CREATE TRIGGER %[1]s_sum_update AFTER UPDATE OF %[2]s ON %[1]s BEGIN %[5]s; END;
			CREATE TRIGGER %[1]s_sum_check BEFORE UPDATE OF %[2]s ON %[1]s WHEN OLD.sum IS NOT miandan_sum(%[3]s)
				BEGIN SELECT RAISE(ABORT, '%[4]s'); END;`,
			t, prefixed("", all), prefixed("OLD.", all), rowDamaged, put))
		if err != nil {
			return fmt.Errorf("put sums into %s: %w", t, err)
		}
	}
	sum, err := sumOfSchema(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, schemaSum, sum)
	return err
}

func sumOfSchema(tx *sql.Tx) (int64, error) {
	rows, err := tx.Query(`SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var all []driver.Value
	for rows.Next() {
		var kind, name, of string
		var text sql.NullString
		if err := rows.Scan(&kind, &name, &of, &text); err != nil {
			return 0, err
		}
		all = append(all, kind, name, of, text.String)
	}
	return sumOf(all), rows.Err()
}

// checkSums returns ErrDamaged if a row or the schema does not add up, and
// whether there are sums at all.
func checkSums(tx *sql.Tx, tables []string) (found bool, err error) {
	var signs int
	if err := tx.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%sum%'`).Scan(&signs); err != nil || signs == 0 {
		return false, err // no single accident takes all of them away
	}
	for _, t := range tables {
		all, _, _, err := columns(tx, t)
		if err != nil {
			return true, err
		}
		var bad int
		if err := tx.QueryRow(fmt.Sprintf(`SELECT count(*) FROM %s WHERE sum IS NOT miandan_sum(%s)`, t, prefixed("", all))).Scan(&bad); err != nil {
			return true, unsummed(t, err)
		}
		if bad > 0 {
			return true, fmt.Errorf("%w: %d rows of table %s do not add up", ErrDamaged, bad, t)
		}
	}
	var kept int64
	err = tx.QueryRow(`SELECT value FROM meta WHERE name = ?`, schemaSum).Scan(&kept)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return true, err
	}
	if is, err2 := sumOfSchema(tx); err2 != nil {
		return true, err2
	} else if err != nil || is != kept {
		return true, fmt.Errorf("%w: the schema does not add up", ErrDamaged)
	}
	return true, nil
}

// unsummed says why a table cannot be summed. A disk that fails, or somebody who
// stops the program, is no damage: the file would be put aside for nothing.
func unsummed(table string, err error) error {
	err = Explain(err)
	if se := (*sqlite.Error)(nil); errors.As(err, &se) && se.Code()&0xFF == sqlite3.SQLITE_ERROR { // columns that are not there
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("table %s: %w", table, err)
}

// look runs f on what was committed.
func (db *DB) look(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return Explain(err)
	}
	defer tx.Rollback()
	return Explain(f(tx))
}
