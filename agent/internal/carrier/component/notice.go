package component

import (
	"errors"
	"strings"

	"miandan/agent/internal/notice"
)

// Notice gives an error of this package its sentence; nil if it is of another.
// printer is the printer's name in the settings.
func Notice(printer string, err error) *notice.Error {
	var (
		unknown *UnknownPrinterError
		refused *RefusedError
	)
	switch {
	case errors.As(err, &unknown):
		return notice.New("component-no-printer", err, printer, unknown.Name, strings.Join(unknown.Known, ", "))
	case errors.As(err, &refused) && refused.Unprinted:
		return notice.New("component-refused", err, printer, refused.Words)
	case errors.As(err, &refused):
		return notice.New("component-unclear", err, printer, refused.Words)
	case errors.Is(err, ErrNoReply):
		return notice.New("component-no-reply", err, printer)
	case errors.Is(err, ErrNotLocal):
		return notice.New("component-not-local", err, printer)
	case errors.Is(err, ErrNoDocument):
		return notice.New("component-no-document", err, printer)
	case errors.Is(err, ErrOff):
		return notice.New("component-off", err, printer)
	}
	return nil
}
