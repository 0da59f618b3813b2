package bench

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"miandan/templates/scene"
)

// markup gathers the marks of a page in a form that other programs can draw: text
// by runs, everything black or white as boxes.
type markup struct {
	page  *scene.Page
	Runs  []textRun
	Boxes [][5]int // x, y, width, height in dots; 1 for black, 0 for white
}

// textRun is a run of text that begins at X on the baseline Y.
type textRun struct {
	Text  string  `json:"text"`
	X     int     `json:"x"`
	Y     int     `json:"y"`
	Size  float64 `json:"size"`
	Black bool    `json:"black"`
}

func (m *markup) box(r scene.Rect, ink scene.Ink) {
	black := 0
	if ink == scene.Black {
		black = 1
	}
	m.Boxes = append(m.Boxes, [5]int{r.X, r.Y, r.W, r.H, black})
}

func (m *markup) Fill(f scene.Fill) error {
	m.box(f.Rect, f.Ink)
	return nil
}

func (m *markup) Modules(c scene.Modules) error {
	c.Bars(func(r scene.Rect) { m.box(r, scene.Black) })
	return nil
}

func (m *markup) Picture(p scene.Picture) error {
	p.Blacks(func(r scene.Rect) { m.box(r, scene.Black) })
	return nil
}

func (m *markup) Glyphs(g scene.Glyphs) error {
	if len(g.Run) == 0 {
		return nil
	}
	var text strings.Builder
	for _, glyph := range g.Run {
		text.WriteRune(glyph.Rune)
	}
	m.Runs = append(m.Runs, textRun{text.String(), g.Run[0].X, g.Run[0].Y, g.Size, g.Ink == scene.Black})
	return nil
}

// head is a page for a browser, without a label yet, with a font in it.
func (m *markup) head(font []byte) string {
	return fmt.Sprintf(`<!doctype html><meta charset="utf-8"><style>@font-face{font-family:label;src:url(data:font/ttf;base64,%s)}@page{size:%.3[2]fmm %.3[3]fmm;margin:0}
body{margin:0;font-family:label}svg{position:absolute;inset:0;width:%.3[2]fmm;height:%.3[3]fmm}p{position:absolute;margin:0;white-space:pre;line-height:1}</style><body>0`,
		base64.StdEncoding.EncodeToString(font), m.mm(float64(m.page.Width)), m.mm(float64(m.page.Height)))
}

func (m *markup) mm(dots float64) float64 { return dots / float64(m.page.Grid) }

// body is the label on that page.
func (m *markup) body() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d">`, m.page.Width, m.page.Height)
	for _, r := range m.Boxes {
		colour := "#fff"
		if r[4] == 1 {
			colour = "#000"
		}
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`, r[0], r[1], r[2], r[3], colour)
	}
	b.WriteString("</svg>")
	for _, r := range m.Runs {
		colour := "#fff"
		if r.Black {
			colour = "#000"
		}
		fmt.Fprintf(&b, `<p style="left:%.3fmm;top:%.3fmm;font-size:%.3fmm;color:%s">%s</p>`,
			m.mm(float64(r.X)), m.mm(float64(r.Y)-r.Size*0.88), m.mm(r.Size), colour, html.EscapeString(r.Text))
	}
	return b.String()
}
