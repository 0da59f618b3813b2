package templates

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A mapping is a YAML mapping whose keys are known.
type mapping struct {
	r     *reader
	name  string
	token *token.Token // of its first key
	order []string
	keys  map[string]*token.Token
	nodes map[string]ast.Node
}

// mapping reads a mapping that may have the known keys.
func (r *reader) mapping(name string, n ast.Node, example string, known ...string) *mapping {
	m := r.anyMapping(name, n, example)
	for _, key := range m.order {
		if !slices.Contains(known, key) {
			m.unknown(key, known)
		}
	}
	return m
}

func (r *reader) anyMapping(name string, n ast.Node, example string) *mapping {
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
		if i == 0 {
			m.token = key
		}
		m.order = append(m.order, key.Value)
		m.keys[key.Value], m.nodes[key.Value] = key, pair.Value
	}
	return m
}

// unknown fails at a key and says which one is meant or may stand there.
func (m *mapping) unknown(key string, known []string) {
	if near, ok := nearest(synonym(key), known); ok {
		m.r.fail(m.keys[key], MisspeltKey, clip(key), near)
	}
	m.r.fail(m.keys[key], UnknownKey, clip(key), strings.Join(known, ", "))
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

// box returns where on the page the element stands; it must lie in its frame.
func (m *mapping) box() at {
	const example = "at: {x: 3, y: 3, w: 70, h: 5}"
	a := m.r.mapping("at", m.need("at", example), example, places...)
	var b at
	b.x, b.w = a.span("x", "w", "right", m.r.w, "3", "70")
	b.y, b.h = a.span("y", "h", "bottom", m.r.h, "3", "5")
	return m.r.onPage(b)
}

// places are the keys of a place. Two of x, w and right say where it is from
// side to side, two of y, h and bottom from top to bottom.
var places = []string{"x", "y", "w", "h", "right", "bottom"}

// span returns where something begins and how long it is, in a frame so long.
func (m *mapping) span(start, size, end string, whole float64, atStart, long string) (from, length float64) {
	const least = 0.1
	left := func(a string, x float64, b string, y float64) {
		m.r.fail(m.keys[b], NoRoom, a, figure(x), b, figure(y), figure(whole))
	}
	switch first, middle, last := m.has(start), m.has(size), m.has(end); {
	case first && middle && last:
		m.r.fail(m.keys[end], TwoOfThree, start, size, end)
	case first && last:
		from, length = m.number(start, 0, maxPage, atStart), whole-m.number(end, 0, maxPage, "0")
		if length -= from; length < least {
			left(start, from, end, whole-from-length)
		}
		return from, length
	case middle && last:
		length = m.number(size, least, maxPage, long)
		gap := m.number(end, 0, maxPage, "0")
		if from = whole - gap - length; from < -hair {
			left(size, length, end, gap)
		}
		return max(from, 0), length
	case last:
		m.need(size, size+": "+long)
	}
	from, length = m.number(start, 0, maxPage, atStart), m.number(size, least, maxPage, long)
	if from+length > whole+hair {
		m.beyond(start, size, from, length, whole)
	}
	return from, length
}

// beyond fails for an element that ends outside its frame, and names the key
// that can be made smaller.
func (m *mapping) beyond(start, size string, from, length, whole float64) {
	key, most := size, whole-from
	if most <= 0 {
		key, most = start, whole-length
	}
	what := phrase{"page", "纸"}
	if m.r.block {
		what = phrase{"block", "区块"}
	}
	m.r.fail(m.keys[key], OffPage, figure(from+length), start, figure(whole), key, figure(max(most, 0)), what)
}

const hair = 1e-9 // 0.1 + 0.2 is not 0.3
