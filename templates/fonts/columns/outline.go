package columns

import (
	"encoding/binary"
	"math"
)

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

// sizes are those of the steps by their flag: there are seven million points.
var sizes = func() (s [256]struct{ x, y int }) {
	for flag := range s {
		s[flag].x, s[flag].y = axisX.size(byte(flag)), axisY.size(byte(flag))
	}
	return s
}()

// length is how many bytes of flags, xs and ys a glyph of so many points has.
func length(flags []byte, points int) (n, x, y int, err error) {
	for points > 0 {
		if n >= len(flags) {
			return 0, 0, 0, errShort
		}
		flag, times := flags[n], 1
		if flag&repeated != 0 {
			if n++; n >= len(flags) {
				return 0, 0, 0, errShort
			}
			times += int(flags[n])
		}
		n++
		points -= times
		x += times * sizes[flag].x
		y += times * sizes[flag].y
	}
	if points < 0 {
		return 0, 0, 0, errShort
	}
	return n, x, y, nil
}

// box is that of the points, as a record writes it: least x and y, most x and y.
func (o outline) box() (box [boxSize]byte) {
	x0, x1 := axisX.bounds(o.flags, o.xs)
	y0, y1 := axisY.bounds(o.flags, o.ys)
	for i, v := range []int{x0, y0, x1, y1} {
		binary.BigEndian.PutUint16(box[2*i:], uint16(v))
	}
	return box
}

// bounds are the least and the most along an axis.
func (a axis) bounds(flags, steps []byte) (least, most int) {
	at, least, most := 0, math.MaxInt, math.MinInt
	for i := 0; i < len(flags); i++ {
		flag, times := flags[i], 1
		if flag&repeated != 0 {
			i++
			times += int(flags[i])
		}
		switch {
		case flag&a.short != 0 && flag&a.same != 0:
			for _, step := range steps[:times] {
				at += int(step)
				least, most = min(least, at), max(most, at)
			}
			steps = steps[times:]
		case flag&a.short != 0:
			for _, step := range steps[:times] {
				at -= int(step)
				least, most = min(least, at), max(most, at)
			}
			steps = steps[times:]
		case flag&a.same != 0:
			least, most = min(least, at), max(most, at)
		default:
			for range times {
				at += int(int16(binary.BigEndian.Uint16(steps)))
				steps = steps[2:]
				least, most = min(least, at), max(most, at)
			}
		}
	}
	return least, most
}
