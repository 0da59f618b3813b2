package cli

import (
	"bytes"
	"io"
	"os"
	"unicode"

	"golang.org/x/term"
)

// shown returns a file, as plain if it is a terminal. Into a file and to another
// program everything goes as it is.
func shown(f *os.File) io.Writer {
	if term.IsTerminal(int(f.Fd())) {
		return plain{f}
	}
	return f
}

// plain writes text to a terminal without what would steer it: order numbers,
// reasons and names come from elsewhere, and a terminal takes an escape sequence
// in them for a command. Of it only the escape is taken out, so that the rest
// shows that something was there. JSON has none anyway.
type plain struct{ w io.Writer }

func (p plain) Write(b []byte) (int, error) {
	clean := b
	if bytes.ContainsFunc(b, steers) {
		clean = bytes.Map(func(r rune) rune {
			if steers(r) {
				return '�'
			}
			return r
		}, b)
	}
	if _, err := p.w.Write(clean); err != nil {
		return 0, err
	}
	return len(b), nil
}

// steers reports whether a character does something to a terminal: controls but
// for line and column, and those that turn the direction of what follows.
func steers(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}
