package virtual_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"miandan/printer/virtual"
)

// tall is a label of 80 rows, 10 mm, in every label language.
var tall = map[virtual.Language]string{
	virtual.TSPL: "SIZE 2 mm,10 mm\r\nGAP 0,0\r\nCLS\r\nBAR 0,0,16,80\r\nPRINT 1\r\n",
	virtual.ZPL:  "^XA^PW16^LL80^MNN^FO0,0^GFA,160,160,2,!" + strings.Repeat(":", 79) + "^FS^XZ",
	virtual.CPCL: "! 0 200 200 80 1\r\nPW 16\r\nBOX 0 0 16 80 8\r\nPRINT\r\n",
}

func TestHeadTakesItsTime(t *testing.T) {
	for language, label := range tall {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			p := start(t, virtual.Config{Language: language, Speed: 100})
			began := time.Now()
			write(t, dial(t, p), label, label, label)
			prints(t, p, 3)
			if took := time.Since(began); took < 290*time.Millisecond {
				t.Errorf("30 mm at 100 mm/s took %v", took)
			}
		})
	}
}

// The next label is drawn while this one is printed. One that comes late finds
// the paper standing, and has to pull it back.
func TestStandingStill(t *testing.T) {
	t.Parallel()
	back := time.Second
	// Its journal's disk takes time between labels, of which no host is to blame.
	p := start(t, virtual.Config{Language: virtual.TSPL, Speed: 20, BackFeed: back, Folder: t.TempDir()})
	c := dial(t, p)
	label := tall[virtual.TSPL]
	write(t, c, label, label)
	prints(t, p, 2)
	time.Sleep(20 * time.Millisecond)
	write(t, c, label)
	got := prints(t, p, 3)
	if still := virtual.Standing(got[0], got[1]); still != 0 {
		t.Errorf("between labels that were there it stood %v", still)
	}
	if still := virtual.Standing(got[1], got[2]); still < back {
		t.Errorf("before the late label it stood %v, want the wait and the pulling back", still)
	}
}

// ESC/POS prints as the rows come, and stands within a label that comes late.
func TestStandsWithinALabel(t *testing.T) {
	t.Parallel()
	p := start(t, virtual.Config{Speed: 100})
	c := dial(t, p)
	write(t, c, reset, strings.Repeat(rows4, 10))
	for p.Received() < 10*len(rows4) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond)
	write(t, c, strings.Repeat(rows4, 10), cut)
	if got := prints(t, p, 1)[0]; got.Stood < 20 {
		t.Errorf("stood %v ms, want about 450", got.Stood)
	}
	began := time.Now()
	write(t, c, strings.Repeat(rows4, 20), cut)
	if got := prints(t, p, 2)[1]; float64(got.Stood) > time.Since(began).Seconds()*1000-90 {
		t.Errorf("stood %v ms of %v, of which it moved 100", got.Stood, time.Since(began))
	}
}

// A full buffer holds the host back until there is room.
func TestBackPressure(t *testing.T) {
	for _, l := range languages[1:] {
		p := start(t, virtual.Config{Language: l.language, Buffer: 500})
		p.OpenCover()
		c := dial(t, p)
		sent := make(chan struct{})
		n := 40_000_000 / len(l.label) // more than any socket's buffers hold
		go func() {
			defer close(sent)
			c.Write([]byte(strings.Repeat(l.label, n)))
		}()
		select {
		case <-sent:
			t.Errorf("%s: the printer took %d labels into a buffer of 500 bytes", l.language, n)
		case <-time.After(50 * time.Millisecond):
		}
		if got, want := p.Received(), 500+4*len(l.label); got > want {
			t.Errorf("%s: received %d bytes, want at most the buffer and the labels drawn, %d", l.language, got, want)
		}
		c.Close()
	}
}

func TestPaperIsUsedUp(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	p.LoadPaper(25) // ten labels of 0.5 mm and 2 mm of gap
	c := dial(t, p)
	write(t, c, tsplHead, tsplFrame, "PRINT 11\r\n")
	prints(t, p, 10)
	until(t, c, "\x1B!?", "\x24")
	if n := len(p.Prints()); n != 10 {
		t.Errorf("printed %d labels on 25 mm, want 10", n)
	}
}

