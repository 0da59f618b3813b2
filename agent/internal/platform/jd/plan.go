package jd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// A regular purchase, 定期购, is a plan: the order that bought it is void, and
// each delivery is an order of its own with a waybill of its own. They have an
// interface to themselves.
const (
	methodPlans    = "jd.kpl.open.regular.plan.queryplanlistnew"
	methodPlanShip = "jd.kpl.open.regular.plan.shipmentorder"
)

const (
	plansFor     = 10 * time.Minute // after which the plans are read again
	planPage     = 100
	planPages    = 100
	planReadings = 200 // deliveries that one reading asks for by themselves
)

// plans is what is known of regular purchases.
type plans struct {
	mu      sync.Mutex
	read    time.Time
	plan    map[string]string // by the order of a delivery: its plan
	parent  map[string]string // by plan: the order that bought it
	settled map[string]bool   // deliveries that a search lists, that are on the caller's disk, or that will never ship
	asked   map[string]time.Time
	given   []string        // deliveries of the last reading that no search lists
	cursor  platform.Cursor // with which that reading ended; empty if it says nothing new
}

// plan is one regular purchase as JD lists it.
type plan struct {
	id, parent string
	orders     []string
}

// readPlans reads the shop's plans, at most every now and then.
func (s *Source) readPlans(ctx context.Context, atMost time.Duration) error {
	s.planned.mu.Lock()
	defer s.planned.mu.Unlock()
	p := &s.planned
	if p.plan != nil && s.Now().Sub(p.read).Abs() < atMost {
		return nil
	}
	byOrder, parents := map[string]string{}, map[string]string{}
	for page := range planPages {
		found, err := s.planPage(ctx, page*planPage)
		if err != nil {
			return err
		}
		for _, f := range found {
			parents[f.id] = f.parent
			for _, id := range f.orders {
				byOrder[id] = f.id
			}
		}
		if len(found) < planPage {
			break
		}
	}
	p.plan, p.parent, p.read = byOrder, parents, s.Now()
	return nil
}

func (s *Source) planPage(ctx context.Context, start int) ([]plan, error) {
	var answer json.RawMessage
	err := s.Client.Read(ctx, methodPlans, map[string]any{"planParam": map[string]any{
		"venderId": s.VenderID, "startRow": start, "pageSize": planPage,
	}}, &answer)
	if err != nil {
		return nil, err
	}
	if err := planRefused(answer, methodPlans); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, jos.Broken(methodPlans, "not whole")
	}
	return plansIn(tree), nil
}

// plansIn finds the plans in an answer, whose form is not public: what has a
// planId is a plan, and what has an orderId within it is a delivery.
func plansIn(tree any) []plan {
	var found []plan
	var walk func(any)
	walk = func(tree any) {
		switch t := tree.(type) {
		case []any:
			for _, v := range t {
				walk(v)
			}
		case map[string]any:
			if id := scalar(t["planId"]); id != "" {
				p := plan{id: id, orders: ordersIn(t)}
				if p.parent = scalar(t["parentOrderId"]); p.parent == "0" {
					p.parent = ""
				}
				p.orders = slices.DeleteFunc(p.orders, func(o string) bool { return o == p.parent })
				found = append(found, p)
				return
			}
			for _, v := range t {
				walk(v)
			}
		}
	}
	walk(tree)
	return found
}

