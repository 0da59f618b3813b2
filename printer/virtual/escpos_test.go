package virtual_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/printer/bitmap"
	"miandan/printer/virtual"
)

const (
	reset = "\x1B@"
	cut   = "\x1DVB\x00"
	next  = "\x1D\x0C"
	rows4 = "\x1Dv0\x00\x02\x00\x04\x00\xFF\xFF\x80\x01\x80\x01\xFF\xFF" // a frame of 16×4
)

func mark(id string) string     { return "\x1D(H\x06\x0000" + id }
func returned(id string) string { return "\x37\x22" + id + "\x00" }

// columns are two of 24 dots: the first is black above and below, the second in
// its first two.
func columns(wide int) *bitmap.Image {
	m := bitmap.New(2*wide, 24)
	m.FillRect(0, 0, 2*wide, 1, true)
	m.FillRect(wide, 1, wide, 1, true)
	m.FillRect(0, 23, wide, 1, true)
	return m
}

// eights are two columns of eight dots, each dot three rows high: the first black
// above, the second in its second and last.
func eights(wide int) *bitmap.Image {
	m := bitmap.New(2*wide, 24)
	m.FillRect(0, 0, wide, 3, true)
	m.FillRect(wide, 3, wide, 3, true)
	m.FillRect(wide, 21, wide, 3, true)
	return m
}

func TestPrints(t *testing.T) {
	tall := bitmap.New(16, 14)
	tall.FillRect(0, 0, 16, 14, true)
	tall.FillRect(1, 1, 14, 2, false)
	tall.FillRect(0, 4, 16, 6, false)
	tall.FillRect(1, 11, 14, 2, false)
	shifted := bitmap.New(20, 4)
	shifted.FillRect(4, 0, 16, 4, true)
	shifted.FillRect(5, 1, 14, 2, false)
	narrow := bitmap.New(11, 4)
	narrow.FillRect(0, 0, 11, 4, true)
	narrow.FillRect(1, 1, 10, 2, false)
	for _, r := range []struct {
		name, bytes string
		want        *bitmap.Image
		garbage     bool
	}{
		{"cut", reset + rows4 + cut, frame(), false},
		{"full cut", reset + rows4 + "\x1DV\x00", frame(), false},
		{"next label", reset + rows4 + next, frame(), false},
		{"form feed", reset + rows4 + "\x0C", frame(), false},
		{"two bands and a feed", reset + rows4 + "\x1BJ\x06" + rows4 + cut, tall, false},
		{"margin", reset + "\x1DL\x04\x00" + rows4 + cut, shifted, false},
		{"area", reset + "\x1DW\x0B\x00" + rows4 + cut, narrow, false},
		{"graphics", reset + "\x1D(L\x12\x00\x30\x70\x30\x01\x01\x31\x10\x00\x04\x00\xFF\xFF\x80\x01\x80\x01\xFF\xFF\x1D(L\x02\x00\x30\x32" + cut, frame(), false},
		{"long graphics", reset + "\x1D8L\x12\x00\x00\x00\x30\x70\x30\x01\x01\x31\x10\x00\x04\x00\xFF\xFF\x80\x01\x80\x01\xFF\xFF\x1D(L\x02\x00\x30\x32" + cut, frame(), false},
		{"graphics that are stored only", reset + rows4 + "\x1D(L\x0B\x00\x30\x70\x30\x01\x01\x31\x08\x00\x01\x00\xFF" + cut, frame(), false},
		{"graphics of another size than they say", reset + "\x1D(L\x0B\x00\x30\x70\x30\x01\x01\x31\x08\x00\x02\x00\xFF" + cut, nil, true},
		{"columns", reset + "\x1B3\x18\x1B*\x21\x02\x00\x80\x00\x01\xC0\x00\x00\x0A" + cut, columns(1), false},
		{"columns of single density", reset + "\x1B3\x18\x1B*\x20\x02\x00\x80\x00\x01\xC0\x00\x00\x0A\x1B2" + cut, columns(2), false},
		{"columns of eight dots", reset + "\x1B*\x01\x02\x00\x80\x41\x1BJ\x10" + cut, eights(1), false},
		{"columns of eight dots of single density", reset + "\x1B*\x00\x02\x00\x80\x41\x1BJ\x10" + cut, eights(2), false},
		{"columns of a kind that there is not", reset + "\x1B*\x02\x02\x00\x80\x40\x0A" + cut, nil, true},
		{"how Chinese text looks", "\x1C&\x1C.\x1C!\x00\x1C-\x01\x1CS\x00\x00\x1B \x00\x1B-\x00" + rows4 + cut, frame(), false},
		{"what the printer passes over", "\x10\x04\x01\x10\x05\x01\x1C(L\x02\x00\x22\x40\x1D(D\x05\x00\x14\x01\x00\x02\x00\x1Ba\x01" + rows4 + cut, frame(), false},
		{"text", reset + "hello" + cut, nil, true},
		{"a picture without width", reset + "\x1Dv0\x00\x00\x00\x04\x00" + rows4 + cut, nil, true},
		{"an unknown command", reset + "\x1D\x7F" + rows4 + cut, nil, true},
		{"a picture that is too long", reset + rows4 + "\xFF" + cut, nil, true},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := start(t, virtual.Config{})
			c := dial(t, p)
			write(t, c, r.bytes, mark("0001"))
			for got := []byte{}; !bytes.HasSuffix(got, []byte(returned("0001"))); {
				b := make([]byte, 1)
				c.SetReadDeadline(time.Now().Add(time.Minute))
				if _, err := c.Read(b); err != nil {
					t.Fatal(err)
				}
				got = append(got, b...)
			}
			got := p.Prints()
			if len(got) != 1 || got[0].Partial || got[0].Mark != "0001" || (got[0].Garbage != "") != r.garbage {
				t.Fatalf("prints = %+v, want one", got)
			}
			if r.want != nil && !got[0].Image.Equal(r.want) {
				t.Errorf("printed %d×%d % X, want %d×%d % X", got[0].Width, got[0].Height, got[0].Image.Bits, r.want.Width, r.want.Height, r.want.Bits)
			}
		})
	}
}

