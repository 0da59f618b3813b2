package printertest_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"miandan/printer/cpcl"
	"miandan/printer/escpos"
	"miandan/printer/printertest"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

var (
	seeds  = flag.Int("seeds", 1, "how many shifts to work in each language")
	labels = flag.Int("labels", 60, "how many labels a shift has")
)

// TestMain lets more tests than there are processors run at a time: they wait
// for a head, not for one.
func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", fmt.Sprint(min(8**seeds, 16)))
	os.Exit(m.Run())
}

func TestShift(t *testing.T) {
	const pause = 2 * time.Millisecond
	for name, c := range map[string]printertest.Config{
		"escpos": {Driver: escpos.Driver{}},
		"tspl": {
			Driver:  tspl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.TSPL},
			Busy:    12 * time.Millisecond,
		},
		"tspl, responses": {
			Driver:  tspl.Driver{Pause: pause, Response: true},
			Virtual: virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{Responds: true}},
		},
		"zpl": {
			Driver:  zpl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.ZPL},
		},
		// Text finds its way back after half a label; counted bytes do not.
		"zpl, not told of lines": {
			Driver:  zpl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.ZPL, Joins: true},
		},
		"cpcl": {
			Driver:  cpcl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.CPCL},
		},
		"cpcl, says busy": {
			Driver:  cpcl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.CPCL, Quirks: virtual.Quirks{Eager: true, OneReset: true}},
		},
	} {
		for seed := range *seeds {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				t.Parallel()
				c.Virtual.Speed = 2000 // so that a label can be torn
				s := printertest.Shift{Config: c, Labels: *labels, Mishaps: *labels / 10, Seed: uint64(seed)}
				t.Logf("%+v", s.Work(t))
			})
		}
	}
}
