package winspool

import (
	"slices"
	"sync"
	"time"

	"miandan/printer"
)

// state is what a queue says of itself (PRINTER_INFO_2).
type state struct {
	driver, port string
	attributes   uint32
	status       uint32
	jobs         uint32
}

// Attributes of a queue (PRINTER_ATTRIBUTE_…).
const (
	attributeDirect  = 0x2   // the document goes to the port as it is written
	attributeKeep    = 0x100 // what was printed stays in the queue
	attributeOffline = 0x400 // set by a person, and of a USB printer that is not plugged in
)

// bit is what a bit of a status word means; no reason is one that stops nothing.
type bit struct {
	bit    uint32
	name   string // of winspool.h
	reason printer.Reason
	own    bool // Windows knows it by itself, whatever the printer said last
}

// printerBits are the bits of PRINTER_INFO_2's status (PRINTER_STATUS_…).
var printerBits = []bit{
	{0x1, "PAUSED", printer.Paused, true},
	{0x2, "ERROR", printer.OtherFault, false},
	{0x4, "PENDING_DELETION", printer.OtherFault, true},
	{0x8, "PAPER_JAM", printer.MediaJam, false},
	{0x10, "PAPER_OUT", printer.MediaEmpty, false},
	{0x20, "MANUAL_FEED", printer.MediaEmpty, false},
	{0x40, "PAPER_PROBLEM", printer.MediaJam, false},
	{0x80, "OFFLINE", printer.Offline, false},
	{0x100, "IO_ACTIVE", "", false},
	{0x200, "BUSY", "", false},
	{0x400, "PRINTING", "", false},
	{0x800, "OUTPUT_BIN_FULL", printer.OutputFull, false},
	{0x1000, "NOT_AVAILABLE", printer.Offline, false},
	{0x2000, "WAITING", "", false},
	{0x4000, "PROCESSING", "", false},
	{0x8000, "INITIALIZING", "", false},
	{0x10000, "WARMING_UP", "", false},
	{0x20000, "TONER_LOW", "", false},
	{0x40000, "NO_TONER", printer.RibbonEmpty, false},
	{0x80000, "PAGE_PUNT", printer.OtherFault, false},
	{0x100000, "USER_INTERVENTION", printer.OtherFault, false},
	{0x200000, "OUT_OF_MEMORY", printer.OtherFault, false},
	{0x400000, "DOOR_OPEN", printer.CoverOpen, false},
	{0x800000, "SERVER_UNKNOWN", "", false},
	{0x1000000, "POWER_SAVE", "", false},
	{0x2000000, "SERVER_OFFLINE", printer.Offline, false},
	{0x4000000, "DRIVER_UPDATE_NEEDED", printer.OtherFault, true},
}

// working are the bits of a printer that is at a job.
const working = 0x100 | 0x200 | 0x400 | 0x4000

func reasons(bits []bit, status uint32, all bool) []printer.Reason {
	var found []printer.Reason
	for _, b := range bits {
		if status&b.bit != 0 && b.reason != "" && (all || b.own) {
			found = append(found, b.reason)
		}
	}
	return found
}

// reasons are all that is said of the queue and its printer.
func (s state) reasons() []printer.Reason { return s.some(true) }

// own are those that Windows knows by itself, whoever printed last.
func (s state) own() []printer.Reason { return s.some(false) }

func (s state) some(all bool) []printer.Reason {
	found := reasons(printerBits, s.status, all)
	if s.attributes&attributeOffline != 0 {
		found = append(found, printer.Offline)
	}
	return found
}

func (s state) busy() bool { return s.jobs > 0 || s.status&working != 0 }

// doubt decides how long to believe what an idle queue says of its printer.
//
// A port's monitor learns how the printer is while it brings it a job. Of many
// printers nobody takes a word such as paper-out back before the next one; whoever
// waits for that sends no next one, and waits for ever. So after a pause one label
// is sent to see, while it can be watched where it waits, and each time in vain
// the pause is longer.
type doubt struct {
	mu        sync.Mutex
	said      []printer.Reason // since due was set
	disproved bool             // a job has come through since
	pause     time.Duration    // before the next try
	due       time.Time
}

const (
	firstDoubt = 10 * time.Second
	lastDoubt  = 5 * time.Minute
)

// status is the condition that decides whether a label may be sent now.
func (d *doubt) status(s state, now time.Time) printer.Status {
	all, own := printer.StatusOf(s.reasons()...), printer.StatusOf(s.own()...)
	if s.busy() || !own.Ready() {
		return all
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if all.Ready() {
		d.said, d.disproved = nil, false
		return all
	}
	isNew := func(r printer.Reason) bool { return !slices.Contains(d.said, r) }
	if slices.ContainsFunc(all.Reasons, isNew) {
		d.said, d.disproved = all.Reasons, false
		d.pause, d.due = firstDoubt, now.Add(firstDoubt)
	}
	if d.disproved || !now.Before(d.due) {
		return own
	}
	return all
}

// tried notes that a job was handed over.
func (d *doubt) tried(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.disproved {
		d.pause = min(2*d.pause, lastDoubt)
		d.due = now.Add(d.pause)
	}
}

// cameThrough notes that a job was printed: what is still said was said before.
func (d *doubt) cameThrough() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.disproved = true
}
