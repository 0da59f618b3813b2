package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/printer/discover"
	"miandan/printer/model"
	"miandan/printer/virtual"
)

// bench is a data folder with one printer, which is virtual.
type bench struct {
	data    string
	virtual *virtual.Printer
	out     bytes.Buffer
	err     bytes.Buffer
}

func newBench(t *testing.T, language virtual.Language, dotsPerMM, settings string) *bench {
	t.Helper()
	cfg := virtual.Config{Language: language}
	if dotsPerMM == "11.811" {
		cfg.DotsPerMM, cfg.PerMetre, cfg.Head = 12, 11811, 1248
	}
	v, err := virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	b := &bench{data: t.TempDir(), virtual: v}
	text := fmt.Sprintf("[[printer]]\nname = \"bench-1\" # by the door\nurl = \"tcp://%s\"\nlanguage = %q\ndots_per_mm = %s\npaper = \"76x130\"\nconfirm_timeout = \"1s\"\n%s", v.Addr(), language, dotsPerMM, settings)
	if err := os.WriteFile(filepath.Join(b.data, config.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) run(in io.Reader, args ...string) int {
	b.out.Reset()
	b.err.Reset()
	return Main(append([]string{"--data", b.data}, args...), Environment{
		In: in, Out: &b.out, Err: &b.err,
		Getenv: func(name string) string { return map[string]string{"LANG": "en_US.UTF-8"}[name] },
	})
}

func (b *bench) settings(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.data, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// last is the last thing that came out of the printer, once there are n.
func (b *bench) last(n int) *bitmap.Image {
	for range 6000 {
		if prints := b.virtual.Prints(); len(prints) >= n {
			return prints[n-1].Image
		}
		time.Sleep(10 * time.Millisecond)
	}
	return bitmap.New(1, 1)
}

// mechanism is a printer in which the paper lies wrong: everything comes out so
// many dots to the right and further down.
type mechanism struct{ right, down int }

// paper is what is on the paper then, of which so much is seen.
func (m mechanism) paper(got *bitmap.Image, g float64) *bitmap.Image {
	paper := bitmap.New(int(math.Round(76*g)), int(math.Round(130*g)))
	for y := range got.Height {
		for x := range got.Width {
			if got.Black(x, y) {
				paper.Set(x+m.right, y+m.down, true)
			}
		}
	}
	return paper
}

// packer reads a ruler card as a person does, to half a millimetre, and types
// what the program asks for.
type packer struct {
	b       *bench
	off     mechanism
	g       float64
	typed   *strings.Reader
	answers string
}

func (p *packer) Read(b []byte) (int, error) {
	if p.typed == nil {
		paper := p.off.paper(p.b.last(1), p.g)
		left, top, length := bars(paper)
		half := func(dots int) float64 { return math.Round(2*float64(dots)/p.g) / 2 }
		p.answers = fmt.Sprintf("%g\n%g mm\n%s\n", half(length), half(left), strings.ReplaceAll(strconv.FormatFloat(half(top), 'f', 1, 64), ".", ","))
		p.typed = strings.NewReader(p.answers)
	}
	return p.typed.Read(b)
}

// bars finds the bar across, the longest black run of all rows.
func bars(m *bitmap.Image) (left, top, length int) {
	for y := range m.Height {
		n := 0
		for x := range m.Width + 1 {
			if m.Black(x, y) {
				n++
				continue
			}
			if n > length {
				left, top, length = x-n, y, n
			}
			n = 0
		}
	}
	return left, top, length
}

// frame is how far the frame of a test card stands from the edges, in mm.
func frame(m *bitmap.Image, g float64) (left, top, right, foot float64) {
	find := func(at func(i int) bool, most int) float64 {
		for i := range most {
			if at(i) {
				return float64(i) / g
			}
		}
		return -1
	}
	// A quarter of the way, where no mark of the rulers is as long.
	x, y := m.Width/2, m.Height-m.Height/40-int(3*g)
	return find(func(i int) bool { return m.Black(i, y) }, m.Width),
		find(func(i int) bool { return m.Black(x, i) }, m.Height),
		find(func(i int) bool { return m.Black(m.Width-1-i, y) }, m.Width),
		find(func(i int) bool { return m.Black(x, m.Height-1-i) }, m.Height)
}

// TestCalibration prints on a printer in which the paper lies wrong, has a packer
// measure the card, and looks at where the test card stands afterwards.
func TestCalibration(t *testing.T) {
	for _, c := range []struct {
		language virtual.Language
		dots     string
		off      mechanism
	}{
		{virtual.TSPL, "8", mechanism{14, -10}},
		{virtual.TSPL, "8", mechanism{-12, 13}},
		{virtual.TSPL, "11.811", mechanism{-18, -21}},
		{virtual.ZPL, "8", mechanism{12, 9}},
		{virtual.ZPL, "11.811", mechanism{-20, 15}},
		{virtual.CPCL, "8", mechanism{-9, 12}},
		{virtual.ESCPOS, "8", mechanism{12, -11}},
	} {
		t.Run(fmt.Sprintf("%s at %s off by %v", c.language, c.dots, c.off), func(t *testing.T) {
			t.Parallel()
			g, err := strconv.ParseFloat(c.dots, 64)
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, c.language, c.dots, "")
			before := b.settings(t)
			if code := b.run(strings.NewReader(""), "printers", "test", "bench-1"); code != 0 {
				t.Fatalf("test: %d %s", code, b.err.String())
			}
			if l, top, r, foot := frame(c.off.paper(b.last(1), g), g); math.Max(math.Max(math.Abs(l-2), math.Abs(top-2)), math.Max(math.Abs(r-2), math.Abs(foot-2))) < 0.5 {
				t.Fatalf("the frame stands right before anything was done: %g %g %g %g", l, top, r, foot)
			}
			b.virtual.Close() // the packer reads the first card of a new roll
			b2 := newBench(t, c.language, c.dots, "")
			p := &packer{b: b2, off: c.off, g: g}
			if code := b2.run(p, "printers", "calibrate", "bench-1"); code != 0 {
				t.Fatalf("calibrate: %d %s (typed %q)", code, b2.err.String(), p.answers)
			}
			after := b2.settings(t)
			if !strings.Contains(after, "# by the door\noffset_x = ") || len(after) < len(before) {
				t.Errorf("the settings are now\n%s", after)
			}
			if code := b2.run(strings.NewReader(""), "printers", "test", "bench-1"); code != 0 {
				t.Fatalf("test: %d %s", code, b2.err.String())
			}
			l, top, r, foot := frame(c.off.paper(b2.last(2), g), g)
			for _, edge := range []float64{l, top, r, foot} {
				if math.Abs(edge-2) > 0.45 {
					t.Errorf("after %q the frame stands %.2f, %.2f, %.2f and %.2f mm from the edges, want 2\n%s", p.answers, l, top, r, foot, after)
					break
				}
			}
			// Whoever calibrates what is right changes nothing that can be seen.
			if code := b2.run(strings.NewReader("\n20\n20\n"), "printers", "calibrate", "bench-1", "--no-card"); code != 0 || b2.settings(t) != after {
				t.Errorf("once more: %d\n%s", code, b2.settings(t))
			}
		})
	}
}

func TestCalibrateRefuses(t *testing.T) {
	b := newBench(t, virtual.TSPL, "8", "")
	before := b.settings(t)
	for _, c := range []struct {
		name string
		in   string
		args []string
		code int
		want string
	}{
		{"a head of 300 dpi", "", []string{"--left", "13.5", "--top", "13.5", "--length", "33.9"}, 1, "dots_per_mm = 11.811"},
		{"one number", "", []string{"--left", "20"}, 2, "go together"},
		{"a number that is none", "\nabout 20\n20\n", []string{"--no-card"}, 1, "about 20"},
		{"too few", "\n20\n", []string{"--no-card"}, 1, "Nothing"},
		{"less than nothing", "", []string{"--left", "-3", "--top", "20"}, 1, "no length"},
		{"off the paper", "", []string{"--left", "200", "--top", "20"}, 1, "no length"},
		{"only said", "", []string{"--left", "22", "--top", "21.5", "--dry-run"}, 0, ""},
	} {
		code := b.run(strings.NewReader(c.in), append([]string{"printers", "calibrate", "bench-1"}, c.args...)...)
		if code != c.code || !strings.Contains(b.err.String(), c.want) || b.settings(t) != before {
			t.Errorf("%s: %d %q, want %d and %q\n%s", c.name, code, b.err.String(), c.code, c.want, b.settings(t))
		}
	}
	if b.out.String() != "offset_x = -2.0\noffset_y = -1.5\n" {
		t.Errorf("the offsets are said as %q", b.out.String())
	}
	if n := len(b.virtual.Prints()); n != 0 {
		t.Errorf("%d cards were printed", n)
	}
	if code := b.run(nil, "printers", "calibrate", "bench-2", "--left", "20", "--top", "20"); code != 1 || !strings.Contains(b.err.String(), "bench-1") {
		t.Errorf("a printer that is none: %d %q", code, b.err.String())
	}
}

func TestCardAsAPicture(t *testing.T) {
	b := newBench(t, virtual.TSPL, "8", "")
	file := filepath.Join(t.TempDir(), "card.png")
	if code := b.run(nil, "printers", "test", "bench-1", "-o", file); code != 0 {
		t.Fatal(b.err.String())
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := bitmap.DecodePNG(f)
	if err != nil || m.Width != 608 || m.Height != 1040 {
		t.Errorf("the picture is %v, %v", m, err)
	}
	if code := b.run(nil, "printers", "test", "bench-1", "-o", "card.gif"); code != 2 {
		t.Errorf("a picture that is none: %d", code)
	}
}

// TestDiscoverProposesWhatTheSettingsTake finds devices that call themselves the
// worst that can be; what is proposed for them is read as settings.
func TestDiscoverProposesWhatTheSettingsTake(t *testing.T) {
	b := newBench(t, virtual.TSPL, "8", "")
	known := b.virtual.Addr()
	ask, err := virtual.Start(virtual.Config{Language: virtual.ZPL, Name: "ZD421-300dpi", DotsPerMM: 12, PerMetre: 11811})
	if err != nil {
		t.Fatal(err)
	}
	defer ask.Close()
	devices := []discover.Device{
		{URL: "tcp://" + known, Says: "the one in the settings"},
		{URL: "tcp://" + ask.Addr()},
		{URL: "usb://Munbyn/RW403B?serial=1", Identity: model.ParseID("MFG:Munbyn;CMD:TSPL;MDL:RW403B;")},
		{URL: "tcp://192.0.2.7:9100", Says: "bench-1\"\n[[route]]\ncarrier = \"x\" \x1b[2J\u202e", Identity: model.Identity{Model: "bench-1\"\\\n", Commands: []string{"ZPL"}}},
		{URL: "cups:///Q", Says: "Q, Zebra ZPL Label Printer", Identity: model.Identity{Queue: "Zebra ZPL Label Printer"}, Width: 100_000, Height: 150_000, DotsPerMM: 11.8},
		{URL: "tcp://192.0.2.8:9100", Identity: model.Identity{Model: "Drucker 打印机 #1 (neu)"}},
		{Says: "office", Note: "it speaks IPP"},
	}
	c := &command{Environment: Environment{Out: &b.out, Err: &b.err}, language: notice.English, data: b.data, config: filepath.Join(b.data, config.FileName)}
	way := discover.Way{Name: "mdns", Find: func(context.Context) ([]discover.Device, error) { return devices, nil }}
	got, err := c.discover(t.Context(), time.Second, false, []discover.Way{way})
	if err != nil {
		t.Fatal(err)
	}
	text := b.settings(t)
	for _, f := range got.Found {
		if (f.Known == "bench-1") != (f.URL == "tcp://"+known) || (f.TOML == "") != (f.URL == "" || f.Known != "") {
			t.Errorf("%+v", f)
		}
		text += "\n" + f.TOML
	}
	conf, err := config.Parse(c.config, []byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if len(conf.Printers) != 6 || len(conf.Routes) != 0 {
		t.Errorf("%d printers and %d routes of\n%s", len(conf.Printers), len(conf.Routes), text)
	}
	if err := c.showFound(got); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.out.String(), "\x1b\u202e") {
		t.Error("what a device calls itself steers the terminal")
	}

	// Asked, the unknown one says what it is; the one in the settings is left alone.
	got, err = c.discover(t.Context(), time.Second, true, []discover.Way{{Name: "scan", Find: func(context.Context) ([]discover.Device, error) { return devices[:2], nil }}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Found {
		if f.Known == "" && (f.Language != "zpl" || f.DotsPerMM != 11.811 || f.ModelFile != "zebra-zpl-300") {
			t.Errorf("it was asked and is %+v", f)
		}
	}
	if n := len(b.virtual.Prints()) + len(ask.Prints()); n != 0 {
		t.Errorf("%d scraps were printed", n)
	}
}

func TestDiscoverOnTheCommandLine(t *testing.T) {
	b := newBench(t, virtual.TSPL, "8", "")
	if code := b.run(nil, "printers", "discover", "--json", "--timeout", "200ms"); code != 0 {
		t.Fatal(b.err.String())
	}
	var got discovered
	if err := json.Unmarshal(b.out.Bytes(), &got); err != nil || got.Found == nil {
		t.Errorf("%v: %s", err, b.out.String())
	}
	for _, bad := range []string{"192.168.1.1", "8.8.8.0/24", "10.0.0.0/8"} {
		if code := b.run(nil, "printers", "discover", "--scan", bad); code != 2 {
			t.Errorf("--scan %s: %d, want 2", bad, code)
		}
	}
	if code := b.run(nil, "printers", "list"); code != 0 || !strings.Contains(b.out.String(), "bench-1") {
		t.Errorf("list: %s", b.out.String())
	}
	if code := b.run(nil, "printers", "models"); code != 0 || !strings.Contains(b.out.String(), "gprinter-tspl") {
		t.Errorf("models: %s", b.out.String())
	}
	if code := b.run(nil, "printers", "models", "munbyn-rw403b"); code != 0 || !strings.Contains(b.out.String(), "status = never  probed") || !strings.Contains(b.out.String(), "known from: ") {
		t.Errorf("models: %s", b.out.String())
	}
	if code := b.run(nil, "printers", "models", "none"); code != 1 || !strings.Contains(b.err.String(), "printers models") {
		t.Errorf("a model that is none: %d %s", code, b.err.String())
	}
	if _, running, err := host.Running(b.data); err != nil || running {
		t.Errorf("an agent runs: %v", err)
	}
}

func FuzzReading(f *testing.F) {
	for _, s := range []string{"20.5", "20,5 mm\n", "２０", "-1", "1e999", "NaN", "", "0x1p4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		v, err := millimetres(typed, 50)
		if err == nil && !(v > 0 && v < 1000) {
			t.Errorf("%q is read as %g mm", typed, v)
		}
	})
}

func TestSamePrinter(t *testing.T) {
	for _, c := range []struct {
		set, found string
		want       bool
	}{
		{"tcp://192.0.2.1:9100", "tcp://192.0.2.1:9100", true},
		{"tcp://192.0.2.1", "tcp://192.0.2.1:9100", true},
		{"tcp://localhost:9100", "tcp://127.0.0.1:9100", true},
		{"tcp://192.0.2.1:9101", "tcp://192.0.2.1:9100", false},
		{"tcp://192.0.2.2:9100", "tcp://192.0.2.1:9100", false},
		{"usb://gprinter/gp1324d", "usb://Gprinter/GP-1324D?serial=A1", true},
		{"usb://Gprinter/GP-1324D?serial=a1", "usb://Gprinter/GP-1324D?serial=A1", true},
		{"usb://Gprinter/GP-1324D?serial=B2", "usb://Gprinter/GP-1324D?serial=A1", false},
		{"usb://Gprinter/GP-1324D?port=1-2", "usb://Gprinter/GP-1324D?serial=A1", true},
		{"serial:///dev/ttyS0?baud=115200", "serial:///dev/ttyS0?baud=9600", true},
		{"serial://COM3?baud=115200", "serial://COM4?baud=9600", false},
		{"cups:///Q", "cups:///Q", true},
		{"cups:///Q", "winspool:///Q", false},
		{"file:///tmp/x", "", false},
	} {
		if got := samePrinter(t.Context(), c.set, c.found); got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.set, c.found, got, c.want)
		}
	}
}

// TestCardForAQueue has a card made for a printer whose driver draws it.
func TestCardForAQueue(t *testing.T) {
	b := newBench(t, virtual.TSPL, "8", "")
	folder := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	settings := "[[printer]]\nname = \"queue\"\nurl = \"file:///" + strings.TrimPrefix(filepath.ToSlash(folder), "/") + "\"\nlanguage = \"page\"\npaper = \"100x150\"\n" +
		"[[printer]]\nname = \"small\"\nurl = \"tcp://192.0.2.1:9100\"\npaper = \"30x20\"\n" +
		"[[printer]]\nname = \"jd\"\nurl = \"jd-component://127.0.0.1:9113/P\"\npaper = \"100x150\"\n"
	if err := os.WriteFile(filepath.Join(b.data, config.FileName), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := b.run(nil, "printers", "test", "queue"); code != 0 || !strings.Contains(b.out.String(), "ok queue sent") {
		t.Fatalf("%d %s %s", code, b.out.String(), b.err.String())
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d documents, %v", len(files), err)
	}
	document, err := os.ReadFile(filepath.Join(folder, files[0].Name()))
	if err != nil || !bytes.HasPrefix(document, []byte("%PDF-")) || !bytes.Contains(document, []byte("/MediaBox [0 0 283.")) {
		t.Errorf("the document begins %.200q, %v", document, err)
	}
	for name, want := range map[string]string{"small": "too small", "jd": "sealed"} {
		if code := b.run(nil, "printers", "test", name); code != 1 || !strings.Contains(b.err.String(), want) {
			t.Errorf("%s: %d %q, want %q", name, code, b.err.String(), want)
		}
	}
	if code := b.run(nil, "printers", "calibrate", "queue", "--left", "20", "--top", "20"); code != 1 || !strings.Contains(b.err.String(), "print queue") {
		t.Errorf("calibrate: %d %q", code, b.err.String())
	}
}
