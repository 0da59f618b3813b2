package typeset

import "unicode"

// lineEnd stands for every kind of line end in a cleaned text.
const lineEnd = '\n'

// clean applies the rules that Block.Text tells. Spaces at both ends go, for
// they would push the text aside.
func clean(s string, multiline bool) []rune {
	var out []rune
	previous := rune(0)
	for _, r := range s { // a broken byte comes as U+FFFD
		before := previous
		previous = r
		switch {
		case r == '\n' && before == '\r': // one end, already counted
			continue
		case r == '\n' || r == '\v' || r == '\f' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			r = lineEnd
			if !multiline {
				r = ' '
			}
		case r == '\u3000': // the space as wide as a hanzi
		case r == '\t' || unicode.Is(unicode.Zs, r):
			r = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			continue
		}
		out = append(out, r)
	}
	blank := func(r rune) bool { return r == ' ' || r == '\u3000' || r == lineEnd }
	for len(out) > 0 && blank(out[0]) {
		out = out[1:]
	}
	for len(out) > 0 && blank(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return out
}