func ordersIn(tree any) []string {
	var ids []string
	var walk func(any)
	walk = func(tree any) {
		switch t := tree.(type) {
		case []any:
			for _, v := range t {
				walk(v)
			}
		case map[string]any:
			if id := scalar(t["orderId"]); id != "" && id != "0" {
				ids = append(ids, id)
			}
			for _, v := range t {
				walk(v)
			}
		}
	}
	walk(tree)
	return ids
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// planResult is how the family says whether it has done what it was asked,
// bare or within result. Its words are guessed from those of its kin.
type planResult struct {
	Success jos.Text `json:"success"`
	Code    jos.Text `json:"resultCode"`
	Words   jos.Text `json:"resultMessage"`
}

func planAnswer(answer json.RawMessage) planResult {
	var a struct {
		planResult
		Result, ReturnType json.RawMessage
	}
	if json.Unmarshal(answer, &a) != nil {
		return planResult{}
	}
	for _, inner := range []json.RawMessage{a.Result, a.ReturnType} {
		var r planResult
		if len(inner) > 0 && json.Unmarshal(inner, &r) == nil {
			return r
		}
	}
	return a.planResult
}

func planRefused(answer json.RawMessage, method string) error {
	if r := planAnswer(answer); r.Success != "" && !r.Success.True() {
		return notice.New(jos.NoticeError, errors.New(method+" was not carried out: "+outbound.Words(string(r.Words))), outbound.Code(string(r.Code)))
	}
	return nil
}

// withPlans says of each order which plan it is a delivery of, and adds the
// deliveries that a search does not list. Plans that cannot be read hold up no
// order.
func (s *Source) withPlans(ctx context.Context, list []*reading) []*reading {
	if !s.RegularPlans {
		return list
	}
	if err := s.readPlans(ctx, plansFor); err != nil {
		s.tell(err)
		return list
	}
	for _, r := range list {
		s.planned.settle(r.ID)
		s.planned.apply(&r.Order)
	}
	for _, id := range s.planned.due(s.Now(), planReadings) {
		r, err := s.single(ctx, id)
		switch {
		case errors.Is(err, platform.ErrNoOrder):
			continue // it is made when its turn comes
		case err != nil:
			s.tell(err)
			return list
		case r.State == order.ToShip:
			s.planned.apply(&r.Order)
			r.unlisted = true
			list = append(list, r)
		case r.State == order.Shipped || r.State == order.Cancelled:
			s.planned.settle(id)
		}
	}
	return list
}

// apply says of an order what the plans say of it.
func (p *plans) apply(o *order.Order) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, ok := p.plan[o.ID]
	if !ok {
		for _, parent := range p.parent {
			if parent == o.ID {
				o.IsParent = true
			}
		}
		return
	}
	o.Plan, o.IsParent, o.Subscription = id, false, false
	if o.Parent == "" {
		o.Parent = p.parent[id]
	}
}

// due returns deliveries that are not settled and were not asked for lately.
func (p *plans) due(now time.Time, most int) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for id := range p.plan {
		if !p.settled[id] && now.Sub(p.asked[id]).Abs() >= plansFor {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids) // older orders have smaller numbers
	ids = ids[:min(most, len(ids))]
	if p.asked == nil {
		p.asked = map[string]time.Time{}
	}
	for _, id := range ids {
		p.asked[id] = now
	}
	return ids
}

func (p *plans) settle(ids ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settled == nil {
		p.settled = map[string]bool{}
	}
	for _, id := range ids {
		if p.plan[id] != "" {
			p.settled[id] = true
		}
	}
}

// goesOn settles what the last reading gave out, if the caller goes on from
// where it ended: then it is on the caller's disk. Otherwise it is read again,
// since no search would list it a second time.
func (p *plans) goesOn(after platform.Cursor) {
	p.mu.Lock()
	given, kept := p.given, p.cursor != "" && p.cursor == after
	p.given, p.cursor = nil, ""
	p.mu.Unlock()
	if kept {
		p.settle(given...)
	}
}

// gave keeps which deliveries a reading gives out that no search lists.
func (p *plans) gave(ids []string, after, cursor platform.Cursor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.given, p.cursor = ids, cursor; cursor == after {
		p.cursor = ""
	}
}

// planOf returns the plan that an order is a delivery of, or the empty string.
func (s *Source) planOf(ctx context.Context, id string, atMost time.Duration) (string, error) {
	if !s.RegularPlans {
		return "", nil
	}
	if err := s.readPlans(ctx, atMost); err != nil {
		return "", err
	}
	s.planned.mu.Lock()
	defer s.planned.mu.Unlock()
	return s.planned.plan[id], nil
}

// planShipped tells JD that a delivery of a plan has left.
func (s *Source) planShipped(ctx context.Context, planID, id, carrierID string, n waybill.Number) error {
	var answer json.RawMessage
	err := s.Client.Call(ctx, methodPlanShip, map[string]any{"shipmentParam": map[string]any{
		"venderId": s.VenderID, "planId": planID, "orderId": id, "logiCoprId": carrierID, "logiNo": string(n), // sic
	}}, &answer)
	if err != nil {
		return err
	}
	r := planAnswer(answer)
	switch {
	case r.Success.True() || r.Success == "" && (r.Code == "0" || r.Code == "200") || s.travels(ctx, id, n):
		return nil
	case r.Success == "" && r.Code == "":
		return jos.Broken(methodPlanShip, "no result")
	}
	code, words := outbound.Code(string(r.Code)), outbound.Words(string(r.Words))
	return notice.New("shipped-refused", errors.New("code "+code), id, words)
}
