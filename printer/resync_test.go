package printer_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/tcp"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// breaking is a way on which the next label breaks off after so many bytes; 0
// lets it pass.
type breaking struct {
	printer.Transport
	after int
}

type brokenConn struct {
	printer.ReadConn
	left *int
}

func (b *breaking) Dial(ctx context.Context) (printer.Conn, error) {
	c, err := b.Transport.Dial(ctx)
	if err != nil || b.after == 0 {
		return c, err
	}
	left := b.after
	b.after = 0
	return brokenConn{c.(printer.ReadConn), &left}, nil
}

var errCable = errors.New("the cable came off")

func (c brokenConn) Write(b []byte) (int, error) {
	if len(b) < 100 { // a question
		return c.ReadConn.Write(b)
	}
	n, err := c.ReadConn.Write(b[:min(len(b), *c.left)])
	if *c.left -= n; err == nil && *c.left == 0 {
		err = errCable
	}
	return n, err
}

// TestTheNextLabelIsWhole breaks a label off on printers that are not told of it
// and would take the next one for its rest. The next comes out as it is; so does
// the first of a program that has found one broken off.
func TestTheNextLabelIsWhole(t *testing.T) {
	image := drivertest.Waybill(t)
	for _, c := range []struct {
		language virtual.Language
		driver   printer.Driver
	}{
		{virtual.ESCPOS, escpos.Driver{}},
		{virtual.TSPL, tspl.Driver{Media: tspl.Gap, Gap: 2000, Pause: 5 * time.Millisecond}},
		{virtual.ZPL, zpl.Driver{Pause: 5 * time.Millisecond}},
	} {
		for _, restarted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restarted %v", c.language, restarted), func(t *testing.T) {
				t.Parallel()
				v, err := virtual.Start(virtual.Config{Language: c.language, Joins: true})
				if err != nil {
					t.Fatal(err)
				}
				defer v.Close()
				way := &breaking{tcp.Transport{Address: v.Addr()}, 7001}
				open := func() *printer.Printer {
					return &printer.Printer{Name: "bench", Driver: c.driver, Transport: way, Timeouts: printer.Timeouts{Status: 3 * time.Second, Poll: 20 * time.Millisecond, Mute: time.Second, Close: time.Minute}}
				}
				p := open()
				send := func(n uint64) printer.Outcome {
					a, _, err := p.Begin(t.Context(), printer.Job{Mark: printer.MarkAt(n), Image: image})
					if err != nil {
						t.Fatalf("label %d: %v", n, err)
					}
					outcome, _, err := a.Send(t.Context())
					t.Logf("label %d: %v, %v", n, outcome, err)
					return outcome
				}
				if outcome := send(1); outcome != printer.Uncertain {
					t.Fatalf("the label that broke off is %v", outcome)
				}
				if restarted {
					p = open()
					p.BrokeOff()
				}
				if outcome := send(2); outcome < printer.Sent {
					t.Errorf("the next label is %v", outcome)
				}
				if outcome := send(3); outcome < printer.Sent {
					t.Errorf("the one after it is %v", outcome)
				}
				var whole int
				for end := time.Now().Add(time.Minute); whole < 2 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
					whole = 0
					for _, pr := range v.Prints() {
						padded := bitmap.New(max(image.Width, pr.Width), max(image.Height, pr.Height))
						for y := range image.Height {
							copy(padded.Row(y), image.Row(y))
						}
						if _, n := bitmap.Diff(padded, pr.Image); n == 0 {
							whole++
						}
					}
				}
				if whole != 2 {
					t.Errorf("%d whole labels came out, want 2, of %d prints", whole, len(v.Prints()))
				}
			})
		}
	}
}

// TestAMutePrinterIsBroughtOutOnce: what brings a printer out of half a label ends with
// a feed. A printer that never says what became of a label is not fed before each one.
func TestAMutePrinterIsBroughtOutOnce(t *testing.T) {
	v, err := virtual.Start(virtual.Config{Language: virtual.ESCPOS, Joins: true})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	way := &breaking{tcp.Transport{Address: v.Addr()}, 7001}
	p := &printer.Printer{Name: "bench", Driver: escpos.Driver{}, Transport: way, Confirm: printer.ConfirmNone, Timeouts: printer.Timeouts{Close: 50 * time.Millisecond}}
	var bytes []int
	for n, want := range []printer.Outcome{printer.Uncertain, printer.Sent, printer.Sent} {
		a, baseline, err := p.Begin(t.Context(), printer.Job{Image: drivertest.Waybill(t)})
		if err != nil {
			t.Fatal(err)
		}
		if outcome, _, err := a.Send(t.Context()); outcome != want {
			t.Fatalf("label %d is %v, %v, want %v", n+1, outcome, err, want)
		}
		bytes = append(bytes, baseline.Bytes)
	}
	if bytes[1] <= bytes[0] || bytes[2] != bytes[0] {
		t.Errorf("%d bytes were sent, want more in the second alone", bytes)
	}
}
