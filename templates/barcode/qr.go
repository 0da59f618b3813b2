package barcode

import (
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

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

// maxQR is what the largest code holds if all of it are figures.
const maxQR = 7089

// QR encodes text in the smallest QR code that holds it at that level: figures,
// capitals and bytes are told apart within the text, where libraries take the
// whole of it for bytes if one letter is small.
//
// Chinese goes in as UTF-8 without a mark of its encoding, which phones and
// warehouse scanners alike take for what it is; it stays in one piece, since
// they guess piece by piece.
//
// What no text changes about a code, and the sizes of its blocks, are gozxing's.
// The text is put in and the mask chosen here, on whole words of bits: most labels
// have a QR code of their own, and a library's takes longer than the rest of the
// label. boombuler's quotes the whole text in its errors besides.
func QR(text string, level Level) (Symbol, error) {
	switch {
	case text == "":
		return Symbol{}, &TextError{scene.QR, "there is nothing to encode"}
	case !utf8.ValidString(text):
		return Symbol{}, &TextError{scene.QR, "the text is not valid UTF-8"}
	case len(text) > maxQR:
		return Symbol{}, &TextError{scene.QR, "the text is too long"}
	}
	bits, version := planQR(text, levels[level])
	if version == nil {
		return Symbol{}, &TextError{scene.QR, "the text is too long"}
	}
	matrix, err := drawQR(interleave(bits.bytes, version.GetECBlocksForLevel(levels[level])), version, levels[level])
	if err != nil {
		return Symbol{}, &TextError{scene.QR, "it cannot be drawn"}
	}
	return Symbol{Symbology: scene.QR, Text: text, Bits: matrix, Quiet: 4}, nil
}

// planQR returns the text's codewords before error correction and the smallest
// version that holds them, or none.
func planQR(text string, level decoder.ErrorCorrectionLevel) (*bitString, *decoder.Version) {
	var segments []segment
	for number := 1; number <= 40; number++ {
		class := classOf(number)
		if number == 1 || class != classOf(number-1) { // counts take more bits
			segments = segmentsOf(text, class)
		}
		version, err := decoder.Version_GetVersionForNumber(number)
		if err != nil {
			return nil, nil
		}
		capacity := 0
		for _, b := range version.GetECBlocksForLevel(level).GetECBlocks() {
			capacity += 8 * b.GetCount() * b.GetDataCodewords()
		}
		if bitsOf(segments, class) > capacity {
			continue
		}
		var bits bitString
		for _, s := range segments {
			s.write(&bits, class)
		}
		bits.add(0, min(4, capacity-bits.n))
		bits.add(0, (8-bits.n%8)%8)
		for pad := 0xEC; bits.n < capacity; pad ^= 0xEC ^ 0x11 {
			bits.add(pad, 8)
		}
		return &bits, version
	}
	return nil, nil
}

// interleave cuts codewords into the blocks of a version, gives each its
// error correction and deals them out in turn.
func interleave(codewords []byte, blocks *decoder.ECBlocks) []byte {
	var data, check [][]byte
	rest, total := codewords, len(codewords)
	for _, kind := range blocks.GetECBlocks() {
		for range kind.GetCount() {
			block := rest[:kind.GetDataCodewords()]
			rest = rest[len(block):]
			data = append(data, block)
			check = append(check, correction(block, blocks.GetECCodewordsPerBlock()))
			total += blocks.GetECCodewordsPerBlock()
		}
	}
	out := make([]byte, 0, total)
	for _, part := range [][][]byte{data, check} {
		longest := len(part[len(part)-1])
		for i := range longest {
			for _, block := range part {
				if i < len(block) {
					out = append(out, block[i])
				}
			}
		}
	}
	return out
}
