package tray

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// notifier shows messages as the shell's balloon, which Windows 10 and later show
// as a toast, at the library's own icon: the library has no call for it, but what
// names an icon is its window and number.
type notifier struct{}

// The library's window and its icon's number, in systray_windows.go of
// getlantern/systray v1.2.2.
const (
	trayClass = "SystrayClass"
	trayIcon  = 100
)

// Of Shell_NotifyIcon and NOTIFYICONDATAW (shellapi.h).
const (
	nimModify  = 1
	nifInfo    = 0x10
	niifInfo   = 1
	niifWarn   = 2
	niifNoTone = 0x10
)

// balloon is NOTIFYICONDATAW.
type balloon struct {
	size        uint32
	window      windows.HWND
	id          uint32
	flags       uint32
	callback    uint32
	icon        windows.Handle
	tip         [128]uint16
	state, mask uint32
	info        [256]uint16
	version     uint32 // in a union with the timeout, which newer versions ignore
	title       [64]uint16
	infoFlags   uint32
	guid        windows.GUID
	balloonIcon windows.Handle
}

var (
	shellNotifyIcon = windows.NewLazySystemDLL("shell32.dll").NewProc("Shell_NotifyIconW")
	findWindow      = windows.NewLazySystemDLL("user32.dll").NewProc("FindWindowExW")
)

// Notify shows them as one, since a newer one takes an older one's place.
func (*notifier) Notify(all ...notification) {
	window := trayWindow()
	if window == 0 {
		return
	}
	n := all[0]
	for _, next := range all[1:] {
		n.text += "\n" + next.text
	}
	b := balloon{window: window, id: trayIcon, flags: nifInfo, infoFlags: niifInfo}
	if n.look == attention || n.look == lost {
		b.infoFlags = niifWarn
	}
	b.infoFlags |= niifNoTone // a bench has noise enough
	b.size = uint32(unsafe.Sizeof(b))
	fill(b.title[:], n.title)
	fill(b.info[:], n.text)
	shellNotifyIcon.Call(nimModify, uintptr(unsafe.Pointer(&b)))
}

// fill writes as much of s as there is room for, and a zero.
func fill(to []uint16, s string) {
	from := windows.StringToUTF16(s)
	n := copy(to[:len(to)-1], from)
	if n > 0 && n == len(to)-1 && to[n-1]&0xfc00 == 0xd800 {
		n-- // half a character
	}
	to[n] = 0
}

// trayWindow finds the library's window in this process: other programs have one
// of the same class.
func trayWindow() windows.HWND {
	class, err := windows.UTF16PtrFromString(trayClass)
	if err != nil {
		return 0
	}
	var window uintptr
	for {
		window, _, _ = findWindow.Call(0, window, uintptr(unsafe.Pointer(class)), 0)
		if window == 0 {
			return 0
		}
		var process uint32
		if _, err := windows.GetWindowThreadProcessId(windows.HWND(window), &process); err == nil && process == uint32(os.Getpid()) {
			return windows.HWND(window)
		}
	}
}