func condition(c virtual.Condition) func(*virtual.Printer) {
	return func(p *virtual.Printer) { p.Set(c, true) }
}

func TestQueuedStatus(t *testing.T) {
	for _, r := range []struct {
		condition virtual.Condition
		answers   string
	}{
		{0, "\x00\x01"}, {virtual.PaperLow, "\x03\x01"}, {virtual.PaperOut, "\x0C\x01"}, {virtual.PaperLow | virtual.PaperOut, "\x0F\x01"}, {virtual.Drawer, "\x00\x00"},
	} {
		p := start(t, virtual.Config{})
		p.Set(r.condition, true)
		c := dial(t, p)
		write(t, c, "\x1Dr\x01\x1Dr\x02")
		read(t, c, r.answers)
	}
}

func TestClearsBuffers(t *testing.T) {
	for name, c := range map[string]struct{ command, reply string }{
		"DLE ENQ 2 after an error": {"\x10\x05\x02", ""},
		"DLE DC4 8":                {"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "\x37\x25\x00"},
	} {
		p := start(t, virtual.Config{})
		p.JamCutter(true)
		line := dial(t, p)
		write(t, line, reset, rows4, cut, reset, rows4, cut, c.command)
		read(t, line, c.reply)
		write(t, line, "\x10\x04\x01")
		line.Read(make([]byte, 1))
		p.JamCutter(false)
		write(t, line, reset, rows4, cut, mark("0001"))
		read(t, line, returned("0001"))
		if got := p.Prints(); whole(t, got) != 1 || got[len(got)-1].Mark != "0001" {
			t.Errorf("%s: prints = %+v, want the last label only", name, got)
		}
	}
	// A printer that is ready is not cleared.
	p := start(t, virtual.Config{})
	line := dial(t, p)
	write(t, line, reset, rows4, "\x10\x05\x02", cut, mark("0001"))
	read(t, line, returned("0001"))
	if got := p.Prints(); whole(t, got) != 1 {
		t.Errorf("prints = %+v, want one", got)
	}
}

func TestStatus(t *testing.T) {
	for _, r := range []struct {
		name    string
		do      func(*virtual.Printer)
		answers string // to DLE EOT 1 to 4
		report  string
	}{
		{"ready", func(*virtual.Printer) {}, "\x16\x12\x12\x12", "\x14\x00\x00\x00"},
		{"no paper", func(p *virtual.Printer) { p.RunOutAfter(0) }, "\x1E\x32\x12\x72", "\x1C\x00\x0C\x00"},
		{"little paper", (*virtual.Printer).LowPaper, "\x16\x12\x12\x1E", "\x14\x00\x03\x00"},
		{"cover", (*virtual.Printer).OpenCover, "\x1E\x16\x12\x12", "\x3C\x00\x00\x00"},
		{"cutter", func(p *virtual.Printer) { p.JamCutter(true) }, "\x1E\x52\x1A\x12", "\x1C\x08\x00\x00"},
		{"cash drawer", condition(virtual.Drawer), "\x12\x12\x12\x12", "\x10\x00\x00\x00"},
		{"FEED held", condition(virtual.FeedPressed), "\x56\x1A\x12\x12", "\x54\x02\x00\x00"},
		{"waits to be put online", condition(virtual.WaitsForKey), "\x3E\x12\x12\x12", "\x1C\x01\x00\x00"},
		{"mechanical error", condition(virtual.Fault), "\x1E\x52\x16\x12", "\x1C\x04\x00\x00"},
		{"paper jam", condition(virtual.PaperJam), "\x1E\x52\x16\x12", "\x1C\x04\x00\x00"},
		{"unrecoverable", condition(virtual.Broken), "\x1E\x52\x32\x12", "\x1C\x20\x00\x00"},
		{"head hot", condition(virtual.HeadHot), "\x1E\x52\x52\x12", "\x1C\x40\x00\x00"},
		{"mended", func(p *virtual.Printer) {
			p.OpenCover()
			p.RunOutAfter(0)
			p.LowPaper()
			p.JamCutter(true)
			p.JamCutter(false)
			p.LoadPaper(10)
			p.CloseCover()
		}, "\x16\x12\x12\x12", "\x14\x00\x00\x00"},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := start(t, virtual.Config{})
			r.do(p)
			c := dial(t, p)
			for n, want := range []byte(r.answers) {
				write(t, c, "\x10\x04"+string(rune(n+1)))
				read(t, c, string([]byte{want}))
			}
			write(t, c, "\x1Da\x0E")
			read(t, c, r.report)
		})
	}
}

