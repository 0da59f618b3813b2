package barcode

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"

	"miandan/templates/scene"
)

// The widths that the trade's numbers must have: ISO/IEC 15417's 11 modules a
// symbol, start and check counted, and 13 for the stop.
func TestCode128Modules(t *testing.T) {
	for _, c := range []struct {
		name, text string
		modules    int
	}{
		{"13 digits", "1234567890123", 123},
		{"ZTO, 14 digits", "73123456789012", 112},
		{"STO and Yunda, 15 digits", "773123456789012", 134},
		{"Yunda's barcode, 18 digits", "431234567890123456", 134},
		{"SF, 2 letters and 13 digits", "SF1234567890123", 145},
		{"YTO", "YT8800012345678", 145},
		{"J&T", "JT0001234567890", 145},
		{"EMS, form S10", "EA000717595CN", 156},
		{"JD's package", "JD0012345678901-1-1-", 211},
		{"one letter", "A", 46},
		{"two digits", "12", 46},
		{"small letters", "abc", 68},
		{"a control among letters", "ab\tcd", 101},
	} {
		s, err := Code128(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := s.Width(); got != c.modules {
			t.Errorf("%s: Code128(%q) has %d modules, want %d", c.name, c.text, got, c.modules)
		}
	}
}

func TestCode128Refuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no Code 128: there is nothing to encode"},
		{"Chinese", "面单", "no Code 128: it says letters, digits and signs of ASCII only"},
		{"too long", strings.Repeat("1", maxCode128+1), "no Code 128: the text is too long"},
	} {
		_, err := Code128(c.text)
		var te *TextError
		if !errors.As(err, &te) || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// Plans are checked against the cheapest of all ways. Short texts, whose ways
// can all be tried, check the check.
func TestCode128IsMinimal(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 128))
	for _, signs := range []string{
		"0123456789012345678901234567890123456789AZaz-\t",
		"0123456789",
		"01Aa\t",
		"JDVCSFYT-0123456789",
		"abcXYZ\x00\x1f\x7f`_ 0011",
	} {
		for i := range 3000 {
			text := randomText(rnd, signs, 1+rnd.IntN(8+i%2*60))
			values, err := plan128(text)
			if err != nil {
				t.Fatal(err)
			}
			want := fewest(text)
			if got := len(values); got != want {
				t.Errorf("plan128(%q) takes %d symbols, want %d", text, got, want)
			}
			if len(text) < 7 {
				if got := tried(text, 0, sets); got != want {
					t.Errorf("of all ways for %q the best takes %d symbols, not %d", text, got, want)
				}
			}
			if got, err := meaning(values); err != nil || got != text {
				t.Errorf("plan128(%q) says %q, %v", text, got, err)
			}
		}
	}
}

// fewest fills a table from the front: how many symbols, the start counted,
// the first so many characters take if set A, B or C is on behind them.
func fewest(text string) int {
	const never = 1 << 20
	table := make([][3]int, len(text)+2)
	for i := range table {
		table[i] = [3]int{never, never, never}
	}
	table[0] = [3]int{1, 1, 1}
	for i := range text {
		here := table[i]
		for s := range here { // one latch reaches any set
			for _, other := range here {
				table[i][s] = min(table[i][s], other+1)
			}
		}
		c := text[i]
		capital, small := c < 0x60, c >= 0x20
		for s, own := range map[int]bool{0: capital, 1: small} {
			cost := 2 // a shift and the character
			if own {
				cost = 1
			}
			table[i+1][s] = min(table[i+1][s], table[i][s]+cost)
		}
		if i+1 < len(text) && c >= '0' && c <= '9' && text[i+1] >= '0' && text[i+1] <= '9' {
			table[i+2][2] = min(table[i+2][2], table[i][2]+1)
		}
	}
	end := table[len(text)]
	return min(end[0], end[1], end[2])
}

// tried tries every way on from a place in a text. Set sets is none yet.
func tried(text string, i int, on set) int {
	if i == len(text) {
		return 0
	}
	least := 1 << 20
	for s := range sets {
		change := 1 // a latch, or the start
		if s == on {
			change = 0
		}
		switch {
		case s == setC && digitsAt(text, i, 2):
			least = min(least, change+1+tried(text, i+2, s))
		case s == setC:
		case has(s, text[i]):
			least = min(least, change+1+tried(text, i+1, s))
		default:
			least = min(least, change+2+tried(text, i+1, s))
		}
	}
	return least
}

