package fonts

import (
	"fmt"
	"maps"
	"slices"

	"miandan/templates/scene"
)

// TrueType returns the whole font of a face, for those who draw with a library
// of their own.
func TrueType(face scene.Face) ([]byte, error) {
	file, ok := map[scene.Face]string{
		scene.Regular: "noto-sans-sc-400.ttf.zst", scene.Bold: "noto-sans-sc-700.ttf.zst", scene.Rare: "hanaminb.ttf.zst",
	}[face]
	if !ok {
		return nil, fmt.Errorf("no face %d", face)
	}
	data, err := inflate(file)
	if err != nil {
		return nil, err
	}
	parts, err := directory(data)
	if err != nil {
		return nil, fmt.Errorf("read font %s: %w", file, err)
	}
	// Packed fonts leave out what nobody here reads. Libraries ask for it.
	parts["post"] = post()
	var tables []namedTable
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		tables = append(tables, namedTable{name, slices.Clone(parts[name])})
	}
	return assemble(tables), nil
}
