package app

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/model"
	"miandan/printer/tcp"
	"miandan/printer/virtual"
)

func TestAPrinterThatIsNeverAsked(t *testing.T) {
	for _, language := range []string{"escpos", "tspl", "zpl", "cpcl"} {
		c := config.Printer{Language: language, DotsPerMM: 8, Media: "label", Status: "ask"}
		if _, asks := driverOf(c).(printer.StatusReader); !asks {
			t.Errorf("%s: nobody asks how it is", language)
		}
		if _, asks := driverOf(c).(printer.Confirmer); !asks {
			t.Errorf("%s: nobody waits for its word", language)
		}
		c.Status = "never"
		d := driverOf(c)
		_, status := d.(printer.StatusReader)
		_, confirm := d.(printer.Confirmer)
		_, probe := d.(printer.Prober)
		_, count := d.(printer.Counter)
		if status || confirm || probe || count {
			t.Errorf("%s: it is to be asked nothing, and is", language)
		}
	}
}

// Who answers nothing has to be brought out of half a label all the same.
func TestAPrinterThatIsNeverAskedForgetsHalfALabel(t *testing.T) {
	v, err := virtual.Start(virtual.Config{Language: virtual.TSPL})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for language, can := range map[string]bool{"escpos": true, "tspl": true, "zpl": true, "cpcl": false} {
		c := config.Printer{Language: language, DotsPerMM: 8, Media: "label", Status: "never"}
		p := &printer.Printer{Name: "bench-1", Driver: driverOf(c), Transport: tcp.Transport{Address: v.Addr()}}
		bytes := func() int {
			a, b, err := p.Begin(t.Context(), printer.Job{Image: bitmap.New(80, 80)})
			if err != nil {
				t.Fatal(err)
			}
			a.Abandon()
			return b.Bytes
		}
		whole := bytes()
		p.BrokeOff()
		if broken := bytes(); broken > whole != can {
			t.Errorf("%s: %d bytes behind a whole label, %d behind half of one", language, whole, broken)
		}
	}
}

func TestMoved(t *testing.T) {
	m := bitmap.New(11, 7)
	m.Set(4, 3, true)
	m.Set(0, 0, true)
	for _, c := range []struct{ right, down int }{{0, 0}, {2, 1}, {-3, 2}, {3, -2}, {-4, -3}, {20, 0}, {0, -20}} {
		got := moved(m, c.right, c.down)
		for y := range 7 {
			for x := range 11 {
				if got.Black(x, y) != m.Black(x-c.right, y-c.down) {
					t.Errorf("moved by %v: the dot %d,%d is wrong", c, x, y)
				}
			}
		}
	}
	if m.Black(2, 1) || !m.Black(4, 3) {
		t.Error("the label itself was changed")
	}
}

// What is moved as dots and what the language moves is the same on paper: the
// bytes differ, and none of them says a negative place.
func TestNegativeOffsetsGoAsDots(t *testing.T) {
	m := bitmap.New(80, 40)
	m.FillRect(24, 16, 24, 16, true)
	for _, language := range []string{"escpos", "tspl", "zpl", "cpcl"} {
		c := config.Printer{Language: language, DotsPerMM: 8, Media: "label", Status: "ask", OffsetX: -1, OffsetY: -2}
		var got, want bytes.Buffer
		if err := driverOf(c).Encode(&got, printer.Job{Image: m}); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		c.OffsetX, c.OffsetY = 0, 0
		if err := driverOf(c).Encode(&want, printer.Job{Image: moved(m, -8, -16)}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s: an offset to the left and up is sent otherwise than as dots", language)
		}
	}
}

// TestEveryModelPrints prints a test card with every model's quirks on a virtual
// printer that has them, and compares the dots.
func TestEveryModelPrints(t *testing.T) {
	for _, m := range model.Builtin().Models() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			v := virtual.Config{Language: virtual.Language(m.Value("language"))}
			v.Quirks = virtual.Quirks{ZlibBitmap: m.Value("tspl.zlib") == "true", Subset: m.Value("status") == "never", Responds: m.Value("tspl.response") == "true"}
			if m.Value("dots_per_mm") == "11.811" {
				v.DotsPerMM, v.PerMetre, v.Head = 12, 11811, 1280
			}
			p, err := virtual.Start(v)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			settings := "[[printer]]\nname = \"bench-1\"\nurl = \"tcp://" + p.Addr() + "\"\nmodel = \"" + m.Name + "\"\npaper = \"76x130\"\n"
			conf, err := config.Parse(filepath.Join(t.TempDir(), "miandan.toml"), []byte(settings))
			if err != nil {
				t.Fatal(err)
			}
			c := conf.Printers[0]
			j, err := DrawCard(c, api.TestCard, time.Date(2026, 11, 29, 10, 30, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			printed, err := PrintCard(t.Context(), c, j)
			if err != nil || printed.Outcome != "sent" {
				t.Fatalf("PrintCard = %+v, %v", printed, err)
			}
			for end := time.Now().Add(time.Minute); len(p.Prints()) == 0 && time.Now().Before(end); {
				time.Sleep(5 * time.Millisecond)
			}
			prints := p.Prints()
			if len(prints) != 1 || prints[0].Garbage != "" || prints[0].Partial {
				t.Fatalf("%d prints, want one whole card", len(prints))
			}
			for y := range j.Image.Height {
				for x := range j.Image.Width {
					if prints[0].Image.Black(x, y) != j.Image.Black(x, y) {
						t.Fatalf("the dot %d,%d is wrong", x, y)
					}
				}
			}
		})
	}
}
