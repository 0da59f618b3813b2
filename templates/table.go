package templates

import (
	"github.com/goccy/go-yaml/ast"

	"miandan/templates/typeset"
)

// overflow is what happens to goods that a table has no room for.
type overflow int

const (
	summarise overflow = iota // as many rows as fit, and words about the rest
	flow                      // the rest goes on on a further page
	refuse                    // the label is refused
)

// tableElement is the goods in rows and columns.
type tableElement struct {
	at
	lettering // of all cells; columns have their own lines, align and bold
	columns   []column
	headed    bool
	overflow  overflow
	more      value
	rules     float64 // mm; 0 for none
}

type column struct {
	x, w  float64 // mm from the table's left side
	head  string
	value value
	more  value
	lines int
	bold  bool
	align typeset.Align
}

func (c column) heading() value { return value{{words: c.head}} }

const maxColumns = 12

var columnKeys = []string{"head", "text", "w", "lines", "align", "bold", "more"}

func (r *reader) tableElement(m *mapping) drawer {
	m.chosen("table")
	e := tableElement{at: m.box(), lettering: r.typeOf(m), overflow: overflow(m.chosen("overflow"))}
	if m.has("rules") {
		e.rules = m.thick("rules")
	}
	if e.overflow == summarise {
		m.need("more", `more: "另有 {rest.count} 种 {rest.quantity} 件"`)
	}
	if m.has("more") {
		e.more = m.value("more", false)
	}
	if e.overflow == flow {
		if r.flows {
			r.fail(m.keys["overflow"], FlowTwice)
		}
		r.flows = true
	}
	const example = `columns: [{head: 商品, text: "{item.name}"}, {head: 件数, text: "{item.quantity}", w: 9, align: right}]`
	list, ok := m.need("columns", example).(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 || len(list.Values) > maxColumns {
		r.fail(m.keys["columns"], WrongShape, "columns", example)
	}
	open, used := -1, 0.0
	for i, n := range list.Values {
		c := r.mapping("column", n, `{text: "{item.name}", w: 30}`, columnKeys...)
		c.need("text", `text: "{item.name}"`)
		col := column{
			head: c.words("head"), value: c.value("text", true), lines: int(c.formed("lines", 1)),
			bold: c.yes("bold"), align: []typeset.Align{typeset.Left, typeset.Center, typeset.Right}[c.chosen("align")],
		}
		if c.has("more") {
			col.more = c.value("more", false)
		}
		c.keepsPeople(col.value)
		e.headed = e.headed || col.head != ""
		if col.w = c.formed("w", 0) * r.zoom; col.w == 0 {
			if open >= 0 {
				r.fail(c.token, OpenColumns)
			}
			open = i
		}
		used += col.w
		e.columns = append(e.columns, col)
	}
	if left := e.w - used; open >= 0 && left > 0.5 {
		e.columns[open].w = left
	} else if open >= 0 || left < -hair {
		r.fail(m.keys["columns"], ColumnsTooWide, figure(used/r.zoom), figure(e.w/r.zoom))
	}
	for i := range e.columns[1:] {
		e.columns[i+1].x = e.columns[i].x + e.columns[i].w
	}
	return e
}
