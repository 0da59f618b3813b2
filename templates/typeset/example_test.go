package typeset_test

import (
	"fmt"

	"miandan/templates/scene"
	"miandan/templates/typeset"
)

func ExampleSet() {
	// A name in a box of 20 × 5 mm on a head of 8 dots/mm; 䶮 is in Noto, 𠮷 is not.
	name := typeset.Block{Text: "李䶮𠮷", Bold: true, Size: scene.MM(4), Lines: 1, VAlign: typeset.Middle}
	marks, err := typeset.Set(name, scene.Rect{X: 16, Y: 40, W: 160, H: 40}, scene.DPI203)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range marks {
		for _, g := range m.Run {
			fmt.Printf("face %d, %c at %d,%d\n", m.Face, g.Rune, g.X, g.Y)
		}
	}
	// Output:
	// face 1, 李 at 16,72
	// face 1, 䶮 at 48,72
	// face 3, 𠮷 at 80,72
}
