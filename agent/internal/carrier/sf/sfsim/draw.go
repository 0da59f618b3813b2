package sfsim

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"image/color"
	"net/http"
	"slices"
	"strings"

	"github.com/boombuler/barcode/code128"
	"github.com/jung-kurt/gofpdf"
)

// file is a label that was drawn.
type file struct {
	token string
	pdf   []byte
}

const mostDocuments = 20

// draw is cloud print. What it says is shaped otherwise than what the order
// system says.
func (g *Gateway) draw(w http.ResponseWriter, text []byte, base string) {
	var by struct {
		Template  string `json:"templateCode"`
		Version   string `json:"version"`
		Kind      string `json:"fileType"`
		Sync      bool   `json:"sync"`
		Documents []struct {
			Mother string `json:"masterWaybillNo"`
			Child  string `json:"branchWaybillNo"`
			Index  string `json:"seq"`
			Count  string `json:"sum"`
		} `json:"documents"`
	}
	if !read(w, text, &by) {
		return
	}
	refuse := func(code, words string) {
		says(w, "A1000", "", map[string]any{"success": false, "requestId": rand.Text(), "errorCode": code, "errorMessage": words, "obj": nil})
	}
	if !strings.HasPrefix(by.Template, "fm_") || !strings.HasSuffix(by.Template, "_"+g.config.PartnerID) {
		refuse("E1001", "模板编码错误")
		return
	}
	if by.Version != "2.0" || by.Kind != "pdf" || !by.Sync || len(by.Documents) == 0 || len(by.Documents) > mostDocuments {
		refuse("E1002", "参数错误")
		return
	}
	var files []any
	for i, d := range by.Documents {
		o := g.of(d.Mother)
		if o == nil || o.cancelled || g.fail == "late" || g.delays(o) {
			refuse("E2001", "运单号不存在")
			return
		}
		own := d.Mother
		if d.Child != "" {
			own = d.Child
		}
		if !slices.Contains(o.parcels, own) {
			refuse("E2002", "子母单号不匹配")
			return
		}
		path, f := "/print/"+own+"-"+rand.Text()+".pdf", file{token: "AUTH_tk" + rand.Text(), pdf: picture(own, o.label["destRouteLabel"], d.Index, d.Count)}
		g.files[path] = f
		files = append(files, map[string]any{"url": base + path, "token": f.token, "waybillNo": own, "seqNo": fmt.Sprint(i + 1), "areaNo": 1, "pageNo": 1, "pageCount": 1})
	}
	says(w, "A1000", "", map[string]any{"success": true, "requestId": rand.Text(), "errorCode": nil, "errorMessage": nil,
		"obj": map[string]any{"clientCode": g.config.PartnerID, "templateCode": by.Template, "fileType": by.Kind, "files": files}})
}

func (g *Gateway) delays(o *order) bool {
	o.asked++
	return o.asked <= g.config.DrawnAfter
}

func (g *Gateway) of(mother string) *order {
	for _, o := range g.orders {
		if len(o.parcels) > 0 && o.parcels[0] == mother {
			return o
		}
	}
	return nil
}

// download gives a label to who has its token.
func (g *Gateway) download(w http.ResponseWriter, r *http.Request) {
	f, ok := g.files[r.URL.Path]
	if !ok || !same(r.Header.Get("X-Auth-token"), f.token) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(f.pdf)
}

// picture draws a label of 76×130 mm with the number in a barcode and in text.
func picture(number, route, index, count string) []byte {
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: 76, Ht: 130}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.AddPage()
	code, err := code128.Encode(number)
	if err != nil {
		panic(err) // letters and digits of its own
	}
	const module = 0.375
	left := (76 - module*float64(code.Bounds().Dx())) / 2
	for x := range code.Bounds().Dx() {
		if code.At(x, 0) == color.Black || color.GrayModel.Convert(code.At(x, 0)).(color.Gray).Y == 0 {
			p.Rect(left+module*float64(x), 12, module, 12, "F")
		}
	}
	line := func(y, size float64, text string) {
		p.SetFont("Helvetica", "B", size)
		p.SetXY(0, y)
		p.CellFormat(76, size*0.4, text, "", 0, "C", false, 0, "")
	}
	line(3, 12, "SF EXPRESS")
	line(25, 12, number)
	line(36, 26, route)
	if count != "" {
		line(50, 12, index+"/"+count)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}
