package winetest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"miandan/printer/bitmap"
)

// Pictures returns the one picture in a PDF of one page, dot by dot as it lies
// there, and the page as poppler draws it at 203 dpi.
func Pictures(t testing.TB, document []byte) (stored, drawn *bitmap.Image) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"pdfimages", file, filepath.Join(dir, "stored")},
		{"pdftoppm", "-mono", "-r", "203", file, filepath.Join(dir, "drawn")},
	} {
		if out, err := exec.Command(program(t, args[0]), args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s\nof %.200q", args[0], err, out, document)
		}
	}
	one := func(pattern string) *bitmap.Image {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(names) != 1 {
			t.Fatalf("the page holds the pictures %v, want one", names)
		}
		b, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		return readPBM(t, b)
	}
	return one("stored-*"), one("drawn-*")
}

func readPBM(t testing.TB, b []byte) *bitmap.Image {
	t.Helper()
	var w, h int
	if n, err := fmt.Fscanf(bytes.NewReader(b), "P4\n%d %d\n", &w, &h); n != 2 || err != nil || w <= 0 || h <= 0 {
		t.Fatalf("the picture begins with %.20q, want a bitmap of one bit a dot", b)
	}
	m := bitmap.New(w, h)
	if len(b) < len(m.Bits) {
		t.Fatalf("the picture has %d bytes, want %d", len(b), len(m.Bits))
	}
	copy(m.Bits, b[len(b)-len(m.Bits):])
	return m
}

// Differ counts the dots in which two pictures differ.
func Differ(a, b *bitmap.Image) int {
	n := 0
	for y := range max(a.Height, b.Height) {
		for x := range max(a.Width, b.Width) {
			if a.Black(x, y) != b.Black(x, y) {
				n++
			}
		}
	}
	return n
}
