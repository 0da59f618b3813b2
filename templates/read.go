package templates

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Bounds that no honest layout meets; they keep a hostile one cheap.
const (
	maxFileKB   = 256
	maxElements = 400
	maxPage     = 600 // mm
	minType     = 1.5 // mm; smaller hanzi are blots at 203 dpi
)

// Parse reads a layout. The file's name is for errors and, without its ending,
// becomes the template's name. All errors are *LayoutError.
func Parse(file string, src []byte) (t *Template, err error) {
	r := &reader{file: file, src: string(src)}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *LayoutError: // see fail
			t, err = nil, p
		default:
			// The YAML library is not proof against every input.
			t, err = nil, r.problem(1, 1, NotYAML, "the reader cannot make sense of it")
		}
	}()
	return r.layout(), nil
}

// A reader walks the tree of a YAML file. It does so by hand and not by
// reflection into structs: every message knows the key it is about, and what
// stands there instead.
type reader struct {
	file, src string
	page      at
	codes     []placed // boxes of codes, to be kept free
	others    []placed
}

type placed struct {
	line, column int
	boxes        []at
	optional     bool // has a when
}

// fail ends the reading; Parse catches it. Nothing else panics with this type,
// and it never leaves the package.
func (r *reader) fail(tk *token.Token, p Problem, args ...any) {
	line, column := 1, 1
	if tk != nil && tk.Position != nil {
		line, column = tk.Position.Line, tk.Position.Column
	}
	panic(r.problem(line, column, p, args...))
}

func (r *reader) problem(line, column int, p Problem, args ...any) *LayoutError {
	return &LayoutError{File: r.file, Line: line, Column: column, Problem: p, Excerpt: excerpt(r.src, line, column), args: args}
}

func (r *reader) check(tk *token.Token, bad *flaw) {
	if bad != nil {
		r.fail(tk, bad.problem, bad.args...)
	}
}

func (r *reader) layout() *Template {
	if len(r.src) > maxFileKB<<10 {
		r.src = ""
		r.fail(nil, TooLarge, strconv.Itoa(maxFileKB))
	}
	f, err := parser.ParseBytes([]byte(r.src), 0)
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) {
			r.fail(ye.GetToken(), NotYAML, ye.GetMessage())
		}
		r.fail(nil, NotYAML, "the reader cannot make sense of it")
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		r.fail(nil, Empty)
	}
	if len(f.Docs) > 1 {
		r.fail(f.Docs[1].GetToken(), NotPlain)
	}
	top := r.mapping("layout", f.Docs[0].Body, "page: {w: 76, h: 130}", "title", "page", "elements")
	page := r.mapping("page", top.need("page", "page: {w: 76, h: 130}"), "page: {w: 76, h: 130}", "w", "h")
	r.page = at{w: page.number("w", 10, maxPage, "76"), h: page.number("h", 10, maxPage, "130")}
	name := strings.TrimSuffix(filepath.Base(r.file), ".yaml")
	t := &Template{name: name, title: top.words("title"), width: scene.MM(r.page.w), height: scene.MM(r.page.h)}

	const example = `elements: [{text: "{number}", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}]`
	list := top.need("elements", example)
	seq, ok := list.(*ast.SequenceNode)
	if !ok {
		r.fail(list.GetToken(), WrongShape, "elements", example)
	}
	if len(seq.Values) > maxElements {
		r.fail(seq.Values[maxElements].GetToken(), TooMany, strconv.Itoa(maxElements))
	}
	for _, n := range seq.Values {
		t.elements = append(t.elements, r.element(n))
	}
	r.checkQuietZones()
	if !t.shows("copy") {
		r.fail(top.token, NoCopy)
	}
	return t
}

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
	var names, keys []string
	for _, k := range kinds {
		names = append(names, k.name)
		keys = append(keys, k.keys...)
	}
	const example = `- {text: "{number}", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}`
	known := append(slices.Clone(names), append(keys, "at", "when")...)
	m := r.mapping("element", n, example, known...)
	which := -1
	for i, k := range kinds {
		if m.has(k.name) {
			if which >= 0 {
				r.fail(m.keys[k.name], TwoKinds, kinds[which].name, k.name)
			}
			which = i
		}
	}
	if which < 0 {
		r.fail(m.token, NoKind, strings.Join(names, ", "))
	}
	k := kinds[which]
	allowed := append([]string{k.name, "at", "when"}, k.keys...)
	for _, key := range m.order {
		if !slices.Contains(allowed, key) {
			r.fail(m.keys[key], ForeignKey, key, k.name, strings.Join(allowed, ", "))
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

// checkQuietZones keeps every code's box free. Two elements that both stand
// under a condition may be meant for different labels.
func (r *reader) checkQuietZones() {
	for i, code := range r.codes {
		for _, o := range append(slices.Clone(r.others), r.codes[i+1:]...) {
			if code.optional && o.optional {
				continue
			}
			for _, b := range o.boxes {
				if b.overlaps(code.boxes[0]) {
					panic(r.problem(o.line, o.column, OnBarcode, strconv.Itoa(code.line)))
				}
			}
		}
	}
}

// A mapping is a YAML mapping whose keys are known.
type mapping struct {
	r     *reader
	name  string
	token *token.Token // of its first key
	order []string
	keys  map[string]*token.Token
	nodes map[string]ast.Node
}

func (r *reader) mapping(name string, n ast.Node, example string, known ...string) *mapping {
	m := &mapping{r: r, name: name, token: n.GetToken(), keys: map[string]*token.Token{}, nodes: map[string]ast.Node{}}
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		r.fail(m.token, NotPlain)
	default:
		r.fail(m.token, WrongShape, name, example)
	}
	for i, pair := range pairs {
		key := pair.Key.GetToken()
		if _, ok := pair.Key.(*ast.StringNode); !ok {
			r.fail(key, UnknownKey, clip(key.Value), strings.Join(known, ", "))
		}
		if i == 0 {
			m.token = key
		}
		if !slices.Contains(known, key.Value) {
			if near, ok := nearest(synonym(key.Value), known); ok {
				r.fail(key, MisspeltKey, clip(key.Value), near)
			}
			r.fail(key, UnknownKey, clip(key.Value), strings.Join(known, ", "))
		}
		m.order = append(m.order, key.Value)
		m.keys[key.Value], m.nodes[key.Value] = key, pair.Value
	}
	return m
}

// synonym gives our word for one that people bring from elsewhere.
func synonym(key string) string {
	switch strings.ToLower(key) {
	case "width":
		return "w"
	case "height":
		return "h"
	case "left":
		return "x"
	case "top":
		return "y"
	case "font-size", "font_size", "fontsize":
		return "size"
	case "weight", "font-weight":
		return "bold"
	case "colour", "color", "background", "invert", "inverse":
		return "reverse"
	case "box", "border", "rect":
		return "frame"
	case "rule", "hline", "vline":
		return "line"
	case "if", "show":
		return "when"
	case "position", "pos", "area":
		return "at"
	case "value", "content", "label":
		return "text"
	}
	return key
}

func (m *mapping) has(key string) bool { return m.nodes[key] != nil }

func (m *mapping) need(key, example string) ast.Node {
	n := m.nodes[key]
	if n == nil {
		m.r.fail(m.token, MissingKey, key, example)
	}
	if _, null := n.(*ast.NullNode); null {
		m.r.fail(m.keys[key], MissingKey, key, example)
	}
	return n
}

// scalar returns the text of a plain value.
func (m *mapping) scalar(key string) string {
	switch n := m.nodes[key].(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value
	case *ast.MappingNode, *ast.MappingValueNode:
		m.r.fail(n.GetToken(), NeedsQuotes)
	case *ast.NullNode:
		m.r.fail(m.keys[key], MissingKey, key, key+`: "…"`)
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		m.r.fail(n.GetToken(), NotPlain)
	default:
		m.r.fail(m.keys[key], WrongShape, key, key+`: "…"`)
	}
	return ""
}

// words returns a text that may be left out.
func (m *mapping) words(key string) string {
	if !m.has(key) {
		return ""
	}
	return m.scalar(key)
}

// number returns a number within bounds, which must be there.
func (m *mapping) number(key string, low, high float64, example string) float64 {
	m.need(key, key+": "+example)
	s := m.scalar(key)
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		m.r.fail(m.nodes[key].GetToken(), NotNumber, key, example, clip(s))
	}
	if !(v >= low && v <= high) { // catches NaN too
		m.r.fail(m.nodes[key].GetToken(), OutOfRange, key, clip(s), figure(low), figure(high))
	}
	return v
}

