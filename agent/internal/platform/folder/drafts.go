package folder

import (
	"slices"
	"strings"

	"golang.org/x/text/width"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// place is a row of a file.
type place struct{ sheet, row int }

// wrongRow is a row that was not taken, and why. It holds nobody's name.
type wrongRow struct {
	place
	order string // its number, if it has a good one
	why   *notice.Error
}

// said is what a column says of an order, and where.
type said struct {
	cell
	text   string // clean
	title  string
	at     place
	is1904 bool
}

// draft is an order as its rows say it.
type draft struct {
	id      string
	service bool // by its own number as an after-sales service order
	first   place
	rows    []place
	said    [fields]said
	prices  []string
	items   []waybill.Item
	wrong   []wrongRow
}

func (d *draft) bad(at place, why *notice.Error) {
	d.wrong = append(d.wrong, wrongRow{at, d.id, why})
}

// drafts are the orders of a file in the order of their first rows.
type drafts struct {
	list  []*draft
	byID  map[string]*draft
	last  *draft     // the order of the row before
	wrong []wrongRow // of rows that belong to no order
}

// ofItem are the fields that each row says for itself.
var ofItem = []field{fGoods, fSpec, fSKU, fQuantity}

// add takes a row in.
func (ds *drafts) add(s sheet, r row) {
	at := place{s.number, r.number}
	var line [fields]said
	empty, bad := true, (*notice.Error)(nil)
	for f := range fields {
		i := s.header.at[f]
		if i < 0 || i >= len(r.cells) {
			continue
		}
		text, problem := clean(r.cells[i])
		if problem != nil && bad == nil {
			bad = problem(s.header.titles[f])
		}
		empty = empty && text == "" && problem == nil
		line[f] = said{r.cells[i], text, s.header.titles[f], at, s.is1904}
	}
	if empty || isSum(r) {
		return
	}
	d, why := ds.of(&line, at)
	if d == nil {
		if bad != nil {
			why = bad
		}
		ds.wrong = append(ds.wrong, wrongRow{at, "", why})
		return
	}
	d.rows = append(d.rows, at)
	switch {
	case bad != nil:
		d.bad(at, bad)
	case r.hidden:
		d.bad(at, notice.New("row-hidden", nil))
	case s.ragged && moved(r, s.header.width):
		d.bad(at, notice.New("row-columns", nil))
	default:
		d.item(&line, at, s.header.has(fQuantity))
		d.merge(&line)
	}
}

// of returns the order that a row belongs to. A row below, that says nothing but
// goods, belongs to the order above it: so tables with joined cells are saved.
func (ds *drafts) of(line *[fields]said, at place) (*draft, *notice.Error) {
	number := fOrder
	if line[fService].text != "" {
		number = fService
	}
	if line[number].text == "" {
		whom := []field{fName, fPhone, fTel, fAddress}
		if ds.last != nil && line[fGoods].text != "" && !slices.ContainsFunc(whom, func(f field) bool { return line[f].text != "" }) {
			return ds.last, nil
		}
		ds.last = nil
		return nil, notice.New("row-order-missing", nil)
	}
	id, problem := readID(line[number].cell, line[number].text)
	if problem == nil && samePhone(id, line) {
		problem = noOrderID
	}
	if problem != nil {
		ds.last = nil
		return nil, problem(line[number].title)
	}
	d := ds.byID[id]
	if d == nil {
		d = &draft{id: id, first: at}
		ds.byID[id] = d
		ds.list = append(ds.list, d)
	}
	d.service = d.service || number == fService
	ds.last = d
	return d, nil
}

// samePhone reports whether the number of an order is a telephone number of its
// row: the columns have moved, and a number is shown everywhere.
func samePhone(id string, line *[fields]said) bool {
	return id == width.Fold.String(line[fPhone].text) || id == width.Fold.String(line[fTel].text)
}

// item reads the goods of a row.
func (d *draft) item(line *[fields]said, at place, counted bool) {
	goods := strings.TrimSpace(line[fGoods].text + " " + line[fSpec].text)
	if goods == "" && line[fSKU].text == "" {
		return
	}
	item := waybill.Item{SKU: line[fSKU].text, Name: goods, Quantity: 1}
	if goods == "" {
		item.Name = item.SKU
	}
	if line[fSKU].number && len(item.SKU) > exact {
		d.bad(at, byExcel(line[fSKU].title))
		return
	}
	if counted {
		n, problem := readCount(line[fQuantity].text, 99_999)
		if problem != nil {
			d.bad(at, problem(line[fQuantity].title))
			return
		}
		item.Quantity = n
	}
	d.items = append(d.items, item)
}

// merge takes in what a row says of the whole order. Two rows that say different
// things of it are two orders with one number, or a table whose columns moved.
func (d *draft) merge(line *[fields]said) {
	for f := range fields {
		now, was := line[f], d.said[f]
		switch {
		case slices.Contains(ofItem, f), now.text == "":
		case f == fPrice:
			d.prices = append(d.prices, now.text)
			d.said[f] = now
		case was.text == "":
			d.said[f] = now
		case was.text != now.text:
			d.bad(now.at, notice.New("row-conflict", nil, now.title))
			return
		}
	}
}

// isSum reports whether a row is the sum below a table.
func isSum(r row) bool {
	for _, c := range r.cells {
		if t := plain(c.text); t != "" {
			return slices.Contains([]string{"合计", "总计", "小计", "汇总", "total", "sum"}, t)
		}
	}
	return false
}

// moved reports whether a row says something behind the last title: one of its
// texts has a separator in it, and all behind it stand in the wrong columns.
func moved(r row, width int) bool {
	return len(r.cells) > width && slices.ContainsFunc(r.cells[width:], func(c cell) bool { return strings.TrimSpace(c.text) != "" })
}

// finish lists all wrong rows. One that is good, but whose order has a wrong one,
// is named too: an order is taken whole or not at all.
func (ds *drafts) finish() []wrongRow {
	wrong := ds.wrong
	for _, d := range ds.list {
		if len(d.wrong) == 0 {
			continue
		}
		wrong = append(wrong, d.wrong...)
		for _, at := range d.rows {
			if !slices.ContainsFunc(d.wrong, func(w wrongRow) bool { return w.place == at }) {
				wrong = append(wrong, wrongRow{at, d.id, notice.New("row-sibling", nil, d.wrong[0].row)})
			}
		}
	}
	slices.SortStableFunc(wrong, func(a, b wrongRow) int {
		if a.sheet != b.sheet {
			return a.sheet - b.sheet
		}
		return a.row - b.row
	})
	return wrong
}
