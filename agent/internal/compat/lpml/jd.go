package lpml

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"regexp"
	"strconv"
)

// jdPixel is the unit of JD's templates, of 100 to the inch, in millimetres.
const jdPixel = 25.4 / 100

// jdElement is an element of a template in JD's print language. What stands here is
// described; how the language calls its page, and what else it has, is not public.
type jdElement struct {
	Type    string          `json:"type"`
	Top     number          `json:"top"`
	Left    number          `json:"left"`
	Width   number          `json:"width"`
	Height  number          `json:"height"`
	Content json.RawMessage `json:"content"`

	FontSize number `json:"fontSize"`
	Weight   string `json:"fontWeight"`
	Level    string `json:"justifyContent"`
	Upright  string `json:"alignItem"`

	Thick  number `json:"lineWidth"`
	Line   string `json:"lineType"`
	Orient string `json:"orient"`
}

// number is one, with or without quotation marks.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err != nil || math.Abs(f) > maxMM/jdPixel {
		f = math.NaN()
	}
	*n = number(f)
	return nil
}

var jdPlace = regexp.MustCompile(`@\{([\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*)\}`)

// ParseJD reads a template in JD's print language: a list of elements in JSON, or an
// object whose elements are such a list (guessed). It becomes the same tree as one of
// Cainiao's, and is drawn in the same way.
func ParseJD(src []byte) (*Template, error) {
	broken := wrong("it is not the JSON of JD's print language", "不是京东打印模板的 JSON")
	if len(src) > MaxSize {
		return nil, wrong("it is larger than 512 KiB", "超过 512 KiB")
	}
	if bytes.ContainsRune(src, opens) || bytes.ContainsRune(src, closes) {
		return nil, wrong("it has characters of private use", "含有私用区字符")
	}
	var list []jdElement
	d := json.NewDecoder(bytes.NewReader(src))
	if bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) {
		var whole struct {
			Elements []jdElement `json:"elements"`
		}
		if d.Decode(&whole) != nil {
			return nil, broken
		}
		list = whole.Elements
	} else if d.Decode(&list) != nil {
		return nil, broken
	}
	if _, err := d.Token(); err != io.EOF || len(list) == 0 || len(list) > maxNodes/2 {
		return nil, broken
	}
	t := &Template{root: &node{name: "layout", attr: map[string]string{}}}
	for _, e := range list {
		box, err := t.jd(e)
		if err != nil {
			return nil, err
		}
		t.root.kids = append(t.root.kids, box)
	}
	return t, nil
}

// jd makes a box with one element in it.
func (t *Template) jd(e jdElement) (*node, error) {
	mm := func(n number) string { return strconv.FormatFloat(float64(n)*jdPixel, 'f', 4, 64) }
	text := ""
	if len(e.Content) > 0 && json.Unmarshal(e.Content, &text) != nil && string(e.Content) != "null" {
		text = string(bytes.Trim(e.Content, `"`)) // a number
	}
	text = jdPlace.ReplaceAllStringFunc(text, func(place string) string {
		p, _ := readPath("_data." + place[2:len(place)-1])
		t.values = append(t.values, p)
		return string(opens) + strconv.Itoa(len(t.values)-1) + string(closes)
	})
	style := ""
	if e.FontSize > 0 {
		style = "fontSize:" + strconv.FormatFloat(float64(e.FontSize)*72/100, 'f', 2, 64) + ";"
	}
	style += "fontWeight:" + map[string]string{"bold": "bold"}[e.Weight] + ";align:" + map[string]string{"center": "center", "flex-end": "right"}[e.Level] +
		";valign:" + map[string]string{"center": "middle", "flex-end": "bottom"}[e.Upright]
	inner := &node{name: e.Type, attr: map[string]string{"style": style}, text: text}
	box := &node{name: "layout", attr: map[string]string{"left": mm(e.Left), "top": mm(e.Top), "width": mm(e.Width), "height": mm(e.Height)}, kids: []*node{inner}}
	switch e.Type {
	case "text", "rect", "image":
	case "barcode":
		inner.attr["type"], inner.attr["hideText"] = "code128", "true"
	case "qrcode":
		inner.name, inner.attr["type"] = "barcode", "qrcode"
	case "line":
		thick := max(e.Thick, 1)
		inner.attr["style"] = "lineWidth:" + mm(thick)
		inner.attr["endX"] = "0"
		if e.Orient != "v" {
			inner.attr["endX"], inner.attr["endY"] = mm(e.Width), "0"
			box.attr["height"] = mm(max(e.Height, thick))
		} else {
			inner.attr["endY"] = mm(e.Height)
			box.attr["width"] = mm(max(e.Width, thick))
		}
	default:
		return nil, wrong("it has an element that is none of text, line, rect, barcode, qrcode and image", "含有 text、line、rect、barcode、qrcode、image 以外的元素")
	}
	return box, nil
}
