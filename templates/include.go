package templates

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// include reads a block into the layout. A block is a list of elements with
// places in a box that the include gives; a layout's blocks are spread out when
// it is read, and Compose knows nothing of them.
func (r *reader) include(m *mapping, when *condition) {
	name := r.fileName(m, "include", "receiver", "blocks", ".yaml")
	box := m.box()
	zoom := m.formed("zoom", 1)
	inside := frame{x: box.x, y: box.y, zoom: r.zoom * zoom, block: true}
	inside.w, inside.h = box.w/inside.zoom, box.h/inside.zoom

	switch {
	case slices.ContainsFunc(r.way, func(s step) bool { return s.block == name }):
		r.fail(m.keys["include"], IncludeLoop, name)
	case len(r.way) == maxNesting:
		r.fail(m.keys["include"], IncludeDepth, strconv.Itoa(maxNesting))
	}
	b, known := r.blocks[name]
	if !known {
		src, file, err := r.find("blocks", name, ".yaml", maxFileKB)
		if err != nil {
			r.fail(m.nodes["include"].GetToken(), NoBlock, name, r.names("blocks", ".yaml"))
		}
		b.source = source{file, string(src)}
	}

	before := *r
	r.source, r.frame = b.source, inside
	r.way = append(slices.Clone(r.way), step{name, before.file + ":" + strconv.Itoa(m.token.Position.Line)})
	if when != nil {
		r.whens = append(slices.Clone(r.whens), when)
	}
	if !known {
		b.body = r.body()
		r.blocks[name] = b
	} else if r.bytes += len(b.src); r.bytes > maxFileKB<<10 {
		r.fail(nil, TooLarge, strconv.Itoa(maxFileKB))
	}
	r.list(r.mapping("block", b.body, `elements: [{text: "{number}", at: {x: 0, y: 0, w: 70, h: 5}, size: 4}]`, "title", "elements"))
	r.source, r.frame, r.way, r.whens = before.source, before.frame, before.way, before.whens
}

// fileName returns the name of a file on the shelves, without its ending.
func (r *reader) fileName(m *mapping, key, example, folder, ending string) string {
	name := strings.TrimSuffix(m.scalar(key), ending)
	if utf8.RuneCountInString(name) > mostOfName || !fileName.MatchString(name) {
		r.fail(m.nodes[key].GetToken(), BadName, clip(m.scalar(key)), example, folder)
	}
	return name
}
