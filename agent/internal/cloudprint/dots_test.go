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
	m, err := raster.Render(composed(t, l, layout, g))
	if err != nil {
		t.Fatal(err)
	}
	return l, m
}

func composed(t *testing.T, l waybill.Label, layout string, g scene.Grid) *scene.Page {
	t.Helper()
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
	return page
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
				got, err := Document{Kind: PNG, Bytes: encoded(t, picture)}.Image(t.Context(), l, f)
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
		{"another paper", Document{Kind: PNG, Bytes: good}, l, Frame{scene.DPI203, scene.MM(100), scene.MM(150)}, "rendered-size"},
		{"another resolution", Document{Kind: PNG, Bytes: good}, l, Frame{scene.DPI300, paper.Width, paper.Height}, "rendered-size"},
		{"another waybill", Document{Kind: PNG, Bytes: good}, other, paper, "rendered-barcode"},
		{"another parcel", Document{Kind: PNG, Bytes: good}, two, paper, "rendered-barcode"},
		{"white paper", Document{Kind: PNG, Bytes: encoded(t, bitmap.New(m.Width, m.Height))}, l, paper, "rendered-barcode"},
		{"blurred bars", Document{Kind: PNG, Bytes: encoded(t, blurred(m))}, l, paper, "rendered-barcode"},
		{"half a file", Document{Kind: PNG, Bytes: good[:len(good)/2]}, l, paper, "rendered-kind"},
		{"no picture", Document{Kind: PNG, Bytes: []byte("GIF89a")}, l, paper, "rendered-kind"},
		{"a bomb", Document{Kind: PNG, Bytes: bomb()}, l, paper, "rendered-size"},
		{"a PDF", Document{Kind: PDF, Bytes: []byte("%PDF-1.4")}, l, paper, "rendered-pdf"},
	} {
		if m, err := c.d.Image(t.Context(), c.l, c.f); m != nil || notice.CodeOf(err) != c.code || err == nil {
			t.Errorf("%s: Image = %v, want %s", c.name, err, c.code)
		}
	}
	if _, err := (Document{Kind: PNG, Bytes: good}).File(t.Context(), l, paper); notice.CodeOf(err) != "rendered-picture" {
		t.Errorf("File of a picture: %v", err)
	}
}

// turned is a label that lies on its side.
func turned(m *bitmap.Image) *bitmap.Image {
	t := bitmap.New(m.Height, m.Width)
	for y := range m.Height {
		for x := range m.Width {
			t.Set(y, x, m.Black(x, y))
		}
	}
	return t
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
