package dispatch

import (
	"fmt"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/printer"
	"miandan/printer/transport"
)

// What keeps a printer from being reached has a sentence of its own where
// something else is to be done than to switch it on.
func TestReachNotice(t *testing.T) {
	dial := func(address string) error {
		way, err := transport.Basic().Open(address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = way.Dial(t.Context())
		return err
	}
	for _, r := range []struct {
		err  error
		want notice.Code
	}{
		{fmt.Errorf("printer bench-1: %w (driver usbfs)", printer.ErrHeld), "printer-held"},
		{fmt.Errorf("printer bench-1: %w: 2 are plugged in", printer.ErrAlike), "printer-alike"},
		{fmt.Errorf("printer bench-1: %w: add it to a group", printer.ErrDenied), "printer-denied"},
		{dial("usb://Nobody/None-1"), "printer-off"},
		{dial("serial:///dev/none?baud=9600"), "printer-off"},
	} {
		n := PrinterNotice("bench-1", r.err)
		if n.Code != r.want {
			t.Errorf("%v is told as %q, want %q", r.err, n.Code, r.want)
		}
		for _, l := range []notice.Language{notice.English, notice.Chinese} {
			if text := n.Text(l); !strings.Contains(text, "bench-1") || strings.Contains(text, "usbfs") {
				t.Errorf("%v is told as %q", r.err, text)
			}
		}
	}
}
