package sheet

import (
	"fmt"
	"image/draw"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"image"
)

// pens draw text with several fonts.
type pens struct {
	fonts []*sfnt.Font
	buf   sfnt.Buffer
}

// pens reads the fonts; the last is one for ASCII that comes with Go.
func (s Style) pens() (*pens, error) {
	p := &pens{}
	for _, b := range slices.Concat(s.Fonts, [][]byte{goregular.TTF}) {
		f, err := opentype.Parse(b)
		if err != nil {
			return nil, fmt.Errorf("read a font: %w", err)
		}
		p.fonts = append(p.fonts, f)
	}
	return p, nil
}

// font returns the index of the first font that has a character; -1 if none.
func (p *pens) font(r rune) int {
	for i, f := range p.fonts {
		if g, err := f.GlyphIndex(&p.buf, r); err == nil && g != 0 {
			return i
		}
	}
	return -1
}

// write draws a line with so many dots to a millimetre.
func (p *pens) write(on draw.Image, t text, dots float64) error {
	faces := map[int]font.Face{}
	at := fixed.Point26_6{X: fixed.Int26_6(t.x * dots * 64), Y: fixed.Int26_6(t.y * dots * 64)}
	for _, r := range t.words {
		i := p.font(r)
		if i < 0 {
			continue
		}
		if faces[i] == nil {
			// At 72 dots to an inch a point is a dot.
			f, err := opentype.NewFace(p.fonts[i], &opentype.FaceOptions{Size: t.size * dots, DPI: 72, Hinting: font.HintingFull})
			if err != nil {
				return fmt.Errorf("draw text: %w", err)
			}
			faces[i] = f
		}
		d := font.Drawer{Dst: on, Src: image.Black, Face: faces[i], Dot: at}
		d.DrawString(string(r))
		at = d.Dot
	}
	return nil
}
