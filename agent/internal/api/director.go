package api

import (
	"context"
	"net/http"
)

// Director is a station that prints on a printer, or a group of them, that whoever
// asks has named.
type Director interface {
	PrintOn(ctx context.Context, orders []string, printer, who string) ([]Taken, error)
}

// print prints orders, on a printer if one is named.
func (s *Server) print(ctx context.Context, orders []string, printer, who string) ([]Taken, error) {
	if d, ok := s.Station.(Director); ok && printer != "" {
		return d.PrintOn(ctx, orders, printer, who)
	}
	return s.Station.Print(ctx, orders, who)
}

// PrintOn is Print on a printer or a group of them; empty is any with their paper.
func (c *Client) PrintOn(ctx context.Context, orders []string, printer, who string) ([]Taken, error) {
	var t takenList
	in := struct {
		Orders  []string `json:"orders"`
		Printer string   `json:"printer,omitempty"`
		Asked
	}{orders, printer, Asked{who}}
	err := c.call(ctx, http.MethodPost, "print", in, &t)
	return t.Orders, err
}
