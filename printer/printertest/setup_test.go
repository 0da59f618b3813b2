package printertest_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/cpcl"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/tcp"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// TestSetup: what a driver is set to is what a printer is told, label by label,
// and no setting changes a dot.
func TestSetup(t *testing.T) {
	type setup = virtual.Setup
	for _, r := range []struct {
		name     string
		language virtual.Language
		driver   printer.Driver
		want     setup
		labels   int
	}{
		{"tspl, die-cut", virtual.TSPL, tspl.Driver{Media: tspl.Gap, Gap: 2000, Density: 11, Speed: 50, Finish: tspl.TearOff}, setup{Darkness: 11, Speed: 5, Media: virtual.Gap}, 1},
		{"tspl, black mark, 1.5 inch a second, cut", virtual.TSPL, tspl.Driver{Media: tspl.BlackMark, Gap: 3000, Speed: 15, Finish: tspl.Cut}, setup{Darkness: 8, Speed: 1.5, Media: virtual.BlackMark, Cut: true}, 1},
		{"tspl, roll, three copies", virtual.TSPL, tspl.Driver{Media: tspl.Continuous, Copies: 3}, setup{Darkness: 8, Speed: 4, Media: virtual.Continuous}, 3},
		{"tspl, peeled", virtual.TSPL, tspl.Driver{Finish: tspl.Peel}, setup{Darkness: 8, Speed: 4, Media: virtual.Gap, Peel: true}, 1},
		{"zpl, die-cut", virtual.ZPL, zpl.Driver{Media: zpl.Gap, Darkness: 22, Speed: 6, Finish: zpl.TearOff}, setup{Darkness: 22, Speed: 6, Media: virtual.Gap}, 1},
		{"zpl, black mark, cooler, cut", virtual.ZPL, zpl.Driver{Media: zpl.BlackMark, Darkness: 22, DarknessBy: -4, Finish: zpl.Cut}, setup{Darkness: 18, Speed: 4, Media: virtual.BlackMark, Cut: true}, 1},
		{"zpl, roll, four copies", virtual.ZPL, zpl.Driver{Media: zpl.Continuous, Darkness: 15, Speed: 3, Copies: 4}, setup{Darkness: 15, Speed: 3, Media: virtual.Continuous}, 4},
		{"zpl, peeled", virtual.ZPL, zpl.Driver{Darkness: 15, Speed: 3, Finish: zpl.Peel, Media: zpl.Gap}, setup{Darkness: 15, Speed: 3, Media: virtual.Gap, Peel: true}, 1},
		{"cpcl, die-cut, hotter, two copies", virtual.CPCL, cpcl.Driver{Media: cpcl.Gap, Tone: 120, Speed: 5, Copies: 2}, setup{Darkness: 120, Speed: 5, Media: virtual.Gap}, 2},
		{"cpcl, black mark, cut", virtual.CPCL, cpcl.Driver{Media: cpcl.BlackMark, Cut: true}, setup{Speed: 3, Media: virtual.BlackMark, Cut: true}, 1},
		{"cpcl, roll", virtual.CPCL, cpcl.Driver{Media: cpcl.Continuous}, setup{Speed: 3, Media: virtual.Continuous}, 1},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			label := drivertest.Waybill(t)
			got := printed(t, virtual.Config{Language: r.language}, r.driver, r.labels, label)
			for _, p := range got {
				if *p.Setup != r.want || p.Garbage != "" || !p.Image.Equal(label) {
					t.Errorf("printed as %+v, garbage %q, the dots right %v; want %+v", *p.Setup, p.Garbage, p.Image.Equal(label), r.want)
				}
			}
		})
	}
}

// patient is long enough for a busy machine. Close is over as soon as the printer has
// read all; what it gives up before may be the end of a label.
var patient = printer.Timeouts{Dial: time.Minute, Status: time.Minute, Write: time.Minute, Close: time.Minute}

