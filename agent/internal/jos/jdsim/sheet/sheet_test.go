package sheet

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

var label = Document{
	Waybill: "JDVC00000000001", Package: "JDVC00000000001-1-2-", Index: 1, Total: 2, Carrier: "JD", Order: "312045870013",
	Receiver: Party{Name: "李䶮", Phone: "13800001234", Address: strings.Repeat("演示路", 30)},
	Sender:   Party{Name: "演示仓", Phone: "021-80000001"}, BigShot: "广州分拣中心", Sort: "25-E3", Collect: "59.00",
}

// need skips without a program, and fails where all must be there.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatalf("%s is missing", program)
		}
		t.Skipf("%s is missing", program)
	}
}

func TestPDFTellsThePhone(t *testing.T) {
	need(t, "pdftotext")
	hidden := label
	hidden.HidePhone, hidden.Index = true, 2
	var b bytes.Buffer
	if err := (Style{}).PDF(&b, label, hidden); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(string(out), "\f")
	if len(pages) != 3 || !strings.Contains(pages[0], "13800001234") || strings.Contains(pages[1], "13800001234") || !strings.Contains(pages[1], "138****1234") {
		t.Errorf("the pages read %q", pages)
	}
	if !bytes.Contains(b.Bytes(), []byte("[0 0 215.43 368.50]")) {
		t.Error("the page is not 76 × 130 mm")
	}
}

func TestPictureReads(t *testing.T) {
	var b bytes.Buffer
	if err := (Style{}).PNG(&b, label); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil || img.Bounds().Dx() != 608 || img.Bounds().Dy() != 1040 {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	source := gozxing.NewLuminanceSourceFromImage(img)
	for want, at := range map[string][2]int{"JDVC00000000001": {26, 13}, "JDVC00000000001-1-2-": {109, 10}} {
		cropped, err := source.Crop(0, at[0]*DotsPerMM, 608, at[1]*DotsPerMM)
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(cropped))
		if err != nil {
			t.Fatal(err)
		}
		got, err := oned.NewCode128Reader().Decode(bitmap, nil)
		if err != nil || got.GetText() != want {
			t.Errorf("read %v, %v; want %s", got, err, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	long := label
	long.Waybill = strings.Repeat("A", 60)
	foreign := label
	foreign.Waybill = "运单"
	for name, d := range map[string]Document{"too long": long, "no Code 128": foreign} {
		var b bytes.Buffer
		if err := (Style{}).PNG(&b, d); err == nil {
			t.Errorf("%s: drawn", name)
		}
		if err := (Style{}).PDF(&b, d); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if err := (Style{Fonts: [][]byte{[]byte("no font")}}).PNG(&bytes.Buffer{}, label); err == nil {
		t.Error("drawn with a font that is none")
	}
}
