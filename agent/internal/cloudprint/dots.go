package cloudprint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"math"

	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates/pdfin"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Frame is the paper of the printer that a rendered label goes to.
type Frame struct {
	Grid          scene.Grid
	Width, Height scene.Length
}

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
func (d Document) Image(ctx context.Context, l waybill.Label, f Frame) (*bitmap.Image, error) {
	m, err := d.dots(ctx, l, f)
	if err != nil {
		return nil, err
	}
	box, err := parcel(l)
	if err != nil {
		return nil, err
	}
	wanted := []string{box.Barcode}
	if len(l.Parcels) == 1 {
		wanted = append(wanted, string(l.Number))
	}
	// Where JD's templates put it is not known, so it is looked for everywhere.
	if err := pdfin.Check(m, f.Grid, pdfin.Expected{Symbology: scene.Code128, Texts: wanted}); err != nil {
		return nil, notice.New("rendered-barcode", err, string(l.Number))
	}
	return m, nil
}

func (d Document) dots(ctx context.Context, l waybill.Label, f Frame) (*bitmap.Image, error) {
	if d.Kind == PDF {
		return d.page(ctx, l, f)
	}
	number := string(l.Number)
	m, err := Dots(d.Bytes, f)
	var frame *FrameError
	switch {
	case errors.As(err, &frame):
		return nil, notice.New("rendered-size", err, number,
			fmt.Sprintf("%d×%d", frame.Width, frame.Height), fmt.Sprintf("%d×%d", frame.WantWidth, frame.WantHeight))
	case err != nil:
		return nil, notice.New("rendered-kind", err, number)
	}
	return m, nil
}

// File returns the label's PDF for printers that the system's driver drives. It
// is drawn here first, and its barcode read: the queue would print another
// parcel's label as well.
func (d Document) File(ctx context.Context, l waybill.Label, f Frame) ([]byte, error) {
	if d.Kind != PDF {
		return nil, notice.New("rendered-picture", nil, string(l.Number))
	}
	if _, err := d.Image(ctx, l, f); err != nil {
		return nil, err
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
