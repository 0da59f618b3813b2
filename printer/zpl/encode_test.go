package zpl

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strconv"
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

func TestEncodeBytes(t *testing.T) {
	for _, r := range []struct {
		name   string
		driver Driver
		want   string
	}{
		{"as the printer is set", Driver{}, "^XA^PW13^LL4^LH0,0^PON^FO0,0^GFA,8,8,2,IF890088008IF8^FS^PQ1,0,1,Y^XZ"},
		{"plain", Driver{Compression: Hex}, "^XA^PW13^LL4^LH0,0^PON^FO0,0^GFA,8,8,2,FFF890088008FFF8^FS^PQ1,0,1,Y^XZ"},
		{
			"everything set",
			Driver{Width: 832, Media: Gap, Ink: Direct, Darkness: 8, DarknessBy: -3, Speed: 4, ReferenceX: 16, ReferenceY: 8, Top: -20, UpsideDown: true, Copies: 2, Finish: TearOff, Compression: Hex},
			"~SD08^XA^PW29^LL12^LH16,8^LT-20^MD-3^PR4^MNY^MTD^MMT^POI^FO0,0^GFA,8,8,2,FFF890088008FFF8^FS^PQ2,0,1,Y^XZ",
		},
		{"a roll and a cutter", Driver{Media: Continuous, Ink: Transfer, Finish: Cut, Compression: Hex},
			"^XA^PW13^LL4^LH0,0^MNN^MTT^MMC^PON^FO0,0^GFA,8,8,2,FFF890088008FFF8^FS^PQ1,0,1,Y^XZ"},
		{"black mark, peeled", Driver{Media: BlackMark, Darkness: 30, Finish: Peel, Compression: Hex},
			"~SD30^XA^PW13^LL4^LH0,0^MNM^MMP^PON^FO0,0^GFA,8,8,2,FFF890088008FFF8^FS^PQ1,0,1,Y^XZ"},
		{"fields of three rows", Driver{FieldBytes: 7, Compression: Hex},
			"^XA^PW13^LL4^LH0,0^PON^FO0,0^GFA,6,6,2,FFF890088008^FS^FO0,3^GFA,2,2,2,FFF8^FS^PQ1,0,1,Y^XZ"},
		{"zlib where it is no shorter", Driver{Compression: Z64}, "^XA^PW13^LL4^LH0,0^PON^FO0,0^GFA,8,8,2,IF890088008IF8^FS^PQ1,0,1,Y^XZ"},
	} {
		t.Run(r.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := r.driver.Encode(&b, printer.Job{Name: "^XZ~JA", Image: frame()}); err != nil {
				t.Fatal(err)
			}
			if b.String() != r.want {
				t.Errorf("got\n%s, want\n%s", b.String(), r.want)
			}
		})
	}
}

func TestPackRuns(t *testing.T) {
	for _, r := range []struct {
		name   string
		bits   string
		stride int
		want   string
	}{
		{"a white row", "\x00\x00", 2, ","},
		{"a black row", "\xFF\xFF", 2, "!"},
		{"the row above again", "\x12\x00\x12\x00\x12\x00", 2, "12,::"},
		{"white below white", "\x00\x00\x00", 1, ",::"},
		{"white to the end", "\xA0\x00\x00", 3, "A0,"},
		{"black to the end", "\xA0\xFF\xFF", 3, "A0!"},
		{"half a byte of white is none", "\x12\x30", 2, "1230"},
		{"two alike", "\x11\x23", 2, "1123"},
		{"three alike", "\x11\x12", 2, "I12"},
		{"ends in a run", "\x21\x11", 2, "2I1"},
		{"19", strings.Repeat("\xBB", 9) + "\xB1", 10, "YB1"},
		{"20", strings.Repeat("\xBB", 10) + "\x10", 11, "gB10"},
		{"21", strings.Repeat("\xBB", 10) + "\xB1", 11, "gGB1"},
		{"40", strings.Repeat("\xBB", 20), 20, "hB"},
		{"327, the guide's own", strings.Repeat("\xBB", 163) + "\xB1", 164, "vMB1"},
		{"419", strings.Repeat("\xBB", 209) + "\xB1", 210, "zYB1"},
		{"420 in two", strings.Repeat("\xBB", 210), 210, "zYBB"},
		{"a long middle", "\x12" + strings.Repeat("\x00", 11) + "\x34", 13, "12gH034"},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := string(packRuns([]byte(r.bits), r.stride)); got != r.want {
				t.Errorf("%d bytes in rows of %d: %q, want %q", len(r.bits), r.stride, got, r.want)
			}
		})
	}
}

