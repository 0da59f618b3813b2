package spool

import (
	"slices"
	"strings"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

// pdf is the one format that is sent.
const pdf = "application/pdf"

// queue is what a queue says of itself.
type queue struct {
	stopped   bool
	busy      bool // a job is at the printer
	accepting bool
	formats   []string
	reasons   []string
	papers    []paper // empty if it does not say
}

// paper is a size of paper, or a range of sizes, in 1/100 mm.
type paper struct{ width, height goipp.Range }

// Values of printer-state (RFC 8011 §5.4.11).
const (
	printerProcessing = 4
	printerStopped    = 5
)

func readQueue(attrs goipp.Attributes) queue {
	var q queue
	state, _ := first[goipp.Integer](attrs, "printer-state")
	q.stopped, q.busy = state == printerStopped, state == printerProcessing
	accepting, said := first[goipp.Boolean](attrs, "printer-is-accepting-jobs")
	q.accepting = bool(accepting) || !said
	q.formats = texts(attrs, "document-format-supported")
	q.reasons = texts(attrs, "printer-state-reasons")
	for _, c := range values[goipp.Collection](attrs, "media-size-supported") {
		width, w := extent(goipp.Attributes(c), "x-dimension")
		height, h := extent(goipp.Attributes(c), "y-dimension")
		if w && h {
			q.papers = append(q.papers, paper{width, height})
		}
	}
	return q
}

// extent reads a dimension: a size of its own, or the range of a custom one.
func extent(attrs goipp.Attributes, name string) (goipp.Range, bool) {
	if n, ok := first[goipp.Integer](attrs, name); ok {
		return goipp.Range{Lower: int(n), Upper: int(n)}, true
	}
	return first[goipp.Range](attrs, name)
}

func (q queue) takesPDF() bool {
	return len(q.formats) == 0 || slices.Contains(q.formats, pdf)
}

// status is all that is said of the queue and its printer.
func (q queue) status() printer.Status {
	var s printer.Status
	if q.stopped || !q.accepting {
		s.Reasons = append(s.Reasons, printer.Paused)
	}
	for _, r := range readReasons(q.reasons) {
		if !slices.Contains(s.Reasons, r) {
			s.Reasons = append(s.Reasons, r)
		}
	}
	return s
}

// own is what CUPS knows of the queue by itself, whoever printed last.
func (q queue) own() printer.Status {
	q.reasons = slices.DeleteFunc(slices.Clone(q.reasons), func(word string) bool {
		keyword, _ := severity(word)
		switch keyword {
		case "paused", "hold-new-jobs", "cups-missing-filter", "cups-insecure-filter":
			return false
		}
		return true
	})
	return q.status()
}

// fit is how a queue has a paper.
type fit int

const (
	noFit     fit = iota
	fixedFit      // as one of its sizes, or it does not tell its sizes
	customFit     // as a size that is given in numbers
)

const (
	// paperSlack is how far a fixed size may be from the label's, in 1/100 mm.
	// PPDs count in points and give A4 as 209.90 mm.
	paperSlack = 100
	// samePaper is how far it may be and still be the better choice than
	// numbers: cupsd takes sizes as equal up to there.
	samePaper = 2
)

// fitOf reports how one of the papers is width × height, in 1/100 mm. A queue
// that does not tell its papers is believed to have all.
func fitOf(papers []paper, width, height int) fit {
	within := func(slack int) func(paper) bool {
		return func(p paper) bool {
			return p.width.Lower-slack <= width && width <= p.width.Upper+slack &&
				p.height.Lower-slack <= height && height <= p.height.Upper+slack
		}
	}
	fixed := func(slack int) func(paper) bool {
		return func(p paper) bool { return p.fixed() && within(slack)(p) }
	}
	switch {
	case len(papers) == 0 || slices.ContainsFunc(papers, fixed(samePaper)):
		return fixedFit
	case slices.ContainsFunc(papers, within(0)):
		return customFit
	case slices.ContainsFunc(papers, fixed(paperSlack)):
		return fixedFit
	}
	return noFit
}

func (p paper) fixed() bool {
	return p.width.Lower == p.width.Upper && p.height.Lower == p.height.Upper
}

// fault translates the printer-state-reasons (RFC 8011 §5.4.12, PWG 5100.9, CUPS)
// that stop labels, whatever their severity: a label printer has one roll, so
// what is a warning on a printer with five trays is the end here, and CUPS
// itself calls a USB printer that is switched off offline-report.
func fault(keyword string) (printer.Reason, bool) {
	switch keyword {
	case "media-empty", "media-needed", "input-tray-missing":
		return printer.MediaEmpty, true
	case "media-low":
		return printer.MediaLow, true
	case "media-jam", "output-area-full":
		return printer.MediaJam, true
	case "cover-open", "door-open", "interlock-open":
		return printer.CoverOpen, true
	case "offline", "shutdown", "timed-out", "power-down":
		return printer.Offline, true
	case "paused", "moving-to-paused", "hold-new-jobs":
		return printer.Paused, true
	case "cutter-unrecoverable-failure", "cutter-jam", "cutter-motor-failure":
		return printer.CutterFail, true
	case "fuser-over-temp":
		return printer.Overheated, true
	case "cups-missing-filter", "cups-insecure-filter":
		return printer.OtherFault, true
	}
	return "", false
}

// harmless are the reasons without a severity that stop nothing.
func harmless(keyword string) bool {
	switch keyword {
	case "none", "connecting-to-device", "identify-printer-requested", "output-area-almost-full",
		"marker-supply-low", "marker-waste-almost-full", "toner-low", "developer-low", "standby", "hibernate":
		return true
	}
	// CUPS's own notes, such as cups-waiting-for-job-completed.
	return strings.HasPrefix(keyword, "cups-")
}

// readReasons translates printer-state-reasons, each once. Words that it does
// not know are OtherFault if they are errors, which RFC 8011 §5.4.12 says of
// those without a suffix too.
func readReasons(words []string) []printer.Reason {
	var reasons []printer.Reason
	for _, word := range words {
		keyword, minor := severity(word)
		reason, ok := fault(keyword)
		switch {
		case ok:
		case minor || harmless(keyword):
			continue
		default:
			reason = printer.OtherFault
		}
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// severity splits a reason, and reports whether it calls itself less than an
// error.
func severity(word string) (keyword string, minor bool) {
	for _, suffix := range []string{"-error", "-warning", "-report"} {
		if base, ok := strings.CutSuffix(word, suffix); ok {
			return base, suffix != "-error"
		}
	}
	return word, false
}
