package app

import (
	"context"
	"net"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/metrics"
)

// runMetrics answers Prometheus until ctx ends, if the settings want that. That it
// cannot is no reason not to print.
func (a *App) runMetrics(ctx context.Context) {
	if a.config.Metrics.Listen == "" {
		return
	}
	l, err := api.Listen(a.config.Metrics.Listen) // on the loopback only
	if err != nil {
		a.log.Error("no metrics", "error", err)
		return
	}
	a.serveMetrics(ctx, l)
}

func (a *App) serveMetrics(ctx context.Context, l net.Listener) {
	a.log.Info("metrics", "listen", l.Addr().String())
	if err := metrics.Serve(ctx, l, a.measure); err != nil {
		a.log.Error("no metrics", "error", err)
	}
}

// measure reads how things stand.
func (a *App) measure(ctx context.Context) metrics.Reading {
	var r metrics.Reading
	now := a.options.Clock()
	counts, err := a.Ledger.Counts(ctx, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
	r.Database = err == nil
	r.Labels = map[string]int{"waiting": counts.Waiting, "printing": counts.Printing, "unknown": counts.Unknown, "refused": counts.Refused, "done": counts.Done}
	if q, err := (&station{App: a}).Queue(ctx, api.QueueQuery{Limit: 1000}); err == nil {
		r.Paused = q.Paused
		for _, row := range q.Rows {
			if row.State == api.Waiting && !row.Since.IsZero() {
				r.Oldest = max(r.Oldest, now.Sub(row.Since))
			}
		}
		for _, p := range q.Printers {
			printer := metrics.Printer{Name: p.Name, Ready: p.State != api.Stopped}
			if len(p.Reasons) > 0 && !printer.Ready {
				printer.Reason = p.Reasons[0]
			}
			r.Printers = append(r.Printers, printer)
		}
	}
	if a.fleet == nil {
		return r
	}
	r.Fleet = new(fleet.Room)
	if room, err := a.fleet.db.Room(ctx); err == nil {
		*r.Fleet, r.FleetUp = room, true
	}
	if s, err := a.Ledger.FleetStanding(ctx); err == nil {
		r.Untold = s.Untold
	}
	return r
}
