package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
)

// desk is what the lead of a run's shop has done whose accident is "waves": nothing
// prints there by itself. Orders print in waves, which are stopped, resumed and
// closed again, printers are held, and a program hands in labels of its own.
type desk struct {
	waves []*crashWave
	held  []*stopped // printers
	jobs  []*crashJob
}

// crashWave is a wave that the agent has said it has started.
type crashWave struct {
	id     string
	orders []string
	over   bool
	stops  []*stopped
}

// stopped is a time for which somebody has stopped something: from the agent's yes
// until somebody asks it to go on.
type stopped struct {
	what        string
	from, until time.Time // until is zero as long as it lasts
}

func (s *stopped) end() {
	if s.until.IsZero() {
		s.until = time.Now()
	}
}

// holds reports whether something began while it was stopped.
func (s *stopped) holds(ms int64) bool {
	at := time.UnixMilli(ms)
	return at.After(s.from.Add(time.Millisecond)) && (s.until.IsZero() || at.Before(s.until.Add(-time.Millisecond)))
}

// crashJob is a label that a program hands in, again and again until it is told that
// it was taken.
type crashJob struct {
	key, number string
	taken       bool
}

const handedIn = `{"key":%q,"kind":"waybill","layout":"zto-76x130","label":{"version":1,"waybill":{"carrier":"ZTO","carrier_name":"中通快递","number":%q,"order":%q,"phone_kind":"real",
	"sender":{"name":"演示商家","phone":"13800000001","address":{"province":"浙江省","city":"杭州市","district":"西湖区","detail":"演示路9号"}},
	"receiver":{"name":"演示张三","phone":"13800001234","address":{"province":"湖北省","city":"武汉市","district":"洪山区","detail":"演示路1号"}},
	"routing":{"code":"571-01 A","name":"武汉"},"parcels":[{"barcode":%q,"index":1,"count":1}]}}}`

func (j crashJob) under(key string) []byte {
	return fmt.Appendf(nil, handedIn, key, j.number, key, j.number)
}

// ask says something to the agent. Its error is nil if that was a yes.
func (r *crashRun) ask(say func(context.Context, *api.Client) error) error {
	client, err := r.world.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	return say(ctx, client)
}

// lead is one thing that the lead does; at the end everything goes on, and whatever
// waits is asked for.
func (r *crashRun) lead(q api.Queue, all bool) {
	var waiting []string
	for _, row := range q.Rows {
		if row.State == api.Waiting && !strings.HasPrefix(row.Order, "ERP-") && !slices.Contains(waiting, row.Order) {
			waiting = append(waiting, row.Order)
		}
	}
	if all {
		r.goOn(waiting)
		return
	}
	switch r.whim.IntN(7) {
	case 0, 1:
		r.startWave(waiting)
	case 2:
		r.stopWave()
	case 3:
		r.resumeWaves(r.whim)
	case 4:
		r.hold()
	default:
		r.handIn()
	}
}

func (r *crashRun) startWave(orders []string) {
	if len(orders) == 0 {
		return
	}
	r.whim.Shuffle(len(orders), func(i, j int) { orders[i], orders[j] = orders[j], orders[i] })
	n := api.NewWave{Orders: orders, Sort: "given", Separator: r.whim.IntN(2) == 0, Who: "demo"}
	// An agent that dies meanwhile may have begun it; then its orders are in it.
	_ = r.ask(func(ctx context.Context, c *api.Client) error {
		started, err := c.StartWave(ctx, n)
		if err == nil {
			w := &crashWave{id: started.Wave.ID}
			for _, o := range orders {
				if !slices.ContainsFunc(started.Left, func(t api.Taken) bool { return t.Order == o }) {
					w.orders = append(w.orders, o)
				}
			}
			r.desk.waves = append(r.desk.waves, w)
		}
		return err
	})
}

func (r *crashRun) stopWave() {
	for _, w := range r.desk.waves {
		if w.over || len(w.stops) > 0 && w.stops[len(w.stops)-1].until.IsZero() {
			continue
		}
		if r.ask(func(ctx context.Context, c *api.Client) error { return c.StopWave(ctx, w.id, "demo") }) == nil {
			w.stops = append(w.stops, &stopped{what: "wave " + w.id, from: time.Now()})
		}
	}
}

