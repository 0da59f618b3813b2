package serial

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/tspl"
)

// port is a COM port with a TSPL printer on it, for the tests that need one.
func port(t *testing.T) Transport {
	t.Helper()
	name := os.Getenv("MIANDAN_SERIAL_TSPL")
	if name == "" {
		t.Skip("MIANDAN_SERIAL_TSPL names no port with a TSPL printer on it")
	}
	return Transport{Port: name, Baud: 115200, Data: 8, Parity: "none", Stop: 1, Flow: NoFlow}
}

func TestLiveLabel(t *testing.T) {
	p := printer.Printer{Name: "bench-1", Driver: tspl.Driver{Width: 608, PerMetre: 8000}, Transport: port(t), Timeouts: printer.Timeouts{Status: 30 * time.Second, Poll: 100 * time.Millisecond}}
	label := bitmap.New(608, 160)
	label.FillRect(10, 10, 100, 100, true)
	a, base, err := p.Begin(t.Context(), printer.Job{Name: "job", Mark: printer.MarkAt(1), Image: label, Width: 76_000, Height: 20_000})
	if err != nil || base.Status == nil {
		t.Fatalf("Begin = %+v, %v, want a printer that answers", base, err)
	}
	outcome, evidence, err := a.Send(t.Context())
	if outcome != printer.Confirmed || err != nil {
		t.Fatalf("Send = %v, %+v, %v, want confirmed", outcome, evidence, err)
	}
}

func TestLiveDeadlines(t *testing.T) {
	c, err := port(t).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	line := c.(printer.ReadConn)
	line.SetDeadline(time.Unix(1, 0))
	if n, err := line.Write([]byte("x")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write = %d, %v, want 0, %v", n, err, os.ErrDeadlineExceeded)
	}
	began := time.Now()
	line.SetDeadline(began.Add(100 * time.Millisecond))
	if _, err := line.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %v, want %v", err, os.ErrDeadlineExceeded)
	}
	if took := time.Since(began); took < 90*time.Millisecond || took > 20*time.Second {
		t.Errorf("Read took %v, want 100 ms", took)
	}
	line.SetDeadline(time.Now().Add(time.Minute))
	if err := line.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestDialSays(t *testing.T) {
	way := Transport{Port: "COM199", Baud: 9600, Data: 8, Parity: "none", Stop: 1, Flow: NoFlow}
	if _, err := way.Dial(t.Context()); !errors.Is(err, ErrAbsent) {
		t.Errorf("Dial = %v, want %v", err, ErrAbsent)
	}
	way.Port = "/dev/ttyS0"
	if _, err := way.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "serial://COM3") {
		t.Errorf("Dial of a path = %v, want the form that Windows has", err)
	}
}
