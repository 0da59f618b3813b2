package virtual_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"miandan/printer/virtual"
)

const (
	tsplSize  = "\r\nSIZE 2 mm,0.5 mm\r\nGAP 2 mm,0 mm\r\n" // 16×4 dots
	tsplHead  = tsplSize + "CLS\r\n"
	tsplRows  = "\x00\x00\x7F\xFE\x7F\xFE\x00\x00" // 0 is black
	tsplFrame = "BITMAP 0,0,2,4,0," + tsplRows + "\r\n"
	tsplLabel = tsplHead + tsplFrame + "PRINT 1,1\r\n"
)

var framed = []string{
	"################",
	"#..............#",
	"#..............#",
	"################",
}

var white = []string{
	"................",
	"................",
	"................",
	"................",
}

func zlibbed(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// bmp is a 1-bit file of 8×2 dots, bottom up, with black as the first colour.
const bmp = "BM\x46\x00\x00\x00\x00\x00\x00\x00\x3E\x00\x00\x00" +
	"\x28\x00\x00\x00\x08\x00\x00\x00\x02\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x08\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00" +
	"\x00\x00\x00\x00\xFF\xFF\xFF\x00" +
	"\x0F\x00\x00\x00" + "\xFE\x00\x00\x00"

func TestTSPLPrints(t *testing.T) {
	jobs{
		{"picture", tsplLabel, framed, ""},
		{"lines end with LF alone", strings.ReplaceAll(tsplHead+tsplFrame+"PRINT 1\n", "\r", ""), framed, ""},
		{"polarity: 0 is black", tsplHead + "BITMAP 0,0,1,1,0,\x0F\r\nPRINT 1,1\r\n", []string{"####............", white[0], white[0], white[0]}, ""},
		{"all set is white", tsplHead + "BITMAP 0,0,2,4,0," + strings.Repeat("\xFF", 8) + "\r\nPRINT 1,1\r\n", white, ""},
		{"data like commands", tsplHead + "BITMAP 0,0,2,4,0,PRINT 1\r\r\nPRINT 1,1\r\n", []string{
			"#.#.#####.#.##.#", "#.##.##.#.##...#", "#.#.#.####.#####", "##..###.####..#."}, ""},
		{"data like a question", tsplHead + "BITMAP 0,0,2,2,0,\r\x1B!?\r\nPRINT 1,1\r\n", []string{
			"####..#.###..#..", "##.####.##......", white[0], white[0]}, ""},
		{"odd width is cut at SIZE", "SIZE 1.375 mm,0.25 mm\r\nCLS\r\nBITMAP 0,0,2,2,0,\x00\x00\x7F\xFF\r\nPRINT 1\r\n", []string{"###########", "#.........."}, ""},
		{"SIZE in inches", "SIZE 0.07874,0.019685\r\nCLS\r\n" + tsplFrame + "PRINT 1\r\n", framed, ""},
		{"SIZE in dots", "SIZE 16 dot,4 dot\r\nCLS\r\n" + tsplFrame + "PRINT 1\r\n", framed, ""},
		{"SIZE wants a space before mm", "SIZE 2mm,0.5mm\r\n" + tsplLabel, framed, "SIZE 2mm"},
		{"SIZE after CLS is too late", tsplHead + "SIZE 1 mm,0.25 mm\r\n" + tsplFrame + "PRINT 1\r\n", framed, ""},
		{"at a place, over the edge", tsplHead + "BITMAP 12,2,1,4,0,\x00\x00\x00\x00\r\nPRINT 1\r\n", []string{white[0], white[0], "............####", "............####"}, ""},
		{"at no multiple of 8", tsplHead + "BITMAP 3,1,1,1,0,\x00\r\nPRINT 1\r\n", []string{white[0], "...########.....", white[0], white[0]}, ""},
		{"left of the paper", tsplHead + "BITMAP -4,0,1,1,0,\x00\r\nPRINT 1\r\n", []string{"####............", white[0], white[0], white[0]}, ""},
		{"mode 0 replaces", tsplHead + "BITMAP 0,0,2,1,0,\x00\x00\r\nBITMAP 0,0,1,1,0,\xF0\r\nPRINT 1\r\n", []string{"....############", white[0], white[0], white[0]}, ""},
		{"mode 1 adds", tsplHead + "BITMAP 0,0,2,1,0,\x0F\xFF\r\nBITMAP 0,0,2,1,1,\xF0\xFF\r\nPRINT 1\r\n", []string{"########........", white[0], white[0], white[0]}, ""},
		{"mode 2 turns over", tsplHead + "BITMAP 0,0,2,1,0,\x0F\xFF\r\nBITMAP 0,0,2,1,2,\x3F\xFF\r\nPRINT 1\r\n", []string{"..##............", white[0], white[0], white[0]}, ""},
		{"BAR", tsplHead + "BAR 1,1,3,2\r\nPRINT 1\r\n", []string{white[0], ".###............", ".###............", white[0]}, ""},
		{"BOX", tsplHead + "BOX 0,0,16,4,1\r\nPRINT 1\r\n", framed, ""},
		{"ERASE", tsplHead + "BAR 0,0,16,4\r\nERASE 1,1,14,2\r\nPRINT 1\r\n", framed, ""},
		{"REVERSE", tsplHead + "BAR 0,0,16,4\r\nREVERSE 1,1,14,2\r\nPRINT 1\r\n", framed, ""},
		{"REFERENCE", tsplHead + "REFERENCE 8,1\r\nBAR 0,0,2,1\r\nPRINT 1\r\n", []string{white[0], "........##......", white[0], white[0]}, ""},
		{"SHIFT", tsplHead + "SHIFT 2\r\nBAR 0,0,2,1\r\nPRINT 1\r\n", []string{white[0], white[0], "##..............", white[0]}, ""},
		{"SHIFT both ways", tsplHead + "SHIFT 1,2\r\nBAR 0,0,2,1\r\nPRINT 1\r\n", []string{white[0], white[0], ".##.............", white[0]}, ""},
		{"DIRECTION 1", tsplSize + "DIRECTION 1\r\nCLS\r\nBAR 0,0,2,1\r\nPRINT 1\r\n", []string{white[0], white[0], white[0], "..............##"}, ""},
		{"DIRECTION 0,1", tsplSize + "DIRECTION 0,1\r\nCLS\r\nBAR 0,0,2,1\r\nPRINT 1\r\n", []string{"..............##", white[0], white[0], white[0]}, ""},
		{"DIRECTION 180 is none", tsplSize + "DIRECTION 180\r\nCLS\r\n" + tsplFrame + "PRINT 1\r\n", framed, "DIRECTION 180"},
		{"downloaded BMP", tsplHead + "DOWNLOAD \"X.BMP\",70," + bmp + "\r\nPUTBMP 0,0,\"X.BMP\"\r\nPRINT 1\r\n", []string{".......#........", "####............", white[0], white[0]}, ""},
		{"BMP in flash", tsplHead + "DOWNLOAD F,\"X.BMP\",70," + bmp + "\r\nPUTBMP 8,0,\"X.BMP\"\r\nPRINT 1\r\n", []string{"...............#", "........####....", white[0], white[0]}, ""},
		{"a BMP that is none", tsplHead + "DOWNLOAD \"X.BMP\",4,BMXX\r\nPUTBMP 0,0,\"X.BMP\"\r\nPRINT 1\r\n", white, "PUTBMP"},
		{"what moves and measures", tsplHead + "OFFSET 1 mm\r\nFORMFEED\r\nHOME\r\nFEED 8\r\nBACKFEED 8\r\nCUT\r\nGAPDETECT\r\nEOP\r\nEOJ\r\nLIMITFEED 10 mm\r\nSOUND 1,1\r\nSET TEAR ON\r\n" + tsplFrame + "PRINT 1\r\n", framed, ""},
		{"unknown is passed over", "WHAT 1,2\r\n" + tsplLabel, framed, "WHAT 1,2"},
		{"text is no dots", tsplHead + "TEXT 0,0,\"3\",0,1,1,\"hello\"\r\n" + tsplFrame + "PRINT 1\r\n", framed, "TEXT"},
		{"small letters are unknown", "density 8\r\n" + tsplLabel, framed, "density"},
		{"DENSITY 16 is too much", "DENSITY 16\r\n" + tsplLabel, framed, "DENSITY 16"},
		{"SPEED of a snail", "SPEED 0\r\n" + tsplLabel, framed, "SPEED 0"},
		{"mode 3 is not known to all", tsplHead + "BITMAP 0,0,2,4,3,16," + zlibbed(tsplRows) + "\r\nPRINT 1,1\r\n", white, "‹"},
		{"no PRINT, no label", tsplHead + tsplFrame, nil, ""},
	}.run(t, virtual.Config{Language: virtual.TSPL})
}

func TestTSPLWithoutSize(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	write(t, dial(t, p), "CLS\r\n", tsplFrame, "PRINT 1,1\r\n")
	if got := prints(t, p, 1)[0]; got.Width != 0 || got.Height != 0 || !strings.Contains(got.Garbage, "without SIZE") {
		t.Errorf("print = %+v, want one on which nothing is", got)
	}
}

// A count that is too high makes the printer wait for data, and the next job
// begins with them.
func TestTSPLTooLittleData(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	c := dial(t, p)
	write(t, c, tsplHead, "BITMAP 0,0,2,16,0,", tsplRows, "\r\nPRINT 1,1\r\n")
	write(t, c, "\x1B!?")
	quiet(t, c)
	if n := len(p.Prints()); n != 0 {
		t.Fatalf("printed %d labels, want none", n)
	}
	write(t, c, tsplLabel)
	got := prints(t, p, 1)
	if len(got) != 1 || !got[0].Image.Equal(frame()) || got[0].Garbage == "" {
		t.Errorf("prints = %+v, want the second label after what was left of its beginning", got)
	}
}

func TestTSPLCompressedBitmap(t *testing.T) {
	packed := zlibbed(tsplRows)
	jobs{
		{"zlib", fmt.Sprintf("%sBITMAP 0,0,2,4,3,%d,%s\r\nPRINT 1,1\r\n", tsplHead, len(packed), packed), framed, ""},
		{"over the edge", fmt.Sprintf("%sBITMAP 8,2,2,4,3,%d,%s\r\nPRINT 1,1\r\n", tsplHead, len(packed), packed), []string{white[0], white[0], "........########", "........#......."}, ""},
		{"cut short", fmt.Sprintf("%sBITMAP 0,0,2,9,3,%d,%s\r\nPRINT 1,1\r\n", tsplHead, len(packed), packed), framed, "EOF"},
		{"no zlib", tsplHead + "BITMAP 0,0,2,4,3,4,\x01\x02\x03\x04\r\nPRINT 1,1\r\n", white, "BITMAP: zlib"},
	}.run(t, virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{ZlibBitmap: true}})
}

