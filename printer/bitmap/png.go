package bitmap

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
)

// maxDots bounds what DecodePNG takes: about ten times the largest label.
const maxDots = 64 << 20

// EncodePNG writes the image as a PNG of one bit a dot, with its resolution if
// that is known. image/png would leave out the resolution, and programs that
// print or lay out the file then guess its size.
func (m *Image) EncodePNG(w io.Writer) error {
	if m.Width <= 0 || m.Height <= 0 {
		return fmt.Errorf("encode png: no picture in %d×%d dots", m.Width, m.Height)
	}
	p := pngWriter{w: w}
	p.write([]byte("\x89PNG\r\n\x1a\n"))

	header := binary.BigEndian.AppendUint32(nil, uint32(m.Width))
	header = binary.BigEndian.AppendUint32(header, uint32(m.Height))
	p.chunk("IHDR", append(header, 1, 0, 0, 0, 0)) // one bit, grey, no interlace

	if m.PerMetre > 0 {
		resolution := binary.BigEndian.AppendUint32(nil, uint32(m.PerMetre))
		resolution = binary.BigEndian.AppendUint32(resolution, uint32(m.PerMetre))
		p.chunk("pHYs", append(resolution, 1))
	}

	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	row := make([]byte, 1+m.Stride) // the first byte says that the row is not filtered
	for y := range m.Height {
		for i, b := range m.Row(y) {
			row[1+i] = ^b // to PNG a set bit is white
		}
		if _, err := z.Write(row); err != nil {
			return fmt.Errorf("encode png: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("encode png: %w", err)
	}
	p.chunk("IDAT", data.Bytes())
	p.chunk("IEND", nil)
	if p.err != nil {
		return fmt.Errorf("encode png: %w", p.err)
	}
	return nil
}

// pngWriter writes chunks and keeps the first error.
type pngWriter struct {
	w   io.Writer
	err error
}

func (p *pngWriter) write(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}

func (p *pngWriter) chunk(kind string, data []byte) {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	p.write(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// DecodePNG reads a PNG as dots: what is darker than half and not transparent
// is black. The resolution is not read back.
func DecodePNG(r io.Reader) (*Image, error) {
	var head bytes.Buffer
	config, err := png.DecodeConfig(io.TeeReader(r, &head))
	if err != nil {
		return nil, fmt.Errorf("decode png: %w", err)
	}
	if config.Width > maxDots/max(config.Height, 1) {
		return nil, errors.New("decode png: more dots than any label has")
	}
	picture, err := png.Decode(io.MultiReader(&head, r))
	if err != nil {
		return nil, fmt.Errorf("decode png: %w", err)
	}
	b := picture.Bounds()
	m := New(b.Dx(), b.Dy())
	for y := range m.Height {
		for x := range m.Width {
			c := color.NRGBAModel.Convert(picture.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
			grey := color.GrayModel.Convert(color.NRGBA{c.R, c.G, c.B, 0xFF}).(color.Gray)
			if grey.Y < 0x80 && c.A >= 0x80 {
				m.Set(x, y, true)
			}
		}
	}
	return m, nil
}

// Colours of a Diff.
var (
	missing = color.NRGBA{0xD0, 0x00, 0x00, 0xFF}
	extra   = color.NRGBA{0x00, 0xA0, 0x00, 0xFF}
)

// Diff compares what was wanted with what came: red dots are missing, green
// ones are too many, black ones agree. It returns the picture and the number of
// dots that differ; where the sizes differ, every dot that only one of the two
// has counts.
func Diff(want, got *Image) (image.Image, int) {
	w, h := max(want.Width, got.Width), max(want.Height, got.Height)
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	n := 0
	for y := range h {
		for x := range w {
			a, b := want.Black(x, y), got.Black(x, y)
			c := color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
			switch {
			case a && b:
				c = color.NRGBA{0x00, 0x00, 0x00, 0xFF}
			case a:
				c = missing
			case b:
				c = extra
			}
			picture.SetNRGBA(x, y, c)
			if a != b || (x < want.Width && y < want.Height) != (x < got.Width && y < got.Height) {
				n++
			}
		}
	}
	return picture, n
}
