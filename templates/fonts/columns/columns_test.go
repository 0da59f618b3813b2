package columns_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"miandan/templates/fonts"
	"miandan/templates/fonts/columns"
	"miandan/templates/scene"
)

// TestBothWays takes a font of the program apart and puts it together again.
func TestBothWays(t *testing.T) {
	file, err := fonts.TrueType(scene.Regular)
	if err != nil {
		t.Fatal(err)
	}
	before := sha256.Sum256(file)
	parts, err := columns.Split(file)
	if err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(file) != before {
		t.Error("the font was written to")
	}
	back, err := columns.Join(bytes.Join(parts, nil))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back, file) {
		t.Error("it came back otherwise")
	}
}

// FuzzJoin gives it what Split did not write.
func FuzzJoin(f *testing.F) {
	file := tiny()
	parts, err := columns.Split(file)
	if err != nil {
		f.Fatal(err)
	}
	packed := bytes.Join(parts, nil)
	f.Add(packed)
	f.Add(packed[:len(packed)/2])
	f.Add(file[:len(file)/3])
	f.Fuzz(func(t *testing.T, data []byte) {
		if back, err := columns.Join(bytes.Clone(data)); err == nil && len(back) > len(data) {
			t.Error("it is longer than what it was made of")
		}
		if split, err := columns.Split(bytes.Clone(data)); err == nil {
			if back, err := columns.Join(bytes.Join(split, nil)); err != nil || !bytes.Equal(back, data) {
				t.Errorf("it came back otherwise: %v", err)
			}
		}
	})
}

// tiny is a font of three glyphs: none, a triangle, and one with a box of its own.
func tiny() []byte {
	triangle := []byte{0, 1, 0, 0, 0, 0, 0, 9, 0, 8, 0, 2, 0, 0, 0x37, 0x27, 0x1, 9, 9, 0, 0, 0, 8, 0xFF, 0xF8}
	glyf := slices.Concat(triangle, triangle)
	glyf[len(triangle)+9] = 7
	head, maxp := make([]byte, 54), make([]byte, 6)
	head[51], maxp[5] = 1, 3
	var loca []byte
	for _, at := range []int{0, 0, len(triangle), 2 * len(triangle)} {
		loca = binary.BigEndian.AppendUint32(loca, uint32(at))
	}
	file := []byte{0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0}
	at := len(file) + 4*16
	tables := []struct {
		name string
		data []byte
	}{{"glyf", glyf}, {"head", head}, {"loca", loca}, {"maxp", maxp}}
	for _, t := range tables {
		file = append(file, t.name+"\x00\x00\x00\x00"...)
		file = binary.BigEndian.AppendUint32(file, uint32(at))
		file = binary.BigEndian.AppendUint32(file, uint32(len(t.data)))
		at += len(t.data)
	}
	for _, t := range tables {
		file = append(file, t.data...)
	}
	return file
}
