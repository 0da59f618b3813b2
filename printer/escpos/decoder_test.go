package escpos_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
)

// decode says of each file which commands npos, another author's reading of the
// language, finds in it, and which dots in its pictures.
const decode = `
const npos = require("npos"), fs = require("fs");
(async () => {
  for (const file of process.argv.slice(1)) {
    const ast = await npos.parser().parse(fs.readFileSync(file));
    if (ast.error) throw ast.error;
    const pictures = ast.entries.filter(e => e.type === "raster").map(({ data: m }) => {
      const w = m._width, h = m._height, bits = Buffer.alloc(((w + 7) >> 3) * h);
      for (let y = 0; y < h; y++) for (let x = 0; x < w; x++)
        if (m.getPixel(x, y) === 0) bits[y * ((w + 7) >> 3) + (x >> 3)] |= 128 >> (x & 7);
      return { width: w, height: h, bits: bits.toString("base64") };
    });
    const commands = ast.tree.map(n => n.ascii + " " + n.fn).filter(c => c !== "GS v0");
    console.log(JSON.stringify({ commands, pictures, bytes: ast.tree.reduce((n, c) => n + c.length, 0) }));
  }
})().catch(e => { console.error(e); process.exit(1); });
`

// TestDecoder has a foreign decoder read our labels: it joins the bands to one
// picture, and leaves no byte over.
func TestDecoder(t *testing.T) {
	labels := []drivertest.Picture{{Name: "waybill", Image: drivertest.Waybill(t)}}
	for _, p := range drivertest.Pictures() {
		if p.Image.Height < 1000 { // the decoder takes its time
			labels = append(labels, p)
		}
	}
	for _, c := range []struct {
		driver   escpos.Driver
		commands []string
	}{
		{escpos.Driver{}, []string{"ESC @", "GS a", "GS L", "GS W", "GS V", "GS (H"}},
		{escpos.Driver{Media: escpos.Label, Quiet: true, NoRealTime: true, BandRows: 200}, []string{"ESC @", "GS (D", "GS L", "GS W", "GS \f", "GS (H"}},
	} {
		folder := t.TempDir()
		var files []string
		var sizes []int
		for i, p := range labels {
			var b bytes.Buffer
			if err := c.driver.Encode(&b, printer.Job{Image: p.Image, Mark: printer.MarkAt(uint64(i + 1))}); err != nil {
				t.Fatal(err)
			}
			files, sizes = append(files, filepath.Join(folder, fmt.Sprintf("%02d.bin", i))), append(sizes, b.Len())
			if err := os.WriteFile(files[i], b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		read := json.NewDecoder(bytes.NewReader(drivertest.Node(t, "npos", decode, files...)))
		for i, p := range labels {
			var got struct {
				Commands []string
				Bytes    int
				Pictures []struct {
					Width, Height int
					Bits          []byte
				}
			}
			if err := read.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got.Commands) != fmt.Sprint(c.commands) || got.Bytes != sizes[i] || len(got.Pictures) != 1 {
				t.Errorf("%s: commands %q, %d of %d bytes, %d pictures, want %q and one", p.Name, got.Commands, got.Bytes, sizes[i], len(got.Pictures), c.commands)
				continue
			}
			want := bitmap.New(p.Image.Stride*8, p.Image.Height) // rows are whole bytes
			copy(want.Bits, p.Image.Bits)
			picture := got.Pictures[0]
			m := &bitmap.Image{Width: picture.Width, Height: picture.Height, Stride: (picture.Width + 7) / 8, Bits: picture.Bits}
			if !want.Equal(m) {
				t.Errorf("%s: read as %d×%d dots, and not the label's", p.Name, m.Width, m.Height)
			}
		}
	}
}
