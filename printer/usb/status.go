//go:build linux || windows

package usb

import "miandan/printer"

// Bits of the port status that every printer of the class gives (USB printer
// class 1.1 §4.2.2), under the names of the parallel port's lines.
const (
	noError    = 0x08
	selected   = 0x10
	paperEmpty = 0x20
)

// statusOf is what a port status says. It is weak evidence: most printers say
// 18h, all well, whatever happens, and some nothing but zeros or ones, which is
// no word at all.
func statusOf(b byte) (printer.Status, error) {
	switch {
	case b == 0x00 || b == 0xFF:
		return printer.Status{}, printer.ErrMute
	case b&paperEmpty != 0:
		return printer.StatusOf(printer.MediaEmpty), nil
	case b&selected == 0:
		return printer.StatusOf(printer.Offline), nil
	case b&noError == 0:
		return printer.StatusOf(printer.OtherFault), nil
	}
	return printer.Status{}, nil
}
