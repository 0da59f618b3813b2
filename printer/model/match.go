package model

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Identity is what a printer, or somebody on its behalf, says that it is. All of
// it is foreign text.
type Identity struct {
	Maker    string   // MFG of an IEEE-1284 ID, usb_MFG of an announcement
	Model    string   // MDL, usb_MDL
	Commands []string // CMD: the languages it says that it knows
	// Answer is what it says when it is asked in its language: the model in ZPL's
	// ~HI, TSPL's ~!T, ESC/POS's GS I.
	Answer string
	// Queue is the maker and model of a print queue's driver.
	Queue string
}

// Empty reports whether nothing is known.
func (id Identity) Empty() bool {
	return id.Maker == "" && id.Model == "" && len(id.Commands) == 0 && id.Answer == "" && id.Queue == ""
}

// Pattern is what an Identity must be: all that is given of it, with * for any
// letters, whatever their case. Spaces, dashes and underlines are not counted,
// for makers do not agree with themselves on them.
type Pattern struct {
	Maker   string // mfg
	Model   string // mdl
	Command string // cmd: the word by which its language was chosen
	Answer  string // answer
	Queue   string // queue
}

// weight is how many letters of an identity a pattern names, if it fits. The word
// is the command by which a language was chosen, "" if none could be.
func (p Pattern) weight(id Identity, word string) (int, bool) {
	sum := 0
	for _, c := range []struct{ pattern, text string }{
		{p.Maker, id.Maker}, {p.Model, id.Model}, {p.Answer, id.Answer}, {p.Queue, id.Queue},
	} {
		if c.pattern == "" {
			continue
		}
		if !glob(plain(c.pattern), plain(c.text)) {
			return 0, false
		}
		sum += letters(c.pattern)
	}
	if p.Command != "" {
		knows := func(c string) bool {
			return (word == "" || c == word) && glob(plain(p.Command), plain(c))
		}
		if !slices.ContainsFunc(id.Commands, knows) {
			return 0, false
		}
		// A language is worth less than any name: it says what is spoken, not who speaks.
		sum++
	}
	return sum, true
}

func letters(pattern string) int {
	return 100 * utf8.RuneCountInString(strings.ReplaceAll(plain(pattern), "*", ""))
}

// Match returns the model that an identity is of. Of several it is the one whose
// pattern names the most letters of it, then the first by name. False means that
// none fits. A language that is only assumed of a maker gives way to the one
// that the printer itself says it knows.
func (l *Library) Match(id Identity) (Model, bool) {
	language, word := LanguageOf(id.Commands)
	best, found := Model{}, false
	most := -1
	for _, m := range l.models {
		if q, ok := m.Quirk("language"); ok && language != "" && q.Value != language && q.Confidence == Assumed {
			continue
		}
		for _, p := range m.Match {
			if w, ok := p.weight(id, word); ok && w > most {
				best, found, most = m, true, w
			}
		}
	}
	return best, found
}

// plain is a text as it is compared.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// glob matches a pattern with * against a text, in linear time but for the
// number of stars.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// spoken is what the words of a device ID's CMD mean, in the order in which the
// languages are preferred where a printer knows several: by how well it can
// prove a print in them.
var spoken = []struct {
	language string
	words    []string
}{
	{"zpl", []string{"zpl", "zplii", "zpl2", "bplz", "pplz"}},
	{"tspl", []string{"tspl", "tspl2", "tsc", "tscl"}},
	{"escpos", []string{"esc/pos", "escpos", "esc", "epson"}},
	{"cpcl", []string{"cpcl", "bplc"}},
}

// LanguageOf returns the language to speak with a printer that says it knows
// these, and the word that decided; "" if there is none among them that we speak.
func LanguageOf(commands []string) (language, word string) {
	for _, s := range spoken {
		for _, c := range commands {
			if slices.Contains(s.words, plain(c)) {
				return s.language, c
			}
		}
	}
	return "", ""
}

// maxID bounds what is read of a device ID.
const maxID = 2048

// ParseID reads an IEEE-1284 device ID: MFG:Munbyn;CMD:TSPL;MDL:RW403B. Keys may
// be short or long and values hold anything; what would steer a terminal or a
// file is left out.
func ParseID(s string) Identity {
	var id Identity
	if len(s) > maxID {
		s = s[:maxID]
	}
	for field := range strings.SplitSeq(s, ";") {
		key, value, ok := strings.Cut(field, ":")
		if !ok {
			continue
		}
		value = Clean(value)
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "MFG", "MANUFACTURER":
			id.Maker = cmp.Or(id.Maker, value)
		case "MDL", "MODEL":
			id.Model = cmp.Or(id.Model, value)
		case "CMD", "COMMAND SET":
			for c := range strings.SplitSeq(value, ",") {
				if c = strings.TrimSpace(c); c != "" && len(id.Commands) < 32 {
					id.Commands = append(id.Commands, c)
				}
			}
		}
	}
	return id
}

// maxText is the longest foreign text that is shown, in characters.
const maxText = 120

// Clean makes foreign text fit to be shown: one line, no control characters, no
// marks of direction, valid and of a reasonable length.
func Clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.C, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			continue
		case unicode.IsSpace(r):
			r = ' '
		}
		if n++; n > maxText {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
