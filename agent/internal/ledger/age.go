package ledger

import (
	"database/sql"
	"time"
)

// Personal data is kept for a time, and the computer's clock is no measure of
// that: a clock that is a year ahead would shred what waits to be printed, one
// that is set back would keep data for a year. So the ledger counts time itself,
// at each purge, once a minute.
//
// It goes with the clock as long as that behaves: forward, and in one go never
// by more than believed, which is what a station may have been switched off for.
// A longer jump counts as nothing, and so does one backward. From then on the
// clock is on trial: its minutes count, its leaps do not, until it is back where
// it should be by the count, or has kept going for a day; then it is believed
// anew. A count can so be late, by the nights of that one day or by a closure of
// more than a fortnight, and is never early by more than a clock was wrong
// within the fortnight.

// believed is the longest step of the clock that is taken for time that passed.
const believed = 14 * 24 * time.Hour

// leap is the longest that counts while the clock is on trial.
const leap = time.Hour

// trial is how much time must be counted before a clock that jumped is believed.
const trial = 24 * time.Hour

// age is how much time has passed for the ledger, in milliseconds, from an origin
// that means nothing.
type age struct {
	count int64 // what has passed
	seen  int64 // the clock when that was counted
	mark  int64 // the clock when it was last believed
	then  int64 // the count at that moment
	prev  int64 // the count at the last purge: what is found now has happened since
}

// step counts what has passed since the last step. The clock is in milliseconds.
func (a age) step(clock int64) age {
	d, away := clock-a.seen, clock-a.mark
	switch {
	case a.seen == a.mark && d >= 0 && d <= believed.Milliseconds():
		a.count += d
		a.mark, a.then = clock, a.count
	case a.seen != a.mark && away >= 0 && away <= believed.Milliseconds() && a.then+away >= a.count:
		a.count = a.then + away
		a.mark, a.then = clock, a.count
	default:
		if d > 0 && d <= leap.Milliseconds() {
			a.count += d
		}
		if a.count-a.then >= trial.Milliseconds() {
			a.mark, a.then = clock, a.count
		}
	}
	a.seen = clock
	return a
}

var ageNames = []string{"age", "age_seen", "age_mark", "age_then", "age_look"}

// passed steps the ledger's age to now and keeps it.
func (l *Ledger) passed(tx *sql.Tx) (age, error) {
	var a age
	fields := []*int64{&a.count, &a.seen, &a.mark, &a.then, &a.prev}
	known := true
	for i, name := range ageNames {
		err := tx.QueryRow(`SELECT value FROM meta WHERE name = ?`, name).Scan(fields[i])
		if notFound(err, ErrNothing) == ErrNothing {
			known = false
			continue
		}
		if err != nil {
			return age{}, err
		}
	}
	now := l.now()
	if known {
		a = a.step(now)
	} else { // the first time; what is found now may have happened long ago
		a = age{count: now, seen: now, mark: now, then: now, prev: now - believed.Milliseconds()}
	}
	for i, name := range ageNames {
		_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, *fields[i])
		if err != nil {
			return age{}, err
		}
	}
	return a, nil
}

// looked notes that all that is superfluous by now was found.
func looked(tx *sql.Tx, a age) error {
	_, err := tx.Exec(`UPDATE meta SET value = ? WHERE name = 'age_look'`, a.count)
	return err
}

// since is by the count when something happened that bears a time stamp and was
// not there at the last look.
func (a age) since(stamp int64) int64 {
	return a.count - min(max(a.seen-stamp, 0), a.count-a.prev)
}
