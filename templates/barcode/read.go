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
func Read(img image.Image, s scene.Symbology) (text string, err error) {
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
	src := gozxing.NewLuminanceSourceFromImage(img)
	bmp, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(src))
	if err != nil {
		return "", ErrUnreadable
	}
	result, err := reader.Decode(bmp, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
	})
	if err != nil {
		return "", ErrUnreadable
	}
	return result.GetText(), nil
}
