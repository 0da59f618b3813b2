package winspool

import (
	"math/bits"
	"reflect"
	"testing"
	"time"

	"miandan/printer"
)

// saying is a bit of a status by its name in winspool.h. The rows are run against
// the package and are what the README shows.
type saying struct {
	bit   uint32
	name  string
	means printer.Reason // "" stops nothing
}

var printerSays = []saying{
	{0x00000001, "PRINTER_STATUS_PAUSED", printer.Paused},
	{0x00000002, "PRINTER_STATUS_ERROR", printer.OtherFault},
	{0x00000004, "PRINTER_STATUS_PENDING_DELETION", printer.OtherFault},
	{0x00000008, "PRINTER_STATUS_PAPER_JAM", printer.MediaJam},
	{0x00000010, "PRINTER_STATUS_PAPER_OUT", printer.MediaEmpty},
	{0x00000020, "PRINTER_STATUS_MANUAL_FEED", printer.MediaEmpty},
	{0x00000040, "PRINTER_STATUS_PAPER_PROBLEM", printer.MediaJam},
	{0x00000080, "PRINTER_STATUS_OFFLINE", printer.Offline},
	{0x00000100, "PRINTER_STATUS_IO_ACTIVE", ""},
	{0x00000200, "PRINTER_STATUS_BUSY", ""},
	{0x00000400, "PRINTER_STATUS_PRINTING", ""},
	{0x00000800, "PRINTER_STATUS_OUTPUT_BIN_FULL", printer.OutputFull},
	{0x00001000, "PRINTER_STATUS_NOT_AVAILABLE", printer.Offline},
	{0x00002000, "PRINTER_STATUS_WAITING", ""},
	{0x00004000, "PRINTER_STATUS_PROCESSING", ""},
	{0x00008000, "PRINTER_STATUS_INITIALIZING", ""},
	{0x00010000, "PRINTER_STATUS_WARMING_UP", ""},
	{0x00020000, "PRINTER_STATUS_TONER_LOW", ""},
	{0x00040000, "PRINTER_STATUS_NO_TONER", printer.RibbonEmpty},
	{0x00080000, "PRINTER_STATUS_PAGE_PUNT", printer.OtherFault},
	{0x00100000, "PRINTER_STATUS_USER_INTERVENTION", printer.OtherFault},
	{0x00200000, "PRINTER_STATUS_OUT_OF_MEMORY", printer.OtherFault},
	{0x00400000, "PRINTER_STATUS_DOOR_OPEN", printer.CoverOpen},
	{0x00800000, "PRINTER_STATUS_SERVER_UNKNOWN", ""},
	{0x01000000, "PRINTER_STATUS_POWER_SAVE", ""},
	{0x02000000, "PRINTER_STATUS_SERVER_OFFLINE", printer.Offline},
	{0x04000000, "PRINTER_STATUS_DRIVER_UPDATE_NEEDED", printer.OtherFault},
}

var attributesSay = []saying{
	{0x00000400, "PRINTER_ATTRIBUTE_WORK_OFFLINE", printer.Offline},
}

// jobSays has beside each bit whether it shows that the job has begun, leaves
// open that no byte of it has left, and says that it was delivered.
var jobSays = []struct {
	saying
	begun, untouched, delivered bool
}{
	{saying{0x0001, "JOB_STATUS_PAUSED", printer.Paused}, false, true, false},
	{saying{0x0002, "JOB_STATUS_ERROR", printer.OtherFault}, false, false, false},
	{saying{0x0004, "JOB_STATUS_DELETING", ""}, false, true, false},
	{saying{0x0008, "JOB_STATUS_SPOOLING", ""}, false, true, false},
	{saying{0x0010, "JOB_STATUS_PRINTING", ""}, true, false, false},
	{saying{0x0020, "JOB_STATUS_OFFLINE", printer.Offline}, false, false, false},
	{saying{0x0040, "JOB_STATUS_PAPEROUT", printer.MediaEmpty}, false, false, false},
	{saying{0x0080, "JOB_STATUS_PRINTED", ""}, true, false, true},
	{saying{0x0100, "JOB_STATUS_DELETED", ""}, false, false, false},
	{saying{0x0200, "JOB_STATUS_BLOCKED_DEVQ", printer.OtherFault}, false, false, false},
	{saying{0x0400, "JOB_STATUS_USER_INTERVENTION", printer.OtherFault}, false, false, false},
	{saying{0x0800, "JOB_STATUS_RESTART", ""}, true, false, false},
	{saying{0x1000, "JOB_STATUS_COMPLETE", ""}, true, false, true},
	{saying{0x2000, "JOB_STATUS_RETAINED", ""}, false, false, false},
	{saying{0x4000, "JOB_STATUS_RENDERING_LOCALLY", ""}, false, false, false},
}

func TestPrinterBits(t *testing.T) {
	for _, s := range printerSays {
		checkReason(t, s.name, s.bit, state{status: s.bit}.reasons(), s.means)
	}
	for _, s := range attributesSay {
		checkReason(t, s.name, s.bit, state{attributes: s.bit}.reasons(), s.means)
	}
	checkReason(t, "the rest of the status", 0, state{status: 0xF8000000}.reasons(), "")
	checkReason(t, "the rest of the attributes", 0, state{attributes: ^uint32(0x400)}.reasons(), "")
}

func TestJobBits(t *testing.T) {
	for _, s := range jobSays {
		j := job{status: s.bit}
		checkReason(t, s.name, s.bit, reasons(jobBits, s.bit, true), s.means)
		if j.begun() != s.begun || j.untouched() != s.untouched || j.delivered() != s.delivered {
			t.Errorf("%s: begun %v, untouched %v, delivered %v, want %v, %v, %v",
				s.name, j.begun(), j.untouched(), j.delivered(), s.begun, s.untouched, s.delivered)
		}
	}
	if j := (job{}); j.begun() || !j.untouched() || j.delivered() {
		t.Error("a job of which nothing is said has begun")
	}
	if j := (job{status: 0x8000}); j.untouched() {
		t.Error("a job of which something unknown is said is untouched")
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
