package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// Plan is what the station's settings say about an order.
type Plan struct {
	Issuer  string // who gives its number: "jd-express", "wujie/ZTO"; empty if no rule says
	Refusal string // a code of package notice why no number may be taken; empty if one may
	Wanted  bool   // take a number and print without being asked
	Target  string // the printer or group that it must print on; empty for any with its paper
	Rule    string // the rule by which it prints by itself; empty if there is none
	Asked   bool   // a person asks, or the settings are new: what the carrier refused may be tried at once
}

// Verdict says what Accept made of an order.
type Verdict string

const (
	Fresh     Verdict = "new"
	Same      Verdict = "same"      // known, with the same content
	Replaced  Verdict = "replaced"  // its content changed before a number was taken
	Overtaken Verdict = "overtaken" // its content changed after; labels that had not begun are superseded
	Withdrawn Verdict = "withdrawn" // cancelled on the platform in time
	TooLate   Verdict = "too-late"  // changed or cancelled when its label had begun: an alarm
)

// Told is an order as a platform has told of it, and what the settings make of it.
type Told struct {
	Order order.Order
	Plan  Plan
}

// Accept puts an order on disk. The same order with the same content is the
// same for ever, however often it is delivered.
func (l *Ledger) Accept(ctx context.Context, o order.Order, p Plan) (Verdict, error) {
	verdicts, err := l.AcceptAll(ctx, []Told{{o, p}})
	if err != nil {
		return "", err
	}
	return verdicts[0], nil
}

// AcceptAll is Accept for several orders in one commit: either all of them are
// accepted or none is.
func (l *Ledger) AcceptAll(ctx context.Context, list []Told) ([]Verdict, error) {
	contents := make([][]byte, len(list))
	for i, t := range list {
		if err := l.waitIfNew(ctx, t.Order.Key); err != nil {
			return nil, err
		}
		contents[i] = l.content(t.Order)
	}
	verdicts := make([]Verdict, len(list))
	err := l.commit(ctx, func(tx *sql.Tx) (err error) {
		for i, t := range list {
			var k known
			if verdicts[i], err = l.accept(tx, t, contents[i], &k); err != nil {
				return err
			}
			if verdicts[i] == Same && k.state == Issued && t.Order.State == order.ToShip && bytes.Equal(contents[i], k.content) {
				l.standing.keep(t.Order, t.Plan) // here, in the order in which others may change it
			} else {
				l.standing.forget(t.Order.Key)
			}
		}
		return nil
	})
	if err != nil {
		for _, t := range list {
			l.standing.forget(t.Order.Key)
		}
		return nil, err
	}
	var due Due
	for _, v := range verdicts {
		due |= v.due()
	}
	l.tell(due)
	return verdicts, nil
}

func (l *Ledger) accept(tx *sql.Tx, t Told, content []byte, before *known) (_ Verdict, err error) {
	*before, err = l.readKnown(tx, t.Order.Key)
	switch {
	case errors.Is(err, ErrNoOrder):
		return Fresh, l.insert(tx, t.Order, t.Plan, content)
	case err != nil:
		return "", err
	}
	return l.again(tx, t.Order, t.Plan, content, *before)
}

// due is what an order that was accepted so may have made due.
func (v Verdict) due() Due {
	switch v {
	case Fresh:
		return DueNumbers
	case Same:
		return DueNumbers | DueMessages
	}
	return dueAll
}