func TestReportsChangesUnasked(t *testing.T) {
	p := start(t, virtual.Config{})
	c := dial(t, p)
	write(t, c, "\x1Da\x0E")
	read(t, c, "\x14\x00\x00\x00")
	p.OpenCover()
	read(t, c, "\x3C\x00\x00\x00")
	p.OpenCover()
	p.CloseCover()
	read(t, c, "\x14\x00\x00\x00")
	write(t, c, reset+mark("0001"))
	read(t, c, returned("0001"))
	p.OpenCover()
	quiet(t, c)
}

func TestAnswersInTurn(t *testing.T) {
	p := start(t, virtual.Config{Name: "TM-0"})
	c := dial(t, p)
	write(t, c, "\x1DI\x43", "\x1Dr\x01", "\x1DI\x02", mark("abcd"))
	read(t, c, "\x5FTM-0\x00"+"\x00"+"\x22"+returned("abcd"))
	if n := len(p.Prints()); n != 0 {
		t.Errorf("questions printed %d labels", n)
	}
}

func TestBytesBeforeTheLineDroppedArePrinted(t *testing.T) {
	label := reset + rows4 + cut
	p := start(t, virtual.Config{})
	p.OpenCover()
	p.DropAfter(len(label) + 5)
	c := dial(t, p)
	write(t, c, label, mark("0001"))
	if _, err := io.ReadAll(c); err == nil {
		t.Error("the line was not reset")
	}
	other := dial(t, p)
	write(t, other, label, mark("0002"))
	quiet(t, other)
	p.CloseCover()
	read(t, other, returned("0002"))
	got := p.Prints()
	if len(got) != 2 || got[0].Mark != "" || got[0].Partial || got[1].Mark != "0002" {
		t.Errorf("prints = %+v, want the first without and the second with its process ID", got)
	}
}

