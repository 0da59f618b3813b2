package transport_test

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"miandan/printer"
	"miandan/printer/file"
	"miandan/printer/serial"
	"miandan/printer/tcp"
	"miandan/printer/transport"
	"miandan/printer/usb"
)

func TestOpen(t *testing.T) {
	registry := transport.Basic()
	registry["loop"] = func(*url.URL) (printer.Transport, error) { return tcp.Transport{Address: "loop"}, nil }
	for _, r := range []struct {
		url  string
		want printer.Transport
		err  string
	}{
		{"tcp://127.0.0.1:9100", tcp.Transport{Address: "127.0.0.1:9100"}, ""},
		{"file:///labels/", file.Transport{Path: filepath.FromSlash("/labels/")}, ""},
		{"loop://anything", tcp.Transport{Address: "loop"}, ""},
		{"usb://Gprinter/GP-1324D?serial=1", usb.Transport{Maker: "Gprinter", Model: "GP-1324D", Serial: "1"}, ""},
		{"serial://COM3?baud=9600", serial.Transport{Port: "COM3", Baud: 9600, Data: 8, Parity: "none", Stop: 1, Flow: serial.NoFlow}, ""},
		{"usb://0416/5011?key=secret", nil, "serial and port and nothing else"},
		{"usb://0416:5011?key=secret", nil, "needs a maker and a model"},
		{"serial://COM3?key=secret", nil, "set by baud"},
		{"lpt://1?key=secret", nil, `unknown scheme "lpt", want one of file, loop, serial, tcp, usb`},
		{"10.0.0.9", nil, "no scheme before ://, want one of file, loop, serial, tcp, usb"},
		{"10.0.0.9:secret", nil, "not of the form"},
		{"tcp://host:secret", nil, "not of the form"},
		{"tcp://user:secret@", nil, "needs a host"},
	} {
		got, err := registry.Open(r.url)
		switch {
		case r.err == "" && (err != nil || got != r.want):
			t.Errorf("Open(%s) = %v, %v, want %v", r.url, got, err, r.want)
		case r.err != "" && (err == nil || !strings.Contains(err.Error(), r.err)):
			t.Errorf("Open(%s) = %v, want an error with %q", r.url, err, r.err)
		}
	}
}

func TestErrorsHoldNoURL(t *testing.T) {
	for _, u := range []string{"usb://secret", "usb://a/b?c=secret", "serial://secret", "serial:///dev/x?baud=secret", "tcp://user:secret@host", "://secret", "tcp://%zzsecret", "tcp://a:b/secret", "tcp://a:secret/b@host"} {
		if _, err := transport.Basic().Open(u); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("Open gave the error %v", err)
		}
	}
}

func TestBasicGivesEachItsOwn(t *testing.T) {
	delete(transport.Basic(), "tcp")
	if _, ok := transport.Basic()["tcp"]; !ok {
		t.Error("one caller's change reached another")
	}
}
