package kuaidi100sim

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"

	"github.com/boombuler/barcode/code128"
)

// picture serves the label of an order, 76 × 130 mm at 203 dpi: a frame and the
// number's bars. Of the rest of a label nothing is known that is worth drawing.
func (g *Gateway) picture(w http.ResponseWriter, r *http.Request, name string) {
	g.mu.Lock()
	label, late := g.labels[name], g.fails == "late"
	g.mu.Unlock()
	if label == nil || late {
		http.NotFound(w, r)
		return
	}
	number, _ := label.data["kuaidinum"].(string)
	b, err := drawn(number)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(b)
}

func drawn(number string) ([]byte, error) {
	const width, height, module, tall = 608, 1040, 3, 80
	code, err := code128.Encode(number)
	if err != nil {
		return nil, err
	}
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	black := func(x, y, w, h int) { draw.Draw(m, image.Rect(x, y, x+w, y+h), image.Black, image.Point{}, draw.Src) }
	for _, line := range [][4]int{{8, 8, width - 16, 2}, {8, height - 10, width - 16, 2}, {8, 8, 2, height - 16}, {width - 10, 8, 2, height - 16}} {
		black(line[0], line[1], line[2], line[3])
	}
	modules := code.Bounds().Dx()
	left := (width - modules*module) / 2
	for i := range modules {
		if gray, _, _, _ := code.At(i, 0).RGBA(); gray == 0 {
			black(left+i*module, 120, module, tall)
		}
	}
	var out bytes.Buffer
	err = png.Encode(&out, m)
	return out.Bytes(), err
}
