package lint

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// A study is a layout and all that was seen of it.
type study struct {
	t        *templates.Template
	w, h     float64 // mm
	elements []*templates.Element
	looks    []*look
}

// A look is a layout composed for one case on one head.
type look struct {
	of      *labelCase
	dpi     int
	grid    scene.Grid
	label   waybill.Label
	refused *templates.ComposeError // instead of what follows
	drawn   []sight
	ink     []touch
	spoilt  *raster.CodeError
}

// A sight is an element's marks by kind, on one page.
type sight struct {
	templates.Drawn
	glyphs []scene.Glyphs
	codes  []scene.Modules
	fills  []scene.Fill
	all    []scene.Rect
}

// A touch is how near an element's ink comes to an edge or to the tear line.
type touch struct {
	*templates.Element
	edge, tear int // dots
}

const far = 1 << 20

func newStudy(t *templates.Template, sample waybill.Label) (*study, error) {
	w, h := t.Size()
	s := &study{t: t, w: w.MM(), h: h.MM(), elements: t.Elements()}
	for _, c := range cases() {
		for _, head := range heads() {
			l, err := s.look(c, head, c.make(sample))
			if err != nil {
				return nil, err
			}
			s.looks = append(s.looks, l)
		}
	}
	return s, nil
}

func (s *study) look(c *labelCase, head head, label waybill.Label) (*look, error) {
	l := &look{of: c, dpi: head.dpi, grid: head.grid, label: label}
	pages, drawn, err := s.t.Trace(label, head.grid, s.elements)
	if refused, ok := refusal(err); ok {
		l.refused = refused
		return l, nil
	} else if err != nil {
		return nil, err
	}
	for _, d := range drawn {
		seen := sight{Drawn: d}
		if err := d.Marks.Draw(&seen); err != nil {
			return nil, err
		}
		l.drawn = append(l.drawn, seen)
	}
	if c != plainCase { // the dots of the plain one show what is to be seen of edges and codes
		return l, nil
	}
	for i, p := range pages {
		m, err := raster.Render(p)
		if err != nil {
			return nil, err
		}
		if err := raster.Check(p, m); err != nil && !errors.As(err, &l.spoilt) {
			return nil, err
		}
		l.measureInk(i, p, s.tear(), m.Black)
	}
	return l, nil
}

// Fill, Glyphs, Modules and Picture make a sight a scene.Renderer that looks.
func (s *sight) Fill(f scene.Fill) error {
	s.fills, s.all = append(s.fills, f), append(s.all, f.Rect)
	return nil
}

func (s *sight) Glyphs(g scene.Glyphs) error {
	s.glyphs, s.all = append(s.glyphs, g), append(s.all, g.Zone)
	return nil
}

func (s *sight) Modules(m scene.Modules) error {
	s.codes, s.all = append(s.codes, m), append(s.all, m.Rect)
	return nil
}

func (s *sight) Picture(p scene.Picture) error {
	s.all = append(s.all, p.Rect)
	return nil
}

// text returns the characters that the element printed.
func (s *sight) text() string {
	var b strings.Builder
	for _, g := range s.glyphs {
		for _, one := range g.Run {
			b.WriteRune(one.Rune)
		}
	}
	return b.String()
}

// size returns the smallest size of the element's text in millimetres, or 0.
func (s *sight) size(g scene.Grid) float64 {
	least := 0.0
	for _, run := range s.glyphs {
		if mm := run.Size / float64(g); least == 0 || mm < least {
			least = mm
		}
	}
	return least
}

func (s *sight) hanzi() bool {
	return strings.ContainsFunc(s.text(), func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// measureInk finds the elements whose ink comes near the paper's edges or the
// tear line. Only the dots near them are looked at.
func (l *look) measureInk(page int, p *scene.Page, tear float64, black func(x, y int) bool) {
	const near = 3.0 // mm
	reach, line := l.grid.Dots(scene.MM(near)), -far
	if tear > 0 {
		line = l.grid.Dots(scene.MM(tear))
	}
	most := map[*templates.Element]*touch{}
	var order []*templates.Element
	for y := range p.Height {
		toTear := far
		if tear > 0 {
			toTear = max(line-1-y, y-line)
		}
		for x := 0; x < p.Width; x++ {
			edge := min(x, y, p.Width-1-x, p.Height-1-y)
			if edge >= reach && toTear >= reach {
				x = max(x, p.Width-reach-1) // nothing is near until the right edge is
				continue
			}
			if !black(x, y) {
				continue
			}
			e := l.under(page, x, y)
			if e == nil {
				continue
			}
			if most[e] == nil {
				most[e] = &touch{e, far, far}
				order = append(order, e)
			}
			most[e].edge, most[e].tear = min(most[e].edge, edge), min(most[e].tear, toTear)
		}
	}
	for _, e := range order {
		l.ink = append(l.ink, *most[e])
	}
}

// under returns the element that was drawn last over a dot.
func (l *look) under(page, x, y int) *templates.Element {
	dot := scene.Rect{X: x, Y: y, W: 1, H: 1}
	for _, d := range slices.Backward(l.drawn) {
		if d.Page == page && slices.ContainsFunc(d.all, dot.In) {
			return d.Element
		}
	}
	return nil
}

// each calls f with every look of a case, or of all cases, that was composed.
func (s *study) each(c *labelCase, f func(*look)) {
	for _, l := range s.looks {
		if l.refused == nil && (c == nil || l.of == c) {
			f(l)
		}
	}
}

// shown returns the element that shows one of the fields in the largest type.
func (l *look) shown(fields ...string) (*sight, float64) {
	var best *sight
	most := 0.0
	for i := range l.drawn {
		d := &l.drawn[i]
		if size := d.size(l.grid); size > most && slices.ContainsFunc(fields, d.Shows) {
			best, most = d, size
		}
	}
	return best, most
}

// numbers are the fields that say which parcel it is.
var numbers = []string{"parcel.barcode", "parcel.number", "number"}

func ofNumber(e *templates.Element) bool { return slices.ContainsFunc(numbers, e.Shows) }

// isWaybill reports whether the layout is what the courier delivers by, and not
// a slip or a small label: it is of a waybill's size and has the number's bars
// or the receiver's whole address. What a layout has forgotten must not make
// it something else, so that one of the two is enough.
func (s *study) isWaybill() bool {
	return min(s.w, s.h) >= 70 && max(s.w, s.h) >= 90 && slices.ContainsFunc(s.elements, func(e *templates.Element) bool {
		return e.Kind == "barcode" && ofNumber(e) || e.Shows("receiver.address")
	})
}

// tear returns how far below the upper edge the paper of a waybill is torn, in
// mm, or 0. The sizes are those of the carriers' two-part forms.
func (s *study) tear() float64 {
	if !s.isWaybill() {
		return 0
	}
	for _, p := range papers() {
		if p.fits(s.w, s.h) {
			return p.tear
		}
	}
	return 0
}

// Tear returns how far below the upper edge a layout's paper is torn, in mm, or
// 0 if it is not known to be.
func Tear(t *templates.Template) float64 {
	w, h := t.Size()
	return (&study{t: t, w: w.MM(), h: h.MM(), elements: t.Elements()}).tear()
}
