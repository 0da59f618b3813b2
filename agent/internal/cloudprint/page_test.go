package cloudprint

import (
	"bytes"
	"testing"

	"github.com/jung-kurt/gofpdf"

	"miandan/agent/internal/notice"
	"miandan/templates/pdf"
	"miandan/templates/pdfin"
	"miandan/templates/pdfin/pdfintest"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

func TestPage(t *testing.T) {
	reader := &pdfin.Reader{Cache: pdfintest.Cache()}
	l, _ := sample(t, "jd-express.json", "jd-express-76x130", scene.DPI203)
	page := composed(t, l, "jd-express-76x130", scene.DPI203)
	var good, two bytes.Buffer
	if err := pdf.Write(&good, page); err != nil {
		t.Fatal(err)
	}
	if err := pdf.Write(&two, page, page); err != nil {
		t.Fatal(err)
	}
	other := l
	other.Number, other.Parcels = "JDVC00000000002", []waybill.Parcel{{Barcode: "JDVC00000000002-1-1-", Index: 1, Count: 1}}
	for _, c := range []struct {
		name   string
		file   []byte
		l      waybill.Label
		f      Frame
		reader *pdfin.Reader
		code   notice.Code
	}{
		{"the label", good.Bytes(), l, paper, reader, ""},
		{"the label at 300 dpi", good.Bytes(), l, Frame{scene.DPI300, paper.Width, paper.Height}, reader, ""},
		{"another waybill", good.Bytes(), other, paper, reader, "rendered-barcode"},
		{"another paper", good.Bytes(), l, Frame{scene.DPI203, scene.MM(100), scene.MM(150)}, reader, "rendered-paper"},
		{"two pages", two.Bytes(), l, paper, reader, "rendered-undrawn"},
		{"half a file", good.Bytes()[:good.Len()/2], l, paper, reader, "rendered-undrawn"},
		{"locked", locked(t), l, paper, reader, "rendered-undrawn"},
		{"no reader", good.Bytes(), l, paper, nil, "rendered-pdf"},
		{"a reader that does not start", good.Bytes(), l, paper, &pdfin.Reader{Program: []string{"/nonexistent/miandan"}}, "reader-unstarted"},
	} {
		m, err := Document{PDF, c.file, c.reader}.Image(t.Context(), c.l, c.f)
		if (err == nil) != (c.code == "") || err != nil && notice.CodeOf(err) != c.code {
			t.Errorf("%s: Image = %v, want %s", c.name, err, c.code)
		}
		if err == nil && (m.Width != c.f.Grid.Dots(c.f.Width) || m.Height != c.f.Grid.Dots(c.f.Height)) {
			t.Errorf("%s: %d×%d dots", c.name, m.Width, m.Height)
		}
		// A queue is given the file itself, and only what can be read here.
		b, err := Document{PDF, c.file, c.reader}.File(t.Context(), c.l, c.f)
		if c.code == "" && !bytes.Equal(b, c.file) || c.code != "" && b != nil || err != nil && notice.CodeOf(err) != c.code {
			t.Errorf("%s: File = %d bytes, %v, want %s", c.name, len(b), err, c.code)
		}
	}
}

func locked(t *testing.T) []byte {
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: 76, Ht: 130}})
	p.SetProtection(gofpdf.CnProtectPrint, "secret", "owner")
	p.AddPage()
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