func (l *Ledger) insert(tx *sql.Tx, o order.Order, p Plan, content []byte) error {
	key, wrapped, err := l.seal.NewKey()
	if err != nil {
		return err
	}
	sealed, err := sealOrder(key, o)
	if err != nil {
		return err
	}
	lost, err := gone(tx)
	if err != nil {
		return err
	}
	doubted := o.PaidAt.UnixMilli() < lost // what is known of it no more may have been a number
	state, problem := p.state(o, doubted)
	if doubted && o.State == order.Cancelled { // and may have done so before it was cancelled
		state, problem = IssueUnknown, "carrier-answer-unknown"
	}
	r, err := tx.Exec(`INSERT INTO orders (source, platform_id, state, content, merchant, parent, issuer, wanted,
		deadline, read_at, created_at, key, sealed_order, phone_kind, problem, ended_at, doubted, target, rule) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		o.Source, o.ID, state, content, o.Merchant, o.Parent, p.Issuer, p.Wanted,
		o.Deadline().UnixMilli(), o.ReadAt.UnixMilli(), l.now(), wrapped, sealed, o.PhoneKind, problem, l.endOf(state), doubted, p.Target, p.Rule)
	if err != nil {
		return err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return err
	}
	return putGoods(tx, id, o)
}

// endOf is when an order's personal data begins to be superfluous.
func (l *Ledger) endOf(s OrderState) int64 {
	if s == Skipped || s == Cancelled {
		return l.now()
	}
	return 0
}

// state is where an order begins, and the code of what keeps it there: orders
// that the platform itself does not ship are kept apart from those that a person
// can put right, and from those that may have their number already.
func (p Plan) state(o order.Order, doubted bool) (state OrderState, problem string) {
	switch {
	case p.Refusal == "" && doubted:
		return IssueUnknown, "carrier-answer-unknown"
	case p.Refusal == "":
		return Accepted, ""
	case o.IsParent || o.State != order.ToShip:
		return Skipped, p.Refusal
	}
	return Refused, p.Refusal
}

type known struct {
	id      int64
	state   OrderState
	content []byte
	key     []byte
	waybill string
	issuer  string
	readAt  int64
	doubted bool // an old copy of the database was restored since
	refused bool // its carrier has said no, and it is too early to ask again
	// A byte of a label may have left. An attempt that proved to have sent none does not
	// count; a copy does, which somebody wanted because of an attempt that an old copy of
	// the database may not know of.
	begun bool
}

func (l *Ledger) readKnown(tx *sql.Tx, key order.Key) (known, error) {
	var k known
	soon, last := l.notYet()
	err := tx.QueryRow(`SELECT id, state, content, key, waybill, issuer, read_at, doubted, state = 'refused' AND problem_detail <> '' AND next_try BETWEEN ? AND ?,
		EXISTS (SELECT 1 FROM labels b WHERE b.order_id = orders.id AND (
			b.copy > 0 OR b.state NOT IN ('queued','claimed','rendered','cancelled','superseded') OR
			EXISTS (SELECT 1 FROM attempts a WHERE a.label_id = b.id AND a.state <> 'queued')))
		FROM orders WHERE source = ? AND platform_id = ?`, soon, last, key.Source, key.ID).
		Scan(&k.id, &k.state, &k.content, &k.key, &k.waybill, &k.issuer, &k.readAt, &k.doubted, &k.refused, &k.begun)
	return k, notFound(err, ErrNoOrder)
}

// slowest is how long a reading may be under way. One that seems to be older was
// made before the clock was set back.
const slowest = 2 * time.Minute

// again deals with an order that the ledger knows.
func (l *Ledger) again(tx *sql.Tx, o order.Order, p Plan, content []byte, k known) (Verdict, error) {
	if age := k.readAt - o.ReadAt.UnixMilli(); age > 0 && age < slowest.Milliseconds() {
		return Same, nil // it was under way while somebody else read it again
	}
	cancelled := o.State == order.Cancelled || o.State == order.Locked
	same := string(content) == string(k.content)
	if numbered := k.waybill != "" || k.state == Issuing || k.state == IssueUnknown; !same && numbered && k.key != nil {
		var err error
		if same, err = l.shownOtherwise(tx, o, content, k); err != nil {
			return "", err
		}
	}
	// What was read counts as the platform's last word only if the order still
	// stands as the ledger has it. Otherwise it is read once more before paper: a
	// change that came while the carrier was being asked is acted on then, and an
	// order that does not ship is released by what is read last.
	readAt := o.ReadAt.UnixMilli()
	if !same || o.State != order.ToShip {
		readAt = 0
	}
	if _, err := tx.Exec(`UPDATE orders SET read_at = ? WHERE id = ?`, readAt, k.id); err != nil {
		return "", err
	}
	switch {
	case k.key == nil:
		return l.revive(tx, o, p, content, k)
	case k.state == Accepted || k.state == Refused || k.state == Skipped:
		return l.replace(tx, o, p, content, k, same)
	case k.state == Cancelled && !cancelled && p.Refusal == "":
		return l.reopen(tx, o, content, k)
	case k.state == Cancelled, k.state == Changed && same && !cancelled:
		return Same, nil
	case same && !cancelled:
		return Same, errors.Join(l.shipsAfterAll(tx, o, k), l.keepNumber(tx, o, k))
	case k.begun, k.state == Issuing, k.state == IssueUnknown:
		what, about := "order-changed-too-late", content
		if cancelled {
			what, about = "order-cancelled-too-late", nil
		}
		if k.begun && o.State == order.Cancelled { // what is not out yet stays in
			if err := l.stopLabels(tx, k.id, Dropped); err != nil {
				return "", err
			}
			if err := l.endIfDone(tx, k.id); err != nil {
				return "", err
			}
		}
		news, err := l.alarm(tx, k.id, what, about)
		if err != nil || !news {
			return Same, err
		}
		return TooLate, nil
	case cancelled:
		if err := l.stopLabels(tx, k.id, Dropped); err != nil {
			return "", err
		}
		numbers, err := l.numbers(tx, o.Key, k)
		if err != nil {
			return "", err
		}
		for _, n := range numbers {
			if err := l.post(tx, k.id, n, "cancel"); err != nil {
				return "", err
			}
		}
		return Withdrawn, l.moveOrder(tx, o.Key, []OrderState{Issued, Changed}, Cancelled,
			`, problem = 'order-cancelled', problem_detail = '', alarm = iif(alarm = 'order-cancelled-too-late', '', alarm), ended_at = ?`, l.now())
	default:
		if err := l.stopLabels(tx, k.id, Superseded); err != nil {
			return "", err
		}
		if err := l.reseal(tx, o, content, k); err != nil {
			return "", err
		}
		return Overtaken, l.moveOrder(tx, o.Key, []OrderState{Issued, Changed}, Changed, `, problem = 'order-changed', problem_detail = ''`)
	}
}

// numbers returns what an order has of its carrier: its waybill's number, or
// those of its boxes where each has one of its own.
func (l *Ledger) numbers(tx *sql.Tx, order order.Key, k known) ([]string, error) {
	var sealed []byte
	if err := tx.QueryRow(`SELECT sealed_waybill FROM orders WHERE id = ?`, k.id).Scan(&sealed); err != nil {
		return nil, err
	}
	if sealed == nil {
		return numbersLeft(tx, k)
	}
	key, err := l.seal.Unwrap(k.key)
	if err != nil {
		return nil, err
	}
	w, err := openWaybill(key, order, sealed)
	if err != nil {
		return nil, err
	}
	return numbersOf(w), nil
}

// numbersLeft returns them of an order whose waybill has been deleted.
func numbersLeft(tx *sql.Tx, k known) ([]string, error) {
	if k.waybill == "" {
		return nil, nil
	}
	rows, err := tx.Query(`SELECT ?2 UNION SELECT own FROM labels WHERE order_id = ?1 AND waybill = ?2`, k.id, k.waybill)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, n *string) error { return r.Scan(n) })
}

func numbersOf(w waybill.Waybill) []string {
	list := []string{string(w.Number)}
	for _, p := range w.Parcels {
		if n := string(p.Number); n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// reopen deals with a cancelled order that is to ship after all: its buyer asked
// for the cancellation and was talked out of it. Once its numbers have been given
// back, and the carrier has taken them, it is as good as new; until then a second
// number would be a guess.
func (l *Ledger) reopen(tx *sql.Tx, o order.Order, content []byte, k known) (Verdict, error) {
	if err := l.reseal(tx, o, content, k); err != nil {
		return "", err
	}
	numbers, err := l.numbers(tx, o.Key, k)
	if err != nil {
		return "", err
	}
	back := len(numbers) > 0
	for _, n := range numbers {
		var taken bool
		err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM outbox WHERE order_id = ? AND waybill = ? AND what = 'cancel' AND done_at > 0 AND problem = '')`, k.id, n).Scan(&taken)
		if err != nil {
			return "", err
		}
		back = back && taken
	}
	if !back || k.doubted {
		return Overtaken, l.moveOrder(tx, o.Key, []OrderState{Cancelled}, Changed, `, problem = 'order-changed', problem_detail = '', ended_at = 0`)
	}
	return Replaced, l.moveOrder(tx, o.Key, []OrderState{Cancelled}, Accepted, `, ended_at = 0`+numberless)
}

