package fonts

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"miandan/templates/scene"
)

// TrueType returns the whole font of a face, for those who draw with a library
// of their own.
func TrueType(face scene.Face) ([]byte, error) {
	p, ok := map[scene.Face]packed{scene.Regular: regular, scene.Bold: bold, scene.Rare: rare}[face]
	if !ok {
		return nil, fmt.Errorf("no face %d", face)
	}
	data, err := p.inflate()
	if err != nil {
		return nil, err
	}
	sections, err := directory(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("read font %s: %w", p.name, err)
	}
	// Packed fonts leave out what nobody here reads. Libraries ask for it.
	tables := []namedTable{{"post", post()}}
	for name, s := range sections {
		tables = append(tables, namedTable{name, bytes.Clone(data[s.at : s.at+s.length])})
	}
	slices.SortFunc(tables, func(a, b namedTable) int { return strings.Compare(a.name, b.name) })
	return assemble(tables), nil
}
