package virtual_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"miandan/printer/virtual"
)

// labels is the same label in every language, and a question whose answer says
// that the printer is ready and has done.
var languages = []struct {
	language        virtual.Language
	label           string
	question, ready string
}{
	{virtual.ESCPOS, reset + rows4 + cut, "\x10\x04\x04", "\x12"},
	{virtual.TSPL, tsplLabel, "\x1B!?", "\x00"},
	{virtual.ZPL, zplLabel, "~HS", "\x02030,0,0,0000,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"},
	{virtual.CPCL, cpclLabel, "\x1BN\x1Bh", "\x00"},
}

// each runs a test for every language.
func each(t *testing.T, cfg virtual.Config, run func(t *testing.T, p *virtual.Printer, label string)) {
	for _, l := range languages {
		t.Run(string(l.language), func(t *testing.T) {
			t.Parallel()
			cfg := cfg
			cfg.Language = l.language
			run(t, start(t, cfg), l.label)
		})
	}
}

// whole counts the whole labels of those dots.
func whole(t *testing.T, prints []virtual.Print) (n int) {
	t.Helper()
	for _, p := range prints {
		if !p.Partial && p.Image.Equal(frame()) {
			n++
		}
	}
	return n
}

func TestGoesOnAfterEveryFault(t *testing.T) {
	for name, c := range map[string]virtual.Condition{
		"no paper": virtual.PaperOut, "cover": virtual.CoverOpen, "cutter": virtual.CutterJam, "paper jam": virtual.PaperJam,
		"no ribbon": virtual.RibbonOut, "head hot": virtual.HeadHot, "motor hot": virtual.MotorHot, "paused": virtual.Paused, "broken": virtual.Broken,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
				c2 := dial(t, p)
				p.Set(c, true)
				write(t, c2, label, label)
				time.Sleep(10 * time.Millisecond)
				if n := len(p.Prints()); n != 0 {
					t.Errorf("printed %d labels", n)
				}
				p.Set(c, false)
				if got := prints(t, p, 2); whole(t, got) != 2 || len(got) != 2 {
					t.Errorf("prints = %+v, want two", got)
				}
			})
		})
	}
}

func TestPaperOutBetweenRows(t *testing.T) {
	each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
		c := dial(t, p)
		p.RunOutAfter(3)
		write(t, c, label)
		stuck(t, p, 3)
		p.LoadPaper(100)
		if got := prints(t, p, 1); got[0].Reloads != 1 || whole(t, got) != 1 {
			t.Errorf("prints = %+v, want one over a reload", got)
		}
	})
}

// onWine: there a connection ends where Windows resets it.
var onWine = os.Getenv("MIANDAN_ON_WINE") != ""

func TestScript(t *testing.T) {
	each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
		c := dial(t, p)
		p.Script(
			virtual.Mishap{AfterLabels: 2, Set: virtual.CoverOpen},
			virtual.Mishap{AtByte: 4*len(label) + 3, Drop: true},
		)
		write(t, c, strings.Repeat(label, 6))
		prints(t, p, 2)
		if _, err := io.ReadAll(c); err == nil && !onWine {
			t.Error("the line was not dropped")
		}
		if got := p.Received(); got != 4*len(label)+3 {
			t.Errorf("received %d bytes, want all before the line dropped and none after: %d", got, 4*len(label)+3)
		}
		if n := len(p.Prints()); n != 2 {
			t.Errorf("printed %d labels, want 2 before the cover opened", n)
		}
		p.CloseCover()
		if got := prints(t, p, 4); whole(t, got) != 4 {
			t.Errorf("prints = %+v, want the four that arrived", got)
		}
	})
}

// A label that is torn in the middle is printed again by a printer whose buffer
// has a battery, and not by others.
func TestTornInTheMiddle(t *testing.T) {
	for _, keep := range []bool{false, true} {
		for language, label := range tall {
			t.Run(fmt.Sprint(language, keep), func(t *testing.T) {
				t.Parallel()
				p := start(t, virtual.Config{Language: language, Speed: 2000})
				p.Script(virtual.Mishap{AtRow: 40, Power: true, Keep: keep})
				write(t, dial(t, p), label)
				want := 1
				if keep {
					want = 2
				}
				prints(t, p, want)
				time.Sleep(20 * time.Millisecond)
				got := p.Prints()
				if len(got) != want || !got[0].Partial || got[0].Height < 40 || got[0].Height >= 80 || got[want-1].Partial == keep {
					t.Errorf("prints = %+v, want a torn one and %d whole", got, want-1)
				}
			})
		}
	}
}

