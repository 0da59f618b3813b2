//go:build (!windows && !linux && !freebsd && !(darwin && cgo)) || (linux && notray)

package tray

import (
	"errors"

	"miandan/agent/internal/notice"
)

func available() error { return &Unavailable{notice.New("tray-none", errors.ErrUnsupported)} }

// newDesk is never called: Run asks Available first.
func newDesk() desk { return nil }
