package dispatch

import (
	"context"
	"crypto/sha256"
	"fmt"

	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// Preview is a label as it may be shown on a screen.
type Preview struct {
	// Print tells pictures apart, and says nothing of who stands on them.
	Print [sha256.Size]byte
	Grid  scene.Grid
	// Draw draws it.
	Draw func() (*bitmap.Image, error)
}

// Preview returns a label as the dots of the head that has printed it or would
// print it, composed as it is for paper, but with whom it goes to masked. Its
// errors are a *notice.Error for a label that somebody else makes, and those of
// Ledger.Label.
func (s *Station) Preview(ctx context.Context, id int64) (Preview, error) {
	label, err := s.Ledger.Label(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	switch label.Template {
	case SealedLabel, PlatformSealed:
		return Preview{}, notice.New("preview-sealed", nil, string(label.Number))
	case RenderedLabel, HandedFile:
		return Preview{}, notice.New("preview-elsewhere", nil, string(label.Number))
	}
	where, err := s.Ledger.Where(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	g := s.gridFor(where.Printer, where.Paper)
	label.Screen = true
	v := Preview{Grid: g, Draw: func() (*bitmap.Image, error) {
		page, err := s.page(label, g)
		if err != nil {
			return nil, Notice(err)
		}
		return raster.Render(page)
	}}
	// Whatever stands on the label prints into the fingerprint, people as masks.
	v.Print = sha256.Sum256(fmt.Appendf(nil, "%s %v %+v", label.Template, g, label.Label))
	return v, nil
}

// gridFor returns the head's grid of the printer of that name, or of the first that
// holds the paper.
func (s *Station) gridFor(name, paper string) scene.Grid {
	found := scene.Grid(0)
	for _, p := range s.Printers {
		switch {
		case p.Name == name:
			return p.Grid
		case p.Paper == paper && found == 0:
			found = p.Grid
		}
	}
	if found == 0 { // no printer of the settings takes it
		return scene.DPI203
	}
	return found
}
