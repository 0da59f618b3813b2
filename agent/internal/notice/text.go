package notice

import "fmt"

// Language is a language that notices are written in.
type Language uint8

const (
	English Language = iota
	Chinese
)

// Internal is the code of a failure that has no sentence of its own.
const Internal Code = "internal"

// sentences are what a subject can go wrong with: for each code the sentence
// in English and in Chinese, with the same verbs in the same order. Where a
// language wants another order it says so: %[2]s.
type sentences map[Code][2]string

// Text returns the sentence of a code.
func Text(l Language, c Code, args ...any) string {
	s, ok := find(c)
	if !ok {
		s, _ = find(Internal)
		args = []any{c}
	}
	return fmt.Sprintf(s[l], args...)
}

// Known reports whether a code has a sentence.
func Known(c Code) bool {
	_, ok := find(c)
	return ok
}

func find(c Code) ([2]string, bool) {
	for _, subject := range subjects() {
		if s, ok := subject[c]; ok {
			return s, true
		}
	}
	return [2]string{}, false
}

// subjects lists the files beside this one, one subject each. A new sentence
// goes into the file of its subject; the tests check the rest.
func subjects() []sentences {
	return []sentences{aboutProgram, aboutKeys, aboutConfig, aboutOrders, aboutCarriers, aboutJD, aboutPrinters, aboutLabels}
}
