package model

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// FileError says what is wrong in a model file, in English and in Chinese.
type FileError struct {
	File         string
	Line, Column int
	text         [2]string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.text[0])
}

// Text returns what is wrong in words: Chinese, or English.
func (e *FileError) Text(chinese bool) string {
	if chinese {
		return e.text[1]
	}
	return e.text[0]
}

func flawAt(file string, line, column int, english, chinese string, args ...any) *FileError {
	return &FileError{file, line, column, [2]string{fmt.Sprintf(english, args...), fmt.Sprintf(chinese, args...)}}
}

// Bounds that no honest file meets; they keep a hostile one cheap.
const (
	maxFileKB = 256
	maxDepth  = 6 // brackets and dashes within each other; a file has two
	maxModels = 500
)

// Parse reads a file of models. All errors are *FileError.
func Parse(file string, src []byte) (models []Model, err error) {
	r := &reader{file: file}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *FileError: // see fail
			models, err = nil, p
		default:
			// The YAML library is not proof against every input.
			models, err = nil, flawAt(file, 1, 1, "this is not YAML that can be read", "无法按 YAML 读取此文件")
		}
	}()
	return r.models(src), nil
}

// A reader walks the tree of a YAML file by hand, so that every message knows
// its line.
type reader struct{ file string }

// fail ends the reading; Parse catches it.
func (r *reader) fail(tk *token.Token, english, chinese string, args ...any) {
	line, column := 1, 1
	if tk != nil && tk.Position != nil {
		line, column = tk.Position.Line, tk.Position.Column
	}
	panic(flawAt(r.file, line, column, english, chinese, args...))
}

func (r *reader) models(src []byte) []Model {
	if len(src) > maxFileKB<<10 {
		r.fail(nil, "the file is larger than %d kB", "文件超过 %d kB", maxFileKB)
	}
	if !utf8.Valid(src) {
		r.fail(nil, "the file is not saved as UTF-8", "文件没有保存为 UTF-8 编码")
	}
	tokens := lexer.Tokenize(string(src))
	r.checkDepth(tokens)
	f, err := parser.Parse(tokens, 0)
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) {
			r.fail(ye.GetToken(), "this is not YAML: %s", "不符合 YAML 格式：%s", clip(ye.GetMessage()))
		}
		r.fail(nil, "this is not YAML that can be read", "无法按 YAML 读取此文件")
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.fail(nil, "a model file is one list: models:", "型号文件只有一个列表：models:")
	}
	top := r.mapping(f.Docs[0].Body, "models")
	list := r.list(top.need("models"), maxModels)
	models := make([]Model, 0, len(list))
	for _, n := range list {
		m := r.model(n)
		if slices.ContainsFunc(models, func(o Model) bool { return o.Name == m.Name }) {
			r.fail(n.GetToken(), "the model %s stands here a second time", "型号 %s 重复出现", m.Name)
		}
		models = append(models, m)
	}
	return models
}

// checkDepth stands before the parser, whose time and memory grow with the
// square of the depth.
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
		if brackets > maxDepth || dashes > maxDepth || tk.Position.Column > 200 && tk.Type == token.MappingValueType {
			r.fail(tk, "too much within each other", "嵌套过深")
		}
	}
}

