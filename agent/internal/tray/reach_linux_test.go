//go:build !notray

package tray

import (
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

func TestAvailableSaysWhatIsMissing(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string // in the sentence
	}{
		{"no display", nil, "desktop"},
		{"a display that is gone", map[string]string{"DISPLAY": ":987"}, "desktop"},
		{"a compositor that is gone", map[string]string{"WAYLAND_DISPLAY": "wayland-987", "XDG_RUNTIME_DIR": t.TempDir()}, "desktop"},
		{"no session bus", map[string]string{"WAYLAND_DISPLAY": listener(t), "XDG_RUNTIME_DIR": t.TempDir()}, "session bus"},
		{"a session bus that is gone", map[string]string{"WAYLAND_DISPLAY": listener(t), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, "session bus"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"} {
				t.Setenv(name, tt.env[name])
			}
			err := Run(t.Context(), nil, Options{})
			u, ok := errors.AsType[*Unavailable](err)
			if !ok || !strings.Contains(err.Error(), tt.want) || u.Text(notice.Chinese) == err.Error() || errors.Unwrap(err) == nil {
				t.Errorf("Run() = %v, want a sentence with %q", err, tt.want)
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
