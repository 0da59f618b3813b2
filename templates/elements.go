package templates

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// A kind is a kind of element and the keys that go with it, besides at and when.
type kind struct {
	name string
	need []string                       // keys that must be there, besides its name and at
	keys []string                       // those that may be there
	read func(*reader, *mapping) drawer // nil for include, which draws nothing itself
}

// all returns the keys that may stand in an element of the kind.
func (k kind) all() []string { return slices.Concat([]string{k.name, "at", "when"}, k.need, k.keys) }

var letters = []string{"floor", "lines", "leading", "bold", "align", "valign", "missing"}

func kinds() []kind {
	size := []string{"size"}
	with := func(more ...string) []string { return append(slices.Clone(letters), more...) }
	return []kind{
		{"text", size, with("reverse", "boxed", "required", "more"), (*reader).textElement},
		{"items", []string{"size", "more"}, with("join"), (*reader).itemsElement},
		{"table", []string{"size", "columns"}, []string{"floor", "leading", "missing", "overflow", "more", "rules"}, (*reader).tableElement},
		{"marks", size, []string{"floor", "lines", "bold", "align", "valign"}, (*reader).marksElement},
		{"barcode", nil, []string{"module", "vertical"}, (*reader).barcodeElement},
		{"qr", nil, []string{"module", "level"}, (*reader).qrElement},
		{"datamatrix", nil, []string{"module"}, (*reader).dataMatrixElement},
		{"line", nil, nil, (*reader).lineElement},
		{"frame", nil, nil, (*reader).frameElement},
		{"picture", nil, nil, (*reader).pictureElement},
		{"include", nil, []string{"zoom"}, nil},
	}
}

// element reads one element of the file in hand.
func (r *reader) element(n ast.Node) {
	const example = `- {text: "{number}", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}`
	m := r.anyMapping("element", n, example)
	k := r.kindOf(m)
	m.name = k.name
	var when *condition
	if m.has("when") {
		w, bad := parseWhen(m.words("when"))
		r.check(m.keys["when"], bad)
		when = w
	}
	if k.read == nil {
		r.include(m, when)
		return
	}
	e := element{kind: k.name, line: m.token.Position.Line, column: m.token.Position.Column, when: r.whens, drawer: k.read(r, m), source: r.source, way: r.way}
	if when != nil {
		e.when = append(slices.Clone(r.whens), when)
	}
	if r.block {
		e.file = filepath.Base(r.file)
	}
	r.elements = append(r.elements, e)
	p := placed{r.source, r.way, e.line, m.token.Position.Column, e.boxes(), len(e.when) > 0}
	switch e.drawer.(type) {
	case codeElement:
		r.codes = append(r.codes, p)
	default:
		r.others = append(r.others, p)
	}
}

// kindOf finds out what an element is and checks that its keys go with it.
func (r *reader) kindOf(m *mapping) kind {
	all := kinds()
	names, known := []string{}, []string{"at", "when"}
	which := -1
	for i, k := range all {
		names = append(names, k.name)
		known = append(known, k.all()...)
		if m.has(k.name) {
			if which >= 0 {
				r.fail(m.keys[k.name], TwoKinds, all[which].name, k.name)
			}
			which = i
		}
	}
	if which < 0 {
		for _, key := range m.order {
			if slices.Contains(known, key) {
				continue
			}
			if near, ok := nearest(synonym(key), names); ok {
				r.fail(m.keys[key], MisspeltKey, clip(key), near)
			}
		}
		r.fail(m.token, NoKind, strings.Join(names, ", "))
	}
	k := all[which]
	allowed := k.all()
	for _, key := range m.order {
		switch {
		case slices.Contains(allowed, key):
		case slices.Contains(known, key):
			r.fail(m.keys[key], ForeignKey, key, k.name, strings.Join(allowed, ", "))
		default:
			m.unknown(key, allowed)
		}
	}
	return k
}

// typeOf returns how a text is set, in millimetres on the page.
func (r *reader) typeOf(m *mapping) lettering {
	least, most := minType/r.zoom, min(r.w, r.h)
	l := lettering{
		size:    m.number("size", least, max(most, least), "3"),
		lines:   int(m.formed("lines", 1)),
		leading: m.formed("leading", 1.2),
		bold:    m.yes("bold"),
		align:   []typeset.Align{typeset.Left, typeset.Center, typeset.Right}[m.chosen("align")],
		valign:  []typeset.VAlign{typeset.Middle, typeset.Top, typeset.Bottom}[m.chosen("valign")],
		missing: m.words("missing"),
	}
	l.floor = m.numberOr("floor", least, max(most, least), l.size)
	if l.floor > l.size {
		r.fail(m.keys["floor"], FloorAboveSize, figure(l.floor), figure(l.size))
	}
	l.size, l.floor = l.size*r.zoom, l.floor*r.zoom
	return l
}

