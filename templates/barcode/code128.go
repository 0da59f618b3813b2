package barcode

import (
	"math"

	"miandan/templates/scene"
)

// maxCode128 is far beyond what fits a label and keeps a hostile text cheap.
const maxCode128 = 120

// Code128 encodes text in as few modules as Code 128 can: carriers' numbers
// mix letters and digits, and every symbol saved makes all bars wider. The
// code sets are chosen by the shortest path over (position, set A, B or C).
func Code128(text string) (Symbol, error) {
	values, err := plan128(text)
	if err != nil {
		return Symbol{}, err
	}
	sum := values[0]
	for i, v := range values[1:] {
		sum += (i + 1) * v
	}
	values = append(values, sum%103, stop128)

	row := make([]bool, 0, 11*len(values)+2)
	for _, v := range values {
		bar := true
		for _, width := range widths128[v] {
			for range width - '0' {
				row = append(row, bar)
			}
			bar = !bar
		}
	}
	return Symbol{Symbology: scene.Code128, Text: text, Bits: [][]bool{row}, Quiet: 10}, nil
}

// The values of the symbols that are no characters (ISO/IEC 15417).
const (
	shift128  = 98
	startA128 = 103 // B and C follow
	stop128   = 106
)

// A code set of Code 128: A has capitals and controls, B capitals and small
// letters, C pairs of digits.
type set uint8

const (
	setA set = iota
	setB
	setC
	sets
)

// latch128 holds the value that latches from one set to another.
var latch128 = [sets][sets]int{
	setA: {setB: 100, setC: 99},
	setB: {setA: 101, setC: 99},
	setC: {setA: 101, setB: 100},
}

// A step is the best way on from a position in a set.
type step struct {
	cost   int // symbols to the end of the text
	latch  set // the set to latch to first; the own set if none
	shift  bool
	length int // characters taken
}

func plan128(text string) ([]int, error) {
	n := len(text)
	switch {
	case n == 0:
		return nil, &TextError{scene.Code128, "there is nothing to encode"}
	case n > maxCode128:
		return nil, &TextError{scene.Code128, "the text is too long"}
	}
	for i := range n {
		if text[i] >= 0x80 {
			return nil, &TextError{scene.Code128, "it says letters, digits and signs of ASCII only"}
		}
	}

	best := make([][sets]step, n+1)
	for i := n - 1; i >= 0; i-- {
		var here [sets]step
		for s := range sets {
			here[s] = step{cost: math.MaxInt32, latch: s}
			take := func(length, cost int, shift bool) {
				if c := cost + best[i+length][s].cost; c < here[s].cost {
					here[s] = step{cost: c, latch: s, shift: shift, length: length}
				}
			}
			switch {
			case s == setC:
				if digitsAt(text, i, 2) {
					take(2, 1, false)
				}
			case has(s, text[i]):
				take(1, 1, false)
			default:
				take(1, 2, true)
			}
		}
		best[i] = here
		for s := range sets {
			for t := range sets {
				if c := here[t].cost + 1; t != s && c < best[i][s].cost {
					best[i][s] = here[t]
					best[i][s].cost, best[i][s].latch = c, t
				}
			}
		}
	}

	s := setA
	for t := range sets {
		if best[0][t].cost < best[0][s].cost {
			s = t
		}
	}
	values := []int{startA128 + int(s)}
	for i := 0; i < n; {
		st := best[i][s]
		if st.latch != s {
			values = append(values, latch128[s][st.latch])
			s = st.latch
		}
		switch {
		case s == setC:
			values = append(values, int(text[i]-'0')*10+int(text[i+1]-'0'))
		case st.shift:
			values = append(values, shift128, value(setA+setB-s, text[i]))
		default:
			values = append(values, value(s, text[i]))
		}
		i += st.length
	}
	return values, nil
}

func digitsAt(text string, i, n int) bool {
	if i+n > len(text) {
		return false
	}
	for _, c := range []byte(text[i : i+n]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func has(s set, c byte) bool {
	if s == setA {
		return c < 0x60
	}
	return c >= 0x20
}

func value(s set, c byte) int {
	if s == setA && c < 0x20 {
		return int(c) + 64
	}
	return int(c) - 0x20
}

// widths128 is the table of ISO/IEC 15417: bars and spaces in turn, in
// modules. Every symbol has 11 modules, the stop has 13.
var widths128 = [...]string{
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
	"221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
	"221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
	"212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
	"231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
	"231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
	"314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
	"112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
	"111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
	"214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
	"114131", "311141", "411131", "211412", "211214", "211232", "2331112",
}
