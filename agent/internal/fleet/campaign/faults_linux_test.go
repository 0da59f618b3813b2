package campaign

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

// misfortune is what happens to stations while they work.
type misfortune struct {
	w      *world
	r      *rand.Rand
	spared int // stations at the end, whose end comes once

	mu     sync.Mutex
	struck map[int]bool
	did    map[string]int
	work   sync.WaitGroup
}

// strike hits a station, now and then, until ctx ends, and then makes good what can be.
func (m *misfortune) strike(ctx context.Context) {
	// One that nobody misses for a whole minute.
	m.hit(ctx, 0, "frozen for a minute", time.Minute)
	for ctx.Err() == nil {
		i := m.r.IntN(len(m.w.stations) - m.spared)
		for range 1 + m.r.IntN(2) {
			what := []string{"killed", "frozen", "cut off"}[m.r.IntN(3)]
			m.hit(ctx, (i+m.r.IntN(2))%(len(m.w.stations)-m.spared), what, time.Duration(300+m.r.IntN(9000))*time.Millisecond)
		}
		wait(ctx, time.Duration(100+m.r.IntN(500))*time.Millisecond)
	}
	m.work.Wait()
}

// hit does something to a station that is well, for a while.
func (m *misfortune) hit(ctx context.Context, i int, what string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.struck[i] || len(m.struck) > len(m.w.stations)/3 {
		return
	}
	m.struck[i] = true
	m.did[what]++
	m.work.Go(func() {
		s := m.w.stations[i]
		defer m.w.upset(i, time.Now())
		var err error
		switch what {
		case "killed":
			s.kill()
			wait(ctx, d/3)
			err = s.on()
		case "cut off":
			err = m.w.network.cut(i)
			wait(ctx, d)
			if err == nil {
				err = m.w.network.mend(i)
			}
		default:
			s.freeze()
			wait(ctx, d)
			s.thaw()
		}
		if err != nil {
			m.w.t.Errorf("%s: %s: %v", s.name, what, err)
		}
		m.mu.Lock()
		delete(m.struck, i)
		m.mu.Unlock()
	})
}

// end kills the stations that were spared. They come back when all is over.
func (m *misfortune) end() {
	for i := range m.spared {
		m.w.stations[len(m.w.stations)-1-i].kill()
		m.did["killed for good"]++
	}
}

// failover has the standby take over from a primary that hangs; when that goes on
// again, it does not know, and stations may still be talking to it.
func (w *world) failover() {
	old := w.db.Server
	old.Pause()
	w.standby.Promote(w.t)
	old.Resume()
	time.Sleep(3 * time.Second)
	old.Stop(w.t, fleettest.Immediate)
	w.db = &fleettest.Database{Server: w.standby, Name: w.db.Name}
	w.standby = nil
}

// span is a time in which a station, or with -1 everybody, was held up.
type span struct {
	station  int
	from, to time.Time
}

// upset notes that a station was held up until now.
func (w *world) upset(station int, from time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spans = append(w.spans, span{station, from, time.Now()})
}

// after is how long after a trouble the labels that it put back are still behind others:
// what was asked just before its end may have no answer until the fence has lost its
// patience, and a label that it did not let pass is offered again after five seconds, by
// a station that may be starting beside many others.
const after = fleet.Patience + 15*time.Second

// wasUpset reports whether a station may have put labels back shortly before a time.
func (w *world) wasUpset(station int, at time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.spans {
		if (s.station == station || s.station < 0) && at.After(s.from) && at.Before(s.to.Add(after)) {
			return true
		}
	}
	return false
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (m *misfortune) String() string { return fmt.Sprint(m.did) }
