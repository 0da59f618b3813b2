package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2"
)

// What SetValue reports besides what Parse does.
var (
	ErrNoSetting = errors.New("there is no such setting")
	ErrFixed     = errors.New("the setting is no single value, and is changed in the file")
)

// SetValue returns a settings file in which one setting has another value, and
// all else is as it was, to the byte. The name is the full one, entries of lists
// counted from 1: print.auto, printer.1.url. The value is written as in the file;
// a text may go without its quotes. What comes out is read again: an error of
// Parse says why the value cannot be, and ErrByHand that the file is written in a
// way in which its lines cannot be told.
func SetValue(path string, file []byte, name, value string) ([]byte, error) {
	setting := indexed(name)
	t := typeOf(setting)
	if t == nil {
		return nil, ErrNoSetting
	}
	written, err := literal(t, value)
	if err != nil {
		return nil, err
	}
	if _, err := Parse(path, file); err != nil {
		return nil, err
	}
	body := bytes.TrimPrefix(file, []byte("\ufeff"))
	changed, err := placed(body, setting, written)
	if err != nil {
		return nil, err
	}
	if _, err := Parse(path, changed); err != nil {
		return nil, err
	}
	if !onlyDiffers(body, changed, name) {
		return nil, ErrByHand
	}
	return slices.Concat(file[:len(file)-len(body)], changed), nil
}

var entryNumber = regexp.MustCompile(`\.([1-9]\d{0,3})(\.|$)`)

// indexed is a name as the index writes it: printer[0].url.
func indexed(name string) string {
	return entryNumber.ReplaceAllStringFunc(name, func(m string) string {
		n, _ := strconv.Atoi(strings.Trim(m, "."))
		return fmt.Sprintf("[%d]", n-1) + m[len(strings.TrimRight(m, ".")):]
	})
}

// numbered is the name that people read: printer.1.url.
func numbered(setting string) string {
	return entry.ReplaceAllStringFunc(setting, func(m string) string {
		n, _ := strconv.Atoi(m[1 : len(m)-1])
		return "." + strconv.Itoa(n+1)
	})
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_.+-]+$`)

// literal is a value as the file says it.
func literal(t reflect.Type, value string) (string, error) {
	value = strings.TrimSpace(value)
	switch {
	case t.Kind() == reflect.String || isText(t):
		if len(value) < 2 || value[0] != '"' && value[0] != '\'' || value[0] != value[len(value)-1] {
			value = quote(value)
		}
		var read struct{ V string }
		if strings.ContainsFunc(value, unicode.IsControl) || toml.Unmarshal([]byte("V = "+value), &read) != nil {
			value = quote(value)
		}
		return value, nil
	case t.Kind() == reflect.Bool, t.Kind() == reflect.Int, t.Kind() == reflect.Float64:
		var read struct{ V any }
		if !bare.MatchString(value) || toml.Unmarshal([]byte("V = "+value), &read) != nil {
			value = quote(value) // Parse says what can stand there
		}
		return value, nil
	}
	return "", ErrFixed
}

// quote is a text in TOML's double quotes.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// placed puts a value where its setting stands, or into its section, or into a
// section of its own at the end. Of an entry of a list only lines that stand are
// changed: what an entry leaves out may mean something.
func placed(file []byte, setting, written string) ([]byte, error) {
	at := newIndex(file)
	if p, stands := at.places[setting]; stands {
		if p.value == "" || p.to > len(file) {
			return nil, ErrByHand
		}
		return slices.Concat(file[:p.from], []byte(written), file[p.to:]), nil
	}
	if entry.MatchString(setting) {
		return nil, ErrByHand
	}
	end := "\n"
	if bytes.Contains(file, []byte("\r\n")) {
		end = "\r\n"
	}
	table, line := "", leaf(setting)+" = "+written+end
	if i := strings.LastIndexByte(setting, '.'); i >= 0 {
		table = setting[:i]
	}
	lines := bytes.SplitAfter(file, []byte("\n"))
	head, stands := at.places[table]
	switch {
	case table == "": // before the first section, or it would be that section's
		return slices.Concat([]byte(line), file), nil
	case stands && head.value == "":
		after := lines[:head.line]
		if last := after[head.line-1]; !bytes.HasSuffix(last, []byte("\n")) {
			after = append(slices.Clone(after[:head.line-1]), append(slices.Clone(last), end...))
		}
		return slices.Concat(bytes.Join(after, nil), []byte(line), bytes.Join(lines[head.line:], nil)), nil
	case stands:
		return nil, ErrByHand
	}
	if len(file) > 0 && !bytes.HasSuffix(file, []byte("\n")) {
		file = append(slices.Clone(file), end...)
	}
	return slices.Concat(file, []byte(end+"["+table+"]"+end+line)), nil
}

// onlyDiffers reports whether nothing but one setting says something else.
func onlyDiffers(before, after []byte, name string) bool {
	was, is := leavesOf(before), leavesOf(after)
	delete(was, name)
	delete(is, name)
	return was != nil && is != nil && maps.Equal(was, is)
}

func leavesOf(file []byte) map[string]string {
	var tree map[string]any
	if toml.Unmarshal(file, &tree) != nil {
		return nil
	}
	all := map[string]string{}
	leaves("", tree, all)
	return all
}

func leaves(name string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for leaf, value := range v {
			leaves(join(name, leaf), value, into)
		}
	case []any:
		for i, value := range v {
			leaves(join(name, strconv.Itoa(i+1)), value, into)
		}
	default:
		into[name] = fmt.Sprintf("%T %v", v, v)
	}
}
