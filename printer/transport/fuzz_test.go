package transport_test

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"

	"miandan/printer/file"
	"miandan/printer/serial"
	"miandan/printer/spool"
	"miandan/printer/tcp"
	"miandan/printer/transport"
	"miandan/printer/usb"
)

// FuzzOpen reads a printer's URL: it is a way that can be dialled, or a sentence
// without the URL.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{
		"tcp://10.0.0.9:9100", "tcp://[fe80::1%25eth0]", "tcp://host:99999", "tcp://:9100", "tcp://h/p?q#f", "tcp://user:S3CRETPASSWORD@h", "file:///labels/", "file://host/x", "file://user:S3CRETPASSWORD@localhost/x", "file:///../../etc/passwd",
		"file:///a%00b", "FILE:///x", "cups:///LABEL", "cups://host:631/LABEL", "cups:///a%2Fb", "cups:///Q?socket=/run/x", "cups:///Q?socket=relative", "cups://user:S3CRETPASSWORD@h/Q",
		"cups:opaque", "cups:///" + strings.Repeat("q", 128), "cups:///Q?a=1;b=2", "usb://S3CRETPASSWORD", "usb://Gprinter/GP-1324D?serial=A&port=1-2", "usb://a%20b/c", "usb://佳博/%1b?serial=%00",
		"serial:///dev/ttyUSB0?baud=115200&parity=even&stop=2&data=7&flow=rtscts", "serial://COM3?baud=9600", "serial://u:S3CRETPASSWORD@COM3?baud=9600", "serial:///dev/../etc/passwd?baud=9600", "://S3CRETPASSWORD", "tcp://%zzS3CRETPASSWORD", "tcp://a:S3CRETPASSWORD", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		registry := transport.Basic()
		registry["cups"] = spool.Open
		way, err := registry.Open(address)
		if err != nil {
			if way != nil {
				t.Errorf("%v with %v", way, err)
			}
			says := err.Error()
			u, e := url.Parse(address)
			if e != nil && strings.Contains(says, "S3CRETPASSWORD") || strings.ContainsAny(says, "\n\x00\x1b") {
				t.Errorf("Open(%q) = %q", address, says)
			}
			if e == nil && u.User != nil && len(u.User.String()) > 4 && strings.Contains(says, u.User.String()) {
				t.Errorf("Open(%q) = %q, with the password", address, says)
			}
			return
		}
		switch way := way.(type) {
		case tcp.Transport:
			if host, port, err := net.SplitHostPort(way.Address); err != nil || host == "" || port == "" {
				t.Errorf("Open(%q) dials %q", address, way.Address)
			}
		case usb.Transport:
			// What stands in the settings must come back as it was, or the printer is lost.
			if again, err := registry.Open(way.String()); err != nil || again != way {
				t.Errorf("Open(%q) is %v, which opens as %v, %v", address, way, again, err)
			}
		case serial.Transport:
			if way.Port == "" || !slices.Contains(serial.Bauds, way.Baud) || strings.ContainsAny(way.Port, "\n\x00\x1b") {
				t.Errorf("Open(%q) opens %+v", address, way)
			}
		case file.Transport:
			if !strings.HasPrefix(way.Path, "/") && !strings.HasPrefix(way.Path, `\`) {
				t.Errorf("Open(%q) writes to %q", address, way.Path)
			}
		}
		if u, err := url.Parse(address); err != nil || u.User != nil {
			t.Errorf("Open(%q) takes a password", address)
		}
	})
}
