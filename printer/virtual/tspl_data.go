package virtual

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"

	"miandan/printer/bitmap"
)

// maxData bounds what a command may announce, in bytes. A label of 104 mm by 4 m
// at 300 dpi has less.
const maxData = 8 << 20

// tsplHead takes a command's text in, byte by byte, and finds where data begin,
// which are counted and hold any byte.
type tsplHead struct {
	text   []byte
	commas int
}

func (h *tsplHead) String() string { return string(h.text) }

// feed takes a byte and returns the number of bytes of data that follow, or -1
// and whether the line is at its end.
func (h *tsplHead) feed(b byte) (data int, done bool) {
	if b == '\r' || b == '\n' {
		return -1, true
	}
	if len(h.text) >= maxText {
		return -1, false
	}
	h.text = append(h.text, b)
	if b != ',' {
		return -1, false
	}
	h.commas++
	if len(h.text) > 200 {
		return -1, false
	}
	word, arg := words(string(h.text)) // the last is empty
	switch {
	case word == "BITMAP" && h.commas == 5:
		_, ok := number(arg[4], 0, 2)
		w, _ := number(arg[2], 0, maxData)
		rows, _ := number(arg[3], 0, maxData)
		if ok {
			return min(w*rows, maxData), false
		}
	case word == "BITMAP" && h.commas == 6 && arg[4] == "3":
		n, _ := number(arg[5], 0, maxData)
		return n, false
	case word == "DOWNLOAD" && h.commas >= 2:
		if n, ok := number(arg[h.commas-1], 0, maxData); ok {
			return n, false
		}
	}
	return -1, false
}

// data obeys a command with n bytes of data.
func (t *tspl) data(text string, n int) error {
	word, arg := words(strings.TrimSuffix(text, ","))
	switch {
	case word == "BITMAP":
		return t.bitmap(arg, n)
	case t.p.cfg.Quirks.Subset:
		t.junk.add("‹%s›", word)
		return nil // and the data are read as commands
	}
	file, err := t.take(n)
	if err != nil {
		return err
	}
	name := strings.Trim(arg[len(arg)-2], `"`)
	if m := t.p.bmp(file); m != nil && len(t.images) < 16 {
		if t.images == nil {
			t.images = map[string]*bitmap.Image{}
		}
		t.images[name] = m
	} else {
		t.junk.add("‹DOWNLOAD %s›", name)
	}
	return nil
}

// zlibBitmap is a maker's own mode: a zlib stream of the same bytes.
func (t *tspl) zlibBitmap(m *bitmap.Image, x, y, width, height, n int) error {
	data, err := t.take(n)
	if err != nil {
		return err
	}
	seen := reach(m, x, width)
	row := make([]byte, seen)
	r, err := zlib.NewReader(bytes.NewReader(data))
	for i := 0; i < height && err == nil; i++ {
		if _, err = io.ReadFull(r, row); err != nil {
			break
		}
		_, err = io.CopyN(io.Discard, r, int64(width-seen))
		invert(row)
		putRow(m, x, y+i, row, over)
	}
	if err != nil {
		t.junk.add("‹BITMAP: %v›", err)
	}
	return nil
}

// putBMP draws a downloaded picture.
func (t *tspl) putBMP(arg []string) bool {
	if len(arg) < 3 {
		return false
	}
	at, ok := numbers(arg[:2], -maxRows, maxRows)
	image := t.images[strings.Trim(arg[2], `"`)]
	if !ok || image == nil {
		return false
	}
	m := t.paper()
	for y := range image.Height {
		for x := range image.Width {
			put(m, at[0]+t.x0+x, at[1]+t.y0+y, image.Black(x, y), over)
		}
	}
	return true
}

// bmp reads an uncompressed BMP file of one bit a dot, or returns nil.
func (p *Printer) bmp(b []byte) *bitmap.Image {
	if len(b) < 62 || string(b[:2]) != "BM" {
		return nil
	}
	u32 := func(at int) int { return int(int32(binary.LittleEndian.Uint32(b[at:]))) }
	start, size, width, height := u32(10), u32(14), u32(18), u32(22)
	bottomUp := height > 0
	if !bottomUp {
		height = -height
	}
	palette := 14 + size
	if size < 40 || size > 256 || binary.LittleEndian.Uint16(b[28:]) != 1 || u32(30) != 0 ||
		width < 1 || width > p.cfg.Head || height < 1 || height > maxRows || palette+8 > len(b) {
		return nil
	}
	stride := (width + 31) / 32 * 4
	if start < palette || len(b)-start < stride*height {
		return nil
	}
	light := func(i int) int { return int(b[palette+4*i]) + int(b[palette+4*i+1]) + int(b[palette+4*i+2]) }
	m := p.sheet(width, height)
	for y := range height {
		row := b[start+y*stride:]
		if bottomUp {
			row = b[start+(height-1-y)*stride:]
		}
		for x := range width {
			m.Set(x, y, light(int(row[x/8]>>(7-x%8)&1)) < 3*128)
		}
	}
	return m
}
