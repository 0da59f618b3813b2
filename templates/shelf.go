package templates

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

//go:embed layouts/*.yaml layouts/blocks/*.yaml layouts/pictures/*.png
var builtin embed.FS

// A shelf is a folder with layouts, blocks and pictures, and what it is called
// in errors.
type shelf struct {
	fs    fs.FS
	where string
}

// has reports whether there is a folder on the shelf.
func (s shelf) has(folder string) bool {
	info, err := fs.Stat(s.fs, folder)
	return err == nil && info.IsDir()
}

// shelves are what a layout may name: first the program's shelf, then those that
// were put before it. A file is read once, however many layouts name it.
type shelves struct {
	all      []shelf
	blocks   map[string]block
	pictures map[string]*picture
}

type block struct {
	source
	body ast.Node
}

func own() *shelves {
	sub, err := fs.Sub(builtin, "layouts")
	if err != nil {
		panic(err) // the name is a constant
	}
	return (&shelves{}).with(shelf{sub, "layouts"})
}

// with returns the shelves with one put before them.
func (s *shelves) with(front shelf) *shelves {
	return &shelves{all: append(slices.Clone(s.all), front), blocks: map[string]block{}, pictures: map[string]*picture{}}
}

// fileName is a name and never a path: a layout that somebody was sent names
// nothing outside its folder.
var fileName = regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$`)

// mostOfName is how many characters it has at most. Counted in the expression they
// would be so many copies of all letters, and each start would wait for them.
const mostOfName = 64

// find reads folder/name+ending from the last shelf that has it.
func (s *shelves) find(folder, name, ending string, maxKB int) (src []byte, where string, err error) {
	for _, shelf := range slices.Backward(s.all) {
		src, err = readSome(shelf.fs, path.Join(folder, name+ending), maxKB)
		if err == nil {
			return src, filepath.Join(shelf.where, folder, name+ending), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return nil, "", err
}

// names lists what a folder of the shelves has, for an error.
func (s *shelves) names(folder, ending string) string {
	var names []string
	for _, shelf := range s.all {
		entries, _ := fs.ReadDir(shelf.fs, folder) // no such folder, nothing in it
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name(), ending); ok && !slices.Contains(names, name) && len(names) < 40 {
				names = append(names, clip(name))
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

var errNoFile = errors.New("it is no plain file")

// readSome reads a file, but no more of one that is too large than it takes to
// say so, and nothing of what may never end.
func readSome(fsys fs.FS, name string, maxKB int) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(maxKB)<<10+1))
}
