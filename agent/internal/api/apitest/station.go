// Package apitest holds a station with behaviour and no printers, against
// which the interface, the page and the tray are tested.
//
// It keeps the rules that a caller can see (what may be resolved, what is
// refused, that a change is told) and none of the ledger behind them.
package apitest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// Station is an api.Station in memory.
type Station struct {
	mu       sync.Mutex
	queue    api.Queue
	acts     []string
	watchers []chan struct{}
	fail     error

	held    map[string]bool       // printers, by name
	offsets map[string][2]float64 // mm, by printer
	set     map[string]string     // settings that were changed
	drafts  map[string]string     // texts of layouts that were saved

	goods  map[string][]string // SKUs of the pieces, by order
	packed map[string]bool     // waybills that were scanned
	waves  []*wave
	autos  []api.Rule
}

var _ api.Station = (*Station)(nil)

// New returns a station that shows q.
func New(q api.Queue) *Station { return &Station{queue: q} }

// Acts returns what was asked for, one line each, in order.
func (s *Station) Acts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acts)
}

// Forget empties the list of acts.
func (s *Station) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts = nil
}

// Fail makes every act fail with err; nil ends that.
func (s *Station) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// Change changes the queue and tells it.
func (s *Station) Change(f func(q *api.Queue)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.queue)
	s.tell()
}

func (s *Station) tell() {
	for _, w := range s.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// act writes an act down and does it, if nothing is to fail.
func (s *Station) act(line string, do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.acts = append(s.acts, line)
	if err := do(); err != nil {
		return err
	}
	s.count()
	s.tell()
	return nil
}

func (s *Station) count() {
	c := api.Counts{Done: s.queue.Counts.Done}
	for _, r := range s.queue.Rows {
		switch r.State {
		case api.Waiting:
			c.Waiting++
		case api.Printing:
			c.Printing++
		case api.Unknown, api.NumberUnknown:
			c.Unknown++
		case api.Refused:
			c.Refused++
		}
	}
	s.queue.Counts = c
}

func (s *Station) row(match func(api.Row) bool) *api.Row {
	if i := slices.IndexFunc(s.queue.Rows, match); i >= 0 {
		return &s.queue.Rows[i]
	}
	return nil
}

// Queue returns what fits of the queue.
func (s *Station) Queue(_ context.Context, ask api.QueueQuery) (api.Queue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return api.Queue{}, s.fail
	}
	q := s.queue
	q.Printers = slices.Clone(q.Printers)
	q.Carriers = carriers(q.Rows)
	q.Rows, q.More = chosen(q.Rows, ask)
	return q, nil
}

// Subscribe tells of changes.
func (s *Station) Subscribe(context.Context) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := make(chan struct{}, 1)
	s.watchers = append(s.watchers, w)
	return w
}

// Print sends waiting orders to the printer.
func (s *Station) Print(_ context.Context, orders []string, who string) (taken []api.Taken, err error) {
	err = s.act(fmt.Sprintf("print %v by %s", orders, who), func() error {
		for _, o := range orders {
			t := api.Taken{Order: o}
			switch r := s.row(func(r api.Row) bool { return r.Order == o }); {
			case r == nil:
				t.State = api.Refused
				t.Refusal = &api.Refusal{Code: "order-not-found", Args: []any{o}}
			case r.State == api.Waiting:
				r.State, r.Attempts = api.Printing, r.Attempts+1
				t.State = r.State
			default:
				t.State, t.Refusal = r.State, r.Refusal
			}
			taken = append(taken, t)
		}
		return nil
	})
	return taken, err
}

// Reprint puts a printed waybill back into the queue.
func (s *Station) Reprint(_ context.Context, a api.Reprint) (labels []string, err error) {
	one := ""
	if a.Label != "" {
		one = ", label " + a.Label + ","
	}
	err = s.act(fmt.Sprintf("reprint %s%s because %q by %s", a.Waybill, one, a.Reason, a.Who), func() error {
		r := s.row(func(r api.Row) bool { return r.Waybill == a.Waybill && (a.Label == "" || r.Label == a.Label) })
		if r == nil {
			return notice.New("waybill-not-found", api.ErrNotFound, a.Waybill)
		}
		r.State, r.Evidence = api.Waiting, ""
		labels = []string{r.Label}
		return nil
	})
	return labels, err
}

