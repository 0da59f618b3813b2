package canary

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// fewest is how many bytes of the original a run must stand for to be unwrapped.
const fewest = window

// sextets are the values of base64's characters, in both of its alphabets.
var sextets = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = int8(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

// unwrap64 reads every run of base64 characters from each of its first four,
// for what stands before it may be one too. Lines may be broken, also by the
// two characters \n of a quoted text.
func unwrap64(b []byte) []*layer {
	list := []*layer{{kind: "base64"}, {kind: "base64+1"}, {kind: "base64+2"}, {kind: "base64+3"}}
	var run []byte
	for at := 0; at < len(b); at++ {
		if sextets[b[at]] < 0 {
			continue
		}
		start := at
		run = run[:0]
		for at < len(b) {
			switch {
			case sextets[b[at]] >= 0:
				run = append(run, byte(sextets[b[at]]))
				at++
				continue
			case len(run) >= 40 && (b[at] == '\n' || b[at] == '\r'):
				at++
				continue
			case len(run) >= 40 && b[at] == '\\' && at+1 < len(b) && (b[at+1] == 'n' || b[at+1] == 'r'):
				at += 2
				continue
			}
			break
		}
		if len(run) < fewest*4/3 {
			continue
		}
		for shift, l := range list {
			l.begin(start)
			var bits, have uint
			for _, v := range run[shift:] {
				bits, have = bits<<6|uint(v), have+6
				if have >= 8 {
					have -= 8
					l.bytes = append(l.bytes, byte(bits>>have))
				}
			}
		}
	}
	return list
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c - 'a' + 10)
	case c >= 'A' && c <= 'F':
		return int(c - 'A' + 10)
	}
	return -1
}

// unwrapHex reads runs of hexadecimal digits from the first and from the
// second, and bytes that stand apart: "e6 bc 94", "e6:bc:94", "0xe6, 0xbc".
func unwrapHex(b []byte) []*layer {
	close := []*layer{{kind: "hex"}, {kind: "hex+1"}}
	apart := &layer{kind: "hex bytes"}
	for at := 0; at < len(b); {
		if hexValue(b[at]) < 0 {
			at++
			continue
		}
		end := at
		for end < len(b) && hexValue(b[end]) >= 0 {
			end++
		}
		if end-at >= 2*fewest {
			for shift, l := range close {
				l.begin(at)
				for i := at + shift; i+1 < end; i += 2 {
					l.bytes = append(l.bytes, byte(hexValue(b[i])<<4|hexValue(b[i+1])))
				}
			}
		}
		if end-at == 2 {
			if next := hexBytes(apart, b, at); next > at {
				at = next
				continue
			}
		}
		at = end
	}
	return append(close, apart)
}

// hexBytes takes the two digits at a place and those that follow apart, and
// returns where they end, or the place itself if they are too few.
func hexBytes(l *layer, b []byte, at int) int {
	begin, pieces := len(l.bytes), len(l.pieces)
	l.begin(at)
	i, n := at, 0
	for i+1 < len(b) && hexValue(b[i]) >= 0 && hexValue(b[i+1]) >= 0 && (i+2 == len(b) || hexValue(b[i+2]) < 0) {
		l.bytes = append(l.bytes, byte(hexValue(b[i])<<4|hexValue(b[i+1])))
		n++
		i += 2
		for _, between := range []string{", 0x", ",0x", " 0x", "  ", " ", ":", "-"} {
			if bytes.HasPrefix(b[i:], []byte(between)) {
				i += len(between)
				break
			}
		}
	}
	if n < fewest {
		l.bytes, l.pieces = l.bytes[:begin], l.pieces[:pieces]
		return at
	}
	return i
}

// unwrapDecimal reads lists of numbers up to 255, as programs print bytes:
// "[230 188 148]", "[230,188,148]".
func unwrapDecimal(b []byte) *layer {
	l := &layer{kind: "decimal bytes"}
	var list []byte
	start := 0
	end := func() {
		if len(list) >= fewest {
			l.begin(start)
			l.bytes = append(l.bytes, list...)
		}
		list = list[:0]
	}
	for i := 0; i < len(b); {
		if b[i] < '0' || b[i] > '9' {
			if b[i] != ' ' && b[i] != ',' && b[i] != '\n' {
				end()
			}
			i++
			continue
		}
		from, v := i, 0
		for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			v = min(v*10+int(b[i]-'0'), 1000)
		}
		if v > 255 {
			end()
			continue
		}
		if len(list) == 0 {
			start = from
		}
		list = append(list, byte(v))
	}
	end()
	return l
}

// narrow takes what is ASCII out of UTF-16, in which base64 and escapes would
// not be seen: every other byte is zero there.
func narrow(b []byte) *layer {
	l := &layer{kind: "UTF-16"}
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0 || b[i+1] != 0 {
			continue
		}
		n := 0
		for j := i; j+1 < len(b) && b[j] != 0 && b[j+1] == 0; j += 2 {
			n++
		}
		if n < 2*fewest {
			i += 2 * max(n-1, 0)
			continue
		}
		l.begin(i)
		for range n {
			l.bytes = append(l.bytes, b[i])
			i += 2
		}
	}
	return l
}

