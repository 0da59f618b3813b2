package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Roller is told of new rolls.
type Roller interface {
	// NewRoll notes that a roll has been put into a printer, so that it can be said
	// how many labels are left.
	NewRoll(ctx context.Context, r Roll) error
}

// Roll is a roll of paper in a printer.
type Roll struct {
	Printer string `json:"printer" minLength:"1" maxLength:"160" doc:"The printer's name in the settings"`
	Labels  int    `json:"labels" minimum:"0" maximum:"100000" doc:"How many labels are on it; 0: as many as its settings say"`
	Who     string `json:"who,omitempty" maxLength:"64"`
}

// rolls serves it.
func (s *Server) rolls(api huma.API) {
	register(api, http.MethodPost, "roll", "A new roll was put into a printer", func(ctx context.Context, in *struct{ Body Roll }) (*struct{}, error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		return nil, s.fail(ctx, "roll", s.Station.NewRoll(ctx, in.Body))
	})
}

// NewRoll notes a new roll.
func (c *Client) NewRoll(ctx context.Context, r Roll) error {
	return c.call(ctx, http.MethodPost, "roll", r, nil)
}
