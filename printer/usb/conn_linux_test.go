package usb

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/transport/transporttest"
	"miandan/printer/tspl"
)

func TestTransport(t *testing.T) {
	transporttest.Run(t, transporttest.Way{Open: func(t *testing.T) transporttest.Line {
		b := newBench(t, munbyn)
		conn, err := Transport{Maker: "munbyn", Model: "rw403b", on: b.bus}.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return transporttest.Line{Conn: conn, Device: b.devices[filepath.Join(b.dev, "usb", "lp0")]}
	}})
}

func TestOneWay(t *testing.T) {
	deaf := munbyn
	deaf.protocol = "01"
	b := newBench(t, deaf)
	conn, err := Transport{Maker: "Munbyn", Model: "RW403B", on: b.bus}.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, reads := conn.(printer.ReadConn); reads {
		t.Error("a printer without a way back can be read")
	}
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Errorf("Write: %v", err)
	}
}

func TestStatusOf(t *testing.T) {
	for _, r := range []struct {
		port byte
		want []printer.Reason
		mute bool
	}{
		{port: 0x18},
		{port: 0x98}, // with the parallel port's line for "not busy"
		{port: 0x38, want: []printer.Reason{printer.MediaEmpty}},
		{port: 0x30, want: []printer.Reason{printer.MediaEmpty}},
		{port: 0x20, want: []printer.Reason{printer.MediaEmpty}},
		{port: 0x08, want: []printer.Reason{printer.Offline}},
		{port: 0x10, want: []printer.Reason{printer.OtherFault}},
		{port: 0x00, mute: true},
		{port: 0xFF, mute: true},
	} {
		got, err := statusOf(r.port)
		if r.mute != errors.Is(err, printer.ErrMute) || len(got.Reasons) != len(r.want) || len(r.want) > 0 && got.Reasons[0] != r.want[0] {
			t.Errorf("statusOf(%#x) = %v, %v, want %v", r.port, got, err, r.want)
		}
	}
}

// A printer that answers no question of its language may still have its port say
// that the paper is out; then nothing is sent.
func TestPortStatusWhereTheLanguageIsMute(t *testing.T) {
	b := newBench(t, munbyn)
	device := b.devices[filepath.Join(b.dev, "usb", "lp0")]
	p := printer.Printer{
		Name: "p", Driver: tspl.Driver{}, Transport: Transport{Maker: "Munbyn", Model: "RW403B", on: b.bus},
		Timeouts: printer.Timeouts{Status: 50 * time.Millisecond, Mute: 50 * time.Millisecond},
	}
	job := printer.Job{Image: bitmap.New(64, 64)}
	go io.Copy(io.Discard, device)

	b.says(0x38)
	var fault *printer.FaultError
	if _, _, err := p.Begin(t.Context(), job); !errors.As(err, &fault) || fault.Status.Reasons[0] != printer.MediaEmpty {
		t.Errorf("Begin without paper = %v", err)
	}
	if st, err := p.Status(t.Context()); err != nil || st.Ready() {
		t.Errorf("Status without paper = %v, %v", st, err)
	}
	b.says(0x18)
	if _, err := p.Status(t.Context()); !errors.Is(err, printer.ErrMute) {
		t.Errorf("Status = %v, want %v: that all is well is no word of the printer's", err, printer.ErrMute)
	}
	a, base, err := p.Begin(t.Context(), job)
	if err != nil || base.Status != nil {
		t.Fatalf("Begin = %+v, %v, want no status", base, err)
	}
	if outcome, _, err := a.Send(t.Context()); outcome != printer.Sent || err != nil {
		t.Errorf("Send = %v, %v, want sent", outcome, err)
	}

	// A driver that asks nothing is not asked by the back door.
	b.says(0x38)
	asked := b.asked
	p.Driver = struct{ printer.Driver }{tspl.Driver{}}
	if _, err := p.Status(t.Context()); !errors.Is(err, printer.ErrMute) || b.asked != asked {
		t.Errorf("Status = %v after %d questions, want none", err, b.asked-asked)
	}
}

func TestUnpluggedInTheMiddle(t *testing.T) {
	b := newBench(t, munbyn)
	p := printer.Printer{
		Name: "p", Driver: tspl.Driver{}, Transport: Transport{Maker: "Munbyn", Model: "RW403B", on: b.bus},
		Timeouts: printer.Timeouts{Status: 50 * time.Millisecond, Mute: 50 * time.Millisecond},
	}
	image := bitmap.New(832, 8000)
	for y := range 8000 {
		for x := y % 3; x < 832; x += 3 {
			image.Set(x, y, true)
		}
	}
	a, _, err := p.Begin(t.Context(), printer.Job{Image: image})
	if err != nil {
		t.Fatal(err)
	}
	pulled := make(chan struct{})
	device := b.devices[filepath.Join(b.dev, "usb", "lp0")]
	go func() {
		defer close(pulled)
		if _, err := io.ReadFull(device, make([]byte, 1000)); err != nil { // of the label, behind a question
			t.Errorf("the label does not come: %v", err)
		}
		b.unplug(t, "1-2")
	}()
	outcome, evidence, err := a.Send(t.Context())
	<-pulled
	if outcome != printer.Uncertain || err == nil {
		t.Errorf("Send = %v, %+v, %v, want uncertain", outcome, evidence, err)
	}
	if _, _, err := p.Begin(t.Context(), printer.Job{Image: image}); !errors.Is(err, ErrAbsent) {
		t.Errorf("Begin = %v, want %v", err, ErrAbsent)
	}
}

func TestCloseSeesThatThePrinterIsGone(t *testing.T) {
	b := newBench(t, munbyn)
	conn, err := Transport{Maker: "Munbyn", Model: "RW403B", on: b.bus}.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("the end of a label")); err != nil {
		t.Fatal(err)
	}
	b.says(0) // its controller does not answer any more
	b.leaves(b.devices[filepath.Join(b.dev, "usb", "lp0")])
	conn.SetDeadline(time.Now().Add(time.Minute))
	if err := conn.Close(); !errors.Is(err, ErrUnplugged) {
		t.Errorf("Close = %v, want %v", err, ErrUnplugged)
	}
}

func TestCloseAfterAWriteThatWasCut(t *testing.T) {
	b := newBench(t, munbyn)
	conn, err := Transport{Maker: "Munbyn", Model: "RW403B", on: b.bus}.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Full is full only when the kernel has moved all that it can.
	for n := 1; n > 0; {
		conn.SetDeadline(time.Now().Add(time.Second))
		n, err = conn.Write(make([]byte, 4096))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	// As after a transfer that usblp was given and the printer has not taken.
	c := conn.(duplex).conn
	c.pending = true
	conn.SetDeadline(time.Now().Add(time.Second))
	if err := conn.Close(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Close = %v, want an error: the end of the label was thrown away", err)
	}
}
