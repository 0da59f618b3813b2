package templates

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// FuzzPicture reads pictures that people lay beside their layouts. A small file
// may claim to be huge, and is refused before it is unpacked.
func FuzzPicture(f *testing.F) {
	few := image.NewPaletted(image.Rect(0, 0, 9, 7), color.Palette{color.White, color.Black, color.Transparent})
	deep := image.NewNRGBA64(image.Rect(0, 0, 5, 3))
	deep.Set(2, 2, color.NRGBA64{0, 0, 0, 0x8000})
	for _, m := range []image.Image{few, deep} {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-9])
		huge := bytes.Clone(b.Bytes())
		copy(huge[16:], "\x7f\xff\xff\xff\x7f\xff\xff\xff")
		f.Add(huge)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, problem := readPicture(b)
		if problem != "" {
			if p != nil || problem != BadPicture && problem != LargePicture {
				t.Errorf("%v with a picture %v", problem, p)
			}
			return
		}
		if p.w < 1 || p.h < 1 || len(p.shades) != p.w*p.h || p.w*p.h > maxPixels {
			t.Errorf("%d×%d with %d shades", p.w, p.h, len(p.shades))
		}
	})
}
