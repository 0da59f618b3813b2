package usb

import (
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/escpos"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
)

// A label goes by USB to a printer that says when it is out; it is then plugged
// into another socket, where another node is made for it, and is still the same.
func TestALabelIsConfirmedInEachSocket(t *testing.T) {
	label := bitmap.New(608, 160)
	label.FillRect(10, 10, 300, 100, true)
	for _, r := range []struct {
		language virtual.Language
		driver   printer.Driver
		method   string
	}{
		{virtual.ESCPOS, escpos.Driver{Width: 608}, "process-id"},
		{virtual.TSPL, tspl.Driver{Width: 608, PerMetre: 8000}, "status"},
	} {
		t.Run(string(r.language), func(t *testing.T) {
			device, err := virtual.Start(virtual.Config{Language: r.language, Head: 608, Speed: 10})
			if err != nil {
				t.Fatal(err)
			}
			defer device.Close()
			b := newBench(t)
			p := printer.Printer{
				Name: "bench-1", Driver: r.driver, Transport: Transport{Maker: "Munbyn", Model: "RW403B", Serial: "A1B2C3", on: b.bus},
				Timeouts: printer.Timeouts{Status: 30 * time.Second, Poll: 100 * time.Millisecond},
			}
			for i, socket := range []plug{{port: "1-2", node: "lp0"}, {port: "3-1.4", node: "lp1"}} {
				at := munbyn
				at.port, at.node = socket.port, socket.node
				b.plug(t, at)
				b.cable(t, device, at.node)
				job := printer.Job{Name: "job", Mark: printer.MarkAt(uint64(i + 1)), Image: label, Width: 76_000, Height: 20_000}
				a, base, err := p.Begin(t.Context(), job)
				if err != nil || base.Status == nil {
					t.Fatalf("at %s: Begin = %+v, %v, want a printer that answers", at.port, base, err)
				}
				outcome, evidence, err := a.Send(t.Context())
				if outcome != printer.Confirmed || evidence.Method != r.method || err != nil {
					t.Fatalf("at %s: Send = %v, %+v, %v, want confirmed by %s", at.port, outcome, evidence, err, r.method)
				}
				b.unplug(t, at.port)
			}
			if n := len(device.Prints()); n != 2 {
				t.Errorf("%d labels came out, want 2", n)
			}
		})
	}
}

// cable joins a node with a printer.
func (b *bench) cable(t *testing.T, p *virtual.Printer, node string) {
	t.Helper()
	device := b.devices[filepath.Join(b.dev, "usb", node)]
	inside, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inside.Close() })
	go func() { io.Copy(inside, device); inside.Close() }()
	go io.Copy(device, inside)
}
