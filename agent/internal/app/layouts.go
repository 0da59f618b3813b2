package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/templates"
	"miandan/templates/lint"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Layouts shows the layouts that a station prints with and what is wrong with
// them. Judging one takes some twenty labels, so it is done once, when somebody
// first asks; a library does not change while the program runs, and whether its
// folder has is looked at each time. It is safe for concurrent use.
type Layouts struct {
	library *templates.Library
	folder  string
	uses    map[string][]string // accounts by layout
	began   string              // what the folder looked like

	judging sync.Mutex // one at a time: whoever comes second finds it done
	judged  map[string]api.Layout
	drawing sync.Mutex
	drawn   map[drawing][]byte
}

var _ api.Layouts = (*Layouts)(nil)

type drawing struct {
	name string
	dpi  int
}

// NewLayouts shows a library with a folder of own layouts, which may be "".
// Chosen is the layout of each carrier account whose labels are drawn here.
func NewLayouts(library *templates.Library, folder string, chosen map[string]string) *Layouts {
	l := &Layouts{library: library, folder: folder, uses: map[string][]string{}, judged: map[string]api.Layout{}, drawn: map[drawing][]byte{}}
	for account, name := range chosen {
		l.uses[name] = append(l.uses[name], account)
	}
	for _, accounts := range l.uses {
		slices.Sort(accounts)
	}
	l.began = l.look()
	return l
}

// stationTemplates are the layouts that a station runs with: a broken one of its
// own does not stop the others.
func stationTemplates(folder string) (*templates.Library, error) {
	library, err := templates.Builtin()
	if err == nil && folder != "" {
		library, err = library.Add(folder)
	}
	if err != nil {
		return nil, notice.New("file-not-found", err, folder)
	}
	return library, nil
}

// layoutNotice says why a layout of the library cannot be had.
func layoutNotice(library *templates.Library, name string, err error) *notice.Error {
	file, _ := library.File(name)
	if errors.As(err, new(*templates.LayoutError)) || file == "" {
		return dispatch.Notice(err)
	}
	return notice.New("layout-unreadable", err, file)
}

// tellBroken tells of layouts that cannot be read. No carrier uses them: the
// program would not have started.
func (l *Layouts) tellBroken(say func(*notice.Error)) {
	if l.folder == "" {
		return
	}
	for _, name := range l.library.Names() {
		_, err := l.library.Get(name)
		var broken *templates.LayoutError
		if errors.As(err, &broken) {
			say(notice.New("layout-broken-unused", err, broken.File, notice.Phrase{broken.Error(), broken.Chinese()}))
		} else if err != nil {
			say(layoutNotice(l.library, name, err))
		}
	}
}

// Layouts implements api.Layouts.
func (l *Layouts) Layouts(ctx context.Context) (list api.LayoutList, err error) {
	l.judging.Lock()
	defer l.judging.Unlock()
	for _, name := range l.library.Names() {
		if err := ctx.Err(); err != nil {
			return list, err
		}
		one, done := l.judged[name]
		if !done {
			if one, err = l.judge(name); err != nil {
				return list, err
			}
			l.judged[name] = one
		}
		list.Layouts = append(list.Layouts, one)
	}
	slices.SortStableFunc(list.Layouts, func(a, b api.Layout) int { return cmp.Compare(rank(a), rank(b)) })
	if l.look() != l.began {
		list.Changed = &api.Refusal{Code: "layouts-changed", Action: api.Fix}
	}
	return list, nil
}

// rank puts those in use first and then a station's own.
func rank(l api.Layout) int {
	switch {
	case len(l.Uses) > 0:
		return 0
	case l.Own:
		return 1
	}
	return 2
}

// judge says everything of a layout. The error is that of a program which cannot
// draw.
func (l *Layouts) judge(name string) (api.Layout, error) {
	file, own := l.library.File(name)
	one := api.Layout{Name: name, Title: name, Own: own, File: l.short(file), Uses: l.uses[name], Findings: []api.LayoutFinding{}}
	t, err := l.library.Get(name)
	if err != nil {
		one.Broken, one.Findings = true, []api.LayoutFinding{l.broken(name, err)}
		return one, nil
	}
	w, h := t.Size()
	one.Title, one.Width, one.Height = t.Title(), w.MM(), h.MM()
	sample, _, err := templates.Sample(name)
	if err != nil {
		return one, err
	}
	found, err := lint.Check(t, sample)
	if err != nil {
		return one, fmt.Errorf("judge the layout %s: %w", name, err)
	}
	one.Findings = l.findings(sample, found)
	_, err = t.Pages(sample, scene.DPI203)
	one.Drawn = err == nil // why not is one of the findings
	return one, nil
}

