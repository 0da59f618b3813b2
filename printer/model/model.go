// Package model knows how printers differ that speak the same language.
//
// What is odd about a printer is a line in a data file, with the reason and
// where it is known from, and not a condition in a driver: whoever stands before
// a printer that misbehaves can read what the program believes of it, and
// correct it without waiting for a new version.
//
// A model file proposes, and the settings decide. Nothing that is written in a
// printer's own section is ever overruled from here, and what is only assumed
// says so.
package model

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Model is a printer, or a family of printers that are alike.
type Model struct {
	Name   string // as the settings name it: gprinter-tspl
	Says   string // the makers' own name for it
	Match  []Pattern
	Quirks []Quirk
	File   string // where it stands, for people
	Line   int
}

// Quirk is one thing that is so on a model, in the name of a printer's setting.
type Quirk struct {
	Set        string // language, tspl.invert …: a Kind's name
	Value      string // in the form of its Kind
	Reason     string
	Source     string // which document or measurement
	Confidence Confidence
	Line       int
}

// Confidence is how well something is known.
type Confidence string

// Documented is the maker's or a standard's own text, Probed was seen on the
// device by somebody, and Assumed is everything else.
const (
	Documented Confidence = "documented"
	Probed     Confidence = "probed"
	Assumed    Confidence = "assumed"
)

// Quirk returns what is so in a setting.
func (m Model) Quirk(set string) (Quirk, bool) {
	i := slices.IndexFunc(m.Quirks, func(q Quirk) bool { return q.Set == set })
	if i < 0 {
		return Quirk{}, false
	}
	return m.Quirks[i], true
}

// Value returns what is so in a setting, or "".
func (m Model) Value(set string) string {
	q, _ := m.Quirk(set)
	return q.Value
}

// Library is the models there are. It may be used by several goroutines.
type Library struct{ models []Model }

//go:embed files/*.yaml
var files embed.FS

var builtin = sync.OnceValues(func() (*Library, error) { return read(files, "files", "") })

// Builtin returns the models in the program.
func Builtin() *Library {
	l, err := builtin()
	if err != nil {
		panic(err) // the program's own files: a test reads them
	}
	return l
}

// maxFiles bounds a folder: nobody owns more kinds of printers.
const maxFiles = 200

// With returns the library with the models in a folder's .yaml files. One of a
// name that is there already takes its place. A folder that does not exist adds
// nothing; what is wrong in a file is a *FileError.
func (l *Library) With(folder string) (*Library, error) {
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	own, err := read(os.DirFS(folder), ".", folder)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(own.models)
	for _, m := range l.models {
		if _, replaced := own.Get(m.Name); !replaced {
			all = append(all, m)
		}
	}
	return sorted(all), nil
}

// read reads a folder's files. Their names in errors begin with shown.
func read(fsys fs.FS, folder, shown string) (*Library, error) {
	names, err := fs.Glob(fsys, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(names) > maxFiles {
		return nil, fmt.Errorf("the folder of model files has %d of them, more than %d", len(names), maxFiles)
	}
	var all []Model
	for _, name := range names {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		file := path.Base(name)
		if shown != "" {
			file = filepath.Join(shown, file)
		}
		models, err := Parse(file, src)
		if err != nil {
			return nil, err
		}
		for _, m := range models {
			if i := slices.IndexFunc(all, func(o Model) bool { return o.Name == m.Name }); i >= 0 {
				return nil, flawAt(file, m.Line, 1, "the model %s stands in %s already", "型号 %s 在 %s 中已有", m.Name, all[i].File)
			}
		}
		all = append(all, models...)
	}
	return sorted(all), nil
}

func sorted(all []Model) *Library {
	slices.SortFunc(all, func(a, b Model) int { return cmp.Compare(a.Name, b.Name) })
	return &Library{all}
}

// Models returns all models in the order of their names.
func (l *Library) Models() []Model { return slices.Clone(l.models) }

// Names returns the models' names.
func (l *Library) Names() []string {
	names := make([]string, len(l.models))
	for i, m := range l.models {
		names[i] = m.Name
	}
	return names
}

// Get returns the model of a name.
func (l *Library) Get(name string) (Model, bool) {
	i := slices.IndexFunc(l.models, func(m Model) bool { return strings.EqualFold(m.Name, name) })
	if i < 0 {
		return Model{}, false
	}
	return l.models[i], true
}
