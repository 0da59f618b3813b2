package winspool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/page"
)

func TestSettings(t *testing.T) {
	const fourBySix, exact, near, a4 = 300, 301, 302, 9
	papers := []paper{{a4, 2100, 2970}, {fourBySix, 1016, 1524}, {near, 1003, 1508}, {exact, 1000, 1499}, {0, 1000, 1500}}
	byMeasure := func(w, h int) []setting {
		return []setting{{width: w, height: h}, {id: userPaper, width: w, height: h}}
	}
	for _, c := range []struct {
		name          string
		width, height int
		want          []setting
	}{
		{"its own, before measures, before what is near", 1000, 1500, append(append([]setting{{id: exact}}, byMeasure(1000, 1500)...), setting{id: near})},
		{"measures", 760, 1300, byMeasure(760, 1300)},
		{"one of the driver's", 1016, 1524, append([]setting{{id: fourBySix}}, byMeasure(1016, 1524)...)},
		{"turned it is another paper", 1500, 1000, byMeasure(1500, 1000)},
	} {
		if got := settings(papers, c.width, c.height); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: settings = %+v, want %+v", c.name, got, c.want)
		}
	}
}

// at203 is what a driver at 203 dpi makes of labels of 76 × 130 mm.
var at203 = caps{dpiX: 203, dpiY: 203, width: 608, height: 1040, pageWidth: 608, pageHigh: 1040}

func TestCheck(t *testing.T) {
	full := label("", 76, 130)
	edge := printer.Job{Image: bitmap.New(608, 1040), Width: 76_000, Height: 130_000}
	edge.Image.PerMetre = 8000
	edge.Image.Set(607, 1039, true)
	fine := label("", 76, 130)
	fine.Image.PerMetre = 11811
	oblique := label("", 76, 130)
	oblique.Image.PerMetre = 12000 // 304.8 dpi
	with := func(f func(*caps)) caps { c := at203; f(&c); return c }
	for _, c := range []struct {
		name string
		caps caps
		job  printer.Job
		want error
	}{
		{"as it should be", at203, full, nil},
		{"rounded down a dot", with(func(c *caps) { c.pageWidth, c.pageHigh, c.width, c.height = 607, 1038, 607, 1038 }), full, nil},
		{"margins without dots", with(func(c *caps) { c.left, c.top, c.width, c.height = 16, 8, 576, 1024 }), full, nil},
		{"margins with dots", with(func(c *caps) { c.left, c.top, c.width, c.height = 32, 8, 576, 1024 }), full, ErrMargins},
		{"a dot in the last corner", with(func(c *caps) { c.width, c.height = 607, 1040 }), edge, ErrMargins},
		{"no area to print on", with(func(c *caps) { c.width = 0 }), full, ErrMargins},
		{"another paper", with(func(c *caps) { c.pageWidth, c.pageHigh = 1678, 2374 }), full, ErrNoPaper},
		{"a paper 2 mm longer", with(func(c *caps) { c.pageHigh += 16 }), full, ErrNoPaper},
		{"a finer head", with(func(c *caps) { c.dpiX, c.dpiY = 300, 300 }), full, ErrResolution},
		{"a little finer across", with(func(c *caps) { c.dpiX = 205 }), full, ErrResolution},
		{"a little finer along", with(func(c *caps) { c.dpiY = 205 }), full, ErrResolution},
		{"finer one way only", with(func(c *caps) { c.dpiY = 406 }), full, ErrResolution},
		{"a label for a finer head", at203, fine, ErrResolution},
		{"304 for 304.8", caps{dpiX: 304, dpiY: 304, width: 910, height: 1560, pageWidth: 910, pageHigh: 1560}, oblique, nil},
		{"305 for 304.8", caps{dpiX: 305, dpiY: 305, width: 910, height: 1560, pageWidth: 910, pageHigh: 1560}, oblique, nil},
		{"300 for 304.8", caps{dpiX: 300, dpiY: 300, width: 910, height: 1560, pageWidth: 910, pageHigh: 1560}, oblique, ErrResolution},
	} {
		if err := c.caps.check(c.job); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: check = %v, want %v", c.name, err, c.want)
		}
	}
}

