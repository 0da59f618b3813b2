package api_test

import (
	"errors"
	"slices"
	"testing"

	"miandan/agent/internal/api"
)

func TestWhoPrintsCards(t *testing.T) {
	r, ctx := start(t), t.Context()
	c, err := r.local.Card(ctx, api.Card{Printer: "bench-1", Kind: api.TestCard})
	if err != nil || c.Printer != "bench-1" || c.Outcome != "confirmed" {
		t.Errorf("Card = %+v, %v", c, err)
	}
	var p *api.Problem
	if _, err := r.tcp.Card(ctx, api.Card{Printer: "bench-1", Kind: api.RulerCard}); err != nil {
		t.Errorf("Card from a lead's page: %v", err)
	}
	if _, err := r.local.Card(ctx, api.Card{Printer: "bench-1", Kind: "waybill"}); !errors.As(err, &p) || p.Code != "bad-request" {
		t.Errorf("a card that is none: %v", err)
	}
	if got, want := r.station.Acts(), []string{"card test on bench-1", "card ruler on bench-1"}; !slices.Equal(got, want) {
		t.Errorf("done: %q, want %q", got, want)
	}
}
