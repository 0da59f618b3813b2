// Package lpml draws labels from templates in Cainiao's print language: XML with a
// page, boxes and in them texts, lines, barcodes, pictures and tables, in millimetres.
//
// It is a subset. The language has scripts, and a script from a page is not run here:
// of those only the places where a value of the data is put in, <%=_data.name%>, are
// filled. A value is never read as XML, so nobody's name can become a barcode. What is
// not in the subset is refused with its name, and nothing is left out or cut: a label
// that is only half drawn sends a parcel to the wrong door.
//
// The language is described at
// cloudprint-docs-resource.oss-cn-shanghai.aliyuncs.com/lpmlSpec.html. Defaults that
// are not written there are marked as guessed.
package lpml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"miandan/agent/internal/notice"
)

// Bounds of a template.
const (
	MaxSize  = 512 << 10 // bytes
	maxDepth = 32
	maxNodes = 4000
	maxMM    = 1200 // of a page, as the language has it
)

// Template is a template that was read and has elements of the subset only.
type Template struct {
	root   *node
	values []path // of the places, in order
}

// node is an element.
type node struct {
	name string
	attr map[string]string
	text string // of it and no child, where it has any
	kids []*node
}

// wrong says what of a template is not printed here, and nothing of its content.
func wrong(english, chinese string) error {
	return notice.New("compat-template", nil, notice.Phrase{english, chinese})
}

// The places of values stand in the XML as a number between these two, which are
// characters of private use that no template may hold.
const (
	opens  = '\uE000'
	closes = '\uE001'
)

var places = regexp.MustCompile(`(?s)<%(.*?)%>`)

// Parse reads a template.
func Parse(src []byte) (*Template, error) {
	switch {
	case len(src) > MaxSize:
		return nil, wrong("it is larger than 512 KiB", "超过 512 KiB")
	case bytes.ContainsRune(src, opens), bytes.ContainsRune(src, closes):
		return nil, wrong("it has characters of private use", "含有私用区字符")
	}
	t := &Template{}
	var failed error
	text := places.ReplaceAllFunc(src, func(place []byte) []byte {
		expression, value := bytes.CutPrefix(place[2:len(place)-2], []byte("="))
		p, ok := readPath(strings.TrimSuffix(strings.TrimSpace(string(expression)), ";"))
		if !value || !ok {
			failed = wrong("it has a script; only values like <%=_data.name%> are filled in here", "含有脚本；本程序仅支持 <%=_data.name%> 形式的取值")
			return nil
		}
		t.values = append(t.values, p)
		return []byte(string(opens) + strconv.Itoa(len(t.values)-1) + string(closes))
	})
	if failed != nil {
		return nil, failed
	}
	if bytes.Contains(text, []byte("<%")) {
		return nil, wrong("a <% has no end", "<% 没有结束")
	}
	var err error
	if t.root, err = tree(text); err != nil {
		return nil, err
	}
	if t.root.name != "page" && t.root.name != "layout" {
		return nil, wrong("it begins with neither page nor layout", "根元素不是 page 或 layout")
	}
	return t, nil
}

// tree reads XML.
func tree(text []byte) (*node, error) {
	broken := wrong("it is no XML that can be read", "不是有效的 XML")
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.ErrUnsupported }
	var stack []*node
	var root *node
	for n := 0; ; {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, broken
		}
		switch token := token.(type) {
		case xml.StartElement:
			if n++; n > maxNodes || len(stack) >= maxDepth {
				return nil, wrong("it has too many elements", "元素过多或嵌套过深")
			}
			if token.Name.Space != "" || len(stack) == 0 && root != nil {
				return nil, broken
			}
			e := &node{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				if a.Name.Space == "" { // the editor's own stand in other name spaces
					e.attr[a.Name.Local] = strings.TrimSpace(a.Value)
				}
			}
			if len(stack) > 0 {
				parent := stack[len(stack)-1]
				parent.kids = append(parent.kids, e)
			} else {
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			if len(stack) == 0 || token.Name.Space != "" || stack[len(stack)-1].name != token.Name.Local {
				return nil, broken
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(token)
			}
		case xml.Directive: // entities
			return nil, broken
		}
	}
	if root == nil || len(stack) > 0 {
		return nil, broken
	}
	return root, nil
}
