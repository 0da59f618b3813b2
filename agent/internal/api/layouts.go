package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Layouts shows what the station's labels look like. Nothing that it returns
// comes from an order: layouts are drawn with samples, whose people are
// invented.
type Layouts interface {
	// Layouts lists the layouts that the station has, those in use first, each
	// with what is wrong with it. One that cannot be read is listed too.
	Layouts(ctx context.Context) (LayoutList, error)
	// Picture returns the first page of a layout's label as the dots of a head of
	// 203 or 300 dpi, in PNG of one bit a dot. Errors are *notice.Error: no layout
	// of that name, with ErrNotFound, and a layout of which there is no label.
	Picture(ctx context.Context, name string, dpi int) ([]byte, error)
}

// LayoutList is the layouts that the station prints with: those that it found
// when it started.
type LayoutList struct {
	Changed *Refusal `json:"changed,omitempty" doc:"The folder of own layouts has changed since the station started"`
	Layouts []Layout `json:"layouts" nullable:"false"`
}

// Layout is one layout.
type Layout struct {
	Name   string  `json:"name"`
	Title  string  `json:"title" doc:"What people call it; the name if the layout says nothing"`
	Width  float64 `json:"width_mm,omitempty" doc:"Of the paper; 0 if the file cannot be read"`
	Height float64 `json:"height_mm,omitempty"`
	Own    bool    `json:"own" doc:"A file of this station's, and not the program's"`
	File   string  `json:"file" doc:"Seen from the folder of own layouts, or the program's"`
	// Uses are the carrier accounts whose labels are drawn with it, as the
	// settings name them.
	Uses     []string        `json:"used_by,omitempty"`
	Broken   bool            `json:"broken,omitempty" doc:"The file cannot be read as a layout; the one finding says why"`
	Drawn    bool            `json:"drawn" doc:"There is a picture of it"`
	Findings []LayoutFinding `json:"findings" nullable:"false" doc:"What is wrong with it, what matters most first"`
}

// LayoutFinding is something that is wrong with a layout, and where.
type LayoutFinding struct {
	Severity Severity `json:"severity" enum:"error,warning,hint"`
	Rule     int      `json:"rule" doc:"Of the guide for layouts; 0 is a file that cannot be read"`
	// Message is Words in the asker's language; the server writes it, and Case
	// too.
	Message  string   `json:"message" doc:"What is wrong and what to write instead"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Column   int      `json:"column,omitempty"`
	Includes []string `json:"included_by,omitempty" doc:"Who includes the block, FILE:LINE, the innermost first"`
	DPI      int      `json:"dpi,omitempty" doc:"Of the head on which it was first seen; none if every head has it"`
	Case     string   `json:"case,omitempty" doc:"What was done to the sample in which it was first seen; none if it was as it is"`
	Excerpt  string   `json:"excerpt,omitempty" doc:"The line and the two before it, with a mark under the place"`

	Words notice.Phrase `json:"-"`
	Of    notice.Phrase `json:"-"` // what was done to the sample
}

// Severity is how much a finding matters: a label with an error is unfit for
// use, a warning costs somebody time, a hint may be left as it is.
type Severity string

// The severities.
const (
	Unfit   Severity = "error"
	Warning Severity = "warning"
	Hint    Severity = "hint"
)

// layouts serves the layouts to everybody behind the gates; they name nobody.
func (s *Server) layouts(api huma.API) {
	if s.Layouts == nil {
		return
	}
	register(api, http.MethodGet, "layouts", "The layouts of this station and what is wrong with them", func(ctx context.Context, _ *struct{}) (*answer[LayoutList], error) {
		l, err := s.Layouts.Layouts(ctx)
		if err != nil {
			return nil, s.fail(ctx, "layouts", err)
		}
		return &answer[LayoutList]{l.in(callerOf(ctx).language)}, nil
	})
	type drawn struct {
		Type string `header:"Content-Type"`
		Body []byte
	}
	register(api, http.MethodGet, "layouts/{picture}", "A layout's sample label as the dots of a print head: NAME.png, one bit a dot", func(ctx context.Context, in *struct {
		Picture string `path:"picture" maxLength:"200" doc:"NAME.png"`
		DPI     string `query:"dpi" enum:"203,300" default:"203" doc:"Of the print head"`
	}) (*drawn, error) {
		name, ok := strings.CutSuffix(in.Picture, ".png")
		if !ok {
			return nil, &Problem{Status: http.StatusNotFound, Code: noSuchRoute, Message: sentence(callerOf(ctx).language, noSuchRoute)}
		}
		dpi, err := strconv.Atoi(in.DPI)
		if err != nil {
			return nil, s.fail(ctx, "layouts/picture", err) // the two that pass are numbers
		}
		png, err := s.Layouts.Picture(ctx, name, dpi)
		if err != nil {
			return nil, s.fail(ctx, "layouts/picture", err)
		}
		return &drawn{"image/png", png}, nil
	})
}

// in returns the list with its sentences. What it is given stays as it is.
func (l LayoutList) in(language notice.Language) LayoutList {
	said := LayoutList{Changed: l.Changed.in(language), Layouts: make([]Layout, len(l.Layouts))}
	for i, one := range l.Layouts {
		findings := make([]LayoutFinding, len(one.Findings))
		for j, f := range one.Findings {
			f.Message, f.Case = f.Words[language], f.Of[language]
			findings[j] = f
		}
		one.Findings = findings
		said.Layouts[i] = one
	}
	return said
}

// Layouts returns the layouts of the station.
func (c *Client) Layouts(ctx context.Context) (l LayoutList, err error) {
	return l, c.call(ctx, http.MethodGet, "layouts", nil, &l)
}
