package zpl

import (
	"strconv"
	"strings"

	"miandan/printer"
)

// round is what came back of one asking of ~HQES and ~HS. They are asked
// together: a printer that is out of paper may leave ~HS unanswered, and old
// firmware does not know ~HQES.
type round struct {
	errors, first, second, third bool // which frames were heard
	reasons                      []printer.Reason
	busy                         bool
}

// whole reports whether no more is to be expected.
func (r *round) whole() bool { return r.first && r.second && r.third }

// any reports whether the printer answered at all.
func (r *round) any() bool { return r.errors || r.first || r.second }

func (r *round) sighting() printer.Sighting {
	return printer.Sighting{Status: printer.StatusOf(r.reasons...), Busy: r.busy}
}

// frame takes one frame. The three of ~HS are told apart by their fields.
func (r *round) frame(text string) {
	if strings.Contains(text, "ERRORS:") {
		*r = round{errors: true} // what the last round left is old
		r.reasons = append(r.reasons, errorStatus(text)...)
		return
	}
	f := strings.Split(strings.TrimSpace(text), ",")
	switch len(f) {
	case 12:
		r.first = true
		r.flags(f, firstFlags)
		r.busy = r.busy || number(f[4]) > 0 || set(f[5]) || set(f[7]) // formats held, buffer full, format begun
	case 11:
		r.second = true
		r.flags(f, secondFlags)
		r.busy = r.busy || number(f[8]) > 0 // labels left of the batch
	case 2:
		r.third = true
	}
}

type flags []struct {
	field  int
	reason printer.Reason
}

// A cold head is none of them: the printer warms it up and goes on.
var (
	firstFlags = flags{
		{1, printer.MediaEmpty},
		{2, printer.Paused},
		{9, printer.OtherFault}, // its memory is corrupt
		{11, printer.Overheated},
	}
	secondFlags = flags{
		{2, printer.CoverOpen},
		{3, printer.RibbonEmpty},
		{7, printer.OutputFull},
	}
)

func (r *round) flags(f []string, of flags) {
	for _, flag := range of {
		if set(f[flag.field]) {
			r.reasons = append(r.reasons, flag.reason)
		}
	}
}

func set(field string) bool { return number(field) != 0 }

// number reads digits; what is none counts as zero.
func number(field string) int {
	n, err := strconv.Atoi(strings.TrimSpace(field))
	if err != nil {
		return 0
	}
	return n
}

type hostBits []struct {
	mask   uint64
	reason printer.Reason // "" for none
}

// The bits of ~HQES, first group. What is not listed is an error without a name.
var (
	errorBits = hostBits{
		{0x1, printer.MediaEmpty},
		{0x2, printer.RibbonEmpty},
		{0x4, printer.CoverOpen},
		{0x8, printer.CutterFail},
		{0x10, printer.Overheated},
		{0x20, printer.Overheated}, // the motor
		{0x1000, printer.MediaJam},
		{0x4000, printer.MediaJam}, // the paper does not move
		{0x8000, printer.MediaJam}, // the paper's path cannot be cleared
		{0x10000, printer.Paused},
	}
	// A printer with a warning prints on.
	warningBits = hostBits{{0x8, printer.MediaLow}}
)

// errorStatus reads an answer to ~HQES: two lines of a flag and two groups of
// bits in hexadecimal, the second group first.
func errorStatus(text string) []printer.Reason {
	var reasons []printer.Reason
	second, first := groups(text, "ERRORS:")
	for _, b := range errorBits {
		if first&b.mask != 0 {
			reasons = append(reasons, b.reason)
		}
		first &^= b.mask
	}
	if first != 0 || second != 0 {
		reasons = append(reasons, printer.OtherFault)
	}
	_, first = groups(text, "WARNINGS:")
	for _, b := range warningBits {
		if first&b.mask != 0 {
			reasons = append(reasons, b.reason)
		}
	}
	return reasons
}

// groups reads a line's bits; none if its flag says that none are set.
func groups(text, line string) (second, first uint64) {
	_, rest, _ := strings.Cut(text, line)
	f := strings.Fields(rest)
	if len(f) < 3 || f[0] != "1" {
		return 0, 0
	}
	second, err := strconv.ParseUint(f[1], 16, 64)
	if err != nil {
		return 0, 0
	}
	first, err = strconv.ParseUint(f[2], 16, 64)
	if err != nil {
		return 0, 0
	}
	return second, first
}
