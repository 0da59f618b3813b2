package templates

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/goccy/go-yaml"
)

// The schema that editors take stands beside the layouts.
func TestSchemaFile(t *testing.T) {
	const file = "layouts/schema.json"
	if flag.Lookup("update").Value.String() == "true" { // the flag of the pictures
		if err := os.WriteFile(file, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, Schema()) {
		t.Errorf("%s is not what Schema gives: run with -update and look at it", file)
	}
}

// validator is another's reading of the schema.
type validator struct{ schema *huma.Schema }

func newValidator(t *testing.T) validator {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(Schema(), &tree); err != nil {
		t.Fatal(err)
	}
	definitions := tree["definitions"].(map[string]any)
	delete(tree, "definitions")
	delete(tree, "$schema")
	flat, err := json.Marshal(spread(tree, definitions))
	if err != nil {
		t.Fatal(err)
	}
	s := &huma.Schema{}
	if err := yaml.Unmarshal(flat, s); err != nil {
		t.Fatal(err)
	}
	s.PrecomputeMessages()
	return validator{s}
}

// spread puts definitions in the place of what refers to them.
func spread(n any, definitions map[string]any) any {
	switch n := n.(type) {
	case map[string]any:
		if ref, ok := n["$ref"].(string); ok {
			return spread(definitions[strings.TrimPrefix(ref, "#/definitions/")], definitions)
		}
		for k := range n {
			n[k] = spread(n[k], definitions)
		}
	case []any:
		for i := range n {
			n[i] = spread(n[i], definitions)
		}
	}
	return n
}

func (v validator) errors(t *testing.T, src []byte) []error {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal(src, &tree); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(b, &plain); err != nil {
		t.Fatal(err)
	}
	var result huma.ValidateResult
	registry := huma.NewMapRegistry("#/", huma.DefaultSchemaNamer)
	huma.Validate(registry, v.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, plain, &result)
	return result.Errors
}

func TestSchemaTakesAllLayouts(t *testing.T) {
	v := newValidator(t)
	n := 0
	err := fs.WalkDir(builtin, "layouts", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(builtin, path)
		if err != nil {
			return err
		}
		n++
		for _, e := range v.errors(t, src) {
			t.Errorf("%s: %v", path, e)
		}
		return nil
	})
	if err != nil || n < 50 {
		t.Errorf("%d files, %v", n, err)
	}
}

// TestSchemaMarksMistakes: of the mistakes that people make with keys and
// numbers, the schema knows all.
func TestSchemaMarksMistakes(t *testing.T) {
	v := newValidator(t)
	known := []Problem{UnknownKey, MisspeltKey, ForeignKey, MissingKey, NoKind, TwoKinds, NotNumber, OutOfRange, NotTrueFalse, NotOneOf, WrongShape, TooMany}
	for _, b := range broken {
		beyond := []string{"a frame thicker than its box", "an empty size", "a right side alone", "a barcode of nothing", "no page",
			"a table that does not say what is left out", "only a comment", "a size of nought", "a width that is no number", "an endless page"}
		if !slices.Contains(known, b.code) || slices.Contains(beyond, b.name) {
			continue
		}
		if len(v.errors(t, []byte(b.src))) == 0 {
			t.Errorf("%s: the schema finds nothing wrong", b.name)
		}
	}
}

// TestKindsNeedTheirKeys holds the reader against what the schema requires.
func TestKindsNeedTheirKeys(t *testing.T) {
	example := map[string]string{"text": "a", "items": "a", "table": "items", "marks": "[a]", "barcode": "a", "qr": "a", "datamatrix": "a",
		"line": "1", "frame": "1", "picture": "heavy", "include": "icons", "size": "3", "more": "a", "columns": "[{text: a}]", "at": "{x: 1, y: 1, w: 30, h: 30}"}
	for _, k := range kinds() {
		keys := slices.Concat([]string{k.name, "at"}, k.need)
		for _, without := range append([]string{""}, keys[1:]...) {
			var parts []string
			for _, key := range keys {
				if key == without {
					continue
				}
				value := example[key]
				if key == "at" && k.name == "line" {
					value = "{x: 1, y: 1, w: 30}"
				}
				parts = append(parts, key+": "+value)
			}
			if k.name == "table" {
				parts = append(parts, "overflow: refuse")
			}
			_, err := Parse("mine.yaml", []byte(oneElement(strings.Join(parts, ", "))))
			e, _ := err.(*LayoutError)
			if refused := e != nil && e.Problem == MissingKey; refused != (without != "") || e != nil && !refused {
				t.Errorf("%s without %q: %v", k.name, without, err)
			}
		}
	}
}
