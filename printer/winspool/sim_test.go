package winspool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"miandan/printer"
)

// sim is a print service with a life of its own: jobs wait, begin, also before
// they are whole, stop with their printer, are deleted by a person and fail half
// way. It knows of which a byte has reached the printer.
type sim struct {
	fake // for what has no life

	mu     sync.Mutex
	dice   *rand.Rand
	last   uint32
	jobsIn map[uint32]*simJob
	all    map[string]*simJob
	faulty time.Time // until then its printer is out of paper
}

type simJob struct {
	job
	whole    bool
	fails    int // the byte at which writing it fails; -1 is never
	size     int
	begins   time.Time
	takes    time.Duration
	deletes  time.Time // when a person deletes it
	early    bool      // it may begin before it is whole
	leaked   bool      // a byte has reached the printer
	printed  bool
	deleting bool
}

func (s *sim) chance(of float64) bool { return s.dice.Float64() < of }

func (s *sim) within(d time.Duration) time.Duration { return time.Duration(s.dice.Int64N(int64(d))) }

func (s *sim) knows(document string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[document] != nil
}

// tick is the step of its time.
const tick = 20 * time.Millisecond

// live is the passing of time. The lock is held.
func (s *sim) live() {
	now := time.Now()
	if s.chance(0.0005) {
		s.faulty = now.Add(s.within(10 * time.Second))
	}
	for id, j := range s.jobsIn {
		if !j.deleting && now.After(j.deletes) {
			s.delete(j)
		}
		begun := j.status&jobPrinting != 0
		switch {
		case !begun && j.deleting:
			delete(s.jobsIn, id)
		case !begun && j.status&jobPaused == 0 && !now.Before(j.begins) && (j.whole || j.early && j.size > 0):
			j.status |= jobPrinting
			j.leaked = true
		case begun && now.Before(s.faulty):
			j.status |= 0x42
			j.takes += tick
		case begun && j.deleting:
			// What the printer was told is ended first, which takes a moment.
			if now.After(j.deletes.Add(100 * time.Millisecond)) {
				delete(s.jobsIn, id)
			}
		case begun && j.whole && now.After(j.begins.Add(j.takes)):
			j.printed = true
			delete(s.jobsIn, id)
		case begun:
			j.status &^= 0x42
		}
	}
}

func (s *sim) delete(j *simJob) {
	j.deleting, j.deletes = true, time.Now()
	j.status |= jobDeleting
}

func (s *sim) open(string) (queue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chance(0.01) {
		return nil, ErrNoSpooler
	}
	return &simQueue{fakeQueue: &fakeQueue{&s.fake}, sim: s}, nil
}

type simQueue struct {
	*fakeQueue
	sim *sim
	own *simJob
}

func (q *simQueue) close() error { return nil }

func (q *simQueue) state() (state, error) {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	return state{jobs: uint32(len(q.sim.jobsIn))}, nil
}

func (q *simQueue) startDoc(name, _ string) (uint32, error) {
	s := q.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chance(0.05) {
		return 0, printer.ErrDenied
	}
	s.last++
	j := &simJob{job: job{id: s.last, document: name, status: jobSpooling}, fails: -1, begins: time.Now().Add(s.within(10 * time.Second)), takes: s.within(time.Second), early: s.chance(0.3)}
	if s.chance(0.5) {
		j.begins = time.Now()
	}
	if s.chance(0.1) {
		j.begins = time.Now().Add(s.within(2 * time.Minute))
	}
	if s.chance(0.2) {
		j.fails = s.dice.IntN(len(language))
	}
	j.deletes = time.Now().Add(365 * 24 * time.Hour)
	if s.chance(0.2) {
		j.deletes = time.Now().Add(byHand + s.within(10*time.Second))
	}
	s.jobsIn[j.id], s.all[name], q.own = j, j, j
	return j.id, nil
}

func (q *simQueue) write(b []byte) (int, error) {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	b = b[:min(len(b), 1+q.sim.dice.IntN(10))]
	if j := q.own; j.fails >= 0 && j.size+len(b) > j.fails {
		return 0, errWrite
	}
	q.own.size += len(b)
	q.sim.live()
	return len(b), nil
}

