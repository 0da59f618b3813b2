package tap_test

import (
	"io"
	"net"
	"testing"
	"time"

	"miandan/agent/internal/bench/tap"
)

// answering is a printer that answers each question, which are of three bytes, and
// says nothing to what is longer but that it begins.
func answering(t *testing.T) (addr string, begins <-chan struct{}) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	told := make(chan struct{})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				b := make([]byte, 1)
				for asked, last := 0, byte('?'); ; last = b[0] {
					if _, err := c.Read(b); err != nil {
						return
					}
					switch {
					case b[0] != '?' && last == '?':
						told <- struct{}{}
					case b[0] == '?':
						if asked++; asked%3 == 0 {
							c.Write([]byte("!"))
						}
					}
				}
			}()
		}
	}()
	return l.Addr().String(), told
}

func TestTap(t *testing.T) {
	addr, begins := answering(t)
	front, err := tap.Open(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	c, err := net.Dial("tcp", front.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	write := func(b []byte) {
		t.Helper()
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	ask := func() {
		t.Helper()
		write([]byte("???"))
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	label := make([]byte, 5000)
	for i, piece := range []int{5000, 4096, 50, 7} { // each label on the same connection, its first piece ever shorter
		next := front.Next()
		for range 60 { // more bytes than a label's first piece
			ask()
		}
		select {
		case <-next:
			t.Fatal("questions are taken for a label")
		default:
		}
		before := time.Now()
		write(label[:piece])
		<-begins // the tap has seen it
		after := time.Now()
		write(label[piece:])
		if at := <-next; at.Before(before) || at.After(after) {
			t.Errorf("label %d begins %v after its first byte was about to be written, which had passed after %v", i, at.Sub(before), after.Sub(before))
		}
		ask()
		select {
		case <-next:
			t.Fatal("a label has begun twice")
		default:
		}
	}
}
