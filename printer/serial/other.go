//go:build !linux && !darwin && !freebsd && !openbsd && !windows

package serial

import (
	"errors"
	"fmt"

	"miandan/printer"
)

func (Transport) open() (printer.Conn, error) {
	return nil, fmt.Errorf("serial:// does not work on this system: %w", errors.ErrUnsupported)
}