// printed prints a label without being told how, and returns so many copies.
func printed(t *testing.T, cfg virtual.Config, d printer.Driver, copies int, labels ...*bitmap.Image) []virtual.Print {
	t.Helper()
	v, err := virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	p := &printer.Printer{Name: "bench", Driver: d, Transport: tcp.Transport{Address: v.Addr()}, Confirm: printer.ConfirmNone, Timeouts: patient}
	for i, m := range labels {
		a, _, err := p.Begin(t.Context(), printer.Job{Mark: printer.MarkAt(uint64(i + 1)), Image: m})
		if err != nil {
			t.Fatal(err)
		}
		if outcome, _, err := a.Send(t.Context()); outcome != printer.Sent {
			t.Fatalf("outcome %v, %v", outcome, err)
		}
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		got := v.Prints()
		if len(got) == copies*len(labels) {
			time.Sleep(20 * time.Millisecond)
			if more := len(v.Prints()); more != len(got) {
				t.Fatalf("%d prints, want %d", more, len(got))
			}
			return got
		}
		if time.Now().After(end) {
			t.Fatalf("%d prints, want %d", len(got), copies*len(labels))
		}
	}
}

// TestPages: several different labels, one after the other, of every language and
// of heads of both pitches, are each what they were, and of their own size.
func TestPages(t *testing.T) {
	for _, head := range []struct{ perMetre, perMM, dots int }{{8000, 8, 832}, {11811, 12, 1248}} {
		mm := func(n int) int { return (n*head.perMetre + 500) / 1000 }
		for language, d := range map[virtual.Language]printer.Driver{
			virtual.ESCPOS: escpos.Driver{Media: escpos.Label, Width: head.dots},
			virtual.TSPL:   tspl.Driver{Media: tspl.Gap, Gap: 2000, PerMetre: head.perMetre, Width: head.dots},
			virtual.ZPL:    zpl.Driver{Width: head.dots},
			virtual.CPCL:   cpcl.Driver{Width: head.dots},
		} {
			t.Run(fmt.Sprintf("%s at %d", language, head.perMetre), func(t *testing.T) {
				t.Parallel()
				var labels []*bitmap.Image
				for i, size := range [][2]int{{100, 150}, {76, 130}, {100, 180}, {40, 30}} {
					m := bitmap.New(mm(size[0]), mm(size[1]))
					m.FillRect(0, 0, m.Width, m.Height, true) // a frame on the outermost dots
					m.FillRect(1, 1, m.Width-2, m.Height-2, false)
					m.FillRect(10+i, 20, 30, 40+i, true)
					labels = append(labels, m)
				}
				cfg := virtual.Config{Language: language, Head: head.dots, DotsPerMM: head.perMM, PerMetre: head.perMetre}
				for i, p := range printed(t, cfg, d, 1, labels...) {
					m := labels[i]
					if _, n := bitmap.Diff(padded(m), padded(p.Image)); n != 0 || p.Height != m.Height || p.Width < m.Width || p.Width >= m.Width+8 || p.Garbage != "" {
						t.Errorf("label %d: printed %d×%d dots for %d×%d, %d differ, garbage %q", i, p.Width, p.Height, m.Width, m.Height, n, p.Garbage)
					}
				}
			})
		}
	}
}