// resumeWaves goes on with what is stopped, or closes some of it; without dice all
// goes on.
func (r *crashRun) resumeWaves(dice *rand.Rand) {
	for _, w := range r.desk.waves {
		for _, s := range w.stops {
			s.end()
		}
		switch {
		case w.over:
		case dice != nil && dice.IntN(4) == 0:
			w.over = r.ask(func(ctx context.Context, c *api.Client) error { return c.CloseWave(ctx, w.id, "demo") }) == nil
		case len(w.stops) > 0:
			_ = r.ask(func(ctx context.Context, c *api.Client) error { return c.ResumeWave(ctx, w.id, "demo") }) // it is asked again
		}
	}
	var held []string
	for _, s := range r.desk.held {
		if s.until.IsZero() && !slices.Contains(held, s.what) {
			held = append(held, s.what)
		}
		s.end() // before any of them goes on
	}
	for _, b := range r.world.benches {
		if dice == nil || slices.Contains(held, b.name) {
			_ = r.ask(func(ctx context.Context, c *api.Client) error { return c.Release(ctx, b.name, "demo") }) // at the end once more
		}
	}
}

func (r *crashRun) hold() {
	b := r.world.benches[r.whim.IntN(len(r.world.benches))]
	if r.ask(func(ctx context.Context, c *api.Client) error { return c.Hold(ctx, b.name, "demo") }) == nil {
		r.desk.held = append(r.desk.held, &stopped{what: b.name, from: time.Now()})
	}
}

// handIn hands in a label, or once more one that was not answered, or was.
func (r *crashRun) handIn() {
	if n := len(r.desk.jobs); n == 0 || n < 6 && r.whim.IntN(2) == 0 {
		r.desk.jobs = append(r.desk.jobs, &crashJob{key: fmt.Sprintf("ERP-%d", n+1), number: fmt.Sprintf("7530%05d%05d", r.seed%100_000, n+1)})
	}
	r.handOver(r.desk.jobs[r.whim.IntN(len(r.desk.jobs))])
}

// handOver hands in one, and another time under another key, which must be refused.
func (r *crashRun) handOver(j *crashJob) {
	if r.ask(func(ctx context.Context, c *api.Client) error { _, err := c.AddJob(ctx, j.under(j.key)); return err }) != nil {
		return
	}
	j.taken = true
	var p *api.Problem
	err := r.ask(func(ctx context.Context, c *api.Client) error {
		_, err := c.AddJob(ctx, j.under(j.key+"-again"))
		return err
	})
	if err == nil || errors.As(err, &p) && p.Code != "number-taken" && p.Status < 500 {
		r.blame("I5", "label %s was handed in under a second key, and the answer is %v", j.number, err)
	}
}

// goOn lets everything go on.
func (r *crashRun) goOn(waiting []string) {
	r.resumeWaves(nil)
	for _, j := range r.desk.jobs {
		if !j.taken {
			r.handOver(j)
		}
	}
	if len(waiting) > 0 {
		_ = r.ask(func(ctx context.Context, c *api.Client) error { _, err := c.Print(ctx, waiting, "demo"); return err })
	}
}

// stops holds the ledger against the lead's word: what was stopped began nothing,
// which is none of the reference's invariants, and what was taken is there.
func stops(c *court) {
	byOrder := map[string][]*stopped{}
	for _, w := range c.desk.waves {
		for _, o := range w.orders {
			byOrder[o] = append(byOrder[o], w.stops...)
		}
	}
	for _, a := range c.end.attempts {
		l := c.end.labels[a.label]
		if l == nil {
			continue
		}
		list := slices.DeleteFunc(slices.Clone(c.desk.held), func(s *stopped) bool { return s.what != a.printer })
		if a.copy == 0 { // what somebody lets be printed once more is out of its wave
			list = append(list, byOrder[c.end.orders[l.order].platform]...)
		}
		for _, s := range list {
			if s.holds(a.intent) {
				c.blame("stop", "%s began on %s %v after %s was stopped", c.name(l), a.printer, time.UnixMilli(a.intent).Sub(s.from).Round(time.Millisecond), s.what)
			}
		}
	}
	for _, j := range c.desk.jobs {
		n := 0
		for _, l := range c.end.labels {
			if l.barcode == j.number {
				n++
			}
		}
		if n > 1 || j.taken && n == 0 {
			c.blame("I1", "label %s was handed in (taken: %v) and stands %d times in the ledger", j.number, j.taken, n)
		}
	}
}
