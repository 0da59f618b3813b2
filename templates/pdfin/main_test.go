package pdfin_test

import (
	"testing"

	"miandan/templates/pdfin"
	"miandan/templates/pdfin/pdfintest"
)

// shared is the reader of all tests.
var shared = &pdfin.Reader{Cache: pdfintest.Cache()}

func TestMain(m *testing.M) { pdfintest.Main(m) }
