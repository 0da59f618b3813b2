package tray

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func TestPicturesDiffer(t *testing.T) {
	seen := map[string]picture{}
	for _, p := range []picture{ready, paused, attention, lost} {
		m, err := png.Decode(bytes.NewReader(p.bytes("linux")))
		if err != nil || m.Bounds() != image.Rect(0, 0, 64, 64) {
			t.Fatalf("picture %d: %v, %v, want a PNG of 64 × 64", p, m.Bounds(), err)
		}
		// What can be told apart at the smallest size.
		small := string(p.draw(16).Pix)
		if was, ok := seen[small]; ok {
			t.Errorf("pictures %d and %d look alike", was, p)
		}
		seen[small] = p
	}
	m := ready.draw(32)
	for name, tt := range map[string]struct {
		x, y int
		want color.NRGBA
	}{
		"outside": {0, 0, none}, "ground": {4, 16, blue}, "paper": {9, 6, white}, "bar": {17, 12, blue},
	} {
		if got := m.NRGBAAt(tt.x, tt.y); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestICO reads the file as Windows does: the directory, then each bitmap.
func TestICO(t *testing.T) {
	b := attention.bytes("windows")
	le := binary.LittleEndian
	if le.Uint16(b) != 0 || le.Uint16(b[2:]) != 1 {
		t.Fatalf("begins % x, want an icon's 0, 1", b[:4])
	}
	end := 0
	for i := range int(le.Uint16(b[4:])) {
		e := b[6+16*i:]
		n, size, at := int(e[0]), int(le.Uint32(e[8:])), int(le.Uint32(e[12:]))
		if int(e[1]) != n || le.Uint16(e[6:]) != 32 || at+size > len(b) {
			t.Fatalf("entry %d: % x", i, e[:16])
		}
		d := b[at : at+size]
		if le.Uint32(d) != 40 || int(le.Uint32(d[4:])) != n || int(le.Uint32(d[8:])) != 2*n || le.Uint16(d[12:]) != 1 || le.Uint16(d[14:]) != 32 {
			t.Errorf("header of %d × %d: % x", n, n, d[:40])
		}
		if want := 40 + 4*n*n + (n+31)/32*4*n; size != want {
			t.Errorf("%d × %d has %d bytes, want %d", n, n, size, want)
		}
		m := attention.draw(n)
		for y := range n {
			for x := range n {
				p := d[40+4*((n-1-y)*n+x):]
				if got, want := (color.NRGBA{p[2], p[1], p[0], p[3]}), m.NRGBAAt(x, y); got != want {
					t.Fatalf("%d × %d at %d,%d: %v, want %v", n, n, x, y, got, want)
				}
			}
		}
		end = at + size
	}
	if end != len(b) {
		t.Errorf("%d bytes after the last picture", len(b)-end)
	}
}
