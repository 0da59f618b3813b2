package printertest_test

import (
	"testing"
	"time"

	"miandan/printer/cpcl"
	"miandan/printer/printertest"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// ESC/POS has its own, in printer/escpos. A buffer of less than half a label
// meets paper out while it is being written.
func TestConformance(t *testing.T) {
	const pause = 5 * time.Millisecond
	const busy = time.Second // within which a busy machine has asked
	for name, c := range map[string]printertest.Config{
		"tspl": {
			Driver:  tspl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.TSPL, Buffer: 12 << 10},
			Method:  "status", Busy: busy,
		},
		"tspl, asked at length": {
			Driver:  tspl.Driver{Pause: pause, Extended: true, Immediate: true, Media: tspl.Gap, Gap: 2000, Density: 8, Speed: 40, Finish: tspl.TearOff},
			Virtual: virtual.Config{Language: virtual.TSPL, Buffer: 64 << 10, Quirks: virtual.Quirks{Locked: true}},
			Method:  "status", Busy: busy,
		},
		"tspl, zlib, responses": {
			Driver:  tspl.Driver{Pause: pause, Zlib: true, Response: true, Media: tspl.Continuous, Finish: tspl.Cut},
			Virtual: virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{ZlibBitmap: true, Responds: true}},
			Method:  "response",
		},
		"zpl": {
			Driver:  zpl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.ZPL, Buffer: 12 << 10},
			Method:  "odometer",
		},
		"zpl, Z64, coy": {
			Driver:  zpl.Driver{Pause: pause, Compression: zpl.Z64, Media: zpl.Gap, Ink: zpl.Direct, Darkness: 12, Speed: 4, Finish: zpl.TearOff},
			Virtual: virtual.Config{Language: virtual.ZPL, Quirks: virtual.Quirks{Coy: true}},
			Method:  "odometer",
		},
		"zpl, a clone without odometer": {
			Driver:  zpl.Driver{Pause: pause, Compression: zpl.Hex, Media: zpl.Continuous},
			Virtual: virtual.Config{Language: virtual.ZPL, Quirks: virtual.Quirks{NoSGD: true, NoZ64: true, NoHQES: true}},
			Method:  "status", Busy: busy,
		},
		"cpcl": {
			Driver:  cpcl.Driver{Pause: pause},
			Virtual: virtual.Config{Language: virtual.CPCL, Buffer: 12 << 10, Quirks: virtual.Quirks{OneReset: true}},
			Method:  "status", Blind: true,
		},
		"cpcl, digits, says busy": {
			Driver:  cpcl.Driver{Pause: pause, Hex: true, Media: cpcl.Gap, Extended: true, BandRows: 24, Speed: 3, Tone: 20},
			Virtual: virtual.Config{Language: virtual.CPCL, Quirks: virtual.Quirks{Eager: true, OneReset: true}},
			Method:  "status", Busy: busy,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printertest.Run(t, c)
		})
	}
}
