package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/printer/model"
)

const benchPrinter = "[[printer]]\nname = \"bench-1\"\npaper = \"100x150\"\n"

func TestModelSpeaksWhereTheSettingsDoNot(t *testing.T) {
	for _, c := range []struct {
		name, settings string
		want           func(Printer) bool
	}{
		{"the model's", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-rw403b\"", func(p Printer) bool {
			return p.Language == "tspl" && p.Status == "never" && p.Confirm == "none" && p.Media == "label"
		}},
		{"the settings go before it", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-rw403b\"\nstatus = \"ask\"", func(p Printer) bool {
			return p.Language == "tspl" && p.Status == "ask" && p.Confirm == "status"
		}},
		{"in whatever letters", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-rw403b\"\nStatus = \"ask\"", func(p Printer) bool { return p.Status == "ask" }},
		{"false goes before true", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-itpp941b\"\n[printer.tspl]\nzlib = false", func(p Printer) bool {
			return p.Language == "tspl" && !p.TSPL.Zlib
		}},
		{"nothing stands in its way", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-itpp941b\"", func(p Printer) bool { return p.TSPL.Zlib }},
		{"written in one line", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-itpp941b\"\ntspl = {zlib = false}", func(p Printer) bool { return !p.TSPL.Zlib }},
		{"set to another language", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"munbyn-itpp941b\"\nlanguage = \"zpl\"", func(p Printer) bool {
			return p.Language == "zpl" && !p.TSPL.Zlib
		}},
		{"a head is one in any language", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"zebra-zpl-300\"\nlanguage = \"tspl\"", func(p Printer) bool {
			return p.Language == "tspl" && p.DotsPerMM == 11.811
		}},
		{"behind a print queue", "url = \"cups:///Q\"\nmodel = \"zebra-zpl-300\"", func(p Printer) bool {
			return p.Language == "page" && p.Confirm == "none" && p.DotsPerMM == 11.811
		}},
		{"behind a queue of Windows", "url = \"winspool:///Q\"\nmodel = \"munbyn-itpp941b\"", func(p Printer) bool {
			return p.Language == "page" && p.Confirm == "none" && !p.TSPL.Zlib
		}},
		{"through a queue of Windows in its language", "url = \"winspool:///Q\"\nlanguage = \"zpl\"\nmodel = \"zebra-zpl\"", func(p Printer) bool {
			return p.Language == "zpl" && p.Confirm == "none"
		}},
		{"by what its address says", "url = \"usb://Munbyn/RW403B\"\nmodel = \"auto\"", func(p Printer) bool {
			return p.Language == "tspl" && p.Status == "never"
		}},
		{"auto without a word", "url = \"tcp://192.0.2.1:9100\"\nmodel = \"auto\"", func(p Printer) bool {
			return p.Language == "escpos" && p.Confirm == "process-id"
		}},
	} {
		conf, err := Parse(filepath.Join(t.TempDir(), "miandan.toml"), []byte(benchPrinter+c.settings))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if !c.want(conf.Printers[0]) {
			t.Errorf("%s: %+v", c.name, conf.Printers[0])
		}
	}
	if id := identity("usb://Gprinter/GP-1324D?serial=1"); id.Maker != "Gprinter" || id.Model != "GP-1324D" {
		t.Errorf("a USB address says %+v", id)
	}
}

// Every kind of setting that a model file may have is one of a printer, and
// every word that it may say is taken there.
func TestEveryKindOfQuirkIsASetting(t *testing.T) {
	for _, k := range model.Kinds {
		values := k.Words
		switch {
		case k.Truth:
			values = []string{"true"}
		case k.Time:
			values = []string{"30s"}
		case len(values) == 0:
			values = []string{"128"}
		}
		for _, v := range values {
			var p, zero Printer
			if err := put(reflect.ValueOf(&p).Elem(), k.Name, v); err != nil {
				t.Errorf("%s = %q: %v", k.Name, v, err)
			}
			if v != "" && reflect.DeepEqual(p, zero) {
				t.Errorf("%s = %q changes nothing", k.Name, v)
			}
		}
	}
}

// No model in the program proposes what the settings would refuse.
func TestEveryModelLoads(t *testing.T) {
	for _, name := range model.Builtin().Names() {
		if _, err := Parse(filepath.Join(t.TempDir(), "miandan.toml"), []byte(benchPrinter+"url = \"tcp://192.0.2.1:9100\"\nmodel = \""+name+"\"")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestModelMistakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "miandan.toml")
	_, err := Parse(path, []byte(benchPrinter+"url = \"tcp://192.0.2.1:9100\"\nmodel = \"gprinter-tsl\""))
	if err == nil || !strings.Contains(err.Error(), "line 5") || !strings.Contains(err.Error(), "gprinter-tspl") {
		t.Errorf("a model that is none: %v", err)
	}
	_, err = Parse(path, []byte(benchPrinter+"url = \"tcp://192.0.2.1:9100\"\nlanguage = \"tspl\"\nstatus = \"never\"\nconfirm = \"status\""))
	if err == nil || !strings.Contains(err.Error(), "line 7") {
		t.Errorf("never asked and confirmed: %v", err)
	}
	_, err = Parse(path, []byte(benchPrinter+"url = \"tcp://192.0.2.1:9100\"\nhead_dots = 640"))
	if err == nil || !strings.Contains(err.Error(), "line 3") || !strings.Contains(err.Error(), "80 mm") {
		t.Errorf("paper wider than the head: %v", err)
	}
	if _, err = Parse(path, []byte(benchPrinter+"url = \"tcp://192.0.2.1:9100\"\nhead_dots = 800")); err != nil {
		t.Errorf("paper as wide as the head: %v", err)
	}
	folder := filepath.Join(filepath.Dir(path), ModelsFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "own.yaml"), []byte("models:\n  - name: bench\n    quirk: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Parse(path, []byte(benchPrinter+"url = \"tcp://192.0.2.1:9100\"\nmodel = \"bench\""))
	var n *notice.Error
	if !errors.As(err, &n) || n.Code != "model-file" || !strings.Contains(n.Text(notice.English), "own.yaml") || n.Args[1] != 3 {
		t.Errorf("a broken model file: %v", err)
	}
}
