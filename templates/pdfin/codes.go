package pdfin

import (
	"errors"
	"math"
	"slices"

	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// Expected is a code that a label must have.
type Expected struct {
	Symbology scene.Symbology
	Texts     []string // any of which it may say
}

// Check looks in finished dots for every code that is expected and reads it.
// The error is NoCode.
func Check(m *bitmap.Image, g scene.Grid, expected ...Expected) error {
	for i, e := range expected {
		found := false
		if e.Symbology == scene.Code128 {
			codes, _ := findCodes(m, g, true, e.Texts...)
			found = len(codes) > 0
		} else {
			text, err := barcode.Read(m, e.Symbology)
			if err != nil && !errors.Is(err, barcode.ErrUnreadable) {
				return err
			}
			found = err == nil && slices.Contains(e.Texts, text)
		}
		if !found {
			return &codeError{e.Symbology, i + 1}
		}
	}
	return nil
}

// Code is a Code 128 that was found and read.
type Code struct {
	Text     string
	Vertical bool
	At       scene.Rect // dots: a strip of it
	Module   float64    // dots
	Whole    bool       // every bar and every gap is a whole number of modules, in whole dots
}

// FindCodes looks for Code 128s that say one of the wanted texts, all if none
// is wanted, along the label and across it. Where carriers put them is not
// known, so every strip that looks like bars is read. Each code comes once.
func FindCodes(m *bitmap.Image, g scene.Grid, wanted ...string) []Code {
	all, _ := findCodes(m, g, false, wanted...)
	return all
}

// findCodes also says how many strips looked like bars. It ends with the first
// code if one is enough.
func findCodes(m *bitmap.Image, g scene.Grid, one bool, wanted ...string) (all []Code, tried int) {
	for turn, m := range []*bitmap.Image{m, turned(m)} {
		height, step := g.Dots(scene.MM(3)), g.Dots(scene.MM(2))
		for y := 0; y+height <= m.Height; y += step {
			for _, s := range strips(m, y, height, g) {
				tried++
				text, err := barcode.Read(cut(m, s, g), scene.Code128)
				if err != nil || len(wanted) > 0 && !slices.Contains(wanted, text) {
					continue
				}
				c := measured(m, s)
				c.Text, c.Vertical = text, turn == 1
				i := slices.IndexFunc(all, func(o Code) bool { return o.Text == text && o.Vertical == c.Vertical })
				switch {
				case i < 0:
					all = append(all, c)
				case c.Whole: // a strip that holds something else, too, measures badly
					all[i] = c
				}
				if one {
					return all, tried
				}
			}
		}
	}
	return all, tried
}

// measured looks at the bars and gaps in the middle of a strip. Code 128 has
// eleven modules of three bars for each character and thirteen of four for the
// stop.
func measured(m *bitmap.Image, s scene.Rect) Code {
	var runs []int
	y := s.Y + s.H/2
	for x := s.X; x < s.X+s.W; x++ {
		if x > s.X && m.Black(x, y) == m.Black(x-1, y) {
			runs[len(runs)-1]++
			continue
		}
		runs = append(runs, 1)
	}
	bars := (len(runs) + 1) / 2
	modules := (bars-4)/3*11 + 13
	c := Code{At: s, Module: float64(s.W) / float64(modules), Whole: (bars-4)%3 == 0}
	n := int(math.Round(c.Module))
	for _, r := range runs {
		c.Whole = c.Whole && n > 0 && r%n == 0 && r/n <= 4
	}
	c.Whole = c.Whole && s.W == modules*n
	return c
}

// quiet is the white that a code of the narrowest module has beside it at
// least; within a code no white is as wide.
const quiet scene.Length = 2500

// fewestBars is fewer than a number of ten digits has, which is 25, and more
// than most lines of text cross in a row.
const fewestBars = 20

// strips returns what stands between white columns in a band of the picture
// and has many bars.
func strips(m *bitmap.Image, y, height int, g scene.Grid) []scene.Rect {
	black := make([]bool, m.Width)
	for row := y; row < y+height; row++ {
		for x := range black {
			black[x] = black[x] || m.Black(x, row)
		}
	}
	var all []scene.Rect
	gap := g.Dots(quiet)
	for x := 0; x < len(black); x++ {
		if !black[x] {
			continue
		}
		end := x + 1 // behind the last black column
		for n := end; n < len(black) && n-end < gap; n++ {
			if black[n] {
				end = n + 1
			}
		}
		if bars(m, x, end, y+height/2) >= fewestBars {
			all = append(all, scene.Rect{X: x, Y: y, W: end - x, H: height})
		}
		x = end
	}
	return all
}

// bars counts the black runs of a row between two columns.
func bars(m *bitmap.Image, from, to, y int) int {
	n := 0
	for x := from; x < to; x++ {
		if m.Black(x, y) && !m.Black(x-1, y) {
			n++
		}
	}
	return n
}

// cut returns a strip with white on both sides.
func cut(m *bitmap.Image, r scene.Rect, g scene.Grid) *bitmap.Image {
	margin := g.Dots(quiet)
	part := bitmap.New(r.W+2*margin, r.H)
	for y := range r.H {
		for x := range r.W {
			if m.Black(r.X+x, r.Y+y) {
				part.Set(margin+x, y, true)
			}
		}
	}
	return part
}

// turned exchanges rows and columns: codes across the label then lie along it,
// mirrored perhaps, which a reader takes either way.
func turned(m *bitmap.Image) *bitmap.Image {
	t := bitmap.New(m.Height, m.Width)
	for y := range m.Height {
		for x := range m.Width {
			if m.Black(x, y) {
				t.Set(y, x, true)
			}
		}
	}
	return t
}
