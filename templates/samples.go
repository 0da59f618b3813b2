package templates

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"miandan/templates/waybill"
)

//go:embed layouts/samples/*.json
var samples embed.FS

// Sample returns the waybill that a built-in layout is shown with, and its
// name: that of the sample which begins as the layout's name does, or else the
// one that most layouts suit. The people in it are invented.
func Sample(layout string) (waybill.Label, string, error) {
	best := "wujie"
	for _, name := range SampleNames() {
		if layout == name || strings.HasPrefix(layout, name+"-") {
			best = name
		}
	}
	f, err := samples.Open(path.Join("layouts/samples", best+".json"))
	if err != nil {
		return waybill.Label{}, best, err
	}
	defer f.Close()
	l, err := waybill.ReadFile(f)
	return l, best, err
}

// SampleNames returns the names of the samples in order.
func SampleNames() []string {
	entries, err := fs.ReadDir(samples, "layouts/samples")
	if err != nil {
		panic(err) // the name is a constant
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.Sort(names)
	return names
}