func TestTSPLSubset(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{Subset: true}})
	c := dial(t, p)
	write(t, c, "\x1B!?", "\x1B!S", "~!T\r\n", tsplHead, "BAR 0,0,16,4\r\n", tsplFrame, "PRINT 1,1\r\n")
	if got := prints(t, p, 1)[0]; !got.Image.Equal(frame()) || got.Garbage != "‹~!T›‹BAR›" {
		t.Errorf("printed %q\n%s", got.Garbage, drawn(got.Image))
	}
	quiet(t, c)
}

// What was drawn stays until CLS: over a PRINT, and over the end of a line.
func TestTSPLImageBuffer(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	c := dial(t, p)
	write(t, c, tsplLabel, "BAR 4,1,2,1\r\nPRINT 1\r\n", "BITMAP 0,0,2,4,0,\x00")
	prints(t, p, 2)
	c.Close()
	write(t, dial(t, p), "PRINT 1\r\n", tsplLabel)
	got := prints(t, p, 4)
	dirty := []string{framed[0], "#...##.........#", framed[2], framed[3]}
	for i, want := range [][]string{framed, dirty, dirty, framed} {
		if !got[i].Image.Equal(picture(want...)) {
			t.Errorf("label %d:\n%swant\n%s", i+1, drawn(got[i].Image), drawn(picture(want...)))
		}
	}
}

