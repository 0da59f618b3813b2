package virtual

import (
	"time"

	"miandan/printer/bitmap"
)

// maxCopies bounds how often one label is printed. An operator would have
// switched the printer off.
const maxCopies = 10_000

// page is a label that has been drawn and is to be printed, or paper that is to
// be moved.
type page struct {
	image  *bitmap.Image // nil for moving paper only
	left   int           // copies
	batch  int           // copies in all
	after  int           // rows to the next label, or to move
	pause  int           // after so many copies; 0 never
	setup  Setup
	mark   string
	junk   string
	from   *line
	came   time.Time // when it was drawn
	motion motion    // of a page without an image
	// printed, if set, is called with mu held after each copy.
	printed func(pg *page)

	moving bool // has begun under the head
	seq    int  // of its last print, once that is recorded
}

// name gives a page the mark that came after it, on paper or not yet.
func (p *Printer) name(pg *page, mark string) error {
	p.mu.Lock()
	pg.mark = mark
	seq := pg.seq
	p.mu.Unlock()
	if seq == 0 {
		return nil
	}
	return p.mark(seq, mark)
}

// rest is how far it is from a page's last row to the next label's first, and on
// how many labels the page lies.
func (r roll) rest(pg *page) (rows, span int) {
	if pg.setup.Media == Continuous {
		return pg.after, 1
	}
	pitch := r.length + r.gap
	if r.media == Continuous || r.length == 0 {
		return pg.after, 1
	}
	span = max(1, (pg.image.Height+pitch-1)/pitch)
	return span*pitch - pg.image.Height, span
}

// top is what of an image was printed before the paper stopped.
func top(m *bitmap.Image, rows int) *bitmap.Image {
	rows = min(rows, m.Height)
	t := *m
	t.Height, t.Bits = rows, m.Bits[:rows*m.Stride]
	return &t
}
