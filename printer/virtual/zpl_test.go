package virtual_test

import (
	"fmt"
	"strings"
	"testing"

	"miandan/printer/virtual"
)

const (
	zplHead  = "^XA^PW16^LL4^LH0,0^LT0^MNY^MMT^MTD^PR4^PON\n"
	zplFrame = "^FO0,0^GFA,8,8,2,FFFF80018001FFFF^FS\n"
	zplLabel = zplHead + zplFrame + "^PQ1,0,1,Y^XZ\n"
)

func zplGraphic(field string) string { return zplHead + field + "^XZ" }

// Two spellings of the same dots, with their CRC in the tests.
const (
	b64Data = "/wD/AP8A/wA="     // FF 00 FF 00 FF 00 FF 00
	z64Data = "eNr7z/AfDAET9AP9" // the same, as a zlib stream
)

func TestZPLPrints(t *testing.T) {
	striped := []string{"########........", "########........", "########........", "########........"}
	jobs{
		{"hexadecimal", zplLabel, framed, ""},
		{"small letters, broken lines", zplGraphic("^FO0,0^GFA,8,8,2,ffff\r\n8001\n8001 ffff^FS"), framed, ""},
		{"polarity: 1 is black", zplGraphic("^FO0,0^GFA,1,1,1,F0^FS"), []string{"####............", white[0], white[0], white[0]}, ""},
		{"white is a label too", zplGraphic("^FO0,0^GFA,8,8,2,0000000000000000^FS"), white, ""},
		{"runs", zplGraphic("^FO0,0^GFA,8,8,2,JF8H018H01JF^FS"), framed, ""},
		{"run of four, repeated row", zplGraphic("^FO0,0^GFA,8,8,2,JF8001:JF^FS"), framed, ""},
		{"fills", zplGraphic("^FO0,0^GFA,8,8,2,!8001:!^FS"), framed, ""},
		{"fills of what is left", zplGraphic("^FO0,0^GFA,8,8,2,F0,0F!,!^FS"), []string{"####............", "....############", white[0], "################"}, ""},
		{"repeat of nothing is white", zplGraphic("^FO0,0^GFA,8,8,2,:::!^FS"), []string{white[0], white[0], white[0], "################"}, ""},
		{"runs of one", zplGraphic("^FO0,0^GFA,8,8,2,GFGFGFGFG8H0G1:GFIF^FS"), framed, ""},
		{"a run over the end of a row is cut", zplGraphic("^FO0,0^GFA,2,2,2,gF^FS"), []string{"################", white[0], white[0], white[0]}, "run across rows"},
		{"binary", zplGraphic("^FO0,0^GFB,8,8,2,\xFF\xFF\x80\x01\x80\x01\xFF\xFF^FS"), framed, ""},
		{"binary like commands", zplGraphic("^FO0,0^GFB,4,4,2,~JA^^FS"), []string{
			".######..#..#.#.", ".#.....#.#.####.", white[0], white[0]}, ""},
		{"compressed binary is nobody's business", zplGraphic("^FO0,0^GFC,4,8,2,~JA^^FS" + zplFrame), framed, "^GFC"},
		{":B64:", zplGraphic("^FO0,0^GFA,8,8,2,:B64:" + b64Data + ":AAB3^FS"), striped, ""},
		{":Z64:", zplGraphic("^FO0,0^GFA,8,8,2,:Z64:" + z64Data + ":3ce6^FS"), striped, ""},
		{"wrong CRC draws nothing", zplGraphic("^FO0,0^GFA,8,8,2,:B64:" + b64Data + ":AAB4^FS"), white, "CRC"},
		{"no CRC", zplGraphic("^FO0,0^GFA,8,8,2,:B64:" + b64Data + "^FS"), white, "CRC"},
		{"odd width is cut at ^PW", "^XA^PW11^LL2^FO0,0^GFA,4,4,2,FFFF8001^FS^XZ", []string{"###########", "#.........."}, ""},
		{"at a place, over the edge", zplGraphic("^FO12,2^GFA,4,4,1,FFFFFFFF^FS"), []string{white[0], white[0], "............####", "............####"}, ""},
		{"two fields add up", zplGraphic("^FO0,0^GFA,2,2,2,F00F^FS^FO0,0^GFA,2,2,2,0FF0^FS"), []string{"################", white[0], white[0], white[0]}, ""},
		{"^FS ends ^FO", zplGraphic("^FO8,1^FS^GFA,1,1,1,FF^FS"), []string{"########........", white[0], white[0], white[0]}, ""},
		{"^LH", "^XA^PW16^LL4^LH8,1^FO1,1^GFA,1,1,1,C0^FS^XZ", []string{white[0], white[0], ".........##.....", white[0]}, ""},
		{"^LT", "^XA^PW16^LL4^LT2^FO0,0^GFA,1,1,1,C0^FS^XZ", []string{white[0], white[0], "##..............", white[0]}, ""},
		{"^POI", "^XA^PW16^LL4^POI^FO0,0^GFA,1,1,1,C0^FS^XZ", []string{white[0], white[0], white[0], "..............##"}, ""},
		{"without ^LL as long as what is drawn", "^XA^PW16^FO0,0^GFA,4,4,2,FFFF8001^FS^FO0,2^GFA,4,4,2,8001FFFF^FS^XZ", framed, ""},
		{"stored graphic", "~DGR:A.GRF,4,2,FFFF8001\n" + zplGraphic("^FO0,0^XGR:A.GRF,1,1^FS^FO0,2^XGR:A.GRF^FS^IDR:A.GRF^FS"), []string{framed[0], framed[1], framed[0], framed[1]}, ""},
		{"stored graphic, enlarged", "~DGR:A.GRF,1,1,A0\n" + zplGraphic("^FO0,0^XGR:A.GRF,2,3^FS"), []string{"##..##..........", "##..##..........", "##..##..........", white[0]}, ""},
		{"a graphic that is not there", zplGraphic("^FO0,0^XGR:A.GRF,1,1^FS" + zplFrame), framed, "^XGR:A.GRF"},
		{"settings stay", "^XA^PW16^LL4^XZ^XA" + zplFrame + "^XZ", framed, ""},
		{"a format without a field prints nothing", "^XA^PW16^LL4^XZ~SD12", nil, ""},
		{"no ^XZ, no label", zplHead + zplFrame, nil, ""},
		{"^XA begins anew", zplHead + "^FO0,0^GFA,2,2,2,FFFF^FS" + zplLabel, framed, ""},
		{"what stands outside is passed over", "hello ^FO1,1" + zplLabel, framed, "hello"},
		{"unknown is passed over", zplHead + "^QQ1,2" + zplFrame + "^XZ", framed, "‹^QQ1,2›"},
		{"text is no dots", zplHead + "^A0N,30,30^FDhello^FS" + zplFrame + "^XZ", framed, "hello"},
		{"^PON only", zplHead + "^POX" + zplFrame + "^XZ", framed, "‹^POX›"},
		{"a prefix ends a graphic", zplGraphic("^FO0,0^GFA,8,8,2,FFFF8001^FS"), []string{framed[0], framed[1], white[0], white[0]}, "ends after 2"},
		{"letters that are no digits", zplGraphic("^FO0,0^GFA,8,8,2,FFFF80018001FF#FF^FS"), framed, "#"},
		{"^GF without a count is ignored", zplGraphic("^FO0,0^GFA,,8,2,FFFF^FS" + zplFrame), framed, "^GFA,,8,2"},
	}.run(t, virtual.Config{Language: virtual.ZPL})
}

