package templates_test

import (
	"fmt"
	"strings"
	"testing"

	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// TestReadmeWidths holds what the guide says of barcodes' boxes to the codes.
func TestReadmeWidths(t *testing.T) {
	text := readme(t)
	for of, number := range map[string]string{
		"14 figures (中通)": "75000000000001", "15 figures (申通, 韵达)": "770000000000001",
		"two letters and 13 figures (顺丰, 圆通, 极兔)": "SF0000000000001", "two letters, 9 figures, two letters (邮政)": "EA000000001CN",
		"京东's `{parcel.number}`, JDVC and 11 figures": string(sample(t, "jd-express").Number),
		"京东's `{parcel.barcode}`, number-1-1-":        sample(t, "jd-express").Parcels[0].Barcode,
	} {
		s, err := barcode.Code128(number)
		if err != nil {
			t.Fatal(err)
		}
		n := float64(s.Width() + 2*s.Quiet)
		figure := func(mm float64) string {
			return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", mm), "0"), ".")
		}
		if row := fmt.Sprintf("| %s | %s | %s |\n", of, figure(n*0.25), figure(n*0.375)); !strings.Contains(text, row) {
			t.Errorf("the guide has no row %s", row)
		}
	}
	// 11 mm hold the QR code of a number at the least, 10 do not.
	s, err := barcode.QR("SF0000000000001", barcode.M)
	if err != nil {
		t.Fatal(err)
	}
	for mm, fits := range map[float64]bool{11: true, 10: false} {
		g := scene.DPI203
		side := g.Dots(scene.MM(mm))
		if _, err := s.Fit(barcode.Place{Box: scene.Rect{W: side, H: side}}, g); (err == nil) != fits {
			t.Errorf("a QR code in %v mm: %v", mm, err)
		}
	}
}
