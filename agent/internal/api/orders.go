package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/localapi"
)

// Adder takes orders that programs hand in.
type Adder interface {
	// AddOrder puts an order on disk and says what became of it: when it returns,
	// the order is not lost. The same order handed in again is the same order.
	AddOrder(ctx context.Context, o order.Order) (Added, error)
}

// Added says what became of one order that was handed in.
type Added struct {
	Index   int      `json:"index" doc:"Its place in the list, from 0"`
	Order   string   `json:"order,omitempty" doc:"Its number; missing if it has none that can be used"`
	Verdict Verdict  `json:"verdict" enum:"new,same,replaced,overtaken,withdrawn,too-late,refused"`
	State   State    `json:"state,omitempty" enum:"waiting,printing,unknown,number-unknown,done,refused,cancelled"`
	Refusal *Refusal `json:"refusal,omitempty" doc:"Of an order that was taken: what it waits for, or what a person must decide. Of one that was not taken: why, if nothing of it is wrong"`
	Wrong   []Wrong  `json:"wrong,omitempty" doc:"What must be put right before it is taken"`
}

// Verdict is what became of an order.
type Verdict string

// All but NotTaken are the ledger's words, and the order is on disk.
const (
	NewOrder  Verdict = "new"
	SameOrder Verdict = "same"      // known, with the same receiver
	Replaced  Verdict = "replaced"  // changed before a number was taken
	Overtaken Verdict = "overtaken" // changed after; its labels that had not begun are void
	Withdrawn Verdict = "withdrawn" // cancelled in time
	TooLate   Verdict = "too-late"  // changed or cancelled when its label had begun: somebody is told
	NotTaken  Verdict = "refused"   // nothing of it was kept
)

// OK reports whether all that was asked for was done: the order is taken, and
// nothing keeps it from going its way.
func (a Added) OK() bool {
	return a.Verdict != NotTaken && a.Verdict != TooLate && a.State != Refused
}

// Wrong is one thing wrong with an order. It repeats nothing of what stands there.
type Wrong struct {
	Field   string      `json:"field,omitempty" doc:"receiver.phone, items[0].quantity; missing if it is the whole order"`
	Code    notice.Code `json:"code"`
	Message string      `json:"message"`
}

type addedList struct {
	Orders []Added `json:"orders" nullable:"false"`
}

// ordersRoute may be given more than the other routes, on the unix socket.
const ordersRoute = prefix + "orders"

// limit is the largest body that a request may have, and what is said of a larger
// one.
func (g *gates) limit(r *http.Request) (int64, notice.Code) {
	switch {
	case g.channel == local && r.URL.Path == ordersRoute:
		return localapi.MostBytes, ordersTooLarge
	case r.URL.Path == jobsRoute:
		return mostJob, bodyTooLarge
	}
	return maxBody, bodyTooLarge
}

const ordersTooLarge notice.Code = "orders-too-large"

// add serves it, on the unix socket alone: what is handed in is taken to paper.
func (s *Server) add(api huma.API) {
	body := &huma.RequestBody{Required: true, Description: "One order, or a list of up to 500"}
	huma.Register(api, huma.Operation{
		OperationID: "add-orders", Method: http.MethodPost, Path: ordersRoute,
		Summary: "Hand in orders: on the unix socket only",
		Description: "Each order is on disk before the answer says that it was taken. An order with the same id and the same receiver, " +
			"number of parcels and amount to collect is the same order, however often it is handed in; another content takes its place " +
			"as long as no label of it has begun, and afterwards somebody is told. Orders that are wrong hold up no others.",
		MaxBodyBytes: localapi.MostBytes, SkipValidateBody: true, RequestBody: body,
		Responses:   map[string]*huma.Response{"default": failure(api)},
		Middlewares: huma.Middlewares{commandLine("orders-refused")},
	}, func(ctx context.Context, in *struct {
		RawBody []byte `contentType:"application/json"`
	}) (*answer[addedList], error) {
		list, err := localapi.Read(in.RawBody, time.Now())
		if err != nil {
			return nil, s.fail(ctx, "orders", err)
		}
		return &answer[addedList]{addedList{s.addAll(ctx, list)}}, nil
	})
	schemas := api.OpenAPI().Components.Schemas
	one := schemas.Schema(reflect.TypeFor[localapi.NewOrder](), true, "NewOrder")
	body.Content["application/json"].Schema = &huma.Schema{OneOf: []*huma.Schema{
		one, {Type: huma.TypeArray, Items: one, MinItems: ptr(1), MaxItems: ptr(localapi.MostOrders)},
	}}
}

func ptr(n int) *int { return &n }

// addAll hands a list to the station. If the disk takes no more, that is said of
// each order that was not taken.
func (s *Server) addAll(ctx context.Context, list []localapi.Handed) []Added {
	l := callerOf(ctx).language
	all := make([]Added, len(list))
	for i, h := range list {
		a := Added{Verdict: NotTaken}
		for _, w := range h.Wrong {
			a.Wrong = append(a.Wrong, Wrong{w.Field, w.Why.Code, sentence(l, w.Why.Code, w.Why.Args...)})
		}
		if len(h.Wrong) == 0 {
			taken, err := s.Station.AddOrder(ctx, h.Order)
			if err != nil {
				s.fail(ctx, "orders", err)
				p := problem(err, l)
				a.Refusal = &Refusal{Code: p.Code, Message: p.Message, Action: Retry}
			} else {
				a = taken
				a.Refusal = taken.Refusal.in(l)
			}
		}
		a.Index, a.Order = i, h.ID
		all[i] = a
	}
	return all
}

// AddOrders hands in orders, one or a list of any length, as JSON; a long list
// goes in parts. If one part fails, what became of those before is returned with
// the error. It is answered on the unix socket only.
func (c *Client) AddOrders(ctx context.Context, orders []byte) ([]Added, error) {
	var all []Added
	for _, part := range localapi.Parts(orders, perRequest) {
		var l addedList
		if err := c.call(ctx, http.MethodPost, "orders", raw(part), &l); err != nil {
			return all, err
		}
		before := len(all)
		for _, a := range l.Orders {
			a.Index += before
			all = append(all, a)
		}
	}
	return all, nil
}

// perRequest orders at once are taken within the time of a request on any disk.
const perRequest = 100

// raw is JSON that is sent as it is: it need not even be JSON, so that the agent
// says what is wrong with it.
type raw []byte
