package apitest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

var _ api.Waves = (*Station)(nil)

// wave is what the station keeps of a wave: which orders, and what was done to it.
type wave struct {
	api.Wave
	orders          []string
	stopped, closed bool
}

// Waves lists them, the newest first.
func (s *Station) Waves(context.Context) (list []api.Wave, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	for _, w := range slices.Backward(s.waves) {
		d := s.detail(w)
		list = append(list, d.Wave)
	}
	return list, nil
}

// Wave returns one.
func (s *Station) Wave(_ context.Context, id string) (api.WaveDetail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.wave(id)
	if err != nil {
		return api.WaveDetail{}, err
	}
	return s.detail(w), nil
}

func (s *Station) wave(id string) (*wave, error) {
	for _, w := range s.waves {
		if w.ID == id {
			return w, nil
		}
	}
	return nil, notice.New("order-not-found", api.ErrNotFound, id)
}

// detail counts a wave from the rows.
func (s *Station) detail(w *wave) api.WaveDetail {
	d := api.WaveDetail{Wave: w.Wave}
	d.Orders = len(w.orders)
	for i, o := range w.orders {
		r := s.row(func(r api.Row) bool { return r.Order == o })
		if r == nil {
			continue
		}
		scanned := s.packed[r.Waybill]
		d.Rows = append(d.Rows, api.WaveRow{Row: *r, Position: i + 1, Place: fmt.Sprintf("A-%02d-%02d", i/3+1, i%3+1), Goods: s.picked(o), Scanned: scanned})
		switch r.State {
		case api.Waiting:
			d.Waiting++
		case api.Printing:
			d.Printing++
		case api.Done:
			d.Done++
			if scanned {
				d.Scanned++
			}
		case api.Unknown, api.NumberUnknown:
			d.Unknown++
		case api.Refused:
			d.Refused++
		case api.Cancelled:
			d.Cancelled++
		}
	}
	switch {
	case w.closed:
		d.State = api.WaveClosed
	case w.stopped:
		d.State = api.WaveStopped
	case d.Waiting+d.Printing == 0:
		d.State = api.WavePrinted
	default:
		d.State = api.WaveWorking
	}
	return d
}

// picked says the goods of an order as a wave shows them.
func (s *Station) picked(order string) string {
	if g := s.goods[order]; len(g) > 0 {
		return fmt.Sprintf("%s × %d", g[0], len(g))
	}
	return "DEMO-" + order[len(order)-3:] + " × 1"
}

// StartWave makes a wave of what waits and prints its first.
func (s *Station) StartWave(_ context.Context, n api.NewWave) (started api.WaveStarted, err error) {
	line := fmt.Sprintf("wave %q of %v by %s", n.Name, n.Orders, n.Who)
	if n.Sort != "" {
		line += " in order " + string(n.Sort)
	}
	if n.Separator {
		line += " with separators"
	}
	if n.Printer != "" {
		line += " on " + n.Printer
	}
	err = s.act(line, func() error {
		w := &wave{Wave: api.Wave{ID: fmt.Sprintf("W%d", len(s.waves)+1), Name: n.Name, Printer: n.Printer, Started: time.Now(), Who: n.Who}}
		for _, o := range n.Orders {
			r := s.row(func(r api.Row) bool { return r.Order == o || r.Waybill == o })
			switch {
			case r == nil:
				started.Left = append(started.Left, api.Taken{Order: o, State: api.Refused, Refusal: &api.Refusal{Code: "order-not-found", Args: []any{o}}})
			case r.State != api.Waiting:
				started.Left = append(started.Left, api.Taken{Order: o, State: r.State})
			default:
				w.orders = append(w.orders, r.Order)
			}
		}
		s.waves = append(s.waves, w)
		started.Wave = s.detail(w).Wave
		return nil
	})
	return started, err
}

// StopWave stops one.
func (s *Station) StopWave(_ context.Context, id, who string) error {
	return s.change("stop", id, who, func(w *wave) { w.stopped = true })
}

// ResumeWave lets it go on.
func (s *Station) ResumeWave(_ context.Context, id, who string) error {
	return s.change("resume", id, who, func(w *wave) { w.stopped = false })
}

// CloseWave ends it.
func (s *Station) CloseWave(_ context.Context, id, who string) error {
	return s.change("close", id, who, func(w *wave) { w.closed = true })
}

func (s *Station) change(verb, id, who string, do func(*wave)) error {
	return s.act(fmt.Sprintf("%s wave %s by %s", verb, id, who), func() error {
		w, err := s.wave(id)
		if err != nil {
			return err
		}
		do(w)
		return nil
	})
}
