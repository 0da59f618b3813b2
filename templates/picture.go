package templates

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"sync"

	"miandan/templates/scene"
)

// Bounds of a picture. A label of 100 × 180 mm at 300 dpi has 2.5 million dots.
const (
	maxPictureKB = 256
	maxPixels    = 2_600_000
	maxPictures  = 20 // of a layout
)

// pictureElement is a PNG in black and white.
type pictureElement struct {
	at
	picture *picture
}

// A picture is the shades of a PNG on white paper, 0 for black, and the dots
// that were made of it.
type picture struct {
	w, h   int
	shades []uint8

	mu   sync.Mutex
	dots map[[2]int][][]bool
}

func (r *reader) pictureElement(m *mapping) drawer {
	return pictureElement{at: m.box(), picture: r.picture(m)}
}

// picture returns the picture that an element names.
func (r *reader) picture(m *mapping) *picture {
	name := r.fileName(m, "picture", "fragile", "pictures", ".png")
	if r.drawn++; r.drawn > maxPictures {
		r.fail(m.keys["picture"], TooManyPictures, strconv.Itoa(maxPictures))
	}
	if p := r.pictures[name]; p != nil {
		return p
	}
	src, _, err := r.find("pictures", name, ".png", maxPictureKB)
	if err != nil {
		r.fail(m.nodes["picture"].GetToken(), NoPicture, name, r.names("pictures", ".png"))
	}
	p, problem := readPicture(src)
	switch problem {
	case "":
	case LargePicture:
		r.fail(m.nodes["picture"].GetToken(), problem, name, strconv.Itoa(maxPictureKB), strconv.Itoa(maxPixels))
	default:
		r.fail(m.nodes["picture"].GetToken(), problem, name)
	}
	r.shelves.pictures[name] = p
	return p
}

// readPicture decodes a PNG, after its size.
func readPicture(src []byte) (*picture, Problem) {
	if len(src) > maxPictureKB<<10 {
		return nil, LargePicture
	}
	size, err := png.DecodeConfig(bytes.NewReader(src))
	switch {
	case err != nil || size.Width < 1 || size.Height < 1:
		return nil, BadPicture
	case size.Width > maxPixels/size.Height:
		return nil, LargePicture
	}
	img, err := png.Decode(bytes.NewReader(src))
	if err != nil {
		return nil, BadPicture
	}
	b := img.Bounds()
	p := &picture{w: b.Dx(), h: b.Dy(), shades: make([]uint8, b.Dx()*b.Dy()), dots: map[[2]int][][]bool{}}
	of := func(x, y int) uint8 { return shade(img.At(x, y)) }
	if few, ok := img.(*image.Paletted); ok {
		shades := make([]uint8, len(few.Palette))
		for i, c := range few.Palette {
			shades[i] = shade(c)
		}
		of = func(x, y int) uint8 { return shades[few.ColorIndexAt(x, y)] }
	}
	for y := range p.h {
		for x := range p.w {
			p.shades[y*p.w+x] = of(b.Min.X+x, b.Min.Y+y)
		}
	}
	return p, ""
}

// shade returns how light a colour is on white paper.
func shade(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	white := 0xFFFF - a
	return color.GrayModel.Convert(color.RGBA64{uint16(r + white), uint16(g + white), uint16(b + white), 0xFFFF}).(color.Gray).Y
}

func (e pictureElement) draw(c *composer) error { return e.picture.draw(c, e.dots(c.page)) }

// draw puts the picture into the middle of a box, in its own proportions. A
// picture smaller than the box grows by whole dots; a larger one shrinks, and a
// dot is black if more than half of what it covers is. There is no dither: a
// thermal head prints single dots as dirt.
func (p *picture) draw(c *composer, box scene.Rect) error {
	scale := min(float64(box.W)/float64(p.w), float64(box.H)/float64(p.h))
	if scale > 1 {
		scale = math.Floor(scale)
	}
	w, h := max(int(float64(p.w)*scale+hair), 1), max(int(float64(p.h)*scale+hair), 1)
	return c.misplaced(c.page.Picture(scene.Picture{
		Rect: scene.Rect{X: box.X + (box.W-w)/2, Y: box.Y + (box.H-h)/2, W: w, H: h},
		Rows: p.sized(w, h),
	}))
}

// maxSizes is how many sizes of a picture are kept: a station has a printer or
// two.
const maxSizes = 8

// sized returns the picture in dots. They are shared and must not be changed.
func (p *picture) sized(w, h int) [][]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := [2]int{w, h}
	if rows := p.dots[size]; rows != nil {
		return rows
	}
	rows := make([][]bool, h)
	for y := range rows {
		rows[y] = make([]bool, w)
		for x := range rows[y] {
			rows[y][x] = p.mean(x, y, w, h) < 0x80
		}
	}
	if len(p.dots) >= maxSizes {
		clear(p.dots)
	}
	p.dots[size] = rows
	return rows
}

// mean returns the mean shade of the part of the picture that a dot of w × h
// covers.
func (p *picture) mean(x, y, w, h int) float64 {
	across, down := float64(p.w)/float64(w), float64(p.h)/float64(h)
	left, right := float64(x)*across, float64(x+1)*across
	top, bottom := float64(y)*down, float64(y+1)*down
	sum, area := 0.0, 0.0
	for py := int(top); py < p.h && float64(py) < bottom-hair; py++ {
		tall := min(float64(py+1), bottom) - max(float64(py), top)
		for px := int(left); px < p.w && float64(px) < right-hair; px++ {
			covered := tall * (min(float64(px+1), right) - max(float64(px), left))
			sum += covered * float64(p.shades[py*p.w+px])
			area += covered
		}
	}
	return sum / area
}
