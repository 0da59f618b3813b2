package raster

import (
	"encoding/binary"
	"errors"
	"image"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/vector"

	"miandan/printer/bitmap"
	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// key names a glyph at a size in dots an em.
type key struct {
	face scene.Face
	r    rune
	size float64
}

// stamp is a glyph's dots and where they lie, seen from its origin.
type stamp struct {
	x, y, width, height int
	stride              int
	bits                []byte
}

// cache keeps the stamps that were drawn.
type cache struct {
	set  *fonts.Set
	mu   sync.RWMutex
	kept map[key]*stamp
}

// most is how many stamps are kept: a season of names and addresses in a few
// sizes, some 5 MB. Beyond it all are dropped and drawn anew.
const most = 30_000

var errNoGlyph = errors.New("a character has no glyph in its face; the page was not composed by typeset")

func (c *cache) stamp(k key) (*stamp, error) {
	c.mu.RLock()
	s := c.kept[k]
	c.mu.RUnlock()
	if s != nil {
		return s, nil
	}
	g, ok, err := c.set.Find(k.face, k.r)
	if err != nil {
		return nil, err
	}
	if !ok || g.Face != k.face {
		return nil, errNoGlyph
	}
	s = cut(g.Outline(k.size), k.size)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= most {
		clear(c.kept)
	}
	c.kept[k] = s
	return s, nil
}

// half is the least coverage, of 255, that makes a dot black. It is 47 %, since
// rasterisers that count samples see a half a little early; package fonts
// settles outlines so that straight strokes keep away from it.
const half = 120

// faint is the least coverage that makes a dot black where no dot of its stroke
// is: there the stroke is thinner than a dot, and would vanish.
const faint = 72

func cut(o fonts.Outline, size float64) *stamp {
	scale := size / fonts.UnitsPerEm
	left, bottom, right, top := o.Box()
	x0, y0 := int(math.Floor(float64(left)*scale)), int(math.Floor(-float64(top)*scale))
	x1, y1 := int(math.Ceil(float64(right)*scale)), int(math.Ceil(-float64(bottom)*scale))
	s := &stamp{x: x0, y: y0, width: x1 - x0, height: y1 - y0}
	if s.width == 0 || s.height == 0 {
		return &stamp{}
	}
	fill := vector.NewRasterizer(s.width, s.height)
	fill.DrawOp = draw.Src
	o.Draw(fill, float32(scale), float32(-x0), float32(-y0))
	grey := image.NewAlpha(image.Rect(0, 0, s.width, s.height))
	fill.Draw(grey, grey.Rect, image.Opaque, image.Point{})

	s.stride = (s.width + 7) / 8
	s.bits = make([]byte, s.stride*s.height, s.stride*s.height+spare)
	for y := range s.height {
		for x, a := range grey.Pix[y*grey.Stride : y*grey.Stride+s.width] {
			if a >= half || a >= faint && alone(grey, x, y) {
				s.bits[y*s.stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	s.keepSpecks(o, grey, scale)
	return s
}

// A speck is a stroke at most so long, in ems, of at least so much ink, in
// dots: it can fall between the dots whole.
const (
	speckLength = 0.25
	speckInk    = 0.4
)

// keepSpecks gives each speck that has no black dot the one that it covers most.
func (s *stamp) keepSpecks(o fonts.Outline, grey *image.Alpha, scale float64) {
	for _, c := range o {
		left, bottom, right, top := fonts.Outline{c}.Box()
		if float64(max(right-left, top-bottom)) > speckLength*fonts.UnitsPerEm || ink(c)*scale*scale < speckInk {
			continue
		}
		best, most := image.Point{}, uint8(0)
		for y := int(math.Floor(-float64(top)*scale)) - s.y; y < int(math.Ceil(-float64(bottom)*scale))-s.y; y++ {
			for x := int(math.Floor(float64(left)*scale)) - s.x; x < int(math.Ceil(float64(right)*scale))-s.x; x++ {
				if a := grey.AlphaAt(x, y).A; a > most {
					best, most = image.Pt(x, y), a
				}
			}
		}
		if most > 0 && most < half {
			s.bits[best.Y*s.stride+best.X/8] |= 0x80 >> (best.X % 8)
		}
	}
}

// ink is about how much a contour fills, in square units of the em; a hole,
// which runs against the clock, has less than none.
func ink(c []fonts.Point) float64 {
	sum := 0
	for i, p := range c {
		q := c[(i+1)%len(c)]
		sum += q.X*p.Y - p.X*q.Y
	}
	return float64(sum) / 2
}

// alone reports whether no dot around (x, y) is covered enough to be black.
func alone(grey *image.Alpha, x, y int) bool {
	for _, row := range []int{y - 1, y, y + 1} {
		for _, column := range []int{x - 1, x, x + 1} {
			if grey.AlphaAt(column, row).A >= half { // 0 outside
				return false
			}
		}
	}
	return true
}

// spare bytes behind a stamp's dots are there to be read with its last ones.
const spare = 7

// press puts the stamp on an image with the glyph's origin at (x, y).
func (s *stamp) press(m *bitmap.Image, x, y int, ink scene.Ink) {
	x, y = x+s.x, y+s.y
	if x < 0 || y < 0 || x+s.width > m.Width || y+s.height > m.Height {
		s.pressDots(m, x, y, ink)
		return
	}
	// Seven bytes at a time, which have room in a word wherever they stand. What the
	// word has beside them is no ink and changes nothing, be it of the next row.
	from := s.bits[:cap(s.bits)]
	for left := 0; left < s.stride; left += 7 {
		beside := 64 - 8*min(7, s.stride-left)
		at := y*m.Stride + x/8 + left
		for row := range s.height {
			dots := binary.BigEndian.Uint64(from[row*s.stride+left:]) >> beside << beside >> (x % 8)
			if dots == 0 {
				continue
			}
			to := m.Bits[at+row*m.Stride:]
			if len(to) < 8 { // the image's last bytes
				pressBytes(to, dots, ink)
				continue
			}
			word := binary.BigEndian.Uint64(to)
			if ink == scene.White {
				word &^= dots
			} else {
				word |= dots
			}
			binary.BigEndian.PutUint64(to, word)
		}
	}
}

// pressBytes is press for a word of dots and the bytes that there are.
func pressBytes(to []byte, dots uint64, ink scene.Ink) {
	for i := range to {
		b := byte(dots >> (56 - 8*i))
		if ink == scene.White {
			to[i] &^= b
		} else {
			to[i] |= b
		}
	}
}

// pressDots is press for a stamp that hangs over an edge of the image.
func (s *stamp) pressDots(m *bitmap.Image, x, y int, ink scene.Ink) {
	for row := range s.height {
		for col := range s.width {
			if s.bits[row*s.stride+col/8]&(0x80>>(col%8)) != 0 {
				m.Set(x+col, y+row, ink == scene.Black)
			}
		}
	}
}
