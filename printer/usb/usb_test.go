package usb

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"miandan/printer"
)

// reopen reads an address that a Device gave itself.
func reopen(t *testing.T, address string) Transport {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	way, err := Open(u)
	if err != nil {
		t.Fatalf("Open(%s): %v", address, err)
	}
	return way.(Transport)
}

func TestOpen(t *testing.T) {
	for _, r := range []struct {
		url  string
		want Transport
		err  string
	}{
		{url: "usb://Gprinter/GP-1324D", want: Transport{Maker: "Gprinter", Model: "GP-1324D"}},
		{url: "usb://Gprinter/GP-1324D/", want: Transport{Maker: "Gprinter", Model: "GP-1324D"}},
		{url: "usb://0416/5011?serial=A1%20B2", want: Transport{Maker: "0416", Model: "5011", Serial: "A1 B2"}},
		{url: "usb://佳博/GP-1324D?port=1-2.4", want: Transport{Maker: "佳博", Model: "GP-1324D", Port: "1-2.4"}},
		{url: "usb://Seiko-Epson/TM%20T88V?serial=1&port=2", want: Transport{Maker: "Seiko-Epson", Model: "TM T88V", Serial: "1", Port: "2"}},
		{url: "usb://", err: "needs a maker and a model"},
		{url: "usb://Gprinter", err: "needs a maker and a model"},
		{url: "usb:///dev/usb/lp0", err: "needs a maker and a model"},
		{url: "usb://-/-", err: "needs a maker and a model"},
		{url: "usb://0416:5011/x", err: "and nothing else"},
		{url: "usb://user:S3CRET@Gprinter/GP", err: "and nothing else"},
		{url: "usb://Gprinter/GP/1324D", err: "and nothing else"},
		{url: "usb://Gprinter/GP#x", err: "and nothing else"},
		{url: "usb://Gprinter/GP?baud=9600", err: "serial and port and nothing else"},
		{url: "usb://Gprinter/GP?serial=", err: "one serial"},
		{url: "usb://Gprinter/GP?serial=1&serial=2", err: "one serial"},
		{url: "usb://Gprinter/GP?serial=%1b[31m", err: "one serial"},
		{url: "usb://Gprinter/GP?serial=%zz", err: "cannot be read"},
		{url: "usb://Gprinter/GP%00", err: "plain text"},
	} {
		u, err := url.Parse(r.url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(u)
		switch {
		case r.err == "" && (err != nil || got != r.want):
			t.Errorf("Open(%s) = %v, %v, want %v", r.url, got, err, r.want)
		case r.err != "" && (err == nil || !strings.Contains(err.Error(), r.err) || strings.Contains(err.Error(), "S3CRET")):
			t.Errorf("Open(%s) = %v, %v, want an error with %q", r.url, got, err, r.err)
		}
	}
}

func TestAmong(t *testing.T) {
	gp := func(port, serial string) Device {
		return Device{Vendor: 0x0416, Product: 0x5011, Port: port, Serial: serial, ID: ID{Maker: "Gprinter", Model: "GP-1324D"}}
	}
	silent := Device{Vendor: 0x0483, Product: 0x070b, Maker: "STMicroelectronics", Name: "USB Printer", Port: "2-1", Node: "/dev/usb/lp9"}
	// As one looks that another program is printing on.
	held := func(d Device) Device {
		d.ID, d.Maker, d.Name, d.Node, d.Driver = ID{}, "STMicroelectronics", "USB Printer", "", "usbfs"
		return d
	}
	for _, r := range []struct {
		name    string
		address string
		there   []Device
		want    string // the port, or
		err     error
		says    string
	}{
		{name: "the only one", address: "usb://gprinter/gp1324d", there: []Device{gp("1-1", "A"), silent}, want: "1-1"},
		{name: "in another socket", address: "usb://Gprinter/GP-1324D?serial=a", there: []Device{silent, gp("3-4.1", "A")}, want: "3-4.1"},
		{name: "by its descriptor", address: "usb://STMicroelectronics/USB-Printer", there: []Device{gp("1-1", "A"), silent}, want: "2-1"},
		{name: "by its numbers", address: "usb://0483/070B", there: []Device{gp("1-1", "A"), silent}, want: "2-1"},
		{name: "one of two by its serial number", address: "usb://Gprinter/GP-1324D?serial=B", there: []Device{gp("1-1", "A"), gp("1-2", "B")}, want: "1-2"},
		{name: "one of two by its port", address: "usb://Gprinter/GP-1324D?port=1-2", there: []Device{gp("1-1", ""), gp("1-2", "")}, want: "1-2"},
		{name: "two that can be told apart", address: "usb://Gprinter/GP-1324D", there: []Device{gp("1-1", "A"), gp("1-2", "B")}, err: printer.ErrAlike, says: "serial=A"},
		{name: "two that cannot", address: "usb://Gprinter/GP-1324D", there: []Device{gp("1-1", ""), gp("1-2", "")}, err: printer.ErrAlike, says: "port=1-1"},
		{name: "two with one serial number", address: "usb://Gprinter/GP-1324D?serial=0", there: []Device{gp("1-1", "0"), gp("1-2", "0")}, err: printer.ErrAlike, says: "port=1-1"},
		{name: "one of which is held", address: "usb://Gprinter/GP-1324D", there: []Device{held(gp("1-1", "")), gp("1-2", "")}, err: printer.ErrAlike, says: "port=1-2"},
		{name: "one by its serial number while the other is held", address: "usb://Gprinter/GP-1324D?serial=B", there: []Device{held(gp("1-1", "A")), gp("1-2", "B")}, want: "1-2"},
		{name: "itself held", address: "usb://Gprinter/GP-1324D?serial=A", there: []Device{held(gp("1-1", "A")), gp("1-2", "B")}, err: printer.ErrHeld},
		{name: "the only one, held", address: "usb://Gprinter/GP-1324D", there: []Device{held(gp("1-1", ""))}, err: printer.ErrHeld},
		{name: "none", address: "usb://Gprinter/GP-1324D", there: []Device{silent}, err: ErrAbsent},
		{name: "its sister in its socket", address: "usb://Gprinter/GP-1324D?serial=A", there: []Device{gp("1-1", "B")}, err: ErrAbsent, says: "none with this serial number"},
		{name: "nothing at all", address: "usb://Gprinter/GP-1324D", err: ErrAbsent},
	} {
		got, err := reopen(t, r.address).among(r.there)
		if !errors.Is(err, r.err) || got.Port != r.want || err != nil && (!strings.Contains(err.Error(), r.says) || strings.Contains(err.Error(), "usb://")) {
			t.Errorf("%s: among = %q, %v, want %q, %v with %q", r.name, got.Port, err, r.want, r.err, r.says)
		}
	}
}

func TestAddress(t *testing.T) {
	one := Device{Vendor: 0x04b8, Product: 0x0202, Port: "1-1", ID: ID{Maker: "SEIKO EPSON", Model: "TM-T88V (II)"}}
	named := Device{Vendor: 0x0416, Product: 0x5011, Port: "1-2", Serial: "A/1 b", ID: ID{Maker: "佳博", Model: "GP-1324D"}}
	bare := Device{Vendor: 0x0416, Product: 0x0011, Port: "1-3", Maker: "***"}
	twin := Device{Vendor: 0x0416, Product: 0x0011, Port: "1-4", Maker: "***"}
	for _, r := range []struct {
		d    Device
		all  []Device
		want string
	}{
		{one, []Device{one, named}, "usb://SEIKO-EPSON/TM-T88V--II"},
		{named, []Device{one, named}, "usb://佳博/GP-1324D?serial=A%2F1+b"},
		{bare, []Device{bare}, "usb://0416/0011"},
		{bare, []Device{bare, twin}, "usb://0416/0011?port=1-3"},
	} {
		got := r.d.Address(r.all)
		if got != r.want {
			t.Errorf("Address = %s, want %s", got, r.want)
		}
		if d, err := reopen(t, got).among(r.all); err != nil || d.Port != r.d.Port {
			t.Errorf("%s means %q, %v, want %q", got, d.Port, err, r.d.Port)
		}
	}
}

func TestParseInstance(t *testing.T) {
	for _, r := range []struct {
		id   string
		want instance
		ok   bool
	}{
		{`USB\VID_0416&PID_5011\A1B2C3`, instance{vendor: 0x0416, product: 0x5011, serial: "A1B2C3"}, true},
		{`USB\VID_0416&PID_5011\6&2C24CE2A&0&1`, instance{vendor: 0x0416, product: 0x5011, made: "6&2C24CE2A&0&1"}, true},
		{`usb\vid_04b8&pid_0e28&mi_01\7&1a2b&0&0001`, instance{vendor: 0x04b8, product: 0x0e28, made: "7&1a2b&0&0001", part: true}, true},
		{`USBPRINT\GPRINTER\7&1&0`, instance{}, false},
		{`USB\ROOT_HUB30\4&1&0`, instance{}, false},
		{`USB\VID_0416&PID_5011`, instance{}, false},
		{``, instance{}, false},
	} {
		got, ok := parseInstance(r.id)
		if ok != r.ok || ok && got != r.want {
			t.Errorf("parseInstance(%s) = %+v, %v, want %+v", r.id, got, ok, r.want)
		}
	}
}