func TestReprints(t *testing.T) {
	for language, label := range tall {
		p := start(t, virtual.Config{Language: language, Quirks: virtual.Quirks{Reprints: true}})
		p.RunOutAfter(30)
		write(t, dial(t, p), label)
		stuck(t, p, 30)
		p.LoadPaper(-1)
		got := prints(t, p, 2)
		if len(got) != 2 || !got[0].Partial || got[0].Height != 30 || got[1].Partial || got[1].Height != 80 {
			t.Errorf("%s: prints = %+v, want the beginning of a label and all of it", language, got)
		}
	}
}

func TestMishapsEnd(t *testing.T) {
	each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
		lasts := 20 * time.Millisecond
		p.Script(
			virtual.Mishap{AfterLabels: 1, Set: virtual.HeadHot, Lasts: lasts},
			virtual.Mishap{AfterLabels: 2, Rows: 2, Lasts: lasts},
			virtual.Mishap{AfterLabels: 3, Hang: true, Lasts: lasts},
			virtual.Mishap{AfterLabels: 4, Mute: true, Lasts: lasts},
		)
		began := time.Now()
		write(t, dial(t, p), strings.Repeat(label, 5))
		if got := prints(t, p, 5); whole(t, got) != 5 || got[2].Reloads != 1 {
			t.Errorf("prints = %+v, want five, the third over a reload", got)
		}
		if took := time.Since(began); took < 3*lasts {
			t.Errorf("took %v, want three times %v", took, lasts)
		}
	})
}

func TestMishapsAreTheSameForASeed(t *testing.T) {
	a, b, other := virtual.Mishaps(7, 20, 100, 400, 5000, time.Second), virtual.Mishaps(7, 20, 100, 400, 5000, time.Second), virtual.Mishaps(8, 20, 100, 400, 5000, time.Second)
	if fmt.Sprint(a) != fmt.Sprint(b) || fmt.Sprint(a) == fmt.Sprint(other) || len(a) != 20 {
		t.Errorf("mishaps = %v, %v, %v", a, b, other)
	}
	for _, m := range a {
		if m.AfterLabels > 100 || m.AtRow > 40_000 || m.AtByte > 500_000 || m.Lasts <= 0 || m.Lasts > 2*time.Second {
			t.Errorf("mishap %+v is beyond its run", m)
		}
	}
}

// Without a battery the buffer is lost with the power.
func TestCutPower(t *testing.T) {
	for _, keep := range []bool{false, true} {
		each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
			p.RunOutAfter(2)
			c := dial(t, p)
			write(t, c, label, label, label, label[:len(label)-4])
			for p.Received() < 4*len(label)-4 {
				time.Sleep(time.Millisecond)
			}
			stuck(t, p, 2)
			p.CutPower(keep)
			if _, err := io.ReadAll(c); err == nil && !onWine {
				t.Error("the line survived the power")
			}
			torn := prints(t, p, 1)
			if !torn[0].Partial || torn[0].Height != 2 {
				t.Errorf("prints = %+v, want two rows", torn)
			}
			p.LoadPaper(-1)
			want := 0
			if keep {
				want = 3
			}
			time.Sleep(20 * time.Millisecond)
			write(t, dial(t, p), label)
			// ESC/POS prints rows as they come: what it tore off it does not print again.
			if keep && string(label[:2]) == reset {
				want--
			}
			for end := time.Now().Add(time.Minute); time.Now().Before(end) && whole(t, p.Prints()) < want+1; {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(10 * time.Millisecond)
			got := whole(t, p.Prints())
			if got != want+1 {
				t.Errorf("keep %v: %d whole labels, want %d: %+v", keep, got, want+1, p.Prints())
			}
		})
	}
}

func TestStutters(t *testing.T) {
	for _, l := range languages {
		p := start(t, virtual.Config{Language: l.language})
		p.Stutter(true)
		c := dial(t, p)
		write(t, c, l.question)
		read(t, c, l.ready+l.ready)
	}
}

