package usb

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"miandan/printer"
)

// Device is a printer that is plugged in.
type Device struct {
	Vendor, Product uint16 // USB's numbers
	// Maker and Name are what the device's descriptor says: often nothing, or the
	// maker of its chip.
	Maker, Name string
	// Serial is what tells it from its like; "" if it has none. Some makers give
	// all their printers the same.
	Serial string
	// Port says where it is plugged in: on Linux the bus and the ports on the way,
	// as 1-2.4; on Windows as Port_#0002.Hub_#0003.
	Port string
	// ID is empty if the printer gives none or cannot be asked now.
	ID ID
	// Node is what the system opens it by; "" while another driver holds it.
	Node string
	// Driver is the system's driver of it, "" if there is none.
	Driver string
	// OneWay says that it can be written to and never says anything itself.
	OneWay bool
}

// List returns the printers that are plugged in, in the order of their ports. It
// does not disturb one that is printing.
func List() ([]Device, error) { return machine.list() }

// makers and models are the names that a printer goes by. The numbers come last
// and are always there.
func (d Device) makers() []string {
	return []string{d.ID.Maker, d.Maker, fmt.Sprintf("%04x", d.Vendor)}
}

func (d Device) models() []string {
	return []string{d.ID.Model, d.Name, fmt.Sprintf("%04x", d.Product)}
}

// Address is the URL that names the printer among all that are plugged in: by
// its serial number if it has one of its own, by its port if another is alike
// and cannot be told apart otherwise.
func (d Device) Address(all []Device) string {
	name := func(names []string) string {
		for _, n := range names {
			if s := slug(n); s != "" {
				return s
			}
		}
		return ""
	}
	t := Transport{Maker: name(d.makers()), Model: name(d.models()), Serial: d.Serial}
	if _, err := t.among(all); errors.Is(err, printer.ErrAlike) {
		t.Port = d.Port
	}
	return t.String()
}

// String is the transport's URL.
func (t Transport) String() string {
	address := "usb://" + strings.ReplaceAll(t.Maker, "%", "%25") + "/" + url.PathEscape(t.Model)
	query := url.Values{}
	if t.Serial != "" {
		query.Set("serial", t.Serial)
	}
	if t.Port != "" {
		query.Set("port", t.Port)
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// slug is a name as it stands in a URL. A host's name holds no spaces, not even
// escaped ones, and plain compares without them.
func slug(name string) string {
	if plain(name) == "" {
		return ""
	}
	dashed := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, name)
	return strings.Trim(dashed, "-")
}

// plain is a name as it is compared: letters and digits, whatever their case.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// goesBy reports whether a name is one of these.
func goesBy(name string, names []string) bool {
	for _, n := range names {
		if p := plain(n); p != "" && p == plain(name) {
			return true
		}
	}
	return false
}

// among finds the printer that is meant. One that another program holds cannot
// say what it is; it may be the one that is meant, and may be alike.
func (t Transport) among(devices []Device) (Device, error) {
	var fit, mum []Device
	named := 0
	for _, d := range devices {
		here := (t.Serial == "" || strings.EqualFold(t.Serial, d.Serial)) && (t.Port == "" || strings.EqualFold(t.Port, d.Port))
		switch {
		case goesBy(t.Maker, d.makers()) && goesBy(t.Model, d.models()):
			if named++; here {
				fit = append(fit, d)
			}
		case d.ID.Text == "" && here:
			mum = append(mum, d)
		}
	}
	if len(fit) > 0 {
		for _, d := range mum {
			if d.Vendor == fit[0].Vendor && d.Product == fit[0].Product {
				fit = append(fit, d)
			}
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1 && t.Serial != "":
		return Device{}, fmt.Errorf("%w: %d have the same serial number; add the port, as in port=%s", printer.ErrAlike, len(fit), fit[0].Port)
	case len(fit) > 1:
		return Device{}, fmt.Errorf("%w: %d are plugged in; add a serial number or a port, as in %s", printer.ErrAlike, len(fit), cmp.Or(t.hint(fit[0]), "port="+fit[0].Port))
	}
	for _, d := range mum {
		if d.Node == "" {
			return Device{}, d.withheld()
		}
	}
	if named > 0 {
		return Device{}, fmt.Errorf("%w: %d of this maker and model, and none with this serial number or at this port", ErrAbsent, named)
	}
	return Device{}, ErrAbsent
}

// withheld says why a printer has no node.
func (d Device) withheld() error {
	if d.Driver == "" {
		return errors.New("the system has no driver for the printer; on Linux load usblp (modprobe usblp)")
	}
	return fmt.Errorf("%w, most likely the system's own print queue for it (driver %s)", printer.ErrHeld, d.Driver)
}

func (t Transport) hint(d Device) string {
	if d.Serial == "" {
		return ""
	}
	return "serial=" + url.QueryEscape(d.Serial)
}
