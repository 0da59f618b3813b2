package virtual

import (
	"encoding/binary"
	"time"

	"miandan/printer/bitmap"
)

// textRows is the height of a line of text in rows.
const textRows = 24

// strip is the paper since the last cut, on a printer that prints each row as
// soon as it has it: rows of dots, each as wide as what was printed there.
type strip struct {
	m       *mechanism
	rows    [][]byte // a byte a dot
	garbage string
	torn    bool // its beginning was torn off
	last    *Print
}

func (s *strip) empty() bool { return len(s.rows) == 0 && s.garbage == "" }

func (s *strip) junk(text string) {
	if len(s.garbage) < maxGarbage {
		s.garbage += text
	}
}

// maxStrip bounds a strip, in rows. An operator would have torn it off.
const maxStrip = 64 << 10

// feed moves the paper by a row.
func (s *strip) feed(dots []byte) error {
	if s.empty() {
		s.settle()
		if err := s.m.begin(); err != nil {
			return err
		}
	}
	if len(s.rows) >= maxStrip {
		s.finish(true)
		s.torn = true
		if err := s.m.begin(); err != nil {
			return err
		}
	}
	if _, err := s.m.step(1); err != nil {
		return err
	}
	s.rows = append(s.rows, dots)
	return nil
}

// finish ends the strip: it is cut, torn off or left hanging.
func (s *strip) finish(partial bool) {
	if s.empty() {
		s.torn = false
		return
	}
	pr, err := s.m.record(Print{Partial: partial || s.torn, Garbage: s.garbage, Image: picture(s.rows, s.m.p.cfg.PerMetre)})
	*s = strip{m: s.m}
	s.last = &pr
	if err != nil || pr.Partial {
		return
	}
	p := s.m.p
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.odometer++
	p.happen()
}

// picture joins rows; those that are shorter are white on the right.
func picture(rows [][]byte, perMetre int) *bitmap.Image {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	image := bitmap.New(width, len(rows))
	image.PerMetre = perMetre
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			if x+8 <= len(row) && binary.NativeEndian.Uint64(row[x:]) == 0 {
				x += 7
				continue
			}
			if row[x] != 0 {
				image.Set(x, y, true)
			}
		}
	}
	return image
}

// marked is GS ( H: all before it is done.
func (s *strip) marked(mark string) error {
	p := s.m.p
	if s.last != nil {
		if err := p.mark(s.last.Seq, mark); err != nil {
			return err
		}
		s.last.Mark = mark
		s.settle()
	}
	reply := append(append([]byte{0x37, 0x22}, mark...), 0)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sayLate(reply)
	return nil
}

// sayLate says it as late as it was told to. The caller holds mu.
func (p *Printer) sayLate(reply []byte) {
	if p.lateMark <= 0 {
		p.say(nil, reply)
		return
	}
	late := p.lateMark
	p.work.Go(func() {
		select {
		case <-time.After(late):
			p.mu.Lock()
			defer p.mu.Unlock()
			p.say(nil, reply)
		case <-p.off:
		}
	})
}

// settle tells of the last print, about which nothing more will be learnt.
func (s *strip) settle() {
	if s.last == nil {
		return
	}
	if s.m.p.cfg.OnPrint != nil {
		s.m.p.cfg.OnPrint(*s.last)
	}
	s.last = nil
}
