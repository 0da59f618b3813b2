package virtual_test

import (
	"strings"
	"testing"

	"miandan/printer/virtual"
)

const (
	cpclHead  = "! 0 200 200 4 1\r\nPAGE-WIDTH 16\r\n"
	cpclRows  = "\xFF\xFF\x80\x01\x80\x01\xFF\xFF" // 1 is black
	cpclFrame = "CG 2 4 0 0 " + cpclRows + "\r\n"
	cpclLabel = cpclHead + cpclFrame + "FORM\r\nPRINT\r\n"
)

func TestCPCLPrints(t *testing.T) {
	jobs{
		{"bytes", cpclLabel, framed, ""},
		{"lines end with LF alone", strings.ReplaceAll(cpclLabel, "\r", ""), framed, ""},
		{"digits", cpclHead + "EG 2 4 0 0 FFFF80018001ffff\r\nPRINT\r\n", framed, ""},
		{"polarity: 1 is black", cpclHead + "CG 1 1 0 0 \xF0\r\nPRINT\r\n", []string{"####............", white[0], white[0], white[0]}, ""},
		{"white is a label too", cpclHead + "CG 2 4 0 0 \x00\x00\x00\x00\x00\x00\x00\x00\r\nPRINT\r\n", white, ""},
		{"PW", "! 0 200 200 4 1\r\nPW 16\r\n" + cpclFrame + "PRINT\r\n", framed, ""},
		{"203 for 200", "! 0 203 203 4 1\r\nPW 16\r\n" + cpclFrame + "PRINT\r\n", framed, ""},
		{"a row at a time", cpclHead + "CG 2 1 0 0 \xFF\xFF\r\nCG 2 1 0 1 \x80\x01\r\nCG 2 1 0 2 \x80\x01\r\nCG 2 1 0 3 \xFF\xFF\r\nFORM\r\nPRINT\r\n", framed, ""},
		{"bytes like commands", cpclHead + "CG 2 4 0 0 PRINT\r\n\x1B\r\nPRINT\r\n", []string{
			".#.#.....#.#..#.", ".#..#..#.#..###.", ".#.#.#......##.#", "....#.#....##.##"}, ""},
		{"odd width is cut at PAGE-WIDTH", "! 0 200 200 2 1\r\nPW 11\r\nCG 2 2 0 0 \xFF\xFF\x80\x01\r\nPRINT\r\n", []string{"###########", "#.........."}, ""},
		{"at a place, over the edge", cpclHead + "CG 1 4 12 2 \xFF\xFF\xFF\xFF\r\nPRINT\r\n", []string{white[0], white[0], "............####", "............####"}, ""},
		{"offset", "! 8 200 200 4 1\r\nPW 16\r\nCG 1 1 1 1 \xC0\r\nPRINT\r\n", []string{white[0], ".........##.....", white[0], white[0]}, ""},
		{"standing", cpclHead + "VCG 1 2 0 3 \xF0\x40\r\nPRINT\r\n", []string{"#...............", "#...............", "##..............", "#..............."}, ""},
		{"standing digits", cpclHead + "VEG 1 2 0 3 F040\r\nPRINT\r\n", []string{"#...............", "#...............", "##..............", "#..............."}, ""},
		{"long names", cpclHead + "COMPRESSED-GRAPHICS 2 4 0 0 " + cpclRows + "\r\nPRINT\r\n", framed, ""},
		{"LINE and BOX", cpclHead + "LINE 0 1 16 1 1\r\nBOX 0 0 16 4 1\r\nIL 0 1 16 1 1\r\nL 0 1 0 2 1\r\nL 15 1 15 2 1\r\nPRINT\r\n", framed, ""},
		{"ends of digits", cpclHead + "EG 2 4 0 0 FFFF8001\r\nPRINT\r\n", []string{framed[0], framed[1], white[0], white[0]}, "ends after 2"},
		{"unknown is passed over", cpclHead + "WHAT 1\r\n" + cpclFrame + "PRINT\r\n", framed, "WHAT 1"},
		{"TEXT is no dots", cpclHead + "TEXT 4 0 0 0 hello\r\n" + cpclFrame + "PRINT\r\n", framed, "hello"},
		{"a setting beyond its limits", cpclHead + "SPEED 6\r\n" + cpclFrame + "PRINT\r\n", framed, "SPEED 6"},
		{"what a driver of CUPS says", cpclHead + "TONE 4294967294\r\n" + cpclFrame + "PRINT\r\n", framed, "TONE"},
		{"a session within a session", cpclHead + "CG 1 1 0 0 \xFF\r\n" + cpclLabel, framed, ""},
		{"ABORT", cpclHead + cpclFrame + "ABORT\r\n", nil, ""},
		{"no PRINT, no label", cpclHead + cpclFrame, nil, ""},
		{"empty lines", "\r\n\r\n", nil, ""},
	}.run(t, virtual.Config{Language: virtual.CPCL})
}

