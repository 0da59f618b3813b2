package pdfin_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/templates/pdfin"
)

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cmykJPEG was made by Ghostscript's jpegcmyk: the left half is black ink.
func cmykJPEG(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/cmyk.jpg")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// slow is a label whose forms call each other: 16 to the power of 9 squares.
func slow() []byte {
	objects := []string{}
	const depth, width = 9, 16
	for i := range depth {
		content, resources := strings.Repeat("0 0 100 100 re f ", width), ""
		if i < depth-1 {
			content, resources = strings.Repeat("/F Do ", width), fmt.Sprintf("/Resources << /XObject << /F %d 0 R >> >>", 6+i)
		}
		objects = append(objects, stream("/Type /XObject /Subtype /Form /BBox [0 0 200 400] "+resources, content))
	}
	return onePage(box(100, 150), "/Resources << /XObject << /F 5 0 R >> >>", "/F Do", objects...)
}

// picturePage is a page with one image object that fills it.
func picturePage(dict, data string) []byte {
	return onePage(box(100, 150), "/Resources << /XObject << /I 5 0 R >> >>", "283 0 0 425 0 0 cm /I Do",
		stream("/Type /XObject /Subtype /Image "+dict, data))
}

// jbig2 is a page segment that claims a size.
func jbig2(w, h uint32) string {
	b := []byte{0, 0, 0, 0, 0x30, 0, 1, 0, 0, 0, 19}
	b = binary.BigEndian.AppendUint32(b, w)
	b = binary.BigEndian.AppendUint32(b, h)
	return string(append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}

func manyPages(n int) []byte {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", ""}
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
		objects = append(objects, "<< /Type /Page /Parent 2 0 R /MediaBox ["+box(100, 150)+"] >>")
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), n)
	return document(objects...)
}

func pngChunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngOf is a PNG of a header that claims a size, and data.
func pngOf(w, h uint32, depth, colour byte, data string) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = append(binary.BigEndian.AppendUint32(head, h), depth, colour, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", head)...)
	b = append(b, pngChunk("IDAT", []byte(data))...)
	return append(b, pngChunk("IEND", nil)...)
}

// scans is a progressive JPEG of so many scans, each of which goes over every
// block of the picture and says in a few bytes that nothing changes.
func scans(side, n int) []byte {
	b := []byte{0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0}
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xFF, 0xC2, 0, 11, 8, byte(side>>8), byte(side), byte(side>>8), byte(side), 1, 1, 0x11, 0)
	b = append(b, 0xFF, 0xC4, 0, 20, 0x10, 1)
	b = append(append(b, make([]byte, 15)...), 0xE0) // one code: the next 16,384 blocks and more are empty
	var bits strings.Builder
	for blocks := side / 8 * side / 8; blocks > 0; blocks -= 1<<15 - 1 {
		bits.WriteString("0" + strings.Repeat("1", 14))
	}
	for bits.Len()%8 != 0 {
		bits.WriteString("1")
	}
	scan := []byte{0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0}
	for i := 0; i < bits.Len(); i += 8 {
		var v byte
		for _, bit := range bits.String()[i : i+8] {
			v = v<<1 | byte(bit-'0')
		}
		if scan = append(scan, v); v == 0xFF {
			scan = append(scan, 0)
		}
	}
	return append(append(b, bytes.Repeat(scan, n)...), 0xFF, 0xD9)
}

