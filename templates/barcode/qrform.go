package barcode

import (
	"sync"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// masks is how many ways the standard has to mask a code.
const masks = 8

// qrForm is all of a version and level that no text changes: finders, timing,
// format and version, with each mask, and where the bits of codewords go.
// gozxing draws it, once; drawing the text into it is a matter of bits.
type qrForm struct {
	blank  [masks]bitGrid // with all codewords zero
	places []module       // of the codewords' bits, in turn
}

type module struct{ x, y uint8 }

// bitGrid is a square of modules as bits, by rows and by columns. Each takes so
// many words that all fit, the first module in the lowest bit.
type bitGrid struct {
	n, words      int
	rows, columns []uint64
}

func newBitGrid(n int) bitGrid {
	words := (n + 63) / 64
	both := make([]uint64, 2*n*words)
	return bitGrid{n, words, both[:n*words], both[n*words:]}
}

func (g bitGrid) set(p module) {
	x, y := int(p.x), int(p.y)
	g.rows[y*g.words+x/64] |= 1 << (x % 64)
	g.columns[x*g.words+y/64] |= 1 << (y % 64)
}

func (g bitGrid) dark(x, y int) bool { return g.rows[y*g.words+x/64]>>(x%64)&1 == 1 }

// combine makes the grid hold the modules that are dark in one of two others.
func (g bitGrid) combine(a, b bitGrid) {
	for i := range g.rows {
		g.rows[i] = a.rows[i] ^ b.rows[i]
		g.columns[i] = a.columns[i] ^ b.columns[i]
	}
}

// forms keeps the forms that were needed. All of them would take 4 MB, those of
// labels take some tens of kB.
var forms sync.Map // from formKey to *qrForm

type formKey struct {
	version int
	level   decoder.ErrorCorrectionLevel
}

func formOf(version *decoder.Version, level decoder.ErrorCorrectionLevel) (*qrForm, error) {
	k := formKey{version.GetVersionNumber(), level}
	if f, ok := forms.Load(k); ok {
		return f.(*qrForm), nil
	}
	f, err := drawForm(version, level)
	if err != nil {
		return nil, err
	}
	kept, _ := forms.LoadOrStore(k, f)
	return kept.(*qrForm), nil
}

func drawForm(version *decoder.Version, level decoder.ErrorCorrectionLevel) (*qrForm, error) {
	n := version.GetDimensionForVersion()
	draw := func(bit, mask int) (bitGrid, error) {
		codewords := gozxing.NewEmptyBitArray()
		for range version.GetTotalCodewords() {
			codewords.AppendBits(0xFF*bit, 8)
		}
		matrix, g := encoder.NewByteMatrix(n, n), newBitGrid(n)
		if err := encoder.MatrixUtil_buildMatrix(codewords, level, version, mask, matrix); err != nil {
			return g, err
		}
		for y := range n {
			for x := range n {
				if matrix.Get(x, y) == 1 {
					g.set(module{uint8(x), uint8(y)})
				}
			}
		}
		return g, nil
	}
	f := &qrForm{}
	for mask := range f.blank {
		var err error
		if f.blank[mask], err = draw(0, mask); err != nil {
			return nil, err
		}
	}
	full, err := draw(1, 0)
	if err != nil {
		return nil, err
	}
	// Bits go up and down in pairs of columns from the right, around the timing
	// pattern, wherever a bit makes a difference.
	up := true
	for right := n - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for i := range n {
			y := i
			if up {
				y = n - 1 - i
			}
			for _, x := range [2]int{right, right - 1} {
				if full.dark(x, y) != f.blank[0].dark(x, y) {
					f.places = append(f.places, module{uint8(x), uint8(y)})
				}
			}
		}
		up = !up
	}
	return f, nil
}

// drawQR draws the code with the mask that the standard likes best.
func drawQR(codewords []byte, version *decoder.Version, level decoder.ErrorCorrectionLevel) ([][]bool, error) {
	form, err := formOf(version, level)
	if err != nil {
		return nil, err
	}
	n := form.blank[0].n
	data, masked, best := newBitGrid(n), newBitGrid(n), newBitGrid(n)
	for i, word := range codewords {
		for bit := range 8 {
			if word>>(7-bit)&1 == 1 {
				data.set(form.places[8*i+bit])
			}
		}
	}
	least := -1
	for _, blank := range form.blank {
		masked.combine(blank, data)
		if p := masked.penalty(); least < 0 || p < least {
			least = p
			best, masked = masked, best
		}
	}
	all := make([]bool, n*n)
	rows := make([][]bool, n)
	for y := range rows {
		rows[y] = all[y*n : (y+1)*n : (y+1)*n]
		for x := range n {
			rows[y][x] = best.dark(x, y)
		}
	}
	return rows, nil
}
