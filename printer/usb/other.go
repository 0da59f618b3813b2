//go:build !linux && !windows

package usb

import (
	"errors"
	"fmt"

	"miandan/printer"
)

// bus is empty: on other systems printers on USB are reached by their print
// queues.
type bus struct{}

var machine = &bus{}

var errSystem = fmt.Errorf("usb:// works on Linux and Windows; on this system print through a queue, as in cups:///QUEUE: %w", errors.ErrUnsupported)

func (*bus) list() ([]Device, error)           { return nil, errSystem }
func (*bus) open(Device) (printer.Conn, error) { return nil, errSystem }