// Resolve settles an unknown label.
func (s *Station) Resolve(_ context.Context, a api.Resolution) error {
	said := ""
	if a.Cleared {
		said = " cleared"
	}
	for _, n := range a.Numbers {
		said += " " + n
	}
	return s.act(fmt.Sprintf("resolve %s %s%s by %s", a.Label, a.Answer, said, a.Who), func() error {
		if a.Answer == api.Seen {
			return s.seen(a.Label)
		}
		if a.Answer == api.NoNumber || a.Answer == api.NumberFound {
			return s.number(a)
		}
		r := s.row(func(r api.Row) bool { return r.Label == a.Label })
		switch {
		case r == nil:
			return notice.New("label-not-found", api.ErrNotFound, a.Label)
		case r.State != api.Unknown:
			return notice.New("label-not-unknown", api.ErrConflict, a.Label)
		case a.Answer == api.Printed:
			r.State, r.Evidence = api.Done, api.ByOperator
			s.queue.Counts.Done++
		default:
			r.State = api.Waiting
		}
		return nil
	})
}

func (s *Station) seen(order string) error {
	r := s.row(func(r api.Row) bool { return r.Order == order && r.Alarm })
	if r == nil {
		return notice.New("alarm-none", api.ErrConflict, order)
	}
	r.Alarm = false
	return nil
}

func (s *Station) number(a api.Resolution) error {
	r := s.row(func(r api.Row) bool { return r.Order == a.Label })
	switch {
	case r == nil:
		return notice.New("order-not-found", api.ErrNotFound, a.Label)
	case r.State != api.NumberUnknown:
		return notice.New("label-not-unknown", api.ErrConflict, a.Label)
	case a.Answer == api.NumberFound && len(a.Numbers) != 1:
		return notice.New("parcel-count", nil, a.Label, 1, len(a.Numbers))
	case a.Answer == api.NumberFound:
		r.Waybill = a.Numbers[0]
	}
	r.State, r.Refusal = api.Waiting, nil
	return nil
}

// Scan takes a finished label's scan.
func (s *Station) Scan(_ context.Context, a api.Scan) (p api.Packed, err error) {
	err = s.act(fmt.Sprintf("scan %s by %s", a.Waybill, a.Who), func() error {
		row := s.row(func(r api.Row) bool { return r.Waybill == a.Waybill })
		if row == nil {
			return notice.New("waybill-not-found", api.ErrNotFound, a.Waybill)
		}
		if s.packed == nil {
			s.packed = map[string]bool{}
		}
		p = api.Packed{Order: row.Order, Waybill: row.Waybill, Already: s.packed[a.Waybill]}
		s.packed[a.Waybill] = true
		for _, other := range s.queue.Rows {
			if other.Order == row.Order && !s.packed[other.Waybill] {
				p.Left++
			}
		}
		return nil
	})
	return p, err
}

// Pause holds printing.
func (s *Station) Pause(_ context.Context, who string) error {
	return s.act("pause by "+who, func() error { s.queue.Paused = true; return nil })
}

// Resume goes on.
func (s *Station) Resume(_ context.Context, who string) error {
	return s.act("resume by "+who, func() error { s.queue.Paused = false; return nil })
}

// NewRoll notes a new roll.
func (s *Station) NewRoll(_ context.Context, r api.Roll) error {
	return s.act(fmt.Sprintf("roll of %d in %s by %s", r.Labels, r.Printer, r.Who), func() error { return nil })
}

// Card prints a card.
func (s *Station) Card(_ context.Context, c api.Card) (printed api.CardPrinted, err error) {
	err = s.act(fmt.Sprintf("card %s on %s", c.Kind, c.Printer), func() error {
		printed = api.CardPrinted{Printer: c.Printer, Outcome: "confirmed", Evidence: "process-id"}
		return nil
	})
	return printed, err
}
