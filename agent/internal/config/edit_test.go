package config

import (
	"errors"
	"strings"
	"testing"
)

func TestSetOffsets(t *testing.T) {
	const two = "# mine\n[[printer]]\nname = \"a\"   # by the door\nurl = \"tcp://192.0.2.1:9100\"\nlanguage = \"tspl\"\npaper = \"76x130\"\n\n[[printer]]\nname = \"b\"\nurl = \"tcp://192.0.2.2:9100\"\npaper = \"76x130\"\n"
	for _, c := range []struct{ name, printer, file, want string }{
		{"new lines", "a", two, strings.Replace(two, "# by the door\n", "# by the door\noffset_x = -1.5\noffset_y = 2.0\n", 1)},
		{"of the second", "b", two, strings.Replace(two, "name = \"b\"\n", "name = \"b\"\noffset_x = -1.5\noffset_y = 2.0\n", 1)},
		{"changed lines", "b", two + "offset_y = 9.0\n# between\noffset_x = 8.0", two + "offset_y = 2.0\n# between\noffset_x = -1.5\n"},
		{"one of each", "a", strings.Replace(two, "paper", "offset_x = 3.0\npaper", 1), strings.Replace(strings.Replace(two, "# by the door\n", "# by the door\noffset_y = 2.0\n", 1), "paper", "offset_x = -1.5\npaper", 1)},
		{"Windows' lines", "a", strings.ReplaceAll(two, "\n", "\r\n"), strings.ReplaceAll(strings.Replace(two, "# by the door\n", "# by the door\noffset_x = -1.5\noffset_y = 2.0\n", 1), "\n", "\r\n")},
		{"a mark of UTF-8 first", "a", "\ufeff" + two, "\ufeff" + strings.Replace(two, "# by the door\n", "# by the door\noffset_x = -1.5\noffset_y = 2.0\n", 1)},
		{"no end of the last line", "b", strings.TrimSuffix(two, "url = \"tcp://192.0.2.2:9100\"\npaper = \"76x130\"\n") + "paper = \"76x130\"\nurl = \"tcp://192.0.2.2:9100\"", strings.TrimSuffix(two, "url = \"tcp://192.0.2.2:9100\"\npaper = \"76x130\"\n") + "offset_x = -1.5\noffset_y = 2.0\npaper = \"76x130\"\nurl = \"tcp://192.0.2.2:9100\""},
	} {
		got, err := SetOffsets("miandan.toml", []byte(c.file), c.printer, -1.5, 2)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
	inline := "printer = [{name = \"a\", url = \"tcp://192.0.2.1:9100\", paper = \"76x130\"}]\n"
	if _, err := SetOffsets("miandan.toml", []byte(inline), "a", 1, 1); !errors.Is(err, ErrByHand) {
		t.Errorf("a list in one line: %v, want %v", err, ErrByHand)
	}
	if got, err := SetOffsets("miandan.toml", []byte(two), "none", 1, 1); err == nil {
		t.Errorf("a printer that is none: %s", got)
	}
}

func FuzzSetOffsets(f *testing.F) {
	f.Add([]byte("[[printer]]\nname = \"a\"\nurl = \"tcp://192.0.2.1:9100\"\npaper = \"76x130\"\noffset_x = 1\n"), 1.5, -2.0)
	f.Add([]byte("[[printer]]\n\"name\" = \"a\"\noffset_y\t= 1_0.0 # ten\nurl = 'tcp://192.0.2.1:9100'\npaper = \"\"\"76x130\"\"\""), 0.0, 0.0)
	f.Fuzz(func(t *testing.T, file []byte, x, y float64) {
		got, err := SetOffsets("miandan.toml", file, "a", x, y)
		if err != nil {
			return
		}
		c, err := Parse("miandan.toml", got)
		if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
		for _, p := range c.Printers {
			if p.Name == "a" && (p.OffsetX != x || p.OffsetY != y) {
				t.Errorf("the offsets are %g and %g, want %g and %g", p.OffsetX, p.OffsetY, x, y)
			}
		}
	})
}
