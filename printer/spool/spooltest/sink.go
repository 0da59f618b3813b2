package spooltest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// sink is a network printer: each connection brings it one document.
type sink struct {
	listener net.Listener
	mu       sync.Mutex
	got      [][]byte
}

func newSink(t testing.TB) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{listener: l}
	var served sync.WaitGroup
	served.Go(s.serve)
	t.Cleanup(func() { l.Close(); served.Wait() })
	return s
}

// serve takes one document after the other, as printers do.
func (s *sink) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		document, err := io.ReadAll(conn)
		conn.Close()
		// A connection that says nothing is a probe, not a document.
		if err == nil && len(document) > 0 {
			s.mu.Lock()
			s.got = append(s.got, document)
			s.mu.Unlock()
		}
	}
}

func (s *sink) address() string { return s.listener.Addr().String() }

func (s *sink) documents() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.got...)
}
