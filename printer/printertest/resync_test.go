package printertest_test

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// resyncer is a driver that can bring a printer out of the middle of a label.
type resyncer interface {
	printer.Driver
	EncodeResync(w io.Writer, j printer.Job) error
}

// TestResync breaks a label off at many of its bytes, on a printer that is not
// told of lines and would take the next label for the rest of it. What brings it
// back prints nothing, and the next label comes out as it is.
func TestResync(t *testing.T) {
	pictures := drivertest.Pictures()
	lost, next := pictures[len(pictures)-1].Image, pictures[len(pictures)-3].Image // of noise, 18×11 and 16×11
	for _, r := range []struct {
		name   string
		driver resyncer
		cfg    virtual.Config
		whole  int // bytes before its end after which a label is printed, come what may
	}{
		{"escpos", escpos.Driver{}, virtual.Config{}, 0},
		{"escpos, labels", escpos.Driver{Media: escpos.Label, BandRows: 24}, virtual.Config{}, 0},
		{"tspl", tspl.Driver{Media: tspl.Gap, Gap: 2000}, virtual.Config{Language: virtual.TSPL}, 4},
		{"tspl, zlib", tspl.Driver{Zlib: true}, virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{ZlibBitmap: true}}, 4},
		{"zpl", zpl.Driver{}, virtual.Config{Language: virtual.ZPL}, 0},
		{"zpl, Z64, ^XA in a format is nothing", zpl.Driver{Compression: zpl.Z64, Darkness: 9}, virtual.Config{Language: virtual.ZPL, Quirks: virtual.Quirks{Nests: true}}, 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var first, second, back bytes.Buffer
			for _, err := range []error{
				r.driver.Encode(&first, printer.Job{Image: lost, Mark: printer.MarkAt(1)}),
				r.driver.Encode(&second, printer.Job{Image: next, Mark: printer.MarkAt(2)}),
				r.driver.EncodeResync(&back, printer.Job{Image: lost}),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for k := range first.Len() {
				cfg := r.cfg
				cfg.Joins = true
				prints := join(t, cfg, next, first.Bytes()[:k], back.Bytes(), second.Bytes())
				for i, p := range prints[:len(prints)-1] {
					if _, n := bitmap.Diff(padded(lost), padded(p.Image)); n == 0 && k < first.Len()-r.whole && r.cfg.Language != "" {
						t.Fatalf("broken off after %d of %d bytes: print %d is the lost label", k, first.Len(), i)
					}
				}
				last := prints[len(prints)-1]
				if _, n := bitmap.Diff(padded(next), padded(last.Image)); n != 0 || last.Partial || r.cfg.Language != "" && len(prints) > 1 && k < first.Len()-r.whole {
					t.Fatalf("broken off after %d of %d bytes (%.20q): %d prints, the last of %d×%d dots, of which %d differ, partial %v, garbage %q",
						k, first.Len(), first.Bytes()[max(k-20, 0):k], len(prints), last.Width, last.Height, n, last.Partial, last.Garbage)
				}
			}
		})
	}
}

// join sends the parts on a line each, and waits for the last picture, or until
// nothing more comes out.
func join(t *testing.T, cfg virtual.Config, last *bitmap.Image, parts ...[]byte) []virtual.Print {
	t.Helper()
	v, err := virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for _, part := range parts {
		line, err := net.Dial("tcp", v.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := line.Write(part); err != nil {
			t.Fatal(err)
		}
		line.Close()
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		got := v.Prints()
		if n := len(got); n > 0 && bytes.Equal(padded(got[n-1].Image).Bits, padded(last).Bits) {
			return got
		}
		if time.Now().After(end) {
			return append(got, virtual.Print{Image: bitmap.New(0, 0)})
		}
	}
}
