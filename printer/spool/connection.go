package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
)

// connection says in words why there is no connection.
func connection(err error) error {
	e, ok := errors.AsType[*net.OpError](err)
	if !ok || e.Op != "dial" {
		return err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", ErrNotAllowed, err)
	}
	return fmt.Errorf("%w: %w", ErrNoSpooler, err)
}