func (q *simQueue) endDoc() error {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	q.own.whole = true
	q.own.status &^= jobSpooling
	return nil
}

func (q *simQueue) abort() error {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	q.sim.delete(q.own)
	return nil
}

func (q *simQueue) job(id uint32) (job, error) {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	if q.sim.chance(0.01) {
		return job{}, errDown
	}
	if j := q.sim.jobsIn[id]; j != nil {
		return j.job, nil
	}
	return job{}, ErrNoJob
}

func (q *simQueue) jobs() ([]job, error) {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	var all []job
	for _, j := range q.sim.jobsIn {
		all = append(all, j.job)
	}
	return all, nil
}

func (q *simQueue) command(id uint32, c command) error {
	q.sim.mu.Lock()
	defer q.sim.mu.Unlock()
	// Just now the printer becomes free.
	if j := q.sim.jobsIn[id]; j != nil && q.sim.chance(0.3) {
		j.begins = time.Now()
	}
	q.sim.live()
	j := q.sim.jobsIn[id]
	switch {
	case j == nil:
		return ErrNoJob
	case c == pause && !q.sim.chance(0.1): // sometimes it is ignored
		j.status |= jobPaused
	case c == deleteNow:
		q.sim.delete(j)
	}
	return nil
}

// TestALifeOfLabels sends labels to a print service that does what it likes. What
// is said of each holds for ever: nothing has been or will be printed of one that
// was not sent or could be withdrawn, and one that was sent is out.
func TestALifeOfLabels(t *testing.T) {
	said := map[string]int{}
	for seed := range uint64(50) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { life(t, seed, said) })
		})
	}
	for _, what := range []string{"not sent", "not sent after a document was begun", "uncertain", "sent", "withdrawn"} {
		if said[what] < 10 {
			t.Errorf("%d labels were %s: the simulation has become too kind to show anything", said[what], what)
		}
	}
	t.Log(said)
}

func life(t *testing.T, seed uint64, said map[string]int) {
	s := &sim{dice: rand.New(rand.NewPCG(seed, 7)), jobsIn: map[uint32]*simJob{}, all: map[string]*simJob{}}
	over := make(chan struct{})
	var clock sync.WaitGroup
	clock.Go(func() {
		for {
			select {
			case <-over:
				return
			case <-time.After(tick):
				s.mu.Lock()
				s.live()
				s.mu.Unlock()
			}
		}
	})
	defer clock.Wait()
	defer close(over)
	transport := &Transport{queue: "Labels", calls: s}
	unprinted, out := map[string]bool{}, map[string]bool{}
	for i := range 40 {
		name := fmt.Sprintf("label-%d.", i)
		p := printer.Printer{Name: "bench", Driver: language, Transport: transport, Timeouts: printer.Timeouts{Fault: 30 * time.Second}}
		attempt, _, err := p.Begin(t.Context(), printer.Job{Name: name})
		if err != nil {
			continue
		}
		outcome, _, err := attempt.Send(t.Context())
		said[outcome.String()]++
		switch {
		case outcome == printer.NotSent:
			unprinted[name] = true
			if s.knows(name) {
				said["not sent after a document was begun"]++
			}
		case outcome == printer.Sent:
			out[name] = true
		case errors.Is(err, printer.ErrUnprinted):
			t.Errorf("%s is %v, and its error claims that nothing was printed: %v", name, outcome, err)
		default:
			if transport.Withdraw(t.Context(), name) == nil {
				unprinted[name] = true
				said["withdrawn"]++
			}
		}
	}
	time.Sleep(3 * time.Minute) // whatever is still in the queue comes out
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, j := range s.all {
		if unprinted[name] && j.leaked {
			t.Errorf("%s is said to be unprinted, and has reached the printer: %+v", name, j.job)
		}
		if out[name] && !j.printed {
			t.Errorf("%s is said to be out, and is not: %+v", name, j.job)
		}
	}
}
