package pdfin

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
)

// picture is a PNG or JPEG that is open: grey, on white.
type picture struct{ grey *image.Gray }

// openPicture decides from the header whether a picture may be unpacked: of so many dots
// at most, and bytes. Both readers need memory for its dots and no more, whatever the
// file says. It is not left to the system to refuse what is too much: Go's collector
// may crash of that, and then nobody would know why.
func openPicture(b []byte, kind Kind, most, memory int) (*picture, error) {
	configOf, decode := png.DecodeConfig, png.Decode
	if kind == JPEG {
		configOf, decode = jpeg.DecodeConfig, jpeg.Decode
	}
	c, err := configOf(bytes.NewReader(b))
	if err != nil {
		return nil, Broken
	}
	if c.Width < 1 || c.Height < 1 || c.Width > most/c.Height {
		return nil, TooLarge
	}
	if c.Width*c.Height > memory/(bytesADot(c.ColorModel, kind)+1) { // one more on white
		return nil, TooMuchMemory
	}
	m, err := decode(bytes.NewReader(b))
	if err != nil {
		return nil, Broken
	}
	if m.Bounds().Dx() != c.Width || m.Bounds().Dy() != c.Height {
		return nil, Broken
	}
	return &picture{onWhite(m)}, nil
}

// bytesADot is what a dot takes while it is unpacked: of a JPEG that comes in passes all
// coefficients stand beside the dots.
func bytesADot(m color.Model, kind Kind) int {
	const coefficient = 4
	switch {
	case kind == JPEG && m == color.GrayModel:
		return 1 + coefficient
	case kind == JPEG && m == color.YCbCrModel:
		return 3 * (1 + coefficient)
	case kind == JPEG:
		return 4 * (1 + coefficient)
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// onWhite lays a picture of any kind on white paper.
func onWhite(m image.Image) *image.Gray {
	if g, ok := m.(*image.Gray); ok {
		return g
	}
	b := m.Bounds()
	grey := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			// Colours come multiplied by their alpha.
			r, g, bl, a := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
			paper := 0xFFFF - a
			c := color.RGBA64{uint16(r + paper), uint16(g + paper), uint16(bl + paper), 0xFFFF}
			grey.Pix[y*grey.Stride+x] = color.GrayModel.Convert(c).(color.Gray).Y
		}
	}
	return grey
}

func (p *picture) pages() ([]Page, error) {
	return []Page{{float64(p.grey.Rect.Dx()), float64(p.grey.Rect.Dy())}}, nil
}

func (p *picture) draw(o order, k int, each func(int, []byte, int)) error {
	if o.Page != 0 {
		return NoPage
	}
	if !(o.Scale > 0) || math.IsInf(o.Scale, 0) {
		return errors.New("no scale")
	}
	w, h := p.grey.Rect.Dx(), p.grey.Rect.Dy()
	if o.Turn.lying() {
		w, h = h, w
	}
	stride := int(o.Width) * k
	rows := make([]byte, k*stride)
	// Which column and which row of the turned picture a pixel shows; -1 none.
	columns := at(int(o.Width)*k, k, o.Left, o.Scale, w)
	lines := at(int(o.Height)*k, k, o.Top, o.Scale, h)
	for y := range int(o.Height) {
		for r := range k {
			v := lines[y*k+r]
			row := rows[r*stride : (r+1)*stride]
			for i, u := range columns {
				row[i] = 0xFF
				if u >= 0 && v >= 0 {
					row[i] = p.turned(o.Turn, u, v)
				}
			}
		}
		each(y, rows, stride)
	}
	return nil
}

func at(n, k int, begin, scale float64, size int) []int {
	all := make([]int, n)
	for i := range all {
		v := ((float64(i)+0.5)/float64(k) - nudge - begin) / scale
		all[i] = -1
		if v >= 0 && v < float64(size) {
			all[i] = int(v)
		}
	}
	return all
}

// turned is what stands at u, v when the picture is turned clockwise.
func (p *picture) turned(t Turn, u, v int) byte {
	w, h := p.grey.Rect.Dx(), p.grey.Rect.Dy()
	x, y := u, v
	switch t {
	case Right:
		x, y = v, h-1-u
	case Over:
		x, y = w-1-u, h-1-v
	case Left:
		x, y = w-1-v, u
	}
	return p.grey.Pix[y*p.grey.Stride+x]
}
