package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/cloudprint"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// handedPatience is how long a document waits for the printer that has the one in
// whose place it would come.
const handedPatience = 10 * time.Second

// AddDocument takes a label that somebody hands in; without a template it is sealed. What became of it is the
// ledger's verdict; from there the label goes the way of every other.
func (s *Station) AddDocument(ctx context.Context, d ledger.Document) (ledger.Verdict, error) {
	if d.Paper.Template == "" {
		d.Paper.Template = PlatformSealed
	}
	end := time.After(handedPatience)
	for {
		changed := s.Ledger.Changes()
		verdict, err := s.Ledger.AcceptDocument(ctx, d)
		taken := (*ledger.TakenError)(nil)
		switch {
		case errors.As(err, &taken):
			return "", notice.New("number-taken", err, string(taken.Number), taken.Order)
		case err == nil && verdict != ledger.Same:
			s.Log.Info("document", "order", d.Order.ID, "source", d.Order.Source, "verdict", verdict)
			return verdict, nil
		case !errors.Is(err, ledger.ErrBusy):
			return verdict, err
		}
		select {
		case <-changed:
		case <-end:
			return "", notice.New("document-in-hand", err, d.Order.ID)
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// handedIn is a document for its printer, byte for byte as it was handed in.
func (s *Station) handedIn(ctx context.Context, label ledger.Label, p *Printer) (drawn, error) {
	sealed, err := s.Ledger.Document(ctx, label.ID)
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	return drawn{sealed: sealed, width: int(p.Width), height: int(p.Height)}, nil
}

// HandedFile is a ready label that was handed in. No layout can have such a name.
const HandedFile = "handed/file"

// readyFile is such a label for its printer, its barcode read.
func (s *Station) readyFile(ctx context.Context, label ledger.Label, p *Printer) (drawn, error) {
	kept, err := s.Ledger.Document(ctx, label.ID)
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	d, err := s.fileFor(ctx, kept, label.Label, p)
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	return d, nil
}

// FileFits reports whether a ready label can be printed on a printer: it has its
// size, and its number can be read on it. Its errors are *notice.Error.
func (s *Station) FileFits(ctx context.Context, file []byte, label waybill.Label, p *Printer) error {
	_, err := s.fileFor(ctx, file, label, p)
	return err
}

func (s *Station) fileFor(ctx context.Context, file []byte, label waybill.Label, p *Printer) (drawn, error) {
	ready, err := cloudprint.Ready(file, s.Reader, label.Number)
	if err != nil {
		return drawn{}, err
	}
	d := drawn{width: int(p.Width), height: int(p.Height)}
	if frame := (cloudprint.Frame{Grid: p.Grid, Width: p.Width, Height: p.Height}); p.PDF {
		d.pdf, err = ready.File(ctx, label, frame)
	} else {
		d.image, err = ready.Image(ctx, label, frame)
	}
	return d, err
}

// filePicture returns a ready label as a printer of that grid that has its paper
// prints it.
func (s *Station) filePicture(ctx context.Context, label ledger.Label, g scene.Grid) (*bitmap.Image, []byte, error) {
	where, err := s.Ledger.Where(ctx, label.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range s.Printers {
		if p.Grid == g && p.Paper == where.Paper {
			d, err := s.readyFile(ctx, label, &Printer{Grid: g, Width: p.Width, Height: p.Height})
			return d.image, nil, err
		}
	}
	return nil, nil, notice.New("printer-none", nil)
}
