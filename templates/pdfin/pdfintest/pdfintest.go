// Package pdfintest lets a test read documents as the program does, in a child
// process: the test binary is the child, too.
package pdfintest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"miandan/templates/pdfin"
)

// Main is what a TestMain calls.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == pdfin.Command {
		os.Exit(pdfin.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// Cache is where the compiled reader is kept from one test run to the next:
// compiling it takes longer than all tests together.
func Cache() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("miandan-pdfin-%d", os.Getuid()))
}
