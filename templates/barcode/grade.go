package barcode

import (
	"fmt"
	"math"

	"miandan/templates/scene"
)

// Grade is a code's quality in the manner of ISO/IEC 15416 and 15415, from 4.0
// (A) to 0 (F).
type Grade float64

// The standards' grades: a code is of the letter nearest to its number.
const (
	F Grade = 0
	D Grade = 1
	C Grade = 2
	B Grade = 3
	A Grade = 4
)

// Letter returns A, B, C, D or F.
func (g Grade) Letter() string {
	return [...]string{"F", "D", "C", "B", "A"}[min(max(int(math.Floor(float64(g)+0.5)), 0), 4)]
}

func (g Grade) String() string { return fmt.Sprintf("%s (%.1f)", g.Letter(), float64(g)) }

// atLeast grades what is the better the more there is of it. Limits are those
// of A, B, C and D.
func atLeast(v float64, a, b, c, d float64) Grade {
	for i, limit := range []float64{a, b, c, d} {
		if v >= limit-1e-9 {
			return A - Grade(i)
		}
	}
	return F
}

// Report is what was measured of a code on a finished label: its dots, before
// heat and paper do their part. Values are the worst of all scans, from 0 to 1.
// What a kind of code does not have is 1, or 0 for Defects.
type Report struct {
	Grade        Grade
	Contrast     float64 // between the whitest and the blackest
	Modulation   float64 // the weakest edge or module, of the contrast
	Defects      float64 // the largest spot or gap within a bar or space, of the contrast
	Decodability float64 // how far edges are from being taken for others
	Unused       float64 // how much of a matrix code's error correction is left over
	Quiet        bool    // the quiet zone is as wide as it must be, and white
	// Of all modules the narrowest and the widest in dots, measured over
	// elements of one or more modules. Equal, if all is well.
	Narrowest, Widest float64
	Readable          int // scans that decode, of ten, or of one for a matrix code
}

// Inspect measures the code.
func (l *Laid) Inspect(g scene.Grid) Report {
	if len(l.code.Bits) == 1 {
		return l.inspectLinear(g)
	}
	return l.inspectMatrix()
}
