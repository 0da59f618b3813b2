package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Drafts is where a layout is written with its picture beside it.
type Drafts interface {
	// Source returns a layout's text.
	Source(ctx context.Context, name string) (Draft, error)
	// Draw reads a text as a layout and returns what is wrong with it, and its
	// sample label as the dots of a head. It keeps nothing.
	Draw(ctx context.Context, d Draft, dpi int) (Drawn, error)
	// Save writes a text into the folder of own layouts; it is printed with after a
	// restart. One that cannot be read as a layout is refused, and a built-in one
	// becomes a layout of this station's own.
	Save(ctx context.Context, d Draft, who string) error
}

// Draft is a layout's text.
type Draft struct {
	Name string `json:"name" minLength:"1" maxLength:"100"`
	Text string `json:"text" maxLength:"60000"`
	Own  bool   `json:"own,omitempty" doc:"It is a file of this station's"`
}

// Drawn is what came of a text.
type Drawn struct {
	Findings []LayoutFinding `json:"findings" nullable:"false"`
	Picture  []byte          `json:"picture,omitempty" doc:"PNG of one bit a dot; none if it cannot be drawn"`
	Width    float64         `json:"width_mm,omitempty"`
	Height   float64         `json:"height_mm,omitempty"`
}

func (s *Server) drafts(api huma.API) {
	if s.Drafts == nil {
		return
	}
	register(api, http.MethodGet, "drafts", "A layout's text", func(ctx context.Context, in *struct {
		Name string `query:"name" minLength:"1" maxLength:"100" required:"true"`
	}) (*answer[Draft], error) {
		d, err := s.Drafts.Source(ctx, in.Name)
		if err != nil {
			return nil, s.fail(ctx, "drafts", err)
		}
		return &answer[Draft]{d}, nil
	})
	register(api, http.MethodPost, "drafts/draw", "Draw a text as a layout; nothing is kept", func(ctx context.Context, in *struct {
		Body struct {
			Draft
			DPI int `json:"dpi,omitempty" enum:"203,300"`
		}
	}) (*answer[Drawn], error) {
		if in.Body.DPI == 0 {
			in.Body.DPI = 203
		}
		d, err := s.Drafts.Draw(ctx, in.Body.Draft, in.Body.DPI)
		if err != nil {
			return nil, s.fail(ctx, "drafts/draw", err)
		}
		d.Findings = LayoutList{Layouts: []Layout{{Findings: d.Findings}}}.in(callerOf(ctx).language).Layouts[0].Findings
		return &answer[Drawn]{d}, nil
	})
	register(api, http.MethodPost, "drafts/save", "Keep a text as a layout of this station's own", func(ctx context.Context, in *struct {
		Body struct {
			Draft
			Who string `json:"who,omitempty" maxLength:"64"`
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "drafts/save", s.Drafts.Save(ctx, in.Body.Draft, callerOf(ctx).who(in.Body.Who)))
	}, atLeast(Lead))
}
