package winspool

import (
	"math/bits"
	"reflect"
	"testing"
	"time"

	"miandan/printer"
)

func TestPrinterBits(t *testing.T) {
	for _, c := range []struct {
		bit  uint32 // of winspool.h
		want printer.Reason
	}{
		{0x00000001, printer.Paused},      // PRINTER_STATUS_PAUSED
		{0x00000002, printer.OtherFault},  // ERROR
		{0x00000004, printer.OtherFault},  // PENDING_DELETION
		{0x00000008, printer.MediaJam},    // PAPER_JAM
		{0x00000010, printer.MediaEmpty},  // PAPER_OUT
		{0x00000020, printer.MediaEmpty},  // MANUAL_FEED
		{0x00000040, printer.MediaJam},    // PAPER_PROBLEM
		{0x00000080, printer.Offline},     // OFFLINE
		{0x00000100, ""},                  // IO_ACTIVE
		{0x00000200, ""},                  // BUSY
		{0x00000400, ""},                  // PRINTING
		{0x00000800, printer.OutputFull},  // OUTPUT_BIN_FULL
		{0x00001000, printer.Offline},     // NOT_AVAILABLE
		{0x00002000, ""},                  // WAITING
		{0x00004000, ""},                  // PROCESSING
		{0x00008000, ""},                  // INITIALIZING
		{0x00010000, ""},                  // WARMING_UP
		{0x00020000, ""},                  // TONER_LOW
		{0x00040000, printer.RibbonEmpty}, // NO_TONER
		{0x00080000, printer.OtherFault},  // PAGE_PUNT
		{0x00100000, printer.OtherFault},  // USER_INTERVENTION
		{0x00200000, printer.OtherFault},  // OUT_OF_MEMORY
		{0x00400000, printer.CoverOpen},   // DOOR_OPEN
		{0x00800000, ""},                  // SERVER_UNKNOWN
		{0x01000000, ""},                  // POWER_SAVE
		{0x02000000, printer.Offline},     // SERVER_OFFLINE
		{0x04000000, printer.OtherFault},  // DRIVER_UPDATE_NEEDED
		{0x08000000, ""},                  // not in use
	} {
		checkReason(t, "printer", c.bit, state{status: c.bit}.reasons(), c.want)
	}
	for _, c := range []struct {
		attribute uint32
		want      printer.Reason
	}{
		{0x400, printer.Offline}, // PRINTER_ATTRIBUTE_WORK_OFFLINE
		{0x100, ""},              // KEEPPRINTEDJOBS
		{0xFFFF &^ 0x400, ""},
	} {
		checkReason(t, "attribute", c.attribute, state{attributes: c.attribute}.reasons(), c.want)
	}
}

func TestJobBits(t *testing.T) {
	for _, c := range []struct {
		bit       uint32 // of winspool.h
		want      printer.Reason
		begun     bool
		untouched bool
		delivered bool
	}{
		{0x0000, "", false, true, false},
		{0x0001, printer.Paused, false, true, false},      // JOB_STATUS_PAUSED
		{0x0002, printer.OtherFault, false, false, false}, // ERROR
		{0x0004, "", false, true, false},                  // DELETING
		{0x0008, "", false, true, false},                  // SPOOLING
		{0x0010, "", true, false, false},                  // PRINTING
		{0x0020, printer.Offline, false, false, false},    // OFFLINE
		{0x0040, printer.MediaEmpty, false, false, false}, // PAPEROUT
		{0x0080, "", true, false, true},                   // PRINTED
		{0x0100, "", false, false, false},                 // DELETED
		{0x0200, printer.OtherFault, false, false, false}, // BLOCKED_DEVQ
		{0x0400, printer.OtherFault, false, false, false}, // USER_INTERVENTION
		{0x0800, "", true, false, false},                  // RESTART
		{0x1000, "", true, false, true},                   // COMPLETE
		{0x2000, "", false, false, false},                 // RETAINED
		{0x4000, "", false, false, false},                 // RENDERING_LOCALLY
		{0x8000, "", false, false, false},                 // not in use
	} {
		j := job{status: c.bit}
		checkReason(t, "job", c.bit, reasons(jobBits, c.bit, true), c.want)
		if j.begun() != c.begun || j.untouched() != c.untouched || j.delivered() != c.delivered {
			t.Errorf("job %#x: begun %v, untouched %v, delivered %v, want %v, %v, %v",
				c.bit, j.begun(), j.untouched(), j.delivered(), c.begun, c.untouched, c.delivered)
		}
	}
	if j := (job{pages: 1}); !j.begun() || j.untouched() {
		t.Error("a job of which a page was printed has not begun")
	}
}

