package lpml

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Part is a template and the data that is put into it. A document may have several:
// the carrier's page, and the merchant's own area on it.
type Part struct {
	Template *Template
	Data     any // as encoding/json reads it
}

// Drawn is a document, ready to be made dots.
type Drawn struct {
	Page    *scene.Page
	Numbers []string // what its Code 128 barcodes say, in order
}

// Paper is what a document is drawn for.
type Paper struct {
	Grid          scene.Grid
	Width, Height scene.Length
	Right, Down   scene.Length // by which everything is moved
}

// slack is by how much a page may be larger than the paper: papers are named in whole
// millimetres.
const slack = 1.0

// Size returns the page's own size in millimetres; zero if no part has a page.
func Size(parts []Part) (width, height float64) {
	for _, p := range parts {
		if p.Template.root.name == "page" {
			width, height = length(p.Template.root, "width", 0), length(p.Template.root, "height", 0)
		}
	}
	return width, height
}

// Draw draws a document on paper.
func Draw(parts []Part, p Paper) (Drawn, error) {
	w, h := Size(parts)
	if w > maxMM || h > maxMM || w > p.Width.MM()+slack || h > p.Height.MM()+slack {
		return Drawn{}, wrong("its page is larger than the printer's paper", "页面大于打印机的纸张")
	}
	d := drawing{page: scene.NewPage(p.Grid, p.Width, p.Height), right: p.Right.MM(), down: p.Down.MM()}
	whole := box{0, 0, p.Width.MM(), p.Height.MM()}
	for _, part := range parts {
		d.Template, d.data = part.Template, part.Data
		root := part.Template.root
		area := whole
		if root.name == "page" {
			if root.attr["width"] == "" || root.attr["height"] == "" {
				return Drawn{}, wrong("its page has no size", "页面没有尺寸")
			}
			area.w, area.h = min(w, whole.w), min(h, whole.h)
			d.inside(root, area)
		} else {
			d.element(root, area)
		}
	}
	if d.err == nil && d.page.Empty() {
		d.err = wrong("nothing is on it", "内容为空")
	}
	return Drawn{d.page, d.numbers}, d.err
}

// box is a place in millimetres.
type box struct{ x, y, w, h float64 }

// drawing is a page being drawn. The first error stays; what follows draws nothing.
type drawing struct {
	*Template
	data        any
	page        *scene.Page
	right, down float64
	numbers     []string
	err         error
}

func (d *drawing) keep(err error) {
	if d.err == nil {
		d.err = err
	}
}

// rect is a rectangle in whole dots, each edge snapped for itself, on the paper.
func (d *drawing) rect(b box) scene.Rect {
	g, all := d.page.Grid, d.page.Bounds()
	edge := func(mm float64, most int) int { return min(max(g.Dots(scene.MM(mm)), 0), most) }
	x0, y0 := edge(b.x+d.right, all.W), edge(b.y+d.down, all.H)
	return scene.Rect{X: x0, Y: y0, W: edge(b.x+b.w+d.right, all.W) - x0, H: edge(b.y+b.h+d.down, all.H) - y0}
}

// inside draws what stands in a box.
func (d *drawing) inside(n *node, area box) {
	if strings.TrimSpace(n.text) != "" {
		d.keep(wrong("a box has text outside of a text element", "布局中有不在 text 元素内的文字"))
		return
	}
	flows := n.attr["orientation"] == "vertical"
	for i, kid := range n.kids {
		if d.err != nil {
			return
		}
		if flows && i > 0 {
			d.keep(wrong("its boxes are laid out below each other by what is in them", "使用了随内容排列的纵向布局"))
			return
		}
		d.element(kid, area)
	}
}

