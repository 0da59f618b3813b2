package templates

import (
	"errors"
	"fmt"
	"io/fs"
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
	maxFileKB   = 64  // of a layout with its blocks
	maxElements = 400 // of a layout with its blocks
	maxDepth    = 8   // brackets within brackets; a layout has two
	maxNesting  = 3   // blocks within blocks
	maxPage     = 600 // mm
	minType     = 1.5 // mm; smaller hanzi are blots at 203 dpi
)

// Parse reads a layout. The file's name is for errors and, without its ending,
// becomes the template's name. Blocks and pictures are the program's own. All
// errors are *LayoutError.
func Parse(file string, src []byte) (*Template, error) { return ParseIn(nil, file, src) }

// ParseIn is Parse for a layout in a folder: blocks and pictures are taken from
// it before the program's own.
func ParseIn(folder fs.FS, file string, src []byte) (*Template, error) {
	s := own()
	if folder != nil {
		s = s.with(shelf{folder, filepath.Dir(file)})
	}
	return s.parse(file, src)
}

func (s *shelves) parse(file string, src []byte) (t *Template, err error) {
	r := &reader{shelves: s, source: source{file, string(src)}, layout: file}
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
	return r.template(), nil
}

// A reader walks the tree of a YAML file. It does so by hand and not by
// reflection into structs: every message knows the key it is about, and what
// stands there instead.
type reader struct {
	*shelves
	source          // the file in hand
	frame           // what its places are measured on
	layout   string // the file that reading began with
	way      []step // the blocks from there to the file in hand
	whens    []*condition
	elements []element
	bytes    int      // of all files read
	counted  int      // elements, includes among them
	drawn    int      // pictures
	codes    []placed // boxes of codes, to be kept free
	others   []placed
	flows    bool // a table goes on over pages
}

// A source is a file's text, and its name for errors.
type source struct{ file, src string }

// A frame is the page or the block whose places are being read.
type frame struct {
	x, y  float64 // of its corner on the page, mm
	w, h  float64 // in its own millimetres
	zoom  float64 // millimetres on the page in one of its own
	block bool
}

// onPage turns a place within the frame into one on the page.
func (f frame) onPage(b at) at {
	return at{x: f.x + f.zoom*b.x, y: f.y + f.zoom*b.y, w: f.zoom * b.w, h: f.zoom * b.h}
}

// A step is an include on the way to a block.
type step struct {
	block string // its name
	from  string // FILE:LINE of the include
}

type placed struct {
	source
	way          []step
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
	return r.problemAt(r.source, r.way, line, column, p, args...)
}

func (*reader) problemAt(s source, way []step, line, column int, p Problem, args ...any) *LayoutError {
	e := &LayoutError{File: s.file, Line: line, Column: column, Problem: p, Excerpt: excerpt(s.src, line, column), args: args}
	for _, st := range slices.Backward(way) {
		e.Includes = append(e.Includes, st.from)
	}
	return e
}

func (r *reader) check(tk *token.Token, bad *flaw) {
	if bad != nil {
		r.fail(tk, bad.problem, bad.args...)
	}
}

// body returns the tree of the file in hand.
func (r *reader) body() ast.Node {
	if r.bytes += len(r.src); r.bytes > maxFileKB<<10 {
		r.src = ""
		r.fail(nil, TooLarge, strconv.Itoa(maxFileKB))
	}
	tokens := lexer.Tokenize(r.src)
	r.checkDepth(tokens)
	f, err := parser.Parse(tokens, 0)
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) {
			r.fail(ye.GetToken(), NotYAML, clipTo(ye.GetMessage(), 200)) // it quotes the token, however long
		}
		r.fail(nil, NotYAML, "the reader cannot make sense of it")
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		r.fail(nil, Empty)
	}
	if len(f.Docs) > 1 {
		r.fail(f.Docs[1].GetToken(), NotPlain)
	}
	return f.Docs[0].Body
}

func (r *reader) template() *Template {
	top := r.mapping("layout", r.body(), "page: {w: 76, h: 130}", "title", "page", "elements")
	if !top.has("page") && filepath.Base(filepath.Dir(r.layout)) == "blocks" {
		r.fail(top.token, BlockAlone)
	}
	page := r.mapping("page", top.need("page", "page: {w: 76, h: 130}"), "page: {w: 76, h: 130}", "w", "h")
	r.frame = frame{w: page.number("w", 10, maxPage, "76"), h: page.number("h", 10, maxPage, "130"), zoom: 1}
	name := strings.TrimSuffix(filepath.Base(r.layout), ".yaml")
	t := &Template{name: name, source: r.source, title: top.words("title"), width: scene.MM(r.w), height: scene.MM(r.h)}
	r.list(top)
	t.elements, t.flows = r.elements, r.flows
	r.checkQuietZones()
	if !t.shows("copy") {
		r.fail(top.token, NoCopy)
	}
	return t
}

// list reads the elements of the file in hand.
func (r *reader) list(top *mapping) {
	const example = `elements: [{text: "{number}", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}]`
	list := top.need("elements", example)
	seq, ok := list.(*ast.SequenceNode)
	if !ok {
		r.fail(list.GetToken(), WrongShape, "elements", example)
	}
	for _, n := range seq.Values {
		if r.counted++; r.counted > maxElements {
			r.fail(n.GetToken(), TooMany, strconv.Itoa(maxElements))
		}
		r.element(n)
	}
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
				if !b.overlaps(code.boxes[0]) {
					continue
				}
				where := phrase{fmt.Sprintf("line %d", code.line), fmt.Sprintf("第 %d 行", code.line)}
				if code.file != o.file {
					where = phrase{where[0] + " of " + code.file, code.file + " " + where[1]}
				}
				panic(r.problemAt(o.source, o.way, o.line, o.column, OnBarcode, where))
			}
		}
	}
}
