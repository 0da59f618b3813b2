package place

import (
	"regexp"
	"strings"
)

// Numbers as a telephone in the mainland dials them, without blanks, after the
// country's own code. Platforms' virtual numbers are mobile numbers or begin with
// 95, and may have an extension; so do switchboards.
var (
	extension = `(?:[-,，#转*]+\d{1,6}#?)?$`
	mobile    = regexp.MustCompile(`^1\d{10}` + extension)
	landline  = regexp.MustCompile(`^0(?:10|2\d|[3-9]\d\d)-?[1-9]\d{6,7}` + extension)
	service   = regexp.MustCompile(`^(?:95\d{3,14}|[48]00-?\d{3}-?\d{4}|1[02]\d{3})` + extension)
	local     = regexp.MustCompile(`^[2-8]\d{6,7}` + extension)
	across    = regexp.MustCompile(`^(?:852-?[2-9]\d{7}|853-?[268]\d{7}|886-?[2-9]\d{7,8})$`)
	overThere = regexp.MustCompile(`^(?:[2-9]\d{7}|0[2-9]-?\d{6,8}|09\d{8})$`)
)

// dialable returns the code of what is wrong with a number that goes to a
// province.
func dialable(number, province string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ', r == '\u3000', r == '\u00a0', r == '(', r == ')', r == '（', r == '）', r == ']', r == '】':
			return -1
		case r == '[', r == '【': // JD's own way with an extension
			return '-'
		case strings.ContainsRune("‐‑‒–—―−－_", r):
			return '-'
		}
		return r
	}, number)
	for _, code := range []string{"+86", "0086", "86-", "+", "00"} {
		if rest, ok := strings.CutPrefix(s, code); ok {
			s = strings.TrimPrefix(rest, "-")
			break
		}
	}
	s = strings.NewReplacer("分机", "-", "转接", "-", "ext.", "-", "ext", "-").Replace(s)
	beyond := province == "香港特别行政区" || province == "澳门特别行政区" || province == "台湾省"
	switch {
	case mobile.MatchString(s), mobile.MatchString(strings.TrimPrefix(ungrouped(s), "86")), landline.MatchString(s), service.MatchString(s), across.MatchString(s):
		return ""
	case beyond && overThere.MatchString(s):
		return ""
	case local.MatchString(s):
		return NoAreaCode
	}
	return Undialable
}

var groups = regexp.MustCompile(`^((?:86)?1\d{2})-(\d{4})-(\d{4})`)

// ungrouped joins a mobile number that was written in groups: 138-0000-1234.
func ungrouped(s string) string { return groups.ReplaceAllString(s, "$1$2$3") }
