package virtual_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
	"miandan/printer/virtual"
)

// CUPS has drivers for label printers that nobody here has written. What they
// make of a picture must come out as that picture.
func TestForeignDriver(t *testing.T) {
	const filter, drivers = "/usr/lib/cups/filter/rastertolabel", "/usr/share/cups/drv/sample.drv"
	compiler, err := exec.LookPath("ppdc")
	for _, file := range []string{filter, drivers} {
		if _, missing := os.Stat(file); missing != nil {
			err = missing
		}
	}
	if err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal(err)
		}
		t.Skipf("CUPS' label drivers are not here: %v", err)
	}
	folder := t.TempDir()
	if out, err := exec.Command(compiler, "-d", folder, drivers).CombinedOutput(); err != nil {
		t.Fatalf("ppdc: %v\n%s", err, out)
	}
	noise, waybill := foreign(100, 60), drivertest.Waybill(t)
	waybill.Set(0, waybill.Height-1, true) // without ^LL a label is as long as what is drawn
	for _, r := range []struct {
		language virtual.Language
		model    string
		label    *bitmap.Image
		want     *bitmap.Image
	}{
		{virtual.ZPL, "zebra.ppd", noise, turned(noise)}, // it says ^POI
		{virtual.ZPL, "zebra.ppd", waybill, turned(waybill)},
		{virtual.CPCL, "zebracpl.ppd", noise, noise},
		{virtual.CPCL, "zebracpl.ppd", waybill, waybill},
	} {
		t.Run(fmt.Sprint(r.model, " ", r.label.Width), func(t *testing.T) {
			var made, said bytes.Buffer
			c := exec.Command(filter, "1", "somebody", "label", "1", "")
			c.Env = append(os.Environ(), "PPD="+filepath.Join(folder, r.model))
			c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(raster(r.label)), &made, &said
			if err := c.Run(); err != nil {
				t.Fatalf("%v\n%s", err, said.String())
			}
			p := start(t, virtual.Config{Language: r.language, Head: r.label.Width})
			line := dial(t, p)
			write(t, line, made.String())
			got := prints(t, p, 1)
			last := got[len(got)-1]
			if len(got) != 1 || last.Garbage != "" {
				t.Errorf("%d prints, garbage %q", len(got), last.Garbage)
			}
			if _, n := bitmap.Diff(r.want, last.Image); n != 0 || last.Width != r.want.Width || last.Height != r.want.Height {
				t.Errorf("%d of %d×%d dots differ", n, last.Width, last.Height)
			}
		})
	}
}

// foreign is a picture of noise with rows of one colour, and repeated ones.
func foreign(width, height int) *bitmap.Image {
	m := bitmap.New(width, height)
	random := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			m.Set(x, y, random.IntN(2) == 1)
		}
	}
	m.FillRect(0, 10, width, 5, false)
	m.FillRect(0, 20, width, 5, true)
	m.FillRect(8, 30, width*3/5, 9, true)
	return m
}