// The counts of the manual: G to Y are 1 to 19, g to z 20 to 400, added up.
func TestZPLRunLengths(t *testing.T) {
	for _, r := range []struct {
		run  string
		want int
	}{{"", 1}, {"G", 1}, {"H", 2}, {"Y", 19}, {"g", 20}, {"h", 40}, {"z", 400}, {"vM", 327}, {"zzzY", 1219}} {
		p := start(t, virtual.Config{Language: virtual.ZPL, Head: 8192})
		write(t, dial(t, p), fmt.Sprintf("^XA^PW8000^LL1^FO0,0^GFA,1000,1000,1000,%sF,^FS^XZ", r.run))
		got := prints(t, p, 1)[0]
		black := strings.Count(drawn(got.Image), "#")
		if black != 4*r.want || got.Garbage != "" {
			t.Errorf("%sF has %d digits, garbage %q, want %d", r.run, black/4, got.Garbage, r.want)
		}
	}
}

func TestZPLWithoutZ64(t *testing.T) {
	clone := start(t, virtual.Config{Language: virtual.ZPL, Quirks: virtual.Quirks{NoZ64: true}})
	write(t, dial(t, clone), "^XA^PW16^LL4^FO0,0^GFA,8,8,2,:Z64:", z64Data, ":3CE6^FS^XZ")
	if got := prints(t, clone, 1)[0]; got.Garbage == "" {
		t.Error("a clone without Z64 read it")
	}
}

