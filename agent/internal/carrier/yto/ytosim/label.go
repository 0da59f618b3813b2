package ytosim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/boombuler/barcode/code128"
	"github.com/jung-kurt/gofpdf"
)

// label draws an order's label. Its text is in Latin letters and digits: the
// program has no Chinese face to spare for it.
func (g *Gateway) label(param string) any {
	var p struct {
		Number string `json:"waybillNo"`
	}
	if json.Unmarshal([]byte(param), &p) != nil || p.Number == "" {
		return map[string]any{"code": -1, "message": "waybillNo不能为空", "data": nil}
	}
	e := g.find(func(e *entry) bool { return e.number == p.Number && !e.cancelled })
	if e == nil {
		return map[string]any{"code": -1, "message": "运单不存在", "data": nil}
	}
	pdf, err := draw(e)
	if err != nil {
		return map[string]any{"code": -1, "message": "面单生成失败", "data": nil}
	}
	return map[string]any{"code": 0, "message": "成功", "data": map[string]string{"pdfBase64": base64.StdEncoding.EncodeToString(pdf)}}
}

// The page, and the width of a bar: three dots of a 203 dpi head.
const (
	width, height = 76.0, 130.0 // mm
	module        = 0.375       // mm
)

func draw(e *entry) ([]byte, error) {
	f := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: width, Ht: height}})
	f.SetCreationDate(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	f.SetAutoPageBreak(false, 0)
	f.AddPage()
	f.SetFont("Helvetica", "B", 14)
	f.Text(4, 9, "YTO EXPRESS (practice)")
	code, err := code128.Encode(e.number)
	if err != nil {
		return nil, err
	}
	bars := code.Bounds().Dx()
	left := (width - float64(bars)*module) / 2
	for x := range bars {
		if r, _, _, _ := code.At(x, 0).RGBA(); r == 0 {
			f.Rect(left+float64(x)*module, 13, module, 11, "F")
		}
	}
	f.SetFont("Helvetica", "", 11)
	f.Text(left, 29, e.number)
	f.SetFont("Helvetica", "B", 26)
	f.Text(4, 42, sortCode(e))
	f.SetFont("Helvetica", "", 11)
	f.Text(4, 52, "To: ****"+e.sent.Mobile[max(len(e.sent.Mobile)-4, 0):])
	var b bytes.Buffer
	err = f.Output(&b)
	return b.Bytes(), err
}
