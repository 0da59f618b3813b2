package barcode

import (
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"

	"miandan/templates/scene"
)

// Level is how much of a QR code may be spoilt and still be read.
type Level uint8

// L bears 7 % of damage, M 15 %, Q 25 %, H 30 %. M is for paper that is
// handled with care, Q for parcels that are thrown.
const (
	M Level = iota
	L
	Q
	H
)

var levels = [...]decoder.ErrorCorrectionLevel{
	M: decoder.ErrorCorrectionLevel_M,
	L: decoder.ErrorCorrectionLevel_L,
	Q: decoder.ErrorCorrectionLevel_Q,
	H: decoder.ErrorCorrectionLevel_H,
}

// QR encodes text in the smallest QR code that holds it at that level.
// Chinese goes in as UTF-8 without a mark of its encoding, which phones and
// warehouse scanners alike take for what it is.
//
// The encoder is gozxing's: boombuler's gives the same version and takes seven
// times as long (BenchmarkQR), and quotes the whole text in its errors.
func QR(text string, level Level) (Symbol, error) {
	switch {
	case text == "":
		return Symbol{}, &TextError{scene.QR, "there is nothing to encode"}
	case !utf8.ValidString(text):
		return Symbol{}, &TextError{scene.QR, "the text is not valid UTF-8"}
	}
	code, err := encoder.Encoder_encode(text, levels[level], nil)
	if err != nil {
		return Symbol{}, &TextError{scene.QR, "the text is too long"}
	}
	m := code.GetMatrix()
	bits := make([][]bool, m.GetHeight())
	for y := range bits {
		bits[y] = make([]bool, m.GetWidth())
		for x := range bits[y] {
			bits[y][x] = m.Get(x, y) == 1
		}
	}
	return Symbol{Symbology: scene.QR, Text: text, Bits: bits, Quiet: 4}, nil
}
