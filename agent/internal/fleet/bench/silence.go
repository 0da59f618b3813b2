package bench

import "time"

// silence is the time in which the database gave no answer.
type silence struct{ from, to time.Time }

// lotPatience is how long the database is asked in vain before labels of the lot
// print without it. After a start or a sleep a person may have decided about them
// meanwhile, and a database that is there says so.
const lotPatience = 5 * time.Second

// unanswered notes a beat that had no answer. One that follows a long pause, as a
// computer's that slept, begins the silence anew.
func (b *Bench) unanswered(began time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silence.from.IsZero() || since(b.silence.to) > lotPatience+since(began) {
		b.silence.from = began
	}
	b.silence.to = time.Now()
}

// mayPrintLot reports whether labels of the lot may print on what the station knows:
// nobody can have taken it for dead since it was heard, or the database is away.
func (b *Bench) mayPrintLot() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.silence
	asked := !s.from.IsZero() && s.to.Sub(s.from) >= lotPatience && since(s.to) <= 2*lotPatience
	return asked || b.fresh()
}

// fresh reports whether the station was heard, and has compared its ledger, so
// lately that it counts as alive. b.mu is held.
func (b *Bench) fresh() bool {
	return !b.at.IsZero() && since(b.at) < b.beaten.Dead/3
}

// since is how long ago something was, by whichever clock says more: the steady one
// stands still while a computer sleeps.
func since(t time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}
