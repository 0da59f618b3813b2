package printertest_test

import (
	"net"
	"testing"
	"time"

	"miandan/printer/virtual"
)

// bench has a printer of each language that is asked for, and an open line to it.
type bench struct {
	places map[virtual.Language]*place
}

type place struct {
	printer *virtual.Printer
	line    net.Conn
	prints  chan virtual.Print
	labels  int
}

// wear is after how many labels a printer is replaced: it remembers them all.
const wear = 500

// print sends a label and waits for it.
func (b *bench) print(t *testing.T, l virtual.Language, label []byte) virtual.Print {
	t.Helper()
	p := b.places[l]
	if p != nil && p.labels == wear {
		p.printer.Close()
		p = nil
	}
	if p == nil {
		p = &place{prints: make(chan virtual.Print, 4)}
		v, err := virtual.Start(virtual.Config{
			Language: l, Head: 256, Quirks: virtual.Quirks{ZlibBitmap: true},
			OnPrint: func(pr virtual.Print) { p.prints <- pr },
		})
		if err != nil {
			t.Fatal(err)
		}
		p.printer = v
		if p.line, err = net.Dial("tcp", v.Addr()); err != nil {
			t.Fatal(err)
		}
		if b.places == nil {
			b.places = map[virtual.Language]*place{}
		}
		b.places[l] = p
	}
	p.labels++
	if _, err := p.line.Write(label); err != nil {
		t.Fatal(err)
	}
	select {
	case pr := <-p.prints:
		return pr
	case <-time.After(time.Minute):
		t.Fatalf("%s: nothing comes out for % X", l, label)
	}
	return virtual.Print{}
}

func (b *bench) close() {
	for _, p := range b.places {
		p.line.Close()
		p.printer.Close()
	}
}