func TestPage(t *testing.T) {
	own := setting{id: 300}
	measures, user := setting{width: 760, height: 1300}, setting{id: userPaper, width: 760, height: 1300}
	a4 := caps{dpiX: 203, dpiY: 203, width: 1600, height: 2300, pageWidth: 1678, pageHigh: 2374}
	inset := at203
	inset.left, inset.top, inset.width, inset.height = 16, 8, 576, 1024
	for _, c := range []struct {
		name    string
		fake    *fake
		outcome printer.Outcome
		want    error
		drawn   [][2]int
	}{
		{"on a paper of the driver's", &fake{own: []paper{{300, 760, 1300}}, canvases: map[setting]caps{own: at203}, life: []uint32{}}, printer.Sent, nil, [][2]int{{0, 0}}},
		{"from where the printer can print", &fake{own: []paper{{300, 760, 1300}}, canvases: map[setting]caps{own: inset}, life: []uint32{}}, printer.Sent, nil, [][2]int{{-16, -8}}},
		{"by measures", &fake{canvases: map[setting]caps{measures: at203}, life: []uint32{}}, printer.Sent, nil, [][2]int{{0, 0}}},
		{"by measures and a number", &fake{canvases: map[setting]caps{measures: a4, user: at203}, life: []uint32{}}, printer.Sent, nil, [][2]int{{0, 0}}},
		{"on no paper", &fake{canvases: map[setting]caps{measures: a4, user: a4}}, printer.NotSent, ErrNoPaper, nil},
		{"on none that the driver would open", &fake{}, printer.NotSent, nil, nil},
		{"of another resolution", &fake{canvases: map[setting]caps{measures: a4, user: {dpiX: 300, dpiY: 300}}}, printer.NotSent, ErrResolution, nil},
		{"that cannot begin", &fake{canvases: map[setting]caps{measures: at203}, startErr: printer.ErrDenied}, printer.NotSent, printer.ErrDenied, nil},
		{"that cannot be drawn", &fake{canvases: map[setting]caps{measures: at203}, drawErr: errWrite}, printer.NotSent, errWrite, [][2]int{{0, 0}}},
		{"that was drawn in part", &fake{canvases: map[setting]caps{measures: at203}, drawErr: errWrite, pausedIs: jobPrinting}, printer.Uncertain, errWrite, [][2]int{{0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outcome, _, err := sent(t, c.fake.transport(Page), page.Bitmap{}, label("label-1", 76, 130))
				f := c.fake
				if outcome != c.outcome || (err == nil) != (outcome == printer.Sent) || c.want != nil && !errors.Is(err, c.want) {
					t.Errorf("Send = %v, %v, want %v, %v", outcome, err, c.outcome, c.want)
				}
				if !reflect.DeepEqual(f.drawn, c.drawn) || f.leaks() != 0 {
					t.Errorf("drawn at %v with %d handles open, want at %v", f.drawn, f.leaks(), c.drawn)
				}
				if drawn := c.drawn != nil; drawn && !bytes.Equal(f.got, label("", 76, 130).Image.Bits) {
					t.Error("the dots that were drawn are others") // 608 dots are whole double words
				}
			})
		})
	}
}

func TestPageTakesBitmapsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{canvases: map[setting]caps{{width: 760, height: 1300}: at203}}
		outcome, _, err := sent(t, f.transport(Page), language, label("label-1", 76, 130))
		if outcome != printer.NotSent || err == nil || f.id != 0 || f.leaks() != 0 {
			t.Errorf("Send = %v, %v with job %d, want not sent", outcome, err, f.id)
		}
	})
}

func TestReadPicture(t *testing.T) {
	var file bytes.Buffer
	if err := (page.Bitmap{}).Encode(&file, label("", 30, 20)); err != nil {
		t.Fatal(err)
	}
	p, err := readPicture(file.Bytes())
	if err != nil || p.width != 240 || p.height != 160 || len(p.info) != 48 || len(p.bits) != 32*160 {
		t.Fatalf("readPicture = %d × %d, %d and %d bytes, %v", p.width, p.height, len(p.info), len(p.bits), err)
	}
	for n := range file.Len() { // half a picture must not have GDI read behind its end
		if _, err := readPicture(file.Bytes()[:n]); err == nil {
			t.Fatalf("a file of %d of %d bytes is taken", n, file.Len())
		}
	}
	for _, c := range []struct {
		at    int
		value uint32
	}{
		{18, 272},        // wider than its rows
		{18, 0x80000000}, // of a negative width
		{22, 160},        // the lowest row first
		{22, 0x80000000}, // higher than can be
		{22, 0},
		{14, 12}, // a header of another kind
	} {
		b := bytes.Clone(file.Bytes())
		binary.LittleEndian.PutUint32(b[c.at:], c.value)
		if _, err := readPicture(b); err == nil {
			t.Errorf("%#x at %d is taken", c.value, c.at)
		}
	}
}

func TestSetPaper(t *testing.T) {
	le := binary.LittleEndian
	fresh := func() []byte {
		b := make([]byte, 300)
		le.PutUint16(b[68:], 220)
		le.PutUint32(b[72:], 0x1|0x2|0x4|0x8|0x10|0x100|0x200|0x10000)
		le.PutUint16(b[76:], 2)   // landscape
		le.PutUint16(b[78:], 9)   // A4
		le.PutUint16(b[84:], 70)  // per cent
		le.PutUint16(b[86:], 3)   // copies
		le.PutUint16(b[90:], 203) // quality
		return b
	}
	for _, c := range []struct {
		name                 string
		setting              setting
		fields               uint32
		paper, length, width uint16
	}{
		{"its own", setting{id: 300}, 0x1 | 0x2 | 0x10 | 0x100 | 0x200, 300, 0, 0},
		{"measures", setting{width: 760, height: 1300}, 0x1 | 0x4 | 0x8 | 0x10 | 0x100 | 0x200, 0, 1300, 760},
		{"measures and a number", setting{id: 256, width: 760, height: 1300}, 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x100 | 0x200, 256, 1300, 760},
	} {
		b := fresh()
		if err := setPaper(b, c.setting); err != nil {
			t.Fatal(err)
		}
		want := fresh()
		le.PutUint32(want[72:], c.fields)
		for at, v := range map[int]uint16{76: 1, 78: c.paper, 80: c.length, 82: c.width, 84: 100, 86: 1} {
			le.PutUint16(want[at:], v)
		}
		if !bytes.Equal(b, want) {
			t.Errorf("%s: setPaper = % x, want % x", c.name, b[68:92], want[68:92])
		}
	}
	if err := setPaper(make([]byte, 40), setting{id: 1}); err == nil {
		t.Error("settings of 40 bytes are taken")
	}
	if err := setPaper(make([]byte, 300), setting{id: 1}); err == nil {
		t.Error("settings that say they have no size are taken")
	}
}
