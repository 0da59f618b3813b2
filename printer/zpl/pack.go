package zpl

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"sync"

	"github.com/klauspost/compress/zlib"
)

const digits = "0123456789ABCDEF"

func packHex(bits []byte) []byte {
	out := make([]byte, 0, 2*len(bits))
	for _, b := range bits {
		out = append(out, digits[b>>4], digits[b&0x0F])
	}
	return out
}

// packRuns packs rows of hexadecimal digits as run lengths: a count in letters
// before a digit, a comma for white and an exclamation mark for black to the
// row's end, a colon for a row like the one above. These three stand for whole
// bytes only, and a run does not go on in the next row.
func packRuns(bits []byte, stride int) []byte {
	out := make([]byte, 0, len(bits)/2+64)
	var above []byte
	padded := make([]byte, stride+8)
	for ; len(bits) > 0; bits = bits[stride:] {
		row := bits[:stride]
		if bytes.Equal(row, above) {
			out = append(out, ':')
			continue
		}
		above = row
		row = padded[:copy(padded, row)]
		switch white, black := without(row, 0x00), without(row, 0xFF); {
		case len(white) < stride:
			out = append(appendRuns(out, white), ',')
		case len(black) < stride:
			out = append(appendRuns(out, black), '!')
		default:
			out = appendRuns(out, row)
		}
	}
	return out
}

// without is the row without the bytes of one kind at its end.
func without(row []byte, b byte) []byte {
	for len(row) > 0 && row[len(row)-1] == b {
		row = row[:len(row)-1]
	}
	return row
}

// maxRun is the longest run of one count: 400 and 19.
const maxRun = 419

// appendRuns appends the digits of bytes, behind which there must be room for
// eight more.
func appendRuns(out, row []byte) []byte {
	end := 2 * len(row)
	for i := 0; i < end; {
		digit, n := runAt(row, i)
		for n < end-i && (n+i&1)&15 == 0 { // up to a word's end
			next, more := runAt(row, i+n)
			if next != digit {
				break
			}
			n += more
		}
		n = min(n, end-i)
		i += n
		for ; n > maxRun; n -= maxRun {
			out = append(appendCount(out, maxRun), digits[digit])
		}
		if n == 2 {
			out = append(out, digits[digit])
		}
		if n > 2 {
			out = appendCount(out, n)
		}
		out = append(out, digits[digit])
	}
	return out
}

// runAt returns the digit at a place and how often it stands there, as far as one
// word shows it.
func runAt(row []byte, i int) (digit byte, n int) {
	word := binary.BigEndian.Uint64(row[i/2 : i/2+8])
	odd := i & 1
	word <<= 4 * odd
	first := word >> 60
	return byte(first), min(bits.LeadingZeros64(word^first*0x1111_1111_1111_1111)/4, 16-odd)
}

// appendCount writes a count of up to maxRun: g to z are twenties, G to Y ones.
func appendCount(out []byte, n int) []byte {
	if twenties := n / 20; twenties > 0 {
		out = append(out, byte('g'+twenties-1))
	}
	if ones := n % 20; ones > 0 {
		out = append(out, byte('G'+ones-1))
	}
	return out
}

// compressors are used again: making one takes as long as a label's dots.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

// packZ64 packs the dots as a zlib stream in base 64 with a check over the text.
// The standard library makes the same size in three times the time.
func packZ64(bits []byte) ([]byte, error) {
	var packed bytes.Buffer
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&packed)
	if _, err := z.Write(bits); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	out := base64.StdEncoding.AppendEncode([]byte(":Z64:"), packed.Bytes())
	return fmt.Appendf(out, ":%04X", crc16(out[len(":Z64:"):])), nil
}

// crc16 is CRC-16/XMODEM: polynomial 1021h, from zero, nothing reflected.
func crc16(text []byte) uint16 {
	var crc uint16
	for _, c := range text {
		crc = crc<<8 ^ crcTable[byte(crc>>8)^c]
	}
	return crc
}

var crcTable = func() (table [256]uint16) {
	for i := range table {
		crc := uint16(i) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			if crc <<= 1; carry {
				crc ^= 0x1021
			}
		}
		table[i] = crc
	}
	return table
}()
