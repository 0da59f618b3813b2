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

// Text returns the sentence of a code.
func Text(l Language, c Code, args ...any) string {
	s, ok := sentences[c]
	if !ok {
		s = sentences[Internal]
		args = []any{c}
	}
	return fmt.Sprintf(s[l], args...)
}

// Known reports whether a code has a sentence.
func Known(c Code) bool { _, ok := sentences[c]; return ok }

var sentences = map[Code][2]string{
	Internal: {
		"Something went wrong inside the program (%v). Nothing was lost. Send the log to support.",
		"程序内部出错（%v）。没有丢失任何数据。请将日志发给技术支持。",
	},
}
