package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// SizeOf names the paper that a template needs, as printers name theirs.
func SizeOf(t *templates.Template) string { return Size(t.Size()) }

// errGone reports a label whose order was cancelled or changed while it was
// claimed.
var errGone = errors.New("the order was cancelled or changed")

// fresh reads the order again if the platform's last word on it is old. A
// label whose order cannot be read waits: a cancelled order on paper is a
// parcel on its way.
func (s *Station) fresh(ctx context.Context, label *ledger.Label) error {
	if err := s.readAgain(ctx, label); err != nil {
		return err
	}
	if label.Lapsed(s.Clock()) {
		return notice.New("phone-expired", nil, label.Order.ID)
	}
	return nil
}

func (s *Station) readAgain(ctx context.Context, label *ledger.Label) error {
	// Less than nothing is the age of what was read before the clock was set back.
	if age := s.Clock().Sub(label.ReadAt); s.Rules.Fresh <= 0 || age >= 0 && age <= s.Rules.Fresh {
		return nil
	}
	source, ok := s.Sources[label.Order.Source]
	if !ok || s.Shared { // whoever reads it for all takes the label back if it may not print: the fence knows
		return nil
	}
	if s.Rules.Offline && s.absent.is(label.Order.Source, s.Clock()) {
		return s.unread(label, nil)
	}
	o, err := source.Order(ctx, label.Order.ID)
	if errors.Is(err, platform.ErrNoOrder) {
		return nil // the platform forgets orders; that cancels nothing
	}
	if err != nil && away(err) {
		s.absent.note(label.Order.Source, s.Clock())
		return s.unread(label, err)
	}
	if err != nil {
		return err
	}
	verdict, err := s.take(ctx, o)
	if err != nil {
		return err
	}
	if verdict == ledger.TooLate {
		s.sayTooLate(ctx, o.Key)
	}
	switch {
	case verdict == ledger.Withdrawn || verdict == ledger.Overtaken:
		return errGone
	case o.State == order.Paused:
		return notice.New("order-paused", nil, o.ID)
	case o.State != order.ToShip && label.Copy == 0: // somebody has shipped it elsewhere; a reprint comes after that
		return notice.New("order-not-to-ship", nil, o.ID)
	}
	if label.PhoneKind == waybill.PhoneVirtual { // it may have been bound anew
		*label, err = s.Ledger.Label(ctx, label.ID)
	}
	return err
}

// compose lays the label out on the printer's own grid, renders it and reads
// every barcode of the finished dots back.
func (s *Station) compose(label ledger.Label, p *Printer) (drawn, error) {
	d, err := s.made(label, p)
	if err != nil {
		return drawn{}, &unfitError{err}
	}
	return d, nil
}

func (s *Station) made(label ledger.Label, p *Printer) (drawn, error) {
	var d drawn
	began := time.Now()
	page, err := s.page(label, p.Grid)
	if err != nil {
		return drawn{}, err
	}
	d.timing.Compose = time.Since(began)
	began = time.Now()
	if d.image, err = raster.Render(page); err != nil {
		return drawn{}, err
	}
	if err := raster.Check(page, d.image); err != nil {
		return drawn{}, err
	}
	if p.PDF {
		if d.pdf, err = written(page); err != nil {
			return drawn{}, err
		}
	}
	size := func(dots int) int { return int(float64(dots) * 1000 / float64(page.Grid)) }
	d.width, d.height = size(page.Width), size(page.Height)
	d.timing.Render = time.Since(began)
	return d, nil
}

// unfitError is a label that cannot be made as it is: its layout, its texts or
// its codes do not go together.
type unfitError struct{ err error }

func (e *unfitError) Error() string { return e.err.Error() }
func (e *unfitError) Unwrap() error { return e.err }

func (s *Station) page(label ledger.Label, g scene.Grid) (*scene.Page, error) {
	t, err := s.Templates.Get(label.Template)
	if err != nil {
		return nil, err
	}
	return t.Compose(label.Label, g)
}