// lines calls f for each line of b that holds mark. Lines are what stands
// between control characters.
func lines(b []byte, mark string, f func(from int, line []byte)) {
	for at := 0; at < len(b); {
		i := bytes.Index(b[at:], []byte(mark))
		if i < 0 {
			return
		}
		i += at
		from, to := i, i
		for from > at && b[from-1] >= ' ' {
			from--
		}
		for to < len(b) && b[to] >= ' ' {
			to++
		}
		f(from, b[from:to])
		at = max(to, i+1)
	}
}

// unescape undoes the backslashes of JSON, Go, JavaScript, C and the shell:
// \u6f14, \U0002b4e2, \u{2b4e2}, \xe6, \346, \\ and \".
func unescape(b []byte) *layer {
	l := &layer{kind: "backslashes"}
	lines(b, `\`, func(from int, line []byte) {
		l.begin(from)
		for i := 0; i < len(line); {
			if line[i] != '\\' || i+1 == len(line) {
				l.bytes = append(l.bytes, line[i])
				i++
				continue
			}
			i++
			switch c := line[i]; {
			case c == 'u' || c == 'U':
				r, n := escaped(line[i-1:])
				if n == 0 {
					continue
				}
				if utf16.IsSurrogate(r) {
					if low, m := escaped(line[i-1+n:]); m > 0 {
						r, n = utf16.DecodeRune(r, low), n+m
					}
				}
				l.bytes = utf8.AppendRune(l.bytes, r)
				i += n - 1
			case c == 'x' && i+2 < len(line) && hexValue(line[i+1]) >= 0 && hexValue(line[i+2]) >= 0:
				l.bytes = append(l.bytes, byte(hexValue(line[i+1])<<4|hexValue(line[i+2])))
				i += 3
			case c >= '0' && c <= '3' && i+2 < len(line) && octal(line[i+1]) && octal(line[i+2]):
				l.bytes = append(l.bytes, (c-'0')<<6|(line[i+1]-'0')<<3|(line[i+2]-'0'))
				i += 3
			case c == 'n' || c == 'r' || c == 't':
				l.bytes = append(l.bytes, '\n')
				i++
			default: // the character itself
				l.bytes = append(l.bytes, c)
				i++
			}
		}
	})
	return l
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

// escaped reads \uXXXX, \UXXXXXXXX or \u{X…} and returns its length, or 0.
func escaped(b []byte) (rune, int) {
	digits, begin, end := 4, 2, 0
	switch {
	case len(b) < 3 || b[0] != '\\' || b[1] != 'u' && b[1] != 'U':
		return 0, 0
	case b[2] == '{':
		begin = 3
		digits = bytes.IndexByte(b[begin:min(len(b), begin+9)], '}')
		end = 1
	case b[1] == 'U':
		digits = 8
	}
	if digits <= 0 || begin+digits > len(b) {
		return 0, 0
	}
	v, err := strconv.ParseUint(string(b[begin:begin+digits]), 16, 31)
	if err != nil {
		return 0, 0
	}
	return rune(v), begin + digits + end
}

// pairs undoes a mark and two hexadecimal digits in lines that hold at least
// so many of them side by side. In the others the mark means something else.
func pairs(l *layer, b []byte, mark byte, least int) *layer {
	pair := func(line []byte, i int) bool {
		return i+2 < len(line) && line[i] == mark && hexValue(line[i+1]) >= 0 && hexValue(line[i+2]) >= 0
	}
	lines(b, string(mark), func(from int, line []byte) {
		begin, pieces, most := len(l.bytes), len(l.pieces), 0
		l.begin(from)
		for i, beside := 0, 0; i < len(line); i++ {
			if !pair(line, i) {
				l.bytes, beside = append(l.bytes, line[i]), 0
				continue
			}
			l.bytes = append(l.bytes, byte(hexValue(line[i+1])<<4|hexValue(line[i+2])))
			i += 2
			beside++
			most = max(most, beside)
		}
		if most < least {
			l.bytes, l.pieces = l.bytes[:begin], l.pieces[:pieces]
		}
	})
	return l
}

// unescapePercent undoes what addresses and forms are written in: %E6%BC%94.
func unescapePercent(b []byte) *layer { return pairs(&layer{kind: "percent"}, b, '%', 1) }

// unescapeQuoted undoes mail's quoted-printable: =E6=BC=94, with its broken
// lines.
func unescapeQuoted(b []byte) *layer {
	whole := bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("=\r\n"), nil), []byte("=\n"), nil)
	return pairs(&layer{kind: "quoted-printable"}, whole, '=', 3)
}

// unescapeEntities undoes HTML's and XML's &#28436; and &#x6f14;.
func unescapeEntities(b []byte) *layer {
	l := &layer{kind: "entities"}
	lines(b, "&#", func(from int, line []byte) {
		l.begin(from)
		for i := 0; i < len(line); i++ {
			end := bytes.IndexByte(line[i:min(len(line), i+12)], ';')
			if line[i] == '&' && i+3 < len(line) && line[i+1] == '#' && end > 2 {
				digits, base := string(line[i+2:i+end]), 10
				if digits[0] == 'x' || digits[0] == 'X' {
					digits, base = digits[1:], 16
				}
				if v, err := strconv.ParseUint(digits, base, 31); err == nil {
					l.bytes = utf8.AppendRune(l.bytes, rune(v))
					i += end
					continue
				}
			}
			l.bytes = append(l.bytes, line[i])
		}
	})
	return l
}
