package cloudprint

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"
	"slices"

	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Frame is the paper of the printer that a rendered label goes to.
type Frame struct {
	Grid          scene.Grid
	Width, Height scene.Length
}

// ErrNoCode reports a picture in which the parcel's barcode cannot be read.
var ErrNoCode = errors.New("the parcel's barcode cannot be read from the rendered label")

// FrameError reports a picture that has not the printer's dots. Scaled, the
// bars of its codes would no longer be whole dots.
type FrameError struct {
	Width, Height         int // of the picture
	WantWidth, WantHeight int
}

func (e *FrameError) Error() string {
	return fmt.Sprintf("the rendered label has %d×%d dots, the paper %d×%d", e.Width, e.Height, e.WantWidth, e.WantHeight)
}

// Image returns the label's dots for a printer, with its barcode read from
// them. What is darker than half is black; nothing is scaled or dithered.
func (d Document) Image(l waybill.Label, f Frame) (*bitmap.Image, error) {
	number := string(l.Number)
	if d.Kind == PDF {
		return nil, notice.New("rendered-pdf", nil, number)
	}
	m, err := Dots(d.Bytes, f)
	var frame *FrameError
	switch {
	case errors.As(err, &frame):
		return nil, notice.New("rendered-size", err, number,
			fmt.Sprintf("%d×%d", frame.Width, frame.Height), fmt.Sprintf("%d×%d", frame.WantWidth, frame.WantHeight))
	case err != nil:
		return nil, notice.New("rendered-kind", err, number)
	}
	box, err := parcel(l)
	if err != nil {
		return nil, err
	}
	wanted := []string{box.Barcode}
	if len(l.Parcels) == 1 {
		wanted = append(wanted, number)
	}
	if err := FindCode(m, f.Grid, wanted...); err != nil {
		return nil, notice.New("rendered-barcode", err, number)
	}
	return m, nil
}

// File returns the label's PDF for printers that the system's driver drives.
func (d Document) File(l waybill.Label) ([]byte, error) {
	if d.Kind != PDF {
		return nil, notice.New("rendered-picture", nil, string(l.Number))
	}
	return d.Bytes, nil
}

// Dots returns the dots of a PNG that has exactly the frame's size, and a
// *FrameError for any other.
func Dots(picture []byte, f Frame) (*bitmap.Image, error) {
	head, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, errors.New("the rendered label is no PNG")
	}
	// Before it is unpacked: a small file may claim to be huge.
	if w, h := f.Grid.Dots(f.Width), f.Grid.Dots(f.Height); head.Width != w || head.Height != h {
		return nil, &FrameError{head.Width, head.Height, w, h}
	}
	m, err := bitmap.DecodePNG(bytes.NewReader(picture))
	if err != nil {
		return nil, errors.New("the rendered label is a broken PNG")
	}
	m.PerMetre = int(math.Round(float64(f.Grid) * 1000))
	return m, nil
}

// FindCode looks for a Code 128 that says one of the wanted texts, along the
// label or across it. Where JD's templates put it is not known, so every strip
// that looks like bars is read.
func FindCode(m *bitmap.Image, g scene.Grid, wanted ...string) error {
	for _, m := range []*bitmap.Image{m, turned(m)} {
		height, step := g.Dots(scene.MM(3)), g.Dots(scene.MM(2))
		for y := 0; y+height <= m.Height; y += step {
			for _, s := range strips(m, y, height, g) {
				text, err := barcode.Read(cut(m, s, g), scene.Code128)
				if err == nil && slices.Contains(wanted, text) {
					return nil
				}
			}
		}
	}
	return ErrNoCode
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
