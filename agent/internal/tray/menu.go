package tray

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// sureFor is how long "click again to quit" holds.
const sureFor = 30 * time.Second

// menu is the tray's menu and icon.
type menu struct {
	desk    desk
	client  *api.Client
	options Options
	say     words
	clicked chan func()
	heard   chan string // what came of an act; empty if there is nothing to say
	work    sync.WaitGroup

	status, settle, asking, next, last, hold, printers, open, doctor, end *line
	reasons                                                               []*line // why the last label is printed again
	slots                                                                 []*slot // one for each printer that there ever was

	matters matters
	seen    seen
	shown   look
	busy    bool      // an act is under way
	sure    time.Time // until when a second click ends
	ended   bool
}

func newMenu(ctx context.Context, d desk, c *api.Client, o Options) *menu {
	m := &menu{desk: d, client: c, options: o, say: words{o.Language}, clicked: make(chan func()), heard: make(chan string, 1)}
	m.matters = newMatters(m.say, time.Now)
	m.seen.lost = true
	m.status = m.line(ctx, d, nil)
	m.settle = m.line(ctx, d, func() { m.page(ctx, "") })
	m.asking = m.line(ctx, d, func() { m.page(ctx, "callers") })
	d.Separator()
	m.next = m.line(ctx, d, func() { m.act(ctx, m.printNext) })
	m.last = m.line(ctx, d, nil)
	m.last.show("…", true) // Windows hangs a menu on nothing that is hidden
	for _, why := range m.say.reasons() {
		l := m.line(ctx, m.last.item, func() { m.again(ctx, why) })
		l.show(why, false)
		m.reasons = append(m.reasons, l)
	}
	m.hold = m.line(ctx, d, func() { m.turn(ctx) })
	m.printers = m.line(ctx, d, nil)
	d.Separator()
	m.open = m.line(ctx, d, func() { m.page(ctx, "") })
	m.doctor = m.line(ctx, d, func() { m.page(ctx, "doctor") })
	d.Separator()
	m.end = m.line(ctx, d, m.quit)
	m.show(ctx)
	return m
}

// serve shows what is seen and does what is clicked.
func (m *menu) serve(ctx context.Context, from <-chan seen, look chan<- struct{}) {
	clock := time.NewTicker(time.Second)
	defer clock.Stop()
	for !m.ended {
		states := from
		if m.busy { // what an act changes is shown when it has ended: whoever clicks on that clicks anew
			states = nil
		}
		select {
		case <-ctx.Done():
			return
		case m.seen = <-states:
			m.show(ctx)
			m.tell()
		case do := <-m.clicked:
			do()
		case text := <-m.heard:
			m.busy = false
			if text != "" {
				m.desk.Notify(notification{kind: answers, title: m.say.name(), text: text, look: m.shown.picture})
			}
			nudge(look)
		case <-clock.C:
			if !m.sure.IsZero() && time.Now().After(m.sure) {
				m.sure = time.Time{}
				m.show(ctx)
			}
			m.tell()
		}
	}
}

// tell shows what is worth a notification.
func (m *menu) tell() {
	if all := m.matters.fresh(m.seen); len(all) > 0 {
		m.desk.Notify(all...)
	}
}

// act does something in the background, one at a time: a second click while the
// first is on its way is the same click.
func (m *menu) act(ctx context.Context, do func(context.Context) string) {
	if m.busy {
		return
	}
	m.busy = true
	m.work.Go(func() {
		ctx, done := context.WithTimeout(ctx, patience)
		defer done()
		m.heard <- do(ctx)
	})
}

// printNext prints the most urgent order, and says why if nothing comes of it. Of
// a label that prints the printer says enough.
func (m *menu) printNext(ctx context.Context) string {
	r, err := m.client.PrintNext(ctx, "")
	switch {
	case err != nil:
		return m.say.failure(err)
	case r.Refusal != nil && r.Refusal.Message != "":
		return r.Refusal.Message
	case r.Result == api.ScanPrinting:
		return ""
	case r.Result == api.ScanUnknown:
		return m.say.settle(1)
	}
	return m.say.noneWaits()
}

// again prints the label once more that the menu named when it was clicked.
func (m *menu) again(ctx context.Context, why string) {
	row := m.seen.latest
	if row == nil {
		return
	}
	m.act(ctx, func(ctx context.Context) string {
		if _, err := m.client.Reprint(ctx, api.Reprint{Waybill: row.Waybill, Label: row.Label, Reason: why}); err != nil {
			return m.say.failure(err)
		}
		return m.say.oneNumber()
	})
}

// turn pauses or resumes. The new state comes back as every other change does.
func (m *menu) turn(ctx context.Context) {
	turn := m.client.Pause
	if m.seen.queue.Paused {
		turn = m.client.Resume
	}
	m.act(ctx, func(ctx context.Context) string {
		if err := turn(ctx, ""); err != nil {
			return m.say.failure(err)
		}
		return ""
	})
}

// page opens a place of the page, by a link that works once where the agent gives
// one out: who opens it from here need not prove more.
func (m *menu) page(ctx context.Context, place string) {
	m.act(ctx, func(ctx context.Context) string {
		link, err := m.client.Link(ctx)
		if err != nil && (m.options.Page == "" || !api.Unserved(err)) {
			return m.say.failure(err)
		}
		m.options.Open(at(cmp.Or(link.URL, m.options.Page), place))
		return ""
	})
}

// at puts a place of the page into its address, before a link's code if there is
// one: #doctor/CODE.
func at(url, place string) string {
	if place == "" {
		return url
	}
	url, code, _ := strings.Cut(url, "#")
	if code != "" {
		place += "/" + code
	}
	return url + "#" + place
}

// quit ends the tray. Where that ends printing too, and something prints, it asks
// first: the entry says so and wants a second click.
func (m *menu) quit() {
	if printing := m.seen.queue.Counts.Printing; printing > 0 && !m.options.Beside && m.sure.IsZero() {
		m.sure = time.Now().Add(sureFor)
		m.end.show(m.say.quitSure(printing), false)
		m.desk.Notify(notification{kind: answers, title: m.say.name(), text: m.say.quitAsks(printing), look: attention})
		return
	}
	m.ended = true
	m.options.Quit()
}

// failure is what is said when an act failed.
func (w words) failure(err error) string {
	if p, ok := errors.AsType[*api.Problem](err); ok {
		return p.Message
	}
	if n, ok := errors.AsType[*notice.Error](err); ok {
		return n.Text(w.language)
	}
	return w.lost()
}
