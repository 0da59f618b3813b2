package typeset

import (
	"strings"
	"unicode"
)

// line is a part of the text, from its first character to behind its last.
type line struct{ from, to int }

// Punctuation that may not begin a line, and that may not end one.
const (
	closing = "，。、；：？！）】》」』〕〗〉〛｝］’”…—～·％‰℃°,.;:!?)]}%"
	opening = "（【《「『〔〖〈〚｛［‘“￥＄＃№([{$#"
)

// breaks reports whether a line may end between two characters. Hanzi part
// anywhere; words and numbers, which are all the rest, do not part.
func breaks(before, after rune) bool {
	switch {
	case after == ' ' || after == '\u3000':
		return false
	case before == ' ' || before == '\u3000':
		return true
	case strings.ContainsRune(opening, before), strings.ContainsRune(closing, after), unicode.Is(unicode.Mn, after):
		return false
	}
	return wide(before) || wide(after)
}

// wide reports whether a character is set in an em of its own. Wide letters
// and figures are words like any other.
func wide(r rune) bool {
	if r >= 0xFF01 && r <= 0xFF5E {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) ||
		(r >= 0x3000 && r <= 0x303F)
}

// wrap parts the text into lines no wider than width dots. It gives up if a
// word or a single character is wider than a line and may not be broken.
func (s *setter) wrap(size float64, width int, breakWords bool) ([]line, bool) {
	var lines []line
	start, split, used := 0, -1, 0 // split: where the line may end, if it must
	end := func(at int) {
		to := at
		for to > start && s.text[to-1].space() {
			to--
		}
		lines = append(lines, line{start, to})
		start = at
		for start < len(s.text) && s.text[start].space() {
			start++
		}
		split, used = -1, 0
	}
	for i := 0; i < len(s.text); i++ {
		c := s.text[i]
		if c.r == lineEnd {
			end(i)
			start = i + 1
			continue
		}
		if i > start && s.text[i-1].r != lineEnd && breaks(s.text[i-1].r, c.r) {
			split = i
		}
		used += c.advance(size)
		if used <= width || c.space() {
			continue
		}
		switch {
		case split > start:
			end(split)
		case breakWords && i > start:
			end(i)
		default:
			return lines, false
		}
		i = start - 1 // the rest is measured anew from the line's start
	}
	end(len(s.text))
	return lines, true
}
