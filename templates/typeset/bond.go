package typeset

import "unicode"

// bond is how firmly a character hangs on to the one before it.
type bond uint8

// A line ends at a looser bond rather than at a firmer one.
const (
	free bond = iota // between hanzi, behind a space
	soft             // within 12号 or 2单元: parts if it must
	word             // within a word or a number: parts if it is longer than a line
	firm             // before closing and behind opening punctuation: parts if all else fails
)

// class is what a character is to those around it.
type class uint8

const (
	closing  class = 1 << iota // punctuation that may not begin a line
	opening                    // punctuation that may not end one
	numeral                    // a number in hanzi
	counted                    // follows a figure or a numeral: 3栋
	measured                   // follows a figure: 2米
	afterNo                    // follows 号: 2号楼
)

// Addresses count with figures or hanzi, and what they count follows. 单 is one
// only before 元, and 号 may go on.
var classes = func() map[rune]class {
	all := map[rune]class{}
	for of, text := range map[class]string{
		closing:  "，。、；：？！）】》」』〕〗〉〛｝］’”…—～·％‰℃°,.;:!?)]}%々〻ーぁぃぅぇぉっゃゅょァィゥェォッャュョ／",
		opening:  "（【《「『〔〖〈〚｛［‘“￥¥＄＃№([{$#",
		numeral:  "零〇一二三四五六七八九十百两",
		counted:  "号栋幢座楼层室单弄院门户排区期组队梯厅铺柜库仓房间",
		measured: "村街路巷段里米件箱袋台套双只瓶盒包元年月日时分克斤升",
		afterNo:  "楼院库门店厂房厅馆仓机车线桥栋幢",
	} {
		for _, r := range text {
			all[r] |= of
		}
	}
	return all
}()

// bonds returns the bond of every character to the one before it. The first
// character's is free.
func bonds(text []char) []bond {
	out := make([]bond, len(text))
	for i := 1; i < len(text); i++ {
		out[i] = bondOf(&text[i-1], &text[i])
		if out[i] == free && hangs(text, i) {
			out[i] = soft
		}
	}
	// Numerals hang together if what they count hangs on to them.
	for i := len(text) - 2; i > 0; i-- {
		if out[i] == free && out[i+1] == soft && text[i].is(numeral) && text[i-1].is(numeral) {
			out[i] = soft
		}
	}
	return out
}

func bondOf(before, after *char) bond {
	switch {
	case before.r == lineEnd || after.r == lineEnd:
		return firm // parts in any case
	case after.space():
		return firm
	case before.space():
		return free
	case before.is(opening), after.is(closing):
		return firm
	case wide(before.r) || wide(after.r):
		return free
	}
	return word
}

// usual reports whether a character is one of the 20,992 hanzi that nearly all text
// is of.
func usual(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// hangs reports whether the character at i counts what stands before it, or
// goes on with a number after a space.
func hangs(text []char, i int) bool {
	at := func(k int) rune {
		if k < 0 || k >= len(text) {
			return 0
		}
		return text[k].r
	}
	before, c := &text[i-1], &text[i]
	counts := c.is(counted) && (c.r != '单' || at(i+1) == '元')
	switch {
	case figure(before.r):
		return counts || c.is(measured)
	case counts && (before.is(numeral) || unicode.Is(unicode.Latin, before.r)):
		return true
	case before.r == '第':
		return figure(c.r) || c.is(numeral)
	case before.r == '号':
		return c.is(afterNo) && numbered(at(i-2))
	case before.r == '单':
		return c.r == '元' && numbered(at(i-2))
	case before.r == ' ':
		return figure(c.r) && figure(at(i-2))
	}
	return false
}

func figure(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

func numbered(r rune) bool {
	return figure(r) || unicode.Is(unicode.Latin, r) || classes[r]&numeral != 0
}

// wide reports whether a character is set in an em of its own. Wide letters
// and figures are words like any other.
func wide(r rune) bool {
	switch { // most are one or the other
	case r < 0x80:
		return false
	case usual(r):
		return true
	}
	if r >= 0xFF01 && r <= 0xFF5E {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) ||
		(r >= 0x3000 && r <= 0x303F)
}
