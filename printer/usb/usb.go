// Package usb reaches printers on a USB cable by the system's own driver for the
// printer class: usblp on Linux, usbprint on Windows.
//
// A URL names a printer by what it is and not by where it is plugged in:
//
//	usb://MAKER/MODEL                     the only one of its kind
//	usb://MAKER/MODEL?serial=NUMBER       told from its like by its serial number
//	usb://MAKER/MODEL?port=1-2.4          by its port, if it has no such number
//
// so that it stays the same printer when somebody plugs it into another socket,
// and so that another printer in its socket is not taken for it. MAKER and MODEL
// are those of the printer's IEEE-1284 device ID, of its USB descriptor, or USB's
// numbers in hexadecimal, as in usb://0416/5011. Only letters and digits of them
// count: Seiko-Epson is "SEIKO EPSON". Of two printers that both fit neither is
// chosen. The form is that of CUPS's addresses as far as those have names without
// spaces.
//
// The class gives a printer no frames, no end of a job and no answer to a write
// but that it took the bytes, and one caller at a time. The system's own queue
// for the same printer takes turns with us; while it is printing we are refused.
package usb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"miandan/printer"
)

// Scheme is what its URLs begin with.
const Scheme = "usb"

var (
	// ErrAbsent reports a printer that is not plugged in or is switched off.
	ErrAbsent = errors.New("no such printer is plugged in and switched on")
	// ErrUnplugged reports a printer that went away while it was in use.
	ErrUnplugged = errors.New("the printer was unplugged or switched off")
)

// Transport is a way to one printer.
type Transport struct {
	Maker, Model string // as they stand in the URL
	Serial       string // "" if it has none or need not be told apart
	Port         string // "" for any

	on *bus // nil for this machine's
}

var _ printer.Transport = Transport{}

const want = "as in usb://Gprinter/GP-1324D or usb://Gprinter/GP-1324D?serial=NUMBER"

// Open reads usb://MAKER/MODEL[?serial=NUMBER][&port=PORT].
func Open(u *url.URL) (printer.Transport, error) {
	maker, model := u.Host, strings.TrimSuffix(strings.TrimPrefix(u.Path, "/"), "/")
	switch {
	case plain(maker) == "" || plain(model) == "":
		return nil, errors.New("a usb printer needs a maker and a model, " + want)
	case u.User != nil || u.Opaque != "" || u.Fragment != "" || strings.ContainsAny(maker, ":[]") || strings.Contains(model, "/"):
		return nil, errors.New("a usb printer has a maker, a model, a serial number and a port and nothing else, " + want)
	case maker != printable(maker, longestField) || model != printable(model, longestField):
		return nil, errors.New("a usb printer's maker and model are plain text, " + want)
	}
	t := Transport{Maker: maker, Model: model}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("what follows the ? of a usb printer cannot be read, " + want)
	}
	for key, values := range query {
		if key != "serial" && key != "port" {
			return nil, errors.New("after the ? of a usb printer stand serial and port and nothing else, " + want)
		}
		if len(values) != 1 || values[0] == "" || values[0] != printable(values[0], longestField) {
			return nil, fmt.Errorf("a usb printer has one %s, of plain text, %s", key, want)
		}
	}
	t.Serial, t.Port = query.Get("serial"), query.Get("port")
	return t, nil
}

// Dial finds the printer and opens it. One that is unplugged, switched off or in
// another program's hands is an error here.
func (t Transport) Dial(context.Context) (printer.Conn, error) {
	on := t.on
	if on == nil {
		on = machine
	}
	devices, err := on.list()
	if err != nil {
		return nil, err
	}
	device, err := t.among(devices)
	if err != nil {
		return nil, err
	}
	return on.open(device)
}
