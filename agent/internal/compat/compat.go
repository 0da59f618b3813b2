// Package compat is what the protocols of other vendors' print components have in
// common, when they are spoken here: pages that were written for those components then
// print through this station.
//
// A page hands in what it would have handed to the component. A plain document is
// drawn here, from the template that the page names, and is a label as every other
// from then on: on disk before the page is told that it was taken, printed once, and
// with the printer's evidence. What only the vendor can open goes on to the vendor's
// own component, byte for byte, if the station has a printer of it; nothing is opened
// here. What cannot be done is refused in a sentence that says why.
//
// The protocols have no word for a label of which nobody knows whether it came out.
// It is told as failed, with a code of our own, and does not print again by itself
// however often the page sends it.
package compat

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"miandan/agent/internal/api"
	"miandan/agent/internal/compat/lpml"
	"miandan/agent/internal/notice"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// Visitor is a page on one connection, as the gates have let it through.
type Visitor interface {
	// ID is whose the jobs are.
	ID() string
	Language() notice.Language
	// Messages are what the page says; it ends when the page leaves.
	Messages() <-chan []byte
	// Admit is asked before a message is heard, and waits for a person's word.
	Admit(ctx context.Context, message []byte) error
	// Spend counts a label against the page's limits; nil if it may come.
	Spend() *notice.Error
	Say(ctx context.Context, message any) error
	// Changed is closed when something at the station has changed.
	Changed() <-chan struct{}
}

// Printer is a printer of the station as a page may know it.
type Printer struct {
	Name    string
	Ready   bool
	Dialect string // whose sealed labels it takes, and no others; "" draws
	Size    string // of its paper, in millimetres: "76x130"
	Paper   lpml.Paper
}

// Label is one label that a page hands in.
type Label struct {
	Caller, Key string
	Order       string // by which people know it
	Number      string // which its barcode says
	Printer     string
	Size        string
	Picture     []byte // PNG of the printer's dots; nil of a sealed one
	Dialect     string // of a sealed one
	Sealed      []byte
	Vendor      string // whose protocol brought it, in capitals
}

// Station prints.
type Station interface {
	Printers(ctx context.Context) ([]Printer, error)
	// Add puts a label on disk and into the queue of one printer. The same label under
	// the same key is the same label.
	Add(ctx context.Context, l Label) (api.Job, error)
	// Job returns what became of a label of a caller; api.ErrNotFound if there is none.
	Job(ctx context.Context, caller, key string) (api.Job, error)
	Jobs(ctx context.Context, caller string, limit int) ([]api.Job, error)
}

// Remembered is how many of a caller's latest labels can be found without their names.
const Remembered = 500

// Key is what a label is kept under: by the task and the document of it, so that a task
// that comes again is the same labels.
func Key(task, document string) string {
	return url.PathEscape(task) + "/" + url.PathEscape(document)
}

// Names takes a key apart.
func Names(key string) (task, document string, ok bool) {
	a, b, ok := strings.Cut(key, "/")
	task, err1 := url.PathUnescape(a)
	document, err2 := url.PathUnescape(b)
	return task, document, ok && err1 == nil && err2 == nil
}

// name is what a page may call a task or a document.
var name = regexp.MustCompile(`^[\p{L}\p{N} ._:/@#+~-]+$`)

// mostOfName is how many characters it has at most. Counted in the expression they
// would be so many copies of all letters, and each start would wait for them.
const mostOfName = 64

// Named reports whether a page may call something so.
func Named(s string) bool { return utf8.RuneCountInString(s) <= mostOfName && name.MatchString(s) }

var number = regexp.MustCompile(`^[0-9A-Z]{6,40}$`)

// Picture draws a plain document for a printer, reads its barcodes back from the
// finished dots, and returns it with the number that it is known by: the wanted one if
// a barcode says it, else the first that can be one.
func Picture(parts []lpml.Part, p Printer, right, down float64, wanted string) (png []byte, n string, err error) {
	drawn, err := draw(parts, p, right, down)
	if err != nil {
		return nil, "", err
	}
	i := slices.Index(drawn.Numbers, wanted)
	if i < 0 || !number.MatchString(wanted) {
		i = slices.IndexFunc(drawn.Numbers, number.MatchString)
	}
	if i < 0 {
		return nil, "", notice.New("compat-no-number", nil)
	}
	png, err = dots(drawn)
	return png, drawn.Numbers[i], err
}

// Preview draws a plain document as Picture does; it need not have a number.
func Preview(parts []lpml.Part, p Printer, right, down float64) ([]byte, error) {
	drawn, err := draw(parts, p, right, down)
	if err != nil {
		return nil, err
	}
	return dots(drawn)
}

func draw(parts []lpml.Part, p Printer, right, down float64) (lpml.Drawn, error) {
	paper := p.Paper
	paper.Right, paper.Down = scene.MM(right), scene.MM(down)
	return lpml.Draw(parts, paper)
}

func dots(d lpml.Drawn) ([]byte, error) {
	m, err := raster.Render(d.Page)
	if err == nil {
		err = raster.Check(d.Page, m)
	}
	if code := (*raster.CodeError)(nil); errors.As(err, &code) {
		return nil, notice.New("compat-template", err, notice.Phrase{"a barcode would not be read by scanners: something is too near, or its box is too small", "有条码无法被扫描：周围内容过近或区域过小"})
	}
	if err != nil {
		return nil, notice.New("compat-template", err, notice.Phrase{"it cannot be drawn", "无法绘制"})
	}
	var png bytes.Buffer
	if err := m.EncodePNG(&png); err != nil {
		return nil, err
	}
	return png.Bytes(), nil
}

// Choose returns the printer that a page names; without a name the first that draws,
// or that takes sealed labels of the dialect.
func Choose(all []Printer, name, dialect string) (Printer, error) {
	i := slices.IndexFunc(all, func(p Printer) bool { return p.Dialect == dialect && (name == "" || p.Name == name) })
	if i >= 0 {
		return all[i], nil
	}
	return Printer{}, notice.New("compat-printer", nil)
}

// Sealed returns the printer that hands sealed labels on to a dialect's component: the
// named one, or the one there is. vendor is named to people if there is none.
func Sealed(all []Printer, name, dialect, vendor string) (Printer, error) {
	if p, err := Choose(all, name, dialect); err == nil {
		return p, nil
	}
	// A page that knows one printer of the station sends all there.
	if p, err := Choose(all, "", dialect); err == nil {
		return p, nil
	}
	return Printer{}, notice.New("compat-sealed", nil, vendor)
}

// Outcome is what became of a label, in the protocols' words.
type Outcome uint8

// Pending until it is known.
const (
	Pending Outcome = iota
	Success
	Failed
	Canceled
)

// Of says what became of a label and, if it is not on paper, why.
func Of(j api.Job) (Outcome, *notice.Error) {
	switch j.State {
	case api.Done:
		return Success, nil
	case api.Unknown, api.NumberUnknown:
		return Failed, notice.New("compat-unknown", nil)
	case api.Refused:
		return Failed, notice.New("compat-stopped", nil)
	case api.Cancelled:
		return Canceled, notice.New("compat-cancelled", nil)
	}
	return Pending, nil
}

// Why is the sentence of an error, for a page.
func Why(err error, l notice.Language) (notice.Code, string) {
	var n *notice.Error
	if notice.CodeOf(err) == "number-taken" { // whose sentence names another's order
		n = notice.New("compat-again", err)
		return n.Code, n.Text(l)
	}
	if errors.As(err, &n) {
		return n.Code, n.Text(l)
	}
	return notice.Internal, notice.Text(l, notice.Internal, "compat")
}
