package componentsim

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"sync"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// Paper is a label on its way to a printer.
type Paper struct {
	Printer        string
	Task           string // the client's key or requestId
	Template       string // URL or code, as the client named it
	CustomTemplate string // URL of the merchant's own area, if any
	Document       sheet.Document
	Custom         map[string]any // the client's own fields
}

// WriteFiles writes the label as it looks on paper to base.pdf and base.png.
func (p Paper) WriteFiles(base string, s sheet.Style) error {
	var pdf, png bytes.Buffer
	if err := s.PDF(&pdf, p.Document); err != nil {
		return fmt.Errorf("draw what came out: %w", err)
	}
	if err := s.PNG(&png, p.Document); err != nil {
		return fmt.Errorf("draw what came out: %w", err)
	}
	if err := os.WriteFile(base+".pdf", pdf.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write what came out: %w", err)
	}
	if err := os.WriteFile(base+".png", png.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write what came out: %w", err)
	}
	return nil
}

// Tray is where printed labels land, the paper as opposed to the record of it:
// it lives in memory alone, for it shows people. Its zero value is empty.
type Tray struct {
	mu     sync.Mutex
	papers []Paper
}

// Take puts a label on top. It is a Config's Paper.
func (t *Tray) Take(p Paper) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.papers = append(t.papers, p)
	return nil
}

// Papers returns all labels, oldest first.
func (t *Tray) Papers() []Paper {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.papers)
}

// Of returns the labels of a waybill's parcel, counted from 1, oldest first:
// more than one if it was printed again.
func (t *Tray) Of(waybill string, parcel int) []Paper {
	return slices.DeleteFunc(t.Papers(), func(p Paper) bool {
		return p.Document.Waybill != waybill || p.Document.Index != parcel
	})
}
