//go:build (!windows && !linux && !freebsd) || (linux && notray)

package tray

import (
	"errors"

	"miandan/agent/internal/notice"
)

func available() error {
	return &Unavailable{
		sentence: notice.Phrase{"This build has no tray. Use the page and the command line.", "此版本不含托盘图标。请使用网页和命令行。"},
		err:      errors.ErrUnsupported,
	}
}

// newDesk is never called: Run asks Available first.
func newDesk() desk { return nil }
