package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Historian finds what was, however long ago.
type Historian interface {
	// History returns labels and orders, the newest first, a page at a time.
	History(ctx context.Context, q HistoryQuery) (History, error)
}

// HistoryQuery says what is looked for. What is left out is not asked.
type HistoryQuery struct {
	Find    string    `query:"find" maxLength:"64" doc:"The beginning of an order's or a waybill's number"`
	State   State     `query:"state" enum:"waiting,printing,unknown,number-unknown,done,refused,cancelled"`
	Carrier string    `query:"carrier" maxLength:"64" doc:"As rows name it"`
	Printer string    `query:"printer" maxLength:"160"`
	From    time.Time `query:"from" doc:"Taken up at this time or later"`
	To      time.Time `query:"to" doc:"Taken up before this time"`
	Before  string    `query:"before" maxLength:"64" doc:"next of the page before"`
	Limit   int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// History is a page of what was found.
type History struct {
	Rows []Row  `json:"rows" nullable:"false"`
	Next string `json:"next,omitempty" doc:"For the next page; none on the last"`
}

// OrdersQuery chooses among the orders that have not shipped. What is left out is
// not asked.
type OrdersQuery struct {
	Find    string `query:"find" maxLength:"64" doc:"Part of an order's or a waybill's number"`
	Carrier string `query:"carrier" maxLength:"64" doc:"As rows name it"`
	Limit   int    `query:"limit" minimum:"0" maximum:"1000" doc:"The most urgent so many; all if left out"`
}

func (s *Server) history(api huma.API) {
	if s.History == nil {
		return
	}
	register(api, http.MethodGet, "history", "What was printed, the newest first", func(ctx context.Context, in *HistoryQuery) (*answer[History], error) {
		h, err := s.History.History(ctx, *in)
		if err != nil {
			return nil, s.fail(ctx, "history", err)
		}
		h.Rows = finished(ctx, h.Rows)
		return &answer[History]{h}, nil
	})
}

// History finds what was.
func (c *Client) History(ctx context.Context, q HistoryQuery) (h History, err error) {
	v := url.Values{}
	for name, value := range map[string]string{"find": q.Find, "state": string(q.State), "carrier": q.Carrier, "printer": q.Printer, "before": q.Before} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, at := range map[string]time.Time{"from": q.From, "to": q.To} {
		if !at.IsZero() {
			v.Set(name, at.Format(time.RFC3339))
		}
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return h, c.call(ctx, http.MethodGet, "history?"+v.Encode(), nil, &h)
}

// OrdersOf returns those of the orders that have not shipped that are asked for.
func (c *Client) OrdersOf(ctx context.Context, q OrdersQuery) ([]Row, error) {
	v := url.Values{}
	if q.Find != "" {
		v.Set("find", q.Find)
	}
	if q.Carrier != "" {
		v.Set("carrier", q.Carrier)
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	var l orderList
	err := c.call(ctx, http.MethodGet, "orders?"+v.Encode(), nil, &l)
	return l.Orders, err
}
