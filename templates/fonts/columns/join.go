package columns

import (
	"encoding/binary"
	"errors"
)

// Join puts together what Split took apart. The file takes the place of the first
// column in packed, which is of no use afterwards.
func Join(packed []byte) ([]byte, error) {
	columns, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	file := columns[skeleton]
	t, err := find(file)
	if err != nil {
		return nil, err
	}
	bits := (t.glyphs + 7) / 8
	if len(columns[contours]) != 2*t.glyphs || len(columns[boxes]) < bits {
		return nil, errShort
	}
	j := joiner{columns: columns, glyf: t.glyf, odd: columns[boxes][bits:]}
	for i := range t.glyphs {
		binary.BigEndian.PutUint32(t.loca[4*i:], uint32(j.at))
		if err := j.glyph(i); err != nil {
			return nil, err
		}
	}
	binary.BigEndian.PutUint32(t.loca[4*t.glyphs:], uint32(j.at))
	if j.at != len(t.glyf) {
		return nil, errors.New("the glyphs do not fill their table")
	}
	return file, nil
}

func unpack(packed []byte) (columns [kinds][]byte, err error) {
	if len(packed) < 4*kinds {
		return columns, errShort
	}
	rest := packed[4*kinds:]
	for i := range columns {
		n := int64(binary.LittleEndian.Uint32(packed[4*i:]))
		if n > int64(len(rest)) {
			return columns, errShort
		}
		columns[i], rest = rest[:n:n], rest[n:]
	}
	return columns, nil
}

type joiner struct {
	columns [kinds][]byte
	glyf    []byte
	at      int // in glyf
	odd     []byte
	last    []byte // kept from glyph to glyph
}

// take takes the first n bytes of a column.
func (j *joiner) take(column, n int) ([]byte, error) {
	c := j.columns[column]
	if n > len(c) {
		return nil, errShort
	}
	j.columns[column] = c[n:]
	return c[:n], nil
}

func (j *joiner) write(data ...byte) error {
	if j.at+len(data) > len(j.glyf) {
		return errShort
	}
	j.at += copy(j.glyf[j.at:], data)
	return nil
}

func (j *joiner) glyph(i int) error {
	count, err := j.take(contours, 2)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(count))
	if n == 0 {
		return nil
	}
	last, points, err := j.ends(n)
	if err != nil {
		return err
	}
	o, err := j.outline(points)
	if err != nil {
		return err
	}
	box, err := j.box(i, o)
	if err != nil {
		return err
	}
	if err := errors.Join(j.write(count...), j.write(box...)); err != nil {
		return err
	}
	return errors.Join(j.write(last...), j.write(0, 0), j.write(o.flags...), j.write(o.xs...), j.write(o.ys...))
}

// ends returns the last points of a glyph's contours, as its record has them, and
// how many points it has.
func (j *joiner) ends(contours int) (last []byte, points int, err error) {
	last = j.last[:0]
	for range contours {
		for size := byte(goesOn); size == goesOn; {
			one, err := j.take(ends, 1)
			if err != nil {
				return nil, 0, err
			}
			size = one[0]
			points += int(size)
		}
		last = binary.BigEndian.AppendUint16(last, uint16(points-1))
	}
	j.last = last
	return last, points, nil
}

func (j *joiner) outline(points int) (o outline, err error) {
	n, x, y, err := length(j.columns[flags], points)
	if err != nil {
		return o, err
	}
	if o.flags, err = j.take(flags, n); err != nil {
		return o, err
	}
	if o.xs, err = j.take(xs, x); err != nil {
		return o, err
	}
	o.ys, err = j.take(ys, y)
	return o, err
}

func (j *joiner) box(i int, o outline) ([]byte, error) {
	if j.columns[boxes][i/8]&(1<<(i%8)) != 0 {
		box := o.box()
		return box[:], nil
	}
	if len(j.odd) < boxSize {
		return nil, errShort
	}
	box := j.odd[:boxSize]
	j.odd = j.odd[boxSize:]
	return box, nil
}