func (d *drawing) element(n *node, area box) {
	switch {
	case n.name == "layout":
		b := box{area.x + length(n, "left", 0), area.y + length(n, "top", 0), 0, 0}
		b.w = length(n, "width", area.x+area.w-b.x)
		b.h = length(n, "height", area.y+area.h-b.y)
		if !sound(b) || n.attr["ref"] != "" {
			d.keep(wrong("a box has no place that can be read", "布局的位置或尺寸无效"))
			return
		}
		d.inside(n, b)
	case n.name == "header":
		d.inside(n, box{area.x, area.y, area.w, length(n, "height", 0)})
	case n.name == "footer":
		h := length(n, "height", 0)
		d.inside(n, box{area.x, area.y + area.h - h, area.w, h})
	case n.name == "text":
		d.text(n, area)
	case n.name == "line":
		d.line(n, area)
	case n.name == "rect":
		d.frame(area, width(styles(n)["borderWidth"], 0.2))
	case n.name == "barcode":
		d.barcode(n, area)
	case n.name == "image":
		d.image(n, area)
	case n.name == "table":
		d.table(n, area)
	default:
		name := n.name
		if len(name) > 20 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			name = "?"
		}
		d.keep(wrong("it has the element "+name, "含有元素 "+name))
	}
}

func sound(b box) bool {
	for _, v := range []float64{b.x, b.y, b.w, b.h} {
		if math.IsNaN(v) || math.Abs(v) > maxMM {
			return false
		}
	}
	return b.w > 0 && b.h > 0
}

// length reads a length in millimetres, or in points if it says pt. What cannot be
// read is not a number, which no box passes.
func length(n *node, name string, otherwise float64) float64 {
	s := n.attr[name]
	if s == "" {
		return otherwise
	}
	return width(s, math.NaN())
}

func width(s string, otherwise float64) float64 {
	scale := 1.0
	s, pt := strings.CutSuffix(s, "pt")
	if pt {
		scale = 25.4 / 72
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "mm"), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > maxMM*3 {
		return otherwise
	}
	return f * scale
}

// Sizes of text, in points. The size of text that says none is guessed. Text that does
// not fit is made smaller, but never so small that a courier cannot read it.
const (
	usualType = 10.0
	leastType = 4.5
	mostType  = 200.0
)

func (d *drawing) text(n *node, area box) {
	if len(n.kids) > 0 {
		d.keep(wrong("a text has elements in it", "文本中含有其他元素"))
		return
	}
	text, err := d.fill(strings.TrimSpace(n.text+n.attr["value"]), d.data)
	if err != nil {
		d.keep(err)
		return
	}
	s := styles(n)
	if turned := s["rotation"]; turned != "" && turned != "0" || s["direction"] == "rtl" {
		d.keep(wrong("a text is turned", "文本有旋转"))
		return
	}
	d.set(text, area, s)
}

// set sets a text into a box.
func (d *drawing) set(text string, area box, s map[string]string) {
	if typeset.Blank(text) || d.err != nil {
		return
	}
	size := usualType
	if f, err := strconv.ParseFloat(strings.TrimSuffix(s["fontSize"], "pt"), 64); err == nil && f >= 1 && f <= mostType {
		size = f
	}
	const pt = 25.4 / 72
	b := typeset.Block{Text: text, Bold: s["fontWeight"] == "bold", Size: scene.MM(size * pt), Floor: scene.MM(min(size, max(size*0.5, leastType)) * pt), Leading: 1.1}
	b.Align = map[string]typeset.Align{"center": typeset.Center, "right": typeset.Right}[s["align"]]
	b.VAlign = map[string]typeset.VAlign{"middle": typeset.Middle, "center": typeset.Middle, "bottom": typeset.Bottom}[s["valign"]]
	runs, err := typeset.Set(b, d.rect(area), d.page.Grid)
	switch {
	case errors.As(err, new(*typeset.OverflowError)):
		d.keep(wrong("a text does not fit its box", "有文本放不下"))
		return
	case errors.As(err, new(*typeset.MissingGlyphError)):
		d.keep(wrong("a text has a character that cannot be printed", "有文本含无法打印的字符"))
		return
	case err != nil:
		d.keep(wrong("a text cannot be set", "有文本无法排版"))
		return
	}
	for _, run := range runs {
		d.mark(d.page.Glyphs(run))
	}
}

// mark keeps that something would stand beyond the paper.
func (d *drawing) mark(err error) {
	if err != nil {
		d.keep(wrong("something on it stands beyond the paper", "有内容超出纸张"))
	}
}

