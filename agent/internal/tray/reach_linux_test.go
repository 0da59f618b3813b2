//go:build !notray

package tray

import (
	"errors"
	"net"
	"path/filepath"
	"testing"

	"miandan/agent/internal/notice"
)

func TestAvailableSaysWhatIsMissing(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want notice.Code
	}{
		{"no display", nil, "tray-no-display"},
		{"a display that is gone", map[string]string{"DISPLAY": ":987"}, "tray-no-display"},
		{"a compositor that is gone", map[string]string{"WAYLAND_DISPLAY": "wayland-987", "XDG_RUNTIME_DIR": t.TempDir()}, "tray-no-display"},
		{"no session bus", map[string]string{"WAYLAND_DISPLAY": listener(t), "XDG_RUNTIME_DIR": t.TempDir()}, "tray-no-bus"},
		{"a session bus that is gone", map[string]string{"WAYLAND_DISPLAY": listener(t), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, "tray-no-bus"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"} {
				t.Setenv(name, tt.env[name])
			}
			err := Run(t.Context(), nil, Options{})
			u, ok := errors.AsType[*Unavailable](err)
			if !ok || u.why.Code != tt.want || u.why.Err == nil || !notice.Known(tt.want) || notice.CodeOf(err) != tt.want {
				t.Errorf("Run() = %v, want %s and its cause", err, tt.want)
			}
		})
	}
}

// listener returns a socket that takes connections, as a compositor's does.
func listener(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return path
}
