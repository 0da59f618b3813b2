//go:build !windows

package winspool

import (
	"errors"
	"fmt"
)

func system() (calls, error) {
	return nil, fmt.Errorf("a queue of Windows is there on Windows only; elsewhere write cups:///QUEUE: %w", errors.ErrUnsupported)
}
