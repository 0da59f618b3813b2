package pdfin

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestModule compares what is packed here with the package's own file: they are to
// be of one version.
func TestModule(t *testing.T) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/klippa-app/go-pdfium").Output()
	if err != nil {
		t.Skip("no Go here:", err)
	}
	want, err := os.ReadFile(filepath.Join(string(bytes.TrimSpace(folder)), "webassembly", "pdfium.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := module()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("PDFium is of another version than its package; go run ./templates/pdfin/pack")
	}
}