// What stands outside a session is printed as text.
func TestCPCLTextMode(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.CPCL})
	write(t, dial(t, p), "! 0 200\r\nCG 2 4 0 0 ", cpclRows, "\r\nPRINT\r\n", cpclLabel)
	got := prints(t, p, 3)
	if len(got) != 3 || !strings.Contains(got[0].Garbage, "‹! 0 200›CG 2 4 0 0") || got[1].Garbage != "PRINT" || got[0].Height == 0 {
		t.Errorf("prints = %+v, want two lines of text and the label", got)
	}
	if last := got[len(got)-1]; !last.Image.Equal(frame()) || last.Garbage != "" {
		t.Errorf("the label after text: garbage %q\n%s", last.Garbage, drawn(last.Image))
	}
}

func TestCPCLSetup(t *testing.T) {
	for _, r := range []struct {
		commands string
		want     virtual.Setup
	}{
		{"", virtual.Setup{Speed: 3, Media: virtual.Continuous}},
		{"FORM\r\n", virtual.Setup{Speed: 3, Media: virtual.Gap}},
		{"GAP-SENSE\r\nFORM\r\n", virtual.Setup{Speed: 3, Media: virtual.Gap}},
		{"GAP-SENSE 50\r\nFORM\r\n", virtual.Setup{Speed: 3, Media: virtual.Gap}},
		{"BAR-SENSE\r\nFORM\r\n", virtual.Setup{Speed: 3, Media: virtual.BlackMark}},
		{"BAR-SENSE\r\n", virtual.Setup{Speed: 3, Media: virtual.Continuous}},
		{"GAP-SENSE\r\nJOURNAL\r\nCUT\r\n", virtual.Setup{Speed: 3, Media: virtual.Continuous, Cut: true}},
		{"SPEED 5\r\nTONE 200\r\n", virtual.Setup{Speed: 5, Darkness: 200, Media: virtual.Continuous}},
		{"TONE -50\r\n", virtual.Setup{Speed: 3, Darkness: -50, Media: virtual.Continuous}},
		{"CONTRAST 3\r\nSET-TOF 0\r\nPRESENT-AT 80 2\r\nPREFEED 0\r\nPOSTFEED 0\r\n", virtual.Setup{Speed: 3, Darkness: 3, Media: virtual.Continuous}},
	} {
		p := start(t, virtual.Config{Language: virtual.CPCL})
		write(t, dial(t, p), cpclHead, r.commands, cpclFrame, "PRINT\r\n")
		if got := prints(t, p, 1)[0]; *got.Setup != r.want || got.Garbage != "" {
			t.Errorf("%q: setup = %+v, garbage %q, want %+v", r.commands, *got.Setup, got.Garbage, r.want)
		}
	}
}

