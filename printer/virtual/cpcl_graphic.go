package virtual

import (
	"encoding/hex"
	"strings"
)

// cpclGraphic reports whether the text is a graphic's command complete with the
// space before its data, and its numbers: width in bytes, height, x and y.
func cpclGraphic(text string) (word string, n []int) {
	f := strings.Fields(text)
	if len(f) != 5 {
		return "", nil
	}
	switch f[0] {
	case "EG", "CG", "VEG", "VCG", "EXPANDED-GRAPHICS", "COMPRESSED-GRAPHICS", "VEXPANDED-GRAPHICS", "VCOMPRESSED-GRAPHICS":
	default:
		return "", nil
	}
	n, ok := numbers(f[1:], 0, maxRows)
	if !ok || n[0] == 0 || n[1] == 0 || n[0]*n[1] > maxData {
		return "", nil
	}
	return f[0], n
}

// graphic draws EG (hexadecimal digits) or CG (bytes), lying or, with a V,
// standing: turned by a quarter against the clock, upwards from its corner.
func (c *cpcl) graphic(word string, n []int) error {
	standing := word[0] == 'V'
	digits := strings.HasPrefix(strings.TrimPrefix(word, "V"), "E")
	width, height, x, y := n[0], n[1], n[2]+c.offset, n[3]
	seen := width
	if !standing {
		seen = reach(c.sheet, x, width)
	}
	row := make([]byte, seen)
	for i := range height {
		whole, err := c.row(row, width, digits)
		if err != nil {
			return err
		}
		if !whole {
			c.junk.add("‹%s of %d rows ends after %d›", word, height, i)
			return nil
		}
		if !standing {
			putRow(c.sheet, x, y+i, row, or)
			continue
		}
		for j := range 8 * seen {
			if row[j/8]<<(j%8)&0x80 != 0 {
				put(c.sheet, x+i, y-j, true, or)
			}
		}
	}
	return nil
}

// row reads a row of so many bytes, of which the first are kept. Digits end with
// their line, be the graphic whole or not.
func (c *cpcl) row(row []byte, width int, digits bool) (bool, error) {
	if !digits {
		if err := c.fill(row); err != nil {
			return false, err
		}
		return true, c.skip(width - len(row))
	}
	for i := range width {
		var pair [2]byte
		for k := range pair {
			b, err := c.peek()
			if err != nil {
				return false, err
			}
			if !strings.ContainsRune("0123456789ABCDEFabcdef", rune(b)) {
				return false, nil
			}
			c.next()
			pair[k] = b
		}
		if i < len(row) {
			hex.Decode(row[i:i+1], pair[:])
		}
	}
	return true, nil
}
