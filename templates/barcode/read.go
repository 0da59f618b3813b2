package barcode

import (
	"errors"
	"fmt"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"miandan/templates/scene"
)

// ErrUnreadable reports that no code of the kind was found in a picture.
var ErrUnreadable = errors.New("the code cannot be read")

// Read reads the one code in a picture: a crop of a finished label with the
// code's quiet zone. A vertical code is turned by the caller.
func Read(img image.Image, s scene.Symbology) (string, error) {
	return read(gozxing.NewLuminanceSourceFromImage(img), s)
}

// ReadDots reads a code where it stands on a finished label, with its quiet
// zone and whatever else got into it.
func ReadDots(d Dots, m scene.Modules) (string, error) { return Lay(d, m).Read() }

// Read reads the code.
func (l *Laid) Read() (string, error) {
	return read(&source{gozxing.LuminanceSourceBase{Width: l.w, Height: l.h}, l}, l.code.Symbology)
}

func read(src gozxing.LuminanceSource, s scene.Symbology) (text string, err error) {
	// The reader is a port of a program that trusts its pictures.
	defer func() {
		if recover() != nil {
			text, err = "", ErrUnreadable
		}
	}()
	var reader gozxing.Reader
	switch s {
	case scene.Code128:
		reader = oned.NewCode128Reader()
	case scene.QR:
		reader = qrcode.NewQRCodeReader()
	case scene.DataMatrix:
		reader = datamatrix.NewDataMatrixReader()
	default:
		return "", fmt.Errorf("there is no reader for %v", s)
	}
	bmp, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(src))
	if err != nil {
		return "", ErrUnreadable
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}
	result, err := reader.Decode(bmp, hints)
	if err != nil && s != scene.Code128 {
		// It looks for a code's corners as if it saw a photograph, and misses those of
		// one in thirty of the smallest Data Matrix codes and of one in some thousand
		// QR codes; where nothing but a code is to be seen they need not be looked for.
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
		result, err = reader.Decode(bmp, hints)
	}
	if err != nil {
		return "", ErrUnreadable
	}
	return result.GetText(), nil
}

// source gives the reader a label's dots row by row, as it asks for them: of a
// linear code it mostly asks for one.
type source struct {
	gozxing.LuminanceSourceBase
	l *Laid
}

func (s *source) GetRow(y int, row []byte) ([]byte, error) {
	if len(row) < s.GetWidth() {
		row = make([]byte, s.GetWidth())
	}
	s.l.row(y, row)
	return row, nil
}

// The reader changes nothing of what it gets.
func (s *source) GetMatrix() []byte {
	w, h := s.GetWidth(), s.GetHeight()
	if s.l.all != nil {
		return s.l.all[:w*h]
	}
	all := make([]byte, w*h)
	for y := range h {
		s.l.row(y, all[y*w:(y+1)*w])
	}
	return all
}

func (s *source) Invert() gozxing.LuminanceSource { return gozxing.LuminanceSourceInvert(s) }

func (s *source) String() string { return gozxing.LuminanceSourceString(s) }
