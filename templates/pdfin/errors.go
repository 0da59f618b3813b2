package pdfin

import (
	"fmt"

	"miandan/templates/scene"
)

// Problem is why a document gives no dots. It is an error, so that
// errors.Is(err, Encrypted) asks for it.
type Problem uint8

// What may be wrong. The first three groups are the document's fault, the last
// one is this computer's.
const (
	NotPDF    Problem = iota + 1 // neither a PDF nor a PNG nor a JPEG
	Encrypted                    // it opens with a password only
	Broken                       // it cannot be read to its end

	TooLarge      // more bytes than the limit, or more dots
	TooManyPages  // more pages than the limit
	TooSlow       // it took longer than the limit
	TooMuchMemory // it took more memory than the limit

	NoPage    // it has no such page
	WrongSize // its page is not the paper; a *SizeError says by how much
	Uneven    // scaled to the paper, the modules of a barcode are no whole dots
	NoCode    // an expected barcode cannot be read from the dots

	Unstarted // the reader itself does not start
)

var problems = map[Problem]string{
	NotPDF:        "it is neither a PDF nor a PNG nor a JPEG",
	Encrypted:     "it is locked with a password",
	Broken:        "it is broken",
	TooLarge:      "it is too large",
	TooManyPages:  "it has too many pages",
	TooSlow:       "it takes too long to draw",
	TooMuchMemory: "it takes too much memory to draw",
	NoPage:        "it has no such page",
	WrongSize:     "its page has not the size of the paper",
	Uneven:        "the bars of a barcode would be no whole dots in the paper's size",
	NoCode:        "a barcode that it must have cannot be read from it",
	Unstarted:     "the reader of documents does not start",
}

func (p Problem) Error() string {
	if s, ok := problems[p]; ok {
		return s
	}
	return fmt.Sprintf("problem %d", uint8(p))
}

// SizeError is WrongSize with both sizes: of the page as it is to be printed,
// turned, and of the paper.
type SizeError struct {
	Width, Height         float64 // millimetres; dots of a picture
	WantWidth, WantHeight float64
	Dots                  bool // the sizes are dots
}

func (e *SizeError) Error() string {
	unit := "mm"
	if e.Dots {
		unit = "dots"
	}
	return fmt.Sprintf("the page has %.5g×%.5g %s, the paper %.5g×%.5g", e.Width, e.Height, unit, e.WantWidth, e.WantHeight)
}

// Is makes a SizeError a WrongSize.
func (e *SizeError) Is(target error) bool { return target == WrongSize }

// codeError says which of the expected codes is missing, and not what it says.
type codeError struct {
	symbology scene.Symbology
	n         int
}

func (e *codeError) Error() string {
	return fmt.Sprintf("the %v that was expected as number %d cannot be read from the dots", e.symbology, e.n)
}

func (e *codeError) Is(target error) bool { return target == NoCode }
