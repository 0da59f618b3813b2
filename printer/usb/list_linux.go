package usb

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// bus is where printers are found and opened. Tests put up their own.
type bus struct {
	sysfs string // the folder of devices and interfaces
	dev   string // the folder of device nodes
	ioctl func(fd int, request uint, answer []byte) error
}

var machine = &bus{sysfs: "/sys/bus/usb/devices", dev: "/dev", ioctl: ioctl}

// Interfaces of the printer class (07h) that are a stream of bytes: without a way
// back, with one, and IEEE 1284.4. Protocol 04h is IPP over USB, which is not.
var (
	lpName  = regexp.MustCompile(`^lp[0-9]{1,3}$`)
	streams = []string{"01", "02", "03"}
)

// list reads what the kernel knows. An interface whose driver CUPS has taken away
// is still there, without a node.
func (b *bus) list() ([]Device, error) {
	entries, err := os.ReadDir(b.sysfs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a machine without USB
	}
	if err != nil {
		return nil, err
	}
	var all []Device
	for _, e := range entries {
		port, _, isInterface := strings.Cut(e.Name(), ":")
		if !isInterface {
			continue
		}
		d, ok := b.device(port, e.Name())
		if !ok {
			continue
		}
		// A device may offer itself in several ways. One of them will do.
		if i := slices.IndexFunc(all, func(o Device) bool { return o.Port == d.Port }); i >= 0 {
			if all[i].Node == "" && d.Node != "" {
				all[i] = d
			}
			continue
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(x, y Device) int { return cmp.Compare(x.Port, y.Port) })
	return all, nil
}

// device reads one interface; false if it is none of a printer.
func (b *bus) device(port, name string) (Device, bool) {
	of := func(attribute string) string {
		text, err := os.ReadFile(filepath.Join(b.sysfs, attribute))
		if err != nil {
			return "" // not every device has every attribute, and any may be gone by now
		}
		return printable(strings.TrimRight(string(text), "\x00\n"), longestField)
	}
	node := b.node(name)
	if node == "" && (of(name+"/bInterfaceClass") != "07" || !slices.Contains(streams, of(name+"/bInterfaceProtocol"))) {
		return Device{}, false
	}
	d := Device{
		Vendor: number(of(port + "/idVendor")), Product: number(of(port + "/idProduct")),
		Maker: of(port + "/manufacturer"), Name: of(port + "/product"), Serial: of(port + "/serial"),
		Port: port, Node: node, OneWay: of(name+"/bInterfaceProtocol") == "01",
	}
	if driver, err := os.Readlink(filepath.Join(b.sysfs, name, "driver")); err == nil {
		d.Driver = filepath.Base(driver)
	}
	text, err := os.ReadFile(filepath.Join(b.sysfs, name, "ieee1284_id"))
	if d.ID = ParseID(string(text)); (err != nil || d.ID.Text == "") && node != "" {
		d.ID = b.ask(node)
	}
	d.Serial = cmp.Or(d.Serial, d.ID.Serial)
	return d, true
}

// node is the device node of an interface, "" if usblp does not have it.
func (b *bus) node(name string) string {
	entries, err := os.ReadDir(filepath.Join(b.sysfs, name, "usbmisc"))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if lpName.MatchString(e.Name()) {
			return filepath.Join(b.dev, "usb", e.Name())
		}
	}
	return ""
}

func number(hex string) uint16 {
	n, err := strconv.ParseUint(hex, 16, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}
