package barcode

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"miandan/templates/scene"
)

// inspectMatrix measures every module of a matrix code. What 15415 does with a
// camera's picture, such as finding the grid, is not there to do.
func (l *Laid) inspectMatrix() Report {
	m := l.code
	n, wide := len(m.Bits), len(m.Bits[0])
	q := m.Quiet / m.Module
	r := Report{Contrast: 0, Modulation: 1, Decodability: 1, Unused: 1, Quiet: true, Narrowest: math.Inf(1)}
	least, most := m.Module*m.Module, 0
	sound, flat := make([][]float64, n), make([]float64, n*wide) // how surely each module is what it should be
	for y := range sound {
		sound[y] = flat[y*wide : (y+1)*wide]
	}
	for y := -q; y < n+q; y++ {
		for x := -q; x < wide+q; x++ {
			white := l.white((x+q)*m.Module, (y+q)*m.Module, m.Module)
			if y < 0 || x < 0 || y >= n || x >= wide {
				r.Quiet = r.Quiet && white == m.Module*m.Module
				continue
			}
			least, most = min(least, white), max(most, white)
			s := 2*float64(white)/float64(m.Module*m.Module) - 1
			if m.Bits[y][x] {
				s = -s
			}
			sound[y][x] = max(s, 0)
			r.Modulation = min(r.Modulation, max(s, 0))
		}
	}
	low, high := float64(least)/float64(m.Module*m.Module), float64(most)/float64(m.Module*m.Module)
	r.Contrast = high - low
	r.Narrowest, r.Widest = l.moduleWidths()
	bears := 1
	if r.Modulation < 0.5 { // finding out costs more than all the rest
		bears = correctable(m)
	}
	r.Unused = unused(sound, bears, 0.5)
	var modulation Grade
	// A module that is too weak for a grade counts as wrong, and what is then left
	// of the error correction may lower the grade again.
	for i, limit := range []float64{0.5, 0.4, 0.3, 0.2} {
		left := atLeast(unused(sound, bears, limit), 0.62, 0.50, 0.37, 0.25)
		modulation = max(modulation, min(A-Grade(i), left))
	}
	if unused(sound, bears, 0) >= 0 {
		r.Readable = 1
	}
	if r.Quiet && r.Readable == 1 {
		r.Grade = min(atLeast(r.Contrast, 0.70, 0.55, 0.40, 0.20), modulation, fixed(sound, m))
	}
	return r
}

// white counts a module's white dots, eight at a time.
func (l *Laid) white(x, y, module int) (n int) {
	for dy := range module {
		row := l.all[(y+dy)*l.w+x:]
		for left := module; left > 0; left -= 8 {
			dots := binary.LittleEndian.Uint64(row)
			if left < 8 {
				dots &= 1<<(8*left) - 1
			} else {
				row = row[8:]
			}
			n += bits.OnesCount64(dots)
		}
	}
	return n / 8
}

// moduleWidths measures runs of modules of one colour along every row of the
// code and returns the narrowest and the widest module in dots.
func (l *Laid) moduleWidths() (narrowest, widest float64) {
	m := l.code
	narrowest = math.Inf(1)
	for j, row := range m.Bits {
		x := m.Quiet
		line := l.all[(m.Quiet+j*m.Module+m.Module/2)*l.w:][:m.Quiet+len(row)*m.Module]
		for i := 0; i < len(row); {
			modules := 1
			for i+modules < len(row) && row[i+modules] == row[i] {
				modules++
			}
			end := x
			for end < len(line) && line[end] == line[x] {
				end++
			}
			narrowest = min(narrowest, float64(end-x)/float64(modules))
			widest = max(widest, float64(end-x)/float64(modules))
			i, x = i+modules, end
		}
	}
	return narrowest, widest
}

// unused returns how much of the error correction is left if every module not
// surer than the limit spoils a codeword of its own, the worst that it may do.
// Below nought more is spoilt than can be mended.
func unused(sound [][]float64, bears int, limit float64) float64 {
	spoilt := 0
	for _, row := range sound {
		for _, s := range row {
			if s < limit || s == 0 {
				spoilt++
			}
		}
	}
	if spoilt == 0 {
		return 1
	}
	return 1 - float64(spoilt)/float64(max(bears, 1))
}

// correctable returns how many wrong codewords a block of the code bears.
func correctable(m scene.Modules) int {
	n := len(m.Bits)
	if m.Symbology == scene.DataMatrix {
		// The least of ECC 200's square symbols of that size: 5 codewords of
		// correction at 10×10, 7 at 12×12, more in all others.
		switch {
		case n <= 10:
			return 2
		case n <= 12:
			return 3
		}
		return 5
	}
	matrix, err := gozxing.NewSquareBitMatrix(n)
	if err != nil {
		return 0
	}
	for y, row := range m.Bits {
		for x, bar := range row {
			if bar {
				matrix.Set(x, y)
			}
		}
	}
	parser, err := decoder.NewBitMatrixParser(matrix)
	if err != nil {
		return 0
	}
	format, err := parser.ReadFormatInformation()
	if err != nil {
		return 0
	}
	version, err := parser.ReadVersion()
	if err != nil {
		return 0
	}
	return version.GetECBlocksForLevel(format.GetErrorCorrectionLevel()).GetECCodewordsPerBlock() / 2
}

// fixed grades the patterns that a reader looks for, by how many modules of
// the worst of them are spoilt: none is A, four are F.
func fixed(sound [][]float64, m scene.Modules) Grade {
	n := len(m.Bits)
	worst := 0
	pattern := func(x, y, w, h int) {
		spoilt := 0
		for j := max(y, 0); j < min(y+h, n); j++ {
			for i := max(x, 0); i < min(x+w, n); i++ {
				if sound[j][i] < 0.5 {
					spoilt++
				}
			}
		}
		worst = max(worst, spoilt)
	}
	if m.Symbology == scene.DataMatrix {
		pattern(0, 0, 1, n)
		pattern(0, n-1, n, 1)
		pattern(0, 0, n, 1)
		pattern(n-1, 0, 1, n)
	} else {
		pattern(0, 0, 8, 8)
		pattern(n-8, 0, 8, 8)
		pattern(0, n-8, 8, 8)
		pattern(8, 6, n-16, 1)
		pattern(6, 8, 1, n-16)
	}
	return A - Grade(min(worst, 4))
}