func TestSilent(t *testing.T) {
	for _, l := range languages {
		p := start(t, virtual.Config{Language: l.language})
		p.Mute(true)
		c := dial(t, p)
		write(t, c, l.question, l.label)
		prints(t, p, 1)
		quiet(t, c)
	}
}

// A label that is counted late keeps its printer busy until then.
func TestCountsLate(t *testing.T) {
	for _, r := range []struct {
		language        virtual.Language
		label, question string
		before, after   string
	}{
		{virtual.TSPL, tsplLabel, "\x1B!?", "\x20", "\x00"},
		{virtual.ZPL, zplLabel, "! U1 getvar \"odometer.total_label_count\"\r\n", `"0"`, `"1"`},
		{virtual.CPCL, cpclLabel, "\x1BN\x1Bh", "\x01", "\x00"},
	} {
		t.Run(string(r.language), func(t *testing.T) {
			t.Parallel()
			p := start(t, virtual.Config{Language: r.language, Quirks: virtual.Quirks{Eager: true}})
			p.LateMark(3 * time.Second) // within which a busy computer has asked
			c := dial(t, p)
			write(t, c, r.label)
			prints(t, p, 1)
			write(t, c, r.question)
			read(t, c, r.before)
			until(t, c, r.question, r.after)
		})
	}
}

func TestHalfACommandIsForgottenWithItsLine(t *testing.T) {
	each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
		c := dial(t, p)
		write(t, c, label[:len(label)/2])
		for p.Received() < len(label)/2 {
			time.Sleep(time.Millisecond)
		}
		c.Close()
		write(t, dial(t, p), label)
		for end := time.Now().Add(time.Minute); time.Now().Before(end) && whole(t, p.Prints()) < 1; {
			time.Sleep(time.Millisecond)
		}
		if got := p.Prints(); whole(t, got) != 1 {
			t.Errorf("prints = %+v, want one whole label", got)
		}
	})
}

// A printer that is not told of lines takes the next caller's bytes for the rest
// of the picture.
func TestJoins(t *testing.T) {
	for _, l := range languages {
		t.Run(string(l.language), func(t *testing.T) {
			p := start(t, virtual.Config{Language: l.language, Joins: true})
			c := dial(t, p)
			half := len(l.label) - 10
			write(t, c, l.label[:half])
			for p.Received() < half {
				time.Sleep(time.Millisecond)
			}
			c.Close()
			write(t, dial(t, p), l.label[half:])
			if got := prints(t, p, 1); whole(t, got) != 1 || got[0].Garbage != "" {
				t.Errorf("prints = %+v, want the label of two halves", got)
			}
		})
	}
}

// What reads like a question is none in the rest of a picture, whoever sends it.
func TestJoinsWithinData(t *testing.T) {
	p := start(t, virtual.Config{Language: virtual.TSPL, Joins: true})
	c := dial(t, p)
	half := tsplHead + "BITMAP 0,0,2,4,0,\x00\x00"
	write(t, c, half)
	for p.Received() < len(half) {
		time.Sleep(time.Millisecond)
	}
	c.Close()
	time.Sleep(20 * time.Millisecond)
	c = dial(t, p)
	write(t, c, "\r\x1B!?\r\n\r\nPRINT 1\r\n")
	prints(t, p, 1)
	quiet(t, c)
	write(t, c, "\x1B!?")
	read(t, c, "\x00")
}

func TestForgetful(t *testing.T) {
	each(t, virtual.Config{}, func(t *testing.T, p *virtual.Printer, label string) {
		p.Forget(true)
		p.OpenCover()
		c := dial(t, p)
		write(t, c, strings.Repeat(label, 8))
		for p.Received() < 8*len(label) {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond)
		c.Close()
		write(t, dial(t, p), label)
		for p.Received() < 9*len(label) { // nothing is read before the other line is down
			time.Sleep(time.Millisecond)
		}
		p.CloseCover()
		prints(t, p, 1)
		time.Sleep(50 * time.Millisecond)
		// What had been drawn is not in the buffer any more.
		if n := whole(t, p.Prints()); n < 1 || n > 4 {
			t.Errorf("printed %d labels, want the last and those already drawn", n)
		}
	})
}
