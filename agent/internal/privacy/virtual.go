// Package privacy is what JD asks of everybody who handles its orders: which
// number a person may see and for how long, how it is called, and what an
// export may hold.
//
// The rules are pure functions of an order and a moment, so that each can be
// tested for the day on which it changes its mind. What a screen shows without
// being asked is the business of package pii, whose types mask themselves; what
// paper shows is that of package templates.
package privacy

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/templates/pii"
)

// Virtual is a virtual number, 虚拟号: eleven digits that many receivers share,
// and an extension that tells them apart. It prints masked.
type Virtual struct {
	number  pii.Phone // 17000000000-4740
	Fetched time.Time // when the platform gave it
	Until   time.Time // until when it lives by the platform's word; zero if it has not said
}

// The forms that virtual numbers are written in, once narrowed. An extension
// is never guessed out of a row of fifteen digits, and a landline's, whose area
// code begins with 0, is another thing.
var written = regexp.MustCompile(`^(?:拨打|tel:|电话[:]?)?\s*(?:\+?86[- ]?)?(1\d{10})(?:\s*(?:-+|,+|;ext=|;|#|转接|转|分机号|分机|ext\.?|x|\[|\(|:)\s*|\s+)(?:分机号?|[:#])?\s*(\d{3,6})\s*[\])#]?$`)

// Parse reads a virtual number in any form that it is written in:
// 17000000000-4740, 17000000000转4740, 17000000000,4740, 17000000000[4740], with
// blanks and in full width.
func Parse(s string) (Virtual, bool) {
	m := written.FindStringSubmatch(strings.ToLower(narrow(s)))
	if m == nil {
		return Virtual{}, false
	}
	return Virtual{number: pii.NewPhone(m[1] + "-" + m[2])}, true
}

// narrow turns full-width characters and the many dashes and brackets of
// Chinese text into their plain forms.
func narrow(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case strings.ContainsRune("\u3000\u00a0\u2002\u2003\u2009", r):
			return ' '
		case strings.ContainsRune("‐‑‒–—―−", r):
			return '-'
		case strings.ContainsRune("【〔", r):
			return '['
		case strings.ContainsRune("】〕", r):
			return ']'
		case r == '、':
			return ','
		}
		return r
	}, s))
}

var bracketed = regexp.MustCompile(`^(.+?)\s*[\[［【](\p{Nd}{3,6})[\]］】]$`)

// CutExtension parts a name or an address from the extension that JD writes
// behind it: 张三[4740].
func CutExtension(s string) (text, extension string) {
	s = strings.TrimSpace(s)
	m := bracketed.FindStringSubmatch(s)
	if m == nil {
		return s, ""
	}
	extension = narrow(m[2])
	if strings.Trim(extension, "0123456789") != "" {
		return s, ""
	}
	return m[1], extension
}

// Join returns the virtual number of a main number and an extension.
func Join(main, extension string) (Virtual, bool) { return Parse(main + "-" + extension) }

// Number returns the number as orders carry it, 17000000000-4740.
func (v Virtual) Number() pii.Phone { return v.number }

// Empty reports whether there is no number.
func (v Virtual) Empty() bool { return v.number.Empty() }

func (v Virtual) String() string { return v.number.String() }

// Call is how a virtual number is used, for people to see and to copy. It is
// what a click reveals and prints as it is.
type Call struct {
	Main      string `json:"main"`
	Extension string `json:"extension"`
	Tel       string `json:"tel"`      // dials, waits and sends the extension
	SMSBegin  string `json:"sms_text"` // what a text message to Main begins with
	SMS       string `json:"sms"`      // the address of such a message
}

// Reveal returns how the number is used.
func (v Virtual) Reveal() Call {
	main, extension, _ := strings.Cut(v.number.Reveal(), "-")
	if extension == "" {
		return Call{}
	}
	begin := "#" + extension + "#"
	return Call{
		Main: main, Extension: extension, SMSBegin: begin,
		// A comma is a pause of about two seconds on every telephone; the # must be
		// written so, or it would begin the address's fragment.
		Tel: "tel:" + main + ",," + extension + "%23",
		SMS: "sms:" + main + "?body=" + url.QueryEscape(begin),
	}
}

// Dial says how to call the number.
func (c Call) Dial(l notice.Language) string {
	if l == notice.Chinese {
		return "拨打 " + c.Main + "，接通后按 " + c.Extension + "#"
	}
	return "dial " + c.Main + ", then " + c.Extension + "#"
}

// Text says how to send the number a message.
func (c Call) Text(l notice.Language) string {
	if l == notice.Chinese {
		return "发短信到 " + c.Main + "，内容以 " + c.SMSBegin + " 开头"
	}
	return "send to " + c.Main + ", the text begins with " + c.SMSBegin
}
