package usb

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/windows"

	"miandan/printer"
	"miandan/printer/overlapped"
)

// Of usbprint.sys: the class of its devices and what it can be asked.
var (
	usbprint = windows.GUID{Data1: 0x28d78fad, Data2: 0x5a12, Data3: 0x11d1, Data4: [8]byte{0xae, 0x5b, 0x00, 0x00, 0xf8, 0x03, 0xa8, 0xc2}}
	// DEVPKEY_Device_Parent and DEVPKEY_Device_LocationInfo.
	parent = windows.DEVPROPKEY{
		FmtID: windows.DEVPROPGUID{Data1: 0x4340a6c5, Data2: 0x93fa, Data3: 0x4706, Data4: [8]byte{0x97, 0x2c, 0x7b, 0x64, 0x80, 0x08, 0xa5, 0xa7}},
		PID:   8,
	}
	location = windows.DEVPROPKEY{
		FmtID: windows.DEVPROPGUID{Data1: 0xa45c254e, Data2: 0xdf1c, Data3: 0x4efd, Data4: [8]byte{0x80, 0x20, 0x67, 0xd1, 0x46, 0xa8, 0x50, 0xe0}},
		PID:   15,
	}
)

const (
	getLPTStatus = 0x220030
	get1284ID    = 0x220034
	// answerLimit is how long a printer may take to answer for its USB controller.
	answerLimit = 2 * time.Second
)

// bus is the machine's.
type bus struct{}

var machine = &bus{}

// list asks the system's list of devices for those that usbprint has.
func (b *bus) list() ([]Device, error) {
	set, err := windows.SetupDiGetClassDevsEx(&usbprint, "", 0, windows.DIGCF_PRESENT|windows.DIGCF_DEVICEINTERFACE, 0, "")
	if err != nil {
		return nil, fmt.Errorf("list printers on USB: %w", err)
	}
	defer set.Close()
	var all []Device
	for i := 0; ; i++ {
		info, err := set.EnumDeviceInfo(i)
		if errors.Is(err, windows.ERROR_NO_MORE_ITEMS) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("list printers on USB: %w", err)
		}
		if d, ok := b.device(set, info); ok {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(x, y Device) int { return cmp.Or(cmp.Compare(x.Port, y.Port), cmp.Compare(x.Serial, y.Serial)) })
	return all, nil
}

func (b *bus) device(set windows.DevInfo, info *windows.DevInfoData) (Device, bool) {
	id, err := set.DeviceInstanceID(info)
	if err != nil {
		return Device{}, false
	}
	i, ok := parseInstance(id)
	if !ok {
		return Device{}, false
	}
	d := Device{
		Vendor: i.vendor, Product: i.product, Serial: i.serial, Driver: "usbprint",
		Port: cmp.Or(property(set, info, &location), i.made),
	}
	if whole, ok := parseInstance(property(set, info, &parent)); ok && i.part {
		d.Serial = whole.serial
	}
	paths, err := windows.CM_Get_Device_Interface_List(id, &usbprint, 0)
	if err != nil || len(paths) == 0 {
		return d, true
	}
	d.Node = paths[0]
	d.ID = ask(d.Node)
	d.Serial = cmp.Or(d.Serial, d.ID.Serial)
	return d, true
}

// property is what the system notes of a device, "" if it does not.
func property(set windows.DevInfo, info *windows.DevInfoData, key *windows.DEVPROPKEY) string {
	value, err := windows.SetupDiGetDeviceProperty(set, info, key)
	if err != nil {
		return ""
	}
	text, _ := value.(string)
	return printable(text, longestField)
}

// ask asks a printer for its ID. The answer's length goes to the printer as it
// is, and some fail on large ones.
func ask(node string) ID {
	f, err := overlapped.Open(node, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
	if err != nil {
		return ID{}
	}
	defer f.Close()
	answer := make([]byte, 1024)
	n, err := f.Control(get1284ID, answer, answerLimit)
	if err != nil {
		return ID{}
	}
	return framed(answer[:n])
}

// openAlone opens a printer for us alone, as far as usbprint heeds it.
func openAlone(node string) (*overlapped.File, error) {
	f, err := overlapped.Open(node, 0)
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION), errors.Is(err, windows.ERROR_BUSY):
		return nil, printer.ErrHeld
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return nil, fmt.Errorf("%w, or %w", printer.ErrDenied, printer.ErrHeld)
	case errors.Is(err, windows.ERROR_FILE_NOT_FOUND), errors.Is(err, windows.ERROR_PATH_NOT_FOUND), errors.Is(err, windows.ERROR_GEN_FAILURE):
		return nil, ErrAbsent
	}
	return nil, fmt.Errorf("open %s: %w", strings.TrimPrefix(node, `\\?\`), err)
}
