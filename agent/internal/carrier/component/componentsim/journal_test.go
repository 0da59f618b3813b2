package componentsim

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim/sheet"
)

func TestJournalOutlivesTheComponent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	clock := func() time.Time { return time.Date(2026, 11, 11, 8, 0, 0, 0, time.UTC) }
	name := filepath.Join(dir, journalFile)
	for run := range 3 {
		s := start(t, Config{JournalDir: dir, Clock: clock})
		if n := len(s.Journal()); n != run {
			t.Fatalf("run %d: %d entries at first", run, n)
		}
		s.dial(t).ask(printTwo)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		read, err := ReadJournal(dir)
		if err != nil || !reflect.DeepEqual(read, s.Journal()) {
			t.Fatalf("run %d: ReadJournal = %+v, %v, want %+v", run, read, err, s.Journal())
		}
		want := Entry{Seq: run + 1, At: clock(), Task: "A1B2C3D6", Waybill: document.Waybill, Package: document.Package, Printer: "HPRT R42D"}
		if read[run] != want {
			t.Errorf("run %d: the entry is %+v, want %+v", run, read[run], want)
		}
		// A crash cut the next line short.
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(`{"seq":9,"waybi`)
		f.Close()
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{document.Receiver.Name, document.Receiver.Phone, document.Receiver.Address, "仓库一"} {
		if strings.Contains(string(b), person) {
			t.Errorf("the journal names %s", person)
		}
	}
	if entries, err := ReadJournal(t.TempDir()); entries != nil || err != nil {
		t.Errorf("no journal: %v, %v", entries, err)
	}
	os.WriteFile(name, []byte("no JSON\n"), 0o600)
	if _, err := New(Config{JournalDir: dir}); err == nil {
		t.Error("a spoilt journal is taken")
	}
}

// TestNoWordWithoutAJournal breaks the journal: the label may be out, so the
// client must not hear that it is not.
func TestNoWordWithoutAJournal(t *testing.T) {
	for name, frame := range map[string]string{
		"protocol 2": printTwo,
		"protocol 3": ofThree(`{"outputType":0}`, `{"templateCode":"x","printData":"BLOB"}`),
	} {
		s := start(t, Config{JournalDir: t.TempDir()})
		s.journal.Close()
		c := s.dial(t)
		c.say(frame)
		if r, err := c.hear(time.Minute); err == nil {
			t.Errorf("%s: replied %s", name, r)
		}
		if len(s.Papers()) != 1 {
			t.Errorf("%s: %d labels on paper", name, len(s.Papers()))
		}
	}
}

func TestPaperIntoFiles(t *testing.T) {
	s := start(t, Config{})
	c := s.dial(t)
	c.ask(printTwo)
	c.ask(printTwo)
	twice := s.Of(document.Waybill, 1)
	if len(twice) != 2 || len(s.Of(document.Waybill, 2)) != 0 || len(s.Of("another", 1)) != 0 {
		t.Fatalf("%d labels of the parcel", len(twice))
	}
	base := filepath.Join(t.TempDir(), document.Waybill)
	if err := twice[0].WriteFiles(base, sheet.Style{}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(base + ".png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds().Dx() != sheet.Width*sheet.DotsPerMM {
		t.Errorf("the picture is %v, %v", img, err)
	}
	if b, err = os.ReadFile(base + ".pdf"); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("the PDF begins with %.8q, %v", b, err)
	}
	if err := twice[0].WriteFiles(filepath.Join(base, "nowhere", "x"), sheet.Style{}); err == nil {
		t.Error("written to a folder that is none")
	}
	if err := (Paper{Document: sheet.Document{Waybill: "运单"}}).WriteFiles(base, sheet.Style{}); err == nil {
		t.Error("a label without a barcode is written")
	}
}
