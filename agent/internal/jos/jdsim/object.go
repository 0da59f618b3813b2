package jdsim

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// object is a JSON object. JD's gateway takes numbers as text and text as
// numbers, hence the readers below.
type object = map[string]any

// parseObject reads one JSON object and nothing after it.
func parseObject(text string) (object, bool) {
	if !utf8.ValidString(text) {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil || o == nil {
		return nil, false
	}
	_, err := d.Token()
	return o, err == io.EOF
}

// text returns a field as text, without blanks around it; empty if it is not
// there or no scalar.
func text(o object, name string) string {
	switch v := o[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// whole returns a field as an integer.
func whole(o object, name string) (int, bool) {
	n, err := strconv.Atoi(text(o, name))
	return n, err == nil
}

// decimal returns a field as a number.
func decimal(o object, name string) (float64, bool) {
	f, err := strconv.ParseFloat(text(o, name), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// child returns a field that is an object, or JSON text of one.
func child(o object, name string) (object, bool) {
	switch v := o[name].(type) {
	case object:
		return v, true
	case string:
		return parseObject(v)
	}
	return nil, false
}

// children returns the objects of a field that is a list.
func children(o object, name string) []object {
	list, _ := o[name].([]any)
	var os []object
	for _, v := range list {
		if c, ok := v.(object); ok {
			os = append(os, c)
		}
	}
	return os
}

// numeric writes a code as the number it is, where JD does so.
func numeric(code string) any {
	if n, err := strconv.Atoi(code); err == nil {
		return n
	}
	return code
}

// longest is how many bytes of a client's word are kept.
const longest = 400

// clip bounds what a client can make the gateway remember.
func clip(s string) string {
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "")
	}
	return s
}
