package app

import (
	"context"
	"errors"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/compat"
	"miandan/agent/internal/compat/cainiao"
	"miandan/agent/internal/compat/jd"
	"miandan/agent/internal/compat/lpml"
	"miandan/agent/internal/compat/port"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// listenCompat opens the ports of other components that are switched on. One that
// somebody has is told to people, and the agent goes on without it. A listener that
// other computers reach is an error of this program, and then it does not run.
func (a *App) listenCompat() error {
	for _, w := range compatWays(a.config) {
		if !w.enabled {
			continue
		}
		all, err := port.Listen(w.port)
		if err != nil {
			a.say()(takenNotice(w, err))
			continue
		}
		a.protocols = append(a.protocols, api.Protocol{Name: w.name, Listeners: all, Speak: w.speak(a)})
	}
	beyond, err := port.Beyond()
	if err == nil && len(beyond) > 0 {
		return notice.New("compat-beyond", nil, strings.Join(beyond, ", "))
	}
	return nil
}

// compatWay is a protocol as the settings have it.
type compatWay struct {
	name, vendor, table string
	enabled             bool
	port                int
	speak               func(*App) func(context.Context, *api.Visitor)
}

func compatWays(c *config.Config) []compatWay {
	return []compatWay{
		{"cainiao", "Cainiao 菜鸟", "compat.cainiao", c.Compat.Cainiao.Enabled, c.Compat.Cainiao.Port, speakCainiao},
		{"jd", "JD 京东", "compat.jd", c.Compat.JD.Enabled, c.Compat.JD.Port, speakJD},
	}
}

func speakCainiao(a *App) func(context.Context, *api.Visitor) {
	c := a.config.Compat.Cainiao
	s := &cainiao.Server{
		Station: a.neighbours(), Templates: &compat.Templates{Hosts: c.TemplateHosts, Setting: "compat.cainiao"},
		Notices: c.Notices, Version: c.Version, Preview: c.Preview, Log: a.log.Logger,
	}
	return func(ctx context.Context, v *api.Visitor) { s.Speak(ctx, v) }
}

func speakJD(a *App) func(context.Context, *api.Visitor) {
	c := a.config.Compat.JD
	s := &jd.Server{
		Station: a.neighbours(), Templates: &compat.Templates{Hosts: c.TemplateHosts, Setting: "compat.jd"},
		Preview: c.Preview, Patience: jd.DefaultPatience, Log: a.log.Logger,
	}
	return func(ctx context.Context, v *api.Visitor) { s.Speak(ctx, v) }
}

func takenNotice(w compatWay, err error) *notice.Error {
	holder := "?"
	var taken *port.TakenError
	if errors.As(err, &taken) {
		holder = taken.Holder.String()
	}
	return notice.New("compat-port-taken", err, w.vendor, w.port, holder, w.table)
}

// closeCompat closes what Serve has not.
func (a *App) closeCompat() {
	for _, p := range a.protocols {
		for _, l := range p.Listeners {
			l.Close()
		}
	}
}

// CheckPorts says who has the ports of the protocols that are switched on. ours is the
// process of the agent that runs, 0 if none does.
func CheckPorts(c *config.Config, ours int) []Check {
	var all []Check
	for _, w := range compatWays(c) {
		if !w.enabled || w.port == 0 {
			continue
		}
		check := Check{What: "port of " + w.name, Says: notice.Phrase{"it is free", "端口空闲"}}
		if h, taken := port.Find(w.port); taken {
			if check.Says = (notice.Phrase{"the agent has it", "由本程序使用"}); h.PID != ours || ours == 0 {
				check.Err = notice.New("compat-port-taken", nil, w.vendor, w.port, h.String(), w.table)
			}
		}
		all = append(all, check)
	}
	return all
}

// neighbour is the station as pages know it that were written for other components.
type neighbour struct{ jobs }

var _ compat.Station = neighbour{}

func (a *App) neighbours() neighbour { return neighbour{jobs{&desk{station: &station{App: a}}}} }

// Printers implements compat.Station.
func (s neighbour) Printers(ctx context.Context) ([]compat.Printer, error) {
	list, err := s.JobPrinters(ctx)
	if err != nil {
		return nil, err
	}
	var all []compat.Printer
	for _, p := range list.Printers {
		q := s.printerNamed(p.Name)
		one := compat.Printer{
			Name: p.Name, Ready: p.State != api.Stopped, Size: dispatch.Size(q.Width, q.Height), Paper: lpml.Paper{Grid: q.Grid, Width: q.Width, Height: q.Height},
		}
		if q.Sealed {
			// Its paper says whose: "76x130 sealed cainiao", of JD's component without a name.
			_, one.Dialect, _ = strings.Cut(q.Paper, dispatch.SealedPaper(one.Size))
			if one.Dialect = strings.TrimSpace(one.Dialect); one.Dialect == "" {
				one.Dialect = "jd"
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// Add implements compat.Station.
func (s neighbour) Add(ctx context.Context, l compat.Label) (api.Job, error) {
	j := api.NewJob{Caller: l.Caller, Key: l.Key, Kind: api.FileJob, Size: l.Size, Raw: l.Picture, Printer: l.Printer}
	if l.Sealed != nil {
		j.Kind = api.SealedJob
		j.Sealed = api.Document{Dialect: l.Dialect, Size: l.Size, Key: l.Key, Order: l.Order, Carrier: l.Vendor, Waybill: l.Number, Sealed: l.Sealed}
		return s.AddJob(ctx, j)
	}
	w := &j.Label.Waybill
	w.Carrier, w.CarrierName, w.Number, w.Order = waybill.Carrier(l.Vendor), l.Vendor, waybill.Number(l.Number), l.Order
	w.PhoneKind = waybill.PhoneSealed // what is on it was not told
	w.Parcels = []waybill.Parcel{{Barcode: l.Number, Index: 1, Count: 1}}
	return s.AddJob(ctx, j)
}
