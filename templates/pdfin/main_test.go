package pdfin_test

import (
	"os"
	"testing"
	"time"

	"miandan/templates/pdfin"
	"miandan/templates/pdfin/pdfintest"
)

// shared is the reader of all tests, patient with a busy machine.
var shared = &pdfin.Reader{Cache: pdfintest.Cache(), Limits: pdfin.Limits{Time: time.Minute}}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == escapeCommand {
		escape()
		return
	}
	if len(os.Args) > 2 && os.Args[1] == hostileCommand {
		hostileChild()
	}
	pdfintest.Main(m)
}

// escapeCommand makes the test binary try what a child must not be able to do.
const escapeCommand = "escape"
