package virtual

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"

	"miandan/printer/bitmap"
)

// rowWriter puts rows of whole bytes onto paper, one under the other.
type rowWriter struct {
	m            *bitmap.Image
	x, y         int
	stride, rows int // of the graphic
	done         int // rows
	prev         []byte
}

// buffer has room for that of a row which can be seen.
func (w *rowWriter) buffer() []byte { return make([]byte, reach(w.m, w.x, w.stride)) }

// next puts a row. A graphic field adds to what is there.
func (w *rowWriter) next(row []byte) {
	if w.done < w.rows {
		putRow(w.m, w.x, w.y+w.done, row, or)
	}
	w.done++
	w.prev = row
}

// ascii reads hexadecimal digits with Zebra's runs, or Base64. A prefix ends
// them early, and then the graphic is as long as it came.
func (z *zpl) ascii(w *rowWriter) error {
	run := hexRow{w: w, row: w.buffer()}
	for first := true; w.done < w.rows; {
		b, err := z.peek()
		if err != nil {
			return err
		}
		if b == '^' || b == '~' {
			z.junk.add("‹graphic of %d rows ends after %d›", w.rows, w.done)
			return nil
		}
		z.next()
		if first && b == ':' && !z.p.cfg.Quirks.NoZ64 {
			kind, err := z.peek()
			if err != nil {
				return err
			}
			if kind == 'B' || kind == 'Z' {
				return z.base64(w)
			}
		}
		first = first && (b == '\r' || b == '\n' || b == ' ')
		if !run.feed(b) {
			z.junk.add("%s", string(rune(b)))
		}
	}
	if run.spilt {
		z.junk.add("‹run across rows›")
	}
	return nil
}

// hexRow builds rows of digits, runs and fills.
type hexRow struct {
	w     *rowWriter
	row   []byte
	digit int // of the row
	count int // the run's length so far; 0 is one digit
	spilt bool
}

// feed takes a character and reports whether it is known.
func (h *hexRow) feed(b byte) bool {
	switch {
	case b >= 'G' && b <= 'Y':
		h.count += int(b-'G') + 1
	case b >= 'g' && b <= 'z':
		h.count += 20 * (int(b-'g') + 1)
	case b == ',':
		h.rest(0)
	case b == '!':
		h.rest(0xF)
	case b == ':':
		row := h.w.buffer()
		copy(row, h.w.prev)
		h.end(row)
	case b == '\r' || b == '\n' || b == ' ':
	default:
		v, err := strconv.ParseUint(string(rune(b)), 16, 8)
		if err != nil {
			return false
		}
		h.run(byte(v), max(h.count, 1))
	}
	return true
}

// run adds n times the same digit. Runs do not cross rows.
func (h *hexRow) run(v byte, n int) {
	h.count = 0
	for ; n > 0 && h.digit < 2*len(h.row); n-- {
		h.row[h.digit/2] |= v << (4 * (1 - h.digit%2))
		h.digit++
	}
	unseen := min(n, 2*h.w.stride-h.digit)
	h.digit += unseen
	n -= unseen
	h.spilt = h.spilt || n > 0
	if h.digit == 2*h.w.stride {
		h.end(h.row)
	}
}

// rest fills the row. At its beginning that is the whole row.
func (h *hexRow) rest(v byte) { h.run(v, 2*h.w.stride-h.digit) }

func (h *hexRow) end(row []byte) {
	h.w.next(row)
	h.row, h.digit, h.count = h.w.buffer(), 0, 0
}

// base64 reads :B64: or :Z64:, of which the first colon has been read, with the
// CRC after it. If that is wrong, nothing
// is drawn.
func (z *zpl) base64(w *rowWriter) error {
	head, err := z.take(4)
	if err != nil {
		return err
	}
	text, err := z.until(':', 2*maxData)
	if err != nil {
		return err
	}
	crc := make([]byte, 0, 4)
	for len(crc) < 4 {
		b, err := z.peek()
		if err != nil {
			return err
		}
		if b == '^' || b == '~' {
			break
		}
		z.next()
		crc = append(crc, b)
	}
	if err := decode64(w, string(head), text, string(crc)); err != nil {
		z.junk.add("‹graphic: %v›", err)
	}
	return nil
}

func decode64(w *rowWriter, head string, text []byte, crc string) error {
	if head != "B64:" && head != "Z64:" {
		return fmt.Errorf("unknown coding %q", head)
	}
	if want, err := strconv.ParseUint(crc, 16, 16); err != nil || uint16(want) != crc16(text) {
		return fmt.Errorf("CRC %q, want %04X", crc, crc16(text))
	}
	data, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return err
	}
	var r io.Reader = bytes.NewReader(data)
	if head == "Z64:" {
		if r, err = zlib.NewReader(r); err != nil {
			return err
		}
	}
	for w.done < w.rows {
		row := w.buffer()
		if _, err := io.ReadFull(r, row); err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, r, int64(w.stride-len(row))); err != nil {
			return err
		}
		w.next(row)
	}
	return nil
}

// until takes bytes up to an end that is not kept. A prefix ends them too, and
// stays.
func (z *zpl) until(end byte, limit int) ([]byte, error) {
	var text []byte
	for {
		b, err := z.peek()
		if err != nil {
			return nil, err
		}
		if b == '^' || b == '~' {
			return text, nil
		}
		z.next()
		if b == end {
			return text, nil
		}
		if b != '\r' && b != '\n' && len(text) < limit {
			text = append(text, b)
		}
	}
}

// crc16 is CRC-16/XMODEM over the Base64 text.
func crc16(text []byte) uint16 {
	var crc uint16
	for _, b := range text {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
