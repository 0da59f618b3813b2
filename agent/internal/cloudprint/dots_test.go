package cloudprint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/barcode"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

var paper = Frame{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)}

// sample is a label as a good renderer draws one.
func sample(t *testing.T, file, layout string, g scene.Grid) (waybill.Label, *bitmap.Image) {
	t.Helper()
	f, err := os.Open("../../../templates/layouts/samples/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := waybill.ReadFile(f)
	if err != nil {
		t.Fatal(err)
	}
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	layouts, err := library.Get(layout)
	if err != nil {
		t.Fatal(err)
	}
	page, err := layouts.Compose(l, g)
	if err != nil {
		t.Fatal(err)
	}
	m, err := raster.Render(page)
	if err != nil {
		t.Fatal(err)
	}
	return l, m
}

func encoded(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImage(t *testing.T) {
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
		for file, layout := range map[string]string{"jd-express.json": "jd-express-76x130", "wujie.json": "wujie-76x130"} {
			l, m := sample(t, file, layout, g)
			f := Frame{g, paper.Width, paper.Height}
			for name, picture := range map[string]*bitmap.Image{"upright": m, "lying": turned(m)} {
				f := f
				if name == "lying" {
					f.Width, f.Height = f.Height, f.Width
				}
				got, err := Document{PNG, encoded(t, picture)}.Image(l, f)
				if err != nil {
					t.Fatalf("%s, %s, %v dots: %v", layout, name, g, err)
				}
				if !got.Equal(picture) || got.PerMetre != int(g*1000+0.5) {
					t.Errorf("%s, %s, %v dots: other dots than were drawn", layout, name, g)
				}
			}
		}
	}
}

func TestImageRefuses(t *testing.T) {
	l, m := sample(t, "jd-express.json", "jd-express-76x130", scene.DPI203)
	good := encoded(t, m)
	other := l
	other.Number, other.Parcels = "JDVC00000000002", []waybill.Parcel{{Barcode: "JDVC00000000002-1-1-", Index: 1, Count: 1}}
	two := l
	two.Parcels = []waybill.Parcel{{Barcode: "JDVC00000000001-1-2-", Index: 1, Count: 2}, {Barcode: "JDVC00000000001-2-2-", Index: 2, Count: 2}}
	for _, c := range []struct {
		name string
		d    Document
		l    waybill.Label
		f    Frame
		code notice.Code
	}{
		{"another paper", Document{PNG, good}, l, Frame{scene.DPI203, scene.MM(100), scene.MM(150)}, "rendered-size"},
		{"another resolution", Document{PNG, good}, l, Frame{scene.DPI300, paper.Width, paper.Height}, "rendered-size"},
		{"another waybill", Document{PNG, good}, other, paper, "rendered-barcode"},
		{"another parcel", Document{PNG, good}, two, paper, "rendered-barcode"},
		{"white paper", Document{PNG, encoded(t, bitmap.New(m.Width, m.Height))}, l, paper, "rendered-barcode"},
		{"blurred bars", Document{PNG, encoded(t, blurred(m))}, l, paper, "rendered-barcode"},
		{"half a file", Document{PNG, good[:len(good)/2]}, l, paper, "rendered-kind"},
		{"no picture", Document{PNG, []byte("GIF89a")}, l, paper, "rendered-kind"},
		{"a bomb", Document{PNG, bomb()}, l, paper, "rendered-size"},
		{"a PDF", Document{PDF, []byte("%PDF-1.4")}, l, paper, "rendered-pdf"},
	} {
		if m, err := c.d.Image(c.l, c.f); m != nil || notice.CodeOf(err) != c.code || err == nil {
			t.Errorf("%s: Image = %v, want %s", c.name, err, c.code)
		}
	}
	if _, err := (Document{PNG, good}).File(l); notice.CodeOf(err) != "rendered-picture" {
		t.Errorf("File of a picture: %v", err)
	}
	if b, err := (Document{PDF, []byte("%PDF-1.4")}).File(l); err != nil || string(b) != "%PDF-1.4" {
		t.Errorf("File = %s, %v", b, err)
	}
}

// blurred is what scaling to nine tenths and back leaves of bars.
func blurred(m *bitmap.Image) *bitmap.Image {
	b := bitmap.New(m.Width, m.Height)
	for y := range m.Height {
		for x := range m.Width {
			b.Set(x, y, m.Black(x*9/10*10/9, y) || m.Black(x+2, y))
		}
	}
	return b
}

// bomb is a file of a few bytes that claims 60,000 × 60,000 dots.
func bomb() []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), 60000)
	head = append(binary.BigEndian.AppendUint32(head, 60000), 1, 0, 0, 0, 0)
	b = append(binary.BigEndian.AppendUint32(b, 13), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func TestDotsAreHalf(t *testing.T) {
	f := Frame{scene.DPI203, scene.MM(1), scene.MM(1)}
	grey := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i * 4)
	}
	m, err := Dots(encoded(t, grey), f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range grey.Pix {
		if got, want := m.Black(i%8, i/8), grey.Pix[i] < 128; got != want {
			t.Errorf("grey %d is black: %v, want %v", grey.Pix[i], got, want)
		}
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	clear.Set(1, 1, color.NRGBA{0, 0, 0, 255})
	if m, err = Dots(encoded(t, clear), f); err != nil || m.Black(0, 0) || !m.Black(1, 1) {
		t.Errorf("what is transparent is black: %v", err)
	}
	var size *FrameError
	if _, err := Dots(encoded(t, image.NewGray(image.Rect(0, 0, 8, 9))), f); !errors.As(err, &size) || size.Height != 9 || size.WantHeight != 8 {
		t.Errorf("Dots = %v", err)
	}
}

// TestFindCode looks for a code among frames, text and other codes.
func TestFindCode(t *testing.T) {
	g := scene.DPI203
	page := scene.NewPage(g, scene.MM(100), scene.MM(60))
	m := bitmap.New(page.Width, page.Height)
	put := func(text string, x, y, w, h float64) {
		symbol, err := barcode.Code128(text)
		if err != nil {
			t.Fatal(err)
		}
		box := scene.Rect{X: g.Dots(scene.MM(x)), Y: g.Dots(scene.MM(y)), W: g.Dots(scene.MM(w)), H: g.Dots(scene.MM(h))}
		modules, err := symbol.Fit(barcode.Place{Box: box}, g)
		if err != nil {
			t.Fatal(err)
		}
		modules.Bars(func(r scene.Rect) { m.FillRect(r.X, r.Y, r.W, r.H, true) })
	}
	put("ORDER-1", 4, 4, 44, 10)
	put("7300000000001", 50, 4, 46, 10)
	put("SHORT", 4, 40, 60, 5) // low bars under a row of squares
	m.FillRect(0, 0, m.Width, 3, true)
	m.FillRect(0, 0, 3, m.Height, true)
	m.FillRect(m.Width-3, 0, 3, m.Height, true)
	for x := 20; x < m.Width-20; x += 9 {
		m.FillRect(x, 200, 5, 24, true)
	}
	for _, text := range []string{"ORDER-1", "7300000000001", "SHORT"} {
		if err := FindCode(m, g, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := FindCode(m, g, "7300000000002"); !errors.Is(err, ErrNoCode) {
		t.Errorf("a code that is not there: %v", err)
	}
}

func BenchmarkFindCode(b *testing.B) {
	m := bitmap.New(608, 1040)
	for b.Loop() {
		if FindCode(m, scene.DPI203, "x") == nil {
			b.Fatal("found")
		}
	}
}

func FuzzDots(f *testing.F) {
	var good bytes.Buffer
	if err := bitmap.New(8, 8).EncodePNG(&good); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add(bomb())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Dots(b, Frame{scene.DPI203, scene.MM(1), scene.MM(1)})
		if err == nil && (m.Width != 8 || m.Height != 8) {
			t.Errorf("%d×%d dots", m.Width, m.Height)
		}
	})
}