func TestZPLGraphicLimit(t *testing.T) {
	for _, long := range []bool{false, true} {
		p := start(t, virtual.Config{Language: virtual.ZPL, Quirks: virtual.Quirks{LongGF: long}})
		write(t, dial(t, p), "^XA^PW800^LL1200^FO0,0^GFA,120000,120000,100,!", strings.Repeat(":", 1199), "^FS^FO0,0^GFA,1,1,1,00^FS^XZ")
		got := prints(t, p, 1)[0]
		if black := got.Image.Black(5, 5); black != long || (got.Garbage == "") != long {
			t.Errorf("long %v: black %v, garbage %q", long, black, got.Garbage)
		}
	}
}

func TestZPLSetup(t *testing.T) {
	for _, r := range []struct {
		commands string
		want     virtual.Setup
	}{
		{"", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap}},
		{"~SD25", virtual.Setup{Darkness: 25, Speed: 4, Media: virtual.Gap}},
		{"~SD25^MD-5", virtual.Setup{Darkness: 20, Speed: 4, Media: virtual.Gap}},
		{"^MD30", virtual.Setup{Darkness: 30, Speed: 4, Media: virtual.Gap}},
		{"^PR6,4,4", virtual.Setup{Darkness: 10, Speed: 6, Media: virtual.Gap}},
		{"^PRA", virtual.Setup{Darkness: 10, Speed: 2, Media: virtual.Gap}},
		{"^MNN", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Continuous}},
		{"^MNM", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.BlackMark}},
		{"^MNW", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap}},
		{"^MNA", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap}},
		{"^MMC", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap, Cut: true}},
		{"^MMP", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap, Peel: true}},
		{"~TA-05", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap}},
		{"^MTT^JUS^MAD", virtual.Setup{Darkness: 10, Speed: 4, Media: virtual.Gap}},
	} {
		p := start(t, virtual.Config{Language: virtual.ZPL})
		write(t, dial(t, p), "^XA^PW16^LL4", r.commands, zplFrame, "^XZ")
		if got := prints(t, p, 1)[0]; *got.Setup != r.want || got.Garbage != "" {
			t.Errorf("%q: setup = %+v, garbage %q, want %+v", r.commands, *got.Setup, got.Garbage, r.want)
		}
	}
}

func TestZPLQuantity(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.ZPL})
	c := dial(t, p)
	write(t, c, zplHead, zplFrame, "^FXA001^FS^PQ4,2,1,N^XZ")
	prints(t, p, 2)
	until(t, c, "! U1 getvar \"odometer.total_label_count\"\r\n", `"2"`)
	write(t, c, "~PS")
	if got := prints(t, p, 4); got[3].Mark != "A001" {
		t.Errorf("mark = %q, want the comment", got[3].Mark)
	}
	write(t, c, zplHead, zplFrame, "^PQ3,1,1,Y^XZ")
	prints(t, p, 7)
}

func TestZPLHostStatus(t *testing.T) {
	for _, r := range []struct {
		name      string
		condition virtual.Condition
		first     string
		second    string
	}{
		{"ready", 0, "030,0,0,0000,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,6,0,00000000,1,000"},
		{"paper out", virtual.PaperOut, "030,1,0,0000,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,6,0,00000000,1,000"},
		{"paused", virtual.Paused, "030,0,1,0000,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,6,0,00000000,1,000"},
		{"RAM corrupt", virtual.MemoryLost, "030,0,0,0000,000,0,0,0,000,1,0,0", "000,0,0,0,0,2,6,0,00000000,1,000"},
		{"head cold", virtual.HeadCold, "030,0,0,0000,000,0,0,0,000,0,1,0", "000,0,0,0,0,2,6,0,00000000,1,000"},
		{"head hot", virtual.HeadHot, "030,0,0,0000,000,0,0,0,000,0,0,1", "000,0,0,0,0,2,6,0,00000000,1,000"},
		{"head up", virtual.CoverOpen, "030,0,0,0000,000,0,0,0,000,0,0,0", "000,0,1,0,0,2,6,0,00000000,1,000"},
		{"ribbon out", virtual.RibbonOut, "030,0,0,0000,000,0,0,0,000,0,0,0", "000,0,0,1,0,2,6,0,00000000,1,000"},
		{"label waiting", virtual.LabelWaiting, "030,0,0,0000,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,6,1,00000000,1,000"},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := start(t, virtual.Config{Language: virtual.ZPL})
			p.Set(r.condition, true)
			c := dial(t, p)
			write(t, c, "~HS")
			read(t, c, "\x02"+r.first+"\x03\r\n\x02"+r.second+"\x03\r\n\x021234,0\x03\r\n")
		})
	}
}

