package usb

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzID(f *testing.F) {
	for _, s := range []string{
		"\x00\x33MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;", "\xff\xffMFG:;", "", "\x00", "\x00\x00",
		"  " + strings.Repeat("CMD:a,b,c;", 500), "  MFG:" + strings.Repeat("\u4f73", 3000), "  MFG:\x1b]0;x\x07;MDL:\u202e\u2066;SN:\n;",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, id := range []ID{framed(b), ParseID(string(b))} {
			fields := append([]string{id.Maker, id.Model, id.Serial, id.Class, id.Description}, id.Commands...)
			for _, s := range append(fields, id.Text) {
				if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.C, r) }) {
					t.Errorf("%q steers a terminal", s)
				}
			}
			if len(id.Text) > longestID || len(id.Commands) > mostCommands {
				t.Errorf("an ID of %d bytes and %d languages", len(id.Text), len(id.Commands))
			}
			for _, s := range fields {
				if len(s) > longestField {
					t.Errorf("a field of %d bytes", len(s))
				}
			}
			// What is proposed for the settings must be taken back, and mean this printer.
			d := Device{Vendor: 0x0416, Product: 0x5011, ID: id, Serial: id.Serial, Port: "1-2"}
			all := []Device{d, {Vendor: 1, Product: 2, Port: "1-3", Maker: "x"}}
			way := reopen(t, d.Address(all))
			if got, err := way.among(all); err != nil || got.Port != "1-2" {
				t.Errorf("%s means %+v, %v", d.Address(all), got, err)
			}
		}
	})
}