// findings is what the checker found, as the page shows it.
func (l *Layouts) findings(sample waybill.Label, found []lint.Finding) []api.LayoutFinding {
	all := []api.LayoutFinding{}
	of := map[string]notice.Phrase{}
	for _, c := range lint.Cases(sample)[1:] { // the first is the sample as it is
		of[c.English] = notice.Phrase{c.English, c.Chinese}
	}
	for _, f := range found {
		all = append(all, api.LayoutFinding{
			Severity: api.Severity(f.Severity.String()), Rule: f.Rule, Words: notice.Phrase{f.English, f.Chinese},
			File: l.short(f.File), Line: f.Line, Column: f.Column, Includes: l.allShort(f.Includes),
			DPI: f.DPI, Of: of[f.Case], Excerpt: f.Place.Excerpt,
		})
	}
	return all
}

// broken is what is wrong with a file that is no layout.
func (l *Layouts) broken(name string, err error) api.LayoutFinding {
	var broken *templates.LayoutError
	if errors.As(err, &broken) {
		return api.LayoutFinding{
			Severity: api.Unfit, Words: notice.Phrase{broken.Sentence(false), broken.Sentence(true)}, File: l.short(broken.File),
			Line: broken.Line, Column: broken.Column, Includes: l.allShort(broken.Includes), Excerpt: broken.Excerpt,
		}
	}
	file, _ := l.library.File(name)
	said := notice.New("layout-unreadable", err, l.short(file))
	return api.LayoutFinding{Severity: api.Unfit, File: l.short(file), Words: notice.Phrase{said.Text(notice.English), said.Text(notice.Chinese)}}
}

// short names a file as seen from its folder: the rest of the path is nothing
// that a page need know.
func (l *Layouts) short(file string) string {
	if l.folder != "" {
		file = strings.TrimPrefix(file, filepath.Clean(l.folder)+string(filepath.Separator))
	}
	return filepath.ToSlash(file)
}

func (l *Layouts) allShort(files []string) []string {
	var all []string
	for _, f := range files {
		all = append(all, l.short(f))
	}
	return all
}

// Picture implements api.Layouts.
func (l *Layouts) Picture(_ context.Context, name string, dpi int) ([]byte, error) {
	t, err := l.library.Get(name)
	if errors.As(err, new(*templates.UnknownTemplateError)) {
		return nil, notice.New("layout-missing", api.ErrNotFound, name, strings.Join(l.library.Names(), ", "))
	}
	if err != nil {
		return nil, layoutNotice(l.library, name, err)
	}
	l.drawing.Lock()
	defer l.drawing.Unlock()
	key := drawing{name, dpi}
	if png := l.drawn[key]; png != nil {
		return png, nil
	}
	png, err := draw(t, map[int]scene.Grid{203: scene.DPI203, 300: scene.DPI300}[dpi])
	if err != nil {
		return nil, err
	}
	l.drawn[key] = png
	return png, nil
}

// draw draws the first page of a layout with its sample, as the dispatcher draws
// a label.
func draw(t *templates.Template, g scene.Grid) ([]byte, error) {
	sample, _, err := templates.Sample(t.Name())
	if err != nil {
		return nil, err
	}
	pages, err := t.Pages(sample, g)
	if err != nil {
		return nil, dispatch.Notice(err)
	}
	m, err := raster.Render(pages[0])
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = m.EncodePNG(&b)
	return b.Bytes(), err
}

// look returns the names, times and sizes of all files that layouts may be made
// of.
func (l *Layouts) look() string {
	if l.folder == "" {
		return ""
	}
	var b strings.Builder
	for _, folder := range []string{"", "blocks", "pictures"} {
		entries, _ := os.ReadDir(filepath.Join(l.folder, folder)) // no folder, nothing in it
		for _, e := range entries {
			if fi, err := e.Info(); err == nil && !e.IsDir() {
				fmt.Fprintf(&b, "%s/%s %d %d\n", folder, e.Name(), fi.ModTime().UnixNano(), fi.Size())
			}
		}
	}
	return b.String()
}
