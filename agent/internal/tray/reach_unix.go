//go:build (linux && !notray) || (linux && cgo && gtktray) || freebsd

package tray

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"miandan/agent/internal/notice"
)

// reachable tries what the libraries will use: GTK ends the process without a
// display, and the D-Bus library starts a stray bus where no session has one.
func reachable() error {
	if err := dialDisplay(os.Getenv); err != nil {
		return &Unavailable{notice.New("tray-no-display", err)}
	}
	bus, err := openBus()
	if err != nil {
		return &Unavailable{notice.New("tray-no-bus", err)}
	}
	bus.Close()
	return nil
}

// openBus connects to the session's bus, and starts none.
func openBus() (*dbus.Conn, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, err
	}
	if err = bus.Auth(nil); err == nil {
		err = bus.Hello()
	}
	if err != nil {
		bus.Close()
		return nil, err
	}
	return bus, nil
}

// dialDisplay connects to the display that the environment names.
func dialDisplay(env func(string) string) error {
	network, address := "unix", ""
	if name := env("WAYLAND_DISPLAY"); name != "" {
		address = name
		if !filepath.IsAbs(name) {
			address = filepath.Join(env("XDG_RUNTIME_DIR"), name)
		}
	} else {
		host, number, ok := strings.Cut(env("DISPLAY"), ":")
		if !ok {
			return os.ErrNotExist
		}
		number, _, _ = strings.Cut(number, ".") // the screen
		address = "/tmp/.X11-unix/X" + number
		if host != "" && host != "unix" { // through ssh
			network, address = "tcp", net.JoinHostPort(host, displayPort(number))
		}
	}
	conn, err := net.DialTimeout(network, address, 2*time.Second)
	if err != nil && network == "unix" {
		conn, err = net.DialTimeout(network, "@"+address, 2*time.Second) // Linux's abstract name
	}
	if err != nil {
		return err
	}
	return conn.Close()
}

// displayPort is the TCP port of an X display: 6000 and its number.
func displayPort(number string) string {
	n, _ := strconv.Atoi(number)
	return strconv.Itoa(6000 + n)
}
