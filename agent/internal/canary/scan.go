package canary

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Hit is a place where somebody was found. It names nobody but by number.
type Hit struct {
	Where    string // the file, or what the bytes were called
	At       int    // byte in it; of what was packed, where the packing begins
	Encoding string // "gzip > base64 > UTF-8"
	Person   int    // -1 for a secret
	Field    Field
	Key      string // the name of the secret
}

func (h Hit) String() string {
	n := needle{person: h.Person, field: h.Field, name: h.Key}
	return fmt.Sprintf("%s at byte %d (%s): %s", h.Where, h.At, h.Encoding, n)
}

// ErrTooLarge reports bytes that unpack to more than a scanner looks at. They
// have not been searched to the end.
var ErrTooLarge = errors.New("unpacks to more than is searched")

// deepest is how many layers lie within each other.
const deepest = 5

// Bytes returns everybody found in b, which a report calls where.
func (s *Scanner) Bytes(where string, b []byte) ([]Hit, error) {
	w := walk{s: s, where: where, left: s.Most, seen: map[Hit]bool{}}
	w.look(b, "", 0, func(at int) int { return at })
	if w.left < 0 {
		return w.hits, fmt.Errorf("%s: %w", where, ErrTooLarge)
	}
	return w.hits, nil
}

// walk is one search through the layers of a file.
type walk struct {
	s     *Scanner
	where string
	left  int64
	hits  []Hit
	seen  map[Hit]bool
}

func (w *walk) look(b []byte, chain string, depth int, from func(int) int) {
	found := func(at int, n *needle, form string) {
		h := Hit{Where: w.where, At: from(at), Encoding: chain + form, Person: n.person, Field: n.field, Key: n.name}
		if !w.seen[h] {
			w.seen[h] = true
			w.hits = append(w.hits, h)
		}
	}
	w.s.texts(b, found)
	w.s.numbers(b, found)
	if depth == deepest {
		return
	}
	inner, all := layers(b, max(w.left, 0))
	if !all {
		w.left = -1
	}
	for _, l := range inner {
		if w.left -= int64(len(l.bytes)); w.left < 0 {
			return
		}
		w.look(l.bytes, chain+l.kind+" > ", depth+1, func(at int) int { return from(l.from(at)) })
	}
}

// Tree searches every file below root, with the names of files and folders.
// Skip is told paths below root, with slashes, and says which of them, with all
// below, are left out; nil leaves out none. What is no regular file is looked at by its
// name and, if a link, by where it leads to; files that vanish meanwhile are
// none. It returns how many bytes of files were searched.
func (s *Scanner) Tree(root string, skip func(path string) bool) (hits []Hit, size int64, err error) {
	var errs []error
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if skip != nil && skip(rel) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		look := func(what string, b []byte) {
			h, err := s.Bytes(what, b)
			hits, errs = append(hits, h...), append(errs, err)
		}
		look("name of "+strings.Repeat("../", strings.Count(rel, "/"))+"*", []byte(d.Name()))
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			errs = append(errs, err)
			look(rel, []byte(to))
		case d.Type().IsRegular():
			b, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			size += int64(len(b))
			look(rel, b)
		}
		return nil
	})
	return hits, size, errors.Join(append(errs, err)...)
}