func TestPartialLabel(t *testing.T) {
	p := start(t, virtual.Config{})
	p.DropAfter(len(reset) + 8 + 5) // two rows and a half
	c := dial(t, p)
	write(t, c, reset, rows4, cut, mark("0001"))
	got := prints(t, p, 1)
	if !got[0].Partial || got[0].Height != 2 || got[0].Mark != "" {
		t.Errorf("print = %+v, want two rows of a partial label", got[0])
	}
	// The next caller's bytes are not taken for the rest of the picture.
	other := dial(t, p)
	write(t, other, reset, rows4, cut, mark("0002"))
	read(t, other, returned("0002"))
	if got := p.Prints(); len(got) != 2 || !got[1].Image.Equal(frame()) {
		t.Errorf("prints = %+v, want a whole one after the partial one", got)
	}
}

func TestForgetsTheBuffer(t *testing.T) {
	p := start(t, virtual.Config{})
	p.Forget(true)
	p.OpenCover()
	c := dial(t, p)
	write(t, c, reset, rows4, cut, "\x10\x04\x01")
	read(t, c, "\x1E")
	c.Close()
	other := dial(t, p)
	write(t, other, "\x10\x04\x01")
	read(t, other, "\x1E")
	p.CloseCover()
	write(t, other, mark("0002"))
	read(t, other, returned("0002"))
	// The row under the head had left the buffer already.
	if got := p.Prints(); len(got) > 1 || len(got) == 1 && !got[0].Partial {
		t.Errorf("prints = %+v, want no whole label", got)
	}
}

func TestPaperOutWithinALabel(t *testing.T) {
	p := start(t, virtual.Config{})
	p.RunOutAfter(2)
	c := dial(t, p)
	write(t, c, reset, rows4, cut, mark("0001"))
	quiet(t, c)
	write(t, c, "\x10\x04\x04")
	read(t, c, "\x72")
	if n := len(p.Prints()); n != 0 {
		t.Fatalf("%d prints without paper", n)
	}
	p.LoadPaper(-1)
	read(t, c, returned("0001"))
	if got := p.Prints(); len(got) != 1 || got[0].Reloads != 1 || !got[0].Image.Equal(frame()) {
		t.Errorf("prints = %+v, want one label over one reload", got)
	}
}

func TestMuteHungAndLate(t *testing.T) {
	t.Parallel()
	p := start(t, virtual.Config{})
	c := dial(t, p)
	p.Mute(true)
	write(t, c, "\x10\x04\x01", reset, rows4, cut, mark("0001"))
	prints(t, p, 1)
	quiet(t, c)
	p.Mute(false)
	p.Hang(true)
	write(t, c, reset, rows4, cut, mark("0002"))
	quiet(t, c)
	if n := len(p.Prints()); n != 1 {
		t.Errorf("a hung printer has printed %d labels, want 1", n)
	}
	p.LateMark(3 * time.Second) // long after it has been listened for
	p.Hang(false)
	prints(t, p, 2)
	quiet(t, c)
	read(t, c, returned("0002"))
}