func TestLabelsOnTheRoll(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL})
	p.LoadLabels(virtual.Gap, 0.5, 2)
	write(t, dial(t, p), tsplLabel, "SIZE 2 mm,4 mm\r\nCLS\r\nBAR 0,0,1,1\r\nPRINT 1\r\n")
	got := prints(t, p, 2)
	if got[0].Span != 0 || got[1].Span != 2 {
		t.Errorf("the labels lie on %d and %d labels, want one (0) and 2", got[0].Span, got[1].Span)
	}

	// A gap that never comes.
	p = start(t, virtual.Config{Language: virtual.TSPL})
	p.LoadLabels(virtual.Continuous, 0, 0)
	c := dial(t, p)
	write(t, c, tsplLabel)
	prints(t, p, 1)
	until(t, c, "\x1B!?", "\x02")
	p.LoadPaper(-1)
	until(t, c, "\x1B!?", "\x00")

	// A Zebra knows the length of its labels itself.
	p = start(t, virtual.Config{Language: virtual.ZPL})
	p.LoadLabels(virtual.Gap, 1, 2)
	write(t, dial(t, p), zplLabel)
	if got := prints(t, p, 1)[0]; got.Height != 8 {
		t.Errorf("height %d, want that of the label in the printer, 8", got.Height)
	}
}

func TestThreeHundredDPI(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Head: 1248, DotsPerMM: 12, PerMetre: 11811})
	write(t, dial(t, p), "SIZE 76 mm,130 mm\r\nGAP 2 mm,0\r\nCLS\r\nPRINT 1\r\n")
	if got := prints(t, p, 1)[0]; got.Width != 898 || got.Height != 1535 || got.Image.PerMetre != 11811 {
		t.Errorf("76×130 mm are %d×%d dots, want 898×1535", got.Width, got.Height)
	}
}

func TestSixDotsAMillimetre(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, DotsPerMM: 6})
	write(t, dial(t, p), "SIZE 10 mm,5 mm\r\nCLS\r\nPRINT 1\r\n")
	if got := prints(t, p, 1)[0]; got.Width != 60 || got.Height != 30 {
		t.Errorf("10×5 mm are %d×%d dots, want 60×30", got.Width, got.Height)
	}
}

// What somebody sent who was never let in is gone with the power.
func TestWhoWaitedWhenThePowerWasCut(t *testing.T) {
	each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
		first := dial(t, p)
		write(t, first, label)
		prints(t, p, 1)
		late := dial(t, p)
		write(t, late, label)
		time.Sleep(50 * time.Millisecond) // its call has arrived
		late.(*net.TCPConn).SetLinger(0)
		late.Close()
		p.CutPower(false)
		next := dial(t, p)
		write(t, next, label)
		prints(t, p, 2)
		next.Close()
		for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if n := len(p.Prints()); n != 2 {
				t.Fatalf("%d labels came out, want 2", n)
			}
		}
	})
}

func TestCallers(t *testing.T) {
	each(t, virtual.Config{Callers: 2}, func(t *testing.T, p *virtual.Printer, label string) {
		a, b := dial(t, p), dial(t, p)
		// Neither line's label is torn apart by the other's.
		for i := range len(label) {
			write(t, a, label[i:i+1])
			write(t, b, label[i:i+1])
		}
		if got := prints(t, p, 2); whole(t, got) != 2 || got[0].Garbage+got[1].Garbage != "" {
			t.Errorf("prints = %+v, want both whole", got)
		}
	})
	for _, l := range languages {
		p := start(t, virtual.Config{Language: l.language, Callers: 2})
		a, b := dial(t, p), dial(t, p)
		write(t, b, l.question)
		read(t, b, l.ready)
		quiet(t, a)
	}
}

func TestOneCallerAtATime(t *testing.T) {
	for _, l := range languages {
		p := start(t, virtual.Config{Language: l.language})
		a := dial(t, p)
		write(t, a, l.question)
		read(t, a, l.ready)
		b := dial(t, p)
		write(t, b, l.question)
		quiet(t, b)
		a.Close()
		read(t, b, l.ready)
	}
}

func TestUnknownLanguage(t *testing.T) {
	if p, err := virtual.Start(virtual.Config{Language: "epl"}); err == nil {
		p.Close()
		t.Error("Start of a printer that speaks nothing gave no error")
	}
}
