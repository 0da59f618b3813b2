// Command pack packs PDFium, as the Go package go-pdfium of go.mod has it, for
// package pdfin. It is run when that package's version changes:
//
//	go run ./templates/pdfin/pack
//
// It takes the zstd program (1.5.4 made the file that is there).
package main

import (
	"bytes"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	if err := pack("templates/pdfin/pdfium.wasm.zst"); err != nil {
		log.Fatal(err)
	}
}

func pack(to string) error {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/klippa-app/go-pdfium").Output()
	if err != nil {
		return err
	}
	wasm := filepath.Join(string(bytes.TrimSpace(folder)), "webassembly", "pdfium.wasm")
	cmd := exec.Command("zstd", "--ultra", "-22", "-q", "-f", wasm, "-o", to)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
