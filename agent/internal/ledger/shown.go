package ledger

import (
	"database/sql"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// shownOtherwise reports whether a numbered order is the same although it reads
// differently: the platform shows its receiver in another way than it did. What
// it shows depends on rights, age and quota, and changes nobody's address. So
// only what both ways show is compared. What can be read is kept: it is what later
// readings are held against.
func (l *Ledger) shownOtherwise(tx *sql.Tx, o order.Order, content []byte, k known) (bool, error) {
	key, err := l.seal.Unwrap(k.key)
	if err != nil {
		return false, err
	}
	var sealed []byte
	if err := tx.QueryRow(`SELECT sealed_order FROM orders WHERE id = ?`, k.id).Scan(&sealed); err != nil {
		return false, err
	}
	kept, err := openOrder(key, o.Key, sealed)
	if err != nil {
		return false, err
	}
	if !ShownOtherwise(kept, o) {
		return false, nil
	}
	if closed(o) {
		return true, nil
	}
	if sealed, err = sealOrder(key, o); err != nil {
		return false, err
	}
	if _, err = tx.Exec(`UPDATE orders SET sealed_order = ?, content = ? WHERE id = ?`, sealed, content, k.id); err != nil {
		return false, err
	}
	return true, putGoods(tx, k.id, o)
}

// keepNumber keeps a virtual number that was bound anew: the order is the same,
// and the one before it reaches nobody any more.
func (l *Ledger) keepNumber(tx *sql.Tx, o order.Order, k known) error {
	if o.PhoneKind != waybill.PhoneVirtual {
		return nil
	}
	key, err := l.seal.Unwrap(k.key)
	if err != nil {
		return err
	}
	var sealed []byte
	if err := tx.QueryRow(`SELECT sealed_order FROM orders WHERE id = ?`, k.id).Scan(&sealed); err != nil {
		return err
	}
	kept, err := openOrder(key, o.Key, sealed)
	if err != nil {
		return err
	}
	if kept.PhoneKind != waybill.PhoneVirtual || kept.Receiver.Phone.Reveal() == o.Receiver.Phone.Reveal() && kept.VirtualUntil.Equal(o.VirtualUntil) {
		return nil
	}
	kept.Receiver.Phone, kept.VirtualUntil, kept.ReceiverMark, kept.ReadAt = o.Receiver.Phone, o.VirtualUntil, o.ReceiverMark, o.ReadAt
	if sealed, err = sealOrder(key, kept); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE orders SET sealed_order = ? WHERE id = ?`, sealed, k.id)
	return err
}

// closed reports whether the platform does not show whom the order goes to.
func closed(o order.Order) bool {
	return o.PhoneKind == waybill.PhoneSealed || o.PhoneKind == waybill.PhoneMasked
}

// shipsAfterAll ends the alarm of a cancellation that came too late and was taken
// back: the label is out, and the parcel goes under it.
func (l *Ledger) shipsAfterAll(tx *sql.Tx, o order.Order, k known) error {
	if o.State != order.ToShip && o.State != order.Shipped {
		return nil
	}
	n, err := count(tx.Exec(`UPDATE orders SET alarm = '' WHERE id = ? AND alarm = 'order-cancelled-too-late'`, k.id))
	if err != nil || n == 0 {
		return err
	}
	if o.State == order.ToShip { // with what was kept in
		// Labels of a number that was given back stay out: they would be copies of this
		// one's. So do those of which the data is gone.
		n, err := count(tx.Exec(`UPDATE labels SET state = ?, printer = '', next_try = 0, ended_at = 0 WHERE order_id = ? AND state = ? AND waybill = ? AND ?`, Queued, k.id, Dropped, k.waybill, k.key != nil))
		switch {
		case err == nil && n > 0:
			_, err = tx.Exec(`UPDATE orders SET ended_at = 0 WHERE id = ?`, k.id)
		case err == nil && l.ShipOnPaper:
			err = l.shipOrder(tx, k.id)
		}
		if err != nil {
			return err
		}
	}
	return l.audit(tx, "platform", "order-ships-after-all", k.id, nil, "")
}

// revive deals with an order whose personal data has been deleted and that the
// platform speaks of again. One that has had its number is answered by what is
// left of it: it is the same. But one that was on hold, cancelled or waiting for
// longer than its data is kept, and is to ship now, is as good as new.
func (l *Ledger) revive(tx *sql.Tx, o order.Order, p Plan, content []byte, k known) (Verdict, error) {
	if gone, err := deleted(tx, k.id); gone || err != nil {
		return Same, err // a person had it deleted: it is not taken up again
	}
	if k.state == Issued && k.begun {
		return l.afterPaper(tx, o, k)
	}
	state, problem := p.state(o, k.doubted)
	switch {
	case state == Skipped && (k.state == Accepted || k.state == Refused): // it waits for nothing any more
		return Withdrawn, l.moveOrder(tx, o.Key, []OrderState{k.state}, Skipped, `, problem = ?, problem_detail = '', ended_at = ?`, problem, l.now())
	case state == Skipped:
		return Same, nil
	}
	switch k.state {
	case Accepted, Refused, Skipped:
	case IssueUnknown, Changed: // for a person as before, who now sees whom it is for
		state, problem = k.state, map[OrderState]string{IssueUnknown: "carrier-answer-unknown", Changed: "order-changed"}[k.state]
	case Cancelled:
		var back bool
		if err := tx.QueryRow(`SELECT count(*) > 0 AND total(done_at = 0 OR problem <> '') = 0 FROM outbox WHERE order_id = ? AND what = 'cancel'`, k.id).Scan(&back); err != nil {
			return "", err
		}
		if !back { // its carrier has not taken the number back
			state, problem = Changed, "order-changed"
			break
		}
		if _, err := tx.Exec(`UPDATE orders SET waybill = '', carrier = '', renewed = renewed + 1 WHERE id = ?`, k.id); err != nil {
			return "", err
		}
	default:
		return Same, nil
	}
	key, wrapped, err := l.seal.NewKey()
	if err != nil {
		return "", err
	}
	sealed, err := sealOrder(key, o)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(`UPDATE orders SET key = ?, sealed_order = ?, content = ?, phone_kind = ?, issuer = ?, deadline = ?, read_at = ? WHERE id = ?`,
		wrapped, sealed, content, o.PhoneKind, p.Issuer, o.Deadline().UnixMilli(), o.ReadAt.UnixMilli(), k.id)
	if err == nil {
		err = putGoods(tx, k.id, o)
	}
	if err != nil {
		return "", err
	}
	return Replaced, l.moveOrder(tx, o.Key, []OrderState{k.state}, state,
		`, problem = ?, problem_detail = '', tries = 0, next_try = 0, ended_at = 0, alarm = ''`, problem)
}

// afterDeadline is how long after its deadline a parcel has left at the latest, if
// nobody says that it has.
const afterDeadline = 24 * time.Hour

// leftBy is the deadline of the latest parcels that have left, see afterDeadline.
func (l *Ledger) leftBy() int64 { return l.now() - afterDeadline.Milliseconds() }

// afterPaper deals with an order whose label is out and whose data has been deleted.
// Its parcel may be here still: until it has left, a cancellation is an alarm as it was
// before.
func (l *Ledger) afterPaper(tx *sql.Tx, o order.Order, k known) (Verdict, error) {
	if o.State != order.Cancelled && o.State != order.Locked {
		return Same, l.shipsAfterAll(tx, o, k)
	}
	const alarm = "order-cancelled-too-late"
	var news bool
	err := tx.QueryRow(`SELECT alarm <> ? AND deadline > ? AND NOT EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = o.id AND x.what = 'shipped')
		FROM orders o WHERE id = ?`, alarm, l.leftBy(), k.id).Scan(&news)
	if err != nil || !news {
		return Same, err
	}
	_, err = l.alarm(tx, k.id, alarm, nil)
	return TooLate, err
}
