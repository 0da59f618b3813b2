package barcode

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"

	"miandan/templates/scene"
)

func TestQRRoundTrip(t *testing.T) {
	for _, c := range []struct {
		text  string
		level Level
		width int
	}{
		{"YT8800012345678", M, 21},
		{"0123456789012345678901234567890123", M, 21},
		{"中通快递 73123456789012", M, 29},
		{"李䶮，𠮷野家，浙江省杭州市西湖区文三路 1 号", Q, 41},
		{"https://example.com/订单?no=250000000001", L, 29},
		{"a", H, 21},
	} {
		s, err := QR(c.text, c.level)
		if err != nil {
			t.Errorf("QR(%q): %v", c.text, err)
			continue
		}
		if s.Width() != c.width || len(s.Bits) != c.width {
			t.Errorf("QR(%q) is %d×%d modules, want %d", c.text, s.Width(), len(s.Bits), c.width)
		}
		if got, err := Read(paint(t, s), scene.QR); err != nil || got != c.text {
			t.Errorf("QR(%q) reads %q, %v", c.text, got, err)
		}
		theirs, err := qr.Encode(c.text, map[Level]qr.ErrorCorrectionLevel{L: qr.L, M: qr.M, Q: qr.Q, H: qr.H}[c.level], qr.Auto)
		if err != nil {
			t.Fatal(err)
		}
		if limit := theirs.Bounds().Dx(); s.Width() > limit {
			t.Errorf("QR(%q) is %d modules wide, boombuler's %d", c.text, s.Width(), limit)
		}
	}
}

func TestQRRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no QR: there is nothing to encode"},
		{"broken UTF-8", "张\xe4", "no QR: the text is not valid UTF-8"},
		{"too long", strings.Repeat("王小明", 1000), "no QR: the text is too long"},
	} {
		if _, err := QR(c.text, M); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// What is taken for figures, capitals and bytes, and the modules a side.
func TestQRSegments(t *testing.T) {
	for _, c := range []struct {
		text string
		want []segment
	}{
		{"73123456789012", []segment{{figures, "73123456789012"}}},
		{"YT8800012345678", []segment{{capitals, "YT"}, {figures, "8800012345678"}}},
		{"SF12", []segment{{capitals, "SF12"}}},
		{"sf1", []segment{{octets, "sf1"}}},
		{"https://example.com/w/YT8800012345678", []segment{{octets, "https://example.com/w/YT"}, {figures, "8800012345678"}}},
		{"中通73123456789012", []segment{{octets, "中通73123456789012"}}},
	} {
		got := segmentsOf(c.text, 0)
		if len(got) != len(c.want) {
			t.Errorf("%q is %v, want %v", c.text, got, c.want)
			continue
		}
		for i, s := range got {
			if s != c.want[i] {
				t.Errorf("%q is %v, want %v", c.text, got, c.want)
			}
		}
	}
}

// Segments are checked against the cheapest of all ways to part a text.
func TestQRSegmentsAreMinimal(t *testing.T) {
	var cheapest func(text string, class int) int
	cheapest = func(text string, class int) int {
		if text == "" {
			return 0
		}
		least := math.MaxInt
		for m := range modes {
			for n := 1; n <= len(text) && m.has(text[n-1]); n++ {
				least = min(least, bitsOf([]segment{{m, text[:n]}}, class)+cheapest(text[n:], class))
			}
		}
		return least
	}
	rnd := rand.New(rand.NewPCG(1, 18004))
	for range 500 {
		text := randomText(rnd, "0123456789012345678901234567890AZ-/ax?", 1+rnd.IntN(8))
		class := rnd.IntN(3)
		segments, joined := segmentsOf(text, class), ""
		for _, s := range segments {
			joined += s.text
		}
		if got, want := bitsOf(segments, class), cheapest(text, class); got != want || joined != text {
			t.Errorf("%q as %v takes %d bits, want %d", text, segments, got, want)
		}
	}
}

// No code is larger than those of two libraries, many are smaller, and all are
// read.
func TestQRIsTheSmallest(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 18004))
	smaller, n := 0, 0
	for i := range 100 {
		text := []string{
			carrierNumber(rnd),
			"https://example.com/w/" + carrierNumber(rnd) + "?o=" + randomText(rnd, "0123456789", 12),
			"演示" + carrierNumber(rnd),
			randomText(rnd, "0123456789ABCDEFabcdef:/", 1+rnd.IntN(200)),
			strings.Repeat(carrierNumber(rnd)+",", 1+rnd.IntN(20)),
		}[i%5]
		level := Level(rnd.IntN(4))
		s, err := QR(text, level)
		if err != nil {
			t.Fatalf("QR(%q): %v", text, err)
		}
		n++
		ours := s.Width()
		if code, err := encoder.Encoder_encode(text, levels[level], nil); err != nil || ours > code.GetMatrix().GetWidth() {
			t.Errorf("QR(%q) is %d modules wide, gozxing's %d, %v", text, ours, code.GetMatrix().GetWidth(), err)
		}
		theirs, err := qr.Encode(text, map[Level]qr.ErrorCorrectionLevel{L: qr.L, M: qr.M, Q: qr.Q, H: qr.H}[level], qr.Auto)
		if err != nil {
			t.Fatal(err)
		}
		if limit := theirs.Bounds().Dx(); ours > limit {
			t.Errorf("QR(%q) is %d modules wide, boombuler's %d", text, ours, limit)
		} else if ours < limit {
			smaller++
		}
		if got, err := Read(paint(t, s), scene.QR); err != nil || got != text {
			t.Errorf("QR(%q) at level %d reads %q, %v", text, level, got, err)
		}
	}
	if smaller < n/10 {
		t.Errorf("only %d of %d codes are smaller than boombuler's", smaller, n)
	}
	t.Logf("%d of %d codes are smaller than boombuler's", smaller, n)
}

