package templates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A value is the text of an element: words and fields in turn.
type value []part

type part struct {
	words string
	field *Field // nil for words
	apply []function
}

// A function shapes a field's text.
type function struct {
	name string
	kind Kind   // the kind it goes with; Text goes with all but Time
	of   phrase // that kind, for the error
	do   func(f *Field, c *card, s string) string
}

func functions() []function {
	return []function{
		{name: "mask", kind: Person, of: phrase{"name, phone or address", "姓名、电话或地址"}, do: func(f *Field, c *card, _ string) string { return f.masked(c) }},
		{name: "upper", kind: Text, of: phrase{"text", "文字"}, do: func(_ *Field, _ *card, s string) string { return strings.ToUpper(s) }},
		{name: "group4", kind: Text, of: phrase{"text", "文字"}, do: func(_ *Field, _ *card, s string) string { return group4(s) }},
		{name: "date", kind: Time, of: phrase{"time", "时间"}, do: func(f *Field, c *card, _ string) string { return stamp(f.time(c), "2006-01-02") }},
		{name: "time", kind: Time, of: phrase{"time", "时间"}, do: func(f *Field, c *card, _ string) string { return stamp(f.time(c), "15:04:05") }},
	}
}

// group4 parts a number into groups of four as people read it out: letters in
// front stand alone, so does what follows a hyphen, and no digit is left over:
// YT 8800 0123 45678.
func group4(s string) string {
	head, tail := s, ""
	if i := strings.IndexByte(s, '-'); i >= 0 {
		head, tail = s[:i], s[i:]
	}
	i := strings.IndexFunc(head, func(r rune) bool { return !unicode.IsLetter(r) })
	if i < 0 {
		return s
	}
	groups := []string{}
	if i > 0 {
		groups = append(groups, head[:i])
	}
	for rest := []rune(head[i:]); len(rest) > 0; {
		n := min(4, len(rest))
		if len(rest) == 5 {
			n = 5
		}
		groups = append(groups, string(rest[:n]))
		rest = rest[n:]
	}
	return strings.Join(groups, " ") + tail
}

// flaw is a problem whose place is known to the caller.
type flaw struct {
	problem Problem
	args    []any
}

func flawed(p Problem, args ...any) *flaw { return &flaw{p, args} }

// parseValue reads "第 {parcel.index} 件".
func parseValue(s string) (value, *flaw) {
	var v value
	var words strings.Builder
	flush := func() {
		if words.Len() > 0 {
			v = append(v, part{words: words.String()})
			words.Reset()
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			words.WriteString(s)
			break
		}
		words.WriteString(s[:i])
		brace := s[i]
		s = s[i+1:]
		if s != "" && s[0] == brace {
			words.WriteByte(brace)
			s = s[1:]
			continue
		}
		end := strings.IndexAny(s, "{}")
		if brace == '}' || end < 0 || s[end] == '{' {
			return nil, flawed(OpenBrace)
		}
		flush()
		p, bad := parseField(s[:end])
		if bad != nil {
			return nil, bad
		}
		v = append(v, p)
		s = s[end+1:]
	}
	flush()
	return v, nil
}

func parseField(s string) (part, *flaw) {
	names := strings.Split(s, "|")
	f, bad := fieldNamed(strings.TrimSpace(names[0]))
	if bad != nil {
		return part{}, bad
	}
	p := part{field: f}
	for _, name := range names[1:] {
		fn, bad := functionNamed(strings.TrimSpace(name))
		if bad != nil {
			return part{}, bad
		}
		if fits := fn.kind == f.Kind || fn.kind == Text && f.Kind != Time; !fits {
			return part{}, flawed(FunctionMisfit, fn.name, f.Path, fn.of)
		}
		p.apply = append(p.apply, fn)
	}
	return p, nil
}

func fieldNamed(path string) (*Field, *flaw) {
	all := fields()
	paths := make([]string, len(all))
	for i := range all {
		if all[i].Path == path {
			return &all[i], nil
		}
		paths[i] = all[i].Path
	}
	if near, ok := nearest(path, paths); ok {
		return nil, flawed(MisspeltField, path, near)
	}
	return nil, flawed(UnknownField, clip(path))
}

func functionNamed(name string) (function, *flaw) {
	var names []string
	for _, fn := range functions() {
		if fn.name == name {
			return fn, nil
		}
		names = append(names, fn.name)
	}
	return function{}, flawed(UnknownFunction, clip(name), strings.Join(names, ", "))
}

func clip(s string) string { return clipTo(s, 40) }

func clipTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// fill returns the text for a label, and whether any of its fields has
// something to say. A value without fields always has.
func (v value) fill(c *card) (string, bool) {
	var b strings.Builder
	full, fields := false, false
	for _, p := range v {
		if p.field == nil {
			b.WriteString(p.words)
			continue
		}
		fields = true
		s := p.text(c)
		full = full || s != ""
		b.WriteString(s)
	}
	return b.String(), full || !fields
}

func (p part) text(c *card) string {
	s := tidy(p.field.text(c))
	for _, fn := range p.apply {
		s = fn.do(p.field, c, s)
	}
	return s
}

func (p part) masks() bool {
	for _, fn := range p.apply {
		if fn.name == "mask" {
			return true
		}
	}
	return false
}

// tidy makes one line of what people paste into forms: breaks and tabs become
// spaces, and what leaves no ink is dropped, so that a name of nothing else
// counts as missing. Broken UTF-8 becomes U+FFFD, for which there is no glyph.
func tidy(s string) string {
	if tidied(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// tidied reports whether a text is of ASCII and usual hanzi, and has no spaces too
// many: nearly all are.
func tidied(s string) bool {
	previous := ' '
	for _, r := range s {
		switch {
		case r > ' ' && r < 0x7F, r >= 0x4E00 && r <= 0x9FFF, r == ' ' && previous != ' ':
			previous = r
		default:
			return false
		}
	}
	return s == "" || previous != ' '
}

// A condition is what stands after when.
type condition struct {
	field *Field
	op    string // "", "not" or a comparison
	word  string
	num   float64
}

var whenForm = regexp.MustCompile(`^(?:(not)\s+)?([a-z_.0-9]+)(?:\s*(==|!=|>=|<=|>|<)\s*(?:"([^"]*)"|([^\s"]+)))?$`)

func parseWhen(s string) (*condition, *flaw) {
	m := whenForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[1] != "" && m[3] != "" {
		return nil, flawed(BadWhen)
	}
	f, bad := fieldNamed(m[2])
	switch {
	case bad != nil:
		return nil, bad
	case f.Kind == Item:
		return nil, flawed(ItemField, f.Path)
	}
	c := &condition{field: f, op: m[1] + m[3], word: m[4] + m[5]}
	if strings.HasPrefix(c.op, ">") || strings.HasPrefix(c.op, "<") {
		n, err := strconv.ParseFloat(c.word, 64)
		if err != nil || f.Kind != Number {
			return nil, flawed(BadWhen)
		}
		c.num = n
	}
	return c, nil
}

// holds reports whether the element is to be drawn.
func (c *condition) holds(l *card) bool {
	if c == nil {
		return true
	}
	s := tidy(c.field.text(l))
	switch c.op {
	case "":
		return s != ""
	case "not":
		return s == ""
	case "==":
		return s == c.word
	case "!=":
		return s != c.word
	}
	var n float64
	fmt.Sscan(s, &n) // an empty number is nought
	switch c.op {
	case ">":
		return n > c.num
	case ">=":
		return n >= c.num
	case "<":
		return n < c.num
	}
	return n <= c.num
}
