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
	before := size()
	const times = 20_000
	for range times {
		_, done := withGrace(ctx)
		done()
	}
	if after := size(); after > before+times*16 {
		t.Errorf("%d bytes are left of each", (after-before)/times)
	}
}
