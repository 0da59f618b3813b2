package web_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more browsers be open than there are processors: they wait most of
// the time, for the page and for as long as a person reads. Whoever says -parallel
// is heard.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
