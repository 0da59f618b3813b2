package escpos

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
)

var update = flag.Bool("update", false, "write the goldens anew")

// frame is a picture of 16×4 dots: a frame with one dot in its middle row.
func frame() *bitmap.Image {
	m := bitmap.New(16, 4)
	m.FillRect(0, 0, 16, 4, true)
	m.FillRect(1, 1, 14, 2, false)
	m.Set(3, 1, true)
	return m
}

func TestEncodeGolden(t *testing.T) {
	for _, g := range []struct {
		name   string
		driver Driver
		job    printer.Job
	}{
		{"plain", Driver{}, printer.Job{Image: frame()}},
		{"marked", Driver{Width: 832}, printer.Job{Image: frame(), Mark: printer.Mark{'0', '0', 'a', '9'}}},
		{"label", Driver{Media: Label, Quiet: true}, printer.Job{Image: frame(), Mark: printer.Mark{' ', '~', '0', '0'}}},
		{"label-ff", Driver{Media: LabelFF, NoRealTime: true}, printer.Job{Image: frame()}},
	} {
		t.Run(g.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := g.driver.Encode(&b, g.job); err != nil {
				t.Fatal(err)
			}
			golden(t, g.name, b.Bytes())
		})
	}
	t.Run("probe", func(t *testing.T) {
		var b bytes.Buffer
		if err := (Driver{}).EncodeProbe(&b, printer.Mark{'p', 'r', 'o', 'b'}); err != nil {
			t.Fatal(err)
		}
		golden(t, "probe", b.Bytes())
	})
}

// golden compares bytes with a file of hexadecimal lines, each of which begins
// with ESC or GS.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var lines strings.Builder
	for i, b := range got {
		switch {
		case i > 0 && (b == esc || b == gs):
			lines.WriteByte('\n')
		case i > 0:
			lines.WriteByte(' ')
		}
		lines.WriteString(strings.ToUpper(hex.EncodeToString([]byte{b})))
	}
	lines.WriteByte('\n')
	file := filepath.Join("testdata", name+".hex")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if lines.String() != string(want) {
		t.Errorf("got\n%s, want\n%s", lines.String(), want)
	}
}

// TestEncodeBytes holds a label against bytes written by hand from Epson's manual.
func TestEncodeBytes(t *testing.T) {
	const dots = "\xFF\xFF" + "\x90\x01" + "\x80\x01" + "\xFF\xFF"
	for _, r := range []struct {
		name   string
		driver Driver
		want   string
	}{
		{"roll and cutter", Driver{}, "\x1B@" + "\x1Da\x0E" + "\x1DL\x00\x00" + "\x1DW\x10\x00" +
			"\x1Dv0\x00\x02\x00\x04\x00" + dots + "\x1DVB\x00" + "\x1D(H\x06\x0000ab19"},
		{"labels on a head of 832 dots", Driver{Media: Label, Width: 832, Quiet: true}, "\x1B@" + "\x1DL\x00\x00" + "\x1DW\x40\x03" +
			"\x1Dv0\x00\x02\x00\x04\x00" + dots + "\x1D\x0C" + "\x1D(H\x06\x0000ab19"},
		{"label mode, no drawer", Driver{Media: LabelFF, NoRealTime: true}, "\x1B@" + "\x1D(D\x05\x00\x14\x01\x00\x02\x00" + "\x1Da\x0E" +
			"\x1DL\x00\x00" + "\x1DW\x10\x00" + "\x1Dv0\x00\x02\x00\x04\x00" + dots + "\x0C" + "\x1D(H\x06\x0000ab19"},
	} {
		t.Run(r.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := r.driver.Encode(&b, printer.Job{Image: frame(), Mark: printer.Mark{'a', 'b', '1', '9'}}); err != nil {
				t.Fatal(err)
			}
			if b.String() != r.want {
				t.Errorf("got\n%q, want\n%q", b.String(), r.want)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	for _, d := range []Driver{{}, {Media: Label, Width: 832, Quiet: true, NoRealTime: true, BandRows: 24}} {
		drivertest.Encode(t, d)
	}
}

func BenchmarkEncode(b *testing.B) { drivertest.Bench(b, Driver{}) }

func TestEncodeBands(t *testing.T) {
	for _, r := range []struct {
		name         string
		rows, height int
		want         []int
	}{
		{"one short band", 0, 100, []int{100}},
		{"the default", 0, 300, []int{128, 128, 44}},
		{"exactly", 64, 128, []int{64, 64}},
		{"the smallest", 24, 50, []int{24, 24, 2}},
		{"the largest", 1024, 1440, []int{1024, 416}},
	} {
		t.Run(r.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := (Driver{BandRows: r.rows}).Encode(&b, printer.Job{Image: bitmap.New(8, r.height)}); err != nil {
				t.Fatal(err)
			}
			var got []int
			rest := b.Bytes()
			for {
				at := bytes.Index(rest, []byte{gs, 'v', '0', 0, 1, 0})
				if at < 0 {
					break
				}
				rows := int(rest[at+6]) | int(rest[at+7])<<8
				got = append(got, rows)
				rest = rest[at+8+rows:]
			}
			if len(got) != len(r.want) {
				t.Fatalf("bands of %v rows, want %v", got, r.want)
			}
			for i := range got {
				if got[i] != r.want[i] {
					t.Fatalf("bands of %v rows, want %v", got, r.want)
				}
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	picture := bitmap.New(16, 4)
	for _, r := range []struct {
		name   string
		driver Driver
		job    printer.Job
		want   string
	}{
		{"no picture", Driver{}, printer.Job{PDF: []byte("%PDF")}, "no picture"},
		{"an empty picture", Driver{}, printer.Job{Image: bitmap.New(0, 9)}, "no picture"},
		{"a label wider than the head", Driver{Width: 15}, printer.Job{Image: picture}, "16 dots wide, the printer 15"},
		{"bands too small", Driver{BandRows: 23}, printer.Job{Image: picture}, "band of 23 rows"},
		{"bands too large", Driver{BandRows: 1025}, printer.Job{Image: picture}, "band of 1025 rows"},
		{"a negative width", Driver{Width: -1}, printer.Job{Image: picture}, "width of -1"},
		{"unknown media", Driver{Media: "gold"}, printer.Job{Image: picture}, `unknown media "gold"`},
		{"a mark no printer returns", Driver{}, printer.Job{Image: picture, Mark: printer.Mark{'a', 'b', 'c', 0}}, "process ID"},
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
