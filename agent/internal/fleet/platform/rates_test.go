package platform_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/fleet/platform"
)

// slotOf asks for an account's next moment, and returns it by the database's clock, or a
// while after it: it is told as a wait, and the clock goes on between the two.
func slotOf(t *testing.T, m *fleettest.Member, account string, horizon time.Duration) (moment time.Time, taken bool) {
	t.Helper()
	err := m.Call(t.Context(), "slot", `SELECT clock_timestamp() + wait, taken FROM miandan.call_slot($1, $2)`, []any{account, horizon},
		func(r pgx.Rows) error { return r.Scan(&moment, &taken) })
	if err != nil {
		t.Error(err)
	}
	return moment, taken
}

func setRate(t *testing.T, m *fleettest.Member, rates string) {
	t.Helper()
	if err := m.Call(t.Context(), "rates", `SELECT miandan.rates_set($1)`, []any{rates}, nil); err != nil {
		t.Fatal(err)
	}
}

// Two stations ask for moments as fast as they can: no two of them are nearer to each
// other than the stricter station's settings say.
func TestMomentsOfAnAccount(t *testing.T) {
	db := fleettest.New(t)
	one, two := db.Join(t, fleet.Station{Name: "office-1", Platform: true}), db.Join(t, fleet.Station{Name: "office-2", Platform: true})
	setRate(t, one, `{"jd": 0.05, "sf": 0.001}`)
	setRate(t, two, `{"jd": 0.01}`)
	began := query[time.Time](t, db, `SELECT clock_timestamp()`)
	next := func() time.Time {
		t.Helper()
		return query[time.Time](t, db, `SELECT next_at FROM miandan.accounts WHERE name = 'jd'`)
	}
	var mu sync.Mutex
	var moments []time.Time
	var wg sync.WaitGroup
	for _, m := range []*fleettest.Member{one, two, one, two} {
		wg.Go(func() {
			for range 10 {
				at, taken := slotOf(t, m, "jd", time.Hour)
				if !taken {
					t.Error("a moment within the horizon is not given")
				}
				mu.Lock()
				moments = append(moments, at)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortFunc(moments, time.Time.Compare)
	const strict, loose = 50 * time.Millisecond, 10 * time.Millisecond
	for i, at := range moments {
		if least := time.Duration(i) * strict; at.Sub(began) < least {
			t.Errorf("moment %d of %d comes %v after the beginning, want %v at least", i, len(moments), at.Sub(began), least)
		}
	}
	if after := next().Sub(began); after < 40*strict {
		t.Errorf("after 40 moments the next one comes %v after the beginning, want %v at least", after, 40*strict)
	}
	far := func() time.Time {
		t.Helper()
		db.SQL(t, `UPDATE miandan.accounts SET next_at = clock_timestamp() + interval '10 minutes' WHERE name = 'jd'`)
		return next()
	}
	before := far()
	for range 50 { // nothing is kept beyond the horizon
		if _, taken := slotOf(t, two, "jd", 10*time.Millisecond); taken {
			t.Fatal("a moment is given that lies beyond the horizon")
		}
	}
	if moved := next().Sub(before); moved != 0 {
		t.Errorf("who asks in vain moves the next moment by %v", moved)
	}
	slotOf(t, two, "jd", time.Hour)
	if moved := next().Sub(before); moved != strict {
		t.Errorf("one that is given moves the next by %v, want %v", moved, strict)
	}
	if _, taken := slotOf(t, one, "sf", 0); !taken {
		t.Error("another account waits too")
	}
	if err := one.Call(t.Context(), "hold", `SELECT miandan.issuer_hold('sf', '1 hour')`, nil, nil); err != nil {
		t.Fatal(err)
	}
	if at, taken := slotOf(t, two, "sf", time.Minute); taken || time.Until(at) < 50*time.Minute {
		t.Errorf("an account that asked to be left alone for an hour may be called in %v", time.Until(at))
	}
	// The stricter one leaves: what its settings say counts no longer.
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		_, err := a.Revoke(ctx, "office-1", "tester", "test")
		return err
	})
	before = far()
	slotOf(t, two, "jd", time.Hour)
	if moved := next().Sub(before); moved != loose {
		t.Errorf("one moment moves the next by %v, want %v: the rate is of a station that has left", moved, loose)
	}
}

// calls is how often JD's gateway was called.
func (w *world) calls() (n int) {
	for _, m := range w.Gateway.Methods() {
		n += w.Gateway.Calls(m)
	}
	return n
}

// The station that is elected goes in the middle of the work, and another one takes
// over, whose own settings are looser. At no time is JD called more often than the
// stricter ones allow.
func TestTheRateOutlivesWhoIsElected(t *testing.T) {
	w := newWorld(t, 14)
	const every = 100 * time.Millisecond
	rate := func(d time.Duration) func(*platform.Options) {
		return func(o *platform.Options) {
			o.Rates, o.Accounts = map[string]time.Duration{"jd": d}, map[string]string{}
			for issuer := range o.Station.Issuers {
				o.Accounts[issuer] = "jd"
			}
		}
	}
	stop := w.run(t, "office-1", rate(every))
	until(t, "the first has the content key", func() bool { return query[int](t, w.db, `SELECT count(*) FROM miandan.content_keys`) == 1 })
	w.run(t, "office-2", rate(every/4))
	until(t, "the second has it from the first", func() bool { return query[int](t, w.db, `SELECT count(*) FROM miandan.content_keys`) == 2 })
	left := make(chan struct{})
	go func() {
		defer close(left)
		for query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE labelled`) == 0 {
			time.Sleep(50 * time.Millisecond)
		}
		stop()
	}()
	type sample struct {
		at    time.Time
		calls int
	}
	var seen []sample
	waits := false // somebody does, for a moment of the account
	for n, end := 0, time.Now().Add(2*time.Minute); n < 35; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("only %d calls in two minutes", n)
		}
		if now := w.calls(); now != n {
			n = now
			seen = append(seen, sample{time.Now(), n})
		}
		if !waits {
			waits = query[bool](t, w.db, `SELECT EXISTS (SELECT FROM miandan.accounts WHERE name = 'jd' AND next_at > clock_timestamp() + interval '150 milliseconds')`)
		}
	}
	<-left
	const late = 2 * time.Second // a call may come so long after its moment: twice what makes it stale
	for i, from := range seen {
		for _, to := range seen[i+1:] {
			n, took := to.calls-from.calls, to.at.Sub(from.at)
			if most := int((took+late)/every) + 1; n > most {
				t.Fatalf("%d calls in %v; at most %d were to be made", n, took, most)
			}
		}
	}
	if !waits {
		t.Error("nobody ever waited: there was nothing to hold up")
	}
	t.Logf("35 calls in %v", seen[len(seen)-1].at.Sub(seen[0].at))
}
