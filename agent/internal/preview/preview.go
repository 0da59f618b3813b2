// Package preview shows a layout while somebody writes it: the label as a print
// head would get it, drawn anew whenever the layout, one of its blocks or
// pictures, or the sample data is saved.
//
// What is shown are the dots themselves, made whole dots larger and never
// smoothed, so that the screen promises nothing that paper does not keep. A
// layout that is broken shows what is wrong in place of the label and leaves the
// last good picture behind it: a person in the middle of a line wants to see
// where they were. Files are looked at by their times a few times a second;
// that works on every disk, a network's too, and needs no library.
package preview

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/templates"
	"miandan/templates/lint"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// View is which of a layout's labels is looked at.
type View struct {
	Grid   scene.Grid
	Case   string // plain, hidden or long, see lint.Cases
	Sample string // of the program's samples; empty for the one that suits the layout
}

// Picture is what a view shows.
type Picture struct {
	Title         string
	Width, Height int      // dots
	Pages         [][]byte // PNG; those of the last good one if there is a Problem
	Problem       Problem
	Findings      []lint.Finding
	Sample        string  // the name of the sample; empty if the data is a file's
	Tear          float64 // mm from above; 0 for none
	Version       int     // another one after every change
}

// Problem is why there is no new picture, in words for people; the zero value
// is none.
type Problem struct{ English, Chinese string }

// Preview is a layout file that is being written. It is safe for concurrent use.
type Preview struct {
	file, data string
	read       func(string) (waybill.Label, error)

	mu      sync.Mutex
	seen    string // the files' names, times and sizes
	version int
	drawn   map[View]Picture // of this version
	good    map[View]Picture // the last without a problem
}

// New prepares the preview of a layout file with the waybill in a data file,
// which may be "". Read reads such a file; its errors are *notice.Error.
func New(file, data string, read func(string) (waybill.Label, error)) *Preview {
	p := &Preview{file: file, data: data, read: read, good: map[View]Picture{}}
	p.Refresh()
	return p
}

// Refresh looks whether a file has changed and reports it.
func (p *Preview) Refresh() bool {
	seen := p.look()
	p.mu.Lock()
	defer p.mu.Unlock()
	if seen == p.seen {
		return false
	}
	p.seen, p.drawn = seen, map[View]Picture{}
	p.version++
	return true
}

// look returns the names, times and sizes of all files that may matter. A block
// that does not exist yet may be what an error is about, so that the folders
// are looked at whole.
func (p *Preview) look() string {
	var b strings.Builder
	one := func(path string) {
		if fi, err := os.Stat(path); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", path, fi.ModTime().UnixNano(), fi.Size())
		}
	}
	one(p.file)
	if p.data != "" {
		one(p.data)
	}
	for _, folder := range []string{"blocks", "pictures"} {
		dir := filepath.Join(filepath.Dir(p.file), folder)
		entries, _ := os.ReadDir(dir) // no folder, nothing in it
		for _, e := range entries {
			one(filepath.Join(dir, e.Name()))
		}
	}
	return b.String()
}

// Show draws a view, or returns what was drawn since the files last changed.
func (p *Preview) Show(v View) Picture {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pic, ok := p.drawn[v]; ok {
		return pic
	}
	pic, err := p.draw(v)
	if err != nil {
		broken := pic
		pic = p.good[v]
		pic.Findings, pic.Problem = broken.Findings, explain(err)
		if broken.Title != "" {
			pic.Title = broken.Title
		}
	}
	pic.Version = p.version
	if err == nil {
		p.good[v] = pic
	}
	p.drawn[v] = pic
	return pic
}

// draw makes a picture of a view. With an error, the picture has what is known
// nevertheless.
func (p *Preview) draw(v View) (Picture, error) {
	var pic Picture
	t, err := Read(p.file)
	if err != nil {
		return pic, err
	}
	pic.Title, pic.Tear = t.Title(), lint.Tear(t)
	label, err := p.label(t, v.Sample, &pic)
	if err != nil {
		return pic, err
	}
	if pic.Findings, err = lint.Check(t, label); err != nil {
		return pic, err
	}
	for _, c := range lint.Cases(label) {
		if c.Key == v.Case {
			label = c.Label
		}
	}
	pages, err := t.Pages(label, v.Grid)
	if err != nil {
		return pic, &refused{err, t}
	}
	for _, page := range pages {
		m, err := raster.Render(page)
		if err != nil {
			return pic, err
		}
		var b bytes.Buffer
		if err := m.EncodePNG(&b); err != nil {
			return pic, err
		}
		pic.Pages, pic.Width, pic.Height = append(pic.Pages, b.Bytes()), page.Width, page.Height
	}
	return pic, nil
}

func (p *Preview) label(t *templates.Template, sample string, pic *Picture) (waybill.Label, error) {
	if p.data != "" {
		return p.read(p.data)
	}
	if sample == "" {
		sample = t.Name()
	}
	label, name, err := templates.Sample(sample)
	pic.Sample = name
	return label, err
}

// maxLayout is more than the reader of layouts takes.
const maxLayout = 1 << 20

// Read reads a layout file with the blocks and pictures of its folder. Errors
// are *notice.Error and *templates.LayoutError.
func Read(file string) (*templates.Template, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, notice.New("file-not-found", err, file)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxLayout))
	if err != nil {
		return nil, notice.New("file-not-found", err, file)
	}
	return templates.ParseIn(os.DirFS(filepath.Dir(file)), file, src)
}

// refused is a label that was not composed, and of which layout.
type refused struct {
	error
	t *templates.Template
}

func (r *refused) Unwrap() error { return r.error }

// explain says what is wrong, with line and excerpt where they are known.
func explain(err error) Problem {
	var broken *templates.LayoutError
	var compose *templates.ComposeError
	var of *refused
	where := ""
	switch {
	case errors.As(err, &broken):
		return Problem{broken.Error(), broken.Chinese()}
	case errors.As(err, &of) && errors.As(err, &compose):
		for _, e := range of.t.Elements() {
			if e.Title() == compose.Element {
				where = fmt.Sprintf("%s:%d:%d\n%s\n", e.Place.File, e.Place.Line, e.Place.Column, e.Place.Excerpt)
			}
		}
		err = compose
	}
	said := dispatch.Notice(err)
	var n *notice.Error
	if !errors.As(said, &n) {
		n = notice.New(notice.Internal, said)
	}
	return Problem{where + n.Text(notice.English), where + n.Text(notice.Chinese)}
}
