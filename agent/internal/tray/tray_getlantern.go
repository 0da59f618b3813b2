//go:build windows || (linux && cgo && gtktray) || (darwin && cgo)

package tray

import (
	"runtime"
	"strings"

	"github.com/getlantern/systray"
)

// library shows the tray through getlantern/systray: the Windows shell, GTK with
// an application indicator, or Cocoa, which nobody has tried yet on a Mac.
type library struct{ notifier }

var _ desk = (*library)(nil)

func newDesk() desk { return &library{} }

func available() error { return reachable() }

func (*library) Loop(ready func())   { systray.Run(ready, nil) }
func (*library) Quit()               { systray.Quit() }
func (*library) SetTooltip(s string) { systray.SetTooltip(s) }
func (*library) SetIcon(p picture)   { systray.SetIcon(p.bytes(runtime.GOOS)) }
func (*library) Separator()          { systray.AddSeparator() }

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

// plain keeps the ampersands of a title, which mark a shortcut in a menu of
// Windows.
func plain(title string) string {
	if runtime.GOOS == "windows" {
		return strings.ReplaceAll(title, "&", "&&")
	}
	return title
}
