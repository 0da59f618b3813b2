package escpos_test

import (
	"testing"

	"miandan/printer/escpos"
	"miandan/printer/printertest"
	"miandan/printer/virtual"
)

func TestConformance(t *testing.T) {
	for _, c := range []struct {
		name   string
		driver escpos.Driver
		buffer int
	}{
		// A buffer of less than half a label: paper out is met while writing.
		{"roll and cutter", escpos.Driver{}, 12 << 10},
		{"labels", escpos.Driver{Media: escpos.Label, Width: 832, BandRows: 24}, 12 << 10},
		// Without automatic status the questions must find room in the buffer.
		{"labels by FF, quiet", escpos.Driver{Media: escpos.LabelFF, Quiet: true, NoRealTime: true}, 64 << 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			printertest.Run(t, printertest.Config{
				Driver:  c.driver,
				Virtual: virtual.Config{Buffer: c.buffer},
			})
		})
	}
}