// meaning reads symbol values back by the standard's rules.
func meaning(values []int) (string, error) {
	s := set(values[0] - startA128)
	var b strings.Builder
	char := func(s set, v int) {
		if s == setA && v >= 64 {
			b.WriteByte(byte(v - 64))
			return
		}
		b.WriteByte(byte(v + 32))
	}
	for i := 1; i < len(values); i++ {
		switch v := values[i]; {
		case s == setC && v < 100:
			fmt.Fprintf(&b, "%02d", v)
		case v == 99 && s != setC:
			s = setC
		case v == 100 && s != setB:
			s = setB
		case v == 101 && s != setA:
			s = setA
		case v == shift128 && s != setC:
			i++
			char(setA+setB-s, values[i])
		case s != setC && v < 96:
			char(s, v)
		default:
			return "", fmt.Errorf("value %d in set %d", v, s)
		}
	}
	return b.String(), nil
}

func TestCode128AgainstBoombuler(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 128))
	for range 300 {
		text := carrierNumber(rnd)
		ours, err := Code128(text)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := code128.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, limit := ours.Width(), theirs.Bounds().Dx(); got > limit {
			t.Errorf("Code128(%q) has %d modules, boombuler has %d", text, got, limit)
		}
		row := make([]bool, theirs.Bounds().Dx())
		for x := range row {
			row[x] = theirs.At(x, 0) == color.Black
		}
		said, err := Read(paint(t, Symbol{Symbology: scene.Code128, Text: text, Bits: [][]bool{row}, Quiet: 10}), scene.Code128)
		if err != nil || said != text {
			t.Errorf("boombuler's code for %q reads %q, %v", text, said, err)
		}
		got, err := Read(paint(t, ours), scene.Code128)
		if err != nil || got != said {
			t.Errorf("our code for %q reads %q, %v; boombuler's reads %q", text, got, err, said)
		}
	}
}

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