// frame draws the sides of a box, inside it.
func (d *drawing) frame(area box, thick float64) {
	r := d.rect(area)
	dots := max(d.page.Grid.Dots(scene.MM(thick)), 1)
	if thick <= 0 || r.W < 2*dots || r.H < 2*dots {
		return
	}
	for _, side := range []scene.Rect{
		{X: r.X, Y: r.Y, W: r.W, H: dots}, {X: r.X, Y: r.Y + r.H - dots, W: r.W, H: dots}, {X: r.X, Y: r.Y, W: dots, H: r.H}, {X: r.X + r.W - dots, Y: r.Y, W: dots, H: r.H},
	} {
		d.mark(d.page.Fill(scene.Fill{Rect: side}))
	}
}

// line draws a rule. How thick one is that does not say it is guessed.
func (d *drawing) line(n *node, area box) {
	x0, y0 := area.x+length(n, "startX", 0), area.y+length(n, "startY", 0)
	x1, y1 := area.x+length(n, "endX", area.w), area.y+length(n, "endY", 0)
	s := styles(n)
	thick := max(width(s["lineWidth"], 0.25), 0.12)
	if !(math.Abs(x0)+math.Abs(x1)+math.Abs(y0)+math.Abs(y1) < 4*maxMM) || math.Abs(x1-x0) > 0.1 && math.Abs(y1-y0) > 0.1 {
		d.keep(wrong("a line is neither level nor upright", "线条既不水平也不垂直"))
		return
	}
	b := box{min(x0, x1), min(y0, y1), math.Abs(x1 - x0), thick}
	if math.Abs(y1-y0) > math.Abs(x1-x0) {
		b.w, b.h = thick, math.Abs(y1-y0)
	}
	broken := slices.Contains([]string{"dash", "dashed", "dot", "dotted"}, s["lineType"])
	const dash = 1.0
	for at := 0.0; ; at += 2 * dash {
		piece := b
		if broken {
			if at >= max(b.w, b.h) || at > maxMM {
				return
			}
			if b.w >= b.h {
				piece.x, piece.w = b.x+at, min(dash, b.w-at)
			} else {
				piece.y, piece.h = b.y+at, min(dash, b.h-at)
			}
		}
		r := d.rect(piece)
		if r.W > 0 && r.H > 0 {
			d.mark(d.page.Fill(scene.Fill{Rect: r}))
		}
		if !broken {
			return
		}
	}
}

// underCode is the height of the text below a barcode, in millimetres.
const underCode = 3.2

func (d *drawing) barcode(n *node, area box) {
	text, err := d.fill(strings.TrimSpace(n.text), d.data)
	if value := n.attr["value"]; err == nil && text == "" && value != "" {
		text, err = d.fill(value, d.data)
	}
	if err != nil {
		d.keep(err)
		return
	}
	if text = strings.TrimSpace(text); text == "" {
		d.keep(wrong("a barcode has no content", "有条码没有内容"))
		return
	}
	s := styles(n)
	b := area
	var symbol barcode.Symbol
	linear := false
	switch n.attr["type"] {
	case "code128", "code128a", "code128b", "code128c", "":
		symbol, err = barcode.Code128(text)
		linear = true
		if s["hideText"] != "true" && n.attr["hideText"] != "true" && area.h > 3*underCode {
			b.h -= underCode
			d.set(text, box{area.x, area.y + b.h, area.w, underCode}, map[string]string{"fontSize": "8", "align": "center", "valign": "middle"})
		}
	case "qrcode":
		symbol, err = barcode.QR(text, barcode.M)
	default:
		d.keep(wrong("a barcode is neither code128 nor qrcode", "条码类型既不是 code128 也不是 qrcode"))
		return
	}
	if err != nil {
		d.keep(wrong("a barcode cannot hold its content", "条码无法容纳其内容"))
		return
	}
	place := barcode.Place{Box: d.rect(b), Vertical: linear && (s["rotation"] == "90" || s["rotation"] == "270")}
	m, err := symbol.Fit(place, d.page.Grid)
	if err != nil {
		d.keep(wrong("a barcode's box is too small for scanners to read it", "条码区域过小，无法扫描"))
		return
	}
	d.mark(d.page.Modules(m))
	if linear {
		d.numbers = append(d.numbers, text)
	}
}
