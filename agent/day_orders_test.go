package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"miandan/agent/internal/jos/jdsim"
)

// fated is an order of the day and what will become of it.
type fated struct {
	jdsim.Order
	fate   string
	ships  bool // in the end
	never  bool // it ships at no time that the station could see
	boxes  int
	events []*event
}

// event is something that the buyer, the seller or JD does to an order.
type event struct {
	order        string
	due          time.Time
	stops, ships bool
	do           func(*jdsim.Gateway)

	at, seen time.Time // when it happened, and when the station had read it
	asked    bool      // the carrier was being asked when it was read
}

// script is the day, hour by hour.
type script struct {
	random *rand.Rand
	orders []*fated
	byID   map[string]*fated
	events []*event
	next   int
	plans  []jdsim.Plan
	made   int
	like   []jdsim.Order
}

// newScript writes a day. The first half is busier, and nothing new comes in
// the last three hours.
func newScript(random *rand.Rand, orders int, start time.Time) *script {
	s := &script{random: random, byID: map[string]*fated{}, like: jdsim.Demo(14, start)}
	at := func() time.Time {
		hours := 12 * random.Float64()
		if random.IntN(10) >= 6 {
			hours = 12 + 9*random.Float64()
		}
		return start.Add(time.Duration(hours * float64(time.Hour)))
	}
	for len(s.orders) < orders {
		s.write(at())
	}
	slices.SortStableFunc(s.events, func(a, b *event) int { return a.due.Compare(b.due) })
	return s
}

// soon is some time after a moment: often while the order is being dealt with,
// sometimes hours later.
func (s *script) soon(t time.Time) time.Time {
	if s.random.IntN(2) == 0 {
		return t.Add(time.Duration(s.random.Int64N(int64(6 * time.Minute))))
	}
	return t.Add(6*time.Minute + time.Duration(s.random.Int64N(int64(2*time.Hour))))
}

// write writes one order with its fate, or several that belong together.
func (s *script) write(at time.Time) {
	o := s.order()
	die := s.random.IntN(1000)
	for _, f := range fates {
		if die -= f.weight; die < 0 {
			o.fate = f.name
			f.write(s, o, at)
			return
		}
	}
	o.fate, o.ships = "ships", true
	s.comes(o, at)
}

// fates are what may become of an order, with how many of a thousand it
// becomes of. The rest just ships.
var fates = []struct {
	name   string
	weight int
	write  func(s *script, o *fated, at time.Time)
}{
	{"comes as cancelled", 10, func(s *script, o *fated, at time.Time) {
		o.State, o.never = jdsim.Cancelled, true
		s.comes(o, at)
	}},
	{"comes as locked", 10, func(s *script, o *fated, at time.Time) {
		o.State, o.never = jdsim.Locked, true
		s.comes(o, at)
	}},
	{"comes as paused and stays so", 8, func(s *script, o *fated, at time.Time) {
		o.State, o.never = s.paused(), true
		s.comes(o, at)
	}},
	{"paused, then cancelled", 8, func(s *script, o *fated, at time.Time) {
		o.State, o.never = s.paused(), true
		s.comes(o, at)
		s.turns(o, s.soon(at), jdsim.Cancelled)
	}},
	{"nobody may know the phone", 10, func(s *script, o *fated, at time.Time) {
		o.Mode, o.never = jdsim.MaskedOnly, true
		s.comes(o, at)
	}},
	{"virtual number", 10, func(s *script, o *fated, at time.Time) {
		o.Mode, o.Virtual, o.never = jdsim.Virtual, fmt.Sprintf("17000000000-%04d", 1000+s.made%9000), true
		s.comes(o, at)
	}},
	{"used at a shop", 5, func(s *script, o *fated, at time.Time) {
		o.Type, o.never = "75", true
		s.comes(o, at)
	}},
	{"cancelled", 50, func(s *script, o *fated, at time.Time) {
		s.comes(o, at)
		s.turns(o, s.soon(at), jdsim.Cancelled)
	}},
	{"locked", 30, func(s *script, o *fated, at time.Time) {
		s.comes(o, at)
		s.turns(o, s.soon(at), jdsim.Locked)
	}},
	{"locked, then cancelled", 20, func(s *script, o *fated, at time.Time) {
		s.comes(o, at)
		then := s.soon(at)
		s.turns(o, then, jdsim.Locked)
		s.turns(o, s.soon(then), jdsim.Cancelled)
	}},
	{"locked, then talked out of it", 30, func(s *script, o *fated, at time.Time) {
		o.ships = true
		s.comes(o, at)
		then := s.soon(at)
		s.turns(o, then, jdsim.Locked)
		s.turns(o, s.soon(then), jdsim.ToShip)
	}},
	{"comes as paused, then goes on", 30, func(s *script, o *fated, at time.Time) {
		o.State, o.ships = s.paused(), true
		s.comes(o, at)
		s.turns(o, s.soon(at), jdsim.ToShip)
	}},
	{"held up for a reason, then goes on", 15, func(s *script, o *fated, at time.Time) {
		o.Pauses, o.ships = []string{"6"}, true
		s.comes(o, at)
		s.happens(o, event{due: s.soon(at), ships: true}, func(o *jdsim.Order) { o.Pauses = nil })
	}},
	{"paused, then goes on", 30, func(s *script, o *fated, at time.Time) {
		o.ships = true
		s.comes(o, at)
		then := s.soon(at)
		s.turns(o, then, s.paused())
		s.turns(o, s.soon(then), jdsim.ToShip)
	}},
	{"paused", 10, func(s *script, o *fated, at time.Time) {
		s.comes(o, at)
		s.turns(o, s.soon(at), s.paused())
	}},
	{"another address", 15, func(s *script, o *fated, at time.Time) {
		o.ships = true
		s.comes(o, at)
		s.happens(o, event{due: s.soon(at)}, func(o *jdsim.Order) { o.Receiver.Address = "演示路99号" })
	}},
	{"split", 12, func(s *script, o *fated, at time.Time) {
		s.comes(o, at)
		then := s.soon(at)
		for range 2 {
			child := s.order()
			child.fate, child.ships, child.Parent = "child of a split order", true, o.ID
			s.comes(child, then)
		}
		s.turns(o, then, jdsim.Void)
	}},
	{"regular purchase", 3, func(s *script, o *fated, at time.Time) {
		plan := jdsim.Plan{ID: fmt.Sprint(880_000 + s.made), Parent: o.ID, Total: 4, Start: at}
		s.plans = append(s.plans, plan)
		o.Plan, o.State, o.never = plan.ID, jdsim.Void, true
		s.comes(o, at)
		for period := 1; period <= plan.Total; period++ {
			child := s.order()
			child.fate, child.ships, child.Parent, child.Plan, child.Period = "delivery of a regular purchase", true, o.ID, plan.ID, period
			s.comes(child, s.soon(at))
		}
	}},
}

