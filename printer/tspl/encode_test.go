package tspl

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
)

// frame is a picture of 13×4 dots: a frame with one dot in its second row. The
// last three bits of each row are padding.
func frame() *bitmap.Image {
	m := bitmap.New(13, 4)
	m.FillRect(0, 0, 13, 4, true)
	m.FillRect(1, 1, 11, 2, false)
	m.Set(3, 1, true)
	return m
}

// The frame as TSC's printers want it: 0 is black, and white the padding.
const dots = "\x00\x07" + "\x6F\xF7" + "\x7F\xF7" + "\x00\x07"

func TestEncodeBytes(t *testing.T) {
	for _, r := range []struct {
		name   string
		driver Driver
		job    printer.Job
		want   string
	}{
		{
			"as the printer is set", Driver{}, printer.Job{Image: frame()},
			"\r\nSIZE 1.63 mm,0.5 mm\r\nDIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n" +
				"BITMAP 0,0,2,4,0," + dots + "\r\nPRINT 1,1\r\n",
		},
		{
			"die-cut labels", Driver{Media: Gap, Gap: 2000, Density: 8, Speed: 40, Finish: TearOff},
			printer.Job{Image: frame(), Width: 100_000, Height: 150_000},
			"\r\nDENSITY 8\r\nSPEED 4\r\nSIZE 100 mm,150 mm\r\nGAP 2 mm,0 mm\r\nOFFSET 0 mm\r\n" +
				"SET PEEL OFF\r\nSET TEAR ON\r\nDIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n" +
				"BITMAP 0,0,2,4,0," + dots + "\r\nPRINT 1,1\r\n",
		},
		{
			"black mark, moved, turned, three copies",
			Driver{Media: BlackMark, Gap: 3000, GapOffset: -500, Feed: 2540, Speed: 15, ReferenceX: 8, ReferenceY: 16, UpsideDown: true, Mirror: true, Copies: 3, Finish: Peel},
			printer.Job{Image: frame(), Width: 101_600, Height: 152_400},
			"\r\nSPEED 1.5\r\nSIZE 101.6 mm,152.4 mm\r\nBLINE 3 mm,-0.5 mm\r\nOFFSET 2.5 mm\r\n" +
				"SET TEAR OFF\r\nSET PEEL ON\r\nDIRECTION 1,1\r\nREFERENCE 8,16\r\nCLS\r\n" +
				"BITMAP 0,0,2,4,0," + dots + "\r\nPRINT 1,3\r\n",
		},
		{
			"a roll and a cutter at 300 dpi, reporting", Driver{Media: Continuous, PerMetre: 11811, Finish: Cut, Response: true},
			printer.Job{Image: frame()},
			"\r\nSIZE 1.11 mm,0.34 mm\r\nGAP 0,0\r\nOFFSET 0 mm\r\nSET CUTTER 1\r\nDIRECTION 0\r\nREFERENCE 0,0\r\nSET RESPONSE ON\r\nCLS\r\n" +
				"BITMAP 0,0,2,4,0," + dots + "\r\nPRINT 1,1\r\n",
		},
		{
			"firmware in which a set bit is black", Driver{Invert: true}, printer.Job{Image: frame()},
			"\r\nSIZE 1.63 mm,0.5 mm\r\nDIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n" +
				"BITMAP 0,0,2,4,0,\xFF\xF8\x90\x08\x80\x08\xFF\xF8\r\nPRINT 1,1\r\n",
		},
	} {
		t.Run(r.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := r.driver.Encode(&b, r.job); err != nil {
				t.Fatal(err)
			}
			if b.String() != r.want {
				t.Errorf("got\n%q, want\n%q", b.String(), r.want)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	for _, d := range []Driver{{}, {Zlib: true, Media: Gap, Gap: 2000, Copies: 2}} {
		drivertest.Encode(t, d)
	}
}

func TestPictures(t *testing.T) {
	for _, p := range drivertest.Pictures() {
		for _, d := range []Driver{{}, {Invert: true}, {Zlib: true}} {
			t.Run(fmt.Sprintf("%s, invert %v, zlib %v", p.Name, d.Invert, d.Zlib), func(t *testing.T) {
				readBack(t, d, p.Image)
			})
		}
	}
}

// readBack holds every dot of an encoded label, padding included, against the
// picture.
func readBack(t *testing.T, d Driver, m *bitmap.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := d.Encode(&b, printer.Job{Image: m}); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), "CLS\r\n")
	var wide, high, mode int
	if n, err := fmt.Sscanf(rest, "BITMAP 0,0,%d,%d,%d,", &wide, &high, &mode); n != 3 || err != nil {
		t.Fatalf("no BITMAP after CLS but %.40q", rest)
	}
	for range 5 {
		_, rest, _ = strings.Cut(rest, ",")
	}
	if wide != (m.Width+7)/8 || high != m.Height {
		t.Fatalf("BITMAP of %d bytes × %d dots for %d×%d dots", wide, high, m.Width, m.Height)
	}
	bits := rest
	if mode == 3 {
		var size int
		if _, err := fmt.Sscanf(rest, "%d,", &size); err != nil {
			t.Fatal(err)
		}
		_, rest, _ = strings.Cut(rest, ",")
		if !strings.HasPrefix(rest, "\x78\x9C") {
			t.Errorf("the stream begins with % X, want 78 9C", rest[:2])
		}
		z, err := zlib.NewReader(strings.NewReader(rest[:size]))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		bits, rest = string(plain), rest[size:]
	} else {
		rest = rest[wide*high:]
		bits = bits[:wide*high]
	}
	if rest != "\r\nPRINT 1,1\r\n" {
		t.Fatalf("after the picture: %.40q", rest)
	}
	if len(bits) != wide*high {
		t.Fatalf("%d bytes of picture, want %d", len(bits), wide*high)
	}
	for y := range high {
		for x := range wide * 8 {
			set := bits[y*wide+x/8]>>(7-x%8)&1 == 1
			if black := set == d.Invert; black != m.Black(x, y) {
				t.Fatalf("dot %d,%d black %v, want %v", x, y, black, m.Black(x, y))
			}
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(uint8(13), []byte("\xFF\xF8\x90\x08"), false)
	f.Add(uint8(8), []byte("CLS\r\nPRINT"), true)
	f.Fuzz(func(t *testing.T, width uint8, bits []byte, zip bool) {
		bits = bits[:min(len(bits), 3999)] // of one dot a row they make 32,000 rows, and no label is longer
		m := bitmap.New(int(width)+1, 1+len(bits)*8/(int(width)+1))
		for i := range len(bits) * 8 {
			m.Set(i%m.Width, i/m.Width, bits[i/8]>>(7-i%8)&1 == 1)
		}
		readBack(t, Driver{Zlib: zip}, m)
	})
}

func TestEncodeRefuses(t *testing.T) {
	m := bitmap.New(16, 4)
	for _, r := range []struct {
		name   string
		driver Driver
		job    printer.Job
		want   string
	}{
		{"no picture", Driver{}, printer.Job{PDF: []byte("%PDF")}, "no picture"},
		{"an empty picture", Driver{}, printer.Job{Image: bitmap.New(0, 9)}, "no picture"},
		{"a label wider than the head", Driver{Width: 15}, printer.Job{Image: m}, "16 dots wide, the printer 15"},
		{"an endless label", Driver{}, printer.Job{Image: bitmap.New(1, 32_001)}, "1×32001 dots"},
		{"too hot", Driver{Density: 16}, printer.Job{Image: m}, "density is 16, want 0 to 15"},
		{"too fast", Driver{Speed: 181}, printer.Job{Image: m}, "speed"},
		{"too slow", Driver{Speed: 4}, printer.Job{Image: m}, "speed"},
		{"a gap of an arm's length", Driver{Gap: 700_000}, printer.Job{Image: m}, "gap"},
		{"fed too far back", Driver{Feed: -25_401}, printer.Job{Image: m}, "feed"},
		{"moved to the left", Driver{ReferenceX: -1}, printer.Job{Image: m}, "reference x"},
		{"no end of copies", Driver{Copies: 10_000}, printer.Job{Image: m}, "copies"},
		{"unknown media", Driver{Media: "gold"}, printer.Job{Image: m}, `unknown media "gold"`},
		{"unknown finish", Driver{Finish: "bow"}, printer.Job{Image: m}, `unknown finish "bow"`},
	} {
		t.Run(r.name, func(t *testing.T) {
			var b bytes.Buffer
			err := r.driver.Encode(&b, r.job)
			if err == nil || !strings.Contains(err.Error(), r.want) {
				t.Errorf("Encode = %v, want an error with %q", err, r.want)
			}
			if b.Len() > 0 {
				t.Errorf("Encode wrote %d bytes before it refused", b.Len())
			}
		})
	}
}

// TestSize: whole labels at 300 dpi are a third of a dot larger than their
// millimetres. A printer that rounds and one that cuts down must both come to the
// picture's dots.
func TestSize(t *testing.T) {
	for _, r := range []struct {
		width, height, perMetre int
		job                     printer.Job
		want                    string
	}{
		{800, 1200, 8000, printer.Job{}, "SIZE 100 mm,150 mm"},
		{608, 1040, 0, printer.Job{}, "SIZE 76 mm,130 mm"},
		{1181, 1772, 11811, printer.Job{}, "SIZE 100 mm,150.03 mm"},
		{1181, 1772, 11811, printer.Job{Width: 100_000, Height: 150_000}, "SIZE 100 mm,150.03 mm"},
		{1181, 2126, 11811, printer.Job{Width: 100_000, Height: 180_000}, "SIZE 100 mm,180.01 mm"},
		{898, 1535, 11811, printer.Job{Width: 76_000, Height: 130_000}, "SIZE 76.04 mm,130 mm"},
		{1200, 1800, 12000, printer.Job{Width: 100_000, Height: 150_000}, "SIZE 100 mm,150 mm"},
		{405, 50, 8000, printer.Job{}, "SIZE 50.63 mm,6.3 mm"},
		{405, 50, 8000, printer.Job{Width: 50_800, Height: 25_400}, "SIZE 50.8 mm,25.4 mm"},
		{405, 50, 8000, printer.Job{Width: 100_000, Height: 150_000}, "SIZE 100 mm,150 mm"}, // of which the picture is a part
	} {
		r.job.Image = bitmap.New(r.width, r.height)
		var b bytes.Buffer
		if err := (Driver{PerMetre: r.perMetre}).Encode(&b, r.job); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), r.want+"\r\n") {
			t.Errorf("%d×%d dots at %d a metre: %.60q, want %s", r.width, r.height, r.perMetre, b.String(), r.want)
		}
	}
}

// TestLength: whatever a label's dots and the head's pitch.
func TestLength(t *testing.T) {
	for _, perMetre := range []int{8000, 11811, 12000, 23622, 24000} {
		for dots := 1; dots <= maxDots; dots++ {
			n := length(dots, 0, perMetre)
			if exact := float64(n) * float64(perMetre) / 100_000; int(exact) != dots || int(math.Round(exact)) != dots {
				t.Fatalf("%d dots at %d a metre: %s mm are %.3f dots", dots, perMetre, hundredths(n), exact)
			}
		}
	}
}

func TestTenths(t *testing.T) {
	for _, r := range []struct {
		um   int
		want string
	}{{0, "0"}, {49, "0"}, {50, "0.1"}, {100, "0.1"}, {-500, "-0.5"}, {-1000, "-1"}, {-2540, "-2.5"}, {76_030, "76"}, {101_600, "101.6"}, {99_992, "100"}} {
		if got := tenths(toTenths(r.um)); got != r.want {
			t.Errorf("%d µm reads %q, want %q", r.um, got, r.want)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, r := range []struct {
		name   string
		driver Driver
	}{{"raw", Driver{}}, {"zlib", Driver{Zlib: true}}} {
		b.Run(r.name, func(b *testing.B) { drivertest.Bench(b, r.driver) })
	}
}
