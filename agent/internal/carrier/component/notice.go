package component

import (
	"errors"
	"strings"

	"miandan/agent/internal/notice"
)

// VendorError says whose component an error is about. One without is about JD's.
type VendorError struct {
	Vendor string // the platform as people call it, in both languages: "Cainiao 菜鸟"
	Err    error
}

func (e *VendorError) Error() string { return e.Err.Error() }
func (e *VendorError) Unwrap() error { return e.Err }

// Notice gives an error of this package its sentence; nil if it is of another.
// printer is the printer's name in the settings.
func Notice(printer string, err error) *notice.Error {
	var (
		unknown *UnknownPrinterError
		refused *RefusedError
		vendor  *VendorError
	)
	whose := "JD 京东" // a text: what a ledger keeps of a sentence are texts and numbers
	if errors.As(err, &vendor) {
		whose = vendor.Vendor
	}
	switch {
	case errors.As(err, &unknown):
		return notice.New("component-no-printer", err, printer, unknown.Name, strings.Join(unknown.Known, ", "), whose)
	case errors.As(err, &refused) && refused.Unprinted:
		return notice.New("component-refused", err, printer, refused.Words, whose)
	case errors.As(err, &refused):
		return notice.New("component-unclear", err, printer, refused.Words, whose)
	case errors.Is(err, ErrNoReply):
		return notice.New("component-no-reply", err, printer, whose)
	case errors.Is(err, ErrNotLocal):
		return notice.New("component-not-local", err, printer)
	case errors.Is(err, ErrNoDocument):
		return notice.New("component-no-document", err, printer)
	case errors.Is(err, ErrOff):
		return notice.New("component-off", err, printer, whose)
	}
	return nil
}
