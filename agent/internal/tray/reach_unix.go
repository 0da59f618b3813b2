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
		return &Unavailable{
			sentence: notice.Phrase{
				"There is no desktop here to show a tray on. The agent runs without it; use --no-tray to say so.",
				"当前没有可用的桌面，无法显示托盘图标。程序照常运行；可加 --no-tray。",
			},
			err: err,
		}
	}
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err == nil {
		defer conn.Close()
		if err = conn.Auth(nil); err == nil {
			err = conn.Hello()
		}
	}
	if err != nil {
		return &Unavailable{
			sentence: notice.Phrase{
				"The desktop's session bus (D-Bus) does not answer, so there is no tray. Start the agent from the desktop, or with --no-tray.",
				"桌面的会话总线（D-Bus）没有应答，无法显示托盘图标。请从桌面启动程序，或加 --no-tray。",
			},
			err: err,
		}
	}
	return nil
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
