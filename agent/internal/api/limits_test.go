package api

import (
	"testing"
	"time"

	"miandan/agent/internal/pairing"
)

func TestLimitsOfAnHour(t *testing.T) {
	const one, other = pairing.Origin("https://erp.example.com"), pairing.Origin("https://other.example.com")
	at := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	l := newLimits()
	l.now = func() time.Time { return at }
	print := func(o pairing.Origin, n int) (taken int) {
		for i := range n {
			if i%50 == 0 {
				at = at.Add(time.Minute)
			}
			fast, many := l.job(o)
			if fast {
				t.Fatal("fifty a minute are too fast")
			}
			if !many {
				taken++
			}
		}
		return taken
	}
	if got := print(one, 400); got != labelsAnHour {
		t.Errorf("%d labels of 400 within an hour, want %d", got, labelsAnHour)
	}
	if n, waits := l.waits(one); n != labelsAnHour || !waits {
		t.Errorf("%d labels, waits %v; want a click to be asked for", n, waits)
	}
	if got := print(other, 50); got != 50 {
		t.Errorf("another page prints %d of 50", got)
	}
	l.allow(one)
	if got := print(one, 400); got != labelsAnHour {
		t.Errorf("%d more after a click, want %d", got, labelsAnHour)
	}
	at = at.Add(time.Hour)
	if got := print(one, 100); got != 100 {
		t.Errorf("%d of 100 in the next hour", got)
	}
	at = at.Add(-24 * time.Hour) // the clock is set back
	if got := print(one, 100); got != 100 {
		t.Errorf("%d of 100 after the clock was set back", got)
	}
	for range requestsAMinute {
		l.request(one)
	}
	if l.request(one) {
		t.Errorf("request %d of a minute passes", requestsAMinute+1)
	}
}

func TestLimitsOfSockets(t *testing.T) {
	const one, other = pairing.Origin("https://erp.example.com"), pairing.Origin("https://other.example.com")
	l := newLimits()
	for range socketsEach {
		if !l.open(one) {
			t.Fatal("a socket within the limit is refused")
		}
	}
	if l.open(one) || !l.open(other) {
		t.Error("the limit is each page's own")
	}
	l.shut(one)
	if !l.open(one) {
		t.Error("a closed socket still counts")
	}
}
