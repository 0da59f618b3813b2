package audit

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Append puts a record behind the last one, in the caller's transaction. Its
// number is given here. Where the chain does not end as its head says, that is
// put on record first: a broken chain is never mended, but what comes after the
// gap is chained again. known is what the key store says of the chain's length.
func (m MAC) Append(tx *sql.Tx, r Record, known Anchor) error {
	end, why, err := m.end(tx, known)
	if err != nil {
		return err
	}
	if why != "" {
		if end, err = m.put(tx, Record{At: r.At, Who: "agent", What: Broken, Why: why}, end); err != nil {
			return err
		}
	}
	_, err = m.put(tx, r, end)
	return err
}

// Open begins the chain of a station that has none, in the transaction with which its
// first run begins. What is amiss with one that is there, the next Append puts on record.
func (m MAC) Open(tx *sql.Tx, known Anchor, now time.Time) error {
	var there bool
	err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM audit_head) OR EXISTS (SELECT 1 FROM audit)`).Scan(&there)
	if err != nil || there || known.Count > 0 {
		return err
	}
	_, err = m.put(tx, Record{At: now, Who: "agent", What: Begun}, Anchor{})
	return err
}

// Head returns where the database says that the chain ends, and whether that is
// its own word.
func (m MAC) Head(q Querier) (a Anchor, own bool, err error) {
	var mac []byte
	err = q.QueryRow(`SELECT count, last, mac FROM audit_head`).Scan(&a.Count, &a.Last, &mac)
	if errors.Is(err, sql.ErrNoRows) {
		return Anchor{}, false, nil
	}
	return a, err == nil && equal(mac, m.head(a)), err
}

// end returns what the next record follows, and what is wrong with that.
func (m MAC) end(tx *sql.Tx, known Anchor) (end Anchor, why string, err error) {
	head, own, err := m.Head(tx)
	if err != nil {
		return Anchor{}, "", err
	}
	var last Anchor
	err = tx.QueryRow(`SELECT id, mac FROM audit ORDER BY id DESC LIMIT 1`).Scan(&last.Count, &last.Last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Anchor{}, "", err
	}
	switch {
	case !own:
		end, why = last, "the head is missing or was changed"
	case head.Count < known.Count:
		end, why = known, fmt.Sprintf("the database ends at record %d, the key store knows of %d", head.Count, known.Count)
	case !head.equal(last):
		end, why = head, fmt.Sprintf("the head stands at record %d, the last record is %d", head.Count, last.Count)
	default:
		return head, "", nil
	}
	end.Count = max(end.Count, last.Count, known.Count)
	return end, why, nil
}

func (m MAC) put(tx *sql.Tx, r Record, end Anchor) (Anchor, error) {
	r.Seq, r.prev = end.Count+1, follows(end)
	r.At = time.UnixMilli(r.At.UnixMilli())
	r.null = [2]bool{r.Order == 0, r.Label == 0}
	r.mac = m.record(r)
	_, err := tx.Exec(`INSERT INTO audit (id, at, who, what, order_id, label_id, why, subject, prev, mac) VALUES (?,?,?,?,?,?,?,?,?,?)`,
		r.Seq, r.At.UnixMilli(), r.Who, r.What, positive(r.Order), positive(r.Label), r.Why, r.Subject, r.prev, r.mac)
	if err != nil {
		return end, err
	}
	end = Anchor{r.Seq, r.mac}
	_, err = tx.Exec(`INSERT INTO audit_head (one, count, last, mac) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET count = excluded.count, last = excluded.last, mac = excluded.mac`, end.Count, end.Last, m.head(end))
	return end, err
}

// positive is NULL for none.
func positive(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// follows is what the record behind an end carries of it.
func follows(end Anchor) []byte {
	if end.Last == nil {
		return make([]byte, 32) // the first has nothing before it; NULL would be another word for that
	}
	return end.Last
}
