package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"miandan/agent/internal/order"
)

// What a packer does with a scanner and one key: an order is found by whatever
// code is at hand, and asked for. Each look-up goes by an index; with a hundred
// orders waiting or twenty thousand the label comes as soon.
//
// Asking is no printing: it only lets an order go ahead of others, and take its
// number if it had to wait for somebody's word. Of an order that was asked for
// before there is nothing more to ask, so no number of scans prints it twice.

// printAsked is written down when a person asks for an order.
const printAsked = "print-asked"

// parcelForm is what a scanner reads from JD's labels: the number, which parcel it
// is, of how many, and a hyphen. Some labels have the sorting gate behind that, and
// what people type has no hyphen at its end.
var parcelForm = regexp.MustCompile(`^([A-Z0-9]{8,})-([0-9]{1,4})-([0-9]{1,4})(?:-[A-Z0-9]{0,8})?$`)

// spellings are the ways in which a code may be written, the one as it stands
// first: scanners are set to capitals or small letters, and so are keyboards.
func spellings(code string) []string {
	list := []string{code}
	bare := strings.ReplaceAll(code, " ", "") // people write numbers in groups
	for _, other := range []string{bare, strings.ToUpper(bare), strings.ToLower(bare)} {
		if !slices.Contains(list, other) {
			list = append(list, other)
		}
	}
	return list
}

// errAmbiguous reports a code of which two spellings name different things.
var errAmbiguous = errors.New("two spellings name different things")

// spelt returns what one of a code's spellings names: the code as it stands before
// all others, and of the others one only.
func spelt[T any](code string, missing error, look func(string) (T, error)) (found T, err error) {
	hits := 0
	for i, s := range spellings(code) {
		v, err := look(s)
		switch {
		case errors.Is(err, missing):
			continue
		case err != nil:
			return found, err
		case i == 0:
			return v, nil
		}
		found = v
		hits++
	}
	var none T
	switch hits {
	case 0:
		return none, missing
	case 1:
		return found, nil
	}
	return none, errors.Join(missing, errAmbiguous)
}

// anyParcel returns the labels that a code names, in whatever form it was read.
func anyParcel(tx *sql.Tx, code string) ([]label, error) {
	found, err := spelt(code, ErrNoLabel, func(s string) ([]label, error) { return named(tx, s) })
	if !errors.Is(err, ErrNoLabel) {
		return found, err
	}
	parts := parcelForm.FindStringSubmatch(strings.ToUpper(code))
	if parts == nil {
		return nil, ErrNoLabel
	}
	found, err = named(tx, fmt.Sprintf("%s-%s-%s-", parts[1], parts[2], parts[3]))
	if !errors.Is(err, ErrNoLabel) {
		return found, err
	}
	if found, err = named(tx, parts[1]); err == nil && len(found) > 1 { // which of them it is, nobody knows
		return nil, ErrNoLabel
	}
	return found, err
}

// Brief is an order as a scan finds it, without whom it goes to: a row for each
// label under the number that it has now.
type Brief struct {
	Rows   []Row // one at least
	Wanted bool  // its number may be taken; else it waits for somebody's word
}

// Find returns the order that a code names, by its own number, by its waybill's or
// by what stands on one of its labels. Of several orders under one number it is
// the one that waits, or else the latest.
func (l *Ledger) Find(ctx context.Context, code string) (Brief, error) {
	tx, err := l.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return Brief{}, err
	}
	defer tx.Rollback()
	id, err := spelt(code, ErrNoOrder, func(s string) (id int64, err error) {
		err = tx.QueryRow(`SELECT id FROM orders WHERE platform_id = ? ORDER BY ended_at > 0, id DESC LIMIT 1`, s).Scan(&id)
		return id, notFound(err, ErrNoOrder)
	})
	if errors.Is(err, ErrNoOrder) {
		id, err = travels(tx, code)
	}
	if err != nil {
		return Brief{}, err
	}
	return brief(tx, id)
}

