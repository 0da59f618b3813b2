package file_test

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"miandan/printer"
	"miandan/printer/file"
)

type named struct{}

func (named) Encode(w io.Writer, j printer.Job) error {
	_, err := io.WriteString(w, j.Name)
	return err
}

// print prints one job and wants it sent.
func print(t *testing.T, path, name string) printer.Evidence {
	t.Helper()
	p := printer.Printer{Name: "p", Driver: named{}, Transport: file.Transport{Path: path}}
	a, _, err := p.Begin(t.Context(), printer.Job{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	outcome, evidence, err := a.Send(t.Context())
	if outcome != printer.Sent || err != nil {
		t.Fatalf("Send = %v, %v, want sent", outcome, err)
	}
	return evidence
}

func TestFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made") + string(filepath.Separator)
	first := print(t, folder, "job-1")
	second := print(t, folder, "../job 2/面")
	if first.Method != "file" || first.Detail == second.Detail {
		t.Errorf("evidence = %+v and %+v, want two files", first, second)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Fatalf("the folder holds %v, want two jobs", entries)
	}
	for _, w := range []struct{ file, end, content string }{
		{first.Detail, "-job-1.prn", "job-1"},
		{second.Detail, "-job2.prn", "../job 2/面"},
	} {
		got, err := os.ReadFile(filepath.Join(folder, w.file))
		if err != nil || string(got) != w.content || !strings.HasSuffix(w.file, w.end) {
			t.Errorf("%s holds %q, %v, want %q in a file that ends in %s", w.file, got, err, w.content, w.end)
		}
	}
}

func TestFolderNeverHoldsHalfALabel(t *testing.T) {
	folder := t.TempDir()
	c, err := file.Transport{Path: folder}.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("early")); err == nil {
		t.Error("Write before Start gave no error")
	}
	if err := c.(printer.Follower).Start(t.Context(), printer.Job{Name: "half"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("ha")); err != nil {
		t.Fatal(err)
	}
	if whole, err := filepath.Glob(filepath.Join(folder, "*.prn")); err != nil || len(whole) > 0 {
		t.Errorf("while writing the folder holds %v, %v", whole, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("after giving up the folder holds %v, %v", entries, err)
	}
}

func TestPathIsAppendedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device")
	print(t, path, "one ")
	print(t, path, "two")
	if got, err := os.ReadFile(path); err != nil || string(got) != "one two" {
		t.Errorf("the path holds %q, %v, want both jobs", got, err)
	}
}

func TestDevice(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no /dev/null")
	}
	if evidence := print(t, os.DevNull, "job"); evidence.Method != "wire" {
		t.Errorf("evidence = %+v, want wire", evidence)
	}
}

func TestOpen(t *testing.T) {
	for _, r := range []struct {
		url, want string // "" for an error
	}{
		{"file:///var/spool/labels/", "/var/spool/labels/"},
		{"file:///dev/usb/lp0", "/dev/usb/lp0"},
		{"file://localhost/labels%20here", "/labels here"},
		{"file://labels", ""},
		{"file://", ""},
		{"file:///", ""},
	} {
		u, err := url.Parse(r.url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := file.Open(u)
		switch {
		case r.want == "" && err == nil:
			t.Errorf("Open(%s) = %v, want an error", r.url, got)
		case r.want != "" && (err != nil || got != file.Transport{Path: filepath.FromSlash(r.want)}):
			t.Errorf("Open(%s) = %v, %v, want %s", r.url, got, err, r.want)
		}
	}
}
