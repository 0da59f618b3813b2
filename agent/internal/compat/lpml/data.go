package lpml

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// path leads to a value in the data: names of fields, and numbers of entries.
type path []string

var step = regexp.MustCompile(`^(?:\.([\p{L}_$][\p{L}\p{N}_$]*)|\[(\d{1,6})\]|\["([^"\\]*)"\]|\['([^'\\]*)'\])`)

// readPath reads _data.a.b[0]["c"] and nothing else.
func readPath(s string) (path, bool) {
	rest, ok := strings.CutPrefix(s, "_data")
	if !ok || rest == "" {
		return nil, false
	}
	var p path
	for rest != "" {
		m := step.FindStringSubmatch(rest)
		if m == nil || len(p) >= maxDepth {
			return nil, false
		}
		p = append(p, m[1]+m[2]+m[3]+m[4])
		rest = rest[len(m[0]):]
	}
	return p, true
}

// of finds the value in the data, as the text that a script would make of it. What is
// not there is an empty text: a template is written for all orders, and not every
// order has a remark.
func (p path) of(data any) (string, bool) {
	for _, name := range p {
		switch v := data.(type) {
		case map[string]any:
			data = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return "", true
			}
			data = v[i]
		default:
			return "", true
		}
	}
	switch v := data.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false // an object has no text
}

var filled = regexp.MustCompile(string(opens) + `(\d+)` + string(closes))

// fill puts the data's values into a text of the template.
func (t *Template) fill(text string, data any) (string, error) {
	var failed error
	out := filled.ReplaceAllStringFunc(text, func(place string) string {
		i, err := strconv.Atoi(strings.Trim(place, string(opens)+string(closes)))
		if err != nil || i >= len(t.values) {
			return ""
		}
		s, ok := t.values[i].of(data)
		if !ok {
			failed = wrong("a value of the data is an object and no text", "取值是对象而不是文本")
		}
		return s
	})
	return out, failed
}

// styles reads "fontSize:10;align:center".
func styles(n *node) map[string]string {
	all := map[string]string{}
	for part := range strings.SplitSeq(n.attr["style"], ";") {
		if name, value, ok := strings.Cut(part, ":"); ok {
			all[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return all
}
