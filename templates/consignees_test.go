package templates_test

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

var (
	consignees = flag.Int("consignees", 9, "how many generated people each layout gets (5000 take ten minutes)")
	readBack   = flag.Int("readback", 8, "every how manieth label is drawn and its codes are read back")
	alsoZbar   = flag.Int("zbar", 8, "every how manieth label is also read by zbar; a multiple of -readback")
)

// TestConsignees sends generated people to every layout, at 203 and at 300 dpi
// in turn: each label is whole and its codes can be read by two readers, or it
// is refused with the receiver's field.
func TestConsignees(t *testing.T) {
	n := *consignees
	for name, plain := range builtin(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(2026, 11))
			refused, printed, read, readTwice := 0, 0, 0, 0
			for i := range n {
				grid := scene.DPI203
				if i/(*readBack)%2 == 1 {
					grid = scene.DPI300
				}
				l := plain
				l.Receiver = consignee(r)
				pages, err := layout(t, name).Pages(l, grid)
				var e *templates.ComposeError
				switch {
				case errors.As(err, &e) && strings.HasPrefix(e.Field, "receiver.") && slices.Contains([]templates.Reason{templates.TooLong, templates.Masked}, e.Reason):
					refused++
					if length := len([]rune(l.Receiver.Address.Reveal())); e.Field == "receiver.address" && length <= 80 {
						t.Errorf("an address of %d characters is refused: %v", length, err)
					}
				case err != nil:
					t.Errorf("consignee %d: %v", i, err)
				case i%*readBack != 0:
					printed++
				default:
					printed++
					read++
					m, err := raster.Render(pages[0])
					if err != nil {
						t.Fatal(err)
					}
					codes, err := raster.Grades(pages[0], m)
					if err == nil {
						err = raster.Check(pages[0], m)
					}
					if err != nil {
						t.Errorf("consignee %d: %v", i, err)
					}
					if i%*alsoZbar == 0 {
						readTwice++
						readByZbar(t, m, codes)
					}
				}
			}
			if refused > n/2 {
				t.Errorf("%d of %d consignees are refused", refused, n)
			}
			t.Logf("%d consignees: %d print whole, %d are refused by field; codes of %d read back, of %d also by zbar", n, printed, refused, read, readTwice)
		})
	}
}

// readByZbar has a reader of other make read what it knows: DataMatrix it does
// not.
func readByZbar(t *testing.T, m *bitmap.Image, codes []raster.Graded) {
	t.Helper()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("zbarimg is missing")
		}
		return
	}
	var b bytes.Buffer
	if err := m.EncodePNG(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "label.png")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := exec.Command(zbar, "-q", "--raw", file).Output()
	if err != nil && len(codes) > 0 {
		t.Errorf("zbarimg: %v", err)
	}
	texts := strings.Split(string(found), "\n")
	for _, c := range codes {
		if c.Code.Symbology != scene.DataMatrix && !slices.Contains(texts, c.Code.Text) {
			t.Errorf("zbarimg finds %d codes, and not the %v", len(texts)-1, c.Code.Symbology)
		}
	}
}

// consignee invents somebody: a name as they come, a phone, an address of 5 to
// 300 characters.
func consignee(r *rand.Rand) waybill.Party {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	name := pick("演", "李演", "王演示", "欧阳演示", "阿依古丽·演示木·买买提", "Demo Person", "Jean-Luc O'Demo", "李䶮", "\U00020BB7演示", "\U0002CEB0示", "演示（代收）")
	phone := pick("13800000001", "021-80000001", "17000000000-4740", "0871-8000001", "+86 138 0000 0001")
	var b strings.Builder
	for want := 5 + int(295*r.Float64()*r.Float64()*r.Float64()); len([]rune(b.String())) < want; {
		b.WriteString(pick("演示路", "12号", "5幢", "602室", "演示科技园", "B座", "\U0002B820村", "（近演示广场）", " Room 12A ", "演示大道北段", "3单元", "10086弄", "演示小区二期"))
	}
	return waybill.Party{
		Name: pii.NewName(name), Phone: pii.NewPhone(phone),
		Address: pii.NewAddress(pii.Region{Province: "广东", City: "深圳市", District: pick("南山区", "福田区", "")}, b.String()),
	}
}
