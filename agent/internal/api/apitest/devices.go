package apitest

import (
	"context"
	"fmt"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

var _ api.Devices = (*Station)(nil)

// Devices lists the queue's printers: one for each way and language that the
// samples have, and unlike each other in what they know of themselves.
func (s *Station) Devices(context.Context) (list []api.Device, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	kinds := []api.Device{
		{Way: "usb", Language: "escpos", Model: "xprinter-80", Paper: "76x130", DPI: 203, Proof: "confirmed", Roll: 500, Bar: 50, Today: 112},
		{Way: "tcp", Language: "zpl", Model: "zebra", Group: "bench-a", Paper: "100x150", DPI: 300, Proof: "confirmed", Roll: 350, OffsetX: 1.5, OffsetY: -0.5, Bar: 50, Today: 36},
		{Way: "cups", Language: "page", Paper: "100x180", DPI: 203, Proof: "presumed"},
	}
	for i, p := range s.queue.Printers {
		d := kinds[i%len(kinds)]
		d.Printer = p
		d.Held = s.held[p.Name]
		if o, ok := s.offsets[p.Name]; ok {
			d.OffsetX, d.OffsetY = o[0], o[1]
		}
		if p.State == api.Stopped {
			d.Trouble = notice.New("paper-out", nil, p.Name)
		}
		list = append(list, d)
	}
	return list, nil
}

// Hold stops a printer.
func (s *Station) Hold(_ context.Context, printer, who string) error {
	return s.act(fmt.Sprintf("hold %s by %s", printer, who), func() error { return s.hold(printer, true) })
}

// Release lets it go on.
func (s *Station) Release(_ context.Context, printer, who string) error {
	return s.act(fmt.Sprintf("release %s by %s", printer, who), func() error { return s.hold(printer, false) })
}

func (s *Station) hold(printer string, on bool) error {
	for _, p := range s.queue.Printers {
		if p.Name == printer {
			if s.held == nil {
				s.held = map[string]bool{}
			}
			s.held[printer] = on
			return nil
		}
	}
	return notice.New("printer-unknown", api.ErrNotFound, printer, "escpos-1")
}

// Calibrate wants both bars 20 mm from the edges.
func (s *Station) Calibrate(_ context.Context, c api.Calibrate) (v api.Calibrated, err error) {
	err = s.act(fmt.Sprintf("calibrate %s left %v top %v length %v write %v by %s", c.Printer, c.Left, c.Top, c.Length, c.Write, c.Who), func() error {
		v = api.Calibrated{OffsetX: 20 - c.Left, OffsetY: 20 - c.Top, Written: c.Write}
		if c.Write {
			if s.offsets == nil {
				s.offsets = map[string][2]float64{}
			}
			s.offsets[c.Printer] = [2]float64{v.OffsetX, v.OffsetY}
		}
		return nil
	})
	return v, err
}