func TestCRC16(t *testing.T) {
	for _, r := range []struct {
		text string
		want uint16
	}{
		{"", 0},
		{"123456789", 0x31C3},
		{"/wD/AP8A/wA=", 0xAAB3},
		{"eNr7z/AfDAET9AP9", 0x3CE6},
	} {
		if got := crc16([]byte(r.text)); got != r.want {
			t.Errorf("crc16(%q) = %04X, want %04X", r.text, got, r.want)
		}
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []Compression{Runs, Z64, Hex} {
		drivertest.Encode(t, Driver{Compression: c, FieldBytes: 9, Darkness: 5})
	}
}

func TestPictures(t *testing.T) {
	for _, p := range drivertest.Pictures() {
		for _, d := range []Driver{{}, {Compression: Z64}, {Compression: Hex}, {FieldBytes: 1000}} {
			t.Run(fmt.Sprintf("%s, %s in fields of %d", p.Name, d.Compression, d.FieldBytes), func(t *testing.T) {
				readBack(t, d, p.Image)
			})
		}
	}
}

var (
	label = regexp.MustCompile(`^\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^PON(.*)\^PQ1,0,1,Y\^XZ$`)
	field = regexp.MustCompile(`^\^FO0,(\d+)\^GFA,(\d+),(\d+),(\d+),([^^~]*)\^FS`)
)

// readBack holds every dot of an encoded label, padding included, against the
// picture, and sees that nothing but digits, letters and the three signs of
// packing stands between the commands.
func readBack(t *testing.T, d Driver, m *bitmap.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := d.Encode(&b, printer.Job{Image: m}); err != nil {
		t.Fatal(err)
	}
	l := label.FindStringSubmatch(b.String())
	if l == nil {
		t.Fatalf("no label: %.80q", b.String())
	}
	if l[1] != strconv.Itoa(max(m.Width, 2)) || l[2] != strconv.Itoa(m.Height) {
		t.Errorf("^PW%s^LL%s for %d×%d dots", l[1], l[2], m.Width, m.Height)
	}
	stride, y := (m.Width+7)/8, 0
	for rest := l[3]; rest != ""; {
		f := field.FindStringSubmatch(rest)
		if f == nil {
			t.Fatalf("no field: %.80q", rest)
		}
		rest = rest[len(f[0]):]
		size, _ := strconv.Atoi(f[3])
		if at, _ := strconv.Atoi(f[1]); at != y || f[2] != f[3] || f[4] != strconv.Itoa(stride) {
			t.Fatalf("^FO0,%s^GFA,%s,%s,%s at row %d, rows of %d bytes", f[1], f[2], f[3], f[4], y, stride)
		}
		if limit := max(d.FieldBytes, stride); d.FieldBytes > 0 && size > limit || size > 99_999 {
			t.Errorf("a field of %d bytes", size)
		}
		bits := unpack(t, f[5], stride)
		if len(bits) != size {
			t.Fatalf("a field of %d bytes holds %d", size, len(bits))
		}
		for i := range size * 8 {
			if x, row := i%(stride*8), y+i/(stride*8); bits[i/8]>>(7-i%8)&1 == 1 != m.Black(x, row) {
				t.Fatalf("dot %d,%d is wrong", x, row)
			}
		}
		y += size / stride
	}
	if y != m.Height {
		t.Errorf("%d rows, want %d", y, m.Height)
	}
}

// unpack reads the data of a ^GFA field as the guide describes it.
func unpack(t *testing.T, data string, stride int) []byte {
	t.Helper()
	if text, ok := strings.CutPrefix(data, ":Z64:"); ok {
		text, sum, _ := strings.Cut(text, ":")
		if want := fmt.Sprintf("%04X", crc16([]byte(text))); sum != want {
			t.Errorf("check %s, want %s", sum, want)
		}
		packed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return plain
	}
	var rows [][]byte // of digits
	row, count := []byte{}, 0
	end := func() {
		if len(row) != 2*stride {
			t.Fatalf("row %d has %d digits, want %d", len(rows), len(row), 2*stride)
		}
		rows, row = append(rows, row), []byte{}
	}
	for _, c := range []byte(data) {
		switch {
		case c >= 'G' && c <= 'Y':
			count += int(c-'G') + 1
		case c >= 'g' && c <= 'z':
			count += 20 * (int(c-'g') + 1)
		case c == ':' && len(row) == 0 && count == 0 && len(rows) > 0:
			row = bytes.Clone(rows[len(rows)-1])
		case (c == ',' || c == '!') && len(row)%2 == 0 && count == 0 && len(row) < 2*stride:
			fill := map[byte]string{',': "0", '!': "F"}[c]
			row = append(row, strings.Repeat(fill, 2*stride-len(row))...)
		case strings.ContainsRune("0123456789ABCDEF", rune(c)):
			row = append(row, bytes.Repeat([]byte{c}, max(count, 1))...)
			count = 0
		default:
			t.Fatalf("%q in row %d after %d digits and a count of %d", c, len(rows), len(row), count)
		}
		if len(row) >= 2*stride {
			end()
		}
	}
	if len(row) > 0 || count > 0 {
		t.Fatalf("a last row of %d digits, a count of %d", len(row), count)
	}
	var bits []byte
	for _, r := range rows {
		for i := 0; i < len(r); i += 2 {
			b, err := strconv.ParseUint(string(r[i:i+2]), 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			bits = append(bits, byte(b))
		}
	}
	return bits
}

func FuzzEncode(f *testing.F) {
	f.Add(uint8(13), []byte("\xFF\xF8\x90\x08\x00\x00\x00\x00\xFF\xFF\xFF\xFF"), uint8(0))
	f.Add(uint8(200), bytes.Repeat([]byte{0}, 80), uint8(1))
	f.Add(uint8(63), bytes.Repeat([]byte{0xAB}, 80), uint8(2))
	f.Fuzz(func(t *testing.T, width uint8, bits []byte, how uint8) {
		bits = bits[:min(len(bits), 3999)] // of one dot a row they make 32,000 rows, and no label is longer
		m := bitmap.New(int(width)+1, 1+len(bits)*8/(int(width)+1))
		for i := range len(bits) * 8 {
			m.Set(i%m.Width, i/m.Width, bits[i/8]>>(7-i%8)&1 == 1)
		}
		readBack(t, Driver{Compression: []Compression{Runs, Z64, Hex}[how%3], FieldBytes: int(how)}, m)
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
		{"an empty picture", Driver{}, printer.Job{Image: bitmap.New(9, 0)}, "no picture"},
		{"a label wider than the head", Driver{Width: 15}, printer.Job{Image: m}, "16 dots wide, the printer 15"},
		{"an endless label", Driver{}, printer.Job{Image: bitmap.New(1, 32_001)}, "1×32001 dots"},
		{"too hot", Driver{Darkness: 31}, printer.Job{Image: m}, "darkness is 31, want 0 to 30"},
		{"changed too much", Driver{DarknessBy: -31}, printer.Job{Image: m}, "change of darkness"},
		{"too fast", Driver{Speed: 15}, printer.Job{Image: m}, "speed"},
		{"moved to the left", Driver{ReferenceX: -1}, printer.Job{Image: m}, "reference x"},
		{"moved too far", Driver{Top: 121}, printer.Job{Image: m}, "label top"},
		{"no end of copies", Driver{Copies: 10_000}, printer.Job{Image: m}, "copies"},
		{"unknown media", Driver{Media: "Y^XZ"}, printer.Job{Image: m}, `unknown media "Y^XZ"`},
		{"unknown ink", Driver{Ink: "red"}, printer.Job{Image: m}, `unknown ink "red"`},
		{"unknown finish", Driver{Finish: "bow"}, printer.Job{Image: m}, `unknown finish "bow"`},
		{"unknown compression", Driver{Compression: "rar"}, printer.Job{Image: m}, `unknown compression "rar"`},
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
