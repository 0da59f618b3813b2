package barcode

import (
	"image/color"

	"github.com/boombuler/barcode/datamatrix"

	"miandan/templates/scene"
)

// maxDataMatrix is what the largest symbol holds if all of it are figures.
const maxDataMatrix = 3116

// DataMatrix encodes text in the smallest square DataMatrix ECC 200 that holds
// it. It says ASCII only: without a mark of its encoding, which many scanners
// cannot read, hanzi come out as something else. QR is for hanzi.
//
// The standard asks for a quiet zone of one module; two are for the smear of a
// hot head.
func DataMatrix(text string) (Symbol, error) {
	switch {
	case text == "":
		return Symbol{}, &TextError{scene.DataMatrix, "there is nothing to encode"}
	case len(text) > maxDataMatrix:
		return Symbol{}, &TextError{scene.DataMatrix, "the text is too long"}
	}
	for i := range len(text) {
		if text[i] >= 0x80 {
			return Symbol{}, &TextError{scene.DataMatrix, "it says letters, digits and signs of ASCII only"}
		}
	}
	code, err := datamatrix.Encode(text)
	if err != nil {
		return Symbol{}, &TextError{scene.DataMatrix, "the text is too long"}
	}
	b := code.Bounds()
	bits := make([][]bool, b.Dy())
	for y := range bits {
		bits[y] = make([]bool, b.Dx())
		for x := range bits[y] {
			bits[y][x] = color.GrayModel.Convert(code.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y < 0x80
		}
	}
	return Symbol{Symbology: scene.DataMatrix, Text: text, Bits: bits, Quiet: 2}, nil
}
