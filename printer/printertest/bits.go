package printertest

import "miandan/printer"

// Bit is something that a printer can say of itself, and what the driver makes of
// it. The table of them, Bits, is run against the drivers and is what the docs
// show.
type Bit struct {
	Language string
	Question string // by which it is asked for; that which is said unasked has a name
	Where    string // in the answer
	Says     string // by the maker's manual
	Answer   string // what comes back to the question, with this bit alone set
	Means    []printer.Reason
	Busy     bool // the printer is at work
}

type reasons = []printer.Reason

// Bits is every bit of every answer.
func Bits() []Bit {
	var all []Bit
	for _, bits := range [][]Bit{escposBits(), reportBits(), tsplBits(), tsplLongBits(), hostBits(), errorBits(), cpclBits()} {
		all = append(all, bits...)
	}
	return all
}

// escposBits: an answer that says nothing is 12h. Bits that come in pairs are set
// together.
func escposBits() []Bit {
	var bits []Bit
	for _, b := range []struct {
		question, where, says string
		bits                  byte
		means                 reasons
	}{
		{"DLE EOT 1", "bit 2", "drawer pin 3 is high", 0x04, nil},
		{"DLE EOT 1", "bit 3", "offline", 0x08, reasons{printer.Offline}},
		{"DLE EOT 1", "bit 5", "waits for online recovery", 0x20, reasons{printer.Paused}},
		{"DLE EOT 1", "bit 6", "FEED is held", 0x40, nil},
		{"DLE EOT 2", "bit 2", "cover open", 0x04, reasons{printer.CoverOpen}},
		{"DLE EOT 2", "bit 3", "paper is fed by the button", 0x08, reasons{printer.Paused}},
		{"DLE EOT 2", "bit 5", "stopped by the paper's end", 0x20, reasons{printer.MediaEmpty}},
		{"DLE EOT 2", "bit 6", "an error, which DLE EOT 3 names", 0x40, reasons{printer.OtherFault}},
		{"DLE EOT 3", "bit 2", "recoverable or mechanical error", 0x04, reasons{printer.OtherFault}},
		{"DLE EOT 3", "bit 3", "cutter error", 0x08, reasons{printer.CutterFail}},
		{"DLE EOT 3", "bit 5", "unrecoverable error", 0x20, reasons{printer.OtherFault}},
		{"DLE EOT 3", "bit 6", "recovers by itself (hot head)", 0x40, reasons{printer.Overheated}},
		{"DLE EOT 4", "bits 2, 3", "the paper is near its end", 0x0C, reasons{printer.MediaLow}},
		{"DLE EOT 4", "bits 5, 6", "the paper is at its end", 0x60, reasons{printer.MediaEmpty}},
	} {
		bits = append(bits, Bit{"ESC/POS", b.question, b.where, b.says, string(0x12 | rune(b.bits)), b.means, false})
	}
	return bits
}

// reportBits come unasked, in four bytes, once GS a has asked for them. GS r is
// never sent: its answer waits behind the label.
func reportBits() []Bit {
	var bits []Bit
	for _, b := range []struct {
		at          int
		where, says string
		bits        byte
		means       reasons
	}{
		{0, "byte 1, bit 2", "drawer pin 3 is high", 0x04, nil},
		{0, "byte 1, bit 3", "offline", 0x08, reasons{printer.Offline}},
		{0, "byte 1, bit 5", "cover open", 0x20, reasons{printer.CoverOpen}},
		{0, "byte 1, bit 6", "paper is fed by the button", 0x40, reasons{printer.Paused}},
		{1, "byte 2, bit 0", "waits for online recovery", 0x01, reasons{printer.Paused}},
		{1, "byte 2, bit 1", "FEED is pressed", 0x02, nil},
		{1, "byte 2, bit 2", "recoverable error", 0x04, reasons{printer.OtherFault}},
		{1, "byte 2, bit 3", "cutter error", 0x08, reasons{printer.CutterFail}},
		{1, "byte 2, bit 5", "unrecoverable error", 0x20, reasons{printer.OtherFault}},
		{1, "byte 2, bit 6", "recovers by itself (hot head)", 0x40, reasons{printer.Overheated}},
		{2, "byte 3, bits 0, 1", "the paper is near its end", 0x03, reasons{printer.MediaLow}},
		{2, "byte 3, bits 2, 3", "the paper is at its end", 0x0C, reasons{printer.MediaEmpty}},
		{3, "byte 4, bits 0 to 3", "reserved", 0x0F, nil},
	} {
		report := []byte{0x10, 0, 0, 0}
		report[b.at] |= b.bits
		bits = append(bits, Bit{"ESC/POS", Report, b.where, b.says, string(report), b.means, false})
	}
	return append(bits,
		Bit{"ESC/POS", NotAsked + "GS r 1", "bits 0, 1", "the paper is near its end", "\x03", nil, false},
		Bit{"ESC/POS", NotAsked + "GS r 1", "bits 2, 3", "the paper is at its end", "\x0C", nil, false},
		Bit{"ESC/POS", NotAsked + "GS r 2", "bit 0", "drawer pin 3 is low", "\x01", nil, false},
	)
}

