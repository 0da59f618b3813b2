package scene

import "math"

// Length is a length on paper in micrometres. A bare float is never a length.
type Length int32

// MM returns mm millimetres as a Length.
func MM(mm float64) Length { return Length(math.Round(mm * 1000)) }

// MM returns the length in millimetres.
func (l Length) MM() float64 { return float64(l) / 1000 }

// Grid is a print head's resolution in dots per millimetre.
type Grid float64

// The heads that label printers have. 300 dpi is exactly 300 dots an inch,
// whatever manuals round it to.
const (
	DPI203 Grid = 8
	DPI300 Grid = 300 / 25.4
)

// Dots returns the whole number of dots nearest to l.
func (g Grid) Dots(l Length) int { return int(math.Round(float64(l) * float64(g) / 1000)) }

// Exact returns l in dots without rounding, for sizes of type.
func (g Grid) Exact(l Length) float64 { return float64(l) * float64(g) / 1000 }

// Points returns the length of n dots in PostScript points.
func (g Grid) Points(n float64) float64 { return n / float64(g) * 72 / 25.4 }
