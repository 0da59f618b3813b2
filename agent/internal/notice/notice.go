// Package notice is what the program says to people: one code for each thing
// that can be wrong, and for each code a sentence in Chinese and in English
// that says what happened and what to do.
//
// Code that fails names a code; only the edges (command line, page, tray)
// choose a language. A sentence never holds a URL, a token or a person.
package notice

import "errors"

// Code names one thing that can be wrong. Programs may rely on it.
type Code string

// Error is a failure with a sentence for people.
type Error struct {
	Code Code
	Args []any // what the sentence's verbs take: names of printers, of settings, figures
	Err  error // the cause, for logs; may be nil
}

// New returns an Error that wraps err, which may be nil.
func New(code Code, err error, args ...any) *Error { return &Error{Code: code, Args: args, Err: err} }

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Text(English)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Text returns the sentence.
func (e *Error) Text(l Language) string { return Text(l, e.Code, e.Args...) }

// CodeOf returns the code of the first Error in err's chain, or "internal".
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
