package canary

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zstd"
)

// layer is what one form of packing or escaping hides. Pieces of the same kind
// are put into one layer, each behind a line break.
type layer struct {
	kind   string
	bytes  []byte
	pieces []piece // in ascending order
}

// piece says where a part of a layer came from.
type piece struct{ in, from int }

func (l *layer) begin(from int) {
	l.bytes = append(l.bytes, '\n')
	l.pieces = append(l.pieces, piece{len(l.bytes), from})
}

// from returns where in its parent the piece at a place of the layer begins.
func (l *layer) from(at int) int {
	place := 0
	for _, p := range l.pieces {
		if p.in > at {
			break
		}
		place = p.from
	}
	return place
}

// layers returns everything that can be unpacked from b, at whatever place it
// begins: an archive may lie in a database's page, or behind a header of its
// own. What breaks off is taken as far as it goes. No more than most bytes are
// made; ok is false if that was not enough.
func layers(b []byte, most int64) (list []*layer, ok bool) {
	ok = true
	for _, f := range []func([]byte, int64) (*layer, bool){unpackGzip, unpackZlib, unpackZip, unpackZstd} {
		l, all := f(b, most)
		ok = ok && all
		list = append(list, l)
	}
	list = append(list, unwrap64(b)...)
	list = append(list, unwrapHex(b)...)
	list = append(list, unwrapDecimal(b), narrow(b), unescape(b), unescapePercent(b), unescapeEntities(b), unescapeQuoted(b))
	kept := list[:0]
	for _, l := range list {
		if len(l.bytes) > 0 {
			kept = append(kept, l)
		}
	}
	return kept, ok
}

// take reads r to its end or its first error into the layer.
func (l *layer) take(r io.Reader, from int, most int64) bool {
	begin, pieces := len(l.bytes), len(l.pieces)
	l.begin(from)
	buffer := bytes.NewBuffer(l.bytes)
	n, _ := io.Copy(buffer, io.LimitReader(r, most+1)) // a stream that breaks off has shown what it held
	l.bytes = buffer.Bytes()
	if n == 0 {
		l.bytes, l.pieces = l.bytes[:begin], l.pieces[:pieces]
	}
	return n <= most
}

// each calls f for every place in b where magic stands.
func each(b []byte, magic string, f func(at int)) {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte(magic))
		if i < 0 {
			return
		}
		at += i
		f(at)
	}
}

func unpackGzip(b []byte, most int64) (*layer, bool) {
	l, ok := &layer{kind: "gzip"}, true
	each(b, "\x1f\x8b\x08", func(at int) {
		if r, err := gzip.NewReader(bytes.NewReader(b[at:])); err == nil {
			r.Multistream(false)
			ok = l.take(r, at, most) && ok
		}
	})
	return l, ok
}

func unpackZlib(b []byte, most int64) (*layer, bool) {
	l, ok := &layer{kind: "zlib"}, true
	var r io.ReadCloser
	for at := 0; at+2 < len(b); at++ {
		i := bytes.IndexByte(b[at:], 0x78)
		if i < 0 || at+i+2 >= len(b) {
			break
		}
		at += i
		if head := uint16(b[at])<<8 | uint16(b[at+1]); head%31 != 0 || head&0x20 != 0 {
			continue
		}
		var err error
		if source := bytes.NewReader(b[at:]); r == nil {
			r, err = zlib.NewReader(source)
		} else {
			err = r.(zlib.Resetter).Reset(source, nil)
		}
		if err == nil {
			ok = l.take(r, at, most) && ok
		}
	}
	return l, ok
}

// unpackZip reads the members where they lie: the directory at the end may be
// gone. Those that are stored as they are have been looked through with b.
func unpackZip(b []byte, most int64) (*layer, bool) {
	l, ok := &layer{kind: "zip"}, true
	each(b, "PK\x03\x04", func(at int) {
		const head = 30
		if at+head > len(b) || binary.LittleEndian.Uint16(b[at+8:]) != 8 {
			return
		}
		data := at + head + int(binary.LittleEndian.Uint16(b[at+26:])) + int(binary.LittleEndian.Uint16(b[at+28:]))
		if data < len(b) {
			ok = l.take(flate.NewReader(bytes.NewReader(b[data:])), at, most) && ok
		}
	})
	return l, ok
}

func unpackZstd(b []byte, most int64) (*layer, bool) {
	l, ok := &layer{kind: "zstd"}, true
	each(b, "\x28\xb5\x2f\xfd", func(at int) {
		r, err := zstd.NewReader(bytes.NewReader(b[at:]), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<28))
		if err == nil {
			ok = l.take(r, at, most) && ok
			r.Close()
		}
	})
	return l, ok
}
