package localapi

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"miandan/agent/internal/notice"
)

// Codes of what may be wrong with an order. All but notObject and unknownField
// take which order and which field.
const (
	notObject    notice.Code = "handed-not-object" // which order
	unknownField notice.Code = "handed-field"      // which order, the field or where it stands
	twice        notice.Code = "handed-twice"
	missing      notice.Code = "handed-missing"
	wrongKind    notice.Code = "handed-kind"   // what it must be
	tooLong      notice.Code = "handed-long"   // the most characters
	tooMany      notice.Code = "handed-many"   // the most
	unclean      notice.Code = "handed-text"   //
	hidden       notice.Code = "handed-hidden" //
	noID         notice.Code = "handed-id"     //
	noPhone      notice.Code = "handed-phone"
	noExtension  notice.Code = "handed-extension"
	noNumber     notice.Code = "handed-number" // the least, the most
	noTime       notice.Code = "handed-time"
	noWord       notice.Code = "handed-word" // the words
)

// What a field may have to be.
var (
	aText   = notice.Phrase{"a text in quotation marks", "带引号的文本"}
	aSwitch = notice.Phrase{"true or false", "true 或 false"}
	aList   = notice.Phrase{"a list in square brackets", "方括号中的列表"}
	anOrder = notice.Phrase{"an object in braces", "花括号中的对象"}
)

// complaint is something wrong, before it is known what the order is called.
type complaint struct {
	field string
	code  notice.Code
	args  []any
}

// enough wrong things of one order: whoever reads them all has gone wrong at the
// first.
const enough = 20

func (d *draft) bad(field string, code notice.Code, args ...any) {
	if len(d.wrong) >= enough {
		return
	}
	d.wrong = append(d.wrong, complaint{field, code, args})
}

// nameable are the names of fields that a sentence may repeat: whatever else
// stands there may be somebody's name or number.
var nameable = regexp.MustCompile(`^[a-z][A-Za-z_]{0,29}$`)

// object reads an object's members in the order in which they stand. A field that
// stands twice says nothing that can be relied on; null says nothing at all.
func (d *draft) object(field string, raw json.RawMessage, member func(name string, value json.RawMessage) (known bool)) {
	if raw[0] != '{' {
		if field == "" {
			d.bad("", notObject)
		} else {
			d.bad(field, wrongKind, anOrder)
		}
		return
	}
	said := map[string]bool{}
	r := json.NewDecoder(bytes.NewReader(raw))
	r.Token() // the brace
	for r.More() {
		name, err := r.Token()
		var value json.RawMessage
		if err != nil || r.Decode(&value) != nil {
			return // never: the body is JSON, or nothing of it would be read
		}
		d.said(field, name.(string), value, said, member)
	}
}

// said reads one member.
func (d *draft) said(field, name string, value json.RawMessage, before map[string]bool, member func(string, json.RawMessage) bool) {
	at := name
	if field != "" {
		at = field + "." + name
	}
	switch {
	case before[name] && nameable.MatchString(name):
		d.bad(at, twice)
	case string(value) == "null":
	case !member(name, value):
		if !nameable.MatchString(name) {
			at = strings.TrimSuffix(at, name) + "…"
		}
		d.bad(at, unknownField)
	}
	before[name] = true
}

// text reads a text without what no label can print and nobody can see.
func (d *draft) text(field string, raw json.RawMessage, most int) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		d.bad(field, wrongKind, aText)
		return ""
	}
	if utf8.RuneCountInString(s) > most {
		d.bad(field, tooLong, most)
		return ""
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '•': // masked by this program
			d.bad(field, hidden)
			return ""
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.IsControl(r):
			d.bad(field, unclean)
			return ""
		case unicode.Is(unicode.Cf, r): // also what turns the direction of writing
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var whole = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`)

// number reads a whole number. One with a point or an exponent may have been
// rounded on its way.
func (d *draft) number(field string, raw json.RawMessage, least, most int64) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || !whole.Match(raw) || n < least || n > most {
		d.bad(field, noNumber, least, most)
		return 0
	}
	return n
}

func (d *draft) yes(field string, raw json.RawMessage) (b bool) {
	if json.Unmarshal(raw, &b) != nil {
		d.bad(field, wrongKind, aSwitch)
	}
	return b
}

// moment reads a time with its zone: a program knows it, and on a computer with
// another one a bare time would be hours off.
func (d *draft) moment(field string, raw json.RawMessage) time.Time {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		if at, err := time.Parse(time.RFC3339, s); err == nil && at.Year() >= 2000 && at.Year() <= 2100 {
			return at
		}
	}
	d.bad(field, noTime)
	return time.Time{}
}

// word reads one of a few words and returns its place among them, or -1.
func (d *draft) word(field string, raw json.RawMessage, words ...string) int {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		for i, w := range words {
			if s == w {
				return i
			}
		}
	}
	d.bad(field, noWord, strings.Join(words, ", "))
	return -1
}

// list reads a list's members.
func (d *draft) list(field string, raw json.RawMessage, most int) []json.RawMessage {
	var all []json.RawMessage
	switch err := json.Unmarshal(raw, &all); {
	case err != nil:
		d.bad(field, wrongKind, aList)
	case len(all) > most:
		d.bad(field, tooMany, most)
	default:
		return all
	}
	return nil
}