func checkReason(t *testing.T, what string, bit uint32, got []printer.Reason, want printer.Reason) {
	t.Helper()
	var all []printer.Reason
	if want != "" {
		all = []printer.Reason{want}
	}
	if !reflect.DeepEqual(got, all) {
		t.Errorf("%s %#x = %v, want %v", what, bit, got, all)
	}
}

// Every row stands for one bit, and none twice.
func TestTablesOfBits(t *testing.T) {
	for _, table := range [][]bit{printerBits, jobBits} {
		var seen uint32
		for _, b := range table {
			if bits.OnesCount32(b.bit) != 1 || seen&b.bit != 0 {
				t.Errorf("%s stands for %#x", b.name, b.bit)
			}
			seen |= b.bit
		}
	}
}

func TestDoubt(t *testing.T) {
	const paperOut = 0x10
	empty, paused, fine := state{status: paperOut}, state{status: 1 | paperOut}, state{}
	now := time.Unix(1000, 0)
	after := func(d time.Duration) time.Time { return now.Add(d) }
	ready := func(t *testing.T, d *doubt, s state, at time.Time, want bool) {
		t.Helper()
		if got := d.status(s, at); got.Ready() != want {
			t.Errorf("after %v: %v, want ready %v", at.Sub(now), got, want)
		}
	}
	t.Run("a word is believed, then tried, then believed for longer", func(t *testing.T) {
		var d doubt
		ready(t, &d, empty, now, false)
		ready(t, &d, empty, after(9*time.Second), false)
		ready(t, &d, empty, after(10*time.Second), true)
		d.tried(after(10 * time.Second))
		ready(t, &d, empty, after(29*time.Second), false)
		ready(t, &d, empty, after(30*time.Second), true)
		for range 10 {
			d.tried(after(time.Minute))
		}
		ready(t, &d, empty, after(time.Minute+lastDoubt), true)
	})
	t.Run("a label that came through disproves it until another word comes", func(t *testing.T) {
		var d doubt
		ready(t, &d, empty, now, false)
		d.tried(after(10 * time.Second))
		d.cameThrough()
		ready(t, &d, empty, after(11*time.Second), true)
		ready(t, &d, state{status: paperOut | 0x400000}, after(12*time.Second), false)
	})
	t.Run("a word that goes and comes again is a new one", func(t *testing.T) {
		var d doubt
		ready(t, &d, empty, now, false)
		d.cameThrough()
		ready(t, &d, fine, after(time.Second), true)
		ready(t, &d, empty, after(time.Minute), false)
	})
	t.Run("what Windows knows by itself is no matter of doubt", func(t *testing.T) {
		var d doubt
		ready(t, &d, paused, now, false)
		ready(t, &d, paused, after(time.Hour), false)
		ready(t, &d, state{attributes: attributeOffline}, after(time.Hour), false)
	})
	t.Run("nor what is said while a job is at the printer", func(t *testing.T) {
		var d doubt
		ready(t, &d, empty, now, false)
		ready(t, &d, state{status: paperOut, jobs: 1}, after(time.Hour), false)
		ready(t, &d, state{status: paperOut | 0x400}, after(time.Hour), false)
	})
}
