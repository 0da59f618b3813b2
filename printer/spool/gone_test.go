package spool

import (
	"errors"
	"testing"

	"miandan/printer"
)

func TestGoneIsUnprintedUnlessSomebodyMeantIt(t *testing.T) {
	for cause, want := range map[error]bool{errors.New("the line dropped"): true, ErrEnded: false} {
		if got := errors.Is(&GoneError{17, cause}, printer.ErrUnprinted); got != want {
			t.Errorf("gone because of %q is unprinted: %v, want %v", cause, got, want)
		}
	}
}
