// Package tray is the icon in the notification area: how many labels wait,
// pause and resume, a way to the page, and the end.
//
// It is a client of the agent's local interface and nothing else, so that one
// tray in every session of a PC can show an agent that runs as a service. The
// library differs by system (build tags in tray_….go), which is why everything
// that can be decided without one stands here.
package tray

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// Options are what the menu's entries do. Both functions are called from the
// tray's own goroutine and return soon.
type Options struct {
	OpenPage func()
	// Quit is called when a person chose to end; Run returns after it.
	Quit     func()
	Language notice.Language
}

// Unavailable reports that there can be no tray here, which the agent can do
// without. It wraps a *notice.Error that says why: tray-no-display, tray-no-bus
// or tray-none.
type Unavailable struct{ why *notice.Error }

func (u *Unavailable) Error() string                 { return u.why.Error() }
func (u *Unavailable) Unwrap() error                 { return u.why }
func (u *Unavailable) Text(l notice.Language) string { return u.why.Text(l) }

// Available reports whether there is a desktop that shows a tray: nil, or an
// *Unavailable. The libraries end the whole process, or panic, where there is
// none, so Run asks this first.
func Available() error { return available() }

// Run shows the tray until ctx ends or a person ends it. It runs on the
// caller's thread, which some systems want to be the process's first: call it
// from main's goroutine, and once in a process. It returns an error only where
// Available does.
func Run(ctx context.Context, c *api.Client, o Options) error {
	if err := Available(); err != nil {
		return err
	}
	runtime.LockOSThread() // a window's messages come to the thread that made it
	defer runtime.UnlockOSThread()
	run(ctx, newDesk(), c, o)
	return nil
}

// desk is what the tray needs of a library.
type desk interface {
	Loop(ready func()) // until Quit
	Quit()
	SetIcon(picture)
	SetTooltip(string)
	Item(title string) (item, <-chan struct{})
	Separator()
}

// item is an entry of the menu.
type item interface {
	SetTitle(string)
	Enable()
	Disable()
	Show()
	Hide()
}

func run(ctx context.Context, d desk, c *api.Client, o Options) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	ready := make(chan struct{})
	work.Go(func() {
		defer d.Quit()
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
		m := newMenu(d, o.Language)
		news := make(chan seen, 1)
		work.Go(func() { watch(ctx, c, news) })
		m.serve(ctx, c, o, news)
		stop()
	})
	d.Loop(func() { close(ready) })
	stop()
	work.Wait()
}

// seen is what was last known of the agent.
type seen struct {
	queue api.Queue
	lost  bool
}

// again is how long the tray waits before it looks for a lost agent.
const again = 2 * time.Second

// watch keeps to the newest state that there is.
func watch(ctx context.Context, c *api.Client, to chan seen) {
	tell := func(s seen) {
		select {
		case <-to: // an older one that nobody has taken
		default:
		}
		to <- s
	}
	for ctx.Err() == nil {
		_ = c.Watch(ctx, func() { // it always ends with an error, whose meaning is the same: lost
			asking, done := context.WithTimeout(ctx, patience)
			defer done()
			q, err := c.Queue(asking)
			tell(seen{queue: q, lost: err != nil})
		})
		tell(seen{lost: true})
		select {
		case <-time.After(again):
		case <-ctx.Done():
		}
	}
}

// patience is how long an answer may take before the menu stops waiting.
const patience = 5 * time.Second

// menu is the tray's menu and icon.
type menu struct {
	desk                                     desk
	say                                      words
	status, settle, trouble, open, hold, end item
	settled, opened, held, ended             <-chan struct{}
	shown                                    look
}

func newMenu(d desk, l notice.Language) *menu {
	m := &menu{desk: d, say: words{l}}
	m.status, _ = d.Item(m.say.lost())
	m.status.Disable()
	m.settle, m.settled = d.Item(m.say.settle(0))
	m.trouble, _ = d.Item(m.say.stopped(""))
	m.trouble.Disable()
	d.Separator()
	m.open, m.opened = d.Item(m.say.open())
	m.hold, m.held = d.Item(m.say.pause())
	d.Separator()
	m.end, m.ended = d.Item(m.say.quit())
	first := m.say.look(seen{lost: true})
	m.shown = look{settle: "-", trouble: "-", holdable: true} // so that show sets all that differs
	m.show(first)
	return m
}

// serve shows what is seen and does what is clicked.
func (m *menu) serve(ctx context.Context, c *api.Client, o Options, from <-chan seen) {
	paused := false
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-from:
			paused = s.queue.Paused
			m.show(m.say.look(s))
		case <-m.opened:
			o.OpenPage()
		case <-m.settled:
			o.OpenPage()
		case <-m.held:
			m.turn(ctx, c, paused)
		case <-m.ended:
			o.Quit()
			return
		}
	}
}

// turn pauses or resumes. The new state comes back as every other change does.
func (m *menu) turn(ctx context.Context, c *api.Client, paused bool) {
	ctx, done := context.WithTimeout(ctx, patience)
	defer done()
	act := c.Pause
	if paused {
		act = c.Resume
	}
	if err := act(ctx, ""); err != nil {
		l := m.shown
		l.status = m.say.failure(err)
		m.show(l)
	}
}

// show changes what differs: each change is a message to the desktop.
func (m *menu) show(l look) {
	was := m.shown
	m.shown = l
	if l.picture != was.picture {
		m.desk.SetIcon(l.picture)
	}
	if l.status != was.status {
		m.status.SetTitle(l.status)
	}
	if l.tooltip != was.tooltip {
		m.desk.SetTooltip(l.tooltip)
	}
	if l.hold != was.hold {
		m.hold.SetTitle(l.hold)
	}
	if l.holdable != was.holdable {
		if l.holdable {
			m.hold.Enable()
		} else {
			m.hold.Disable()
		}
	}
	appear(m.settle, was.settle, l.settle)
	appear(m.trouble, was.trouble, l.trouble)
}

// appear shows an entry while it has something to say.
func appear(i item, was, now string) {
	switch {
	case was == now:
	case now == "":
		i.Hide()
	default:
		i.SetTitle(now)
		i.Show()
	}
}

// failure is what the menu says when an act failed.
func (w words) failure(err error) string {
	if p, ok := errors.AsType[*api.Problem](err); ok {
		return p.Message
	}
	if n, ok := errors.AsType[*notice.Error](err); ok {
		return n.Text(w.language)
	}
	return w.lost()
}