// file writes a picture as a PNG of grey values, which all readers take.
func file(t *testing.T, m *bitmap.Image) string {
	t.Helper()
	grey := image.NewGray(m.Bounds())
	for y := range m.Height {
		for x := range m.Width {
			grey.Set(x, y, m.At(x, y))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, grey); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "label.png")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// receiptline writes a picture in ESC/POS in three ways, in base 64: as one GS v
// 0, in bands of GS 8 L, and in columns of eight pins.
const receiptline = `
const receiptline = require("receiptline"), fs = require("fs");
const doc = "{image:" + fs.readFileSync(process.argv[1]).toString("base64") + "}";
for (const command of ["generic", "escpos", "impact"]) {
  const label = receiptline.transform(doc, { command, cpl: 48, encoding: "cp437", gradient: false, gamma: 1, threshold: 128, cutting: true });
  console.log(Buffer.from(label, "binary").toString("base64"));
}
`

// What receiptline, which nobody here has written either, makes of a picture.
func TestForeignReceipt(t *testing.T) {
	want := foreign(576, 600) // as wide as its paper, so that it is not centred
	pins := bitmap.New(2*240, 3*80)
	narrow := foreign(240, 80)
	for y := range pins.Height {
		for x := range pins.Width {
			pins.Set(x, y, narrow.Black(x/2, y/3))
		}
	}
	labels := strings.Fields(string(drivertest.Node(t, "receiptline", receiptline, file(t, want))))
	labels[2] = strings.Fields(string(drivertest.Node(t, "receiptline", receiptline, file(t, narrow))))[2]
	for i, r := range []struct {
		name string
		want *bitmap.Image
	}{{"generic, GS v 0", want}, {"escpos, GS 8 L", want}, {"impact, ESC *", pins}} {
		label, err := base64.StdEncoding.DecodeString(labels[i])
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, virtual.Config{})
		write(t, dial(t, p), string(label))
		got := prints(t, p, 1)
		if _, n := bitmap.Diff(r.want, got[0].Image); n != 0 || len(got) != 1 || got[0].Garbage != "" || got[0].Partial {
			t.Errorf("%s: %d prints, the first of %d×%d dots, of which %d differ, partial %v, garbage %q",
				r.name, len(got), got[0].Width, got[0].Height, n, got[0].Partial, got[0].Garbage)
		}
	}
}

// labelPrinter writes a picture of so many dots in TSPL, in base 64.
const labelPrinter = `
const { labels } = require("label-printer"), [file, width, height] = process.argv.slice(1);
(async () => {
  const label = new labels.Label(width / 8, height / 8), parts = [];
  label.add(await labels.Image.create(file, 0, 0, +width, +height));
  const take = async data => { parts.push(Buffer.from(data)); };
  await (await label.fullPrintCommand("tspl", 2, "normal", 1, 2)).writeTo({ writeString: take, writeData: take });
  console.log(Buffer.concat(parts).toString("base64"));
})().catch(e => { console.error(e); process.exit(1); });
`

// What label-printer makes of a picture in TSPL: twice, and turned, since it says
// DIRECTION 1. It writes blanks after commas and no carriage returns.
func TestForeignTSPL(t *testing.T) {
	m := foreign(400, 240)
	label, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(
		drivertest.Node(t, "label-printer", labelPrinter, file(t, m), "400", "240"))))
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, virtual.Config{Language: virtual.TSPL})
	write(t, dial(t, p), string(label))
	got := prints(t, p, 2)
	for _, pr := range got {
		if _, n := bitmap.Diff(turned(m), pr.Image); n != 0 || len(got) != 2 || pr.Garbage != "" || pr.Setup.Media != virtual.Gap {
			t.Errorf("%d prints, this one of %d×%d dots, of which %d differ, garbage %q, %+v", len(got), pr.Width, pr.Height, n, pr.Garbage, pr.Setup)
		}
	}
}

// turned is the picture upside down.
func turned(m *bitmap.Image) *bitmap.Image {
	t := bitmap.New(m.Width, m.Height)
	for y := range m.Height {
		for x := range m.Width {
			t.Set(m.Width-1-x, m.Height-1-y, m.Black(x, y))
		}
	}
	return t
}

// raster is a page as CUPS hands it from filter to filter: version 3, black is 1.
func raster(m *bitmap.Image) []byte {
	head := make([]byte, 1796)
	for at, v := range map[int]int{
		276: 203, 280: 203, // resolution
		340: 1, 352: m.Width * 72 / 203, 356: m.Height * 72 / 203, // copies, size in points
		372: m.Width, 376: m.Height, 384: 1, 388: 1, 392: m.Stride, 400: 3, 420: 1, // of one bit each, black
	} {
		binary.BigEndian.PutUint32(head[at:], uint32(v))
	}
	return append(append([]byte("RaS3"), head...), m.Bits...)
}
