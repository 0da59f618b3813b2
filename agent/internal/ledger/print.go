package ledger

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

// Label is a label that a printer has claimed.
type Label struct {
	ID       int64
	Order    order.Key
	Issuer   string    // who gave its number
	ReadAt   time.Time // when the platform last told us of the order
	Template string
	// VirtualUntil is until when a virtual number on it reaches the receiver; zero
	// where the platform does not say.
	VirtualUntil time.Time
	waybill.Label
	// Wave is set if the label is one of a wave's.
	Wave *Turn
	// Unread says that its platform could not be asked whether the order still ships.
	Unread  bool
	attempt int // the attempt that Intend began
}

// Attempt says how a label is about to be sent.
type Attempt struct {
	Mark     printer.Mark
	Document string // the name that a spooler sees: random, it ends up in logs
}

// Label reads a label whole, as it was or will be printed, to show it or to make
// its PDF.
func (l *Ledger) Label(ctx context.Context, id int64) (Label, error) {
	label := Label{ID: id}
	tx, err := l.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return Label{}, err
	}
	defer tx.Rollback()
	return label, l.read(tx, &label)
}

func (l *Ledger) read(tx *sql.Tx, label *Label) error {
	var (
		wrapped, sealed []byte
		sealedOrder     []byte
		readAt          int64
		printedAt       int64
		turn            Turn
	)
	err := tx.QueryRow(`SELECT o.source, o.platform_id, o.issuer, o.read_at, o.key, o.sealed_order, o.sealed_waybill, b.template, b.parcel, b.copy, b.attempt, b.printed_at, b.wave, b.position
		FROM labels b JOIN orders o ON o.id = b.order_id WHERE b.id = ?`, label.ID).
		Scan(&label.Order.Source, &label.Order.ID, &label.Issuer, &readAt, &wrapped, &sealedOrder, &sealed, &label.Template, &label.Parcel, &label.Copy, &label.attempt, &printedAt, &turn.Wave, &turn.Position)
	if err != nil {
		return notFound(err, ErrNoLabel)
	}
	if wrapped == nil {
		return ErrPurged
	}
	key, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return err
	}
	label.ReadAt, label.PrintedAt = at(readAt), at(printedAt)
	if turn.Wave != 0 {
		label.Wave = &turn
	}
	if label.Waybill, err = openWaybill(key, label.Order, sealed); err != nil || label.PhoneKind != waybill.PhoneVirtual || label.CarrierPhone {
		return err
	}
	// A virtual number lives shorter than a label may wait. The one that is printed
	// is the one that the platform gave last.
	o, err := openOrder(key, label.Order, sealedOrder)
	if err == nil && !closed(o) {
		label.Receiver.Phone, label.PhoneKind, label.VirtualUntil = o.Receiver.Phone, o.PhoneKind, o.VirtualUntil
	}
	return err
}

// Lapsed reports whether the virtual number on the label is known to reach
// nobody any more at a time.
func (l Label) Lapsed(at time.Time) bool {
	return l.PhoneKind == waybill.PhoneVirtual && !l.VirtualUntil.IsZero() && !at.Before(l.VirtualUntil)
}

// Rendered notes that the label is made and checked, where that takes so long that
// people may want to see it. Otherwise Intend says so too.
func (l *Ledger) Rendered(ctx context.Context, id int64) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error { return l.moveLabel(tx, id, Rendered, ``) })
}

// Release puts a label back into the queue: no byte of it has left. It is
// offered again after wait. From Sending on only Settle says so, with its proof.
func (l *Ledger) Release(ctx context.Context, id int64, p Problem, wait time.Duration) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`UPDATE attempts SET state = ?, settled_at = ? WHERE label_id = ? AND state = ?`, Queued, l.now(), id, Intent); err != nil {
			return err
		}
		return l.moveFrom(tx, id, []LabelState{Claimed, Rendered, Intent}, Queued, `, problem = ?, problem_detail = ?, next_try = ?, printer = ''`,
			p.Code, p.args(), l.now()+wait.Milliseconds())
	})
}

// Prepare gives the next attempt its process ID and its document name. A
// process ID does not come round for 62⁴ labels, which no station prints
// within 90 days.
//
// They are taken off the database in lots, each of which is on disk as taken before
// the first of it is used; what a stop leaves of one is never used.
func (l *Ledger) Prepare(ctx context.Context) (Attempt, error) {
	n, err := l.marks.next(func(lot int64) (last int64, err error) {
		err = l.txFor(ctx, 0, func(tx *sql.Tx) error {
			return tx.QueryRow(`INSERT INTO meta (name, value) VALUES ('mark', ?1)
				ON CONFLICT (name) DO UPDATE SET value = value + ?1 RETURNING value`, lot).Scan(&last)
		})
		return last, err
	})
	if err != nil {
		return Attempt{}, err
	}
	return Attempt{Mark: printer.MarkAt(uint64(n)), Document: rand.Text()}, nil
}