var modelName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,47}$`)

func (r *reader) model(n ast.Node) Model {
	m := r.mapping(n, "name", "says", "match", "quirks")
	v := Model{Name: m.text("name"), Says: m.text("says"), File: r.file, Line: m.first.Position.Line}
	if !modelName.MatchString(v.Name) || v.Name == "auto" {
		r.fail(m.keys["name"], "%q is no name of a model: small letters, digits, points and dashes, and not auto", "%q 不能作为型号名：请用小写字母、数字、点和横线，且不能是 auto", clip(v.Name))
	}
	if m.nodes["match"] != nil {
		for _, p := range r.list(m.nodes["match"], 50) {
			v.Match = append(v.Match, r.pattern(p))
		}
	}
	for _, q := range r.list(m.need("quirks"), 50) {
		quirk := r.quirk(q)
		if _, twice := v.Quirk(quirk.Set); twice {
			r.fail(q.GetToken(), "%s is set a second time for this model", "此型号的 %s 重复设置", quirk.Set)
		}
		v.Quirks = append(v.Quirks, quirk)
	}
	r.matching(v)
	return v
}

// matching refuses a quirk of another language than the model's.
func (r *reader) matching(m Model) {
	language := m.Value("language")
	for _, q := range m.Quirks {
		of, _, has := strings.Cut(q.Set, ".")
		if has && of != language {
			panic(flawAt(r.file, q.Line, 1, "%s is for printers that speak %s: set language too", "%s 仅用于语言为 %s 的打印机：请同时设置 language", q.Set, of))
		}
	}
}

func (r *reader) pattern(n ast.Node) Pattern {
	m := r.mapping(n, "mfg", "mdl", "cmd", "answer", "queue")
	p := Pattern{Maker: m.words("mfg"), Model: m.words("mdl"), Command: m.words("cmd"), Answer: m.words("answer"), Queue: m.words("queue")}
	all := plain(p.Maker + p.Model + p.Command + p.Answer + p.Queue)
	switch {
	case strings.Trim(all, "*") == "":
		r.fail(m.first, "a pattern that fits every printer is none", "匹配所有打印机的条件无效")
	case strings.Count(all, "*") > 8:
		r.fail(m.first, "more stars than letters", "* 过多")
	}
	return p
}

func (r *reader) quirk(n ast.Node) Quirk {
	m := r.mapping(n, "set", "value", "reason", "source", "confidence")
	q := Quirk{
		Set: m.text("set"), Value: m.words("value"), Reason: m.text("reason"), Source: m.text("source"),
		Confidence: Confidence(m.text("confidence")), Line: m.first.Position.Line,
	}
	kind, ok := KindOf(q.Set)
	if !ok {
		names := make([]string, len(Kinds))
		for i, k := range Kinds {
			names[i] = k.Name
		}
		r.fail(m.keys["set"], "there is no setting %q for a model. There are: %s", "型号没有 %q 这项设置。可用：%s", clip(q.Set), strings.Join(names, ", "))
	}
	m.need("value")
	if ok, want := kind.takes(q.Value); !ok {
		r.fail(m.keys["value"], "%s cannot be %q. It can be: %s", "%s 不能是 %q。可用：%s", q.Set, clip(q.Value), want)
	}
	if !slices.Contains([]Confidence{Documented, Probed, Assumed}, q.Confidence) {
		r.fail(m.keys["confidence"], "confidence cannot be %q. It can be: %s", "confidence 不能是 %q。可用：%s", clip(string(q.Confidence)), "documented | probed | assumed")
	}
	return q
}

// A mapping is a YAML mapping whose keys are known.
type mapping struct {
	r     *reader
	first *token.Token
	keys  map[string]*token.Token
	nodes map[string]ast.Node
}

func (r *reader) mapping(n ast.Node, known ...string) *mapping {
	m := &mapping{r, n.GetToken(), map[string]*token.Token{}, map[string]ast.Node{}}
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.fail(m.first, "here belong keys with values: %s", "此处应为键和值：%s", strings.Join(known, ", "))
	}
	for i, pair := range pairs {
		key := pair.Key.GetToken()
		if i == 0 {
			m.first = key
		}
		if !slices.Contains(known, key.Value) {
			r.fail(key, "there is no %q here. There are: %s", "此处没有 %q。可用：%s", clip(key.Value), strings.Join(known, ", "))
		}
		if m.nodes[key.Value] != nil {
			r.fail(key, "%s stands here a second time", "%s 重复出现", key.Value)
		}
		m.keys[key.Value], m.nodes[key.Value] = key, pair.Value
	}
	return m
}

func (m *mapping) need(key string) ast.Node {
	n := m.nodes[key]
	if n == nil {
		m.r.fail(m.first, "%s is missing", "缺少 %s", key)
	}
	return n
}

// text returns a text that must be there.
func (m *mapping) text(key string) string {
	m.need(key)
	s := strings.TrimSpace(m.words(key))
	if s == "" {
		m.r.fail(m.keys[key], "%s is empty", "%s 为空", key)
	}
	return s
}

// words returns a plain value as it is written; "" if it is left out.
func (m *mapping) words(key string) string {
	switch n := m.nodes[key].(type) {
	case nil:
		return ""
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	m.r.fail(m.keys[key], "%s is one plain value; put it in quotes if it has a colon", "%s 应为单个值；含冒号时请加引号", key)
	return ""
}

func (r *reader) list(n ast.Node, most int) []ast.Node {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(n.GetToken(), "here belongs a list, each entry with a dash before it", "此处应为列表，每项以横线开头")
	}
	if len(seq.Values) > most {
		r.fail(n.GetToken(), "more than %d entries", "超过 %d 项", most)
	}
	return seq.Values
}

// clip keeps what is quoted to what fits a line.
func clip(s string) string {
	s = Clean(s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
