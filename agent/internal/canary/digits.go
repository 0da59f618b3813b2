package canary

import "strings"

// numeral is a telephone number as it is looked for.
type numeral struct {
	needle *needle
	form   string
	whole  bool // only in one piece where no other digit stands beside it
}

// shortest and longest are the lengths of numerals.
const (
	shortest = 8
	longest  = 12
)

func (s *Scanner) addNumber(n needle, number string) {
	area, local, landline := strings.Cut(number, "-")
	digits := area + local
	s.digits[digits] = numeral{&n, "digits", false}
	s.digits[reversed(digits)] = numeral{&n, "digits backwards", false}
	if landline { // is dialled without its area from within the area
		s.digits[local] = numeral{&n, "digits without area", true}
		return
	}
	s.digits[digits[7:]+digits[3:7]+digits[:3]] = numeral{&n, "groups backwards", false}
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// numbers calls found for each telephone number in b. Digits belong together
// as long as no more than three bytes stand between two of them that are found
// between groups: spaces of all kinds, dashes, points, brackets, and the zero
// bytes of UTF-16.
func (s *Scanner) numbers(b []byte, found func(at int, n *needle, form string)) {
	var run []byte
	var places []int
	between := 0
	end := func() {
		if len(run) >= shortest {
			s.numerals(run, places, found)
		}
		run, places, between = run[:0], places[:0], 0
	}
	for i := 0; i < len(b); i++ {
		c := b[i]
		wide := c == 0xEF && i+2 < len(b) && b[i+1] == 0xBC && b[i+2] >= 0x90 && b[i+2] <= 0x99 // １
		switch {
		case c >= '0' && c <= '9' || wide:
			at := i
			if wide {
				c = b[i+2] - 0x90 + '0'
				i += 2
			}
			run, places, between = append(run, c), append(places, at), 0
		case len(run) == 0:
		case separates[c] && between < 3:
			between++
		default:
			end()
		}
	}
	end()
}

func (s *Scanner) numerals(run []byte, places []int, found func(int, *needle, string)) {
	for i := range run {
		for _, n := range []int{shortest, 11, longest} {
			if i+n > len(run) {
				break
			}
			k, ok := s.digits[string(run[i:i+n])]
			if !ok {
				continue
			}
			if k.whole && !alone(places, i, n) {
				continue
			}
			found(places[i], k.needle, k.form)
		}
	}
}

// alone reports whether n digits stand side by side, or a byte apart as they do
// in UTF-16, and no other digit does beside them. Eight digits are too few to
// be told from others otherwise.
func alone(places []int, i, n int) bool {
	step := places[i+1] - places[i]
	return step <= 2 && places[i+n-1]-places[i] == step*(n-1) &&
		(i == 0 || places[i]-places[i-1] > step) && (i+n == len(places) || places[i+n]-places[i+n-1] > step)
}

var separates = func() (t [256]bool) {
	for _, c := range []byte(" -.()_+/\t\u00a0\u2009\u200b\u2010\u2011\u2012\u2013\u3000\u00b7\x00") {
		t[c] = true
	}
	return t
}()
