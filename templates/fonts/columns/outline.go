package columns

import "encoding/binary"

// outline is a glyph's points as table glyf writes them: flags, of which one may
// stand for several points, and steps from point to point.
type outline struct{ flags, xs, ys []byte }

const repeated = 1 << 3 // a flag: a byte follows, how often more it stands

// axis is what the flags say of the steps along it.
type axis struct {
	short byte // a step is one byte
	same  byte // of a short step: it is positive; of any other: it is none
}

var axisX, axisY = axis{1 << 1, 1 << 4}, axis{1 << 2, 1 << 5}

func (a axis) size(flag byte) int {
	switch {
	case flag&a.short != 0:
		return 1
	case flag&a.same != 0:
		return 0
	}
	return 2
}

func (a axis) step(flag byte, data []byte) int {
	switch {
	case flag&a.short != 0 && flag&a.same != 0:
		return int(data[0])
	case flag&a.short != 0:
		return -int(data[0])
	case flag&a.same != 0:
		return 0
	}
	return int(int16(binary.BigEndian.Uint16(data)))
}

// each calls f with the flag of each point.
func each(flags []byte, f func(flag byte)) {
	for i := 0; i < len(flags); i++ {
		flag := flags[i]
		f(flag)
		if flag&repeated == 0 {
			continue
		}
		i++
		for range flags[i] {
			f(flag)
		}
	}
}

// cutFlags cuts the flags of so many points off data.
func cutFlags(data []byte, points int) (flags, rest []byte, err error) {
	n := 0
	for points > 0 {
		if n >= len(data) {
			return nil, nil, errShort
		}
		points--
		if data[n]&repeated != 0 {
			if n++; n >= len(data) {
				return nil, nil, errShort
			}
			points -= int(data[n])
		}
		n++
	}
	if points < 0 {
		return nil, nil, errShort
	}
	return data[:n], data[n:], nil
}

// cutAxis cuts the steps along an axis off data.
func cutAxis(data, flags []byte, a axis) (steps, rest []byte, err error) {
	n := 0
	each(flags, func(flag byte) { n += a.size(flag) })
	if n > len(data) {
		return nil, nil, errShort
	}
	return data[:n], data[n:], nil
}

// box is that of the points, as a record writes it: least x and y, most x and y.
func (o outline) box() (box [boxSize]byte) {
	for i, a := range []struct {
		axis
		steps []byte
	}{{axisX, o.xs}, {axisY, o.ys}} {
		at, least, most, first := 0, 0, 0, true
		each(o.flags, func(flag byte) {
			at += a.step(flag, a.steps)
			a.steps = a.steps[a.size(flag):]
			if first {
				least, most, first = at, at, false
			}
			least, most = min(least, at), max(most, at)
		})
		binary.BigEndian.PutUint16(box[2*i:], uint16(least))
		binary.BigEndian.PutUint16(box[4+2*i:], uint16(most))
	}
	return box
}
