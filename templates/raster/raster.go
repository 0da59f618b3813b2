// Package raster turns a page into the dots of a thermal head.
//
// Each glyph is filled by the exact area that its outline covers of each dot,
// and a dot is black if that is about half of it or more. There are no greys to
// dither and no hinting: where a glyph stands was decided in Compose, so the
// same character of the same size is the same dots everywhere, and its dots
// are kept and used again.
//
// [Check] reads the barcodes of the finished dots back and grades them, and
// refuses those that a scanner would stumble over.
package raster

import (
	"fmt"
	"math"
	"sync"

	"miandan/printer/bitmap"
	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// Render returns the page's dots. It is safe for concurrent use.
func Render(p *scene.Page) (*bitmap.Image, error) {
	glyphs, err := shared()
	if err != nil {
		return nil, err
	}
	m := bitmap.New(p.Width, p.Height)
	m.PerMetre = int(math.Round(float64(p.Grid) * 1000))
	if err := p.Draw(canvas{m, glyphs}); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return m, nil
}

// shared holds the dots of glyphs drawn before. Dots of a glyph never change,
// so nobody can tell a kept one from a new one but by the clock.
var shared = sync.OnceValues(func() (*cache, error) {
	set, err := fonts.Default()
	if err != nil {
		return nil, err
	}
	return &cache{set: set, kept: map[key]*stamp{}}, nil
})

// canvas carries the marks of a page out as dots.
type canvas struct {
	m      *bitmap.Image
	glyphs *cache
}

func (c canvas) Fill(f scene.Fill) error {
	c.m.FillRect(f.X, f.Y, f.W, f.H, f.Ink == scene.Black)
	return nil
}

func (c canvas) Modules(m scene.Modules) error {
	m.Bars(func(r scene.Rect) { c.m.FillRect(r.X, r.Y, r.W, r.H, true) })
	return nil
}

func (c canvas) Picture(p scene.Picture) error {
	p.Blacks(func(r scene.Rect) { c.m.FillRect(r.X, r.Y, r.W, r.H, true) })
	return nil
}

func (c canvas) Glyphs(g scene.Glyphs) error {
	for _, glyph := range g.Run {
		s, err := c.glyphs.stamp(key{g.Face, glyph.Rune, g.Size})
		if err != nil {
			return err
		}
		s.press(c.m, glyph.X, glyph.Y, g.Ink)
	}
	return nil
}
