//go:build (linux && !(cgo && gtktray) && !notray) || freebsd

package tray

import (
	"runtime"

	"fyne.io/systray"
)

// library shows the tray as a StatusNotifierItem on the session bus, in pure
// Go: a bare machine builds it.
type library struct{}

var _ desk = library{}

func newDesk() desk { return library{} }

func available() error { return reachable() }

// Loop survives what the library does not: it takes its connection for granted
// when it ends, and a bus that went away between the check and here left none.
func (library) Loop(ready func()) {
	defer func() { _ = recover() }()
	systray.Run(ready, nil)
}

func (library) Quit()               { systray.Quit() }
func (library) SetTooltip(s string) { systray.SetTooltip(s) }
func (library) Separator()          { systray.AddSeparator() }
func (library) SetIcon(p picture)   { systray.SetIcon(p.bytes(runtime.GOOS)) }

func (library) Item(title string) (item, <-chan struct{}) {
	i := systray.AddMenuItem(title, "")
	return i, i.ClickedCh
}
