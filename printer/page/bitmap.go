package page

import (
	"encoding/binary"
	"errors"
	"io"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// ErrNoImage reports a job without dots: it was rendered as a PDF.
var ErrNoImage = errors.New("the job has no image")

// Bitmap sends the job's dots as a Windows bitmap, for queues whose driver draws
// what it is given and reads no PDF. The dots are those that were checked, and
// the file says how many a metre there are.
type Bitmap struct{}

var _ printer.Driver = Bitmap{}

// Sizes of a bitmap file's parts in bytes (BITMAPFILEHEADER, BITMAPINFOHEADER,
// two colours of four).
const (
	fileHeader = 14
	infoHeader = 40
	colours    = 8
)

// Encode writes j.Image. The error is ErrNoImage if there is none, and w's own
// otherwise.
func (Bitmap) Encode(w io.Writer, j printer.Job) error {
	if j.Image == nil || j.Image.Width <= 0 || j.Image.Height <= 0 {
		return ErrNoImage
	}
	_, err := w.Write(encode(j.Image))
	return err
}

// encode is a file of one bit a dot, the top row first, which a negative height
// says. Rows are padded to four bytes. A set bit is the second colour, so that
// the dots stay as they are.
func encode(m *bitmap.Image) []byte {
	row := (m.Width + 31) / 32 * 4
	start := fileHeader + infoHeader + colours
	b := make([]byte, start+row*m.Height)
	le := binary.LittleEndian
	copy(b, "BM")
	le.PutUint32(b[2:], uint32(len(b)))
	le.PutUint32(b[10:], uint32(start))
	info := b[fileHeader:]
	le.PutUint32(info[0:], infoHeader)
	le.PutUint32(info[4:], uint32(m.Width))
	le.PutUint32(info[8:], uint32(-int32(m.Height)))
	le.PutUint16(info[12:], 1) // planes
	le.PutUint16(info[14:], 1) // bits a dot
	le.PutUint32(info[20:], uint32(row*m.Height))
	le.PutUint32(info[24:], uint32(m.PerMetre))
	le.PutUint32(info[28:], uint32(m.PerMetre))
	le.PutUint32(info[32:], 2) // colours
	copy(b[fileHeader+infoHeader:], []byte{0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0})
	for y := range m.Height {
		copy(b[start+y*row:], m.Row(y))
	}
	return b
}
