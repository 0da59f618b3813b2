package winspool

import (
	"encoding/binary"
	"errors"
)

// A driver's settings for a document are a DEVMODE: a part that is the same for
// all, edited here, and behind it the driver's own, which nobody else reads.

// Offsets in a DEVMODEW.
const (
	dmSize        = 68
	dmFields      = 72
	dmOrientation = 76
	dmPaperSize   = 78
	dmPaperLength = 80
	dmPaperWidth  = 82
	dmScale       = 84
	dmCopies      = 86
	dmEnd         = 88 // of what is edited
)

// What of it is said (dmFields).
const (
	saysOrientation = 0x1
	saysPaperSize   = 0x2
	saysPaperLength = 0x4
	saysPaperWidth  = 0x8
	saysScale       = 0x10
	saysCopies      = 0x100
	saysForm        = 0x10000
)

// setPaper asks for one upright page in its own size on a paper.
//
// A paper by its measures has no number: beside one, some drivers heed the number
// alone and take the next best paper of theirs.
func setPaper(devmode []byte, s setting) error {
	le := binary.LittleEndian
	if len(devmode) < dmEnd || int(le.Uint16(devmode[dmSize:])) < dmEnd {
		return errors.New("the driver's settings are shorter than Windows has them")
	}
	says := le.Uint32(devmode[dmFields:])
	says &^= saysPaperSize | saysPaperLength | saysPaperWidth | saysForm
	says |= saysOrientation | saysCopies
	le.PutUint16(devmode[dmOrientation:], 1) // upright
	le.PutUint16(devmode[dmCopies:], 1)
	if says&saysScale != 0 {
		le.PutUint16(devmode[dmScale:], 100)
	}
	le.PutUint16(devmode[dmPaperSize:], s.id)
	le.PutUint16(devmode[dmPaperWidth:], uint16(s.width))
	le.PutUint16(devmode[dmPaperLength:], uint16(s.height))
	if s.id != 0 {
		says |= saysPaperSize
	}
	if s.width != 0 {
		says |= saysPaperLength | saysPaperWidth
	}
	le.PutUint32(devmode[dmFields:], says)
	return nil
}
