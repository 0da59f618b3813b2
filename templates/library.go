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
	files  map[string]source
	unread map[string]error // files that are no text that can be read
	own    map[string]bool  // files that are not the program's

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

// Add returns the library with a folder added as With does, and leaves a broken
// layout where it is: Get of its name says what is wrong. A station must not
// stop for a layout that nobody uses, and must not print the program's layout in
// place of a broken one of the same name. The error is that of the folder.
func (l *Library) Add(dir string) (*Library, error) {
	return open(l.shelves.with(shelf{os.DirFS(dir), dir}))
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
	l := &Library{shelves: s, files: map[string]source{}, unread: map[string]error{}, own: map[string]bool{}, read: map[string]*Template{}}
	for i, shelf := range s.all {
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
			delete(l.unread, name)
			if err != nil {
				l.unread[name] = fmt.Errorf("read the layout %s: %w", file, err)
			}
			l.files[name], l.own[name] = source{file, string(src)}, i > 0
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
	if err := l.unread[name]; err != nil {
		return nil, err
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

// File returns the file of a layout, and whether it is the station's own and not
// the program's. It is "" for a name that there is not.
func (l *Library) File(name string) (file string, own bool) { return l.files[name].file, l.own[name] }

// Source returns a template's text as it was when the library was opened; it is ""
// for a name that there is not, and for a file that could not be read.
func (l *Library) Source(name string) string { return l.files[name].src }

// Names returns the names in order.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.files)) }
