package ledger

import (
	"math/rand/v2"
	"testing"
	"time"

	"miandan/printer"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

var keep = Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}

// hours lets the station work, purging every hour of the clock, until something
// is purged, and returns after how long that was.
func (b *bench) hours(d time.Duration) time.Duration {
	b.t.Helper()
	for m := time.Duration(0); m < d; m += time.Hour {
		b.now = b.now.Add(time.Hour)
		n, err := b.Purge(b.t.Context(), keep)
		b.do(err)
		if n > 0 {
			return m + time.Hour
		}
	}
	return 0
}

// days lets days pass, with a purge each day, and returns how many orders were
// purged.
func (b *bench) days(n int, r Retention) (purged int) {
	b.t.Helper()
	for range n {
		b.now = b.now.Add(day)
		n, err := b.Purge(b.t.Context(), r)
		b.do(err)
		purged += n
	}
	return purged
}

// Clock steps of a year, forward and back, while it runs and while it is off:
// what has ended is deleted after 24 hours that passed, not before and not a year
// later.
func TestPurgeDoesNotBelieveAClockThatJumps(t *testing.T) {
	for _, c := range []struct {
		name string
		step func(*bench)
		left time.Duration // until it is purged, after 12 hours and the step
	}{
		{"no step", func(*bench) {}, 12 * time.Hour},
		{"restarts", func(b *bench) { b.crash(); b.hours(0); b.crash() }, 12 * time.Hour},
		{"off for eleven hours", func(b *bench) { b.now = b.now.Add(11 * time.Hour); b.crash() }, time.Hour},
		{"off for ten days", func(b *bench) { b.now = b.now.Add(10 * day); b.crash() }, time.Hour},
		{"a year ahead", func(b *bench) { b.now = b.now.Add(year) }, 12 * time.Hour},
		{"a year ahead over a restart", func(b *bench) { b.now = b.now.Add(year); b.crash() }, 12 * time.Hour},
		{"a year back", func(b *bench) { b.now = b.now.Add(-year) }, 12 * time.Hour},
		{"a year back over a restart", func(b *bench) { b.now = b.now.Add(-year); b.crash() }, 12 * time.Hour},
		{"a year ahead and back", func(b *bench) { b.now = b.now.Add(year); b.hours(time.Hour); b.now = b.now.Add(-year) }, 11 * time.Hour},
		{"a clock without a battery", func(b *bench) { // off for eleven hours, and the time comes from the network after a while
			on := b.now.Add(11 * time.Hour)
			b.now = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
			b.crash()
			b.hours(time.Hour)
			b.now = on.Add(time.Hour)
		}, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.hours(time.Hour)
			b.enqueue(b.order("1"), 1)
			b.settle(b.print(Sending), printer.Confirmed)
			if d := b.hours(12 * time.Hour); d != 0 {
				t.Fatalf("purged after %v", d)
			}
			c.step(b)
			got := b.hours(2 * day)
			if d := got - c.left; got == 0 || d < -time.Hour || d > time.Hour {
				t.Errorf("purged %v after the step, want %v", got, c.left)
			}
		})
	}
}

// What waits is not shredded by a clock that is a year ahead, also not after the
// agent was started by it.
func TestAClockAheadShredsNothingThatWaits(t *testing.T) {
	b := newBench(t)
	b.hours(time.Hour)
	b.accept(b.order("1"))     // waits for its number
	b.enqueue(b.order("2"), 1) // nobody knows
	b.enqueue(b.order("3"), 1) // waits for a printer
	b.settle(b.print(Sending), printer.Uncertain)
	b.now = b.now.Add(year)
	b.crash()
	if d := b.hours(2 * day); d != 0 {
		t.Errorf("purged after %v", d)
	}
	b.now = b.now.Add(-year)
	b.crash()
	if d := b.hours(2 * day); d < 12*time.Hour || d > 30*time.Hour {
		t.Errorf("the unknown one was purged after two days and %v, want three in all", d)
	}
	for id, purged := range map[string]bool{"1": false, "2": true, "3": false} {
		found := false
		rows, err := b.Rows(t.Context(), Filter{Order: id})
		b.do(err)
		for _, r := range rows {
			found = found || r.Purged
		}
		if found != purged {
			t.Errorf("order %s purged: %v, want %v", id, found, purged)
		}
	}
}

// Whatever the clock does, the count is never early by more than that clock was
// wrong within what is believed, and never stands still.
func TestAgeUnderAnyClock(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		now := int64(1_800_000_000_000)
		a := age{count: now, seen: now, mark: now, then: now}
		began := a.count
		var truth, wrong time.Duration
		for range 6000 { // about four days
			truth += time.Minute
			if r.IntN(500) == 0 { // somebody sets the clock by years
				d := time.Duration(1+r.IntN(3)) * year
				if r.IntN(2) == 0 {
					d = -d
				}
				wrong += d
			}
			if wrong != 0 && r.IntN(300) == 0 { // and somebody puts it right
				wrong = 0
			}
			a = a.step(now + (truth + wrong).Milliseconds())
			if a.count < began {
				t.Fatal("the count goes back")
			}
			if early := time.Duration(a.count-began)*time.Millisecond - truth; early > time.Minute {
				t.Fatalf("after %v the count is %v early", truth, early)
			}
		}
		if late := truth - time.Duration(a.count-began)*time.Millisecond; late > 2*time.Hour {
			t.Fatalf("after %v the count is %v late", truth, late)
		}
	}
}

// What ended just before the station was switched off has aged over the night,
// whoever counts that night first.
func TestTheNightCountsForWhatEndedLast(t *testing.T) {
	b := newBench(t)
	b.hours(time.Hour)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.Confirmed)
	b.now = b.now.Add(23 * time.Hour)
	b.crash()
	_, err := b.Trim(t.Context(), 0)
	b.do(err)
	if d := b.hours(3 * time.Hour); d != time.Hour {
		t.Errorf("purged %v after a night of 23 hours, want 1h", d)
	}
}
