package app

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/testcard"
	"miandan/printer"
	"miandan/templates/scene"
)

var _ api.Devices = (*station)(nil)

// offsets are the printers' offsets that were set since the settings were read.
// The settings of a run do not change; these do.
type offsets struct {
	mu sync.Mutex
	of map[string]api.Calibrated
}

// in returns a printer's settings with its offsets as they are now.
func (o *offsets) in(c config.Printer) config.Printer {
	o.mu.Lock()
	defer o.mu.Unlock()
	if v, set := o.of[c.Name]; set {
		c.OffsetX, c.OffsetY = v.OffsetX, v.OffsetY
	}
	return c
}

func (o *offsets) set(name string, v api.Calibrated) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = map[string]api.Calibrated{}
	}
	o.of[name] = v
}

// Devices implements api.Devices.
func (s *station) Devices(ctx context.Context) ([]api.Device, error) {
	held, err := s.Ledger.Held(ctx)
	if err != nil {
		return nil, err
	}
	rolls, err := s.Ledger.Rolls(ctx)
	if err != nil {
		return nil, err
	}
	printed, err := s.Ledger.PrintedSince(ctx, startOfDay(s.options.Clock()))
	if err != nil {
		return nil, err
	}
	var list []api.Device
	for _, p := range s.Station.Printers {
		c, err := Named(s.config, p.Name)
		if err != nil {
			return nil, err
		}
		c = s.offsets.in(c)
		d := api.Device{
			Printer: condition(p, rolls, held), Way: wayOf(c.URL), Language: c.Language, Model: c.Model, Group: c.Group, Paper: c.Paper.String(),
			DPI: int(math.Round(c.DotsPerMM * 25.4)), Proof: "confirmed", Held: held[c.Name], Roll: c.Roll, OffsetX: c.OffsetX, OffsetY: c.OffsetY,
			Today: printed[c.Name], Trouble: p.Condition().Trouble,
		}
		if c.Confirm == "none" {
			d.Proof = "presumed"
		}
		if Calibrates(c) == nil {
			d.Bar = testcard.BarOf(scene.Length(c.Paper.Width)).Length
		}
		list = append(list, d)
	}
	return list, nil
}

// wayOf is by which way a printer is reached: the scheme of its address.
func wayOf(url string) string {
	way, _, _ := strings.Cut(url, ":")
	return way
}

// Hold implements api.Devices.
func (s *station) Hold(ctx context.Context, printer, who string) error {
	return s.hold(ctx, printer, who, true)
}

// Release implements api.Devices.
func (s *station) Release(ctx context.Context, printer, who string) error {
	return s.hold(ctx, printer, who, false)
}

func (s *station) hold(ctx context.Context, name, who string, held bool) error {
	if _, err := Named(s.config, name); err != nil {
		return err
	}
	return s.told(s.Ledger.SetHeld(ctx, name, held, ledger.Person{Who: who}))
}

// Calibrate implements api.Devices. The printer is driven with the offsets once
// the label in hand is out.
func (s *station) Calibrate(ctx context.Context, a api.Calibrate) (api.Calibrated, error) {
	c, err := Named(s.config, a.Printer)
	if err != nil {
		return api.Calibrated{}, err
	}
	c = s.offsets.in(c)
	v, err := Calibrate(c, testcard.Reading{Left: a.Left, Top: a.Top, Length: a.Length})
	if err != nil || !a.Write {
		return v, err
	}
	i := slices.IndexFunc(s.Station.Printers, func(p *dispatch.Printer) bool { return p.Name == c.Name })
	if i < 0 {
		return v, notice.New("printer-unknown", api.ErrNotFound, c.Name, "")
	}
	c.OffsetX, c.OffsetY = v.OffsetX, v.OffsetY
	ctx, cancel := context.WithTimeout(ctx, cardPatience)
	defer cancel()
	if err := s.Station.Alter(ctx, s.Station.Printers[i], func(p *printer.Printer) { p.Driver = driverOf(c) }); err != nil {
		return v, err
	}
	s.offsets.set(c.Name, v)
	if v.Written, err = WriteOffsets(s.options.Config, c.Name, v); err != nil {
		return v, s.told(err)
	}
	if !v.Written {
		v.ByHand = notice.New("calibrate-by-hand", nil, c.Name)
	}
	s.log.Info("calibrated", "printer", c.Name, "written", v.Written)
	return v, s.told(s.Ledger.Note(ctx, "calibrated", ledger.Person{Who: a.Who, Why: c.Name}))
}
