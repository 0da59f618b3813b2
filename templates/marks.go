package templates

import (
	"errors"

	"github.com/goccy/go-yaml/ast"

	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// marksElement is a row of words in boxes, each as wide as its words, and of
// pictures: cash on delivery, insured, fragile. Those that do not apply leave no
// hole.
type marksElement struct {
	at
	lettering
	marks []mark
}

// A mark is words in a box or a picture as high as one.
type mark struct {
	value   value
	reverse bool
	picture *picture // instead of words
	when    *condition
}

const maxMarks = 16

var markKeys = []string{"text", "picture", "reverse", "when"}

func (r *reader) marksElement(m *mapping) drawer {
	const example = `marks: ["{sign_return}", {text: "代收 ¥{collect}", reverse: true}]`
	e := marksElement{at: m.box(), lettering: r.typeOf(m)}
	list, ok := m.need("marks", example).(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 || len(list.Values) > maxMarks {
		r.fail(m.keys["marks"], WrongShape, "marks", example)
	}
	for _, n := range list.Values {
		one := &mapping{r: r, name: "marks", token: n.GetToken(), keys: m.keys, nodes: map[string]ast.Node{"text": n}}
		switch n.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			one = r.mapping("marks", n, example, markKeys...)
		}
		var k mark
		if k.reverse = one.yes("reverse"); one.has("picture") {
			k.picture = r.picture(one)
		} else {
			one.need("text", `text: "{sign_return}"`)
			k.value = one.value("text", false)
		}
		if one.has("when") {
			w, bad := parseWhen(one.words("when"))
			r.check(one.keys["when"], bad)
			k.when = w
		}
		e.marks = append(e.marks, k)
	}
	return e
}

// A setMark is a mark of a label and where it goes.
type setMark struct {
	mark
	text string
	box  scene.Rect
}

func (e marksElement) draw(c *composer) error {
	var marks []setMark
	for _, m := range e.marks {
		if err := c.allowed(m.value); err != nil {
			return err
		}
		text, full := m.value.fill(&c.card)
		if m.when.holds(&c.card) && (m.picture != nil || full && text != "") {
			marks = append(marks, setMark{mark: m, text: text})
		}
	}
	if len(marks) == 0 {
		return nil
	}
	const finer = 0.1 // mm, from try to try
	for size := e.size; ; size = max(size-finer, e.floor) {
		fits, err := e.place(c, marks, size)
		switch {
		case err != nil:
			return err
		case fits:
			return e.print(c, marks, size)
		case size <= e.floor:
			return c.fail(marks[0].value.longestField(&c.card), TooLong, "the marks do not fit side by side")
		}
	}
}

// place finds the boxes of all marks at a size and reports whether there is room.
func (e marksElement) place(c *composer, marks []setMark, size float64) (bool, error) {
	g, area := c.page.Grid, e.dots(c.page)
	pad, gap := g.Dots(scene.MM(0.35*size)), max(g.Dots(scene.MM(0.3*size)), 2)
	height := g.Dots(scene.MM(1.35 * size))
	rows := [][]*setMark{nil}
	used := 0
	for i := range marks {
		m := &marks[i]
		m.box = scene.Rect{W: height, H: height}
		if m.picture != nil {
			m.box.W = max(height*m.picture.w/m.picture.h, 1)
		} else if w, err := typeset.Measure(e.words(m, size), g); err != nil {
			return false, c.untypeset(m.value, err)
		} else {
			m.box.W = w + 2*pad
		}
		if m.box.W > area.W {
			return false, nil
		}
		if last := len(rows) - 1; len(rows[last]) > 0 && used+gap+m.box.W > area.W {
			rows, used = append(rows, nil), 0
		}
		last := len(rows) - 1
		if len(rows[last]) > 0 {
			used += gap
		}
		m.box.X = used
		used += m.box.W
		rows[last] = append(rows[last], m)
	}
	total := len(rows)*height + (len(rows)-1)*gap
	if len(rows) > e.lines || total > area.H {
		return false, nil
	}
	y := area.Y
	switch e.valign {
	case typeset.Middle:
		y += (area.H - total) / 2
	case typeset.Bottom:
		y += area.H - total
	}
	for _, row := range rows {
		end := row[len(row)-1].box
		x := area.X
		switch e.align {
		case typeset.Center:
			x += (area.W - end.X - end.W) / 2
		case typeset.Right:
			x += area.W - end.X - end.W
		}
		for _, m := range row {
			m.box.X, m.box.Y = m.box.X+x, y
		}
		y += height + gap
	}
	return true, nil
}

func (e marksElement) words(m *setMark, size float64) typeset.Block {
	b := typeset.Block{Text: m.text, Bold: e.bold, Size: scene.MM(size), Lines: 1, Align: typeset.Center, VAlign: typeset.Middle}
	if m.reverse {
		b.Ink = scene.White
	}
	return b
}

func (e marksElement) print(c *composer, marks []setMark, size float64) error {
	for i := range marks {
		m := &marks[i]
		switch {
		case m.picture != nil:
			if err := m.picture.draw(c, m.box); err != nil {
				return err
			}
			continue
		case m.reverse:
			if err := c.page.Fill(scene.Fill{Rect: m.box}); err != nil {
				return c.misplaced(err)
			}
		default:
			if err := c.outline(m.box, thickness(c.page.Grid, boxRule)); err != nil {
				return err
			}
		}
		glyphs, err := typeset.Set(e.words(m, size), m.box, c.page.Grid)
		var over *typeset.OverflowError
		if errors.As(err, &over) {
			return c.fail(m.value.longestField(&c.card), TooLong, "")
		} else if err != nil {
			return c.untypeset(m.value, err)
		}
		if err := c.print(glyphs); err != nil {
			return err
		}
	}
	return nil
}
