package printer

import (
	"errors"
	"fmt"
	"strings"
)

// FaultError reports a printer that says it cannot print now.
type FaultError struct{ Status Status }

func (e *FaultError) Error() string {
	words := make([]string, len(e.Status.Reasons))
	for i, r := range e.Status.Reasons {
		words[i] = string(r)
	}
	return "the printer reports " + strings.Join(words, ", ")
}

// ErrMute reports a printer that gave no answer.
var ErrMute = errors.New("the printer gave no answer")

// ErrUnconfirmed reports a printer that answers, but has not said that the
// label is out.
var ErrUnconfirmed = errors.New("the printer did not say that the label is out")

// ErrPresumed reports a printer that has nothing left to do, but was not seen at
// work: the label is presumed to be out.
var ErrPresumed = errors.New("the printer is ready again, but was not seen printing")

// ErrStalled reports a printer that stopped taking bytes without saying why.
var ErrStalled = errors.New("the printer takes no more bytes")

// ErrUnprinted is what the error of a Follower is if nothing of the document was
// or will be printed, so that it may be sent again.
var ErrUnprinted = errors.New("nothing was printed")

// ErrQueued reports a document that a spooler still had when it was to be taken out
// of the queue: it may be there yet, or the printer may have a part of it.
var ErrQueued = errors.New("it was still in the queue")

// A way to a printer that is there and cannot be had.
var (
	// ErrHeld reports a printer that another program has opened.
	ErrHeld = errors.New("another program holds it")
	// ErrDenied reports a printer that this account may not open.
	ErrDenied = errors.New("this account may not open it")
	// ErrAlike reports several printers that an address fits.
	ErrAlike = errors.New("the address fits more than one printer")
)

// errSpent reports a second use of an attempt. Its outcome is Uncertain, since
// the first use may have sent.
var errSpent = errors.New("this attempt has been used")

// guard runs f, which may be foreign code fed with foreign data, and turns a
// panic into an error: one bad label must not take the others down.
func guard(what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s panicked: %v", what, r)
		}
	}()
	return f()
}

// EncodeError is a label that its printer's language cannot say: the printer is
// well, and another label may print.
type EncodeError struct{ Err error }

func (e *EncodeError) Error() string { return "encode: " + e.Err.Error() }
func (e *EncodeError) Unwrap() error { return e.Err }
