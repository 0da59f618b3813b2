package usb

import (
	"reflect"
	"testing"
)

func TestParseID(t *testing.T) {
	for _, r := range []struct {
		name, text string
		want       ID
	}{
		{"short keys", "MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;",
			ID{Maker: "Munbyn", Model: "RW403B", Commands: []string{"TSPL"}}},
		{"long keys", "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL, EPL2;MODEL:ZTC GK420d;CLASS:PRINTER;DESCRIPTION:a printer;SERN:29J123;",
			ID{Maker: "Zebra Technologies", Model: "ZTC GK420d", Commands: []string{"ZPL", "EPL2"}, Class: "PRINTER", Description: "a printer", Serial: "29J123"}},
		{"small letters and line ends", "mfg:HPRT;\r\nmdl:N41;\r\ncmd:TSPL,CPCL;sn:7;", ID{Maker: "HPRT", Model: "N41", Commands: []string{"TSPL", "CPCL"}, Serial: "7"}},
		{"no end", "MFG:A;MDL:B", ID{Maker: "A", Model: "B"}},
		{"the first word counts", "MFG:A;MANUFACTURER:B;MDL:C;MDL:D;", ID{Maker: "A", Model: "C"}},
		{"a value with a colon", "MDL:http://x;", ID{Model: "http://x"}},
		{"languages twice", "CMD:ZPL,zpl,,ZPL;", ID{Commands: []string{"ZPL", "zpl"}}},
		{"nothing", "", ID{}},
		{"no pairs", ";;;MFG;:;", ID{}},
		{"what steers a terminal", "MFG:\x1b[31mRed\x07\u202e;", ID{Maker: "[31mRed"}},
		{"Chinese", "MFG:佳博;MDL:GP-1324D;", ID{Maker: "佳博", Model: "GP-1324D"}},
		{"not UTF-8", "MFG:\xbc\xd1x;", ID{Maker: "x"}},
	} {
		got := ParseID(r.text)
		got.Text = ""
		if !reflect.DeepEqual(got, r.want) {
			t.Errorf("%s: ParseID = %+v, want %+v", r.name, got, r.want)
		}
	}
}

func TestFramed(t *testing.T) {
	const text = "MFG:Munbyn;MDL:RW403B;"
	for _, r := range []struct{ name, frame, want string }{
		{"as it should be", "\x00\x18" + text + "\x00rubbish", text},
		{"without its own two bytes", "\x00\x16" + text + "\x00", text[:len(text)-2]},
		{"the bytes swapped", "\x18\x00" + text + "\x00", text},
		{"none", "\x00\x00" + text + "\x00", text},
		{"too long", "\xff\xff" + text, text},
		{"empty", "\x00\x02", ""},
		{"half a length", "\x00", ""},
	} {
		if got := framed([]byte(r.frame)).Text; got != r.want {
			t.Errorf("%s: framed = %q, want %q", r.name, got, r.want)
		}
	}
}
