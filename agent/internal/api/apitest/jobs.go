package apitest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// Jobs is an api.Jobs in memory. Each job waits until Done.
type Jobs struct {
	Changed func() // called after each change; may be nil

	mu    sync.Mutex
	jobs  []job
	label int
}

type job struct {
	caller string
	raw    string
	api.Job
}

var _ api.Jobs = (*Jobs)(nil)

// AddJob implements api.Jobs.
func (s *Jobs) AddJob(_ context.Context, j api.NewJob) (api.Job, error) {
	s.mu.Lock()
	raw := string(j.Raw) + string(j.Sealed.Sealed)
	if i := s.find(j.Caller, j.Key); i >= 0 {
		defer s.mu.Unlock()
		known := s.jobs[i].Job
		if s.jobs[i].raw != raw {
			return api.Job{}, notice.New("document-too-late", api.ErrConflict, j.Key)
		}
		known.Verdict = "same"
		return known, nil
	}
	number := string(j.Label.Number)
	if j.Kind == api.SealedJob {
		number = j.Sealed.Waybill
	}
	s.label++
	s.jobs = append(s.jobs, job{j.Caller, raw, api.Job{Key: j.Key, Kind: j.Kind, Waybill: number, Label: fmt.Sprint(s.label), State: api.Waiting, Since: time.Now()}})
	added := s.jobs[len(s.jobs)-1].Job
	s.mu.Unlock()
	s.changed()
	added.Verdict = "new"
	return added, nil
}

// Done ends every job that has this key, whoever's it is.
func (s *Jobs) Done(key string) {
	s.mu.Lock()
	for i := range s.jobs {
		if s.jobs[i].Key == key {
			s.jobs[i].State, s.jobs[i].Evidence, s.jobs[i].Printer = api.Done, api.Confirmed, "演示-1"
		}
	}
	s.mu.Unlock()
	s.changed()
}

// Count is how many jobs there are.
func (s *Jobs) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.jobs)
}

// Job implements api.Jobs.
func (s *Jobs) Job(_ context.Context, caller, key string) (api.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(caller, key); i >= 0 {
		return s.jobs[i].Job, nil
	}
	return api.Job{}, notice.New("job-unknown", api.ErrNotFound, key)
}

// Jobs implements api.Jobs.
func (s *Jobs) Jobs(_ context.Context, caller string, limit int) (list []api.Job, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.jobs) - 1; i >= 0 && len(list) < limit; i-- {
		if s.jobs[i].caller == caller {
			list = append(list, s.jobs[i].Job)
		}
	}
	return list, nil
}

// Looks implements api.Jobs: the picture is not a real one.
func (s *Jobs) Looks(_ context.Context, caller, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(caller, key) < 0 {
		return nil, notice.New("job-unknown", api.ErrNotFound, key)
	}
	return []byte("\x89PNG " + key), nil
}

// JobPrinters implements api.Jobs.
func (s *Jobs) JobPrinters(context.Context) (api.JobPrinters, error) {
	return api.JobPrinters{Printers: []api.JobPrinter{{Name: "演示-1", State: api.Idle, Paper: "76x130", DPI: 203}}, Layouts: []string{"zto-76x130"}}, nil
}

func (s *Jobs) find(caller, key string) int {
	for i, j := range s.jobs {
		if j.caller == caller && j.Key == key {
			return i
		}
	}
	return -1
}

func (s *Jobs) changed() {
	if s.Changed != nil {
		s.Changed()
	}
}