func TestTSPLSetup(t *testing.T) {
	for _, r := range []struct {
		commands string
		want     virtual.Setup
	}{
		{"", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.Gap}},
		{"DENSITY 15\r\nSPEED 1.5\r\n", virtual.Setup{Darkness: 15, Speed: 1.5, Media: virtual.Gap}},
		{"GAP 0,0\r\n", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.Continuous}},
		{"BLINE 3 mm,0 mm\r\n", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.BlackMark}},
		{"SET CUTTER 1\r\n", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.Gap, Cut: true}},
		{"SET CUTTER BATCH\r\n", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.Gap, Cut: true}},
		{"SET CUTTER BATCH\r\nSET CUTTER OFF\r\n", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.Gap}},
		{"SET PEEL ON\r\n", virtual.Setup{Darkness: 8, Speed: 4, Media: virtual.Gap, Peel: true}},
	} {
		p := start(t, virtual.Config{Language: virtual.TSPL})
		write(t, dial(t, p), tsplSize, r.commands, "CLS\r\n", tsplFrame, "PRINT 1\r\n")
		if got := prints(t, p, 1)[0]; *got.Setup != r.want || got.Garbage != "" {
			t.Errorf("%q: setup = %+v, garbage %q, want %+v", r.commands, *got.Setup, got.Garbage, r.want)
		}
	}
}

