package templates

import (
	"errors"
	"math"

	"miandan/templates/scene"
	"miandan/templates/typeset"
	"miandan/templates/waybill"
)

// rows is a part of a table that has been set.
type rows struct {
	marks []scene.Glyphs
	fills []scene.Fill
	// Of the heading and of every row: where it ends, in dots on the page, and how
	// many marks and fills there are up to there.
	ends, marksTo, fillsTo []int
}

func (e tableElement) draw(c *composer) error {
	items := c.card.Items
	if e.overflow == flow {
		items = items[c.next:]
	}
	if len(items) == 0 {
		return nil
	}
	set, err := e.fit(c, items)
	if err != nil {
		return err
	}
	n := len(set.ends) - 1
	if n < len(items) {
		switch e.overflow {
		case refuse:
			return c.fail(e.columns[0].value.longestField(&c.card), TooLong, "not all goods have a row")
		case flow:
			if n == 0 {
				return c.fail(e.columns[0].value.longestField(&c.card), TooLong, "not one row fits")
			}
		case summarise:
			if n, err = e.summarise(c, set, items); err != nil {
				return err
			}
		}
	}
	if e.overflow == flow {
		c.next += n
	}
	for _, f := range set.fills[:set.fillsTo[n]] {
		if err := c.page.Fill(f); err != nil {
			return c.misplaced(err)
		}
	}
	return c.print(set.marks[:set.marksTo[n]])
}

// fit sets as many rows as there is room for, at the largest size between size
// and floor that has room for all. Where goods go on on further pages, every page
// is set at size.
func (e tableElement) fit(c *composer, items []waybill.Item) (rows, error) {
	large, err := e.rows(c, items, e.size)
	if all(large, items, err) || e.overflow == flow || e.floor == e.size {
		return large, err
	}
	small, err := e.rows(c, items, e.floor)
	if !all(small, items, err) {
		return small, err
	}
	low, high := e.floor, e.size
	for range 4 {
		middle := (low + high) / 2
		if between, err := e.rows(c, items, middle); all(between, items, err) {
			small, low = between, middle
		} else {
			high = middle
		}
	}
	return small, nil
}

func all(r rows, items []waybill.Item, err error) bool {
	return err == nil && len(r.ends) == len(items)+1
}

// rows sets rows of a size until the table is full.
func (e tableElement) rows(c *composer, items []waybill.Item, size float64) (rows, error) {
	var r rows
	box := e.dots(c.page)
	y := box.Y
	if e.headed {
		end, err := e.row(c, &r, y, size, true)
		if err != nil {
			return r, err
		}
		y = e.rule(c, &r, end, size)
	}
	if y > box.Y+box.H {
		return r, c.fail(nil, TooLong, "the table is lower than its heading")
	}
	r.close(y)
	for i := range items {
		c.card.item, c.card.index = items[i], len(c.card.Items)-len(items)+i+1
		end, err := e.row(c, &r, y, size, false)
		if err != nil {
			return r, err
		}
		if end > box.Y+box.H {
			break
		}
		if y = end; i < len(items)-1 {
			y = e.rule(c, &r, end, size)
		}
		r.close(y)
	}
	return r, nil
}

func (r *rows) close(y int) {
	r.ends, r.marksTo, r.fillsTo = append(r.ends, y), append(r.marksTo, len(r.marks)), append(r.fillsTo, len(r.fills))
}

// rule ends a row with white and, where there are rules, a line in its middle.
func (e tableElement) rule(c *composer, r *rows, y int, size float64) int {
	g := c.page.Grid
	gap := max(g.Dots(scene.MM(0.3*size)), 1)
	if e.rules == 0 {
		return y + gap
	}
	box, t := e.dots(c.page), thickness(g, e.rules)
	line := scene.Rect{X: box.X, Y: y + gap, W: box.W, H: t}
	if line.In(box) {
		r.fills = append(r.fills, scene.Fill{Rect: line})
	}
	return y + 2*gap + t
}

// row sets the cells of one row below y and returns where they end.
func (e tableElement) row(c *composer, r *rows, y int, size float64, heading bool) (int, error) {
	g := c.page.Grid
	end := y
	for i, col := range e.columns {
		value, more, bold := col.value, col.more, col.bold
		if heading {
			value, more, bold = col.heading(), nil, false
		}
		if err := c.allowed(value); err != nil {
			return 0, err
		}
		text, _ := value.fill(&c.card)
		cell := e.lettering
		cell.size, cell.floor, cell.lines, cell.bold, cell.align, cell.valign = size, size, col.lines, bold, col.align, typeset.Top
		if e.overflow == flow {
			cell.floor = e.floor
		}
		box := e.cell(g, i, y, int(math.Ceil(float64(col.lines)*max(e.leading, 1)*g.Exact(scene.MM(size)))))
		b := cell.block(text)
		marks, err := cell.set(c, b, box)
		var over *typeset.OverflowError
		if errors.As(err, &over) && len(more) > 0 {
			chars := []rune(text)
			tail, _ := more.fill(&c.card)
			marks, err = cell.longest(c, b, box, len(chars), func(n int) string { return string(chars[:n]) + tail })
		}
		if err != nil {
			return 0, c.untypeset(value, err)
		}
		for _, m := range marks {
			end = max(end, m.Zone.Y+m.Zone.H)
			for _, glyph := range m.Run { // the em of the last line, so that rows without descenders are as high
				end = max(end, glyph.Y+g.Dots(scene.MM(0.12*size)))
			}
		}
		r.marks = append(r.marks, marks...)
	}
	return end, nil
}

// cell returns the box of a column from y down, with white between columns.
func (e tableElement) cell(g scene.Grid, i, y, height int) scene.Rect {
	left, right := g.Dots(scene.MM(e.x+e.columns[i].x)), g.Dots(scene.MM(e.x+e.columns[i].x+e.columns[i].w))
	if i < len(e.columns)-1 {
		right -= g.Dots(scene.MM(0.35 * e.size))
	}
	return scene.Rect{X: left, Y: y, W: max(right-left, 1), H: height}
}

// summarise adds words about the rows that do not fit and returns how many rows
// they leave room for.
func (e tableElement) summarise(c *composer, set rows, items []waybill.Item) (int, error) {
	box := e.dots(c.page)
	words := e.lettering
	words.size, words.lines, words.valign = e.floor, 2, typeset.Top
	var err error
	for n := len(set.ends) - 1; n >= 0; n-- {
		room := scene.Rect{X: box.X, Y: set.ends[n], W: box.W, H: box.Y + box.H - set.ends[n]}
		if room.H < 1 {
			continue
		}
		var marks []scene.Glyphs
		if marks, err = words.set(c, words.block(c.more(e.more, items[n:])), room); err == nil {
			return n, c.print(marks)
		}
	}
	if err == nil {
		err = &typeset.OverflowError{Size: scene.MM(e.floor)}
	}
	return 0, c.untypeset(e.more, err)
}
