package app

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/templates"
	"miandan/templates/lint"
	"miandan/templates/scene"
)

// drafts is where layouts are written. What a text draws is the sample, whose
// people are invented: no order comes near it. How much a text may ask for is
// limited where layouts are read, since files of strangers come there too.
type drafts struct {
	*station
	drawing *sync.Mutex // one at a time: each letter typed asks for one
}

var _ api.Drafts = drafts{}

func (a *App) drafts() drafts { return drafts{&station{App: a}, new(sync.Mutex)} }

// layoutName is what a layout may be called: so the name is a file's on every
// system, and nothing but a name.
var layoutName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// reserved are names that Windows gives to devices.
var reserved = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

func nameChecked(name string) error {
	if !layoutName.MatchString(name) || reserved.MatchString(name) {
		return notice.New("layout-name", nil, name)
	}
	return nil
}

// Source implements api.Drafts. A file of the station's own is read as it is now:
// it may have been saved since the start.
func (d drafts) Source(_ context.Context, name string) (api.Draft, error) {
	if folder := d.layouts.folder; folder != "" && nameChecked(name) == nil {
		root, err := os.OpenRoot(folder)
		if err != nil {
			return api.Draft{}, notice.New("file-not-found", err, folder)
		}
		defer root.Close()
		text, err := root.ReadFile(name + ".yaml")
		switch {
		case err == nil && len(text) > most:
			return api.Draft{}, notice.New("layout-unreadable", errors.New("the file is too long"), name)
		case err == nil:
			return api.Draft{Name: name, Text: string(text), Own: true}, nil
		case !errors.Is(err, fs.ErrNotExist):
			return api.Draft{}, notice.New("layout-unreadable", err, name)
		}
	}
	text := d.layouts.library.Source(name)
	if text == "" {
		return api.Draft{}, notice.New("layout-missing", api.ErrNotFound, name, strings.Join(d.layouts.library.Names(), ", "))
	}
	return api.Draft{Name: name, Text: text}, nil
}

// most is the longest text of a layout, in bytes, as Draft has it.
const most = 60_000

// Draw implements api.Drafts.
func (d drafts) Draw(ctx context.Context, in api.Draft, dpi int) (api.Drawn, error) {
	if err := nameChecked(in.Name); err != nil {
		return api.Drawn{}, err
	}
	d.drawing.Lock()
	defer d.drawing.Unlock()
	if err := ctx.Err(); err != nil { // whoever asked has typed on
		return api.Drawn{}, err
	}
	drawn := api.Drawn{Findings: []api.LayoutFinding{}}
	t, err := d.read(in)
	if err != nil {
		drawn.Findings = append(drawn.Findings, d.layouts.broken(in.Name, err))
		return drawn, nil
	}
	w, h := t.Size()
	drawn.Width, drawn.Height = w.MM(), h.MM()
	sample, _, err := templates.Sample(in.Name)
	if err != nil {
		return drawn, err
	}
	found, err := lint.Check(t, sample)
	if err != nil {
		return drawn, err
	}
	drawn.Findings = d.layouts.findings(sample, found)
	png, err := draw(t, map[int]scene.Grid{203: scene.DPI203, 300: scene.DPI300}[dpi])
	if errors.As(err, new(*notice.Error)) {
		return drawn, nil // why it cannot be drawn is one of the findings
	}
	drawn.Picture = png
	return drawn, err
}

// read reads a text as a layout, with the blocks and pictures of the station's own
// folder before the program's.
func (d drafts) read(in api.Draft) (*templates.Template, error) {
	if d.layouts.folder == "" {
		return templates.Parse(in.Name+".yaml", []byte(in.Text))
	}
	return templates.ParseIn(os.DirFS(d.layouts.folder), filepath.Join(d.layouts.folder, in.Name+".yaml"), []byte(in.Text))
}

// Save implements api.Drafts. The file is written beside its place and then put
// there, through the folder itself: no name leads out of it, and no link does.
func (d drafts) Save(ctx context.Context, in api.Draft, who string) error {
	if err := nameChecked(in.Name); err != nil {
		return err
	}
	if d.layouts.folder == "" {
		return notice.New("layout-no-folder", api.ErrConflict)
	}
	_, err := d.read(in)
	if broken := (*templates.LayoutError)(nil); errors.As(err, &broken) {
		return notice.New("layout-broken", err, d.layouts.short(broken.File), notice.Phrase{broken.Error(), broken.Chinese()})
	} else if err != nil {
		return err
	}
	root, err := os.OpenRoot(d.layouts.folder)
	if err != nil {
		return notice.New("file-not-found", err, d.layouts.folder)
	}
	defer root.Close()
	if err := replaced(root, in.Name+".yaml", []byte(in.Text)); err != nil {
		return d.told(notice.New("file-unwritable", err, filepath.Join(d.layouts.folder, in.Name+".yaml")))
	}
	d.log.Info("layout saved", "name", in.Name)
	return d.told(d.Ledger.Note(ctx, "layout-saved", ledger.Person{Who: who, Why: in.Name}))
}

// replaced writes a file so that it is what it was or what it should be, whatever
// happens meanwhile.
func replaced(root *os.Root, name string, text []byte) error {
	beside := "." + name + ".new" // no layout: its name does not end in .yaml
	f, err := root.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = bytes.NewReader(text).WriteTo(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = root.Rename(beside, name)
	}
	if err != nil {
		root.Remove(beside)
	}
	return err
}
