// Package metrics tells Prometheus how the station and its fleet stand: how much
// waits, for how long, what needs a person, whether printers are well and what a
// commit of the fleet's database is worth.
//
// A scraper is no browser: it sends no token and no Origin, and the gates of the
// page would have to open for it. So it has a listener of its own, on the loopback
// only, off unless the settings name it, that answers one GET and holds numbers and
// the names of printers and stations: nothing of an order, nothing of a person.
package metrics

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"runtime"
	"time"

	"miandan/agent/internal/fleet"
)

// Reading is how things stand at one moment.
type Reading struct {
	Labels   map[string]int // of this station: waiting, printing, unknown, refused, done today
	Printers []Printer
	Oldest   time.Duration // for how long the oldest label or order has waited
	Paused   bool
	Database bool        // the ledger answers
	Fleet    *fleet.Room // nil for a station that stands alone
	FleetUp  bool        // the fleet's database answers
	Untold   int         // of what became of labels, that the fleet has not been told
}

// Printer is a printer of this station.
type Printer struct {
	Name   string
	Ready  bool
	Reason string // a word of IPP while it is not; empty otherwise
}

// Reader reads how things stand. It must answer within a few seconds, whatever is
// broken: what is broken is what people want to see.
type Reader func(context.Context) Reading

var (
	labels        = gauge("labels", "Labels and orders of this station by where they stand; done counts today", "state")
	oldest        = gauge("oldest_wait_seconds", "For how long the oldest label that waits at this station has waited")
	paused        = gauge("paused", "1 while printing is held at this station")
	database      = gauge("database_up", "1 if this station's own database answers")
	printer       = gauge("printer_ready", "1 if the printer prints; the reason is a word of IPP", "printer", "reason")
	fleetUp       = gauge("fleet_up", "1 if the fleet's database answers")
	fleetLabels   = gauge("fleet_labels", "Labels of the fleet that have not ended, by state", "state")
	fleetOrders   = gauge("fleet_orders", "Orders of the fleet without labels, by state", "state")
	fleetLate     = gauge("fleet_labels_late", "Labels that have not ended beyond their deadline")
	fleetStuck    = gauge("fleet_labels_stuck", "Labels that stand for a person: unknown, or started at a dead station")
	fleetAlarms   = gauge("fleet_alarms", "Alarms that nobody has seen to")
	fleetStation  = gauge("fleet_station_up", "1 if the station was heard within the last half minute", "station", "zone")
	fleetDone     = gauge("fleet_station_labels_last_hour", "Labels on paper within the last hour", "station")
	fleetDurable  = gauge("fleet_durable", "1 if a commit is worth what is promised; the reason is a code of the agent's", "reason")
	fleetStandbys = gauge("fleet_standbys", "Standbys that are connected")
	untold        = gauge("fleet_untold", "Outcomes that this station has not told the fleet yet")
	heap          = gauge("heap_bytes", "Memory that the agent's own data takes")
	goroutines    = gauge("goroutines", "What the agent does at once")
)

// patience is how long one scrape may take.
const patience = 5 * time.Second

// collect writes down how things stand.
func collect(r Reading) []byte {
	var e exposition
	put := e.put
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	put(heap, float64(m.HeapAlloc))
	put(goroutines, float64(runtime.NumGoroutine()))
	put(database, number(r.Database))
	put(paused, number(r.Paused))
	put(oldest, r.Oldest.Seconds())
	for state, n := range r.Labels {
		put(labels, float64(n), state)
	}
	for _, p := range r.Printers {
		put(printer, number(p.Ready), p.Name, p.Reason)
	}
	if r.Fleet == nil {
		return e.text()
	}
	put(fleetUp, number(r.FleetUp))
	put(untold, float64(r.Untold))
	if !r.FleetUp {
		return e.text()
	}
	for state, n := range r.Fleet.Labels {
		put(fleetLabels, float64(n), state)
	}
	for state, n := range r.Fleet.Orders {
		put(fleetOrders, float64(n), state)
	}
	put(fleetLate, float64(r.Fleet.Late))
	put(fleetStuck, float64(len(r.Fleet.Stuck)+r.Fleet.StuckMore))
	put(fleetAlarms, float64(len(r.Fleet.Alarms)))
	for _, s := range r.Fleet.Stations {
		put(fleetStation, number(s.Alive), s.Name, s.Zone)
		put(fleetDone, float64(s.DoneHour), s.Name)
	}
	put(fleetDurable, number(r.Fleet.Durability.Why == ""), r.Fleet.Durability.Why)
	put(fleetStandbys, float64(r.Fleet.Durability.Standbys))
	return e.text()
}

func number(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// Handler answers GET /metrics. A Host that is not the listener's own is refused: a
// page whose name leads here (DNS rebinding) learns nothing.
func Handler(read Reader, host string) http.Handler {
	busy := make(chan struct{}, 2) // scrapes at once
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host || len(r.Header.Values("Origin")) > 0 {
			http.Error(w, "this address is not the agent's", http.StatusMisdirectedRequest)
			return
		}
		select {
		case busy <- struct{}{}:
			defer func() { <-busy }()
		default:
			http.Error(w, "this is being answered twice already", http.StatusServiceUnavailable)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		text := collect(read(ctx))
		w.Header().Set("Content-Type", contentType)
		_, _ = bytes.NewReader(text).WriteTo(w)
	})
	return mux
}

// Serve answers until ctx ends. It closes the listener.
func Serve(ctx context.Context, l net.Listener, read Reader) error {
	s := &http.Server{
		Handler: Handler(read, l.Addr().String()), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10,
	}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