func TestZPLHostStatusCounts(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.ZPL, Pages: 2})
	c := dial(t, p)
	write(t, c, "^XA^MMP^MTT~HS") // a format that is open
	read(t, c, "\x02030,0,0,0000,000,0,0,")
	drain(t, c)
	until(t, c, "~HS", "\x02030,0,0,0000,000,0,0,1,000,0,0,0\x03\r\n\x02000,0,0,0,1,1,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n")
	write(t, c, "^XZ^XA^MMT^XZ")
	p.OpenCover()
	write(t, c, zplHead, zplFrame, "^PQ3^XZ", strings.Repeat(zplLabel, 4))
	until(t, c, "~HS", "\x02030,0,0,0004,004,0,0,0,000,0,0,0\x03\r\n\x02000,0,1,0,0,2,6,0,00000003,1,000\x03\r\n\x021234,0\x03\r\n")
	p.CloseCover()
	prints(t, p, 7)
	until(t, c, "~HS", "\x02030,0,0,0000,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n")
}

func TestZPLErrorStatus(t *testing.T) {
	for _, r := range []struct {
		name      string
		condition virtual.Condition
		errors    string
		warnings  string
	}{
		{"ready", 0, "0 00000000 00000000", "0 00000000 00000000"},
		{"media out", virtual.PaperOut, "1 00000000 00000001", "0 00000000 00000000"},
		{"ribbon out", virtual.RibbonOut, "1 00000000 00000002", "0 00000000 00000000"},
		{"head open", virtual.CoverOpen, "1 00000000 00000004", "0 00000000 00000000"},
		{"cutter", virtual.CutterJam, "1 00000000 00000008", "0 00000000 00000000"},
		{"head hot", virtual.HeadHot, "1 00000000 00000010", "0 00000000 00000000"},
		{"motor hot", virtual.MotorHot, "1 00000000 00000020", "0 00000000 00000000"},
		{"head detection", virtual.HeadFault, "1 00000000 00000080", "0 00000000 00000000"},
		{"jam", virtual.PaperJam, "1 00000000 00001000", "0 00000000 00000000"},
		{"paused", virtual.Paused, "1 00000000 00010000", "0 00000000 00000000"},
		{"mark not found", virtual.GapLost, "1 00000000 00080000", "0 00000000 00000000"},
		{"bad element", virtual.BadElement, "1 00000000 00000040", "0 00000000 00000000"},
		{"presenter", virtual.PresenterFault, "1 00000000 00002000", "0 00000000 00000000"},
		{"feed", virtual.FeedFault, "1 00000000 00004000", "0 00000000 00000000"},
		{"clear path", virtual.PathBlocked, "1 00000000 00008000", "0 00000000 00000000"},
		{"retract timeout", virtual.RetractTimeout, "1 00000000 00020000", "0 00000000 00000000"},
		{"mark calibrate", virtual.MarkUnknown, "1 00000000 00040000", "0 00000000 00000000"},
		{"calibrate", virtual.Uncalibrated, "0 00000000 00000000", "1 00000000 00000001"},
		{"clean head", virtual.HeadDirty, "0 00000000 00000000", "1 00000000 00000002"},
		{"replace head", virtual.HeadWorn, "0 00000000 00000000", "1 00000000 00000004"},
		{"first kiosk sensor", virtual.KioskSensor, "0 00000000 00000000", "1 00000000 00000010"},
		{"last kiosk sensor", virtual.KioskSensor << 7, "0 00000000 00000000", "1 00000000 00000800"},
		{"several", virtual.PaperOut | virtual.CoverOpen | virtual.PaperLow, "1 00000000 00000005", "1 00000000 00000008"},
		{"media low", virtual.PaperLow, "0 00000000 00000000", "1 00000000 00000008"},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := start(t, virtual.Config{Language: virtual.ZPL})
			p.Set(r.condition, true)
			c := dial(t, p)
			write(t, c, "~HQES")
			read(t, c, "\x02\r\n  PRINTER STATUS\r\n  ERRORS:   "+r.errors+"\r\n  WARNINGS: "+r.warnings+"\r\n\x03")
		})
	}
}

