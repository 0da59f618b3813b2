//go:build linux

package winspool

import (
	"flag"
	"strings"
	"testing"
	"time"

	"miandan/printer/spool/spooltest"
	"miandan/printer/virtual"
	"miandan/printer/winspool/winetest"
)

var onWine = flag.Bool("wine", false, "print through Wine, which takes half a minute")

// TestWine runs the tests that print on Wine, whose queues are those of a CUPS:
// one without a driver in front of a virtual TSPL printer, and one with a driver
// for labels at 203 dpi.
func TestWine(t *testing.T) {
	if !*onWine {
		t.Skip("not asked for by -wine")
	}
	cups := spooltest.Start(t)
	thermal, err := virtual.Start(virtual.Config{Language: virtual.TSPL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { thermal.Close() })
	const options = "/?waiteof=false&snmp=false"
	cups.Command(t, "lpadmin", "-p", "thermal", "-v", "socket://"+thermal.Addr()+options, "-m", "raw", "-E")
	cups.Command(t, "lpadmin", "-p", "driven", "-v", "socket://"+cups.Printer()+options, "-P", "testdata/label203.ppd", "-E")

	windows := winetest.Start(t)
	exe := windows.Build(t, "miandan/printer/winspool", true)
	out, err := windows.Run(t, []string{
		"CUPS_SERVER=" + cups.TCP("thermal").Host,
		"MIANDAN_WINSPOOL_RAW=thermal", "MIANDAN_WINSPOOL_PAGE=driven",
	}, exe, "-test.v", "-test.timeout=10m")
	if err != nil || strings.Contains(out, "--- SKIP: TestLive") || strings.Count(out, "--- PASS: TestLive") == 0 {
		t.Fatalf("the tests on Wine: %v\n%s", err, out)
	}

	t.Run("raw to the dot", func(t *testing.T) {
		for _, p := range prints(t, thermal, 2) {
			if want := label("", 76, 130).Image; !p.Image.Equal(want) || p.Garbage != "" || p.Partial {
				t.Errorf("the printer printed %d × %d dots, garbage %q, want the label", p.Width, p.Height, p.Garbage)
			}
		}
	})
	t.Run("page to the dot", func(t *testing.T) {
		documents := cups.Received(t, 1)
		if len(documents) != 1 {
			t.Fatalf("the printer received %d documents, want 1: what does not fit must not be sent", len(documents))
		}
		stored, drawn := winetest.Pictures(t, documents[0])
		want := label("", 76, 130).Image
		if n := winetest.Differ(stored, want); n > 0 {
			t.Errorf("the page holds %d × %d dots, %d of which differ from the label's", stored.Width, stored.Height, n)
		}
		// Drawn, it may be rounded by a row at its edges, and is not its own negative.
		if n := winetest.Differ(drawn, want); n > want.Width*want.Height/100 {
			t.Errorf("as a viewer draws it %d of %d dots differ from the label's", n, want.Width*want.Height)
		}
	})
}

func prints(t *testing.T, p *virtual.Printer, n int) []virtual.Print {
	t.Helper()
	for range 3000 {
		if got := p.Prints(); len(got) >= n {
			return got
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the printer printed %d labels, want %d", len(p.Prints()), n)
	return nil
}
