package model

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Which model a printer is taken for. The README's rule is checked here: the most
// letters win, and a printer's own word goes before what is assumed of its maker.
func TestMatch(t *testing.T) {
	for _, c := range []struct{ name, id, want string }{
		{"a real device ID", "MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;", "munbyn-rw403b"},
		{"long keys, other case", "MANUFACTURER:gprinter;COMMAND SET:TSPL;MODEL:GP-1324D;CLASS:PRINTER;", "gprinter-tspl"},
		{"a receipt printer of the same maker", "MFG:Gprinter;CMD:ESC/POS;MDL:GP-L80250;", "gprinter-receipt"},
		{"no language said", "MFG:Gprinter;MDL:GP-1324D;", "gprinter-tspl"},
		{"a language against what is assumed of the maker", "MFG:Deli;CMD:CPCL;MDL:DL-720;", "generic-cpcl"},
		{"an assumed language that agrees", "MFG:Deli;CMD:TSPL;MDL:DL-740;", "deli"},
		{"the longer name wins", "MFG:Zebra;MDL:ZD421-300dpi;CMD:ZPL;", "zebra-zpl-300"},
		{"the maker alone", "MFG:Zebra Technologies;MDL:ZTC ZD421-203dpi ZPL;CMD:ZPL;", "zebra-zpl"},
		{"the better proof of two languages", "MFG:Zebra;MDL:ZQ630;CMD:CPCL,ZPL;", "zebra-zpl"},
		{"only the other", "MFG:Zebra;MDL:ZQ630;CMD:CPCL;", "zebra-cpcl"},
		{"a language under a maker's own name", "MFG:Somebody;CMD:BPLZ,BPLE;MDL:X1;", "snbc-zpl"},
		{"dashes, spaces and case do not count", "MFG:epson;MDL:TM T88vi;CMD:ESC/POS;", "epson-tm"},
		{"an old model of the series", "MFG:EPSON;MDL:TM-T88III;CMD:ESC/POS;", "epson-tm-old"},
		{"a clone of nobody", "MFG:XYZ;CMD:ESC;MDL:POS80;", "generic-escpos"},
		{"nothing that we speak", "MFG:HP;CMD:PCL,PJL;MDL:LaserJet;", ""},
		{"nothing at all", "", ""},
	} {
		m, ok := Builtin().Match(ParseID(c.id))
		if ok != (c.want != "") || m.Name != c.want {
			t.Errorf("%s: Match(%s) = %q, want %q", c.name, c.id, m.Name, c.want)
		}
	}
	for _, c := range []struct {
		id   Identity
		want string
	}{
		{Identity{Queue: "Zebra ZD421-300dpi ZPL"}, "zebra-zpl-300"},
		{Identity{Queue: "Gprinter GP-1324D"}, "gprinter-tspl"},
		{Identity{Queue: "得力 DL-888"}, "deli"},
		{Identity{Queue: "HP LaserJet"}, ""},
		{Identity{Answer: "ZD421-203dpi"}, "zebra-zpl"},
	} {
		if m, _ := Builtin().Match(c.id); m.Name != c.want {
			t.Errorf("Match(%+v) = %q, want %q", c.id, m.Name, c.want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for _, c := range []struct{ cmd, want string }{
		{"ZPL", "zpl"}, {"ZPLII", "zpl"}, {"zpl2", "zpl"}, {"BPLZ", "zpl"}, {"PPLZ", "zpl"},
		{"TSPL", "tspl"}, {"TSPL2", "tspl"}, {"TSC", "tspl"}, {"tscl", "tspl"},
		{"CPCL", "cpcl"}, {"BPLC", "cpcl"},
		{"ESC/POS", "escpos"}, {"ESCPOS", "escpos"}, {"EPSON", "escpos"}, {"ESC", "escpos"},
		{"EPL2", ""}, {"XYZ", ""}, {"PRINTER", ""}, {"", ""}, {"ZPLX", ""},
	} {
		if got, _ := LanguageOf([]string{c.cmd}); got != c.want {
			t.Errorf("LanguageOf(%q) = %q, want %q", c.cmd, got, c.want)
		}
	}
}

func TestTheModelsInTheProgram(t *testing.T) {
	if _, err := builtin(); err != nil {
		t.Fatal(err)
	}
	models := Builtin().Models()
	if len(models) < 15 {
		t.Fatalf("only %d models", len(models))
	}
	for _, m := range models {
		if len(m.Match) == 0 || m.Value("language") == "" {
			t.Errorf("%s has no pattern or no language", m.Name)
		}
		// Compression that a printer reads as commands must have been seen to work.
		if q, ok := m.Quirk("tspl.zlib"); ok && q.Value == "true" && q.Confidence != Probed {
			t.Errorf("%s takes zlib by what is %s", m.Name, q.Confidence)
		}
		if q, ok := m.Quirk("confirm"); ok && q.Value == "process-id" && q.Confidence == Assumed {
			t.Errorf("%s gives process IDs, which is only assumed", m.Name)
		}
	}
}

const good = `models:
  - name: bench-tspl
    says: "the bench's own"
    match:
      - {mfg: Bench, mdl: "B-1*"}
    quirks:
      - set: language
        value: tspl
        reason: it prints it
        source: a printout
        confidence: probed
      - {set: tspl.invert, value: true, reason: seen, source: a printout, confidence: probed}
`

func TestParse(t *testing.T) {
	models, err := Parse("own.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	m := models[0]
	q, _ := m.Quirk("tspl.invert")
	if m.Name != "bench-tspl" || len(m.Quirks) != 2 || q.Value != "true" || q.Line != 12 || q.Confidence != Probed || m.Line != 2 {
		t.Errorf("Parse = %+v", m)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		line           int
		want           string
	}{
		{"a key that is none", "says:", "sais:", 3, `no "sais"`},
		{"a setting that is none", "set: tspl.invert", "set: tspl.inverted", 12, "tspl.invert"},
		{"a value that is none", "value: true", "value: ja", 12, "true | false"},
		{"a language that is none", "value: tspl", "value: epl", 8, `"cpcl"`},
		{"no source", "        source: a printout\n", "", 7, "source is missing"},
		{"no reason", "reason: it prints it", `reason: ""`, 9, "reason is empty"},
		{"a word for confidence that is none", "confidence: probed\n      -", "confidence: sure\n      -", 11, "documented | probed | assumed"},
		{"a quirk of another language", "set: tspl.invert, value: true", "set: zpl.compression, value: z64", 12, "printers that speak zpl"},
		{"a name that is none", "name: bench-tspl", "name: Bench TSPL", 2, "small letters"},
		{"a pattern that fits all", "{mfg: Bench, mdl: \"B-1*\"}", "{mfg: \"*\"}", 5, "every printer"},
		{"twice", "set: tspl.invert, value: true", "set: language, value: tspl", 12, "second time"},
		{"no list", "models:\n", "models: none\nx:\n", 0, ""},
		{"no YAML", "models:", "models: [", 0, ""},
	} {
		_, err := Parse("own.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
		var bad *FileError
		if !errors.As(err, &bad) {
			t.Errorf("%s: Parse = %v, want a *FileError", c.name, err)
			continue
		}
		if c.line != 0 && bad.Line != c.line || !strings.Contains(bad.Text(false), c.want) || bad.File != "own.yaml" || bad.Text(true) == bad.Text(false) {
			t.Errorf("%s: %v, want line %d and %q", c.name, bad, c.line, c.want)
		}
	}
}

func TestWith(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("own.yaml", strings.Replace(good, "bench-tspl", "munbyn-rw403b", 1))
	write("note.txt", "not a model file")
	l, err := Builtin().With(folder)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := l.Get("munbyn-rw403b")
	if m.Value("tspl.invert") != "true" || m.Value("status") != "" || len(l.Models()) != len(Builtin().Models()) {
		t.Errorf("one's own file did not take the model's place: %+v", m)
	}
	if builtin, _ := Builtin().Get("munbyn-rw403b"); builtin.Value("status") != "never" {
		t.Error("With changed the library it was called on")
	}
	write("again.yaml", strings.Replace(good, "bench-tspl", "munbyn-rw403b", 1))
	if _, err := Builtin().With(folder); err == nil || !strings.Contains(err.Error(), "again.yaml") {
		t.Errorf("the same name in two files: %v", err)
	}
	if l, err := Builtin().With(filepath.Join(folder, "none")); err != nil || l != Builtin() {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestKindsTake(t *testing.T) {
	for _, c := range []struct {
		set, value string
		want       bool
	}{
		{"band_rows", "128", true}, {"band_rows", "12", false}, {"band_rows", "100.5", false}, {"band_rows", "NaN", false},
		{"keeps_buffer", "true", true}, {"keeps_buffer", "yes", false},
		{"send_timeout", "45s", true}, {"send_timeout", "45", false}, {"send_timeout", "2h", false},
		{"zpl.compression", "", true}, {"zpl.compression", "lzo", false}, {"dots_per_mm", "11.811", true}, {"dots_per_mm", "8.0", false},
	} {
		k, ok := KindOf(c.set)
		if got, _ := k.takes(c.value); !ok || got != c.want {
			t.Errorf("%s takes %q: %v, want %v", c.set, c.value, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	got := Clean("  \x1b[31mGP\u202e-13\x00\r\n24\ufffd 佳博\u2028 ")
	if got != "[31mGP-13 24 佳博" && got != "[31mGP-1324 佳博" {
		t.Errorf("Clean = %q", got)
	}
	if n := utf8.RuneCountInString(Clean(strings.Repeat("佳", 5000))); n != maxText {
		t.Errorf("%d characters are left, want %d", n, maxText)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;")
	f.Add("::;;MFG;MDL:\x1b]0;CMD:,,,ZPL")
	f.Fuzz(func(t *testing.T, s string) {
		id := ParseID(s)
		for _, text := range append([]string{id.Maker, id.Model}, id.Commands...) {
			if text != Clean(text) {
				t.Errorf("%q is not clean", text)
			}
		}
		if len(id.Commands) > 32 {
			t.Errorf("%d languages", len(id.Commands))
		}
		Builtin().Match(id)
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("models: [[[[[[[[[["))
	f.Add([]byte("models: &a [*a]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		models, err := Parse("own.yaml", src)
		if err != nil {
			if _, ok := errors.AsType[*FileError](err); !ok {
				t.Errorf("Parse = %v, want a *FileError", err)
			}
			return
		}
		for _, m := range models {
			if slices.ContainsFunc(m.Quirks, func(q Quirk) bool { return q.Reason == "" || q.Source == "" }) {
				t.Errorf("%s has a quirk without a reason or a source", m.Name)
			}
		}
	})
}
