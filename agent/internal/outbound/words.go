package outbound

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Mask stands for what Words hides.
const Mask = "••••"

const (
	maxWords  = 120 // characters of a foreign message that are kept
	maxDigits = 6   // a run of more may be a telephone number
	maxLatin  = 23  // a run of more may be a token or a cipher text
)

// Words makes a message of the other side fit for an error and a log: cut to
// a sentence's length, without line breaks, without anything that may be a
// telephone number or a token, and without the given texts and telling parts
// of them, such as the receiver's name, which others like to quote.
func Words(message string, private ...string) string {
	private = slices.DeleteFunc(slices.Clone(private), func(s string) bool { return strings.TrimSpace(s) == "" })
	slices.SortFunc(private, func(a, b string) int { return len(b) - len(a) })
	for _, p := range private {
		message = strings.ReplaceAll(message, p, Mask)
	}
	in := []rune(message)
	in = in[:min(len(in), 8*maxWords)] // what is behind is never shown
	hidden := make([][]rune, len(private))
	for i, p := range private {
		hidden[i] = []rune(p)
	}
	var out []rune
	for i := 0; i < len(in); {
		if n := quoted(in[i:], hidden); n > 0 {
			out = append(out, []rune(Mask)...)
			i += n
			continue
		}
		if n := number(in[i:]); n > 0 {
			out = append(out, []rune(Mask)...)
			i += n
			continue
		}
		if n := latin(in[i:]); n > 0 {
			if n > maxLatin || mobile.MatchString(string(in[i:i+n])) {
				out = append(out, []rune(Mask)...)
			} else {
				out = append(out, in[i:i+n]...)
			}
			i += n
			continue
		}
		if unicode.IsControl(in[i]) || unicode.IsSpace(in[i]) {
			in[i] = ' '
		}
		out = append(out, in[i])
		i++
	}
	if len(out) > maxWords {
		out = append(out[:maxWords], '…')
	}
	return strings.TrimSpace(string(out))
}

// maxCode is how many digits the longest code of a failure has that was seen in
// a public client, 99999999. A mobile number has eleven.
const maxCode = 8

// Code makes the code of a failure fit for an error, a log and a sentence: a
// number of up to eight digits stays as it is, since people look it up; other
// ASCII is taken for Words; and what is not ASCII, or has a space in it, is no
// code and may be a name.
func Code(code string) string {
	if strings.ContainsFunc(code, func(r rune) bool { return r > unicode.MaxASCII || r == ' ' }) {
		return Mask
	}
	digits := strings.TrimPrefix(code, "-")
	if n := len(digits); n == 0 || n > maxCode || strings.Trim(digits, "0123456789") != "" {
		return Words(code)
	}
	return code
}

// number returns the length of what stands at the beginning of s and may be a
// telephone number, its digits parted or starred as people and platforms do.
func number(s []rune) int {
	marks, end := 0, 0
	for i, r := range s {
		switch {
		case unicode.IsDigit(r), r == '*', r == '＊':
			marks, end = marks+1, i+1
		case end > 0 && strings.ContainsRune("-–— ()+", r):
		default:
			if marks > maxDigits {
				return end
			}
			return 0
		}
	}
	if marks > maxDigits {
		return end
	}
	return 0
}

// mobile is a mobile number that stands right behind letters, as in tel138…
var mobile = regexp.MustCompile(`(?:^|[^0-9])(?:86)?1[3-9][0-9]{9}(?:[^0-9]|$)`)

func latin(s []rune) int {
	for i, r := range s {
		if r >= 128 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+/=_", r) {
			return i
		}
	}
	return len(s)
}
