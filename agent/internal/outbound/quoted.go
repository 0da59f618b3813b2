package outbound

import (
	"encoding/json"
	"unicode"
)

// quoted returns how many characters at the beginning of s also stand in one of
// the private texts, if they are enough to say something. The other side quotes
// people in part: the road without the town, the given name without the family's.
func quoted(s []rune, private [][]rune) int {
	longest := 0
	for _, p := range private {
		for i := range p {
			n := 0
			for n < len(s) && i+n < len(p) && s[n] == p[i+n] {
				n++
			}
			if n > longest && telling(s[:n], len(p)) {
				longest = n
			}
		}
	}
	return longest
}

// telling reports whether a part of a text of so many characters may name
// somebody: two hanzi of a name, three characters of an address, five of ASCII,
// in which shorter ones stand in every message.
func telling(part []rune, of int) bool {
	wide := 0
	for _, r := range part {
		if r > unicode.MaxASCII {
			wide++
		}
	}
	const name = 8 // characters; what is longer is no name
	switch {
	case wide < 2:
		return len(part) >= 5
	case of <= name:
		return true
	}
	return len(part) >= 3
}

// Texts returns the texts in the JSON of a request, also those in JSON within
// its texts: whoever answers it may quote them. Words takes them as private.
func Texts(request string) []string {
	var v any
	if json.Unmarshal([]byte(request), &v) != nil {
		return nil
	}
	var list []string
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		switch v := v.(type) {
		case map[string]any:
			for _, inner := range v {
				walk(inner, depth)
			}
		case []any:
			for _, inner := range v {
				walk(inner, depth)
			}
		case string:
			var inner any
			if depth < 4 && len(v) > 1 && (v[0] == '{' || v[0] == '[') && json.Unmarshal([]byte(v), &inner) == nil {
				walk(inner, depth+1)
				return
			}
			list = append(list, v)
		}
	}
	walk(v, 0)
	return list
}
