package app

import (
	"math"
	"runtime/debug"
)

// enough is the memory in bytes with which an agent at work gets by. It holds some
// fifteen megabytes for good, and a label costs a few for a moment; left alone, the
// collector lets garbage grow to whatever a burst of labels on four printers has once
// reached, and a packing PC has a browser and an ERP beside us. Above it the collector
// works harder and nothing fails. What the database keeps and the program itself, of
// which some thirty megabytes are touched, come on top.
const enough = 80 << 20

// useLittleMemory asks the collector to keep to that, unless GOMEMLIMIT says more or less.
func useLittleMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(enough)
	}
}