// marks are the process IDs of a lot that have not been used.
type marks struct {
	mu          sync.Mutex
	lot         int64 // how many are taken off the database at once; 0 is 64
	used, taken int64
}

func (m *marks) next(take func(lot int64) (last int64, err error)) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used == m.taken {
		lot := cmp.Or(m.lot, 64)
		last, err := take(lot)
		if err != nil {
			return 0, err
		}
		m.used, m.taken = last-lot, last
	}
	m.used++
	return m.used, nil
}

// ErrInHand reports a printer of whose label in hand it is not known yet what
// became of it: the proof of one could be taken for that of the other.
var ErrInHand = errors.New("the printer has another label in hand")

// Intend writes down that the label is about to be sent, with the printer's
// baseline. When it returns nil that is on disk, and bytes may leave once.
//
// One label may be ahead of it, on its way to the same printer, if the baseline
// names it: the printer then proves each by itself.
//
// Once all printing or the printer is held, or the label's wave is stopped, it is
// ErrHeld: what prints after that is in hand, its intent was on disk before.
func (l *Ledger) Intend(ctx context.Context, label *Label, a Attempt, payload [32]byte, b printer.Baseline) error {
	baseline, err := json.Marshal(b)
	if err != nil {
		return err
	}
	due := Due(0)
	if len(label.Parcels) > 1 {
		due = DueLabels // its next parcel may follow
	}
	return l.txFor(ctx, due, func(tx *sql.Tx) error {
		if err := freeHand(tx, label.ID, b); err != nil {
			return err
		}
		if err := notHeld(tx, label.ID); err != nil {
			return err
		}
		if err := l.moveLabel(tx, label.ID, Intent, `, attempt = attempt + 1, problem = '', problem_detail = ''`); err != nil {
			return err
		}
		err := tx.QueryRow(`INSERT INTO attempts (label_id, n, copy, printer, mark, document, payload, baseline, state, intent_at)
			SELECT id, attempt, copy, ?, ?, ?, ?, ?, state, ? FROM labels WHERE id = ? RETURNING n`,
			b.Printer, a.Mark.String(), a.Document, payload[:], string(baseline), l.now(), label.ID).Scan(&label.attempt)
		if err == nil && label.Unread {
			err = l.unread(tx, label)
		}
		return err
	})
}

// onItsWay finds what is on its way to a printer by its state: by the printer it would
// walk all that the printer has ever put out.
const onItsWay = `SELECT b.state, a.mark FROM labels b INDEXED BY labels_queue JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt
	WHERE b.printer = ? AND b.id <> ? AND b.state IN ('intent', 'sending', 'sent')`

// freeHand makes sure that nothing is on its way to a printer but the one label
// that the next follows.
func freeHand(tx *sql.Tx, id int64, b printer.Baseline) error {
	rows, err := tx.Query(onItsWay, b.Printer, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for ahead := 0; rows.Next(); ahead++ {
		var (
			state LabelState
			mark  string
		)
		if err := rows.Scan(&state, &mark); err != nil {
			return err
		}
		if ahead > 0 || state != Sending || mark == "" || mark != b.Follows {
			return ErrInHand
		}
	}
	return rows.Err()
}

// Sending notes that the first byte is about to leave.
func (l *Ledger) Sending(ctx context.Context, label Label) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error {
		if err := l.inHand(tx, label, Sending); err != nil {
			return err
		}
		if err := l.moveLabel(tx, label.ID, Sending, ``); err != nil {
			return err
		}
		return l.setAttempt(tx, label, Sending, 0)
	})
}

// inHand makes sure that the attempt is the label's last one and under way: of an
// older one there is nothing more to be said.
func (l *Ledger) inHand(tx *sql.Tx, label Label, to LabelState) error {
	var (
		is   LabelState
		last int
	)
	if err := tx.QueryRow(`SELECT state, attempt FROM labels WHERE id = ?`, label.ID).Scan(&is, &last); err != nil {
		return notFound(err, ErrNoLabel)
	}
	if (is == Intent || is == Sending) && last == label.attempt {
		return nil
	}
	return &MoveError{What: fmt.Sprintf("label %d after attempt %d", label.ID, label.attempt), From: string(is), To: string(to)}
}

