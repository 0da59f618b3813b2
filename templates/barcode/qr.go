package barcode

import (
	"math"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
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
// Error correction and the laying out of modules are gozxing's: boombuler's
// encoder takes eight times as long (BenchmarkQR) and quotes the whole text in
// its errors.
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
	matrix, err := drawQR(interleave(bits, version.GetECBlocksForLevel(levels[level])), version, levels[level])
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
func interleave(bits *bitString, blocks *decoder.ECBlocks) *gozxing.BitArray {
	correction := blocks.GetECCodewordsPerBlock()
	encode := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	var data, check [][]int
	rest := bits.bytes
	for _, kind := range blocks.GetECBlocks() {
		for range kind.GetCount() {
			n := kind.GetDataCodewords()
			block := make([]int, n+correction)
			for i, b := range rest[:n] {
				block[i] = int(b)
			}
			rest = rest[n:]
			encode.Encode(block, correction) // fails for no length that a version has
			data, check = append(data, block[:n]), append(check, block[n:])
		}
	}
	out := gozxing.NewEmptyBitArray()
	for _, part := range [][][]int{data, check} {
		longest := len(part[len(part)-1])
		for i := range longest {
			for _, block := range part {
				if i < len(block) {
					out.AppendBits(block[i], 8)
				}
			}
		}
	}
	return out
}

// drawQR draws the code with the mask that the standard likes best.
func drawQR(codewords *gozxing.BitArray, version *decoder.Version, level decoder.ErrorCorrectionLevel) ([][]bool, error) {
	n := version.GetDimensionForVersion()
	matrix := encoder.NewByteMatrix(n, n)
	var best [][]bool
	least := math.MaxInt
	for mask := range 8 {
		if err := encoder.MatrixUtil_buildMatrix(codewords, level, version, mask, matrix); err != nil {
			return nil, err
		}
		if p := penalty(matrix.GetArray(), least); p < least {
			least = p
			best = make([][]bool, n)
			for y, row := range matrix.GetArray() {
				best[y] = make([]bool, n)
				for x, module := range row {
					best[y][x] = module == 1
				}
			}
		}
	}
	return best, nil
}

// penalty is how badly a masked code may be read, by the four rules of ISO/IEC
// 18004. It stops counting at enough.
func penalty(m [][]int8, enough int) (sum int) {
	n := len(m)
	dark := 0
	column := make([]int8, n)
	for i := range n {
		for j, row := range m {
			column[j] = row[i]
			dark += int(row[i])
		}
		if sum += linePenalty(m[i]) + linePenalty(column); sum >= enough {
			return sum
		}
	}
	for y := range n - 1 { // blocks of 2 × 2
		above, below := m[y], m[y+1]
		for x := range n - 1 {
			if c := above[x]; c == above[x+1] && c == below[x] && c == below[x+1] {
				sum += 3
			}
		}
	}
	off := dark*20 - n*n*10 // twentieths away from half dark
	return sum + 10*(max(off, -off)/(n*n))
}

// linePenalty counts runs of five and more, and what looks like a finder with
// white on a side.
func linePenalty(line []int8) (sum int) {
	run, history := 0, 0xFFFF // what lies outside is white, which is 1 here
	for i, c := range line {
		if i > 0 && c == line[i-1] {
			run++
		} else {
			run = 1
		}
		switch {
		case run == 5:
			sum += 3
		case run > 5:
			sum++
		}
		history = history<<1 | int(1-c)
		sum += finderLike(history)
	}
	for range 4 {
		history = history<<1 | 1
		sum += finderLike(history)
	}
	return sum
}

// finderLike looks at the last eleven modules, 1 is white.
func finderLike(history int) int {
	const after, before = 0b01000101111, 0b11110100010 // white behind the finder, and before it
	switch history & 0x7FF {
	case after, before:
		return 40
	}
	return 0
}
