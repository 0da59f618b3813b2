package zpl

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
)

// renderer is zebrash, another author's reading of the language, as an npm
// package runs it.
const renderer = "zpl-renderer-js"

// render prints labels as PNGs in base 64, each from a file on paper of its own
// width and height in dots.
const render = `
const { ready } = require("zpl-renderer-js"), fs = require("fs");
(async () => {
  const { api } = await ready, args = process.argv.slice(1);
  for (let i = 0; i < args.length; i += 3)
    console.log(await api.zplToBase64Async(fs.readFileSync(args[i], "latin1"), args[i + 1] / 8, args[i + 2] / 8, 8));
  process.exit(0);
})().catch(e => { console.error(e); process.exit(1); });
`

// TestRenderer has a foreign renderer print our labels. It knows nothing of
// copies and of no check of a zlib stream, which other tests hold on to.
func TestRenderer(t *testing.T) {
	labels := []drivertest.Picture{{Name: "waybill", Image: drivertest.Waybill(t)}, {Name: "waybill", Image: drivertest.Waybill(t)}, {Name: "waybill", Image: drivertest.Waybill(t)}}
	for _, p := range drivertest.Pictures() {
		if p.Image.Height <= 50 && (p.Image.Width == 601 || p.Image.Width%5 == 3) { // the renderer takes its time
			labels = append(labels, p)
		}
	}
	drivers := []Driver{{Media: Gap, Darkness: 10, Speed: 4, Finish: TearOff}, {Compression: Z64}, {FieldBytes: 5000}, {Compression: Hex}}

	folder := t.TempDir()
	var args []string
	for i, p := range labels {
		file := filepath.Join(folder, fmt.Sprintf("%02d.zpl", i))
		var b bytes.Buffer
		if err := drivers[i%len(drivers)].Encode(&b, printer.Job{Image: p.Image}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file, fmt.Sprint(p.Image.Width), fmt.Sprint(p.Image.Height))
	}
	out := drivertest.Node(t, renderer, render, args...)
	pages := strings.Fields(string(out))
	if len(pages) != len(labels) {
		t.Fatalf("%d pages, want %d", len(pages), len(labels))
	}
	for i, page := range pages {
		raw, err := base64.StdEncoding.DecodeString(page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bitmap.DecodePNG(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if _, n := bitmap.Diff(labels[i].Image, got); n != 0 {
			t.Errorf("%s: %d of %d×%d dots differ", labels[i].Name, n, got.Width, got.Height)
		}
	}
}
