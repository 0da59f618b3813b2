package serial

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/escpos"
	"miandan/printer/transport/transporttest"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
)

// plugIn puts a printer behind a serial line and returns the port.
func plugIn(t *testing.T, p *virtual.Printer, perSecond int) string {
	t.Helper()
	device, path := transporttest.Terminal(t)
	// The cable stays when a program closes its port; without this the
	// pseudo-terminal would end.
	cable, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cable.Close() })
	inside, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inside.Close() })
	go io.Copy(device, inside)
	go func() {
		buf := make([]byte, max(perSecond/100, 1))
		for {
			n, err := device.Read(buf)
			if err != nil {
				return
			}
			if _, err := inside.Write(buf[:n]); err != nil {
				return
			}
			time.Sleep(time.Duration(n) * time.Second / time.Duration(perSecond))
		}
	}()
	return path
}

// A label goes down a line of 115,200 baud to a printer that says when it is out.
func TestALabelIsConfirmed(t *testing.T) {
	label := bitmap.New(608, 160)
	for y := range 160 {
		for x := y % 5; x < 608; x += 5 {
			label.Set(x, y, true)
		}
	}
	mark, err := printer.ParseMark("0A1z")
	if err != nil {
		t.Fatal(err)
	}
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
			way := at(plugIn(t, device, 11_520))
			p := printer.Printer{Name: "bench-1", Driver: r.driver, Transport: way, Timeouts: printer.Timeouts{Status: 30 * time.Second, Poll: 100 * time.Millisecond}}
			job := printer.Job{Name: "job", Mark: mark, Image: label, Width: 76_000, Height: 20_000}
			a, base, err := p.Begin(t.Context(), job)
			if err != nil || base.Status == nil {
				t.Fatalf("Begin = %+v, %v, want a printer that answers", base, err)
			}
			outcome, evidence, err := a.Send(t.Context())
			if outcome != printer.Confirmed || evidence.Method != r.method || err != nil {
				t.Fatalf("Send = %v, %+v, %v, want confirmed by %s", outcome, evidence, err, r.method)
			}
			if n := len(device.Prints()); n != 1 {
				t.Errorf("%d labels came out, want 1", n)
			}
			// Without paper nothing is sent, and the fault has its name.
			device.Set(virtual.PaperOut, true)
			if st, err := p.Status(t.Context()); err != nil || st.Ready() {
				t.Errorf("Status without paper = %v, %v", st, err)
			}
		})
	}
}
