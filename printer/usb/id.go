package usb

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
)

// ID is what a printer says of itself in an IEEE-1284 device ID, such as
//
//	MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;
//
// Keys come short or long. All of it is foreign text: what would steer a
// terminal is left out, and nothing is longer than a line.
type ID struct {
	Maker       string   // MFG, MANUFACTURER
	Model       string   // MDL, MODEL
	Commands    []string // CMD, COMMAND SET: the languages that it says it knows
	Serial      string   // SN, SERN, SERIALNUMBER
	Class       string   // CLS, CLASS
	Description string   // DES, DESCRIPTION
	Text        string   // the whole of it
}

// Bounds of what is taken from a printer, in bytes. IEEE 1284 allows 64 kB; the
// kernel asks for 1 kB, and real ones have some 200 bytes.
const (
	longestID    = 4096
	longestField = 200
	mostCommands = 32
)

// ParseID reads the text of a device ID. Whatever it holds, it is an ID: fields
// that cannot be told apart are left out.
func ParseID(text string) ID {
	if len(text) > longestID {
		text = text[:longestID]
	}
	id := ID{Text: printable(text, longestID)}
	for field := range strings.SplitSeq(text, ";") {
		key, value, ok := strings.Cut(field, ":")
		if !ok {
			continue
		}
		if value = printable(value, longestField); value == "" {
			continue
		}
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "MFG", "MANUFACTURER":
			first(&id.Maker, value)
		case "MDL", "MODEL":
			first(&id.Model, value)
		case "SN", "SERN", "SERIALNUMBER", "SERIAL NUMBER":
			first(&id.Serial, value)
		case "CLS", "CLASS":
			first(&id.Class, value)
		case "DES", "DESCRIPTION":
			first(&id.Description, value)
		case "CMD", "COMMAND SET":
			for c := range strings.SplitSeq(value, ",") {
				if c = strings.TrimSpace(c); c != "" && len(id.Commands) < mostCommands && !slices.Contains(id.Commands, c) {
					id.Commands = append(id.Commands, c)
				}
			}
		}
	}
	return id
}

// first keeps what a key said first.
func first(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// framed reads a device ID as it comes off the wire: two bytes of length, which
// count themselves, and the text. Some firmwares give the length of the text
// alone or swap its bytes, so a length that cannot be is not believed.
func framed(b []byte) ID {
	if len(b) < 2 {
		return ID{}
	}
	n, text := int(binary.BigEndian.Uint16(b)), b[2:]
	if n > 2 && n-2 < len(text) {
		text = text[:n-2]
	}
	s, _, _ := strings.Cut(string(text), "\x00")
	return ParseID(s)
}

// printable is foreign text on one line, without controls or marks of direction,
// and of at most so many bytes.
func printable(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == unicode.ReplacementChar, unicode.Is(unicode.C, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			if r != '\t' && r != '\n' && r != '\r' {
				continue
			}
			r = ' '
		case unicode.IsSpace(r):
			r = ' '
		}
		if b.Len()+len(string(r)) > most {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