func TestFit(t *testing.T) {
	sf, err := Code128("SF1234567890123") // 145 modules, 165 with the quiet zone
	if err != nil {
		t.Fatal(err)
	}
	code, err := QR("YT8800012345678", M) // 21 modules, 29 with the quiet zone
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		sym  Symbol
		grid scene.Grid
		p    Place
		want scene.Modules // Rect, Module and Quiet
	}{
		{"the widest that fits", sf, 8, Place{Box: scene.Rect{X: 16, Y: 80, W: 576, H: 96}},
			scene.Modules{Rect: scene.Rect{X: 16 + 70, Y: 80, W: 435, H: 96}, Module: 3, Quiet: 30}},
		{"no wider than wanted", sf, 8, Place{Box: scene.Rect{W: 576, H: 64}, Module: 250},
			scene.Modules{Rect: scene.Rect{X: 143, W: 290, H: 64}, Module: 2, Quiet: 20}},
		{"exactly the least", sf, 8, Place{Box: scene.Rect{W: 330, H: 64}},
			scene.Modules{Rect: scene.Rect{X: 20, W: 290, H: 64}, Module: 2, Quiet: 20}},
		{"300 dpi", sf, scene.DPI300, Place{Box: scene.Rect{W: 850, H: 100}, Module: 375},
			scene.Modules{Rect: scene.Rect{X: 135, W: 580, H: 100}, Module: 4, Quiet: 40}},
		{"vertical", sf, 8, Place{Box: scene.Rect{W: 64, H: 500}, Vertical: true},
			scene.Modules{Rect: scene.Rect{Y: 32, W: 64, H: 435}, Module: 3, Quiet: 30}},
		{"QR in an oblong box", code, 8, Place{Box: scene.Rect{W: 200, H: 120}},
			scene.Modules{Rect: scene.Rect{X: 58, Y: 18, W: 84, H: 84}, Module: 4, Quiet: 16}},
	} {
		got, err := c.sym.Fit(c.p, c.grid)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Rect != c.want.Rect || got.Module != c.want.Module || got.Quiet != c.want.Quiet {
			t.Errorf("%s: Fit = %v module %d quiet %d, want %v module %d quiet %d",
				c.name, got.Rect, got.Module, got.Quiet, c.want.Rect, c.want.Module, c.want.Quiet)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	s, err := Code128("SF1234567890123")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		grid scene.Grid
		p    Place
		want string
	}{
		{"a dot too narrow", 8, Place{Box: scene.Rect{W: 329, H: 64}}, "a Code 128 of 165 modules needs 41.2 mm and has 41.1 mm"},
		{"300 dpi wants 3 dots", scene.DPI300, Place{Box: scene.Rect{W: 494, H: 64}}, "a Code 128 of 165 modules needs 41.9 mm and has 41.8 mm"},
		{"a module too fine is wanted", 8, Place{Box: scene.Rect{W: 576, H: 64}, Module: 100}, "a Code 128 of 165 modules needs 41.2 mm and has 72.0 mm"},
		{"no height", 8, Place{Box: scene.Rect{W: 576}}, "a Code 128 of 165 modules needs 41.2 mm and has 72.0 mm"},
	} {
		_, err := s.Fit(c.p, c.grid)
		var fe *FitError
		if !errors.As(err, &fe) || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestReadFindsNothing(t *testing.T) {
	for _, s := range []scene.Symbology{scene.Code128, scene.QR} {
		if _, err := Read(image.NewGray(image.Rect(0, 0, 300, 80)), s); !errors.Is(err, ErrUnreadable) {
			t.Errorf("Read of a black picture as %v: %v, want ErrUnreadable", s, err)
		}
	}
	if _, err := Read(image.NewGray(image.Rect(0, 0, 0, 0)), scene.QR); err == nil {
		t.Error("Read of an empty picture gives no error")
	}
	if _, err := Read(image.NewGray(image.Rect(0, 0, 9, 9)), 9); err == nil || err.Error() != "there is no reader for symbology 9" {
		t.Errorf("Read of an unknown symbology: %v", err)
	}
}

// A reader of other make must agree with ours.
func TestZbarReadsOurs(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("zbarimg is missing")
		}
		t.Skip("zbarimg is missing")
	}
	rnd := rand.New(rand.NewPCG(4, 128))
	n := 12
	if os.Getenv("MIANDAN_CI") == "1" {
		n = 200
	}
	symbols := []Symbol{linear(t, "JD0012345678901-1-1-"), matrix(t, "李䶮 𠮷 中通快递", M)}
	for range n {
		symbols = append(symbols, linear(t, carrierNumber(rnd)), matrix(t, "https://example.com/w/"+carrierNumber(rnd), Level(rnd.IntN(4))))
	}
	dir := t.TempDir()
	args := []string{"--raw", "-q"}
	for i, s := range symbols {
		file := filepath.Join(dir, fmt.Sprintf("%03d.png", i))
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		grid := []scene.Grid{scene.DPI203, scene.DPI300, 12, 24}[i%4]
		if err := png.Encode(f, paintOn(t, s, grid)); err != nil {
			t.Fatal(err)
		}
		f.Close()
		args = append(args, file)
	}
	out, err := exec.Command(zbar, args...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	said := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(said) != len(symbols) {
		t.Fatalf("zbarimg reads %d codes, want %d", len(said), len(symbols))
	}
	for i, s := range symbols {
		if said[i] != s.Text {
			t.Errorf("zbarimg reads %q, want %q", said[i], s.Text)
		}
	}
}

// paint draws a symbol and its quiet zone with the fewest dots a module.
func paint(t testing.TB, s Symbol) image.Image {
	t.Helper()
	return paintOn(t, s, scene.DPI203)
}

func paintOn(t testing.TB, s Symbol, g scene.Grid) image.Image {
	t.Helper()
	w := s.leastDots(g) * (s.Width() + 2*s.Quiet)
	h := w
	if len(s.Bits) == 1 {
		h = 40
	}
	m, err := s.Fit(Place{Box: scene.Rect{W: w, H: h}}, g)
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0xFF
	}
	m.Bars(func(r scene.Rect) {
		for y := r.Y; y < r.Y+r.H; y++ {
			for x := r.X; x < r.X+r.W; x++ {
				img.Pix[y*img.Stride+x] = 0
			}
		}
	})
	return img
}

func randomText(rnd *rand.Rand, signs string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = signs[rnd.IntN(len(signs))]
	}
	return string(b)
}

func carrierNumber(rnd *rand.Rand) string {
	const digits = "0123456789"
	switch rnd.IntN(6) {
	case 0:
		return "7" + randomText(rnd, digits, 13)
	case 1:
		return "YT" + randomText(rnd, digits, 13)
	case 2:
		return "JDVA" + randomText(rnd, digits, 11) + fmt.Sprintf("-%d-%d-", 1+rnd.IntN(20), 20)
	case 3:
		return "E" + randomText(rnd, "ABCDEFGHIJ", 1) + randomText(rnd, digits, 9) + "CN"
	case 4:
		return "JD" + randomText(rnd, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"+digits, 13)
	}
	return randomText(rnd, digits, 12+rnd.IntN(8))
}

func BenchmarkQR(b *testing.B) {
	const text = "https://example.com/w/YT8800012345678?sort=300-B12-005"
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := QR(text, M); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("boombuler", func(b *testing.B) {
		for b.Loop() {
			if _, err := qr.Encode(text, qr.M, qr.Auto); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s, err := Code128("SF1234567890123")
	if err != nil {
		b.Fatal(err)
	}
	img := paint(b, s)
	for b.Loop() {
		if _, err := Read(img, scene.Code128); err != nil {
			b.Fatal(err)
		}
	}
}
