package virtual_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"miandan/printer/bitmap"
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
	image := bitmap.New(100, 60)
	random := rand.New(rand.NewPCG(1, 2))
	for y := range image.Height {
		for x := range image.Width {
			image.Set(x, y, random.IntN(2) == 1)
		}
	}
	image.FillRect(0, 10, 100, 5, false) // rows of one colour, and repeated ones
	image.FillRect(0, 20, 100, 5, true)
	image.FillRect(8, 30, 60, 9, true)
	upsideDown := bitmap.New(image.Width, image.Height)
	for y := range image.Height {
		for x := range image.Width {
			upsideDown.Set(image.Width-1-x, image.Height-1-y, image.Black(x, y))
		}
	}
	for _, r := range []struct {
		language virtual.Language
		model    string
		want     *bitmap.Image
	}{
		{virtual.ZPL, "zebra.ppd", upsideDown}, // it says ^POI
		{virtual.CPCL, "zebracpl.ppd", image},
	} {
		t.Run(r.model, func(t *testing.T) {
			var label, said bytes.Buffer
			c := exec.Command(filter, "1", "somebody", "label", "1", "")
			c.Env = append(os.Environ(), "PPD="+filepath.Join(folder, r.model))
			c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(raster(image)), &label, &said
			if err := c.Run(); err != nil {
				t.Fatalf("%v\n%s", err, said.String())
			}
			p := start(t, virtual.Config{Language: r.language, Head: image.Width})
			line := dial(t, p)
			write(t, line, label.String())
			got := prints(t, p, 1)
			last := got[len(got)-1]
			if len(got) != 1 || last.Garbage != "" {
				t.Errorf("%d prints, garbage %q", len(got), last.Garbage)
			}
			// Without ^LL a label is as long as what is drawn, upside down from its end.
			if _, n := bitmap.Diff(r.want, last.Image); n != 0 {
				t.Errorf("%d dots differ\n%s", n, drawn(last.Image))
			}
		})
	}
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
