// Package tray is the icon in the notification area: how the station is, what a
// person should look at, and what is done without opening the page: print the next
// order, print the last label again, pause, stop one printer.
//
// It is a client of the agent's local interface and nothing else, so that one
// tray in every session of a PC can show an agent that runs as a service. The
// library differs by system (build tags in tray_….go), which is why everything
// that can be decided without one stands in the other files: what is known of the
// agent (watch.go), what the menu shows (menu.go, printers.go), in which words
// (words.go), and what is worth a notification (matters.go).
package tray

import (
	"context"
	"runtime"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// Options are what the tray leaves to the program. The functions are called from
// the tray's own goroutine and return soon.
type Options struct {
	// Open shows an address in the browser.
	Open func(url string)
	// Page is the page's address, for an agent that gives out no links.
	Page string
	// Quit is called when a person chose to end; Run returns after it.
	Quit func()
	// Beside says that the agent is another process, which goes on when the tray
	// ends.
	Beside   bool
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

// desk is what the tray needs of a library and of the system.
type desk interface {
	Loop(ready func()) // until Quit
	Quit()
	SetIcon(picture)
	SetTooltip(string)
	Item(title string) (item, <-chan struct{})
	Separator()
	// Notify shows messages beside the tray, the gravest first, each in place of an
	// older one of its kind where the system can. Where there is nothing to show
	// them on, nothing happens: the menu and the icon say the same.
	Notify(all ...notification)
}

// item is an entry of the menu.
type item interface {
	SetTitle(string)
	Enable()
	Disable()
	Show()
	Hide()
	// Item adds an entry to the menu that opens from this one.
	Item(title string) (item, <-chan struct{})
}

// notification is a message beside the tray. No person is in it: it stands on
// locked screens.
type notification struct {
	kind  matter
	title string
	text  string
	look  picture
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
		m := newMenu(ctx, d, c, o)
		news, look := make(chan seen, 1), make(chan struct{}, 1)
		work.Go(func() { watch(ctx, c, news, look) })
		m.serve(ctx, news, look)
		stop()
		m.work.Wait()
	})
	d.Loop(func() { close(ready) })
	stop()
	work.Wait()
}
