package cloudprint

import (
	"testing"

	"miandan/templates/pdfin/pdfintest"
)

// TestMain makes the test binary be the child process that reads PDFs, too.
func TestMain(m *testing.M) { pdfintest.Main(m) }
