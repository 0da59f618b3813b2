package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/store"
)

// What the whole of it does stands in package cli's TestFromBareToPaper.

func TestBeginSettings(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, config.FileName)
	if begun, err := BeginSettings(dir, path); err != nil || !begun {
		t.Fatalf("a bare folder: %v, %v", begun, err)
	}
	if _, err := config.Load(path); err != nil {
		t.Error(err)
	}
	if begun, err := BeginSettings(dir, path); err != nil || begun {
		t.Errorf("once more: %v, %v", begun, err)
	}
	// Settings that were lost are not begun anew beside a database.
	if err := os.WriteFile(filepath.Join(dir, store.FileName), []byte("a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if begun, err := BeginSettings(dir, path); err != nil || begun {
		t.Errorf("beside a database: %v, %v", begun, err)
	}
}

func TestCodeIn(t *testing.T) {
	for text, want := range map[string]string{
		"abc123":   "abc123",
		" abc123 ": "abc123",
		"https://example.com/callback?code=abc123&state=miandan": "abc123",
		"https://example.com/callback?state=miandan":             "https://example.com/callback?state=miandan",
		"http://[broken?code=x":                                  "http://[broken?code=x",
	} {
		if got := codeIn(text); got != want {
			t.Errorf("the code in %q is %q, want %q", text, got, want)
		}
	}
}

// TestSection reads a printer back that the page has proposed, and one whose name
// and address try to be more than that.
func TestSection(t *testing.T) {
	p := api.NewPrinter{Name: "包装台1", URL: "tcp://192.168.1.50:9100", Language: "tspl", DPI: 300, Media: "label", Paper: "100x150", UpsideDown: true, Invert: true}
	file := append(config.Template(), "\n"+section(p)...)
	c, err := config.Parse(config.FileName, file)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Printers[0]; got.Name != p.Name || got.URL != p.URL || got.DotsPerMM != 11.811 || !got.UpsideDown || !got.TSPL.Invert || got.Paper.String() != p.Paper {
		t.Errorf("read back is %+v", got)
	}
	if dpiOf(c.Printers[0].DotsPerMM) != 300 {
		t.Errorf("its head has %d dpi", dpiOf(c.Printers[0].DotsPerMM))
	}
	p.URL = "tcp://192.168.1.50:9100\"\n[jd]\ngateway = \"http://example.com"
	if c, err := config.Parse(config.FileName, append(config.Template(), "\n"+section(p)...)); err == nil || c != nil && strings.Contains(c.JD.Gateway, "example") {
		t.Errorf("an address of several lines is taken: %v", err)
	}
}
