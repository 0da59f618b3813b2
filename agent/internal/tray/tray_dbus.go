//go:build (linux && !(cgo && gtktray) && !notray) || freebsd

package tray

import (
	"runtime"
	"strings"

	"fyne.io/systray"
)

// library shows the tray as a StatusNotifierItem on the session bus, in pure
// Go: a bare machine builds it.
type library struct{ notifier }

var _ desk = (*library)(nil)

func newDesk() desk { return &library{} }

func available() error { return reachable() }

// Loop survives what the library does not: it takes its connection for granted
// when it ends, and a bus that went away between the check and here left none.
func (*library) Loop(ready func()) {
	defer func() { _ = recover() }()
	systray.Run(ready, nil)
}

func (*library) Quit()               { systray.Quit() }
func (*library) SetTooltip(s string) { systray.SetTooltip(s) }
func (*library) Separator()          { systray.AddSeparator() }
func (*library) SetIcon(p picture)   { systray.SetIcon(p.bytes(runtime.GOOS)) }

func (*library) Item(title string) (item, <-chan struct{}) {
	i := systray.AddMenuItem(plain(title), "")
	return entry{i}, i.ClickedCh
}

// entry is an entry of the menu.
type entry struct{ *systray.MenuItem }

func (e entry) SetTitle(s string) { e.MenuItem.SetTitle(plain(s)) }

func (e entry) Item(title string) (item, <-chan struct{}) {
	i := e.AddSubMenuItem(plain(title), "")
	return entry{i}, i.ClickedCh
}

// plain keeps the underscores of a title, which mark a shortcut in a menu on the
// bus.
func plain(title string) string { return strings.ReplaceAll(title, "_", "__") }
