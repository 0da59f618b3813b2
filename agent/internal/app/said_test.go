package app

import (
	"testing"
	"time"

	"miandan/agent/internal/notice"
)

func TestSaidIsKeptOnceAndTheNewestFirst(t *testing.T) {
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	s := &said{now: func() time.Time { now = now.Add(time.Second); return now }}
	for i := range mostSaid + 5 {
		s.keep(notice.New("stock-low", nil, "演示", i))
	}
	s.keep(notice.New("stock-low", nil, "演示", 30))
	list, err := s.Said(t.Context())
	if err != nil || len(list) != mostSaid {
		t.Fatalf("%d notices, %v, want %d", len(list), err, mostSaid)
	}
	if list[0].Args[1] != 30 || !list[0].At.Equal(now) || list[1].Args[1] != mostSaid+4 || list[mostSaid-1].Args[1] != 5 {
		t.Errorf("first %v at %v, then %v, last %v", list[0].Args, list[0].At, list[1].Args, list[mostSaid-1].Args)
	}
	seen := map[any]bool{}
	for _, n := range list {
		if seen[n.Args[1]] {
			t.Errorf("%v is there twice", n.Args)
		}
		seen[n.Args[1]] = true
	}
}

func TestWhatIsSaidAgainAndAgainIsNewsOnce(t *testing.T) {
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	s := &said{now: func() time.Time { return now }}
	for _, c := range []struct {
		after time.Duration
		bench string
		news  int
	}{{0, "1", 1}, {time.Second, "1", 1}, {time.Second, "2", 2}, {50 * time.Second, "1", 2}, {50 * time.Second, "1", 2}, {2 * time.Minute, "1", 3}, {-time.Hour, "1", 4}} {
		now = now.Add(c.after)
		s.keep(notice.New("printer-off", nil, c.bench))
		if got := s.heard(); got != c.news {
			t.Errorf("%v later, of bench %s: %d pieces of news, want %d", c.after, c.bench, got, c.news)
		}
	}
}
