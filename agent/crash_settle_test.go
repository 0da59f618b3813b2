package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
)

// settle puts everything right and waits until nothing is on its way. It ends
// with the agent's own end.
func (r *crashRun) settle() error {
	r.world.calm()
	if err := r.world.setClock(0); err != nil {
		return err
	}
	l, err := begin(r.program, r.world)
	if err != nil {
		return err
	}
	defer func() {
		if l.lasts(0) {
			return
		}
		l.kill("the test is over")
	}()
	if !l.untilReady(3 * time.Minute) {
		r.blame("I11", "after the last end the agent does not come up: %s", last(l.log.String(), 600))
		return nil
	}
	r.world.happen(1 << 30)
	var open []string
	patience := cmp.Or(r.patience, 5*time.Minute) // what a platform has not taken several times is told again after a minute
	for end := time.Now().Add(patience); ; {
		r.operate(true)
		if open = r.open(); len(open) == 0 {
			break
		}
		if time.Now().After(end) {
			r.blame("I1", "nothing is wrong any more, and after %v this has not settled: %s", patience, strings.Join(open, "; "))
			break
		}
		if l.lasts(150 * time.Millisecond) {
			r.blame("I11", "with nothing wrong the agent ended by itself with status %d: %s", l.cmd.ProcessState.ExitCode(), last(l.log.String(), 600))
			return nil
		}
	}
	time.Sleep(150 * time.Millisecond) // what still lies in a buffer comes out
	if err := l.stop(); err != nil {
		r.blame("I11", "%v", err)
	}
	p, err := take(r.world.data)
	if err != nil {
		r.blame("I11", "at the end the database cannot be read: %v", err)
		return nil
	}
	r.lives, r.pictures = append(r.lives, l), append(r.pictures, p)
	return nil
}

// open lists what is still on its way.
func (r *crashRun) open() []string {
	q, err := r.look()
	if err != nil {
		return []string{err.Error()}
	}
	var open []string
	has := map[string]bool{}
	for _, row := range q.Rows {
		has[row.Order] = true
		told := row.Refusal != nil && strings.HasSuffix(string(row.Refusal.Code), "-too-late") // it waits for a person, and says why
		switch {
		case row.State == api.Waiting && !told, row.State == api.Printing, row.State == api.Unknown, row.State == api.NumberUnknown && row.Step == "issue-unknown":
			if !r.stands(row) {
				open = append(open, fmt.Sprintf("order %s parcel %d is %s", row.Order, row.Parcel, row.Step))
			}
		case row.State == api.Done && row.Evidence == api.Presumed && !told && !r.scanned(row):
			open = append(open, fmt.Sprintf("order %s parcel %d is presumed and not scanned", row.Order, row.Parcel))
		case row.State == api.Done && !told && !r.shipped(row.Order) && !r.oneMissing(q, row.Order):
			open = append(open, fmt.Sprintf("order %s is on paper and the platform has not been told", row.Order))
		}
	}
	if later, err := r.lookAtOrders(); err == nil { // what ended while the clock was wrong did not end today
		for _, row := range later {
			has[row.Order] = true
		}
	}
	for _, o := range r.world.all() {
		if g, ok := r.world.gateway.Order(o.ID); ok && !has[o.ID] && (g.State == "" || g.State == jdsim.ToShip) {
			open = append(open, "order "+o.ID+" is nowhere to be seen")
		}
	}
	slices.Sort(open)
	return open
}

// stands reports whether something stands in unknown for good, where it is seen:
// a label of which the data has been deleted cannot be printed again, and an
// order that was cancelled meanwhile is given no other number.
func (r *crashRun) stands(row api.Row) bool {
	if row.State == api.NumberUnknown {
		o, _ := r.world.gateway.Order(row.Order)
		return o.State == jdsim.Cancelled
	}
	return slices.ContainsFunc(r.deeds, func(d deed) bool {
		var p *api.Problem
		return d.label == row.Label && errors.As(d.err, &p) && p.Code == "label-purged"
	})
}

func (r *crashRun) scanned(row api.Row) bool {
	key := keyOf(row.Waybill, row.Parcel)
	return slices.ContainsFunc(r.deeds, func(d deed) bool { return d.key == key && d.what == "scan" && d.err == nil })
}

func (r *crashRun) shipped(order string) bool {
	o, ok := r.world.gateway.Order(order)
	return !ok || o.State == jdsim.Shipped || o.State == jdsim.Finished || o.State == jdsim.Cancelled
}

// oneMissing reports whether a parcel of the order stands where no "shipped" can
// come of it by itself.
func (r *crashRun) oneMissing(q api.Queue, order string) bool {
	return slices.ContainsFunc(q.Rows, func(row api.Row) bool { return row.Order == order && row.State != api.Done })
}
