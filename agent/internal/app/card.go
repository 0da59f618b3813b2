package app

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/testcard"
	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/templates/pdf"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// DrawCard draws a card for a printer, as dots and for a print queue. Its errors
// are *notice.Error.
func DrawCard(c config.Printer, kind api.CardKind, now time.Time) (printer.Job, error) {
	if c.Language == "sealed" {
		return printer.Job{}, notice.New("card-sealed", nil, c.Name)
	}
	draw := testcard.Test
	if kind == api.RulerCard {
		draw = testcard.Ruler
	}
	width, height := scene.Length(c.Paper.Width), scene.Length(c.Paper.Height)
	page, err := draw(factsOf(c, now), width, height, scene.Grid(c.DotsPerMM))
	if errors.Is(err, testcard.ErrSmall) {
		return printer.Job{}, notice.New("card-small", err, c.Name, c.Paper)
	}
	var image *bitmap.Image
	if err == nil {
		image, err = raster.Render(page)
	}
	if err == nil {
		err = raster.Check(page, image)
	}
	var document bytes.Buffer
	if err == nil && c.Language == "page" {
		err = pdf.Write(&document, page)
	}
	if err != nil {
		return printer.Job{}, dispatch.Notice(err)
	}
	image.PerMetre = int(math.Round(c.DotsPerMM * 1000))
	size := func(dots int) int { return int(float64(dots) * 1000 / c.DotsPerMM) }
	return printer.Job{Name: "card", Image: image, PDF: document.Bytes(), Width: size(page.Width), Height: size(page.Height)}, nil
}

func factsOf(c config.Printer, now time.Time) testcard.Facts {
	f := testcard.Facts{
		Printer: c.Name, Model: c.Model, Language: strings.ToUpper(c.Language), Date: now.Format("2006-01-02 15:04"),
	}
	switch c.Language {
	case "page":
		f.Language = "PDF"
	case "escpos":
		f.Language = "ESC/POS"
	case "tspl":
		f.Invert = "[printer.tspl] invert = true"
		if c.TSPL.Invert {
			f.Invert = "[printer.tspl] invert = false"
		}
	}
	return f
}

// Named returns the printer of a name. The error is a *notice.Error.
func Named(c *config.Config, name string) (config.Printer, error) {
	var names []string
	for _, p := range c.Printers {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return config.Printer{}, notice.New("printer-unknown", api.ErrNotFound, name, strings.Join(names, ", "))
}

// cardPatience is how long a card waits for its turn and its proof, which is less
// than whoever asked for it waits.
const cardPatience = 50 * time.Second

// Card implements api.Carder.
func (s *station) Card(ctx context.Context, card api.Card) (api.CardPrinted, error) {
	c, err := Named(s.config, card.Printer)
	if err != nil {
		return api.CardPrinted{}, err
	}
	j, err := DrawCard(c, card.Kind, s.options.Clock())
	if err != nil {
		return api.CardPrinted{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, cardPatience)
	defer cancel()
	for _, p := range s.Station.Printers {
		if p.Name == card.Printer {
			outcome, evidence, err := s.Station.Card(ctx, p, j)
			return cardPrinted(p.Name, outcome, evidence), s.told(err)
		}
	}
	return api.CardPrinted{}, notice.New("printer-unknown", api.ErrNotFound, card.Printer, "")
}

// PrintCard prints a card while no agent runs, which would have the printer.
func PrintCard(ctx context.Context, c config.Printer, j printer.Job) (api.CardPrinted, error) {
	p, err := OpenPrinter(c)
	if err != nil {
		return api.CardPrinted{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, cardPatience)
	defer cancel()
	// Without the ledger there is no process ID that would not come round.
	sending, _, err := p.Begin(ctx, j)
	if err != nil {
		return api.CardPrinted{}, dispatch.PrinterNotice(c.Name, err)
	}
	outcome, evidence, err := sending.Send(ctx)
	if err != nil {
		n := dispatch.PrinterNotice(c.Name, err)
		if outcome == printer.Uncertain && n.Code == "printer-off" { // and no ledger remembers half a card
			n = notice.New("card-half", err, c.Name)
		}
		return api.CardPrinted{}, n
	}
	return cardPrinted(c.Name, outcome, evidence), nil
}

func cardPrinted(name string, o printer.Outcome, e printer.Evidence) api.CardPrinted {
	return api.CardPrinted{Printer: name, Outcome: o.String(), Evidence: e.Method}
}
