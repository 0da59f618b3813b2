// Package icon draws the program's icon for the packages: the label with its
// barcode on a rounded blue ground that the tray shows too.
//
// It is drawn at each size it is wanted in, so that the bars stay whole dots, and
// no picture has to be kept beside the code.
package icon

import (
	"image"
	"image/color"
	"math"
)

// The icon's plane is 32 units wide whatever its size in pixels.
const plane = 32

// samples is how many points in a row of a pixel are looked at.
const samples = 4

var (
	blue  = color.NRGBA{0x1c, 0x5d, 0x99, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	none  = color.NRGBA{}
)

// Draw returns the icon in a size of so many pixels.
func Draw(size int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			m.SetNRGBA(x, y, pixel(x, y, size))
		}
	}
	return m
}

// pixel is the mean of the points in it, so that edges are smooth.
func pixel(x, y, size int) color.NRGBA {
	var r, g, b, a float64
	for i := range samples * samples {
		at := func(v, n int) float64 { return (float64(v) + (float64(n)+0.5)/samples) * plane / float64(size) }
		c := point(at(x, i%samples), at(y, i/samples))
		alpha := float64(c.A)
		r, g, b, a = r+float64(c.R)*alpha, g+float64(c.G)*alpha, b+float64(c.B)*alpha, a+alpha
	}
	if a == 0 {
		return none
	}
	return color.NRGBA{uint8(r/a + 0.5), uint8(g/a + 0.5), uint8(b/a + 0.5), uint8(a/(samples*samples) + 0.5)}
}

func point(x, y float64) color.NRGBA {
	switch {
	case rounded(x-8, y-5, 16, 22, 1.5) && !ink(x, y):
		return white
	case rounded(x-1, y-1, 30, 30, 6.5):
		return blue
	}
	return none
}

// ink is the barcode and two lines of text below it.
func ink(x, y float64) bool {
	if y > 8 && y < 16 {
		for _, bar := range [][2]float64{{10.5, 12.5}, {14, 15}, {16, 19}, {20.5, 21.5}} {
			if x > bar[0] && x < bar[1] {
				return true
			}
		}
	}
	return x > 10.5 && (y > 18.5 && y < 20 && x < 21.5 || y > 22 && y < 23.5 && x < 17.5)
}

// rounded reports whether a point lies in a rectangle with round corners.
func rounded(x, y, w, h, radius float64) bool {
	if x < 0 || y < 0 || x > w || y > h {
		return false
	}
	return math.Hypot(max(radius-x, x-(w-radius), 0), max(radius-y, y-(h-radius), 0)) <= radius
}
