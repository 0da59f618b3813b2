package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// index says where in a file each setting stands, so that what is found wrong
// after decoding can still be said with its line. Settings are written
// jd.poll_every and printer[0].url.
type index struct {
	places map[string]place
	order  []string // as they stand in the file
	twice  []place  // settings that stand a second time
}

type place struct {
	line  int
	value string // as it is written, cut short; empty for a table
	from  int    // where in the file the value begins, and behind its end
	to    int
	entry bool // the line is [[name]]
}

// newIndex reads a file that the decoder has found to be TOML, or as much of
// it as is TOML.
func newIndex(file []byte) index {
	x := index{places: map[string]place{}}
	count := map[string]int{} // entries of a list of tables so far
	latest := func(keys []string) string {
		path := ""
		for _, k := range keys {
			path = join(path, k)
			if n := count[path]; n > 0 {
				path = fmt.Sprintf("%s[%d]", path, n-1)
			}
		}
		return path
	}
	var p unstable.Parser
	p.Reset(file)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		keys := keysOf(e)
		switch e.Kind {
		case unstable.Table:
			table = latest(keys)
			x.add(table, place{line: p.Shape(keyRange(e)).Start.Line})
		case unstable.ArrayTable:
			path := join(latest(keys[:len(keys)-1]), keys[len(keys)-1])
			count[path]++
			table = fmt.Sprintf("%s[%d]", path, count[path]-1)
			x.add(table, place{line: p.Shape(keyRange(e)).Start.Line, entry: true})
		case unstable.KeyValue:
			x.keyValue(&p, table, e)
		}
	}
	return x
}

func (x *index) keyValue(p *unstable.Parser, table string, e *unstable.Node) {
	path := table
	for _, k := range keysOf(e) {
		path = join(path, k)
	}
	key, written, _ := strings.Cut(string(p.Raw(e.Raw)), "=")
	from := int(e.Raw.Offset) + len(key) + 1 + len(written) - len(strings.TrimLeft(written, " \t"))
	x.add(path, place{
		line: p.Shape(keyRange(e)).Start.Line, value: shorten(written),
		from: from, to: from + len(strings.TrimSpace(written)),
	})
	x.value(p, path, e.Value())
}

func (x *index) value(p *unstable.Parser, path string, v *unstable.Node) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			x.keyValue(p, path, it.Node())
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); i++ {
			x.value(p, fmt.Sprintf("%s[%d]", path, i), it.Node())
		}
	}
}

func (x *index) add(path string, p place) {
	if before, twice := x.places[path]; !twice {
		x.order = append(x.order, path)
	} else if before.value != "" && p.value != "" {
		x.twice = append(x.twice, p)
	}
	x.places[path] = p
}

// line returns the line of a setting, or that of the table it would stand in,
// or 1.
func (x index) line(path string) int {
	for path != "" {
		if p, ok := x.places[path]; ok {
			return p.line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 1
}

// at returns the last setting that begins on a line or before it.
func (x index) at(line int) string {
	found := ""
	for _, path := range x.order {
		if x.places[path].line <= line {
			found = path
		}
	}
	return found
}

func keysOf(e *unstable.Node) []string {
	var keys []string
	for it := e.Key(); it.Next(); {
		keys = append(keys, string(it.Node().Data))
	}
	return keys
}

func keyRange(e *unstable.Node) unstable.Range {
	it := e.Key()
	it.Next()
	return it.Node().Raw
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// shorten keeps what is quoted in a sentence to one line of reasonable length.
func shorten(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if utf8.RuneCountInString(s) > 60 {
		s = string([]rune(s)[:59]) + "…"
	}
	return s
}
