package printertest

import (
	"fmt"
	"strings"

	"miandan/printer"
)

// hostBits are the fields of the three answers to ~HS, of an idle printer but for
// one.
func hostBits() []Bit {
	idle := [3]string{
		"030,0,0,1200,000,0,0,0,000,0,0,0",
		"000,0,0,0,0,2,4,0,00000000,1,000",
		"1234,0",
	}
	var bits []Bit
	for _, b := range []struct {
		frame, field int
		says, value  string
		means        reasons
		busy         bool
	}{
		{1, 1, "how its serial line is set", "030", nil, false},
		{1, 2, "out of paper", "1", reasons{printer.MediaEmpty}, false},
		{1, 3, "paused", "1", reasons{printer.Paused}, false},
		{1, 4, "the label's length in dots", "1800", nil, false},
		{1, 5, "formats in the receive buffer", "001", nil, true},
		{1, 6, "receive buffer full", "1", nil, true},
		{1, 7, "communication diagnostics", "1", nil, false},
		{1, 8, "a format has begun", "1", nil, true},
		{1, 9, "unused", "000", nil, false},
		{1, 10, "memory corrupt", "1", reasons{printer.OtherFault}, false},
		{1, 11, "head too cold", "1", nil, false},
		{1, 12, "head too hot", "1", reasons{printer.Overheated}, false},
		{2, 1, "how it is set", "001", nil, false},
		{2, 2, "unused", "0", nil, false},
		{2, 3, "head up", "1", reasons{printer.CoverOpen}, false},
		{2, 4, "out of ribbon", "1", reasons{printer.RibbonEmpty}, false},
		{2, 5, "thermal transfer", "1", nil, false},
		{2, 6, "print mode", "1", nil, false},
		{2, 7, "print width mode", "6", nil, false},
		{2, 8, "a label waits to be taken", "1", reasons{printer.OutputFull}, false},
		{2, 9, "labels left of the batch", "00000002", nil, true},
		{2, 10, "always 1", "1", nil, false},
		{2, 11, "pictures stored", "012", nil, false},
		{3, 1, "password", "0000", nil, false},
		{3, 2, "has static memory", "1", nil, false},
	} {
		frames := idle
		fields := strings.Split(frames[b.frame-1], ",")
		fields[b.field-1] = b.value
		frames[b.frame-1] = strings.Join(fields, ",")
		answer := ""
		for _, f := range frames {
			answer += "\x02" + f + "\x03\r\n"
		}
		bits = append(bits, Bit{"ZPL", "~HS", fmt.Sprintf("frame %d, field %d", b.frame, b.field), b.says, answer, b.means, b.busy})
	}
	return bits
}

// errorBits are those of ~HQES.
func errorBits() []Bit {
	var bits []Bit
	for _, b := range []struct {
		warning       bool
		second, first int
		says          string
		means         reasons
	}{
		{false, 0, 0x1, "out of paper", reasons{printer.MediaEmpty}},
		{false, 0, 0x2, "out of ribbon", reasons{printer.RibbonEmpty}},
		{false, 0, 0x4, "head open", reasons{printer.CoverOpen}},
		{false, 0, 0x8, "cutter fault", reasons{printer.CutterFail}},
		{false, 0, 0x10, "head too hot", reasons{printer.Overheated}},
		{false, 0, 0x20, "motor too hot", reasons{printer.Overheated}},
		{false, 0, 0x40, "bad head element", reasons{printer.OtherFault}},
		{false, 0, 0x80, "head not recognised", reasons{printer.OtherFault}},
		{false, 0, 0x1000, "paper jam", reasons{printer.MediaJam}},
		{false, 0, 0x2000, "presenter", reasons{printer.OtherFault}},
		{false, 0, 0x4000, "the paper does not feed", reasons{printer.MediaJam}},
		{false, 0, 0x8000, "the paper's path could not be cleared", reasons{printer.MediaJam}},
		{false, 0, 0x10000, "paused", reasons{printer.Paused}},
		{false, 0, 0x20000, "retracting took too long", reasons{printer.OtherFault}},
		{false, 0, 0x40000, "black mark calibration", reasons{printer.OtherFault}},
		{false, 0, 0x80000, "black mark not found", reasons{printer.OtherFault}},
		{false, 0, 0x100000, "not described", reasons{printer.OtherFault}},
		{false, 1, 0, "not described", reasons{printer.OtherFault}},
		{true, 0, 0x1, "needs calibration", nil},
		{true, 0, 0x2, "head to be cleaned", nil},
		{true, 0, 0x4, "head to be replaced", nil},
		{true, 0, 0x8, "paper low", reasons{printer.MediaLow}},
		{true, 0, 0xFF0, "a kiosk's sensors", nil},
	} {
		where, lines := "error ", [2]string{"1 %08X %08X", "0 00000000 00000000"}
		if b.warning {
			where, lines = "warning ", [2]string{lines[1], lines[0]}
		}
		answer := fmt.Sprintf("\x02\r\n  PRINTER STATUS\r\n   ERRORS:         "+lines[0]+"\r\n   WARNINGS:       "+lines[1]+"\r\n\x03\r\n", b.second, b.first)
		where += fmt.Sprintf("%X", b.first)
		if b.second != 0 {
			where = fmt.Sprintf("error %X, group 2", b.second)
		}
		bits = append(bits, Bit{"ZPL", "~HQES", where, b.says, answer, b.means, false})
	}
	return bits
}
