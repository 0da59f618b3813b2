package dispatch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/cloudprint"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/templates/pdf"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// Way is how a carrier's labels come about when they are not drawn here.
type Way struct {
	Label string // SealedLabel or RenderedLabel; it stands where a layout's name does
	Paper string // what a printer must hold, as Printer.Paper
}

// The labels that others make. No layout can have such a name.
const (
	SealedLabel    = "jd/sealed"       // JD's sealed print data, which JD's component opens
	RenderedLabel  = "jd/rendered"     // the file that JD's renderer draws
	PlatformSealed = "platform/sealed" // another platform's, which was handed in and its component opens
)

// DrawnHere reports whether a label is drawn by a layout, so that what it says is
// known here.
func DrawnHere(template string) bool { return !strings.Contains(template, "/") }

// Size names a paper, as printers and labels name it: "76x130".
func Size(width, height scene.Length) string { return fmt.Sprintf("%gx%g", width.MM(), height.MM()) }

// SealedPaper is the same paper in a printer that sealed labels go to: no other
// printer may take such a label, and that one no other.
func SealedPaper(size string) string { return size + " sealed" }

// SealedPaperOf is that of another platform than JD, by its name: "cainiao".
// Each platform's component opens its own labels and no other's.
func SealedPaperOf(size, platform string) string { return SealedPaper(size) + " " + platform }

// drawn is a label as one printer will print it: dots, a page, or a document
// that nobody here can open.
type drawn struct {
	image         *bitmap.Image
	pdf           []byte
	sealed        []byte
	width, height int // of the paper, in micrometres
	timing        ledger.Timing
}

func (d drawn) job(a ledger.Attempt) printer.Job {
	return printer.Job{Name: a.Document, Mark: a.Mark, Image: d.image, PDF: d.pdf, Sealed: d.sealed, Width: d.width, Height: d.height}
}

// payload is the fingerprint of what goes to paper.
func (d drawn) payload() [sha256.Size]byte {
	switch {
	case d.image != nil:
		return sha256.Sum256(d.image.Bits)
	case d.pdf != nil:
		return sha256.Sum256(d.pdf)
	}
	return sha256.Sum256(d.sealed)
}

// draw makes of a label what its printer will print. Whatever is dots has its
// barcodes read back. What the maker is not proof against is one label's trouble: a
// program that ended by it would begin with the same label again.
func (s *Station) draw(ctx context.Context, label ledger.Label, p *Printer) (d drawn, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.Log.Error("the program could not make a label", "label", label.ID, "stack", string(debug.Stack()))
			cause := errMaker
			if e, ok := v.(runtime.Error); ok { // only Go's own errors hold no text of the label
				cause = fmt.Errorf("%w: %w", errMaker, e)
			}
			d, err = drawn{}, &unfitError{cause}
		}
	}()
	began := time.Now()
	switch label.Template {
	case SealedLabel:
		d, err = s.seal(ctx, label, p)
	case RenderedLabel:
		d, err = s.fetch(ctx, label, p)
	case PlatformSealed:
		d, err = s.handedIn(ctx, label, p)
	case HandedFile:
		d, err = s.readyFile(ctx, label, p)
	default:
		return s.compose(label, p)
	}
	if err != nil {
		return drawn{}, err
	}
	d.timing.Render = time.Since(began)
	return d, s.Ledger.Rendered(context.Background(), label.ID)
}

var errMaker = errors.New("the maker of labels panicked")

func (s *Station) seal(ctx context.Context, label ledger.Label, p *Printer) (drawn, error) {
	if s.Documents == nil { // the label was made when JD was still in the settings
		return drawn{}, &elsewhereError{notice.New("cloudprint-not-set-up", nil)}
	}
	sealed, err := s.Documents.Sealed(ctx, label.Label)
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	return drawn{sealed: sealed, width: int(p.Width), height: int(p.Height)}, nil
}