func (r *reader) textElement(m *mapping) drawer {
	e := textElement{
		value:     m.value("text", false),
		reverse:   m.yes("reverse"),
		boxed:     m.yes("boxed"),
		required:  m.yes("required"),
		lettering: r.typeOf(m),
		at:        m.box(),
	}
	if m.has("more") {
		e.more = m.value("more", false)
	}
	m.keepsPeople(e.value)
	return e
}

// keepsPeople fails for a text that may be cut and names a person.
func (m *mapping) keepsPeople(v value) {
	for _, p := range v {
		if p.field == nil || p.field.Kind != Person {
			continue
		}
		for _, key := range []string{"more", "missing"} {
			if m.has(key) {
				m.r.fail(m.keys[key], PersonCut, key, p.field.Path)
			}
		}
	}
}

func (r *reader) itemsElement(m *mapping) drawer {
	m.need("more", "more: \"…等{items.quantity}件\"")
	e := itemsElement{each: m.value("items", true), more: m.value("more", false), join: "\n", lettering: r.typeOf(m), at: m.box()}
	if m.has("join") {
		e.join = m.words("join")
	}
	return e
}

// code returns what a code says, which is something.
func (m *mapping) code(key, example string) value {
	v := m.value(key, false)
	if len(v) == 0 {
		m.r.fail(m.nodes[key].GetToken(), MissingKey, key, key+`: "`+example+`"`)
	}
	return v
}

func (r *reader) code(m *mapping, key, example string, encode func(string) (barcode.Symbol, error)) codeElement {
	return codeElement{value: m.code(key, example), at: m.box(), module: scene.MM(m.formed("module", 0)), encode: encode}
}

func (r *reader) barcodeElement(m *mapping) drawer {
	e := r.code(m, "barcode", "{parcel.barcode}", barcode.Code128)
	e.vertical = m.yes("vertical")
	return e
}

func (r *reader) qrElement(m *mapping) drawer {
	level := []barcode.Level{barcode.M, barcode.L, barcode.Q, barcode.H}[m.chosen("level")]
	return r.code(m, "qr", "{number}", func(text string) (barcode.Symbol, error) { return barcode.QR(text, level) })
}

func (r *reader) dataMatrixElement(m *mapping) drawer {
	return r.code(m, "datamatrix", "{number}", barcode.DataMatrix)
}

// thick returns how thick the lines of an element are on the page: the zoom of a
// block does not make them thicker.
func (m *mapping) thick(key string) float64 {
	f := formOf(key)
	return m.number(key, f.low, f.high, "0.25")
}

// A line is a place with only a thickness one way.
func (r *reader) lineElement(m *mapping) drawer {
	const example = "at: {x: 2, y: 10, w: 72}"
	thick := m.thick("line") / r.zoom
	a := r.mapping("at", m.need("at", example), example, places...)
	count := func(keys ...string) (n int) {
		for _, key := range keys {
			if a.has(key) {
				n++
			}
		}
		return n
	}
	// edge returns where the line lies on the way across it.
	edge := func(start, end string, whole float64) float64 {
		if a.has(end) {
			return max(whole-a.number(end, 0, whole, "0")-thick, 0)
		}
		from := a.number(start, 0, maxPage, "10")
		if from+thick > whole+hair {
			a.beyond(start, start, from, thick, whole)
		}
		return from
	}
	var b at
	upright := false
	switch across, down := count("x", "w", "right"), count("y", "h", "bottom"); {
	case across == 2 && down == 1 && !a.has("h"):
		b.x, b.w = a.span("x", "w", "right", r.w, "2", "72")
		b.y, b.h = edge("y", "bottom", r.h), thick
	case across == 1 && down == 2 && !a.has("w"):
		b.y, b.h = a.span("y", "h", "bottom", r.h, "10", "20")
		b.x, b.w = edge("x", "right", r.w), thick
		upright = true
	default:
		r.fail(m.keys["at"], LineShape)
	}
	return lineElement{at: r.onPage(b), upright: upright}
}

func (r *reader) frameElement(m *mapping) drawer {
	thick := m.thick("frame")
	b := m.box()
	if 2*thick > min(b.w, b.h) {
		r.fail(m.nodes["frame"].GetToken(), OutOfRange, "frame", figure(thick), "0.05", figure(min(b.w, b.h)/2))
	}
	return frameElement{at: b, thick: thick}
}

// figure writes a length as people do: 3.5, not 3.500000.
func figure(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}
