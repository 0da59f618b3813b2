package typeset

import (
	"strings"
	"unicode"
)

// bond is how firmly a character hangs on to the one before it.
type bond uint8

// A line ends at a looser bond rather than at a firmer one.
const (
	free bond = iota // between hanzi, behind a space
	soft             // within 12号 or 2单元: parts if it must
	word             // within a word or a number: parts if it is longer than a line
	firm             // before closing and behind opening punctuation: parts if all else fails
)

// Punctuation that may not begin a line, and that may not end one.
const (
	closing = "，。、；：？！）】》」』〕〗〉〛｝］’”…—～·％‰℃°,.;:!?)]}%々〻ーぁぃぅぇぉっゃゅょァィゥェォッャュョ／"
	opening = "（【《「『〔〖〈〚｛［‘“￥¥＄＃№([{$#"
)

// Addresses count with figures or hanzi, and what they count follows. 单 is one
// only before 元, and 号 may go on.
const (
	numerals = "零〇一二三四五六七八九十百两"
	counted  = "号栋幢座楼层室单弄院门户排区期组队梯厅铺柜库仓房间"
	measured = "村街路巷段里米件箱袋台套双只瓶盒包元年月日时分克斤升"
	afterNo  = "楼院库门店厂房厅馆仓机车线桥栋幢"
)

// bonds returns the bond of every character to the one before it. The first
// character's is free.
func bonds(text []char) []bond {
	out := make([]bond, len(text))
	for i := 1; i < len(text); i++ {
		out[i] = bondOf(text[i-1], text[i])
		if out[i] == free && hangs(text, i) {
			out[i] = soft
		}
	}
	// Numerals hang together if what they count hangs on to them.
	for i := len(text) - 2; i > 0; i-- {
		if out[i] == free && out[i+1] == soft && strings.ContainsRune(numerals, text[i].r) && strings.ContainsRune(numerals, text[i-1].r) {
			out[i] = soft
		}
	}
	return out
}

func bondOf(before, after char) bond {
	switch {
	case before.r == lineEnd || after.r == lineEnd:
		return firm // parts in any case
	case after.space():
		return firm
	case before.space():
		return free
	case before.opens, after.closes:
		return firm
	case wide(before.r) || wide(after.r):
		return free
	}
	return word
}

// hangs reports whether the character at i counts what stands before it, or
// goes on with a number after a space.
func hangs(text []char, i int) bool {
	at := func(k int) rune {
		if k < 0 || k >= len(text) {
			return 0
		}
		return text[k].r
	}
	before, r := at(i-1), at(i)
	isCounted := strings.ContainsRune(counted, r) && (r != '单' || at(i+1) == '元')
	switch {
	case figure(before):
		return isCounted || strings.ContainsRune(measured, r)
	case unicode.Is(unicode.Latin, before):
		return isCounted
	case strings.ContainsRune(numerals, before):
		return isCounted
	case before == '第':
		return figure(r) || strings.ContainsRune(numerals, r)
	case before == '号':
		return strings.ContainsRune(afterNo, r) && numbered(at(i-2))
	case before == '单':
		return r == '元' && numbered(at(i-2))
	case before == ' ':
		return figure(r) && figure(at(i-2))
	}
	return false
}

func figure(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

func numbered(r rune) bool {
	return figure(r) || unicode.Is(unicode.Latin, r) || strings.ContainsRune(numerals, r)
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