// fetch gets a rendered label in the form that its printer takes.
func (s *Station) fetch(ctx context.Context, label ledger.Label, p *Printer) (drawn, error) {
	d := drawn{width: int(p.Width), height: int(p.Height)}
	format := cloudprint.PNG
	if p.PDF {
		format = cloudprint.PDF
	}
	file, err := s.rendered(ctx, label, format)
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	if frame := (cloudprint.Frame{Grid: p.Grid, Width: p.Width, Height: p.Height}); p.PDF {
		d.pdf, err = file.File(ctx, label.Label, frame)
	} else {
		d.image, err = file.Image(ctx, label.Label, frame)
	}
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	return d, nil
}

// rendered gets a label from whoever draws it: its carrier, if the account is the
// merchant's own with one that draws labels, or JD.
func (s *Station) rendered(ctx context.Context, label ledger.Label, f cloudprint.Format) (cloudprint.Document, error) {
	draws, ok := s.Issuers[label.Issuer].(carrier.Documents)
	switch {
	case !ok && s.Documents == nil: // the account has left the settings since
		return cloudprint.Document{}, notice.New("cloudprint-not-set-up", nil)
	case !ok:
		return s.Documents.Rendered(ctx, label.Label, f)
	}
	file, err := draws.Document(ctx, label.Waybill, label.Parcel)
	switch {
	case errors.Is(err, carrier.ErrLater):
		return cloudprint.Document{}, notice.New("rendered-later", err, string(label.Number))
	case err != nil:
		return cloudprint.Document{}, err
	}
	return cloudprint.Ready(slices.Concat(file.PDF, file.PNG), s.Reader, label.Number)
}

// elsewhereError is a label that whoever makes it has not given.
type elsewhereError struct{ err error }

func (e *elsewhereError) Error() string { return e.err.Error() }
func (e *elsewhereError) Unwrap() error { return e.err }

// Picture returns a label again, as its printer printed or would print it, and
// its PDF. Nothing goes to paper. Of a sealed label there is none.
func (s *Station) Picture(ctx context.Context, id int64, g scene.Grid) (*bitmap.Image, []byte, error) {
	label, err := s.Ledger.Label(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	switch label.Template {
	case SealedLabel, PlatformSealed:
		return nil, nil, notice.New("label-sealed", nil, string(label.Number))
	case HandedFile:
		return s.filePicture(ctx, label, g)
	case RenderedLabel:
		return s.renderedPicture(ctx, label, g)
	}
	page, err := s.page(label, g)
	if err != nil {
		return nil, nil, err
	}
	image, err := raster.Render(page)
	if err != nil {
		return nil, nil, err
	}
	ready, err := written(page)
	return image, ready, err
}

func (s *Station) renderedPicture(ctx context.Context, label ledger.Label, g scene.Grid) (*bitmap.Image, []byte, error) {
	for _, p := range s.Printers {
		if p.Grid != g || p.Sealed {
			continue
		}
		dots, err := s.fetch(ctx, label, &Printer{Grid: g, Width: p.Width, Height: p.Height})
		if err != nil {
			return nil, nil, err
		}
		page, err := s.fetch(ctx, label, &Printer{PDF: true, Grid: g, Width: p.Width, Height: p.Height})
		return dots.image, page.pdf, err
	}
	return nil, nil, notice.New("printer-none", nil)
}

func written(page *scene.Page) ([]byte, error) {
	var b bytes.Buffer
	err := pdf.Write(&b, page)
	return b.Bytes(), err
}

// refusedBy returns the sentence for a label that the print component refused,
// provably without printing it. The component is well: another label may print.
func refusedBy(p *Printer, cause error) *notice.Error {
	var refused *component.RefusedError
	if errors.As(cause, &refused) && refused.Unprinted {
		return component.Notice(p.Name, cause)
	}
	return nil
}

// countStock tells people whose numbers run out.
func (s *Station) countStock(ctx context.Context) error {
	for name, least := range s.Rules.Stock {
		b, ok := s.Issuers[name].(carrier.Balance)
		if !ok {
			continue
		}
		n, err := b.Balance(ctx)
		switch {
		case errors.Is(err, carrier.ErrUncounted):
		case err != nil:
			s.Log.Warn("stock not known", "issuer", name, "error", err)
		case n < least:
			s.Say(notice.New("stock-low", nil, name, n))
		}
	}
	return nil
}
