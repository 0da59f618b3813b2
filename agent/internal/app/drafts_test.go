package app_test

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

func TestALayoutIsWritten(t *testing.T) {
	own := filepath.Join(t.TempDir(), "layouts")
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, 0, func(c string) string {
		return strings.Replace(c, "[labels]\n", "", 1) + "\n[labels]\nlayouts = '" + own + "'\n"
	})
	d := s.Drafts()
	builtin, err := d.Source(t.Context(), "jd-express-76x130")
	if err != nil || builtin.Own || !strings.Contains(builtin.Text, "page:") {
		t.Fatalf("Source = %.60q, %v, %v", builtin.Text, builtin.Own, err)
	}
	for dpi, width := range map[int]int{203: 608, 300: 898} {
		began := time.Now()
		v, err := d.Draw(t.Context(), builtin, dpi)
		if err != nil || v.Width != 76 || v.Height != 130 {
			t.Fatalf("Draw = %+v, %v", v.Findings, err)
		}
		t.Logf("drawn at %d dpi in %v", dpi, time.Since(began))
		m, err := png.Decode(bytes.NewReader(v.Picture))
		if err != nil || m.Bounds().Dx() < width-1 || m.Bounds().Dx() > width+1 {
			t.Errorf("at %d dpi: %v, %v", dpi, m.Bounds(), err)
		}
	}
	bad := builtin
	bad.Text = strings.Replace(bad.Text, "page:", "paeg:", 1)
	v, err := d.Draw(t.Context(), bad, 203)
	if err != nil || v.Picture != nil || len(v.Findings) != 1 || v.Findings[0].Severity != api.Unfit || v.Findings[0].Line == 0 || !strings.Contains(v.Findings[0].Words[notice.Chinese], "paeg") {
		t.Errorf("Draw of a slip = %+v, %v", v.Findings, err)
	}
	if err := d.Save(t.Context(), bad, "page:甲"); notice.CodeOf(err) != "layout-broken" {
		t.Errorf("Save of a slip: %v", err)
	}
	if entries, err := os.ReadDir(own); err != nil || len(entries) > 0 {
		t.Errorf("what was refused left %v, %v", entries, err)
	}

	good := builtin
	good.Text = "# 演示\n" + good.Text
	if err := d.Save(t.Context(), good, "page:甲"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(own, "jd-express-76x130.yaml")); err != nil || string(got) != good.Text {
		t.Errorf("kept: %.40q, %v", got, err)
	}
	if got, err := d.Source(t.Context(), "jd-express-76x130"); err != nil || !got.Own || got.Text != good.Text {
		t.Errorf("Source of what was kept = %.40q, %v, %v", got.Text, got.Own, err)
	}
	if entries, err := os.ReadDir(own); err != nil || len(entries) != 1 {
		t.Errorf("beside it lie %v, %v", entries, err)
	}
	for _, name := range []string{"", ".", "..", "../x", "a/b", `a\b`, "/etc/passwd", "A", "a.yaml", "con", "lpt1", "a\x00", "-a", "a-", strings.Repeat("a", 65), "演示"} {
		if err := d.Save(t.Context(), api.Draft{Name: name, Text: good.Text}, "page"); notice.CodeOf(err) != "layout-name" {
			t.Errorf("Save under %q: %v, want layout-name", name, err)
		}
		if _, err := d.Draw(t.Context(), api.Draft{Name: name, Text: good.Text}, 203); notice.CodeOf(err) != "layout-name" {
			t.Errorf("Draw under %q: %v, want layout-name", name, err)
		}
	}
	if _, err := d.Source(t.Context(), "nothing"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("Source of nothing: %v", err)
	}
	s.stop()
	s.start(t) // with the one of its own
	if list, err := s.Drafts().Source(t.Context(), "jd-express-76x130"); err != nil || !list.Own {
		t.Errorf("after a restart: %v, %v", list.Own, err)
	}
}

// TestALinkLeadsNowhere has a link in the folder of own layouts point out of it.
func TestALinkLeadsNowhere(t *testing.T) {
	own, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret.yaml")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, 0, func(c string) string {
		return strings.Replace(c, "[labels]\n", "", 1) + "\n[labels]\nlayouts = '" + own + "'\n"
	})
	if err := os.Symlink(outside, filepath.Join(own, "mine.yaml")); err != nil {
		t.Skip("no links here:", err)
	}
	d := s.Drafts()
	if v, err := d.Source(t.Context(), "mine"); err == nil {
		t.Errorf("a link shows %q", v.Text)
	}
	text, err := d.Source(t.Context(), "wujie-76x130")
	if err != nil {
		t.Fatal(err)
	}
	text.Name = "mine"
	if err := d.Save(t.Context(), text, "page"); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(outside); err != nil || string(got) != "secret" {
		t.Errorf("the file outside is %q, %v", got, err)
	}
}

func TestWithoutAFolderNothingIsKept(t *testing.T) {
	s := open(t, 0, nil)
	d := s.Drafts()
	text, err := d.Source(t.Context(), "wujie-76x130")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Save(t.Context(), text, "page"); notice.CodeOf(err) != "layout-no-folder" || !errors.Is(err, api.ErrConflict) {
		t.Errorf("Save: %v, want layout-no-folder", err)
	}
}
