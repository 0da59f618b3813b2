package pdfin

import (
	_ "embed"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// packedModule is PDFium as its Go package has it, packed by the program in pack to
// a little over a third of the size, and unpacked in a process that starts once in minutes.
//
//go:embed pdfium.wasm.zst
var packedModule []byte

// module returns PDFium in WebAssembly.
func module() ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("unpack PDFium: %w", err)
	}
	defer dec.Close()
	wasm, err := dec.DecodeAll(packedModule, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack PDFium: %w", err)
	}
	return wasm, nil
}
