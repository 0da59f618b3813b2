package config

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/printer/model"
	"miandan/printer/winspool"
)

// ModelsFolder is the folder of one's own model files, beside the settings.
const ModelsFolder = "models"

// autoModel has the model looked for by what the printer's URL says of itself.
// Nobody is asked for it: a printer that is switched off at the start must not
// get other settings than one that is on.
const autoModel = "auto"

// Models returns the models in the program and those beside a settings file. The
// error is a *notice.Error.
func Models(path string) (*model.Library, error) {
	folder := filepath.Join(filepath.Dir(path), ModelsFolder)
	l, err := model.Builtin().With(folder)
	var broken *model.FileError
	switch {
	case errors.As(err, &broken):
		return nil, notice.New("model-file", err, broken.File, broken.Line, notice.Phrase{broken.Text(false), broken.Text(true)})
	case err != nil:
		return nil, notice.New("file-not-found", err, folder)
	}
	return l, nil
}

// models gives every printer what its model says of the settings that do not
// stand in the file.
func (c *Config) models(path string, at index) error {
	var problems Problems
	var library *model.Library
	for i := range c.Printers {
		p := &c.Printers[i]
		if p.Model == "" {
			continue
		}
		if library == nil {
			var err error
			if library, err = Models(path); err != nil {
				return err
			}
		}
		setting := fmt.Sprintf("printer[%d].", i)
		m, ok := library.Get(p.Model)
		if p.Model == autoModel {
			m, _ = library.Match(identity(p.URL)) // without one it has no quirks
		} else if !ok {
			known := nearest(p.Model, library.Names())
			if known == "" {
				known = strings.Join(library.Names(), ", ")
			}
			problems = append(problems, wrong(path, at, setting+"model", known))
			continue
		}
		p.take(m, func(name string) bool {
			// The decoder takes a name in any case.
			return slices.ContainsFunc(at.order, func(s string) bool { return strings.EqualFold(s, setting+name) })
		})
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// identity is what a URL says of the printer behind it: usb://MAKER/MODEL.
func identity(address string) model.Identity {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "usb" {
		return model.Identity{}
	}
	return model.Identity{Maker: model.Clean(u.Host), Model: model.Clean(strings.Trim(u.Path, "/"))}
}

// take gives a printer what its model says, but for what stands in its section.
// What a model says of its language goes with that language only: many printers
// can be set to another.
func (p *Printer) take(m model.Model, stands func(string) bool) {
	language := m.Value("language")
	speaks := !queued(p.URL)
	if stands("language") {
		speaks = p.Language == language
	}
	for _, q := range m.Quirks {
		kind, _ := model.KindOf(q.Set)
		mute := q.Set == "confirm" && queued(p.URL) // a queue brings no word back
		if stands(q.Set) || mute || !kind.Hardware && !speaks {
			continue
		}
		put(reflect.ValueOf(p).Elem(), q.Set, q.Value)
	}
}

// queued reports whether a queue stands between us and the printer. Its driver
// speaks the printer's language in our place, unless the settings say otherwise.
func queued(address string) bool {
	switch scheme(address) {
	case "cups", winspool.Scheme:
		return true
	}
	return printComponent(address)
}

// put gives a setting the value that a model file has for it. A test holds every
// kind of setting there against the fields here.
func put(v reflect.Value, setting, value string) error {
	for name := range strings.SplitSeq(setting, ".") {
		f, ok := field(v.Type(), name)
		if !ok {
			return fmt.Errorf("there is no setting %s", setting)
		}
		v = v.FieldByIndex(f.Index)
	}
	var err error
	switch v.Interface().(type) {
	case string:
		v.SetString(value)
	case bool:
		var b bool
		b, err = strconv.ParseBool(value)
		v.SetBool(b)
	case int:
		var n int
		n, err = strconv.Atoi(value)
		v.SetInt(int64(n))
	case float64:
		var n float64
		n, err = strconv.ParseFloat(value, 64)
		v.SetFloat(n)
	case Duration:
		var d time.Duration
		d, err = time.ParseDuration(value)
		v.Set(reflect.ValueOf(Duration{d}))
	default:
		err = fmt.Errorf("%s is of no kind that a model has", setting)
	}
	return err
}
