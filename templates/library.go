package templates

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed layouts/*.yaml
var layouts embed.FS

// Library is the templates that a station has, by name. It does not change:
// With returns another.
type Library struct {
	byName map[string]*Template
}

// Builtin returns the layouts in the program.
func Builtin() (*Library, error) {
	l := &Library{byName: map[string]*Template{}}
	sub, err := fs.Sub(layouts, "layouts")
	if err != nil {
		return nil, err
	}
	return l, l.add(sub, "layouts")
}

// With returns the library with the *.yaml files of a folder added; a file
// with the name of a template that is there takes its place. The error is that
// of the folder, or the *LayoutError of the first file that is broken.
func (l *Library) With(dir string) (*Library, error) {
	n := &Library{byName: maps.Clone(l.byName)}
	if err := n.add(os.DirFS(dir), dir); err != nil {
		return nil, err
	}
	return n, nil
}

func (l *Library) add(fsys fs.FS, where string) error {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return fmt.Errorf("read the layouts in %s: %w", where, err)
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".yaml" {
			continue
		}
		src, err := readSome(fsys, e.Name())
		if err != nil {
			return fmt.Errorf("read the layout %s: %w", filepath.Join(where, e.Name()), err)
		}
		t, err := Parse(filepath.Join(where, e.Name()), src)
		if err != nil {
			return err
		}
		l.byName[t.Name()] = t
	}
	return nil
}

// readSome reads a file, but no more of one that is no layout than Parse needs
// to say so.
func readSome(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileKB<<10+1))
}

// UnknownTemplateError says that a library has no template of a name.
type UnknownTemplateError struct {
	Name  string
	Known []string
}

func (e *UnknownTemplateError) Error() string {
	return fmt.Sprintf("there is no template %q; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// Get returns a template, or an *UnknownTemplateError.
func (l *Library) Get(name string) (*Template, error) {
	if t := l.byName[name]; t != nil {
		return t, nil
	}
	return nil, &UnknownTemplateError{Name: clip(name), Known: l.Names()}
}

// Names returns the names in order.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.byName)) }
