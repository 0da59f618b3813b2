package virtual

import (
	"strings"

	"miandan/printer/bitmap"
)

// draw obeys the commands that draw.
func (z *zpl) draw(word string, arg []string) bool {
	switch word {
	case "^FO":
		z.x, z.y = 0, 0
		return integer(arg, 0, 0, maxRows, &z.x) && integer(arg, 1, 0, maxRows, &z.y)
	case "^XG":
		return z.recall(arg)
	case "^ID":
		delete(z.images, imageName(arg[0]))
		return true
	}
	return false
}

// imageName leaves out the memory in which a graphic is.
func imageName(s string) string {
	if _, name, ok := strings.Cut(s, ":"); ok {
		return name
	}
	return s
}

// recall draws a stored graphic, enlarged up to ten times.
func (z *zpl) recall(arg []string) bool {
	image := z.images[imageName(arg[0])]
	mx, my := 1, 1
	if image == nil || !integer(arg, 1, 1, 10, &mx) || !integer(arg, 2, 1, 10, &my) {
		return false
	}
	x0, y0 := z.x+z.homeX, z.y+z.homeY
	m := z.paper(y0 + image.Height*my)
	for y := range min(image.Height*my, m.Height) {
		for x := range min(image.Width*mx, m.Width) {
			put(m, x0+x, y0+y, image.Black(x/mx, y/my), or)
		}
	}
	return true
}

// end prints the format. One without a field only sets something.
func (z *zpl) end() error {
	if !z.open {
		z.junk.add("‹^XZ›")
		return nil
	}
	if z.sheet == nil {
		z.begin(false)
		return nil
	}
	m := shifted(z.paper(0), 0, z.topShift)
	pg := &page{
		image: turned(m, z.upsideDown, false), left: z.count[0], pause: z.count[1], mark: z.mark, junk: z.junk.empty(),
		setup: Setup{
			Darkness: min(max(z.darkness+z.relative, 0), 30), Speed: float64(z.speed), Media: z.media,
			Cut: z.mode == 'C', Peel: z.mode == 'P',
		},
	}
	if z.media != Continuous {
		pg.after = z.p.dots(2) // where nobody said how long the gap is
	}
	p := z.p
	pg.printed = func(pg *page) {
		if pg.left == 0 {
			p.alert("PQ JOB COMPLETED")
		}
		if pg.setup.Peel {
			p.alert("LABEL READY")
		}
	}
	z.begin(false)
	return z.submit(pg)
}

// graphic is ^GF or ~DG: parameters up to the last comma, then data, whose end
// each kind finds in its own way.
func (z *zpl) graphic(word string) error {
	commas := map[string]int{"^GF": 4, "~DG": 3}[word]
	var text []byte
	for seen := 0; seen < commas; {
		b, err := z.peek()
		if err != nil {
			return err
		}
		if b == '^' || b == '~' || len(text) > 100 {
			z.junk.add("‹%s%s›", word, text)
			return nil
		}
		z.next()
		if b == ',' {
			seen++
		}
		text = append(text, b)
	}
	arg := strings.Split(strings.TrimSuffix(string(text), ","), ",")
	for i := range arg {
		arg[i] = strings.TrimSpace(arg[i])
	}
	if word == "~DG" {
		return z.download(arg)
	}
	return z.field(arg)
}

// gf are the parameters of ^GF.
type gf struct {
	kind                byte
	sent, total, stride int
}

// graphicField reads them and reports whether they are good.
func (q Quirks) graphicField(arg []string) (gf, bool) {
	g := gf{kind: 'A'}
	if arg[0] != "" {
		g.kind = letter(arg, 0)
	}
	limit := 99_999
	if q.LongGF {
		limit = maxData
	}
	ok := integer(arg, 1, 1, limit, &g.sent) && integer(arg, 2, 1, limit, &g.total) && integer(arg, 3, 1, limit, &g.stride)
	return g, ok && g.sent*g.total*g.stride != 0 && strings.IndexByte("ABC", g.kind) >= 0
}

// counted is how many bytes of any kind follow; the others are text.
func (g gf) counted() int {
	switch g.kind {
	case 'B':
		return max(g.sent, g.total/g.stride*g.stride)
	case 'C':
		return g.sent
	}
	return 0
}

// field is ^GF.
func (z *zpl) field(arg []string) error {
	g, ok := z.p.cfg.Quirks.graphicField(arg)
	if !z.open || !ok {
		z.junk.add("‹^GF%s›", strings.Join(arg, ","))
		return nil // and the data are passed over, or read as commands if they look so
	}
	total, stride := g.total, g.stride
	rows := total / stride
	x, y := z.x+z.homeX, z.y+z.homeY
	m := z.paper(y + rows)
	to := &rowWriter{m: m, x: x, y: y, stride: stride, rows: rows}
	switch g.kind {
	case 'A':
		return z.ascii(to)
	case 'B':
		for range rows {
			if err := z.binaryRow(to); err != nil {
				return err
			}
		}
		return z.skip(g.counted() - rows*stride)
	}
	// How Zebra compresses binary data is not public.
	z.junk.add("‹^GFC›")
	return z.skip(g.counted())
}

func (z *zpl) binaryRow(to *rowWriter) error {
	row := to.buffer()
	if err := z.fill(row); err != nil {
		return err
	}
	if err := z.skip(to.stride - len(row)); err != nil {
		return err
	}
	to.next(row)
	return nil
}

// download is ~DG.
func (z *zpl) download(arg []string) error {
	var total, stride int
	if len(arg) < 3 || !integer(arg, 1, 1, maxData, &total) || !integer(arg, 2, 1, maxData, &stride) || total == 0 || stride == 0 || len(z.images) >= 16 {
		z.junk.add("‹~DG%s›", strings.Join(arg, ","))
		return nil
	}
	m := z.p.sheet(8*min(stride, z.p.cfg.Head), total/stride)
	if z.images == nil {
		z.images = map[string]*bitmap.Image{}
	}
	z.images[imageName(arg[0])] = m
	return z.ascii(&rowWriter{m: m, stride: stride, rows: total / stride})
}
