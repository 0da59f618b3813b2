package dispatch

import (
	"fmt"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/store"
	"miandan/printer"
	"miandan/printer/spool"
	"miandan/printer/winspool"
)

// Both systems' queues are spoken of in the same sentences, also where nothing
// was printed.
func TestTroubleOfAQueue(t *testing.T) {
	for err, want := range map[error]notice.Code{
		spool.ErrNoSpooler: "spooler-off", winspool.ErrNoSpooler: "spooler-off",
		spool.ErrNoQueue: "queue-unknown", winspool.ErrNoQueue: "queue-unknown",
		spool.ErrNoPaper: "queue-no-paper", winspool.ErrNoPaper: "queue-no-paper",
		winspool.ErrResolution: "queue-resolution",
		winspool.ErrMargins:    "queue-margins",
		printer.ErrDenied:      "printer-denied",
	} {
		for _, err := range []error{err, fmt.Errorf("printer bench-1: %w", err), fmt.Errorf("%w: %w", printer.ErrUnprinted, err)} {
			if got := notice.CodeOf(PrinterNotice("bench-1", err)); got != want {
				t.Errorf("%v is %s, want %s", err, got, want)
			}
		}
	}
}

var (
	_ spooler = (*spool.Transport)(nil)
	_ spooler = (*winspool.Transport)(nil)
)

// What could not be written down before a label left is no trouble of its printer.
func TestTheDisksTroubleIsNotThePrinters(t *testing.T) {
	for err, want := range map[error]notice.Code{store.ErrFull: "disk-full", store.ErrDisk: "disk-failed", store.ErrDamaged: "database-damaged"} {
		if got := notice.CodeOf(PrinterNotice("bench-1", fmt.Errorf("label 7: %w", err))); got != want {
			t.Errorf("%v is %s, want %s", err, got, want)
		}
	}
}