func TestTSPLCopies(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	c := dial(t, p)
	write(t, c, tsplHead, tsplFrame, "PRINT 2,3\r\n", "OUT \"done\"\r\n")
	read(t, c, "done\r\n")
	got := prints(t, p, 6)
	if len(got) != 6 || got[5].Seq != 6 {
		t.Errorf("printed %d labels, want 6", len(got))
	}
}

func TestTSPLOut(t *testing.T) {
	folder := t.TempDir()
	p := start(t, virtual.Config{Language: virtual.TSPL, Folder: folder})
	c := dial(t, p)
	p.OpenCover()
	write(t, c, tsplLabel, "OUT \"A001\"\r\n")
	read(t, c, "A001\r\n") // a fence for commands, not for paper
	if n := len(p.Prints()); n != 0 {
		t.Errorf("printed %d labels with the cover open", n)
	}
	p.CloseCover()
	prints(t, p, 1)
	write(t, c, tsplLabel)
	prints(t, p, 2)
	write(t, c, "OUT \"A002\"\r\n")
	read(t, c, "A002\r\n")
	got, err := virtual.ReadJournal(folder)
	if err != nil || len(got) != 2 || got[0].Mark != "A001" || got[1].Mark != "A002" || got[0].Language != virtual.TSPL {
		t.Errorf("journal = %+v, %v, want two labels with their marks", got, err)
	}
}

func TestTSPLResponse(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{Responds: true}})
	c := dial(t, p)
	write(t, c, "SET RESPONSE ON\r\n", tsplHead, tsplFrame, "PRINT 2\r\n")
	read(t, c, "{00,00001}{00,00002}")
	write(t, c, "SET RESPONSE BATCH\r\nPRINT 2\r\n")
	read(t, c, "{00,00004}")
	write(t, c, "SET RESPONSE OFF\r\nPRINT 1\r\n")
	prints(t, p, 5)
	quiet(t, c)
}

func TestTSPLStatus(t *testing.T) {
	for _, r := range []struct {
		name      string
		condition virtual.Condition
		byte      byte
		extended  string // four bytes
	}{
		{"ready", 0, 0x00, "@@@@"},
		{"head open", virtual.CoverOpen, 0x01, "E@@\x60"},
		{"paper jam", virtual.PaperJam, 0x02, "E@@\x42"},
		{"no gap where one had to come", virtual.GapLost, 0x02, "E@@\x42"},
		{"no paper", virtual.PaperOut, 0x04, "E@@\x41"},
		{"no ribbon", virtual.RibbonOut, 0x08, "E@@\x44"},
		{"ribbon jam", virtual.RibbonJam, 0x08, "E@@\x48"},
		{"paused", virtual.Paused, 0x10, "`@@@"},
		{"cutter", virtual.CutterJam, 0x80, "E@\x48@"},
		{"head hot", virtual.HeadHot, 0x80, "E@\x41@"},
		{"motor hot", virtual.MotorHot, 0x80, "E@\x42@"},
		{"head broken", virtual.HeadFault, 0x80, "E@\x44@"},
		{"no memory", virtual.MemoryFull, 0x80, "@@\x50@"},
		{"other", virtual.Fault, 0x80, "E@@@"},
		{"little paper", virtual.PaperLow, 0x00, "@A@@"},
		{"little ribbon", virtual.RibbonLow, 0x00, "@B@@"},
		{"label waiting", virtual.LabelWaiting, 0x00, "L@@@"},
		{"waits for a key", virtual.WaitsForKey, 0x00, "K@@@"},
		{"head open, no paper", virtual.CoverOpen | virtual.PaperOut, 0x05, "E@@\x61"},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := start(t, virtual.Config{Language: virtual.TSPL})
			p.Set(r.condition, true)
			c := dial(t, p)
			write(t, c, "\x1B!?")
			read(t, c, string([]byte{r.byte}))
			write(t, c, "\x1B!S")
			read(t, c, "\x02"+r.extended+"\x03\r\n")
			p.Set(r.condition, false)
			write(t, c, "\x1B!?", "\x1B!S")
			read(t, c, "\x00\x02@@@@\x03\r\n")
		})
	}
}

