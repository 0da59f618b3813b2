package app

import (
	"math"
	"runtime/debug"
)

// enough is the memory in bytes with which an agent at work gets by. It holds some
// forty megabytes for good, unpacked fonts half of them, thirty more once a rare hanzi
// was printed, and a label costs a few for a moment; left alone, the collector lets
// garbage grow to whatever a burst of labels on four printers has once reached, and a
// packing PC has a browser and an ERP beside us. Above it the collector works harder
// and nothing fails.
const enough = 120 << 20

// useLittleMemory asks the collector to keep to that, unless GOMEMLIMIT says more or less.
func useLittleMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(enough)
	}
}
