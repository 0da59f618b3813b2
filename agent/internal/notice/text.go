package notice

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// Language is a language that notices are written in.
type Language uint8

const (
	English Language = iota
	Chinese
)

// Internal is the code of a failure that has no sentence of its own.
const Internal Code = "internal"

// sentences are what can go wrong with one subject: for each code the sentence
// in English and in Chinese, both with the same verbs. Where a language wants
// another order, both number them: %[2]s.
type sentences map[Code][2]string

// Phrase is an argument that is itself written in two languages, in the order
// of Language.
type Phrase [2]string

func (p Phrase) String() string { return p[English] }

// MarshalJSON writes both, so that a failure that was written down is still said in
// either language.
func (p Phrase) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{inEnglish: p[English], inChinese: p[Chinese]})
}

// The names of a phrase's two halves in JSON.
const (
	inEnglish = "en"
	inChinese = "zh"
)

// read returns the phrase that MarshalJSON wrote, as encoding/json reads it into any.
func read(v any) (p Phrase, ok bool) {
	m, is := v.(map[string]any)
	if !is {
		return p, false
	}
	en, is := m[inEnglish].(string)
	zh, also := m[inChinese].(string)
	return Phrase{en, zh}, is && also
}

// subjects lists the files about_….go, one subject each. A new sentence goes
// into the file of its subject; the tests see to the rest.
func subjects() []sentences {
	return []sentences{aboutProgram, aboutKeys, aboutConfig, aboutOrders, aboutHanded, aboutCarriers, aboutGateways, aboutJD, aboutPrinters, aboutLabels, aboutDesk, aboutAudit, aboutNumbers, aboutUpkeep, aboutSafety, aboutCallers, aboutHistory, aboutWaves, aboutUnread, aboutRollout, aboutStart, aboutFleet, aboutFleetBench, aboutFleetPlatform, aboutFleetDelete, aboutCompat}
}

// Text returns the sentence of a code. Arguments that the sentence has no
// place for are left out, and places without an argument show a dash: one
// failure may be reported by callers that know more of it or less.
func Text(l Language, c Code, args ...any) string {
	s, ok := find(c)
	if !ok {
		s, _ = find(Internal)
		args = []any{c}
	}
	fitted := make([]any, places(s[l]))
	for i := range fitted {
		fitted[i] = "–"
		if i < len(args) {
			fitted[i] = args[i]
		}
		if p, ok := fitted[i].(Phrase); ok {
			fitted[i] = p[l]
		} else if p, ok := read(fitted[i]); ok {
			fitted[i] = p[l]
		}
	}
	return fmt.Sprintf(s[l], fitted...)
}

// Known reports whether a code has a sentence.
func Known(c Code) bool {
	_, ok := find(c)
	return ok
}

// Codes lists the codes that have a sentence, sorted.
func Codes() []Code {
	var all []Code
	for _, subject := range subjects() {
		all = slices.AppendSeq(all, maps.Keys(subject))
	}
	slices.Sort(all)
	return all
}

// Places returns how many arguments the sentence of a code takes.
func Places(c Code) int {
	s, _ := find(c)
	return places(s[English])
}

func find(c Code) ([2]string, bool) {
	for _, subject := range subjects() {
		if s, ok := subject[c]; ok {
			return s, true
		}
	}
	return [2]string{}, false
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[a-z]`)

// places returns the number of the highest argument that a format uses.
func places(format string) int {
	highest, next := 0, 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		highest = max(highest, next)
		next++
	}
	return highest
}
