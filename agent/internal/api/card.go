package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Carder prints cards by which a printer is set up.
type Carder interface {
	// Card prints a card in its turn: after the label in hand. It is no waybill and
	// stands in no queue.
	Card(ctx context.Context, c Card) (CardPrinted, error)
}

// Card asks for a card.
type Card struct {
	Printer string   `json:"printer" minLength:"1" maxLength:"160" doc:"The printer's name in the settings"`
	Kind    CardKind `json:"kind" enum:"test,ruler"`
}

// CardKind is which card.
type CardKind string

// TestCard shows what may be wrong with a printer; RulerCard is what it is
// calibrated from.
const (
	TestCard  CardKind = "test"
	RulerCard CardKind = "ruler"
)

// CardPrinted says what is known of a card.
type CardPrinted struct {
	Printer  string `json:"printer"`
	Outcome  string `json:"outcome" doc:"confirmed, or sent, where nothing has confirmed it"`
	Evidence string `json:"evidence,omitempty" doc:"What confirmed it, or took it"`
}

// cards serves them to our own page, for a lead, and to the command line: paper is
// somebody's, and another page could use it up.
func (s *Server) cards(api huma.API) {
	register(api, http.MethodPost, "card", "Print a test card or a ruler card: for a lead", func(ctx context.Context, in *struct{ Body Card }) (*answer[CardPrinted], error) {
		c, err := s.Station.Card(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "card", err)
		}
		return &answer[CardPrinted]{c}, nil
	}, people("card-refused"), atLeast(Lead))
}

// Card prints a card.
func (c *Client) Card(ctx context.Context, card Card) (v CardPrinted, err error) {
	return v, c.call(ctx, http.MethodPost, "card", card, &v)
}
