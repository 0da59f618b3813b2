package virtual

import "fmt"

// defaultSpacing is the line spacing after ESC @, in rows: 1/6 inch at 203 dpi.
const defaultSpacing = 34

// textRows is the height of a line of text in rows.
const textRows = 24

// maxGarbage bounds what is kept of text: enough to see what it was.
const maxGarbage = 256

// command obeys one command, or prints one character.
func (m *mechanism) command(b byte) error {
	switch b {
	case 0x10:
		return m.dle()
	case 0x1B:
		return m.escape()
	case 0x1C:
		return m.fs()
	case 0x1D:
		return m.gs()
	case 0x0A:
		return m.line()
	case 0x0C:
		m.finish(false)
		return nil
	case 0x00, 0x0D, 0x18:
		return nil
	}
	return m.garbage(string(rune(b)))
}

// garbage prints what a label of dots does not hold. The first of it moves the
// paper by a line, so that there is something to cut.
func (m *mechanism) garbage(text string) error {
	if m.strip.garbage == "" {
		for range textRows {
			if err := m.feed(nil); err != nil {
				return err
			}
		}
	}
	if len(m.strip.garbage) < maxGarbage {
		m.strip.garbage += text
	}
	return nil
}

func (m *mechanism) unknown(prefix string, b byte) error {
	return m.garbage(fmt.Sprintf("‹%s %02X›", prefix, b))
}

// line feeds one line, but does not begin a label with white.
func (m *mechanism) line() error {
	n := m.spacing
	if n == 0 {
		n = defaultSpacing
	}
	return m.white(n)
}

// white feeds rows within a label. Before its first dot there is nothing to
// see, and paper that comes out white is no print.
func (m *mechanism) white(rows int) error {
	if m.strip.empty() {
		return nil
	}
	for range rows {
		if err := m.feed(nil); err != nil {
			return err
		}
	}
	return nil
}

// dle passes over real-time commands, which were obeyed when they came.
func (m *mechanism) dle() error {
	b, err := m.next()
	if err != nil {
		return err
	}
	n := map[byte]int{0x04: 1, 0x05: 1, 0x14: 3}[b]
	if n == 0 {
		return m.unknown("DLE", b)
	}
	arg, err := m.take(n)
	if err == nil && b == 0x14 && arg[0] == 8 {
		_, err = m.take(7)
	}
	return err
}

func (m *mechanism) escape() error {
	b, err := m.next()
	if err != nil {
		return err
	}
	switch b {
	case '@':
		m.margin, m.area, m.spacing = 0, m.p.cfg.Head, 0
		m.p.set(func(s *state) { s.reports = false })
		return nil
	case '2':
		m.spacing = 0
		return nil
	}
	arg, err := m.next()
	if err != nil {
		return err
	}
	switch b {
	case 'J':
		return m.white(int(arg))
	case 'd':
		for range arg {
			if err := m.line(); err != nil {
				return err
			}
		}
		return nil
	case '3':
		m.spacing = int(arg)
		return nil
	case 'a', 'M', 'E', '!', 't', 'R', '{':
		return nil // how text looks
	}
	return m.unknown("ESC", b)
}

// fs knows the paper layouts of label printers only by their length.
func (m *mechanism) fs() error {
	b, err := m.next()
	if err != nil {
		return err
	}
	if b != '(' {
		return m.unknown("FS", b)
	}
	_, _, err = m.parameters()
	return err
}

// parameters reads what follows GS ( or FS (: a letter, a length and as much.
func (m *mechanism) parameters() (byte, []byte, error) {
	head, err := m.take(3)
	if err != nil {
		return 0, nil, err
	}
	rest, err := m.take(int(head[1]) | int(head[2])<<8)
	return head[0], rest, err
}

func (m *mechanism) gs() error {
	b, err := m.next()
	if err != nil {
		return err
	}
	switch b {
	case 'v':
		return m.raster()
	case '(':
		letter, arg, err := m.parameters()
		if err == nil && letter == 'H' && len(arg) == 6 && (arg[0] == 48 || arg[0] == 0) {
			return m.marked(string(arg[2:]))
		}
		return err
	case 'V':
		return m.cut()
	case 0x0C:
		m.finish(false)
		return nil
	case 'L', 'W':
		arg, err := m.take(2)
		if err != nil {
			return err
		}
		dots := int(arg[0]) | int(arg[1])<<8
		if b == 'L' {
			m.margin = dots
		} else {
			m.area = dots
		}
		return nil
	case 'a', 'r', 'I', '!', 'B', 'H', 'h', 'w', 'f':
		arg, err := m.next()
		if err != nil {
			return err
		}
		m.ask(b, arg)
		return nil
	}
	return m.unknown("GS", b)
}

// ask answers the questions that wait their turn in the buffer.
func (m *mechanism) ask(command, arg byte) {
	p := m.p
	p.mu.Lock()
	defer p.mu.Unlock()
	switch command {
	case 'a':
		p.reports = arg&0x0E != 0
		if p.reports {
			now := p.report()
			p.say(now[:])
		}
	case 'r':
		switch {
		case p.rows == 0:
			p.say([]byte{0x0C})
		case p.lowPaper:
			p.say([]byte{0x03})
		default:
			p.say([]byte{0x00})
		}
	case 'I':
		switch arg {
		case 1, 2, 3:
			p.say([]byte{0x20 + arg})
		case 0x41, 0x42, 0x43, 0x44:
			text := map[byte]string{0x41: "1.0", 0x42: "MIANDAN", 0x43: p.cfg.Name, 0x44: "0"}[arg]
			p.say(append(append([]byte{0x5F}, text...), 0))
		}
	}
}

func (m *mechanism) cut() error {
	how, err := m.next()
	if err != nil {
		return err
	}
	switch how {
	case 0, 1, '0', '1':
	case 'A', 'B':
		if _, err := m.next(); err != nil {
			return err
		}
	default:
		return m.unknown("GS V", how)
	}
	m.finish(false)
	return nil
}

// raster prints GS v 0 row by row, each as soon as it is there.
func (m *mechanism) raster() error {
	head, err := m.take(6)
	if err != nil {
		return err
	}
	if head[0] != '0' || head[1] != 0 && head[1] != '0' {
		return m.unknown("GS v", head[1])
	}
	stride := int(head[2]) | int(head[3])<<8
	rows := int(head[4]) | int(head[5])<<8
	right := min(m.margin+m.area, m.p.cfg.Head)
	for range rows {
		bits, err := m.take(stride)
		if err != nil {
			return err
		}
		row := make([]byte, max(min(m.margin+8*stride, right), 0))
		for x := m.margin; x < len(row); x++ {
			i := x - m.margin
			row[x] = bits[i/8] >> (7 - i%8) & 1
		}
		if err := m.feed(row); err != nil {
			return err
		}
	}
	return nil
}
