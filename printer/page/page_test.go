package page

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
)

func TestEncode(t *testing.T) {
	tests := []struct {
		name string
		pdf  string
		err  error
	}{
		{"a PDF", "%PDF-1.4\n…\n%%EOF\n", nil},
		{"nothing", "", ErrNoPDF},
		{"a printer language", "\x1b@\x1dv0", ErrNoPDF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got bytes.Buffer
			err := Driver{}.Encode(&got, printer.Job{Image: bitmap.New(8, 8), PDF: []byte(tt.pdf)})
			if !errors.Is(err, tt.err) {
				t.Fatalf("Encode = %v, want %v", err, tt.err)
			}
			want := tt.pdf
			if tt.err != nil {
				want = ""
			}
			if got.String() != want {
				t.Errorf("Encode wrote %q, want %q", got.String(), want)
			}
		})
	}
}

func TestEncodeTellsTheWritersError(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	err := Driver{}.Encode(w, printer.Job{PDF: []byte("%PDF-1.4")})
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Encode = %v, want %v", err, io.ErrClosedPipe)
	}
}