// Timing is how long the steps of an attempt took.
type Timing struct {
	Compose time.Duration
	Render  time.Duration
	Send    time.Duration
}

// Settled is what is known after sending.
type Settled struct {
	Outcome  printer.Outcome
	Evidence printer.Evidence
	Timing   Timing
	Problem  Problem       // for Uncertain and NotSent
	Wait     time.Duration // for NotSent: when it is offered again
}

// Settle writes down what became of the attempt.
func (l *Ledger) Settle(ctx context.Context, label Label, s Settled) (LabelState, error) {
	evidence, err := json.Marshal(s.Evidence)
	if err != nil {
		return "", err
	}
	timing, err := json.Marshal(s.Timing)
	if err != nil {
		return "", err
	}
	due := DueMessages
	if s.Outcome == printer.NotSent {
		due = DueLabels
	}
	var state LabelState
	err = l.txFor(ctx, due, func(tx *sql.Tx) error {
		if err := l.inHand(tx, label, Sent); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE attempts SET evidence = ?, timing = ? WHERE label_id = ? AND n = ?`,
			string(evidence), string(timing), label.ID, label.attempt)
		if err != nil {
			return err
		}
		switch s.Outcome {
		case printer.NotSent:
			state = Queued
			err = l.moveLabel(tx, label.ID, Queued, `, problem = ?, problem_detail = ?, next_try = ?, printer = ''`,
				s.Problem.Code, s.Problem.args(), l.now()+s.Wait.Milliseconds())
		case printer.Uncertain:
			state = Unknown
			err = l.moveLabel(tx, label.ID, Unknown, `, problem = ?, problem_detail = ?`, s.Problem.Code, s.Problem.args())
		case printer.Sent, printer.Confirmed:
			if err := l.moveLabel(tx, label.ID, Sent, ``); err != nil {
				return err
			}
			if state = Presumed; s.Outcome == printer.Confirmed {
				state = Confirmed
			}
			err = l.end(tx, label.ID, state)
		default:
			err = fmt.Errorf("settle: no such outcome %d", s.Outcome)
		}
		if err != nil {
			return err
		}
		if err := l.auditPrint(tx, label, state, s.Evidence); err != nil {
			return err
		}
		if s.Outcome != printer.NotSent {
			if err := errors.Join(l.unroll(tx, label.ID), l.broke(tx, label.ID, s.Outcome != printer.Uncertain)); err != nil {
				return err
			}
		}
		return l.setAttempt(tx, label, state, l.now())
	})
	return state, err
}

// auditPrint puts on record what a label has come to. One of which nothing has
// left has come to nothing yet.
func (l *Ledger) auditPrint(tx *sql.Tx, label Label, s LabelState, e printer.Evidence) error {
	what, ok := map[LabelState]string{Confirmed: audit.Printed, Presumed: audit.Presumed, Unknown: audit.Unknown}[s]
	if !ok {
		return nil
	}
	why := fmt.Sprintf("attempt %d", label.attempt)
	if e.Method != "" {
		why += ", " + string(e.Method)
	}
	return l.audit(tx, agent, what, nil, label.ID, why)
}

// endIfDone notes that an order has ended if all its labels have. It has ended
// once, however often its platform speaks of it afterwards.
func (l *Ledger) endIfDone(tx *sql.Tx, orderID int64) error {
	_, err := tx.Exec(`UPDATE orders SET ended_at = ? WHERE id = ? AND ended_at = 0 AND NOT EXISTS (SELECT 1 FROM labels WHERE order_id = orders.id AND ended_at = 0)`, l.now(), orderID)
	return err
}

// end moves a label to a state in which it has ended. When it is the last of
// its order, the time begins after which the personal data is deleted.
func (l *Ledger) end(tx *sql.Tx, id int64, to LabelState) error {
	if err := l.moveLabel(tx, id, to, `, problem = '', problem_detail = '', ended_at = ?`, l.now()); err != nil {
		return err
	}
	var orderID int64
	err := tx.QueryRow(`SELECT order_id FROM labels WHERE id = ?`, id).Scan(&orderID)
	if err == nil {
		err = l.endIfDone(tx, orderID)
	}
	if err == nil && l.ShipOnPaper && (to == Confirmed || to == Printed) {
		err = l.ship(tx, id)
	}
	return err
}

func (l *Ledger) setAttempt(tx *sql.Tx, label Label, s LabelState, settled int64) error {
	_, err := tx.Exec(`UPDATE attempts SET state = ?, settled_at = ? WHERE label_id = ? AND n = ?`, s, settled, label.ID, label.attempt)
	return err
}
