package testcard

import (
	"errors"
	"testing"

	"miandan/templates/raster"
	"miandan/templates/scene"
)

// Whatever stands on it and however small the paper is, a separator is drawn.
func TestSeparator(t *testing.T) {
	long := Lot{Wave: "W12 上午一波，很长很长的波次名称，由人起名", Place: "A-12-03-左侧货架第二层 +", Orders: 500, Pieces: 1234, Time: "11-30 09:00"}
	for range 11 {
		long.Goods = append(long.Goods, "CUP-350-W-演示-ABCDEFGHIJKLMNOP × 1200")
	}
	for _, lot := range []Lot{long, {Wave: "W1", Orders: 1}, {Wave: "W3 上午一波", Place: "A-12", Orders: 18, Pieces: 24, Goods: []string{"CUP-350 × 12", "PEN-2 × 12"}, Time: "11-30 09:00"}} {
		for _, paper := range [][2]float64{{76, 130}, {100, 150}, {100, 180}, {40, 30}, {60, 40}} {
			for _, g := range []scene.Grid{8, 11.811} {
				page, err := Separator(lot, scene.MM(paper[0]), scene.MM(paper[1]), g)
				if err != nil {
					t.Fatalf("%s on %v mm: %v", lot.Wave, paper, err)
				}
				image, err := raster.Render(page)
				if err == nil {
					err = raster.Check(page, image)
				}
				if err != nil {
					t.Errorf("%s on %v mm: %v", lot.Wave, paper, err)
				}
			}
		}
	}
	if _, err := Separator(long, scene.MM(30), scene.MM(20), 8); !errors.Is(err, ErrSmall) {
		t.Errorf("on 30 × 20 mm: %v, want ErrSmall", err)
	}
}
