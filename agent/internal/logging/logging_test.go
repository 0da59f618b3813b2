package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestMaskPhones(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"alone", "13800001234", "138••••1234"},
		{"in a sentence", "收件人13800001234不存在", "收件人138••••1234不存在"},
		{"in JSON", `{"mobile":"19912345678"}`, `{"mobile":"199••••5678"}`},
		{"two", "13800001234,15900001234", "138••••1234,159••••1234"},
		{"behind a word", "tel13800001234", "tel138••••1234"},
		{"with the country", "+8613800001234", "+86138••••1234"},
		{"with the country dialled", "008613800001234", "0086138••••1234"},
		{"spaced", "138 0000 1234.", "138••••1234."},
		{"dashed", "138-0000-1234", "138••••1234"},
		{"with an extension", "17000000000-4740", "170••••0000-••••"},
		{"before a date", "13800001234-2", "138••••1234-2"},
		{"a JD order", "249786309732", "249786309732"},
		{"an order that begins so", "138000012345", "138000012345"},
		{"a YTO waybill", "YT1380000123456", "YT1380000123456"},
		{"a JD waybill", "JDVC13800001234-1-1-", "JDVC13800001234-1-1-"},
		{"a time in milliseconds", "1795422600000", "1795422600000"},
		{"a landline", "027-87654321", "027-87654321"},
		{"no mobile's beginning", "12800001234", "12800001234"},
		{"the platform's mask", "138****1234", "138****1234"},
		{"an IP address", "192.168.1.50:9100", "192.168.1.50:9100"},
		{"three digits at the end", "took 138", "took 138"},
		{"three digits and a space at the end", "138 ", "138 "},
		{"nothing", "", ""},
	} {
		if got := MaskPhones(c.in); got != c.want {
			t.Errorf("%s: MaskPhones(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func FuzzMaskPhones(f *testing.F) {
	for _, s := range []string{"13800001234", "+8613800001234-4740", "138 0000 1234", "0086138", "138-0000-12", "•138"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := MaskPhones(s)
		if twice := MaskPhones(once); twice != once {
			t.Errorf("MaskPhones(%q) = %q, and again %q", s, once, twice)
		}
	})
}

type stringer struct{ phone string }

func (s stringer) String() string { return s.phone }

type valuer struct{ phone string }

func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("p", v.phone)) }

func TestNoPhoneComesThrough(t *testing.T) {
	const phone = "13800001234"
	for _, asJSON := range []bool{false, true} {
		t.Run(fmt.Sprintf("JSON %v", asJSON), func(t *testing.T) {
			dir := t.TempDir()
			var console bytes.Buffer
			l, err := Open(Options{Dir: dir, Level: slog.LevelDebug, JSON: asJSON, Console: &console})
			if err != nil {
				t.Fatal(err)
			}
			l.With("with", phone).WithGroup("g").Error("no such person: "+phone,
				"text", phone,
				"err", fmt.Errorf("carrier says: %w", errors.New(phone)),
				"stringer", stringer{phone},
				"pointer", &stringer{phone},
				"valuer", valuer{phone},
				"map", map[string]string{phone: phone},
				"struct", struct{ P []string }{[]string{phone}},
				"bytes", []byte("249786309732"),
				slog.Group("in", "p", phone),
				phone, "key",
				"order", "249786309732",
				"n", 3,
			)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			file, err := os.ReadFile(filepath.Join(dir, FileName))
			if err != nil {
				t.Fatal(err)
			}
			records, err := json.Marshal(l.Recorder.Records())
			if err != nil {
				t.Fatal(err)
			}
			for name, out := range map[string]string{"file": string(file), "recorder": string(records), "console": console.String()} {
				if strings.Contains(out, phone) {
					t.Errorf("the %s holds the number: %s", name, out)
				}
				for _, want := range []string{"138••••1234", "249786309732", "carrier says"} {
					if !strings.Contains(out, want) {
						t.Errorf("the %s lacks %q: %s", name, want, out)
					}
				}
			}
			if asJSON && !json.Valid(file) {
				t.Errorf("not JSON: %s", file)
			}
		})
	}
}

func TestRecorder(t *testing.T) {
	r := NewRecorder()
	log := slog.New(r.Handler(slog.LevelInfo))
	for i := range Kept + 5 {
		log.Info("line", "i", i)
	}
	log.Debug("left out")
	all := r.Records()
	if len(all) != Kept {
		t.Fatalf("%d records are kept, want %d", len(all), Kept)
	}
	if first, last := all[0].Attrs[0].Value, all[Kept-1].Attrs[0].Value; first != "5" || last != fmt.Sprint(Kept+4) {
		t.Errorf("records run from %s to %s, want from 5 to %d", first, last, Kept+4)
	}
	log.With("a", 1).WithGroup("g").With("b", 2).Warn("w", slog.Group("h", "c", 3), slog.Group("", "d", 4))
	all = r.Records()
	last := all[len(all)-1]
	if got, want := fmt.Sprint(last.Attrs), "[{a 1} {g.b 2} {g.h.c 3} {g.d 4}]"; got != want || last.Level != "warn" {
		t.Errorf("attributes = %s (%s), want %s (warn)", got, last.Level, want)
	}
}

func TestTheFileStaysWithinItsBounds(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(Options{Dir: dir, MaxSize: 1000, Files: 2})
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 25 {
				l.Info("a line of the log", "writer", w, "i", i)
			}
		})
	}
	writers.Wait()
	l.Debug("left out")
	l.SetLevel(slog.LevelDebug)
	l.Debug("the last line")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.Info("after the end")

	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 || len(b) > 1000 || b[len(b)-1] != '\n' {
			t.Errorf("%s has %d bytes and ends %q", e.Name(), len(b), b[max(0, len(b)-5):])
		}
	}
	if got, want := strings.Join(names, " "), "agent.log agent.log.1 agent.log.2"; got != want {
		t.Errorf("files = %s, want %s", got, want)
	}
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "the last line") || strings.Contains(string(b), "left out") || strings.Contains(string(b), "after the end") {
		t.Errorf("the file ends with:\n%s", b)
	}
}

func TestTheFileGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	for _, line := range []string{"first", "second"} {
		l, err := Open(Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		l.Info(line)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || !strings.Contains(string(b), "first") || !strings.Contains(string(b), "second") {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

func TestALogThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	l, err := Open(Options{Dir: dir, MaxSize: 200})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.Info("first " + strings.Repeat("x", 150))
	if err := os.RemoveAll(dir); err != nil {
		t.Skipf("a folder in use that can be removed: %v", err)
	}
	l.Info("lost " + strings.Repeat("x", 150))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l.Info("back")
	if b, err := os.ReadFile(filepath.Join(dir, FileName)); err != nil || !strings.Contains(string(b), "back") {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

func TestParseLevel(t *testing.T) {
	if l, err := ParseLevel("warn"); err != nil || l != slog.LevelWarn {
		t.Errorf("ParseLevel(warn) = %v, %v", l, err)
	}
	if _, err := ParseLevel("loud"); err == nil {
		t.Error("ParseLevel(loud) gave no error")
	}
}
