package tray

import (
	"cmp"
	"context"
	"slices"

	"miandan/agent/internal/api"
)

// line is an entry of the menu with what it shows, since each change is a message
// to the desktop and what a hidden entry is told would show it.
type line struct {
	item    item
	title   string
	blocked bool
	hidden  bool
}

// line adds an entry, hidden until it is shown. Without do it is only read, or
// opens another menu.
func (m *menu) line(ctx context.Context, to interface {
	Item(string) (item, <-chan struct{})
}, do func()) *line {
	i, clicks := to.Item("…")
	i.Hide()
	if do != nil {
		m.work.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-clicks:
				}
				select {
				case <-ctx.Done():
					return
				case m.clicked <- do:
				}
			}
		})
	}
	return &line{item: i, title: "…", hidden: true}
}

// show changes what differs; no title hides the entry.
func (l *line) show(title string, blocked bool) {
	if title == "" {
		if !l.hidden {
			l.item.Hide()
		}
		l.hidden = true
		return
	}
	if title != l.title {
		l.item.SetTitle(title)
	}
	if blocked != l.blocked {
		if blocked {
			l.item.Disable()
		} else {
			l.item.Enable()
		}
	}
	if l.hidden {
		l.item.Show()
	}
	l.title, l.blocked, l.hidden = title, blocked, false
}

// slot is one printer's entries.
type slot struct {
	name    *line
	turn    *line // nil while the agent does not hold printers one by one
	printer string
	held    bool
}

// show shows what is seen.
func (m *menu) show(ctx context.Context) {
	s, was := m.seen, m.shown
	m.shown = m.say.look(s)
	if m.shown.picture != was.picture {
		m.desk.SetIcon(m.shown.picture)
	}
	if m.shown.tooltip != was.tooltip {
		m.desk.SetTooltip(m.shown.tooltip)
	}
	m.status.show(m.shown.status, true)
	m.settle.show(m.shown.settle, false)
	m.asking.show(m.shown.asking, false)
	m.next.show(m.shown.next, s.lost || s.queue.Counts.Waiting == 0)
	m.last.show(m.shown.last, s.lost)
	m.hold.show(m.shown.hold, s.lost)
	m.showPrinters(ctx)
	m.open.show(m.say.open(), false)
	m.doctor.show(m.say.doctor(), s.lost)
	if m.sure.IsZero() || s.queue.Counts.Printing == 0 {
		m.end.show(m.say.quit(m.options.Beside), false)
	}
}

// showPrinters shows each printer by name, and behind it the way to stop it.
// Entries are made when first needed and hidden when not: no library can put one
// between two others.
func (m *menu) showPrinters(ctx context.Context) {
	list := slices.Clone(m.seen.queue.Printers)
	slices.SortFunc(list, func(a, b api.Printer) int { return cmp.Compare(a.Name, b.Name) })
	if len(list) == 0 {
		m.printers.show("", false)
	} else {
		m.printers.show(m.say.printers(), false)
	}
	for len(m.slots) < len(list) {
		m.slots = append(m.slots, &slot{name: m.line(ctx, m.printers.item, nil)})
	}
	for i, s := range m.slots {
		if i >= len(list) {
			s.name.show("", false)
			continue
		}
		d, known := m.seen.devices[list[i].Name]
		s.printer, s.held = list[i].Name, d.Held
		s.name.show(m.say.printer(list[i], d.Held), !known)
		if known && s.turn == nil {
			s.turn = m.line(ctx, s.name.item, func() { m.turnPrinter(ctx, s) })
		}
		if s.turn != nil {
			s.turn.show(m.say.turnPrinter(d.Held), !known)
		}
	}
}

// turnPrinter stops one printer or lets it go on.
func (m *menu) turnPrinter(ctx context.Context, s *slot) {
	turn, name := m.client.Hold, s.printer
	if s.held {
		turn = m.client.Release
	}
	m.act(ctx, func(ctx context.Context) string {
		if err := turn(ctx, name, ""); err != nil {
			return m.say.failure(err)
		}
		return ""
	})
}
