package printer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Odometer asks how many labels the printer has printed in its life: against a
// Baseline it tells what became of a label that was never confirmed. ErrMute
// reports a printer that does not say.
func (p *Printer) Odometer(ctx context.Context) (int64, error) {
	conn, err := p.dial(ctx)
	if err != nil {
		return 0, err
	}
	n, err := p.odometer(ctx, conn)
	if err == nil && n == nil {
		err = fmt.Errorf("printer %s: read odometer: %w", p.Name, ErrMute)
	}
	if err := errors.Join(err, hangUp(conn)); err != nil {
		return 0, err
	}
	return *n, nil
}

// odometer reads the count; nil if the printer does not say.
func (p *Printer) odometer(ctx context.Context, conn Conn) (*int64, error) {
	driver, counts := p.Driver.(Counter)
	line, reads := conn.(ReadConn)
	if !counts || !reads || !p.counts.over(time.Now()) {
		return nil, nil
	}
	var n int64
	err := p.question(ctx, line, func() (err error) { n, err = driver.ReadOdometer(ctx, line); return err })
	switch {
	case errors.Is(err, ErrMute):
		p.counts.unanswered(time.Now())
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("printer %s: read odometer: %w", p.Name, err)
	}
	p.counts.answered()
	return &n, nil
}