// replace takes the order as it is now: no number has been taken for it.
func (l *Ledger) replace(tx *sql.Tx, o order.Order, p Plan, content []byte, k known, same bool) (Verdict, error) {
	state, problem := p.state(o, k.doubted)
	if same && p.Issuer == k.issuer && (state == k.state || k.refused && !p.Asked && state != Skipped) {
		return Same, l.keepNumber(tx, o, k) // the carrier is told of the one that was bound last
	}
	if err := l.reseal(tx, o, content, k); err != nil {
		return "", err
	}
	err := l.moveOrder(tx, o.Key, []OrderState{k.state}, state,
		`, problem = ?, problem_detail = '', issuer = ?, target = iif(turn = 2, ?, target), rule = iif(turn = 2, ?, rule), deadline = ?, tries = 0, next_try = 0, ended_at = ?`,
		problem, p.Issuer, p.Target, p.Rule, o.Deadline().UnixMilli(), l.endOf(state))
	if state == Skipped {
		return Withdrawn, err
	}
	return Replaced, err
}

func (l *Ledger) reseal(tx *sql.Tx, o order.Order, content []byte, k known) error {
	key, err := l.seal.Unwrap(k.key)
	if err != nil {
		return err
	}
	sealed, err := sealOrder(key, o)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE orders SET sealed_order = ?, content = ?, phone_kind = ?, read_at = ? WHERE id = ?`, sealed, content, o.PhoneKind, o.ReadAt.UnixMilli(), k.id)
	if err != nil {
		return err
	}
	return putGoods(tx, k.id, o)
}

// stopLabels takes the labels of an order out of the queue of which nothing has
// been out; not a second copy, whose first one is.
func (l *Ledger) stopLabels(tx *sql.Tx, orderID int64, to LabelState) error {
	args := []any{to, l.now(), orderID}
	for _, s := range beforeIntent {
		args = append(args, s)
	}
	_, err := tx.Exec(`UPDATE labels SET state = ?, ended_at = ? WHERE order_id = ? AND state IN (`+placeholders(len(beforeIntent))+`)
		AND copy = 0 AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.label_id = labels.id AND a.state <> 'queued')`, args...)
	return err
}

// Cursor returns how far a source has been read.
func (l *Ledger) Cursor(ctx context.Context, source string) (platform.Cursor, error) {
	var c string
	err := l.db.Read.QueryRowContext(ctx, `SELECT cursor FROM cursors WHERE source = ?`, source).Scan(&c)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return platform.Cursor(c), err
}

// Advance keeps how far a source has been read. It is called when all orders
// up to there have been accepted.
func (l *Ledger) Advance(ctx context.Context, source string, c platform.Cursor) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO cursors (source, cursor) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor`, source, string(c))
		return err
	})
}