func TestCPCLQuantityAndMark(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.CPCL})
	c := dial(t, p)
	write(t, c, "! 0 200 200 4 3\r\nPW 16\r\n; A001\r\n", cpclFrame, "FORM\r\nPRINT\r\n", "\x1Bh")
	read(t, c, "\x10")
	got := p.Prints()
	if len(got) != 3 || got[2].Mark != "A001" {
		t.Errorf("prints = %+v, want three with a mark, before the answer", got)
	}
}

func TestCPCLStatus(t *testing.T) {
	for _, r := range []struct {
		name      string
		condition virtual.Condition
		h, i      byte
	}{
		{"ready", 0, 0x00, 0x00},
		{"paper out", virtual.PaperOut, 0x02, 0x00},
		{"latch open", virtual.CoverOpen, 0x04, 0x00},
		{"battery low", virtual.BatteryLow, 0x08, 0x00},
		{"jam", virtual.PaperJam, 0x01, 0x10},
		{"label not removed", virtual.LabelWaiting, 0x00, 0x20},
		{"paper low", virtual.PaperLow, 0x00, 0x40},
		{"no ribbon", virtual.RibbonOut, 0x01, 0x80},
		{"latch open, no paper", virtual.CoverOpen | virtual.PaperOut, 0x06, 0x00},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := start(t, virtual.Config{Language: virtual.CPCL})
			p.Set(r.condition, true)
			c := dial(t, p)
			write(t, c, "\x1Bh\x1Bi")
			read(t, c, string([]byte{r.h | 0x10, r.i})) // reset since it was last acknowledged
			write(t, c, "\x1BN\x1Bh")
			read(t, c, string([]byte{r.h}))
		})
	}
}

func TestCPCLTellsOfAReset(t *testing.T) {
	for _, once := range []bool{false, true} {
		p := start(t, virtual.Config{Language: virtual.CPCL, Quirks: virtual.Quirks{OneReset: once}})
		c := dial(t, p)
		write(t, c, "\x1Bh\x1Bh\x1BN\x1Bh")
		read(t, c, map[bool]string{false: "\x10\x10\x00", true: "\x10\x00\x00"}[once])
	}
}

func TestCPCLVersion(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.CPCL, Name: "M-1"})
	c := dial(t, p)
	write(t, c, "\x1Bv")
	read(t, c, "M-1 1.00 V0000001\x00")
	p.CutPower(false)
	c = dial(t, p)
	write(t, c, "\x1Bh")
	read(t, c, "\x10")
}

// An answer says that the label before it is out; an eager printer says busy.
func TestCPCLStatusWaits(t *testing.T) {
	for _, eager := range []bool{false, true} {
		p := start(t, virtual.Config{Language: virtual.CPCL, Quirks: virtual.Quirks{Eager: eager}})
		c := dial(t, p)
		write(t, c, "\x1BN")
		p.RunOutAfter(2)
		write(t, c, cpclLabel, "\x1Bh")
		if eager {
			until(t, c, "\x1Bh", "\x03")
			drain(t, c)
		} else {
			quiet(t, c)
		}
		if n := len(p.Prints()); n != 0 {
			t.Fatalf("printed %d labels without paper", n)
		}
		p.LoadPaper(-1)
		if eager {
			until(t, c, "\x1Bh", "\x00")
		} else {
			read(t, c, "\x00")
		}
		if got := p.Prints(); len(got) != 1 || got[0].Reloads != 1 || !got[0].Image.Equal(frame()) {
			t.Errorf("eager %v: prints = %+v, want one over a reload", eager, got)
		}
	}
}

// In a session an escape is none, and in a picture it is dots.
func TestCPCLQuestionWithinASession(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.CPCL})
	c := dial(t, p)
	write(t, c, cpclHead, "\x1Bh\r\n", cpclFrame, "PRINT\r\n")
	if got := prints(t, p, 1)[0]; !got.Image.Equal(frame()) || got.Garbage == "" {
		t.Errorf("garbage %q\n%s", got.Garbage, drawn(got.Image))
	}
	quiet(t, c)
}
