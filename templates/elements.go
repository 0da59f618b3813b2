package templates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// kinds are the kinds of element and the keys that go with each, besides at
// and when.
var kinds = []struct {
	name string
	keys []string
	read func(*reader, *mapping) drawer
}{
	{"text", []string{"size", "floor", "lines", "leading", "bold", "align", "valign", "reverse", "required", "more", "missing"}, (*reader).textElement},
	{"items", []string{"size", "floor", "lines", "leading", "bold", "align", "valign", "join", "more", "missing"}, (*reader).itemsElement},
	{"barcode", []string{"module", "vertical"}, (*reader).barcodeElement},
	{"qr", []string{"module", "level"}, (*reader).qrElement},
	{"line", nil, (*reader).lineElement},
	{"frame", nil, (*reader).frameElement},
}

func (r *reader) element(n ast.Node) element {
	const example = `- {text: "{number}", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}`
	m := r.anyMapping("element", n, example)
	names, all := []string{}, []string{"at", "when"}
	which := -1
	for i, k := range kinds {
		names = append(names, k.name)
		all = append(append(all, k.name), k.keys...)
		if m.has(k.name) {
			if which >= 0 {
				r.fail(m.keys[k.name], TwoKinds, kinds[which].name, k.name)
			}
			which = i
		}
	}
	if which < 0 {
		for _, key := range m.order {
			if slices.Contains(all, key) {
				continue
			}
			if near, ok := nearest(synonym(key), names); ok {
				r.fail(m.keys[key], MisspeltKey, clip(key), near)
			}
		}
		r.fail(m.token, NoKind, strings.Join(names, ", "))
	}
	k := kinds[which]
	allowed := append([]string{k.name, "at", "when"}, k.keys...)
	for _, key := range m.order {
		switch {
		case slices.Contains(allowed, key):
		case slices.Contains(all, key):
			r.fail(m.keys[key], ForeignKey, key, k.name, strings.Join(allowed, ", "))
		default:
			m.unknown(key, allowed)
		}
	}
	m.name = k.name
	e := element{kind: k.name, line: m.token.Position.Line, drawer: k.read(r, m)}
	if m.has("when") {
		w, bad := parseWhen(m.words("when"))
		r.check(m.keys["when"], bad)
		e.when = w
	}
	p := placed{m.token.Position.Line, m.token.Position.Column, e.boxes(), e.when != nil}
	switch e.drawer.(type) {
	case barcodeElement, qrElement:
		r.codes = append(r.codes, p)
	default:
		r.others = append(r.others, p)
	}
	return e
}

func (r *reader) typeOf(m *mapping) lettering {
	most := min(r.page.w, r.page.h)
	l := lettering{
		at:      m.box(),
		size:    m.number("size", minType, most, "3"),
		lines:   int(m.numberOr("lines", 1, 60, 1)),
		leading: m.numberOr("leading", 0.8, 3, 1.2),
		bold:    m.yes("bold"),
		align:   []typeset.Align{typeset.Left, typeset.Center, typeset.Right}[m.choice("align", "left", "center", "right")],
		valign:  []typeset.VAlign{typeset.Middle, typeset.Top, typeset.Bottom}[m.choice("valign", "middle", "top", "bottom")],
		missing: m.words("missing"),
	}
	l.floor = m.numberOr("floor", minType, most, l.size)
	if l.floor > l.size {
		r.fail(m.keys["floor"], FloorAboveSize, figure(l.floor), figure(l.size))
	}
	return l
}

func (r *reader) textElement(m *mapping) drawer {
	e := textElement{
		value:     m.value("text", false),
		reverse:   m.yes("reverse"),
		required:  m.yes("required"),
		lettering: r.typeOf(m),
	}
	if m.has("more") {
		e.more = m.value("more", false)
	}
	for _, p := range e.value {
		if p.field == nil || p.field.Kind != Person {
			continue
		}
		for _, key := range []string{"more", "missing"} {
			if m.has(key) {
				r.fail(m.keys[key], PersonCut, key, p.field.Path)
			}
		}
	}
	return e
}

func (r *reader) itemsElement(m *mapping) drawer {
	m.need("more", "more: \"…等{items.quantity}件\"")
	e := itemsElement{each: m.value("items", true), more: m.value("more", false), join: "\n", lettering: r.typeOf(m)}
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

func (r *reader) barcodeElement(m *mapping) drawer {
	return barcodeElement{
		value: m.code("barcode", "{parcel.barcode}"), at: m.box(), vertical: m.yes("vertical"),
		module: scene.MM(m.numberOr("module", barcode.MinModule.MM(), 2, 0)),
	}
}

func (r *reader) qrElement(m *mapping) drawer {
	return qrElement{
		value: m.code("qr", "{number}"), at: m.box(),
		module: scene.MM(m.numberOr("module", barcode.MinModule.MM(), 4, 0)),
		level:  []barcode.Level{barcode.M, barcode.L, barcode.Q, barcode.H}[m.choice("level", "M", "L", "Q", "H")],
	}
}

func (r *reader) lineElement(m *mapping) drawer {
	const example = "at: {x: 2, y: 10, w: 72}"
	thick := m.number("line", 0.05, 20, "0.25")
	a := r.mapping("at", m.need("at", example), example, "x", "y", "w", "h")
	if a.has("w") == a.has("h") {
		r.fail(m.keys["at"], LineShape)
	}
	b := at{x: a.number("x", 0, maxPage, "2"), y: a.number("y", 0, maxPage, "10")}
	if a.has("w") {
		b.w, b.h = a.number("w", 0.1, maxPage, "72"), thick
		a.onPage(b, "w", "y")
		return lineElement{at: b}
	}
	b.w, b.h = thick, a.number("h", 0.1, maxPage, "20")
	a.onPage(b, "x", "h")
	return lineElement{at: b, upright: true}
}

func (r *reader) frameElement(m *mapping) drawer {
	thick := m.number("frame", 0.05, 20, "0.25")
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
