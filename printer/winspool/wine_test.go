//go:build linux

package winspool

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/printer/bitmap"
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
	}, exe, "-test.v", "-test.timeout=100s")
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
		stored, drawn := picturesOf(t, documents[0])
		want := label("", 76, 130).Image
		if n := differ(stored, want); n > 0 {
			t.Errorf("the page holds %d × %d dots, %d of which differ from the label's", stored.Width, stored.Height, n)
		}
		// Drawn, it may be rounded by a row at its edges, and is not its own negative.
		if n := differ(drawn, want); n > want.Width*want.Height/100 {
			t.Errorf("as a viewer draws it %d of %d dots differ from the label's", n, want.Width*want.Height)
		}
	})
}

func prints(t *testing.T, p *virtual.Printer, n int) []virtual.Print {
	t.Helper()
	for range 500 {
		if got := p.Prints(); len(got) >= n {
			return got
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the printer printed %d labels, want %d", len(p.Prints()), n)
	return nil
}

// picturesOf are the one picture in a PDF of one page, dot by dot as it lies
// there, and the page as poppler draws it.
func picturesOf(t *testing.T, document []byte) (stored, drawn *bitmap.Image) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"pdfimages", file, filepath.Join(dir, "stored")},
		{"pdftoppm", "-mono", "-r", "203", file, filepath.Join(dir, "drawn")},
	} {
		if out, err := exec.Command(spooltest.Program(t, args[0]), args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s\nof %.200q", args[0], err, out, document)
		}
	}
	one := func(pattern string) *bitmap.Image {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(names) != 1 {
			t.Fatalf("the page holds the pictures %v, want one", names)
		}
		b, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		return readPBM(t, b)
	}
	return one("stored-*"), one("drawn-*")
}

func readPBM(t *testing.T, b []byte) *bitmap.Image {
	t.Helper()
	var w, h int
	if n, err := fmt.Fscanf(bytes.NewReader(b), "P4\n%d %d\n", &w, &h); n != 2 || err != nil || w <= 0 || h <= 0 {
		t.Fatalf("the picture begins with %.20q, want a bitmap of one bit a dot", b)
	}
	m := bitmap.New(w, h)
	if len(b) < len(m.Bits) {
		t.Fatalf("the picture has %d bytes, want %d", len(b), len(m.Bits))
	}
	copy(m.Bits, b[len(b)-len(m.Bits):])
	return m
}

func differ(a, b *bitmap.Image) int {
	n := 0
	for y := range max(a.Height, b.Height) {
		for x := range max(a.Width, b.Width) {
			if a.Black(x, y) != b.Black(x, y) {
				n++
			}
		}
	}
	return n
}