func TestBufferHoldsTheHostBack(t *testing.T) {
	p := start(t, virtual.Config{Buffer: 100})
	p.OpenCover()
	c := dial(t, p)
	write(t, c, strings.Repeat(rows4, 1000), cut, mark("0001"))
	for end := time.Now().Add(time.Minute); p.Received() < 100 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	// A row is under the head, and a raster's beginning has been read.
	if n := p.Received(); n < 100 || n > 100+len(rows4) {
		t.Errorf("received %d bytes into a buffer of 100", n)
	}
	p.CloseCover()
	read(t, c, returned("0001"))
	if got := p.Prints(); got[0].Height != 4000 {
		t.Errorf("printed %d rows, want 4000", got[0].Height)
	}
}

func TestSpeed(t *testing.T) {
	p := start(t, virtual.Config{Speed: 100})
	c := dial(t, p)
	began := time.Now()
	write(t, c, reset, strings.Repeat(rows4, 20), cut, mark("0001")) // 80 rows, 10 mm
	read(t, c, returned("0001"))
	if took := time.Since(began); took < 90*time.Millisecond {
		t.Errorf("10 mm at 100 mm/s took %v, want 100 ms", took)
	}
}

func TestJournal(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "printer")
	if got, err := virtual.ReadJournal(folder); got != nil || err != nil {
		t.Errorf("ReadJournal of nothing = %v, %v", got, err)
	}
	told := make(chan virtual.Print, 10)
	cfg := virtual.Config{Folder: folder, OnPrint: func(p virtual.Print) { told <- p }}
	p, err := virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, p)
	write(t, c, reset, rows4, cut, mark("0001"), rows4, cut, rows4)
	read(t, c, returned("0001"))
	// Before the host knows, the journal does.
	got, err := virtual.ReadJournal(folder)
	if err != nil || len(got) < 1 || got[0].Mark != "0001" {
		t.Fatalf("journal = %+v, %v, want the first label", got, err)
	}
	prints(t, p, 2)
	c.Close()
	prints(t, p, 3)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}

	// A crash may cut the last line short; nobody has learnt of it.
	file := filepath.Join(folder, virtual.JournalFile)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"event":"start","seq":4}` + "\n" + `{"event":"pri`); err != nil {
		t.Fatal(err)
	}
	f.Close()

	p, err = virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c = dial(t, p)
	write(t, c, reset, rows4, cut, mark("0005"))
	read(t, c, returned("0005"))
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}

	got, err = virtual.ReadJournal(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		mark    string
		partial bool
		png     string
	}{{"0001", false, "000001.png"}, {"", false, "000002.png"}, {"", true, "000003.png"}, {"", true, ""}, {"0005", false, "000005.png"}}
	if len(got) != len(want) {
		t.Fatalf("journal = %+v, want %d prints", got, len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.Seq != i+1 || g.Mark != w.mark || g.Partial != w.partial || g.PNG != w.png || g.At.IsZero() && i != 3 {
			t.Errorf("print %d = %+v, want %+v", i+1, g, w)
		}
		if w.png == "" {
			continue
		}
		png, err := os.ReadFile(filepath.Join(folder, w.png))
		if err != nil {
			t.Fatal(err)
		}
		if image, err := bitmap.DecodePNG(bytes.NewReader(png)); err != nil || !image.Equal(frame()) {
			t.Errorf("%s does not show the label (%v)", w.png, err)
		}
	}
	for _, mark := range []string{"0001", "", "", "0005"} {
		if p := <-told; p.Mark != mark || p.Image == nil {
			t.Errorf("told of mark %q, want %q", p.Mark, mark)
		}
	}
}

func TestJournalThatCannotBeRead(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":        "hello\n",
		"out of nowhere": `{"event":"mark","seq":1,"mark":"0001"}` + "\n",
		"twice":          `{"event":"start","seq":1}` + "\n" + `{"event":"start","seq":1}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, virtual.JournalFile), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := virtual.ReadJournal(folder); err == nil {
				t.Errorf("ReadJournal = %+v, want an error", got)
			}
			if _, err := virtual.Start(virtual.Config{Folder: folder}); err == nil {
				t.Error("Start with a broken journal gave no error")
			}
		})
	}
}
