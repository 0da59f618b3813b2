//go:build windows || (linux && cgo && gtktray)

package tray

import (
	"runtime"

	"github.com/getlantern/systray"
)

// library shows the tray through getlantern/systray: the Windows shell, or GTK
// with an application indicator.
type library struct{}

var _ desk = library{}

func newDesk() desk { return library{} }

func available() error { return reachable() }

func (library) Loop(ready func())   { systray.Run(ready, nil) }
func (library) Quit()               { systray.Quit() }
func (library) SetTooltip(s string) { systray.SetTooltip(s) }
func (library) SetIcon(p picture)   { systray.SetIcon(p.bytes(runtime.GOOS)) }
func (library) Separator()          { systray.AddSeparator() }

func (library) Item(title string) (item, <-chan struct{}) {
	i := systray.AddMenuItem(title, "")
	return i, i.ClickedCh
}
