package audit_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// chain is a real ledger's audit.
type chain struct {
	*testing.T
	db     *store.DB
	seal   *seal.Sealer
	ledger *ledger.Ledger
	clock  func() time.Time
	ids    []int64
	heads  []head // as they were after each step
}

type head struct {
	count     int64
	last, mac []byte
}

// columns are all that a record has.
var columns = []string{"id", "at", "who", "what", "order_id", "label_id", "why", "subject", "prev", "mac"}

// newChain has a station print, reprint, reveal, pause, purge and start again.
// With the keys of another it is another station's chain under the same key.
func newChain(t *testing.T, keys string, orders int) *chain {
	t.Helper()
	t.Setenv(seal.KeysEnv, keys)
	dir := t.TempDir()
	ks, err := seal.OpenKeystore(dir)
	c := &chain{T: t}
	c.must(err)
	c.seal, err = seal.Open(ks, dir, false)
	c.must(err)
	c.db, err = store.Open(t.Context(), dir)
	c.must(err)
	t.Cleanup(func() { c.db.Close() })
	now := time.Now()
	c.clock = func() time.Time { now = now.Add(time.Millisecond); return now }
	c.ledger = ledger.New(c.db, c.seal, c.clock)
	who := ledger.Person{Who: "local:tester", Why: "because"}
	ctx := t.Context()
	step := func(err error) {
		t.Helper()
		c.must(err)
		var h head
		c.must(c.db.Read.QueryRow(`SELECT count, last, mac FROM audit_head`).Scan(&h.count, &h.last, &h.mac))
		c.heads = append(c.heads, h)
	}
	for run := range 2 {
		_, err := c.ledger.Recover(ctx)
		c.must(err)
		for i := range orders {
			key := order.Key{Source: "jd", ID: fmt.Sprint(run*orders + i)}
			_, err := c.ledger.Accept(ctx, order.Order{Key: key, State: order.ToShip, PhoneKind: waybill.PhoneReal, PaidAt: now, ReadAt: now,
				Receiver: waybill.Party{Name: pii.NewName("演示甲"), Phone: pii.NewPhone("13800000001")}}, ledger.Plan{Issuer: "wujie/ZTO"})
			c.must(err)
			step(c.ledger.Revealing(ctx, key, who, ledger.Unlimited))
		}
		step(c.ledger.SetPaused(ctx, true, who))
		step(c.ledger.Exporting(ctx, "masked", 2, who))
		step(c.ledger.Stop(ctx))
	}
	c.must(sqlList(c.db.Write, `SELECT id FROM audit ORDER BY id`, &c.ids))
	return c
}

func (c *chain) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func sqlList[T any](q audit.Querier, query string, into *[]T) error {
	rows, err := q.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return err
		}
		*into = append(*into, v)
	}
	return rows.Err()
}

func (c *chain) verify(q audit.Querier) audit.Report {
	c.Helper()
	anchor, err := ledger.AuditAnchor(c.seal)
	c.must(err)
	r, err := audit.MAC(c.seal.AuditMAC).Verify(q, anchor)
	c.must(err)
	return r
}

var errUndo = errors.New("undo")

// forge lets somebody without the key do something, and returns what Verify
// makes of it. What was done is undone.
func (c *chain) forge(do func(*sql.Tx) error) (r audit.Report, err error) {
	c.Helper()
	tx, err := c.db.Write.Begin()
	c.must(err)
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return r, err
	}
	return c.verify(tx), nil
}

func TestAWholeChain(t *testing.T) {
	c := newChain(t, filepath.Join(t.TempDir(), "keys"), 3)
	r := c.verify(c.db.Write)
	if len(r.Breaks) > 0 || r.Records != len(c.ids) || r.Since.IsZero() || r.Records < 15 {
		t.Errorf("%+v, want %d records without a break", r, len(c.ids))
	}
	for i, id := range c.ids {
		if id != int64(i+1) {
			t.Fatalf("record %d has the number %d", i+1, id)
		}
	}
	list, err := audit.List(c.db.Read, time.Time{}, "4")
	if err != nil || len(list) != 1 || list[0].What != "revealed" || list[0].Subject != "jd:4" {
		t.Errorf("List of order 4 = %+v, %v", list, err)
	}
}

// Whatever one edit somebody without the key makes, it is found.
func TestEveryEditIsFound(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	keys := filepath.Join(t.TempDir(), "keys")
	other := newChain(t, keys, 4) // another station's, under the same key
	for _, name := range []string{"boot-count", "audit-anchor"} {
		other.must(os.Remove(filepath.Join(keys, name)))
	}
	c := newChain(t, keys, 4)
	for n := range 1500 {
		what, do := c.someEdit(random, other)
		r, err := c.forge(do)
		if err != nil {
			if strings.Contains(err.Error(), "constraint") || strings.Contains(err.Error(), "cannot store") || strings.Contains(err.Error(), "datatype mismatch") || errors.Is(err, errUndo) {
				continue // the database itself does not let it be
			}
			t.Fatalf("edit %d, %s: %v", n, what, err)
		}
		if len(r.Breaks) == 0 {
			t.Fatalf("edit %d was not found: %s", n, what)
		}
	}
	if r := c.verify(c.db.Write); len(r.Breaks) > 0 {
		t.Fatalf("the chain itself is broken: %+v", r)
	}
}

