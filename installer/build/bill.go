package main

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// bill is a software bill of materials, of CycloneDX 1.5: which modules, at which
// version and with which sum, are in the programs. It is read out of the programs
// and not out of go.mod, which names more.
type bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeBill reads the programs among the files that were made.
func (r *release) writeBill(path string, made []string) error {
	b := bill{
		Format: "CycloneDX", Spec: "1.5", Version: 1,
		Metadata: metadata{Timestamp: r.time.Format(time.RFC3339), Component: component{Type: "application", Name: "miandan", Version: r.version}},
	}
	modules := map[string]component{}
	for _, name := range made {
		if !slices.ContainsFunc(targets, func(t target) bool { return t.program() == name }) {
			continue
		}
		info, err := buildinfo.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		sum, err := digest(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		b.Components = append(b.Components, component{Type: "file", Name: name, Version: r.version, Hashes: []hash{{"SHA-256", sum}}})
		std := strings.TrimPrefix(info.GoVersion, "go")
		modules["std"] = component{Type: "library", Name: "std", Version: std, PURL: "pkg:golang/std@" + std}
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			modules[m.Path] = component{
				Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version,
				Properties: []property{{"go:sum", m.Sum}},
			}
		}
	}
	var names []string
	for name := range modules {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Components = append(b.Components, modules[name])
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
