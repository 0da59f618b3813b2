package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

// Reveal asks whom one order goes to.
type Reveal struct {
	Order string `json:"order" minLength:"1" maxLength:"64" doc:"The platform's order number"`
	Who   string `json:"who,omitempty" maxLength:"64"`
	Role  Role   `json:"-"` // of who asks; the server writes it
}

// Revealed names a person. It is for the eyes of whoever asked and goes into no
// log and no page.
type Revealed struct {
	Order   string        `json:"order"`
	Name    string        `json:"name"`
	Address string        `json:"address"`
	Call    *privacy.Call `json:"call,omitempty" doc:"The virtual number; none if there is none to show"`
	// Dial and Text say how it is used, in the asker's language; the server
	// writes them.
	Dial    string    `json:"dial,omitempty" doc:"How to call: dial 17000000000, then 4740#"`
	Text    string    `json:"text,omitempty" doc:"How to send a text message"`
	Until   time.Time `json:"until,omitzero" doc:"Until when the number lives, where the platform has said"`
	Refusal *Refusal  `json:"refusal,omitempty" doc:"Why there is no number to show"`
	// Lives is Life in the asker's language; the server writes it.
	Lives string        `json:"lives,omitempty" doc:"How long the number lives, or how another can be had, in words"`
	Life  *notice.Error `json:"-"`
}

// Export asks for a list of orders.
type Export struct {
	Form privacy.Form `json:"form" enum:"none,masked,virtual" doc:"What it says of receivers: nothing, masked, or with virtual numbers"`
	Days int          `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"Of orders that have ended, those of so many days; 0 leaves them out"`
	Who  string       `json:"who,omitempty" maxLength:"64"`
	Role Role         `json:"-"` // of who asks; the server writes it
}

// Exported is one order of the list.
type Exported struct {
	Order       string    `json:"order"`
	Merchant    string    `json:"merchant,omitempty" doc:"SOP, FBP or FCS"`
	State       State     `json:"state"`
	Carrier     string    `json:"carrier,omitempty"`
	CarrierName string    `json:"carrier_name,omitempty"`
	Waybill     string    `json:"waybill,omitempty"`
	Parcels     int       `json:"parcels,omitempty"`
	Deadline    time.Time `json:"deadline,omitzero"`
	Receiver    *Receiver `json:"receiver,omitempty" doc:"None in the form without, and of an order whose personal data was deleted"`
}

// Receiver is a receiver as a form of export has it: it may name a person.
type Receiver struct {
	Name    string    `json:"name"`
	Phone   string    `json:"phone" doc:"A virtual number that lives, or masked"`
	Address string    `json:"address"`
	Until   time.Time `json:"until,omitzero" doc:"Until when a virtual number lives, where the platform has said"`
	Refusal *Refusal  `json:"refusal,omitempty" doc:"Why there is no number although the form asks for one"`
}

type orderList struct {
	Orders []Row `json:"orders" nullable:"false"`
	More   bool  `json:"more,omitempty" doc:"There are others, beyond the limit"`
}

type exportList struct {
	Orders []Exported `json:"orders" nullable:"false"`
}

// disclose serves orders: the list masked, to everybody behind the gates; whom
// they go to, to people at our own page and at the command line.
func (s *Server) disclose(api huma.API) {
	register(api, http.MethodGet, "orders", "The orders that have not shipped, the most urgent first", func(ctx context.Context, in *OrdersQuery) (*answer[orderList], error) {
		rows, more, err := s.Station.Orders(ctx, *in)
		if err != nil {
			return nil, s.fail(ctx, "orders", err)
		}
		return &answer[orderList]{orderList{finished(ctx, rows), more}}, nil
	})
	register(api, http.MethodPost, "reveal", "Whom an order goes to, with its virtual number and never the real one: one record in the audit, and so many an hour as the role may see", func(ctx context.Context, in *struct{ Body Reveal }) (*answer[Revealed], error) {
		in.Body.Who, in.Body.Role = callerOf(ctx).who(in.Body.Who), callerOf(ctx).role
		r, err := s.Station.Reveal(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "reveal", err)
		}
		l := callerOf(ctx).language
		r.Refusal = r.Refusal.in(l)
		if r.Call != nil {
			r.Dial, r.Text = r.Call.Dial(l), r.Call.Text(l)
		}
		if r.Life != nil {
			r.Lives = r.Life.Text(l)
		}
		return &answer[Revealed]{r}, nil
	}, people(plainRefused))
	register(api, http.MethodPost, "export", "A list of orders in a form that the platform allows: for leads, with virtual numbers for administrators; one record in the audit", func(ctx context.Context, in *struct{ Body Export }) (*answer[exportList], error) {
		list, err := s.export(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		return &answer[exportList]{exportList{exported(list, callerOf(ctx).language)}}, nil
	}, people(plainRefused), atLeast(Lead))
	s.exportFile(api)
}

// people lets pass those at our own page and at the command line. Another channel
// is none of them: the page of an ERP sees nobody's whole name and uses up no
// paper, whatever it may do besides and whoever has unlocked our own beside it.
func people(refusal notice.Code) capability {
	return func(ctx huma.Context, next func(huma.Context)) {
		switch callerOf(ctx.Context()).channel {
		case local, page:
			next(ctx)
		default:
			forbid(ctx, refusal)
		}
	}
}

// exported gives the list its sentences.
func exported(list []Exported, l notice.Language) []Exported {
	all := make([]Exported, 0, len(list))
	for _, e := range list {
		if e.Receiver != nil {
			r := *e.Receiver
			r.Refusal = r.Refusal.in(l)
			e.Receiver = &r
		}
		all = append(all, e)
	}
	return all
}

// Orders returns the orders that have not shipped, the most urgent first.
func (c *Client) Orders(ctx context.Context) ([]Row, error) {
	var l orderList
	err := c.call(ctx, http.MethodGet, "orders", nil, &l)
	return l.Orders, err
}

// Reveal shows whom an order goes to.
func (c *Client) Reveal(ctx context.Context, r Reveal) (v Revealed, err error) {
	return v, c.call(ctx, http.MethodPost, "reveal", r, &v)
}

// Export lists orders.
func (c *Client) Export(ctx context.Context, e Export) ([]Exported, error) {
	var l exportList
	err := c.call(ctx, http.MethodPost, "export", e, &l)
	return l.Orders, err
}