// Questions that are none.
const (
	Report   = "automatic status" // said unasked, and heard
	NotAsked = "not asked: "      // what comes all the same is not listened to
)

func tsplBits() []Bit {
	const question = "ESC ! ?"
	return []Bit{
		{"TSPL", question, "00", "ready", "\x00", nil, false},
		{"TSPL", question, "01", "head open", "\x01", reasons{printer.CoverOpen}, false},
		{"TSPL", question, "02", "paper jam", "\x02", reasons{printer.MediaJam}, false},
		{"TSPL", question, "04", "out of paper", "\x04", reasons{printer.MediaEmpty}, false},
		{"TSPL", question, "08", "out of ribbon", "\x08", reasons{printer.RibbonEmpty}, false},
		{"TSPL", question, "10", "paused", "\x10", reasons{printer.Paused}, false},
		{"TSPL", question, "20", "printing", "\x20", nil, true},
		{"TSPL", question, "80", "another error", "\x80", reasons{printer.OtherFault}, false},
	}
}

func tsplLongBits() []Bit {
	var bits []Bit
	for _, b := range []struct {
		where, says, bytes string
		means              reasons
		busy               bool
	}{
		{"byte 1 `@`", "normal", "@@@@", nil, false},
		{"byte 1 `` ` ``", "paused", "`@@@", reasons{printer.Paused}, false},
		{"byte 1 `B`", "pulls the paper back", "B@@@", nil, true},
		{"byte 1 `C`", "cuts", "C@@@", nil, true},
		{"byte 1 `E`", "an error, which bytes 2 to 4 name", "E@@@", reasons{printer.OtherFault}, false},
		{"byte 1 `F`", "feeds a label", "F@@@", nil, true},
		{"byte 1 `K`", "waits for a key", "K@@@", reasons{printer.Paused}, false},
		{"byte 1 `L`", "waits for the label to be taken", "L@@@", reasons{printer.OutputFull}, false},
		{"byte 1 `P`", "prints a batch", "P@@@", nil, true},
		{"byte 1 `W`", "draws", "W@@@", nil, true},
		{"byte 2, 01", "paper low", "@\x41@@", reasons{printer.MediaLow}, false},
		{"byte 2, 02", "ribbon low", "@\x42@@", nil, false},
		{"byte 2, 04", "reserved", "@\x44@@", nil, false},
		{"byte 2, 08", "receive buffer full", "@\x48@@", nil, true},
		{"byte 3, 01", "head hot", "@@\x41@", reasons{printer.Overheated}, false},
		{"byte 3, 02", "motor hot", "@@\x42@", reasons{printer.Overheated}, false},
		{"byte 3, 04", "head error", "@@\x44@", reasons{printer.OtherFault}, false},
		{"byte 3, 08", "cutter jam", "@@\x48@", reasons{printer.CutterFail}, false},
		{"byte 3, 10", "no memory left", "@@\x50@", reasons{printer.OtherFault}, false},
		{"byte 4, 01", "out of paper", "@@@\x41", reasons{printer.MediaEmpty}, false},
		{"byte 4, 02", "paper jam", "@@@\x42", reasons{printer.MediaJam}, false},
		{"byte 4, 04", "out of ribbon", "@@@\x44", reasons{printer.RibbonEmpty}, false},
		{"byte 4, 08", "ribbon jam", "@@@\x48", reasons{printer.OtherFault}, false},
		{"byte 4, 20", "head open", "@@@\x60", reasons{printer.CoverOpen}, false},
	} {
		bits = append(bits, Bit{"TSPL", "ESC ! S", b.where, b.says, "\x02" + b.bytes + "\x03\r\n", b.means, b.busy})
	}
	return bits
}

func cpclBits() []Bit {
	return []Bit{
		{"CPCL", "ESC h", "bit 0", "busy", "\x01", nil, true},
		{"CPCL", "ESC h", "bit 1", "out of paper", "\x02", reasons{printer.MediaEmpty}, false},
		{"CPCL", "ESC h", "bit 2", "latch or cover open", "\x04", reasons{printer.CoverOpen}, false},
		{"CPCL", "ESC h", "bit 3", "battery low", "\x08", nil, false},
		{"CPCL", "ESC h", "bit 4", "was reset since it was last told so", "\x10", nil, false},
		{"CPCL", "ESC i", "bit 4", "paper jam", "\x10", reasons{printer.MediaJam}, false},
		{"CPCL", "ESC i", "bit 5", "label not removed", "\x20", reasons{printer.OutputFull}, false},
		{"CPCL", "ESC i", "bit 6", "paper low", "\x40", reasons{printer.MediaLow}, false},
		{"CPCL", "ESC i", "bit 7", "out of ribbon", "\x80", reasons{printer.RibbonEmpty}, false},
	}
}
