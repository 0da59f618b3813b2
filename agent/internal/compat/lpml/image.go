package lpml

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	_ "image/jpeg" // pictures come as either
	_ "image/png"
	"math"
	"strings"

	"miandan/templates/scene"
)

// Bounds of a picture.
const (
	maxPicture = 256 << 10 // bytes
	maxPixels  = 2_600_000
)

// image draws a picture that stands in the template or its data. One that lies
// elsewhere is not fetched: a label does not wait for somebody's server.
func (d *drawing) image(n *node, area box) {
	src, err := d.fill(strings.TrimSpace(n.attr["src"]+n.text), d.data)
	if err != nil {
		d.keep(err)
		return
	}
	head, body, ok := strings.Cut(src, ";base64,")
	if !ok || head != "data:image/png" && head != "data:image/jpeg" {
		d.keep(wrong("a picture lies elsewhere; put it into the template as data:image/png;base64", "图片不在模板中；请以 data:image/png;base64 形式内嵌"))
		return
	}
	img, ok := decode(body)
	if !ok {
		d.keep(wrong("a picture cannot be read or is too large", "图片无法读取或过大"))
		return
	}
	box := d.rect(area)
	size := img.Bounds()
	scale := min(float64(box.W)/float64(size.Dx()), float64(box.H)/float64(size.Dy()))
	if scale > 1 {
		scale = math.Floor(scale)
	}
	w, h := int(float64(size.Dx())*scale+1e-9), int(float64(size.Dy())*scale+1e-9)
	if w < 1 || h < 1 {
		d.keep(wrong("a picture's box has no room", "图片区域没有空间"))
		return
	}
	d.mark(d.page.Picture(scene.Picture{Rect: scene.Rect{X: box.X + (box.W-w)/2, Y: box.Y + (box.H-h)/2, W: w, H: h}, Rows: dots(img, w, h)}))
}

func decode(text string) (image.Image, bool) {
	if len(text) > maxPicture*4/3+4 {
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, false
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || size.Width < 1 || size.Height < 1 || size.Width > maxPixels/size.Height {
		return nil, false
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	return img, err == nil
}

// dots makes a picture black and white: a dot is black if more than half of what it
// covers is. There is no dither, since single dots print as dirt.
func dots(img image.Image, w, h int) [][]bool {
	b := img.Bounds()
	rows := make([][]bool, h)
	for y := range rows {
		rows[y] = make([]bool, w)
		for x := range rows[y] {
			x0, x1 := b.Min.X+x*b.Dx()/w, b.Min.X+max((x+1)*b.Dx()/w, x*b.Dx()/w+1)
			y0, y1 := b.Min.Y+y*b.Dy()/h, b.Min.Y+max((y+1)*b.Dy()/h, y*b.Dy()/h+1)
			black, all := 0, 0
			for sy := y0; sy < y1; sy++ {
				for sx := x0; sx < x1; sx++ {
					all++
					if dark(img.At(sx, sy)) {
						black++
					}
				}
			}
			rows[y][x] = 2*black > all
		}
	}
	return rows
}

// dark reports whether a colour is nearer to black, on white paper.
func dark(c color.Color) bool {
	r, g, b, a := c.RGBA()
	white := 0xFFFF - a
	return color.GrayModel.Convert(color.RGBA64{uint16(r + white), uint16(g + white), uint16(b + white), 0xFFFF}).(color.Gray).Y < 128
}