// travels returns the order that travels under a code.
func travels(tx *sql.Tx, code string) (int64, error) {
	labels, err := anyParcel(tx, code)
	if err == nil {
		return labels[len(labels)-1].orderID, nil // carriers give old numbers out again
	}
	if !errors.Is(err, ErrNoLabel) {
		return 0, err
	}
	look := func(s string) (id int64, err error) {
		err = tx.QueryRow(`SELECT id FROM orders WHERE waybill = ? AND waybill <> '' ORDER BY id DESC LIMIT 1`, s).Scan(&id)
		return id, notFound(err, ErrNoOrder)
	}
	id, err := spelt(code, ErrNoOrder, look)
	if parts := parcelForm.FindStringSubmatch(strings.ToUpper(code)); errors.Is(err, ErrNoOrder) && parts != nil {
		return look(parts[1])
	}
	return id, err
}

func brief(tx *sql.Tx, id int64) (b Brief, err error) {
	rows, err := tx.Query(`SELECT o.source, o.platform_id, o.state, o.carrier, o.waybill, o.wanted, o.deadline, o.problem, o.problem_detail, o.alarm, o.key IS NULL,
			coalesce(b.id, 0), coalesce(b.state, ''), coalesce(b.own, ''), coalesce(b.parcel, 0), coalesce(b.attempt, 0), coalesce(b.printer, ''), coalesce(b.problem, ''), coalesce(b.problem_detail, ''), coalesce(b.ended_at, 0)
		FROM orders o LEFT JOIN labels b ON b.order_id = o.id AND b.waybill = o.waybill WHERE o.id = ? ORDER BY b.id`, id)
	if err != nil {
		return Brief{}, err
	}
	b.Rows, err = collect(rows, func(rows *sql.Rows, r *Row) error {
		var (
			deadline, ended                        int64
			problem, args, labelProblem, labelArgs string
		)
		err := rows.Scan(&r.Order.Source, &r.Order.ID, &r.OrderState, &r.Carrier, &r.Number, &b.Wanted, &deadline, &problem, &args, &r.Alarm, &r.Purged,
			&r.LabelID, &r.Label, &r.Own, &r.Parcel, &r.Attempts, &r.Printer, &labelProblem, &labelArgs, &ended)
		if err != nil {
			return err
		}
		if labelProblem != "" {
			problem, args = labelProblem, labelArgs
		}
		r.Deadline, r.EndedAt = at(deadline), at(ended)
		r.Problem, err = problemOf(problem, args)
		return err
	})
	return b, err
}

// nextUnasked is the most urgent order that waits for somebody's word.
const nextUnasked = `SELECT id FROM orders INDEXED BY orders_unasked WHERE state = 'accepted' AND wanted = 0 AND key IS NOT NULL ORDER BY deadline, id LIMIT 1`

// unhanded are the orders that wait, and that nobody at a bench has asked for yet:
// of those the goods may be in a packer's hand. What was on paper once is not
// among them.
const unhanded = `o.turn <> 0 AND o.ended_at = 0 AND o.key IS NOT NULL AND o.exactly <> '' AND o.alarm = '' AND (o.state IN ('accepted', 'issuing')
	OR (o.state = 'issued' AND NOT EXISTS (SELECT 1 FROM labels b WHERE b.order_id = o.id AND b.waybill = o.waybill AND (b.state <> 'queued' OR b.copy > 0))))`

const nextOfGoods = `SELECT o.id FROM orders o INDEXED BY orders_by_goods WHERE o.exactly = ? AND ` + unhanded + ` ORDER BY o.deadline, o.id LIMIT 1`

