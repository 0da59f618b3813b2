package barcode

import (
	"errors"
	"fmt"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/boombuler/barcode/code128"

	"miandan/templates/scene"
)

// The widths that the trade's numbers must have: ISO/IEC 15417's 11 modules a
// symbol, start and check counted, and 13 for the stop.
func TestCode128Modules(t *testing.T) {
	for _, c := range []struct {
		name, text string
		modules    int
	}{
		{"13 digits", "1234567890123", 123},
		{"ZTO, 14 digits", "73123456789012", 112},
		{"STO and Yunda, 15 digits", "773123456789012", 134},
		{"Yunda's barcode, 18 digits", "431234567890123456", 134},
		{"SF, 2 letters and 13 digits", "SF1234567890123", 145},
		{"YTO", "YT8800012345678", 145},
		{"J&T", "JT0001234567890", 145},
		{"EMS, form S10", "EA000717595CN", 156},
		{"JD's package", "JD0012345678901-1-1-", 211},
		{"one letter", "A", 46},
		{"two digits", "12", 46},
		{"small letters", "abc", 68},
		{"a control among letters", "ab\tcd", 101},
	} {
		s, err := Code128(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := s.Width(); got != c.modules {
			t.Errorf("%s: Code128(%q) has %d modules, want %d", c.name, c.text, got, c.modules)
		}
	}
}

func TestCode128Refuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no Code 128: there is nothing to encode"},
		{"Chinese", "面单", "no Code 128: it says letters, digits and signs of ASCII only"},
		{"too long", strings.Repeat("1", maxCode128+1), "no Code 128: the text is too long"},
	} {
		_, err := Code128(c.text)
		var te *TextError
		if !errors.As(err, &te) || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// Plans are checked against the cheapest of all ways. Short texts, whose ways
// can all be tried, check the check.
func TestCode128IsMinimal(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 128))
	for _, signs := range []string{
		"0123456789012345678901234567890123456789AZaz-\t",
		"0123456789",
		"01Aa\t",
		"JDVCSFYT-0123456789",
		"abcXYZ\x00\x1f\x7f`_ 0011",
	} {
		for i := range 3000 {
			text := randomText(rnd, signs, 1+rnd.IntN(8+i%2*60))
			values, err := plan128(text)
			if err != nil {
				t.Fatal(err)
			}
			want := fewest(text)
			if got := len(values); got != want {
				t.Errorf("plan128(%q) takes %d symbols, want %d", text, got, want)
			}
			if len(text) < 7 {
				if got := tried(text, 0, sets); got != want {
					t.Errorf("of all ways for %q the best takes %d symbols, not %d", text, got, want)
				}
			}
			if got, err := meaning(values); err != nil || got != text {
				t.Errorf("plan128(%q) says %q, %v", text, got, err)
			}
		}
	}
}

// fewest fills a table from the front: how many symbols, the start counted,
// the first so many characters take if set A, B or C is on behind them.
func fewest(text string) int {
	const never = 1 << 20
	table := make([][3]int, len(text)+2)
	for i := range table {
		table[i] = [3]int{never, never, never}
	}
	table[0] = [3]int{1, 1, 1}
	for i := range text {
		here := table[i]
		for s := range here { // one latch reaches any set
			for _, other := range here {
				table[i][s] = min(table[i][s], other+1)
			}
		}
		c := text[i]
		capital, small := c < 0x60, c >= 0x20
		for s, own := range map[int]bool{0: capital, 1: small} {
			cost := 2 // a shift and the character
			if own {
				cost = 1
			}
			table[i+1][s] = min(table[i+1][s], table[i][s]+cost)
		}
		if i+1 < len(text) && c >= '0' && c <= '9' && text[i+1] >= '0' && text[i+1] <= '9' {
			table[i+2][2] = min(table[i+2][2], table[i][2]+1)
		}
	}
	end := table[len(text)]
	return min(end[0], end[1], end[2])
}

// tried tries every way on from a place in a text. Set sets is none yet.
func tried(text string, i int, on set) int {
	if i == len(text) {
		return 0
	}
	least := 1 << 20
	for s := range sets {
		change := 1 // a latch, or the start
		if s == on {
			change = 0
		}
		switch {
		case s == setC && digitsAt(text, i, 2):
			least = min(least, change+1+tried(text, i+2, s))
		case s == setC:
		case has(s, text[i]):
			least = min(least, change+1+tried(text, i+1, s))
		default:
			least = min(least, change+2+tried(text, i+1, s))
		}
	}
	return least
}

// meaning reads symbol values back by the standard's rules.
func meaning(values []int) (string, error) {
	s := set(values[0] - startA128)
	var b strings.Builder
	char := func(s set, v int) {
		if s == setA && v >= 64 {
			b.WriteByte(byte(v - 64))
			return
		}
		b.WriteByte(byte(v + 32))
	}
	for i := 1; i < len(values); i++ {
		switch v := values[i]; {
		case s == setC && v < 100:
			fmt.Fprintf(&b, "%02d", v)
		case v == 99 && s != setC:
			s = setC
		case v == 100 && s != setB:
			s = setB
		case v == 101 && s != setA:
			s = setA
		case v == shift128 && s != setC:
			i++
			char(setA+setB-s, values[i])
		case s != setC && v < 96:
			char(s, v)
		default:
			return "", fmt.Errorf("value %d in set %d", v, s)
		}
	}
	return b.String(), nil
}

func TestCode128AgainstBoombuler(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 128))
	for range 300 {
		text := carrierNumber(rnd)
		ours, err := Code128(text)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := code128.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, limit := ours.Width(), theirs.Bounds().Dx(); got > limit {
			t.Errorf("Code128(%q) has %d modules, boombuler has %d", text, got, limit)
		}
		row := make([]bool, theirs.Bounds().Dx())
		for x := range row {
			row[x] = theirs.At(x, 0) == color.Black
		}
		said, err := Read(paint(t, Symbol{Symbology: scene.Code128, Text: text, Bits: [][]bool{row}, Quiet: 10}), scene.Code128)
		if err != nil || said != text {
			t.Errorf("boombuler's code for %q reads %q, %v", text, said, err)
		}
		got, err := Read(paint(t, ours), scene.Code128)
		if err != nil || got != said {
			t.Errorf("our code for %q reads %q, %v; boombuler's reads %q", text, got, err, said)
		}
	}
}

func randomText(rnd *rand.Rand, signs string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = signs[rnd.IntN(len(signs))]
	}
	return string(b)
}

func carrierNumber(rnd *rand.Rand) string {
	const digits = "0123456789"
	switch rnd.IntN(6) {
	case 0:
		return "7" + randomText(rnd, digits, 13)
	case 1:
		return "YT" + randomText(rnd, digits, 13)
	case 2:
		return "JDVA" + randomText(rnd, digits, 11) + fmt.Sprintf("-%d-%d-", 1+rnd.IntN(20), 20)
	case 3:
		return "E" + randomText(rnd, "ABCDEFGHIJ", 1) + randomText(rnd, digits, 9) + "CN"
	case 4:
		return "JD" + randomText(rnd, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"+digits, 13)
	}
	return randomText(rnd, digits, 12+rnd.IntN(8))
}