// What the printer is doing, as far as a question can catch it at it.
func TestTSPLDoing(t *testing.T) {
	t.Parallel()
	p := start(t, virtual.Config{Language: virtual.TSPL, Speed: 5, BackFeed: 500 * time.Millisecond})
	c := dial(t, p)
	write(t, c, tsplHead, tsplFrame)
	until(t, c, "\x1B!S", "\x02W@@@\x03\r\n") // imaging
	// On a busy computer what it does is over before it is asked, so it does it again.
	does := func(command, question, want, idle string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); ; {
			if time.Now().After(end) {
				t.Fatalf("%q is never answered with %q", question, want)
			}
			write(t, c, command)
			for quiet := 0; quiet < 100; time.Sleep(2 * time.Millisecond) {
				write(t, c, question)
				got := make([]byte, len(want))
				c.SetReadDeadline(time.Now().Add(time.Minute))
				if _, err := io.ReadFull(c, got); err != nil {
					t.Fatal(err)
				}
				if string(got) == want {
					return
				}
				if quiet++; string(got) != idle {
					quiet = 0
				}
			}
		}
	}
	const state, still = "\x1B!S", "\x02@@@@\x03\r\n"
	write(t, c, "SET CUTTER 1\r\n")
	for _, doing := range []string{"B", "P", "C"} {
		does("PRINT 1\r\n", state, "\x02"+doing+"@@@\x03\r\n", still)
		until(t, c, state, still)
	}
	does("PRINT 1\r\n", "\x1B!?", "\x20", "\x00")
	until(t, c, state, still)
	does("FORMFEED\r\n", state, "\x02F@@@\x03\r\n", still)
	until(t, c, "\x1B!?", "\x00")
}

func TestTSPLBufferFull(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Buffer: 100, Callers: 2})
	p.OpenCover()
	c := dial(t, p)
	write(t, c, strings.Repeat(tsplLabel, 20))
	other := dial(t, p)
	until(t, other, "\x1B!S", "\x02E\x40@\x60\x03\r\n")
	p.CloseCover()
	prints(t, p, 20)
}

func TestTSPLQuestions(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Name: "T-1"})
	c := dial(t, p)
	write(t, c, "~!T\r\n")
	read(t, c, "T-1\r")
	write(t, c, "~!@\r\n~!A\r\n~!F\r\n~!I\r\n")
	read(t, c, "0\r8388608\r\r8 bit : 437, 001\r")
	p.OpenCover() // answered only when ready
	write(t, c, "~!T\r\n")
	quiet(t, c)
	p.CloseCover()
	write(t, c, "\x1B!P\x1B!?\x1B!O\x1B!?")
	read(t, c, "\x10\x00")
	if n := len(p.Prints()); n != 0 {
		t.Errorf("questions printed %d labels", n)
	}
}

func TestTSPLMileage(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	c := dial(t, p)
	write(t, c, "SIZE 100 mm,998 mm\r\nGAP 2 mm,0\r\nCLS\r\nPRINT 3\r\n")
	prints(t, p, 3)
	until(t, c, "~!@\r\n", "3\r")
}

func TestTSPLLocked(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Quirks: virtual.Quirks{Locked: true}})
	c := dial(t, p)
	write(t, c, "\x1B!?")
	quiet(t, c)
	write(t, c, "~!E\r\n\x1B!?")
	read(t, c, "\x00")
}

func TestTSPLCancelAndReset(t *testing.T) {
	for name, command := range map[string]string{"cancel": "\x1B!.", "reset": "\x1B!R"} {
		t.Run(name, func(t *testing.T) {
			left := map[string]string{"cancel": "\x21", "reset": "\x01"}[name]
			p := start(t, virtual.Config{Language: virtual.TSPL})
			p.OpenCover()
			c := dial(t, p)
			write(t, c, tsplLabel, tsplLabel, tsplLabel)
			until(t, c, "\x1B!?", "\x21")
			write(t, c, command, "\x1B!?")
			read(t, c, left)
			p.CloseCover()
			// What was set went with the power, and stays otherwise.
			write(t, c, "CLS\r\n", tsplFrame, "PRINT 1\r\nOUT \"end\"\r\n")
			read(t, c, "end\r\n")
			until(t, c, "\x1B!?", "\x00")
			got := p.Prints()
			last := got[len(got)-1]
			if len(got) > 2 || (last.Height == 0) != (name == "reset") {
				t.Errorf("prints = %+v, want at most the one under the head, and the last", got)
			}
		})
	}
}

func TestTSPLPeel(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	c := dial(t, p)
	write(t, c, tsplSize, "SET PEEL ON\r\nCLS\r\n", tsplFrame, "PRINT 2\r\n")
	until(t, c, "\x1B!S", "\x02L@@@\x03\r\n")
	if n := len(p.Prints()); n != 1 {
		t.Errorf("printed %d labels into a full peeler, want 1", n)
	}
	p.TakeLabel()
	prints(t, p, 2)
}