// TestPictures: the pictures over which encoders stumble, in each way of each
// language, on a head of 300 dpi.
func TestPictures(t *testing.T) {
	for _, r := range []struct {
		name     string
		language virtual.Language
		driver   printer.Driver
	}{
		{"escpos", virtual.ESCPOS, escpos.Driver{}},
		{"escpos, small bands, labels", virtual.ESCPOS, escpos.Driver{BandRows: 24, Media: escpos.LabelFF, Quiet: true, NoRealTime: true}},
		{"tspl", virtual.TSPL, tspl.Driver{PerMetre: 11811}},
		{"tspl, zlib", virtual.TSPL, tspl.Driver{PerMetre: 11811, Zlib: true}},
		{"zpl, run lengths", virtual.ZPL, zpl.Driver{}},
		{"zpl, hex", virtual.ZPL, zpl.Driver{Compression: zpl.Hex}},
		{"zpl, Z64", virtual.ZPL, zpl.Driver{Compression: zpl.Z64}},
		{"zpl, small fields", virtual.ZPL, zpl.Driver{FieldBytes: 3000}},
		{"cpcl", virtual.CPCL, cpcl.Driver{}},
		{"cpcl, hex, small bands", virtual.CPCL, cpcl.Driver{Hex: true, BandRows: 24}},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var labels []*bitmap.Image
			for _, p := range drivertest.Pictures() {
				labels = append(labels, p.Image)
			}
			cfg := virtual.Config{Language: r.language, Head: 1248, DotsPerMM: 12, PerMetre: 11811, Quirks: virtual.Quirks{ZlibBitmap: true}}
			for i, p := range printed(t, cfg, r.driver, 1, labels...) {
				if _, n := bitmap.Diff(padded(labels[i]), padded(p.Image)); n != 0 || p.Height != labels[i].Height || p.Garbage != "" || p.Partial {
					t.Errorf("%s: printed %d×%d dots for %d×%d, %d differ, garbage %q, partial %v",
						drivertest.Pictures()[i].Name, p.Width, p.Height, labels[i].Width, labels[i].Height, n, p.Garbage, p.Partial)
				}
			}
		})
	}
}

// padded is the picture on paper of whole bytes.
func padded(m *bitmap.Image) *bitmap.Image {
	p := bitmap.New((m.Width+7)/8*8, m.Height)
	for y := range m.Height {
		copy(p.Row(y), m.Row(y))
	}
	return p
}

// FuzzDots: whatever is drawn comes out, however the driver is set.
func FuzzDots(f *testing.F) {
	f.Add(uint8(0), uint8(13), uint8(0), []byte("\x1D\x56\x42\x00\x10\x04\x01"))
	f.Add(uint8(1), uint8(8), uint8(1), []byte("\r\nCLS\r\nPRINT 1,1\r\n\x1B!?"))
	f.Add(uint8(2), uint8(40), uint8(2), []byte("^XZ~JA\x00\x00\x00\x00\xFF\xFF\xFF\xFF"))
	f.Add(uint8(3), uint8(16), uint8(3), []byte("\r\nPRINT\r\n! 0 200 200 4 1\r\n\x1Bh"))
	var line bench
	f.Cleanup(line.close)
	f.Fuzz(func(t *testing.T, language, width, how uint8, bits []byte) {
		m := bitmap.New(int(width)+1, 1+len(bits)*8/(int(width)+1))
		for i := range len(bits) * 8 {
			m.Set(i%m.Width, i/m.Width, bits[i/8]>>(7-i%8)&1 == 1)
		}
		has := func(i int) bool { return how>>i&1 == 1 }
		languages := []virtual.Language{virtual.ESCPOS, virtual.TSPL, virtual.ZPL, virtual.CPCL}
		at := languages[int(language)%len(languages)]
		d := map[virtual.Language]printer.Driver{
			virtual.ESCPOS: escpos.Driver{Width: 256, BandRows: 24 + int(how), Quiet: true},
			virtual.TSPL:   tspl.Driver{Zlib: has(0), Media: tspl.Gap, Gap: 2000},
			virtual.ZPL:    zpl.Driver{Compression: []zpl.Compression{zpl.Runs, zpl.Z64, zpl.Hex}[how%3], FieldBytes: int(how)},
			virtual.CPCL:   cpcl.Driver{Hex: has(0), BandRows: 24 + int(how)},
		}[at]
		var b bytes.Buffer
		if err := d.Encode(&b, printer.Job{Image: m, Mark: printer.MarkAt(1)}); err != nil {
			t.Fatal(err)
		}
		got := line.print(t, at, b.Bytes())
		if _, n := bitmap.Diff(padded(m), padded(got.Image)); n != 0 || got.Height != m.Height || got.Garbage != "" || got.Partial {
			t.Fatalf("%s: printed %d×%d dots for %d×%d, %d differ, garbage %q, partial %v", at, got.Width, got.Height, m.Width, m.Height, n, got.Garbage, got.Partial)
		}
	})
}
