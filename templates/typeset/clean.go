package typeset

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lineEnd stands for every kind of line end in a cleaned text.
const lineEnd = '\n'

// letter is a character to be set. Blame is the character of the text that an
// error must name if no face has a glyph for r.
type letter struct{ r, blame rune }

// clean applies the rules that the package tells. Spaces at both ends go, for
// they would push the text aside.
func clean(s string, multiline bool) ([]letter, error) {
	out := make([]letter, 0, len(s))
	previous := rune(0)
	for _, r := range s { // a broken byte comes as U+FFFD
		before := previous
		previous = r
		switch {
		case r >= ' ' && r < 0x7F || usual(r): // most are
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
		case turnsRound(r):
			return nil, &MissingGlyphError{Rune: r, Problem: TurnsRound}
		case r == '\uFFFD':
			return nil, &MissingGlyphError{Rune: r, Problem: Broken}
		case unicode.Is(unicode.Co, r):
			return nil, &MissingGlyphError{Rune: r}
		case unseen(r):
			continue
		case unicode.Is(unicode.M, r):
			if len(out) == 0 || !out[len(out)-1].join(r) {
				return nil, &MissingGlyphError{Rune: r, Problem: LooseMark}
			}
			continue
		}
		out = append(out, letter{r, r})
	}
	for len(out) > 0 && out[0].blank() {
		out = out[1:]
	}
	for len(out) > 0 && out[len(out)-1].blank() {
		out = out[:len(out)-1]
	}
	return out, nil
}

func (l letter) blank() bool { return l.r == ' ' || l.r == '\u3000' || l.r == lineEnd }

// join puts a mark on the letter if there is one character that is both.
func (l *letter) join(mark rune) bool {
	both := []rune(norm.NFC.String(string([]rune{l.r, mark})))
	if len(both) != 1 {
		return false
	}
	*l = letter{both[0], mark}
	return true
}

// turnsRound reports whether a character has what follows read from right to
// left, though it prints nothing itself.
func turnsRound(r rune) bool {
	switch r {
	case '\u061C', '\u200F', '\u202B', '\u202E', '\u2067':
		return true
	}
	return false
}

// unseen reports whether a character prints nothing wherever it stands. Arabic
// has signs of number in the same class that do print.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// Blank reports whether nothing of a text would be seen on paper: it is empty,
// or spaces and characters that print nothing. A name of such is no name.
func Blank(text string) bool {
	for _, r := range text {
		if !unicode.IsSpace(r) && !unseen(r) {
			return false
		}
	}
	return true
}
