package templates

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Library is the templates that a station has, by name. It does not change:
// With returns another. It is safe for concurrent use.
type Library struct {
	files map[string]source

	mu      sync.Mutex // guards what follows: layouts are read when they are asked for
	shelves *shelves
	read    map[string]*Template
}

// Builtin returns the layouts in the program.
func Builtin() (*Library, error) { return open(own()) }

// With returns the library with a folder added: its *.yaml files are layouts,
// blocks/*.yaml are blocks and pictures/*.png are pictures. A file with the name
// of one that is there takes its place, in the layouts that were there too. The
// error is that of the folder, or the *LayoutError of the first file that is
// broken.
func (l *Library) With(dir string) (*Library, error) {
	return l.with(shelf{os.DirFS(dir), dir})
}

func (l *Library) with(front shelf) (*Library, error) {
	n, err := open(l.shelves.with(front))
	if err != nil {
		return nil, err
	}
	// The program's own layouts are right, but what a folder's block makes of
	// them is not known.
	everything := front.has("blocks") || front.has("pictures")
	for _, name := range n.Names() {
		if everything || filepath.Dir(n.files[name].file) == filepath.Clean(front.where) {
			if _, err := n.Get(name); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}

// open collects the layouts of the shelves and reads none of them yet.
func open(s *shelves) (*Library, error) {
	l := &Library{shelves: s, files: map[string]source{}, read: map[string]*Template{}}
	for _, shelf := range s.all {
		entries, err := fs.ReadDir(shelf.fs, ".")
		if err != nil {
			return nil, fmt.Errorf("read the layouts in %s: %w", shelf.where, err)
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), ".yaml")
			if e.IsDir() || !ok {
				continue
			}
			file := filepath.Join(shelf.where, e.Name())
			src, err := readSome(shelf.fs, e.Name(), maxFileKB)
			if err != nil {
				return nil, fmt.Errorf("read the layout %s: %w", file, err)
			}
			l.files[name] = source{file, string(src)}
		}
	}
	return l, nil
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
	f, ok := l.files[name]
	if !ok {
		return nil, &UnknownTemplateError{Name: clip(name), Known: l.Names()}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.read[name]; t != nil {
		return t, nil
	}
	t, err := l.shelves.parse(f.file, []byte(f.src))
	if err != nil {
		return nil, err
	}
	l.read[name] = t
	return t, nil
}

// Names returns the names in order.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.files)) }