// TestHostile opens what is made to break readers. The parent lives, each is
// over in time and has a name, and no child takes more memory than it may.
func TestHostile(t *testing.T) {
	r := &pdfin.Reader{Cache: shared.Cache, Limits: pdfin.Limits{Time: 2 * time.Second, Memory: 96 << 20}}
	// What is not slow by its nature is not to be so by a busy machine.
	patient := &pdfin.Reader{Cache: shared.Cache, Limits: pdfin.Limits{Time: time.Minute, Memory: 96 << 20}}
	whole := onePage(box(100, 150), "", strings.Repeat("0 0 10 10 re f\n", 500))
	bigJPEG := jpegOf(t, image.NewGray(image.Rect(0, 0, 64, 64)))
	at := bytes.Index(bigJPEG, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint32(bigJPEG[at+5:], 0xFFFFFFFF)
	goodJPEG := jpegOf(t, image.NewGray(image.Rect(0, 0, 800, 1200)))
	_, _, own := sample(t, "jd-express.json", "jd-express-76x130", 8)
	nested := "\nBT " + strings.Repeat("[", 200000) + strings.Repeat("]", 200000)

	before := parentMemory()
	for _, c := range []struct {
		name string
		file []byte
		want []error // any of these
	}{
		{"nothing", nil, []error{pdfin.NotPDF}},
		{"words", []byte("Please log in to continue"), []error{pdfin.NotPDF}},
		{"a GIF", []byte("GIF89a"), []error{pdfin.NotPDF}},
		{"the mark and no more", []byte("%PDF-1.7"), []error{pdfin.Broken}},
		{"the mark and the end", []byte("%PDF-1.7\n%%EOF"), []error{pdfin.Broken}},
		{"half a PDF", whole[:len(whole)/2], []error{pdfin.Broken}},
		{"half of ours", own[:len(own)/2], []error{pdfin.Broken}},
		{"half a PDF and an end", append(bytes.Clone(whole[:len(whole)/2]), "\n%%EOF"...), []error{pdfin.Broken}},
		{"a PDF that was edited", bytes.Replace(whole, []byte("/Type /Catalog"), []byte("/Type    /Catalog"), 1), []error{pdfin.Broken}},
		{"17 MB", append(bytes.Clone(whole), make([]byte, 17<<20)...), []error{pdfin.TooLarge}},
		{"10,000 pages", manyPages(10000), []error{pdfin.TooManyPages}},
		{"2 billion pages", document("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 2000000000 >>"), []error{pdfin.TooManyPages, pdfin.Broken}},
		{"pages within pages for ever", document("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), []error{pdfin.Broken}},
		{"no page", document("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"), []error{pdfin.Broken}},
		{"forms that call forms", slow(), []error{pdfin.TooSlow, pdfin.TooMuchMemory}},
		{"a form that calls itself", onePage(box(100, 150), "/Resources << /XObject << /F 5 0 R >> >>", "/F Do",
			stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>", "/F Do /F Do")), []error{nil, pdfin.Broken, pdfin.TooSlow, pdfin.TooMuchMemory}},
		{"deep brackets", onePage(box(100, 150), "", nested), []error{nil, pdfin.Broken}},
		{"a content of 120 MB", onePage(box(100, 150), "/Contents 5 0 R", "", stream("/Filter /FlateDecode", deflated("0 0 m 9 9 l ", 10<<20))), []error{pdfin.TooMuchMemory, pdfin.TooSlow}},
		{"a picture of 8,000 × 8,000", picturePage("/Width 8000 /Height 8000 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /FlateDecode", deflated("\x00\x00\x00", 64<<20)), []error{nil, pdfin.TooMuchMemory, pdfin.TooSlow}},
		{"JBIG2 of 60,000 × 60,000", picturePage("/Width 60000 /Height 60000 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode", jbig2(60000, 60000)), []error{pdfin.TooMuchMemory}},
		{"JBIG2 of 4 billion", picturePage("/Width 100 /Height 100 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode", jbig2(0xFFFFFFFF, 0xFFFFFFFE)), []error{nil, pdfin.TooMuchMemory, pdfin.Broken}},
		{"filters over filters", picturePage("/Width 20000 /Height 20000 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter [/FlateDecode /FlateDecode /RunLengthDecode]", deflated("\x00", 1<<20)), []error{nil, pdfin.Broken, pdfin.TooMuchMemory}},
		{"a pattern of dust", onePage(box(100, 150), "/Resources << /Pattern << /P 5 0 R >> >>", "/Pattern cs /P scn 0 0 283 425 re f",
			stream("/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001 /Resources << >>", "0 0 1 1 re f")), []error{nil, pdfin.Broken, pdfin.TooSlow, pdfin.TooMuchMemory}},
		{"a PNG that claims 65,535 × 65,535", pngOf(65535, 65535, 8, 6, ""), []error{pdfin.TooLarge}},
		{"a PNG that claims 4 billion", pngOf(0xFFFFFFFF, 0xFFFFFFFF, 8, 6, ""), []error{pdfin.TooLarge, pdfin.Broken}},
		{"a PNG with too much data", pngOf(160, 80, 8, 6, deflated("\x00", 64<<20)), []error{pdfin.Broken, pdfin.WrongSize}},
		{"a PNG with too little", pngOf(800, 1200, 8, 6, deflated("\x00", 1<<10)), []error{pdfin.Broken}},
		{"a large PNG of 16 bits and alpha", pngOf(6000, 6600, 16, 6, deflated("\x00", 1024)), []error{pdfin.TooMuchMemory}},
		{"a JPEG that claims 65,535 × 65,535", bigJPEG, []error{pdfin.TooLarge}},
		{"a JPEG of 20,000 scans", scans(4000, 20000), []error{pdfin.TooSlow}},
		{"half a JPEG", goodJPEG[:len(goodJPEG)/2], []error{pdfin.Broken}},
	} {
		slow := slices.Contains(c.want, error(pdfin.TooSlow))
		reader := patient
		if slow {
			reader = r
		}
		began := time.Now()
		_, err := draw(t, reader, c.file, paper(100, 150), pdfin.How{})
		took := time.Since(began)
		ok := false
		for _, want := range c.want {
			ok = ok || err == nil && want == nil || want != nil && errors.Is(err, want)
		}
		if !ok {
			t.Errorf("%s (%d bytes): %v, want %v", c.name, len(c.file), err, c.want)
		}
		if slow && took > 2*2*time.Second+20*time.Second { // the limit for opening and for drawing, and a start on a busy computer
			t.Errorf("%s took %v", c.name, took)
		}
		t.Logf("%-36s %8d bytes %6d ms  %v", c.name, len(c.file), took.Milliseconds(), err)
	}
	if _, err := draw(t, patient, own, paper(76, 130), pdfin.How{}); err != nil {
		t.Errorf("after all that: %v", err)
	}
	runtime.GC()
	t.Logf("parent: %d MB before, %d MB after; largest child: %d MB", before>>20, parentMemory()>>20, childMemory()>>20)
	if most := int64(96+192) << 20; childMemory() > most && !compiledNow {
		t.Errorf("a child had %d MB, and may have %d MB", childMemory()>>20, most>>20)
	}
}