func (s *script) paused() string {
	return []string{jdsim.Paused, jdsim.PausedJD}[s.random.IntN(2)]
}

// order makes an order that ships, somebody's, in some form.
func (s *script) order() *fated {
	s.made++
	like := s.like[s.random.IntN(len(s.like))]
	o := &fated{Order: jdsim.Order{
		ID: fmt.Sprint(312_000_000_000 + 7919*s.made), Receiver: like.Receiver, Items: like.Items, Payment: "59.00",
		Mode: []jdsim.Mode{jdsim.MaskedOAID, jdsim.MaskedOAID, jdsim.MaskedOAID, jdsim.Sealed, jdsim.Sealed, jdsim.Plain}[s.random.IntN(6)],
	}, boxes: 1}
	o.Receiver.Mobile, o.Receiver.Telephone = fmt.Sprintf("1380000%04d", s.made%10_000), ""
	if s.random.IntN(3) == 0 {
		o.Shipment = jdsim.ShipJDExpress
	}
	if die := s.random.IntN(100); die < 3 {
		o.boxes = 3
	} else if die < 11 {
		o.boxes = 2
	}
	if o.boxes > 1 {
		o.VenderRemark = fmt.Sprintf("分%d箱", o.boxes)
	}
	o.Twice = s.random.IntN(50) == 0
	s.orders = append(s.orders, o)
	s.byID[o.ID] = o
	return o
}

// comes makes an order come in.
func (s *script) comes(o *fated, at time.Time) {
	o.Started, o.Paid = at.Add(-time.Minute), at
	e := &event{order: o.ID, due: at, ships: o.State == "" && len(o.Pauses) == 0 && !o.never}
	e.do = func(g *jdsim.Gateway) {
		for _, p := range s.plans {
			if p.ID == o.Plan {
				g.AddPlan(p)
			}
		}
		g.AddOrder(o.Order)
		g.Update(o.ID, func(*jdsim.Order) {}) // it is modified now
	}
	o.events = append(o.events, e)
	s.events = append(s.events, e)
}

// turns makes an order's state another one.
func (s *script) turns(o *fated, at time.Time, state string) {
	s.happens(o, event{due: at, stops: state != jdsim.ToShip, ships: state == jdsim.ToShip}, func(o *jdsim.Order) { o.State = state })
}

func (s *script) happens(o *fated, e event, change func(*jdsim.Order)) {
	e.order, e.do = o.ID, func(g *jdsim.Gateway) { g.Update(o.ID, change) }
	o.events = append(o.events, &e)
	s.events = append(s.events, &e)
}

// due returns what happens until a moment and has not happened.
func (s *script) due(until time.Time) []*event {
	first := s.next
	for s.next < len(s.events) && !s.events[s.next].due.After(until) {
		s.next++
	}
	return s.events[first:s.next]
}

func (s *script) left() bool { return s.next < len(s.events) }

func (s *script) fates() map[string]int {
	n := map[string]int{}
	for _, o := range s.orders {
		n[o.fate]++
	}
	return n
}
