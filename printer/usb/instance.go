package usb

import (
	"strconv"
	"strings"
)

// instance is what Windows calls a device on USB:
//
//	USB\VID_0416&PID_5011\A1B2C3             with a serial number
//	USB\VID_0416&PID_5011\6&2C24CE2A&0&1     without: the system made one up for the port
//	USB\VID_0416&PID_5011&MI_01\7&1A2B&0&1   one interface of several, never with a serial number
type instance struct {
	vendor, product uint16
	serial          string // "" if it has none
	made            string // what the system made up for the port, or ""
	part            bool   // one interface of several: the serial number is its parent's
}

func parseInstance(id string) (instance, bool) {
	bus, rest, ok := strings.Cut(id, `\`)
	kind, tail, ok2 := strings.Cut(rest, `\`)
	if !ok || !ok2 || !strings.EqualFold(bus, "USB") || tail == "" || strings.Contains(tail, `\`) {
		return instance{}, false
	}
	var i instance
	numbered := 0
	for part := range strings.SplitSeq(strings.ToUpper(kind), "&") {
		name, hex, _ := strings.Cut(part, "_")
		n, err := strconv.ParseUint(hex, 16, 16)
		switch {
		case name == "MI":
			i.part = true
		case name == "VID" && err == nil:
			i.vendor = uint16(n)
			numbered++
		case name == "PID" && err == nil:
			i.product = uint16(n)
			numbered++
		}
	}
	if i.part || strings.Contains(tail, "&") {
		i.made = printable(tail, longestField)
	} else {
		i.serial = printable(tail, longestField)
	}
	return i, numbered == 2
}
