// Package transport finds the way to a printer by the scheme of its URL.
//
// The registry is a value that the program builds in one place: what a build
// can reach is read off there, and a test can add a way of its own.
package transport

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"miandan/printer"
	"miandan/printer/file"
	"miandan/printer/serial"
	"miandan/printer/tcp"
	"miandan/printer/usb"
)

// Registry says what opens the URLs of each scheme.
type Registry map[string]func(*url.URL) (printer.Transport, error)

// Basic returns a new registry with what needs no system service: the ways that
// bytes take to a printer itself.
func Basic() Registry {
	return Registry{"tcp": tcp.Open, "file": file.Open, usb.Scheme: usb.Open, serial.Scheme: serial.Open}
}

// Open returns the way that a printer's URL names. It does not connect. The URL
// stands in no error: it may hold a password.
func (r Registry) Open(rawURL string) (printer.Transport, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// What url.Parse says quotes the piece it stumbled over.
		return nil, errors.New("printer address: not of the form scheme://where, as in tcp://10.0.0.9:9100")
	}
	open, ok := r[u.Scheme]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(r)), ", ")
		if u.Scheme == "" {
			return nil, fmt.Errorf("printer address: no scheme before ://, want one of %s", known)
		}
		return nil, fmt.Errorf("printer address: unknown scheme %q, want one of %s", u.Scheme, known)
	}
	t, err := open(u)
	if err != nil {
		return nil, fmt.Errorf("printer address: %w", err)
	}
	return t, nil
}
