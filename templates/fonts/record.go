package fonts

import "sync"

// record is a glyph at a size as table glyf has it.
type record struct {
	advance          int
	box              box
	points, contours int
	data             []byte // a multiple of 4 bytes; none for a space
}

func (g Glyph) record(size float64) *record {
	o := g.Outline(size)
	r := &record{advance: g.Advance(), box: bounding(o), contours: len(o)}
	if len(o) > 0 {
		var t table
		r.points = t.outline(o, r.box)
		r.data = append([]byte(nil), t...) // without what is spare
	}
	return r
}

// records keeps the glyphs that were drawn, for the next document has most of
// them again: settling an outline takes a hundred times as long as copying it.
type records struct {
	mu    sync.RWMutex
	all   map[member]*record
	bytes int
}

// mostRecords is how many bytes are kept, those of some 8,000 glyphs. Beyond it
// all are dropped and drawn anew.
const mostRecords = 3 << 20

// beside is about how many bytes a record takes beside its data.
const beside = 160

var kept = &records{all: map[member]*record{}}

func (c *records) record(m member, g Glyph, size float64) *record {
	c.mu.RLock()
	r := c.all[m]
	c.mu.RUnlock()
	if r != nil {
		return r
	}
	r = g.record(size)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes >= mostRecords {
		clear(c.all)
		c.bytes = 0
	}
	if c.all[m] == nil {
		c.bytes += len(r.data) + beside
	}
	c.all[m] = r
	return r
}
