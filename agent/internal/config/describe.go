package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"miandan/agent/internal/notice"
)

// Described is one setting as people see it.
type Described struct {
	Name    string // entries of lists counted from 1: printer.1.url
	Value   string // as the file would say it; the sender masked
	Default string // empty for an entry of a list
	Set     bool   // it stands in the file
	Says    notice.Phrase
	Choices []string // as the file would say them
	Fixed   bool     // SetValue does not change it
}

// Describe lists the settings of a file in the order of the file that config init
// writes, with what stands there about them. Its error is that of Parse.
func Describe(path string, file []byte) ([]Described, error) {
	c, err := Parse(path, file)
	if err != nil {
		return nil, err
	}
	d := describer{path: path, at: newIndex([]byte(strings.TrimPrefix(string(file), "\ufeff"))), says: explained(), config: c}
	d.table("", reflect.ValueOf(c).Elem(), reflect.ValueOf(Default()).Elem())
	return d.all, nil
}

type describer struct {
	path   string
	at     index
	says   map[string]notice.Phrase
	config *Config
	all    []Described
}

// table describes the settings of a table; without is what they are when left
// out, where that is known.
func (d *describer) table(name string, v, without reflect.Value) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("toml")
		if tag == "" {
			continue
		}
		setting, field := join(name, tag), v.Field(i)
		var otherwise reflect.Value
		if without.IsValid() {
			otherwise = without.Field(i)
		}
		switch t := field.Type(); {
		case t.Kind() == reflect.Struct && !isText(t):
			d.table(setting, field, otherwise)
		case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !isText(t.Elem()):
			for i := range field.Len() {
				d.table(setting+"["+strconv.Itoa(i)+"]", field.Index(i), reflect.Value{})
			}
		case t.Kind() == reflect.Map || t.Kind() == reflect.Pointer:
			// Their keys are the shop's own; the file is the place for them.
		default:
			d.one(setting, field, otherwise)
		}
	}
}

func (d *describer) one(setting string, v, without reflect.Value) {
	_, set := d.at.places[setting]
	one := Described{
		Name: numbered(setting), Value: shown(v), Set: set, Says: d.says[plain(setting)],
		Fixed: v.Kind() == reflect.Slice || strings.Contains(setting, "[") && !set,
	}
	if without.IsValid() {
		one.Default = shown(without)
	}
	switch {
	case v.Kind() == reflect.Bool:
		one.Choices = []string{"true", "false"}
	case v.Kind() == reflect.String:
		one.Choices = d.choices(setting, v)
	}
	d.all = append(d.all, one)
}

// choices are what may stand in a setting, where that is one of some words: what
// the check says of a word that is none of them.
func (d *describer) choices(setting string, v reflect.Value) []string {
	was := v.String()
	v.SetString("\x00")
	defer v.SetString(was)
	for _, p := range check(d.config, d.path, d.at) {
		if p.Code != "config-value" || len(p.Args) != 5 || p.Args[2] != plain(setting) {
			continue
		}
		allowed, _ := p.Args[4].(string)
		words := strings.Split(allowed, " | ")
		if len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { _, err := strconv.Unquote(w); return err != nil }) {
			return words
		}
	}
	return nil
}

// shown is a value as the file would say it. What is known of a person shows
// itself masked.
func shown(v reflect.Value) string {
	switch v := v.Interface().(type) {
	case Duration:
		return quote(written(v.Duration))
	case fmt.Stringer:
		return quote(v.String())
	}
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Float64:
		s := strconv.FormatFloat(v.Float(), 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, shown(v.Index(i)))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return ""
}

var (
	section   = regexp.MustCompile(`^#?\[\[?([^\]]+)\]`)
	assigning = regexp.MustCompile(`^#?([A-Za-z_-]+) = `)
)

// explained is what the template says of each setting. A remark is about the
// settings below it up to the next empty line or remark.
func explained() map[string]notice.Phrase {
	all := map[string]notice.Phrase{}
	table := ""
	var said notice.Phrase
	remark := false
	for line := range strings.Lines(string(template)) {
		line = strings.TrimRight(line, "\r\n")
		if m := section.FindStringSubmatch(line); m != nil {
			table, remark = m[1], false
			continue
		}
		if m := assigning.FindStringSubmatch(line); m != nil {
			both := said
			if both[notice.English] == "" { // a list of the carrier's own words
				both[notice.English] = both[notice.Chinese]
			}
			all[join(table, m[1])], remark = both, false
			continue
		}
		text, is := strings.CutPrefix(line, "# ")
		switch {
		case !is, strings.Contains(line, "----"):
			said, remark = notice.Phrase{}, false
			continue
		case !remark:
			said, remark = notice.Phrase{}, true
		}
		if chinese(text) {
			said[notice.Chinese] += text
		} else {
			said[notice.English] = strings.TrimSpace(said[notice.English] + " " + text)
		}
	}
	return all
}

// chinese reports whether a line of the template is of the remark's Chinese half:
// English ones name a Chinese thing at most in brackets.
func chinese(text string) bool {
	han, latin := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	return 3*han > latin
}
