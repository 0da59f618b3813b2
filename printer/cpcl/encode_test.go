package cpcl

import (
	"bytes"
	"encoding/hex"
	"fmt"
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

const dots = "\xFF\xF8" + "\x90\x08" + "\x80\x08" + "\xFF\xF8"

func TestEncodeBytes(t *testing.T) {
	for _, r := range []struct {
		name   string
		driver Driver
		want   string
	}{
		{"as the printer is set", Driver{}, "! 0 200 200 4 1\r\nPAGE-WIDTH 13\r\nCG 2 4 0 0 " + dots + "\r\nFORM\r\nPRINT\r\n"},
		{
			"die-cut labels, everything set",
			Driver{Width: 832, Resolution: 203, Media: Gap, TopOfForm: 8, Tone: 100, Contrast: 2, Speed: 3, OffsetX: 16, OffsetY: 24, Copies: 2, Present: 80, PresentDelay: 4, Cut: true},
			"! 0 203 203 28 2\r\nPAGE-WIDTH 29\r\nGAP-SENSE\r\nSET-TOF 8\r\nTONE 100\r\nCONTRAST 2\r\nSPEED 3\r\n" +
				"CG 2 4 16 24 " + dots + "\r\nPRESENT-AT 80 4\r\nCUT\r\nFORM\r\nPRINT\r\n",
		},
		{"black mark, cooler", Driver{Media: BlackMark, Tone: -20},
			"! 0 200 200 4 1\r\nPAGE-WIDTH 13\r\nBAR-SENSE\r\nTONE -20\r\nCG 2 4 0 0 " + dots + "\r\nFORM\r\nPRINT\r\n"},
		{"a roll, in hexadecimal", Driver{Media: Continuous, Hex: true},
			"! 0 200 200 4 1\r\nPAGE-WIDTH 13\r\nJOURNAL\r\nEG 2 4 0 0 FFF890088008FFF8\r\nPRINT\r\n"},
		{"turned", Driver{UpsideDown: true},
			"! 0 200 200 4 1\r\nPAGE-WIDTH 13\r\nCG 2 4 0 0 \xFF\xF8\x80\x08\x80\x48\xFF\xF8\r\nFORM\r\nPRINT\r\n"},
	} {
		t.Run(r.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := r.driver.Encode(&b, printer.Job{Image: frame()}); err != nil {
				t.Fatal(err)
			}
			if b.String() != r.want {
				t.Errorf("got\n%q, want\n%q", b.String(), r.want)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	for _, d := range []Driver{{}, {Hex: true, UpsideDown: true, Media: Gap}} {
		drivertest.Encode(t, d)
	}
}

func TestPictures(t *testing.T) {
	for _, p := range drivertest.Pictures() {
		for _, d := range []Driver{{}, {Hex: true, BandRows: 24}, {UpsideDown: true, BandRows: 1024}} {
			t.Run(fmt.Sprintf("%s, bands of %d, hex %v, turned %v", p.Name, d.BandRows, d.Hex, d.UpsideDown), func(t *testing.T) {
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
	head := fmt.Sprintf("! 0 200 200 %d 1\r\nPAGE-WIDTH %d\r\n", m.Height, m.Width)
	rest, ok := strings.CutPrefix(b.String(), head)
	if !ok {
		t.Fatalf("begins with %.60q, want %q", b.String(), head)
	}
	stride, y := (m.Width+7)/8, 0
	most := d.BandRows
	if most == 0 {
		most = 128
	}
	for rest != "FORM\r\nPRINT\r\n" {
		var command string
		var wide, high, x0, y0 int
		if n, err := fmt.Sscanf(rest, "%s %d %d %d %d ", &command, &wide, &high, &x0, &y0); n != 5 {
			t.Fatalf("no picture but %.40q: %v", rest, err)
		}
		if wide != stride || x0 != 0 || y0 != y || high > most || high < 1 || (command == "EG") != d.Hex {
			t.Fatalf("%s %d %d %d %d at row %d, rows of %d bytes", command, wide, high, x0, y0, y, stride)
		}
		for range 5 {
			_, rest, _ = strings.Cut(rest, " ")
		}
		size := wide * high
		bits := rest[:min(size, len(rest))]
		if d.Hex {
			size *= 2
			raw, err := hex.DecodeString(rest[:size])
			if err != nil {
				t.Fatal(err)
			}
			bits = string(raw)
		}
		for i := range wide * high * 8 {
			x, row := i%(wide*8), y+i/(wide*8)
			want := m.Black(x, row)
			if d.UpsideDown {
				want = m.Black(m.Width-1-x, m.Height-1-row)
			}
			if bits[i/8]>>(7-i%8)&1 == 1 != want {
				t.Fatalf("dot %d,%d black %v, want %v", x, row, !want, want)
			}
		}
		if rest, ok = strings.CutPrefix(rest[size:], "\r\n"); !ok {
			t.Fatalf("after the picture: %.40q", rest)
		}
		y += high
	}
	if y != m.Height {
		t.Errorf("%d rows, want %d", y, m.Height)
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(uint8(13), []byte("\xFF\xF8\x90\x08"), uint8(0))
	f.Add(uint8(8), []byte("\r\nFORM\r\nPRINT\r\n"), uint8(3))
	f.Fuzz(func(t *testing.T, width uint8, bits []byte, how uint8) {
		bits = bits[:min(len(bits), 3999)] // of one dot a row they make 32,000 rows, and no label is longer
		m := bitmap.New(int(width)+1, 1+len(bits)*8/(int(width)+1))
		for i := range len(bits) * 8 {
			m.Set(i%m.Width, i/m.Width, bits[i/8]>>(7-i%8)&1 == 1)
		}
		readBack(t, Driver{Hex: how&1 == 1, UpsideDown: how&2 == 2, BandRows: 24 + int(how)}, m)
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
		{"too hot", Driver{Tone: 201}, printer.Job{Image: m}, "tone is 201, want -99 to 200"},
		{"too much contrast", Driver{Contrast: 4}, printer.Job{Image: m}, "contrast"},
		{"too fast", Driver{Speed: 6}, printer.Job{Image: m}, "speed"},
		{"moved to the left", Driver{OffsetX: -1}, printer.Job{Image: m}, "offset x"},
		{"no end of copies", Driver{Copies: 1025}, printer.Job{Image: m}, "copies"},
		{"bands too small", Driver{BandRows: 23}, printer.Job{Image: m}, "band in rows is 23, want 24 to 1024"},
		{"bands too large", Driver{BandRows: 1025}, printer.Job{Image: m}, "band in rows"},
		{"unknown media", Driver{Media: "gold"}, printer.Job{Image: m}, `unknown media "gold"`},
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

func BenchmarkEncode(b *testing.B) {
	for _, r := range []struct {
		name   string
		driver Driver
	}{{"raw", Driver{}}, {"hex", Driver{Hex: true}}, {"turned", Driver{UpsideDown: true}}} {
		b.Run(r.name, func(b *testing.B) { drivertest.Bench(b, r.driver) })
	}
}
