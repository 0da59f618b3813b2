package templates

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"miandan/templates/scene"
)

// Bounds that no honest layout meets; they keep a hostile one cheap.
const (
	maxFileKB   = 64
	maxElements = 400
	maxDepth    = 8   // brackets within brackets; a layout has two
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
	tokens := lexer.Tokenize(r.src)
	r.checkDepth(tokens)
	f, err := parser.Parse(tokens, 0)
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

// checkDepth stands before the parser, whose time and memory grow with the
// square of the depth: 256 KB of open brackets took 8 GB.
func (r *reader) checkDepth(tokens token.Tokens) {
	brackets, dashes, line := 0, 0, 0
	for _, tk := range tokens {
		if tk.Position.Line != line {
			line, dashes = tk.Position.Line, 0
		}
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType:
			dashes++
		}
		if brackets > maxDepth || dashes > maxDepth {
			r.fail(tk, TooDeep)
		}
	}
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
