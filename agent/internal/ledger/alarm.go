package ledger

import (
	"context"
	"database/sql"
	"errors"

	"miandan/agent/internal/order"
)

// alarm puts an alarm up and on record: something came too late to be acted on, and a
// parcel may have to be stopped. One that stands already is no news, nor is one that
// somebody has seen to, unless about, a keyed hash, says that it is about something else.
func (l *Ledger) alarm(tx *sql.Tx, id int64, what string, about []byte) (news bool, err error) {
	err = tx.QueryRow(`SELECT alarm <> ?1 OR alarm_seen > 0 AND alarm_about IS NOT ?2 FROM orders WHERE id = ?3`, what, about, id).Scan(&news)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(`UPDATE orders SET alarm = ?1, alarm_about = ?2, alarm_seen = iif(?3, 0, alarm_seen) WHERE id = ?4`, what, about, news, id)
	if err != nil || !news {
		return false, err
	}
	return true, l.audit(tx, "platform", what, id, nil, "")
}

// ErrNoAlarm reports an order without an alarm that is to be seen to.
var ErrNoAlarm = errors.New("the order has no alarm")

// SeenTo records a person's word that what an order's alarm is about has been seen to:
// its parcel was stopped, or goes as it is. To a scan it is what it was.
func (l *Ledger) SeenTo(ctx context.Context, key order.Key, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		n, err := count(tx.Exec(`UPDATE orders SET alarm_seen = ? WHERE source = ? AND platform_id = ? AND alarm <> '' AND alarm_seen = 0`, l.now(), key.Source, key.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoAlarm
		}
		return l.audit(tx, p.Who, "alarm-seen", orderID(tx, key), nil, p.Why)
	})
}
