package main

import (
	"fmt"
	"slices"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/templates/waybill"
)

// history is what the gateway's journal says of one order.
type history struct {
	taken []jdsim.Entry
	live  []held
	most  int // boxes that had a number at the same time
	asked int // how often numbers were given, new or again, since the last were given back
	twice bool
}

// check holds the gateway's journal against the ledger and the day's script.
func (d *day) check() {
	d.agent = d.start() // only to read; there is nothing left to do
	defer d.agent.stop()
	histories := d.histories()
	rows := map[string]dayRow{}
	for _, r := range d.agent.rows(`1`) {
		rows[r.id] = r
	}
	labels := d.agent.labels()
	for id := range rows {
		if d.script.byID[id] == nil {
			d.t.Errorf("the ledger has an order %s that there is none of", id)
		}
	}
	for _, o := range d.script.orders {
		h := histories[o.ID]
		if h == nil {
			h = &history{}
		}
		d.checkOrder(o, h, rows[o.ID], labels[o.ID])
		if d.wrong > 30 {
			d.t.Fatal("and so on")
		}
	}
}

func (d *day) histories() map[string]*history {
	all := map[string]*history{}
	numbers := map[string]bool{}
	for _, e := range d.world.gateway.Journal() {
		if e.Refused != "" || e.Event != jdsim.Number && e.Event != jdsim.Again && e.Event != jdsim.Unbound {
			continue
		}
		if d.script.byID[e.Order] == nil {
			d.t.Errorf("a number was taken for %q, which is no order", e.Order)
			continue
		}
		h := all[e.Order]
		if h == nil {
			h = &history{}
			all[e.Order] = h
		}
		boxes := max(1, e.Packages)
		switch e.Event {
		case jdsim.Number:
			if numbers[e.Number] {
				d.t.Errorf("the gateway gave number %s twice", e.Number)
			}
			numbers[e.Number] = true
			h.taken = append(h.taken, e)
			h.live = append(h.live, held{issuerOf(e.Carrier), waybill.Number(e.Number), boxes})
			h.asked += boxes
		case jdsim.Again:
			h.asked += boxes
		case jdsim.Unbound:
			h.live = without(h.live, e.Number)
			if len(h.live) == 0 {
				h.asked = 0
			}
		}
		n := 0
		for _, l := range h.live {
			n += l.boxes
		}
		h.most = max(h.most, n)
		h.twice = h.twice || h.asked > d.script.byID[e.Order].boxes
	}
	return all
}

func (d *day) checkOrder(o *fated, h *history, r dayRow, labels []string) {
	wrong := func(format string, args ...any) {
		d.t.Helper()
		d.wrong++
		d.t.Errorf("order %s (%s, %d boxes, %s): "+format+"; ledger: %+v, numbers taken %d, still out %v; %v",
			append(append([]any{o.ID, o.fate, o.boxes, r.issuer}, args...), r, len(h.taken), h.live, o.look())...)
	}
	if h.most > o.boxes {
		wrong("had %d numbers at once", h.most)
	}
	if h.twice && !d.agent.finds(r.issuer) {
		wrong("its carrier was asked again, on a guess")
	}
	if o.never && len(h.taken) > 0 {
		wrong("never ships and got a number")
	}
	for _, e := range h.taken {
		if issuerOf(e.Carrier) != r.issuer {
			wrong("got a number of %s", e.Carrier)
		}
		if stop := o.stopped(e.At); stop != nil {
			wrong("got number %s at %s, after the station had read at %s that it does not ship", e.Number, e.At.Format(time.TimeOnly), stop.seen.Format(time.TimeOnly))
		}
	}
	boxes := 0
	var out []string
	for _, l := range h.live {
		boxes += l.boxes
		for range l.boxes {
			out = append(out, string(l.number))
		}
	}
	slices.Sort(out)
	slices.Sort(labels)
	switch {
	case o.ships && (boxes != o.boxes || r.state != ledger.Issued || r.labels != o.boxes):
		wrong("ships and has not one number a parcel")
	case o.ships && !slices.Equal(out, labels):
		wrong("its labels say %v", labels)
	case !o.ships && r.state == ledger.Issued && !slices.Equal(out, labels):
		wrong("its labels say %v", labels)
	case !o.ships && boxes > 0 && r.alarm == "" && r.state != ledger.IssueUnknown && o.fate != "paused":
		wrong("does not ship and has numbers that were not given back")
	}
}

// stopped returns the event that should have kept a number from being taken at
// a time, or nil.
func (o *fated) stopped(at time.Time) *event {
	for i, e := range o.events {
		if !e.stops || e.seen.IsZero() || e.asked || !at.After(e.seen) {
			continue
		}
		if !slices.ContainsFunc(o.events[i:], func(later *event) bool { return later.ships && !later.at.IsZero() && !later.at.After(at) }) {
			return e
		}
	}
	return nil
}

// look is what is worth knowing of an order that has gone wrong.
func (o *fated) look() string {
	s := string(o.Mode)
	for _, e := range o.events {
		s += fmt.Sprintf(" at %s, read by %s;", e.at.Format(time.DateTime), e.seen.Format(time.DateTime))
	}
	return s
}
