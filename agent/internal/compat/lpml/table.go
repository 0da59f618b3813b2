package lpml

// table draws rows of cells. Columns are as wide as the first cells say that stand in
// one column alone; rows as high as their cells say.
func (d *drawing) table(n *node, area box) {
	s := styles(n)
	border := width(s["borderWidth"], 0.2)
	cellBorder := width(s["cellBorderWidth"], border)
	cells, columns, rows, ok := d.grid(n)
	if !ok {
		d.keep(wrong("a table's cells do not make up rows and columns", "表格单元格无法组成行列"))
		return
	}
	widths, heights := make([]float64, columns), make([]float64, rows)
	for _, c := range cells {
		if w := length(c.node, "width", 0); c.across == 1 && w > 0 && widths[c.column] == 0 {
			widths[c.column] = w
		}
		if h := length(c.node, "height", 0); c.down == 1 && h > heights[c.row] {
			heights[c.row] = h
		}
	}
	if !share(widths, area.w) || !share(heights, area.h) {
		d.keep(wrong("a table is larger than its box, or a row has no height", "表格大于其区域，或行没有高度"))
		return
	}
	for _, c := range cells {
		b := box{area.x + sum(widths[:c.column]), area.y + sum(heights[:c.row]), sum(widths[c.column : c.column+c.across]), sum(heights[c.row : c.row+c.down])}
		shared := b // neighbours have one border between them
		if c.column+c.across < columns {
			shared.w += cellBorder
		}
		if c.row+c.down < rows {
			shared.h += cellBorder
		}
		d.frame(shared, cellBorder)
		inner := box{b.x + cellBorder, b.y + cellBorder, b.w - 2*cellBorder, b.h - 2*cellBorder}
		switch {
		case !sound(inner):
			d.keep(wrong("a table's cell has no room", "表格单元格没有空间"))
		case len(c.node.kids) == 0: // a text without its element
			d.text(&node{name: "text", attr: map[string]string{"style": c.node.attr["style"]}, text: c.node.text}, inner)
		default:
			d.inside(c.node, inner)
		}
	}
	d.frame(box{area.x, area.y, sum(widths), sum(heights)}, border)
}

// cell is a cell in its place.
type cell struct {
	node                      *node
	row, column, across, down int
}

// maxCells is how many rows or columns a table may have.
const maxCells = 100

// grid finds the place of each cell: behind those of its row and beside those that
// reach down from the rows above.
func (d *drawing) grid(n *node) (cells []cell, columns, rows int, ok bool) {
	taken := map[[2]int]bool{}
	for _, tr := range n.kids {
		if tr.name != "tr" || rows >= maxCells {
			return nil, 0, 0, false
		}
		column := 0
		for _, td := range tr.kids {
			if td.name != "td" && td.name != "th" {
				return nil, 0, 0, false
			}
			for taken[[2]int{rows, column}] {
				column++
			}
			c := cell{td, rows, column, int(length(td, "colspan", 1)), int(length(td, "rowspan", 1))}
			if c.across < 1 || c.down < 1 || c.column+c.across > maxCells || c.row+c.down > maxCells {
				return nil, 0, 0, false
			}
			for y := range c.down {
				for x := range c.across {
					at := [2]int{c.row + y, c.column + x}
					if taken[at] {
						return nil, 0, 0, false
					}
					taken[at] = true
				}
			}
			cells = append(cells, c)
			column += c.across
			columns = max(columns, column)
		}
		rows++
	}
	for _, c := range cells {
		if c.row+c.down > rows {
			return nil, 0, 0, false
		}
	}
	return cells, columns, rows, columns > 0
}

// share gives those that say nothing what is left over, and reports whether all have
// something and it is enough.
func share(sizes []float64, whole float64) bool {
	silent := 0
	for _, s := range sizes {
		if s <= 0 {
			silent++
		}
	}
	left := whole - sum(sizes)
	for i, s := range sizes {
		if s <= 0 {
			sizes[i] = left / float64(silent)
		}
		if !(sizes[i] > 0) {
			return false
		}
	}
	return sum(sizes) <= whole+slack
}

func sum(all []float64) (n float64) {
	for _, v := range all {
		n += v
	}
	return n
}