func (m *mapping) numberOr(key string, low, high, otherwise float64) float64 {
	if !m.has(key) {
		return otherwise
	}
	return m.number(key, low, high, figure(max(low, otherwise)))
}

func (m *mapping) yes(key string) bool {
	if !m.has(key) {
		return false
	}
	s := m.scalar(key)
	if s != "true" && s != "false" {
		m.r.fail(m.nodes[key].GetToken(), NotTrueFalse, key, clip(s))
	}
	return s == "true"
}

// choice returns the index of one of words; the first if the key is left out.
func (m *mapping) choice(key string, words ...string) int {
	if !m.has(key) {
		return 0
	}
	s := m.scalar(key)
	i := slices.Index(words, s)
	if i < 0 {
		m.r.fail(m.nodes[key].GetToken(), NotOneOf, key, clip(s), strings.Join(words, ", "))
	}
	return i
}

// value returns a text with fields.
func (m *mapping) value(key string, item bool) value {
	v, bad := parseValue(m.scalar(key))
	m.r.check(m.nodes[key].GetToken(), bad)
	for _, p := range v {
		if p.field != nil && p.field.Kind == Item && !item {
			m.r.fail(m.nodes[key].GetToken(), ItemField, p.field.Path)
		}
	}
	return v
}

// box returns where the element stands, which must be on the page.
func (m *mapping) box() at {
	const example = "at: {x: 3, y: 3, w: 70, h: 5}"
	a := m.r.mapping("at", m.need("at", example), example, "x", "y", "w", "h")
	b := at{
		x: a.number("x", 0, maxPage, "3"), y: a.number("y", 0, maxPage, "3"),
		w: a.number("w", 0.1, maxPage, "70"), h: a.number("h", 0.1, maxPage, "5"),
	}
	a.onPage(b, "w", "h")
	return b
}

// onPage checks b against the page and names the keys that decide its size.
func (m *mapping) onPage(b at, w, h string) {
	const hair = 1e-9 // 0.1 + 0.2 is not 0.3
	limit := func(side, key string, start, size, page float64) {
		if start+size <= page+hair {
			return
		}
		most := page - start
		if most <= 0 {
			key, most = side, page-size
		}
		m.r.fail(m.keys[key], OffPage, figure(start+size), side, figure(page), key, figure(max(most, 0)))
	}
	limit("x", w, b.x, b.w, m.r.page.w)
	limit("y", h, b.y, b.h, m.r.page.h)
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
	m.need("more", "more: …等{items.quantity}件")
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
