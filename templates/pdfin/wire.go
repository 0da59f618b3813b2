package pdfin

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"
)

// What parent and child tell each other is fixed and binary, so that nothing
// of it has to be parsed. The parent begins with a header and the name of the
// cache folder; the child answers when its reader stands and it has given up
// whatever it needs no more; then comes the document, and then orders. Each
// answer is a status, a length and so many bytes.

// header begins the conversation.
type header struct {
	Magic  [8]byte
	Kind   Kind
	Pages  uint32
	Dots   uint64
	Memory uint64
	Time   time.Duration
	Cache  uint32 // length of the folder's name that follows
}

var magic = [8]byte{'p', 'd', 'f', 'i', 'n', ' ', '1', '\n'}

// longestPath bounds the name of the cache folder.
const longestPath = 32 << 10

// order asks for a page in dots.
type order struct {
	Page          uint32
	Turn          Turn
	Fine          uint8   // pixels drawn for a dot, along and across
	Scale         float64 // dots to a point, or to a dot of a picture
	Left, Top     float64 // of the turned page's corner, in dots of the frame
	Width, Height uint32  // of the frame in dots
}

// answer is the head of an answer; Size bytes follow.
type answer struct {
	Status Problem // 0 is well
	Size   uint32
}

func sendBlock(w io.Writer, b []byte) error {
	if err := binary.Write(w, binary.LittleEndian, uint32(len(b))); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}

// readBlock reads what sendBlock wrote. Both sides know how much may come.
func readBlock(r io.Reader, most int) ([]byte, error) {
	var n uint32
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return nil, err
	}
	if int64(n) > int64(most) {
		return nil, fmt.Errorf("a block of %d bytes, and at most %d were expected", n, most)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

func sendAnswer(w io.Writer, status Problem, b []byte) error {
	var all bytes.Buffer
	binary.Write(&all, binary.LittleEndian, answer{status, uint32(len(b))})
	all.Write(b)
	_, err := w.Write(all.Bytes())
	return err
}

// readPages believes nothing that a child says: a hostile document may have
// taken it over.
func readPages(b []byte, most int) ([]Page, error) {
	n := len(b) / 16
	if n == 0 || n > most || len(b)%16 != 0 {
		return nil, Broken
	}
	pages := make([]Page, n)
	for i := range pages {
		w := math.Float64frombits(binary.LittleEndian.Uint64(b[16*i:]))
		h := math.Float64frombits(binary.LittleEndian.Uint64(b[16*i+8:]))
		if !(w > 0 && w < 1e6 && h > 0 && h < 1e6) {
			return nil, Broken
		}
		pages[i] = Page{w, h}
	}
	return pages, nil
}

func writePages(pages []Page) []byte {
	var b []byte
	for _, p := range pages {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Width))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Height))
	}
	return b
}
