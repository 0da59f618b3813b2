package config

import (
	"encoding"
	"reflect"
	"regexp"
	"strings"

	"miandan/agent/internal/notice"
)

var entry = regexp.MustCompile(`\[\d+\]`)

// plain is a setting without the numbers of list entries: printer.url. The
// line tells which printer is meant.
func plain(setting string) string { return entry.ReplaceAllString(setting, "") }

// typeOf returns the type of a setting, or nil if there is none.
func typeOf(setting string) reflect.Type {
	t := reflect.TypeFor[Config]()
	for name := range strings.SplitSeq(plain(setting), ".") {
		if name == "" {
			continue
		}
		for t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() == reflect.Map {
			t = t.Elem()
			continue
		}
		f, ok := field(t, name)
		if !ok {
			return nil
		}
		t = f.Type
	}
	return t
}

// isText reports whether a type is read from text by its own method.
func isText(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func field(t reflect.Type, name string) (reflect.StructField, bool) {
	if t.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	for f := range t.Fields() {
		if f.Tag.Get("toml") == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// settings lists what may stand in a table; the empty string is the file.
func settings(table string) []string {
	t := typeOf(table)
	for t != nil && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for f := range t.Fields() {
		if name := f.Tag.Get("toml"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// What may stand where a type stands.
var (
	aDuration = notice.Phrase{`a number with s, m, h or d in double quotes: "30s", "24h", "7d"`, `带单位 s、m、h、d 的数字，放在双引号中："30s"、"24h"、"7d"`}
	aPaper    = notice.Phrase{`width x height in millimetres in double quotes: "76x130"`, `宽x高（毫米），放在双引号中："76x130"`}
	aText     = notice.Phrase{`text in double quotes`, `双引号中的文字`}
	aWhole    = notice.Phrase{`a whole number without quotes`, `不带引号的整数`}
	aNumber   = notice.Phrase{`a number without quotes`, `不带引号的数字`}
	aTruth    = notice.Phrase{`true or false without quotes`, `不带引号的 true 或 false`}
	aList     = notice.Phrase{`a list of texts: ["a", "b"]`, `文字列表：["a", "b"]`}
	someTable = notice.Phrase{`a table of its own: a line [name] and its settings below`, `单独的一节：一行 [名称]，其设置写在下面`}
	someList  = notice.Phrase{`the name in two brackets, [[name]], once for each`, `双方括号的名称 [[名称]]，每项一节`}
)

// expected says what may stand in a setting, by its type.
func expected(setting string) (allowed notice.Phrase, known bool) {
	t := typeOf(setting)
	if t == nil {
		return notice.Phrase{}, false
	}
	if strings.HasSuffix(setting, "]") && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[Duration]():
		return aDuration, true
	case reflect.TypeFor[Paper]():
		return aPaper, true
	case reflect.TypeFor[Name](), reflect.TypeFor[Phone](), reflect.TypeFor[Line]():
		return aText, true
	}
	switch t.Kind() {
	case reflect.String:
		return aText, true
	case reflect.Int:
		return aWhole, true
	case reflect.Float64:
		return aNumber, true
	case reflect.Bool:
		return aTruth, true
	case reflect.Struct, reflect.Map:
		return someTable, true
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return someList, true
		}
		return aList, true
	}
	return notice.Phrase{}, false
}

// nearest returns the name that differs from s by the fewest letters, if they
// are few enough for a slip of the hand.
func nearest(s string, names []string) string {
	best, least := "", max(1, len(s)/3)+1
	for _, n := range names {
		d := distance(strings.ToLower(s), n)
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes; settings are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
