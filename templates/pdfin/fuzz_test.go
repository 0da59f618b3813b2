package pdfin_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"miandan/templates/pdfin"
)

// problem wants one of the package's own words for what is wrong, and nothing
// that a document or a child has said.
func problem(t *testing.T, err error) {
	t.Helper()
	var p pdfin.Problem
	var size *pdfin.SizeError
	if !errors.As(err, &p) && !errors.As(err, &size) {
		t.Errorf("%v is no Problem", err)
	}
	if strings.Contains(err.Error(), "13800001234") {
		t.Errorf("the document shows through: %v", err)
	}
}

// FuzzDocument opens documents as the program does, in a child process each. It
// is slow, and the real thing.
func FuzzDocument(f *testing.F) {
	f.Add(onePage(box(10, 10), "", "0 0 10 10 re f"))
	f.Add(onePage(box(10, 10), "/Rotate 90 /UserUnit 3", "BT (13800001234) Tj ET"))
	f.Add(picturePage("/Width 8 /Height 8 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode", jbig2(8, 8)))
	f.Add(manyPages(3))
	f.Add(document("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 2000000000 >>"))
	f.Add(pngOf(80, 80, 1, 0, strings.Repeat("\x00\xff", 400)))
	f.Add(jpegOf(f, image.NewGray(image.Rect(0, 0, 80, 80))))
	f.Add(cmykJPEG(f))
	r := &pdfin.Reader{Cache: shared.Cache, Limits: pdfin.Limits{Time: 2 * time.Second, Memory: 96 << 20, Pages: 20}}
	f.Fuzz(func(t *testing.T, b []byte) {
		began := time.Now()
		d, err := r.Open(t.Context(), b)
		if err != nil {
			problem(t, err)
			return
		}
		defer d.Close()
		if n := len(d.Pages()); n < 1 || n > 20 {
			t.Errorf("%d pages", n)
		}
		for _, how := range []pdfin.How{{}, {Way: pdfin.Fit, Turn: pdfin.Turn(len(b) % 4)}} {
			m, err := d.Dots(t.Context(), 0, paper(10, 10), how)
			if err != nil {
				problem(t, err)
				break
			}
			if m.Width != 80 || m.Height != 80 {
				t.Errorf("%d×%d dots of a frame of 80×80", m.Width, m.Height)
			}
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// hostileCommand makes the test binary a child that a document has taken over:
// it says what its argument is, in hex, whatever it is asked.
const hostileCommand = "hostile"

func hostileChild() {
	said, err := hex.DecodeString(os.Args[2])
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(said)
	os.Stdin.Read(make([]byte, 1<<20))
	os.Exit(int(said[0]))
}

// says is one answer of a child.
func says(status byte, size int, b []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte{status}, uint32(size)), b...)
}

func sizes(all ...float64) []byte {
	var b []byte
	for _, v := range all {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return says(0, len(b), b)
}

// FuzzChild reads what a child says that a document has taken over.
func FuzzChild(f *testing.F) {
	ready := says(0, 0, nil)
	with := func(parts ...[]byte) (b []byte) {
		b = append(b, ready...)
		for _, p := range parts {
			b = append(b, p...)
		}
		return b
	}
	dots := make([]byte, 8)
	f.Add(with(sizes(8, 8), says(0, 8, dots)))
	f.Add(with(sizes(8, 8), says(0, 7, dots)))
	f.Add(with(sizes(8, 8), says(0, 1<<31, dots)))
	f.Add(with(sizes(8, 8, 8), says(0, 8, dots)))
	f.Add(with(sizes(math.NaN(), math.Inf(1))))
	f.Add(with(sizes(-1, 1e308)))
	f.Add(with(sizes(5e-324, 5e-324), says(0, 8, dots)))
	f.Add(with(says(0, 0xFFFFFFFF, nil)))
	f.Add(with(says(250, 0, nil)))
	f.Add(says(3, 9, []byte("13800001234")))
	f.Add([]byte("13800001234 fatal error: out of memory"))
	png := pngOf(8, 8, 1, 0, strings.Repeat("\x00\xff", 8))
	f.Fuzz(func(t *testing.T, said []byte) {
		if len(said) == 0 || len(said) > 30<<10 {
			return
		}
		r := &pdfin.Reader{Program: []string{os.Args[0], hostileCommand, hex.EncodeToString(said)}, Limits: pdfin.Limits{Time: 5 * time.Second, Pages: 20}}
		d, err := r.Open(t.Context(), png)
		if err != nil {
			problem(t, err)
			return
		}
		defer d.Close()
		for _, p := range d.Pages() {
			if !(p.Width > 0 && p.Width < 1e7 && p.Height > 0 && p.Height < 1e7) {
				t.Errorf("a page of %v×%v", p.Width, p.Height)
			}
		}
		for _, how := range []pdfin.How{{}, {Way: pdfin.Fit}} {
			m, err := d.Dots(t.Context(), 0, paper(1, 1), how)
			if err != nil {
				problem(t, err)
				return
			}
			if m.Width != 8 || m.Height != 8 || len(m.Bits) < 8 {
				t.Errorf("%d×%d dots in %d bytes", m.Width, m.Height, len(m.Bits))
			}
		}
	})
}
