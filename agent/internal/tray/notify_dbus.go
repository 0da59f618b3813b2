//go:build (linux && !notray) || (linux && cgo && gtktray) || freebsd

package tray

import (
	"image"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// notifier shows messages through the desktop's notification server
// (org.freedesktop.Notifications 1.2), by a connection of its own.
type notifier struct {
	mu     sync.Mutex
	bus    *dbus.Conn
	markup bool // the server reads <b> and & in a body
	shown  map[matter]uint32
}

// picture of a notification as the specification's image-data.
type pixels struct {
	Width, Height, Stride int32
	Alpha                 bool
	Bits, Channels        int32
	Data                  []byte
}

// Notify shows each in place of what it showed of the same matter.
func (s *notifier) Notify(all ...notification) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range all {
		s.show(n)
	}
}

func (s *notifier) show(n notification) {
	if s.bus == nil && !s.connect() {
		return
	}
	text := n.text
	if s.markup {
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	}
	hints := map[string]dbus.Variant{
		"urgency":       dbus.MakeVariant(byte(1)),
		"category":      dbus.MakeVariant("device"),
		"desktop-entry": dbus.MakeVariant("miandan"),
		"image-data":    dbus.MakeVariant(pixelsOf(n.look.draw(64))),
	}
	var id uint32
	err := s.server().Call("org.freedesktop.Notifications.Notify", 0,
		n.title, s.shown[n.kind], "", n.title, text, []string{}, hints, int32(-1)).Store(&id)
	if err != nil { // no server, or the bus is gone: the next one tries anew
		s.bus.Close()
		s.bus = nil
		return
	}
	s.shown[n.kind] = id
}

func (s *notifier) server() dbus.BusObject {
	return s.bus.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
}

func (s *notifier) connect() bool {
	bus, err := openBus()
	if err != nil {
		return false
	}
	s.bus, s.shown = bus, map[matter]uint32{}
	var can []string
	err = s.server().Call("org.freedesktop.Notifications.GetCapabilities", 0).Store(&can)
	s.markup = err == nil && slices.Contains(can, "body-markup")
	return true
}

func pixelsOf(m *image.NRGBA) pixels {
	b := m.Bounds()
	return pixels{int32(b.Dx()), int32(b.Dy()), int32(m.Stride), true, 8, 4, m.Pix}
}
