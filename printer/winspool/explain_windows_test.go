package winspool

import (
	"errors"
	"testing"

	"golang.org/x/sys/windows"

	"miandan/printer"
)

func TestExplain(t *testing.T) {
	for err, want := range map[error]error{
		windows.ERROR_INVALID_PRINTER_NAME: ErrNoQueue,
		windows.ERROR_PRINTER_DELETED:      ErrNoQueue,
		windows.ERROR_BAD_NETPATH:          ErrNoQueue,
		windows.RPC_S_SERVER_UNAVAILABLE:   ErrNoSpooler,
		windows.ERROR_ACCESS_DENIED:        printer.ErrDenied,
		windows.ERROR_DISK_FULL:            windows.ERROR_DISK_FULL,
	} {
		if got := explain("WritePrinter", err); !errors.Is(got, want) || !errors.Is(got, err) || errors.Is(got, ErrNoJob) {
			t.Errorf("explain(%v) = %v, want %v", err, got, want)
		}
	}
	if got := explainJob("GetJob", windows.ERROR_INVALID_PARAMETER); !errors.Is(got, ErrNoJob) {
		t.Errorf("explainJob = %v, want ErrNoJob", got)
	}
	if got := explainJob("GetJob", windows.ERROR_ACCESS_DENIED); errors.Is(got, ErrNoJob) || !errors.Is(got, printer.ErrDenied) {
		t.Errorf("explainJob = %v, want ErrDenied", got)
	}
}
