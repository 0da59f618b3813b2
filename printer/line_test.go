package printer

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// Small labels are written before the listener's goroutine has come to its first
// read. Its first question is not to be late for that: the label may be out by
// then, and some printers prove one only while they are at work on it.
func TestLateListenerAsksSoon(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	defer here.Close()
	var asking atomic.Bool
	asking.Store(true)
	l := &line{link: newLink(here), ctx: t.Context(), poll: time.Minute, asking: &asking}
	began := time.Now()
	if _, err := l.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Read = %v, want %v", err, os.ErrDeadlineExceeded)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the first read ended after %v, want %v", took, soon)
	}
}
