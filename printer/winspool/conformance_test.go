package winspool

import (
	"io"
	"testing"

	"miandan/printer/transport/transporttest"
)

// drain reads what the fake's printer got.
type drain struct {
	*fake
	read int
}

func (d *drain) Read(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := copy(b, d.got[d.read:])
	if d.read += n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (d *drain) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
func (d *drain) Close() error              { return nil }

// A document is taken whole before anything leaves, so that no write ever waits.
func TestTransport(t *testing.T) {
	transporttest.Run(t, transporttest.Way{Endless: true, Open: func(t *testing.T) transporttest.Line {
		f := &fake{life: []uint32{}, most: 1000}
		conn, err := f.transport(Raw).Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return transporttest.Line{Conn: conn, Device: &drain{fake: f}}
	}})
}
