package barcode

import "sync"

// field is that of 256 elements over which QR codes are corrected, modulo
// x⁸+x⁴+x³+x²+1.
type field struct {
	powers [2 * 255]byte // of 2; twice, so that a sum of two logarithms needs no modulo
	logs   [256]int
}

var qrField = func() (f field) {
	v := 1
	for i := range 255 {
		f.powers[i], f.powers[i+255] = byte(v), byte(v)
		f.logs[v] = i
		if v <<= 1; v > 255 {
			v ^= 0x11D
		}
	}
	return f
}()

// generators keeps generator polynomials by their degree.
var generators sync.Map // from int to []int

// generator returns the polynomial for n codewords of correction, as logarithms,
// without its highest power. None of its powers is missing for any n of QR.
func generator(n int) []int {
	if g, ok := generators.Load(n); ok {
		return g.([]int)
	}
	poly := make([]byte, n+1) // the highest power first
	poly[0] = 1
	for i := range n { // times x − 2ⁱ
		for j := i + 1; j > 0; j-- {
			if c := poly[j-1]; c != 0 {
				poly[j] ^= qrField.powers[qrField.logs[c]+i]
			}
		}
	}
	g := make([]int, n)
	for i, c := range poly[1:] {
		g[i] = qrField.logs[c]
	}
	generators.Store(n, g)
	return g
}

// correction returns n codewords that correct data by Reed and Solomon: the
// remainder of its division by the generator.
func correction(data []byte, n int) []byte {
	g, rest := generator(n), make([]byte, n)
	for _, d := range data {
		first := d ^ rest[0]
		copy(rest, rest[1:])
		rest[n-1] = 0
		if first == 0 {
			continue
		}
		log := qrField.logs[first]
		for i := range rest {
			rest[i] ^= qrField.powers[log+g[i]]
		}
	}
	return rest
}
