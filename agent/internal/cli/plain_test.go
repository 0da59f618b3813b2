package cli

import (
	"bytes"
	"errors"
	"testing"
)

func TestNothingSteersTheTerminal(t *testing.T) {
	var b bytes.Buffer
	for in, want := range map[string]string{
		"订单\t312045870039\n":                        "订单\t312045870039\n",
		"\x1b]0;owned\a312\x1b[2J\r\u009b31m\u202e": "�]0;owned�312�[2J��31m�",
		"\xff half a rune \xe8":                     "\xff half a rune \xe8",
	} {
		b.Reset()
		if n, err := (plain{&b}).Write([]byte(in)); n != len(in) || err != nil || b.String() != want {
			t.Errorf("%q becomes %q (%d, %v), want %q", in, b.String(), n, err, want)
		}
	}
	broken := errors.New("broken pipe")
	if _, err := (plain{failing{broken}}).Write([]byte("a")); !errors.Is(err, broken) {
		t.Errorf("a broken pipe is %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