// Ask lets an order take its number now. One that was asked for before is only
// tried again at once.
func (l *Ledger) Ask(ctx context.Context, key order.Key, p Person) (Brief, error) {
	return l.ask(ctx, p, func(tx *sql.Tx) (id int64, err error) {
		err = tx.QueryRow(`SELECT id FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).Scan(&id)
		return id, notFound(err, ErrNoOrder)
	})
}

// AskNext asks for the most urgent order that waits for somebody's word;
// ErrNothing if none does.
func (l *Ledger) AskNext(ctx context.Context, p Person) (Brief, error) {
	return l.ask(ctx, p, func(tx *sql.Tx) (id int64, err error) {
		err = tx.QueryRow(nextUnasked).Scan(&id)
		return id, notFound(err, ErrNothing)
	})
}

// AskFor asks for the most urgent order that waits and has just these goods, by SKU;
// ErrNothing if there is none.
func (l *Ledger) AskFor(ctx context.Context, goods map[string]int, p Person) (Brief, error) {
	return l.ask(ctx, p, func(tx *sql.Tx) (id int64, err error) {
		err = tx.QueryRow(nextOfGoods, exactly(goods)).Scan(&id)
		return id, notFound(err, ErrNothing)
	})
}

func (l *Ledger) ask(ctx context.Context, p Person, choose func(*sql.Tx) (int64, error)) (b Brief, err error) {
	err = l.tx(ctx, func(tx *sql.Tx) error {
		id, err := choose(tx)
		if err != nil {
			return err
		}
		var (
			key   order.Key
			asked bool
		)
		if err := tx.QueryRow(`SELECT source, platform_id, turn = 0 FROM orders WHERE id = ?`, id).Scan(&key.Source, &key.ID, &asked); err != nil {
			return err
		}
		if err := want(tx, key, ""); err != nil {
			return err
		}
		if !asked {
			if err := l.audit(tx, p.Who, printAsked, id, nil, p.Why); err != nil {
				return err
			}
		}
		b, err = brief(tx, id)
		return err
	})
	return b, err
}

// mostMatching is more than anybody counts.
const mostMatching = 1000

// Matching counts the orders that wait and have these goods and others besides, up
// to a thousand.
func (l *Ledger) Matching(ctx context.Context, goods map[string]int) (n int, err error) {
	skus := slices.Sorted(maps.Keys(goods))
	if len(skus) == 0 {
		return 0, nil
	}
	q := `SELECT count(*) FROM (SELECT o.id FROM order_goods g JOIN orders o ON o.id = g.order_id
		WHERE g.sku = ? AND g.quantity >= ? AND o.exactly <> ? AND ` + unhanded
	args := []any{skus[0], goods[skus[0]], exactly(goods)}
	for _, sku := range skus[1:] {
		q += ` AND EXISTS (SELECT 1 FROM order_goods h WHERE h.order_id = g.order_id AND h.sku = ? AND h.quantity >= ?)`
		args = append(args, sku, goods[sku])
	}
	err = l.db.Read.QueryRowContext(ctx, q+` LIMIT ?)`, append(args, mostMatching)...).Scan(&n)
	return n, err
}

// ErrNoGoods reports a code that is no SKU of any order that ever was.
var ErrNoGoods = errors.New("no order has had such goods")

// SKU returns the SKU that a code is.
func (l *Ledger) SKU(ctx context.Context, code string) (string, error) {
	return spelt(code, ErrNoGoods, func(s string) (sku string, err error) {
		err = l.db.Read.QueryRowContext(ctx, `SELECT sku FROM skus WHERE sku = ?`, s).Scan(&sku)
		return sku, notFound(err, ErrNoGoods)
	})
}

// Latest returns the label that was last put on paper; ErrNoLabel if there is
// none.
func (l *Ledger) Latest(ctx context.Context) (id int64, key string, err error) {
	err = l.db.Read.QueryRowContext(ctx, `SELECT b.id, o.platform_id FROM labels b JOIN orders o ON o.id = b.order_id
		WHERE b.ended_at > 0 AND b.state IN ('confirmed', 'presumed', 'printed') ORDER BY b.ended_at DESC, b.id DESC LIMIT 1`).Scan(&id, &key)
	return id, key, notFound(err, ErrNoLabel)
}
