package dispatch

import (
	"cmp"
	"errors"
	"strings"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer"
	"miandan/templates"
	"miandan/templates/raster"
)

// Notice gives a failure its sentence, for commands that work without a station.
func Notice(err error) *notice.Error { return asNotice(err) }

// PrinterNotice gives a printer's failure its sentence.
func PrinterNotice(name string, err error) *notice.Error {
	p := &Printer{Printer: &printer.Printer{Name: name}}
	return p.problem(err).notice
}

// asNotice gives a failure its sentence. Errors of the agent's own packages
// carry one; those of the templates and of the store, which have never heard
// of notices, get theirs here.
func asNotice(err error) *notice.Error {
	var (
		n      *notice.Error
		fit    *templates.ComposeError
		layout *templates.LayoutError
		none   *templates.UnknownTemplateError
		code   *raster.CodeError
	)
	err = store.Explain(err) // what was only read has not passed through it yet
	switch {
	case errors.As(err, &n):
		return n
	case errors.Is(err, store.ErrFull):
		return notice.New("disk-full", err, notice.Phrase{"the data folder", "数据文件夹"})
	case errors.Is(err, store.ErrDisk):
		return notice.New("disk-failed", err, notice.Phrase{"the data folder", "数据文件夹"})
	case errors.Is(err, store.ErrDamaged):
		return notice.New("database-damaged", err, store.FileName)
	case errors.Is(err, seal.ErrTampered):
		return notice.New("database-damaged", err, store.FileName)
	case errors.As(err, &none):
		return notice.New("layout-missing", err, none.Name, none.Known)
	case errors.As(err, &layout):
		return notice.New("layout-broken", err, layout.File, notice.Phrase{layout.Error(), layout.Chinese()})
	case errors.As(err, &fit):
		return composeNotice(fit)
	case errors.As(err, &code):
		return notice.New("barcode-unreadable", err, "", code.Symbology.String())
	}
	return notice.New(notice.Internal, err, "dispatch")
}

// composeNotice says what of a label cannot go on paper, by the field's name.
func composeNotice(e *templates.ComposeError) *notice.Error {
	field := fieldNamed(cmp.Or(e.Field, e.Element))
	switch e.Reason {
	case templates.TooLong:
		return notice.New("label-does-not-fit", e, e.Template, field)
	case templates.NoGlyph:
		return notice.New("label-no-glyph", e, e.Template, field)
	}
	switch e.Reason {
	case templates.CodeTooWide, templates.NotEncoded:
		return notice.New("label-code-too-wide", e, e.Template, field)
	case templates.Missing:
		return notice.New("label-field-missing", e, e.Template, field)
	case templates.Masked, templates.Sealed:
		return notice.New("label-field-masked", e, e.Template, field)
	}
	return notice.New("label-broken", e, e.Template, cmp.Or(e.Field, e.Element)+": "+string(e.Reason))
}

// fieldNamed is what people call a field, with its name in a layout; of what is no
// field the name alone.
func fieldNamed(path string) any {
	for _, f := range templates.Fields() {
		if f.Path == path {
			return notice.Phrase{short(f.English, ",;") + " (" + path + ")", short(f.Chinese, "，；（") + "（" + path + "）"}
		}
	}
	return path
}

// short is a description up to where it goes into details.
func short(text, ends string) string {
	if i := strings.IndexAny(text, ends); i > 0 {
		return text[:i]
	}
	return text
}
