package columns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Split takes a font apart. Join wants the parts one behind the other; each packs
// best by itself. Fonts with hinting or composed glyphs are refused, and those that
// Join would not bring back to the byte.
func Split(file []byte) (parts [][]byte, err error) {
	t, err := find(file)
	if err != nil {
		return nil, err
	}
	s := splitter{boxes: make([]byte, (t.glyphs+7)/8)}
	for i := range t.glyphs {
		from, to := binary.BigEndian.Uint32(t.loca[4*i:]), binary.BigEndian.Uint32(t.loca[4*i+4:])
		if from > to || int64(to) > int64(len(t.glyf)) {
			return nil, errShort
		}
		if err := s.glyph(i, t.glyf[from:to]); err != nil {
			return nil, fmt.Errorf("glyph %d: %w", i, err)
		}
	}
	bare := bytes.Clone(file)
	t, _ = find(bare)
	clear(t.glyf)
	clear(t.loca)
	parts = withLengths([kinds][]byte{bare, s.contours, s.ends, s.flags, s.xs, s.ys, append(s.boxes, s.odd...)})
	back, err := Join(bytes.Join(parts, nil))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(back, file) {
		return nil, errors.New("the font is written in a way that would not come back")
	}
	return parts, nil
}

func withLengths(columns [kinds][]byte) [][]byte {
	var lengths []byte
	for _, c := range columns {
		lengths = binary.LittleEndian.AppendUint32(lengths, uint32(len(c)))
	}
	return append([][]byte{lengths}, columns[:]...)
}

type splitter struct{ contours, ends, flags, xs, ys, boxes, odd []byte }

func (s *splitter) glyph(i int, record []byte) error {
	if len(record) == 0 {
		s.contours = append(s.contours, 0, 0)
		return nil
	}
	if len(record) < glyphHeader {
		return errShort
	}
	n := int(int16(binary.BigEndian.Uint16(record)))
	if n <= 0 {
		return errors.New("it is composed of others, or of nothing")
	}
	s.contours = append(s.contours, record[:2]...)
	box, rest := record[2:glyphHeader], record[glyphHeader:]
	if len(rest) < 2*n+2 {
		return errShort
	}
	points := 0
	for c := range n {
		end := int(binary.BigEndian.Uint16(rest[2*c:])) + 1
		if end <= points {
			return errors.New("a contour has no points")
		}
		for size := end - points; ; size -= goesOn {
			s.ends = append(s.ends, byte(min(size, goesOn)))
			if size < goesOn {
				break
			}
		}
		points = end
	}
	if binary.BigEndian.Uint16(rest[2*n:]) != 0 {
		return errors.New("it has hinting")
	}
	p, err := measure(rest[2*n+2:], points)
	if err != nil {
		return err
	}
	s.flags, s.xs, s.ys = append(s.flags, p.flags...), append(s.xs, p.xs...), append(s.ys, p.ys...)
	if computed := p.box(); bytes.Equal(computed[:], box) {
		s.boxes[i/8] |= 1 << (i % 8)
	} else {
		s.odd = append(s.odd, box...)
	}
	return nil
}

// measure finds the flags and the coordinates at the beginning of data.
func measure(data []byte, points int) (o outline, err error) {
	n, x, y, err := length(data, points)
	if err != nil {
		return o, err
	}
	if len(data) < n+x+y {
		return o, errShort
	}
	return outline{data[:n], data[n : n+x], data[n+x : n+x+y]}, nil
}