func (c *chain) pick(random *rand.Rand) int64 { return c.ids[random.IntN(len(c.ids))] }

// someEdit returns one edit and what it is.
func (c *chain) someEdit(random *rand.Rand, other *chain) (string, func(*sql.Tx) error) {
	id := c.pick(random)
	exec := func(query string, args ...any) func(*sql.Tx) error {
		return func(tx *sql.Tx) error {
			r, err := tx.Exec(query, args...)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err == nil && n == 0 {
				return errUndo // it has changed nothing
			}
			return nil
		}
	}
	switch random.IntN(9) {
	case 0, 1, 2: // another value in one column, of every kind
		column := columns[random.IntN(len(columns))]
		values := []any{nil, int64(0), int64(1), random.Int64N(50), -random.Int64N(9), "", "x", "stopped", []byte{}, []byte{0}, make([]byte, 32)}
		v := values[random.IntN(len(values))]
		return fmt.Sprintf("%s of %d = %v", column, id, v), exec(`UPDATE audit SET `+column+` = ? WHERE id = ? AND `+column+` IS NOT ?`, v, id, v)
	case 3: // the value of another record
		column, from := columns[1+random.IntN(len(columns)-1)], c.pick(random)
		return fmt.Sprintf("%s of %d from %d", column, id, from), exec(`UPDATE audit SET `+column+` = (SELECT `+column+` FROM audit WHERE id = ?1) WHERE id = ?2
			AND `+column+` IS NOT (SELECT `+column+` FROM audit WHERE id = ?1)`, from, id)
	case 4: // some records, or the tail
		to := id + random.Int64N(4)
		if random.IntN(2) == 0 {
			to = int64(len(c.ids))
		}
		return fmt.Sprintf("without %d to %d", id, to), exec(`DELETE FROM audit WHERE id BETWEEN ? AND ?`, id, to)
	case 5: // the tail, and the head as an older copy has it
		h := c.heads[random.IntN(len(c.heads)-1)]
		return fmt.Sprintf("cut behind %d, with the head of then", h.count), func(tx *sql.Tx) error {
			return errors.Join(exec(`DELETE FROM audit WHERE id > ?`, h.count)(tx), exec(`UPDATE audit_head SET count = ?, last = ?, mac = ?`, h.count, h.last, h.mac)(tx))
		}
	case 6: // two records change places
		with := c.pick(random)
		return fmt.Sprintf("%d and %d change places", id, with), func(tx *sql.Tx) error {
			if id == with {
				return errUndo
			}
			return errors.Join(exec(`UPDATE audit SET id = -1 WHERE id = ?`, id)(tx), exec(`UPDATE audit SET id = ? WHERE id = ?`, id, with)(tx), exec(`UPDATE audit SET id = ? WHERE id = -1`, with)(tx))
		}
	case 7: // one more: a new one, or a copy
		at := random.Int64N(int64(len(c.ids)) + 3)
		return fmt.Sprintf("%d once more as %d", id, at), func(tx *sql.Tx) error {
			// Those behind it make room.
			for i := len(c.ids) - 1; i >= 0 && c.ids[i] >= at; i-- {
				if err := exec(`UPDATE audit SET id = id + 1 WHERE id = ?`, c.ids[i])(tx); err != nil {
					return err
				}
			}
			if id >= at {
				return exec(`INSERT INTO audit SELECT ?, at, who, what, order_id, label_id, why, subject, prev, mac FROM audit WHERE id = ?`, at, id+1)(tx)
			}
			return exec(`INSERT INTO audit SELECT ?, at, who, what, order_id, label_id, why, subject, prev, mac FROM audit WHERE id = ?`, at, id)(tx)
		}
	default: // a record, or all, of another chain
		from, whole := other.pick(random), random.IntN(4) == 0
		return fmt.Sprintf("%d of another chain in place of %d (whole: %v)", from, id, whole), func(tx *sql.Tx) error { return c.copyFrom(tx, other, from, id, whole) }
	}
}

func (c *chain) copyFrom(tx *sql.Tx, other *chain, from, id int64, whole bool) error {
	query, args := `SELECT * FROM audit WHERE id = ?`, []any{from}
	if whole {
		query, args = `SELECT * FROM audit ORDER BY id`, nil
		if _, err := tx.Exec(`DELETE FROM audit`); err != nil {
			return err
		}
	} else if _, err := tx.Exec(`DELETE FROM audit WHERE id = ?`, id); err != nil {
		return err
	}
	rows, err := other.db.Read.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if i := slices.Index(names, "id"); !whole {
			values[i] = id
		}
		if _, err := tx.Exec(`INSERT INTO audit (`+strings.Join(names, ",")+`) VALUES (?`+strings.Repeat(",?", len(names)-1)+`)`, values...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || !whole {
		return err
	}
	var count int64
	var last, mac []byte
	if err := other.db.Read.QueryRow(`SELECT count, last, mac FROM audit_head`).Scan(&count, &last, &mac); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE audit_head SET count = ?, last = ?, mac = ?`, count, last, mac)
	return err
}