func TestZPLCoyAndOld(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.ZPL, Quirks: virtual.Quirks{Coy: true, NoHQES: true, NoSGD: true}})
	c := dial(t, p)
	write(t, c, "~HQES! U1 getvar \"odometer.total_label_count\"\r\n")
	read(t, c, `"?"`)
	write(t, c, "~HS")
	read(t, c, "\x02030,")
	drain(t, c)
	p.OpenCover()
	write(t, c, "~HS")
	quiet(t, c)
}

func TestZPLQuestions(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.ZPL, Name: "Z-1", DotsPerMM: 12, PerMetre: 11811})
	c := dial(t, p)
	for _, r := range [][2]string{
		{"~HI", "\x02Z-1,V1.0,12,8192KB,\x03\r\n"},
		{"~HM", "8192,8192,8192\r\n"},
		{"~HQSN", "\x02\r\n  SERIAL NUMBER\r\n  V0000001\r\n\x03"},
		{"~HQOD", "\x02\r\n  PRINT METERS\r\n  TOTAL NONRESETTABLE: 0 cm\r\n\x03"},
		{"~HQPH", "\x02\r\n  LAST CLEANED: 0 cm\r\n\x03"},
		{"! U1 getvar \"no.such\"\r\n", `"?"`},
		{"! U1 getvar \"media.status\"\r\n", `"ok"`},
		{"! U1 getvar \"head.latch\"\r\n", `"ok"`},
		{"! U1 setvar \"odometer.user_label_count\" \"65000\"\r\n! U1 getvar \"odometer.user_label_count\"\r\n", `"65000"`},
		{"! U1 setvar \"odometer.user_label_count\" \"65001\"\r\n! U1 getvar \"odometer.user_label_count\"\r\n", `"65000"`},
		{"! U1 getvar \"odometer.media_marker_count\"\r\n", `"0"`},
	} {
		write(t, c, r[0])
		read(t, c, r[1])
	}
}

func TestZPLAlerts(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.ZPL})
	c := dial(t, p)
	for _, a := range []string{"PQ JOB COMPLETED,USB,Y,N,,0,N,", "HEAD OPEN,TCP,Y,Y,,0,N,", "LABEL READY,SERIAL,Y,N,,0,N,", "LABEL TAKEN,USB,Y,N,,0,N,"} {
		write(t, c, "! U1 setvar \"alerts.add\" \""+a+"\"\r\n")
	}
	alert := func(what string) {
		t.Helper()
		read(t, c, "ALERT: "+what+" [")
		drain(t, c)
	}
	write(t, c, zplHead, zplFrame, "^PQ3^XZ")
	alert("PQ JOB COMPLETED")
	p.OpenCover()
	alert("ERROR CONDITION: HEAD OPEN")
	p.CloseCover()
	alert("ERROR CLEARED: HEAD OPEN")
	write(t, c, zplHead, "^MMP", zplFrame, "^XZ")
	read(t, c, "ALERT: PQ JOB COMPLETED [")
	drain(t, c)
	p.TakeLabel()
	alert("LABEL TAKEN")
}

func TestZPLPauseCancelReset(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.ZPL})
	c := dial(t, p)
	write(t, c, "~PP", zplLabel, zplLabel, zplLabel, zplLabel)
	until(t, c, "~HS", "\x02030,0,1,0004,003,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,6,0,00000001,1,000\x03\r\n\x021234,0\x03\r\n")
	write(t, c, "~JA~HS")
	read(t, c, "\x02030,0,1,0004,000,")
	drain(t, c)
	write(t, c, "~PS")
	prints(t, p, 1)
	write(t, c, zplLabel)
	prints(t, p, 2)
	write(t, c, "~PP", zplLabel, zplLabel, "~JR", "^XA", zplFrame, "^XZ")
	got := prints(t, p, 3)
	if last := got[len(got)-1]; last.Width != 832 || last.Garbage != "" {
		t.Errorf("print = %+v, want one of the width that a printer has after it was switched on", last)
	}
}