// Every version is drawn as another library draws it: for figures alone there
// is but one way to write them, and the standard says which mask is best.
func TestQREveryVersion(t *testing.T) {
	n := 1
	for number := 1; number <= 40; number++ {
		for {
			if _, v := planQR(strings.Repeat("7", n), levels[M]); v.GetVersionNumber() == number {
				break
			}
			n += max(n/50, 1)
		}
		text := strings.Repeat("7", n)
		s, err := QR(text, M)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := encoder.Encoder_encode(text, levels[M], nil)
		if err != nil {
			t.Fatal(err)
		}
		differ := 0
		for y, row := range s.Bits {
			for x, dark := range row {
				if dark != (theirs.GetMatrix().Get(x, y) == 1) {
					differ++
				}
			}
		}
		// They disagree about a finder with white on both sides, which now and then
		// leads to another mask.
		if differ == 0 || readable(t, s) {
			continue
		}
		t.Errorf("version %d: %d modules differ from gozxing's", number, differ)
	}
}

// Every version at every level is drawn dot by dot as gozxing draws it, with the
// mask that the standard's four rules like best, counted module by module.
func TestQRIsDrawnAsTheStandardSays(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 18004))
	for number := 1; number <= 40; number++ {
		version, err := decoder.Version_GetVersionForNumber(number)
		if err != nil {
			t.Fatal(err)
		}
		for level := range levels {
			if number > 10 && level != number%len(levels) { // one of the large ones will do
				continue
			}
			blocks := version.GetECBlocksForLevel(levels[level])
			data := make([]byte, version.GetTotalCodewords()-blocks.GetTotalECCodewords())
			for i := range data {
				data[i] = byte(rnd.IntN(256))
			}
			if rnd.IntN(4) == 0 { // with long runs in it
				clear(data[len(data)/4:])
			}
			got, err := drawQR(interleave(data, blocks), version, levels[level])
			if err != nil {
				t.Fatal(err)
			}
			if want := drawSlowly(t, data, version, levels[level]); !slices.EqualFunc(got, want, slices.Equal[[]bool]) {
				t.Errorf("version %d at level %d is drawn otherwise", number, level)
			}
		}
	}
}

// drawSlowly is drawQR by gozxing's parts and a plain reading of the standard.
func drawSlowly(t *testing.T, data []byte, version *decoder.Version, level decoder.ErrorCorrectionLevel) (best [][]bool) {
	t.Helper()
	blocks := version.GetECBlocksForLevel(level)
	encode := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	var all, checks [][]int
	for _, kind := range blocks.GetECBlocks() {
		for range kind.GetCount() {
			block := make([]int, kind.GetDataCodewords()+blocks.GetECCodewordsPerBlock())
			for i := range kind.GetDataCodewords() {
				block[i], data = int(data[0]), data[1:]
			}
			encode.Encode(block, blocks.GetECCodewordsPerBlock())
			all, checks = append(all, block[:kind.GetDataCodewords()]), append(checks, block[kind.GetDataCodewords():])
		}
	}
	codewords := gozxing.NewEmptyBitArray()
	for _, part := range [][][]int{all, checks} {
		for i := range part[len(part)-1] {
			for _, block := range part {
				if i < len(block) {
					codewords.AppendBits(block[i], 8)
				}
			}
		}
	}
	n := version.GetDimensionForVersion()
	least := math.MaxInt
	for mask := range masks {
		matrix := encoder.NewByteMatrix(n, n)
		if err := encoder.MatrixUtil_buildMatrix(codewords, level, version, mask, matrix); err != nil {
			t.Fatal(err)
		}
		modules := make([][]bool, n)
		for y, row := range matrix.GetArray() {
			for _, m := range row {
				modules[y] = append(modules[y], m == 1)
			}
		}
		if p := slowPenalty(modules); p < least {
			least, best = p, modules
		}
	}
	return best
}

func slowPenalty(m [][]bool) (sum int) {
	n, dark := len(m), 0
	turned := make([][]bool, n)
	for x := range n {
		for y := range n {
			turned[x] = append(turned[x], m[y][x])
			if m[y][x] {
				dark++
			}
		}
	}
	white := make([]bool, 4)
	finder := []bool{true, false, true, true, true, false, true}
	before, behind := slices.Concat(white, finder), slices.Concat(finder, white)
	for _, lines := range [][][]bool{m, turned} {
		for _, line := range lines {
			for i := 0; i < n; {
				run := 1
				for i+run < n && line[i+run] == line[i] {
					run++
				}
				if run >= 5 {
					sum += run - 2
				}
				i += run
			}
			padded := slices.Concat(white, line, white)
			for i := range len(padded) - 10 {
				if p := padded[i : i+11]; slices.Equal(p, before) || slices.Equal(p, behind) {
					sum += 40
				}
			}
		}
	}
	for y := range n - 1 {
		for x := range n - 1 {
			if m[y][x] == m[y][x+1] && m[y][x] == m[y+1][x] && m[y][x] == m[y+1][x+1] {
				sum += 3
			}
		}
	}
	return sum + 10*int(math.Abs(float64(dark)*20-float64(n*n)*10)/float64(n*n))
}

func readable(t *testing.T, s Symbol) bool {
	t.Helper()
	got, err := Read(paint(t, s), scene.QR)
	return err == nil && got == s.Text
}

func BenchmarkQR(b *testing.B) {
	const text = "https://example.com/w/YT8800012345678?sort=300-B12-005"
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := QR(text, M); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("boombuler", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := qr.Encode(text, qr.M, qr.Auto); err != nil {
				b.Fatal(err)
			}
		}
	})
}
