package scene

import "testing"

func TestPictureBlacks(t *testing.T) {
	for _, c := range []struct {
		name  string
		rows  []string
		rects int
	}{
		{"nothing", []string{"....", "...."}, 0},
		{"one block", []string{".##.", ".##.", ".##."}, 1},
		{"two blocks of a width", []string{"##.##", "##.##"}, 2},
		{"a step", []string{"##..", "###."}, 2},
		{"a hole", []string{"###", "#.#", "###"}, 4},
		{"a board", []string{"#.#.", ".#.#"}, 4},
	} {
		p := Picture{Rect: Rect{X: 5, Y: 7, W: len(c.rows[0]), H: len(c.rows)}}
		want := map[[2]int]bool{}
		for y, row := range c.rows {
			bits := make([]bool, len(row))
			for x := range row {
				if bits[x] = row[x] == '#'; bits[x] {
					want[[2]int{5 + x, 7 + y}] = true
				}
			}
			p.Rows = append(p.Rows, bits)
		}
		n, got := 0, map[[2]int]bool{}
		p.Blacks(func(r Rect) {
			n++
			for y := r.Y; y < r.Y+r.H; y++ {
				for x := r.X; x < r.X+r.W; x++ {
					if got[[2]int{x, y}] {
						t.Errorf("%s: dot %d,%d is in two rectangles", c.name, x, y)
					}
					got[[2]int{x, y}] = true
				}
			}
		})
		if n != c.rects {
			t.Errorf("%s: %d rectangles, want %d", c.name, n, c.rects)
		}
		for d := range want {
			if !got[d] {
				t.Errorf("%s: dot %v is missing", c.name, d)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d dots, want %d", c.name, len(got), len(want))
		}
	}
}

func TestAPictureHasItsDots(t *testing.T) {
	p := NewPage(DPI203, MM(10), MM(10))
	for name, rows := range map[string][][]bool{"too few rows": {{true}}, "a short row": {{true}, {}}} {
		if p.Picture(Picture{Rect: Rect{W: 1, H: 2}, Rows: rows}) == nil {
			t.Errorf("%s: the page takes it", name)
		}
	}
	if err := p.Picture(Picture{Rect: Rect{W: 1, H: 2}, Rows: [][]bool{{true}, {false}}}); err != nil {
		t.Error(err)
	}
	if p.Picture(Picture{Rect: Rect{X: 80, W: 1, H: 1}, Rows: [][]bool{{true}}}) == nil {
		t.Error("a picture beside the page is taken")
	}
}
