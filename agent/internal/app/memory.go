package app

import (
	"context"
	"math"
	"runtime/debug"
	"time"
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

// What was taken for a burst of labels goes back to the system once nothing has been
// written down for calm, and not more often than every calmAgain. The collector would
// not look for two minutes: at rest nothing is allocated that could make it.
const (
	calm      = 10 * time.Second
	calmAgain = time.Minute
)

// giveBack does that until ctx ends. changes returns what is closed at the next commit.
func giveBack(ctx context.Context, changes func() <-chan struct{}) {
	for ctx.Err() == nil {
		changed := changes()
		select {
		case <-changed:
			continue
		case <-time.After(calm):
		case <-ctx.Done():
			return
		}
		debug.FreeOSMemory()
		select {
		case <-time.After(calmAgain):
		case <-ctx.Done():
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
