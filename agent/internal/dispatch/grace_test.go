package dispatch

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

func TestGraceOutlivesAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		longer, done := withGrace(ctx)
		defer done()
		stop()
		time.Sleep(grace - time.Millisecond)
		if longer.Err() != nil {
			t.Error("the grace is over before its time")
		}
		time.Sleep(2 * time.Millisecond)
		if longer.Err() == nil {
			t.Error("the grace has no end")
		}
	})
}

// A station does this several times a label, for months.
func TestGraceLeavesNothingBehind(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	size := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const times = 20_000
	var left uint64
	for range 5 { // what something else takes meanwhile it does not take each time
		before := size()
		for range times {
			_, done := withGrace(ctx)
			done()
		}
		after := size()
		if after <= before+times*16 {
			return
		}
		left = (after - before) / times
	}
	t.Errorf("%d bytes are left of each", left)
}
