// Package sheet is the labels of the simulated JD: sealed as print data, which
// only its print component and cloud renderer open, and drawn on 76 × 130 mm.
//
// JD's own sealed format is not known and not imitated: this one has a key and
// a cipher of its own, so that nobody can come to rely on opening it.
//
// The layout is not JD's, which is not public. It is plain on purpose and
// shares nothing with the agent's own templates, so that a label that came by
// way of JD cannot be taken for one of ours. In the PDF whatever is ASCII is
// text that a program can read back, above all the phone; Chinese is drawn as
// pictures, since PDF libraries of this size choke on rare characters.
package sheet

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"strings"
	"time"

	"github.com/boombuler/barcode/code128"
	"github.com/jung-kurt/gofpdf"
)

// The label's size in millimetres and the picture's dots to a millimetre.
const (
	Width, Height = 76, 130
	DotsPerMM     = 8
)

// Style is how labels are drawn. Its zero value draws ASCII alone.
type Style struct {
	// Fonts are TrueType fonts, tried in this order for each character. A
	// character that none of them has is left out.
	Fonts [][]byte
}

// text is a line at a place; all lengths are in millimetres.
type text struct {
	x, y, size float64 // of the baseline's beginning
	words      string
}

// bars is a Code 128 symbol.
type bars struct {
	x, y, height float64
	modules      []bool
}

// layout is one label before it becomes dots or a page.
type layout struct {
	texts []text
	bars  []bars
}

// module is the width of a bar's module: two dots.
const module = 2.0 / DotsPerMM

// arrange lays a document out.
func arrange(d Document) (layout, error) {
	to := d.Shown()
	l := layout{texts: []text{
		{4, 8, 4, d.Carrier + " 演示面单"},
		{52, 8, 3, fmt.Sprintf("%d/%d", d.Index, d.Total)},
		{4, 16, 5, d.BigShot},
		{4, 22, 4, d.Sort + "  " + d.Site},
		{20, 43, 3, d.Waybill},
		{4, 50, 4, "TO " + to.Phone},
		{4, 55, 4, to.Name},
	}}
	for i, line := range wrap(to.Address, 20) {
		l.texts = append(l.texts, text{4, 60 + 4*float64(i), 3.2, line})
	}
	l.texts = append(l.texts,
		text{4, 86, 3, "FROM " + d.Sender.Phone},
		text{4, 90, 3, d.Sender.Name + " " + d.Sender.Address},
		text{4, 97, 3, "ORDER " + d.Order},
		text{4, 101, 3, d.Goods},
		text{4, 105, 3, d.Remark},
	)
	if d.Collect != "" {
		l.texts = append(l.texts, text{44, 97, 4, "COD " + d.Collect})
	}
	codes := []struct {
		y, height float64
		value     string
	}{{26, 13, d.Waybill}, {109, 10, d.Package}}
	for _, c := range codes {
		if c.value == "" {
			continue
		}
		b, err := encode(c.value)
		if err != nil {
			return layout{}, err
		}
		b.x, b.y, b.height = (Width-module*float64(len(b.modules)))/2, c.y, c.height
		l.bars = append(l.bars, b)
	}
	if d.Package != "" {
		l.texts = append(l.texts, text{20, 124, 3, d.Package})
	}
	return l, nil
}

func encode(value string) (bars, error) {
	symbol, err := code128.Encode(value)
	if err != nil {
		return bars{}, fmt.Errorf("draw the barcode: %w", err)
	}
	var b bars
	for x := range symbol.Bounds().Dx() {
		b.modules = append(b.modules, symbol.At(x, 0) == color.Black)
	}
	const quiet = 10 // modules on either side
	if module*float64(len(b.modules)+2*quiet) > Width {
		return bars{}, fmt.Errorf("draw the barcode: %d characters are too many", len(value))
	}
	return b, nil
}

// wrap cuts a text into lines of n characters.
func wrap(s string, n int) []string {
	var lines []string
	for r := []rune(s); len(r) > 0; r = r[min(n, len(r)):] {
		lines = append(lines, string(r[:min(n, len(r))]))
	}
	return lines
}

// Picture returns a label in shades of grey, DotsPerMM dots to a millimetre.
func (s Style) Picture(d Document) (*image.Gray, error) {
	l, err := arrange(d)
	if err != nil {
		return nil, err
	}
	p, err := s.pens()
	if err != nil {
		return nil, err
	}
	img := image.NewGray(image.Rect(0, 0, Width*DotsPerMM, Height*DotsPerMM))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, t := range l.texts {
		if err := p.write(img, t, DotsPerMM); err != nil {
			return nil, err
		}
	}
	for _, b := range l.bars {
		for i, black := range b.modules {
			if black {
				x := int(b.x*DotsPerMM) + 2*i
				draw.Draw(img, image.Rect(x, int(b.y*DotsPerMM), x+2, int((b.y+b.height)*DotsPerMM)), image.Black, image.Point{}, draw.Src)
			}
		}
	}
	return img, nil
}

// PNG writes a label as a picture.
func (s Style) PNG(w io.Writer, d Document) error {
	img, err := s.Picture(d)
	if err != nil {
		return err
	}
	return png.Encode(w, img)
}

// PDF writes labels as a document of one page each.
func (s Style) PDF(w io.Writer, documents ...Document) error {
	p, err := s.pens()
	if err != nil {
		return err
	}
	f := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: Width, Ht: Height}})
	f.SetCreationDate(time.Unix(0, 0))
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	for page, d := range documents {
		l, err := arrange(d)
		if err != nil {
			return err
		}
		f.AddPage()
		for i, t := range l.texts {
			if err := s.put(f, p, t, fmt.Sprintf("%d-%d", page, i)); err != nil {
				return err
			}
		}
		f.SetFillColor(0, 0, 0)
		for _, b := range l.bars {
			for i, black := range b.modules {
				if black {
					f.Rect(b.x+module*float64(i), b.y, module, b.height, "F")
				}
			}
		}
	}
	return f.Output(w)
}

// pictureDots is how finely the PDF's Chinese is drawn: 300 dots to an inch.
const pictureDots = 12

// put writes a line on the page, as text or as a picture.
func (s Style) put(f *gofpdf.Fpdf, p *pens, t text, name string) error {
	if ascii(t.words) == t.words {
		f.SetFont("Helvetica", "", 0)
		f.SetFontUnitSize(t.size)
		f.Text(t.x, t.y, t.words)
		return nil
	}
	// The readable part first: a phone beside Chinese stays a text.
	if len(s.Fonts) == 0 {
		return s.put(f, p, text{t.x, t.y, t.size, strings.TrimSpace(ascii(t.words))}, name)
	}
	wide := Width - t.x
	img := image.NewGray(image.Rect(0, 0, int(wide*pictureDots), int(t.size*1.5*pictureDots)))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	if err := p.write(img, text{0, t.size * 1.1, t.size, t.words}, pictureDots); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	f.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "PNG"}, &b)
	f.ImageOptions(name, t.x, t.y-t.size*1.1, wide, t.size*1.5, false, gofpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	return f.Error()
}

// ascii leaves out what is not.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}
