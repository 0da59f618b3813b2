package folder

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"miandan/agent/internal/notice"
)

// The folders inside the hot folder, and the names of what we write beside files.
const (
	taking = "taking"
	done   = "done"
	failed = "failed"

	errorsEnd = ".errors.csv"
	reasonEnd = ".reason.txt"
)

// file is a file in taking/.
type file struct {
	stamp
	name string    // in taking/
	time time.Time // of its last change
}

func (f file) ext() string { return strings.ToLower(filepath.Ext(f.name)) }

// shown is the name that people know the file by.
func (f file) shown() string {
	name := strings.Replace(f.name, "."+f.id, "", 1)
	return showable(name)
}

var phoneLike = regexp.MustCompile(`1[3-9]\d{9}`)

// showable makes a file's name fit for a sentence: a name may hold anything,
// and has held telephone numbers.
func showable(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, name)
	return phoneLike.ReplaceAllString(name, "••••")
}

// kinds are the files that are taken. The old form of Excel is taken to say what
// to do about it.
var kinds = []string{".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"}

// wanted reports whether a name in the folder is one of orders. What is open in
// Excel or LibreOffice has a shadow beside it, and what is being copied or
// downloaded has a name of its own until it is whole.
func wanted(name string) bool {
	lower := strings.ToLower(name)
	return slices.Contains(kinds, filepath.Ext(lower)) && utf8.ValidString(name) &&
		!strings.HasPrefix(lower, ".") && !strings.HasPrefix(lower, "~") && !strings.HasSuffix(lower, errorsEnd) && !strings.HasSuffix(lower, reasonEnd)
}

// look is a file in the folder as it was seen.
type look struct {
	size int64
	time time.Time
}

// claim renames what is whole in the folder into taking/. A file is whole when
// it has not changed for a moment. One that another program holds open cannot be
// renamed on Windows, and is left for the next time.
func (s *Source) claim(ctx context.Context, d disk, mark string) error {
	seen, err := s.looks(d)
	if err != nil {
		return s.away(err)
	}
	if len(seen) == 0 {
		return nil
	}
	select {
	case <-time.After(s.quiet()):
	case <-ctx.Done():
		return ctx.Err()
	}
	again, err := s.looks(d)
	if err != nil {
		return s.away(err)
	}
	for name, now := range again {
		if was, ok := seen[name]; !ok || was.size != now.size || !was.time.Equal(now.time) {
			continue
		}
		ext := filepath.Ext(name)
		to := path.Join(taking, short(strings.TrimSuffix(name, ext))+"."+newID(s.Now(), mark)+ext)
		err := d.move(name, to)
		switch {
		case errors.Is(err, fs.ErrNotExist): // another station was quicker
		case err != nil:
			s.tell(notice.New("folder-file-open", err, showable(name)))
		}
	}
	return nil
}

func (s *Source) looks(d disk) (map[string]look, error) {
	entries, err := d.list(".")
	if err != nil {
		return nil, err
	}
	seen := map[string]look{}
	for _, e := range entries {
		if !e.Type().IsRegular() || !wanted(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil {
			seen[e.Name()] = look{info.Size(), info.ModTime()}
		}
	}
	return seen, nil
}

// longest is how much of a name is kept, in bytes: with what is added to it, it
// must still be one that every disk takes.
const longest = 120

func short(name string) string {
	if len(name) <= longest {
		return name
	}
	cut := longest
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.TrimRight(name[:cut], " .")
}

// claimed lists the files in taking/ that are still to be read, oldest first.
// What another station has begun is that station's, even if it does not run.
func (s *Source) claimed(d disk, c cursor) ([]file, error) {
	var files []file
	entries, err := d.list(taking)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		f, ok := claimedFile(e)
		if !ok {
			continue
		}
		at, mark := takenAt(f.id)
		switch {
		case mark == c.mark && !slices.ContainsFunc(c.taken, func(t stamp) bool { return t.id == f.id }):
			files = append(files, f)
		case mark != c.mark && s.Now().Sub(at) > foreignFor:
			s.tell(notice.New("folder-file-foreign", nil, f.shown()))
		}
	}
	slices.SortFunc(files, func(a, b file) int {
		if n := a.time.Compare(b.time); n != 0 {
			return n
		}
		return strings.Compare(a.id, b.id)
	})
	return files, nil
}

// foreignFor is how long a file of another station may lie in taking/ before
// people are told: one that works is done with it sooner.
const foreignFor = 15 * time.Minute

func claimedFile(e fs.DirEntry) (file, bool) {
	m := marked.FindStringSubmatch(e.Name())
	if m == nil || !e.Type().IsRegular() || !wanted(e.Name()) {
		return file{}, false
	}
	info, err := e.Info()
	if err != nil {
		return file{}, false
	}
	return file{stamp{m[1], info.Size(), info.ModTime().UnixNano()}, e.Name(), info.ModTime()}, true
}

// young reports whether a file that seems cut short may only be half written.
func (f file) young(now time.Time, quiet time.Duration) bool {
	age := now.Sub(f.time)
	return age >= 0 && age < 10*quiet // a share's clock may go ahead
}

// cutShort reports whether a file may miss its end. A table of text that does not
// end with a line's end may still be written, and an address cut short is a wrong
// address; but many programs write none, so in the end it is taken.
func (f file) cutShort(b []byte) bool {
	return !f.workbook() && len(b) > 0 && !endsLine(b)
}

func (f file) workbook() bool { return f.ext() == ".xlsx" || f.ext() == ".xlsm" }

func endsLine(b []byte) bool {
	last := b[len(b)-1]
	if last == 0 && len(b) > 1 { // UTF-16
		last = b[len(b)-2]
	}
	return last == '\n' || last == '\r'
}
