package templates

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Layouts that are whole but for the row's own mistake.
const (
	page   = "page: {w: 76, h: 130}\n"
	begin  = page + "elements:\n"
	copies = "- {text: \"重印 {copy}\", when: copy, at: {x: 40, y: 120, w: 14, h: 4}, size: 3}\n"
)

func oneElement(s string) string { return begin + "- {" + s + "}\n" + copies }

var broken = []struct {
	name string
	src  string
	code Problem
	want string // LINE:COLUMN: sentence
}{
	{"a bracket left open", "page: {w: 76\n", NotYAML, "1:7: this is not YAML: could not find flow mapping end token '}'"},
	{"a tab for indentation", "page:\n\tw: 76\n", NotYAML, "2:1: this is not YAML: found character '\t' that cannot start any token"},
	{"the same key twice", page + page, NotYAML, "2:1: this is not YAML: mapping key \"page\" already defined at [1:1]"},
	{"a large file", strings.Repeat("# more\n", 10_000), TooLarge, "1:1: the layout with its blocks is larger than 64 KB: it should be a page of text"},
	{"brackets upon brackets", strings.Repeat("[", 9), TooDeep, "1:9: brackets within brackets within brackets: write the elements one below the other"},
	{"nothing", "", Empty, "1:1: the file is empty: a layout has `page` and `elements`"},
	{"only a comment", "# mine\n", Empty, "1:1: the file is empty: a layout has `page` and `elements`"},
	{"a list instead of a layout", "- page\n", WrongShape, "1:1: `layout` is written like this: page: {w: 76, h: 130}"},
	{"one number for a page", "page: 76\nelements: []\n", WrongShape, "1:7: `page` is written like this: page: {w: 76, h: 130}"},
	{"no list of elements", page + "elements: none\n", WrongShape, "2:11: `elements` is written like this: elements: [{text: \"{number}\", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}]"},
	{"a box as a list", oneElement("text: a, size: 3, at: [1, 2, 3, 4]"), WrongShape, "3:26: `at` is written like this: at: {x: 3, y: 3, w: 70, h: 5}"},
	{"an anchor", "page: &p {w: 76, h: 130}\nelements: []\n", NotPlain, "1:7: anchors, aliases, tags and several documents are not part of the language: write the value itself"},
	{"an alias", oneElement("text: *p, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), NotPlain, "3:10: anchors, aliases, tags and several documents are not part of the language: write the value itself"},
	{"two documents", page + "elements: []\n---\n" + page, NotPlain, "4:5: anchors, aliases, tags and several documents are not part of the language: write the value itself"},
	{"a strange key", oneElement("text: a, rotate: 90, at: {x: 1, y: 1, w: 9, h: 9}, size: 3"), UnknownKey, "3:13: unknown key `rotate`; here may stand: text, at, when, size, floor, lines, leading, bold, align, valign, missing, reverse, boxed, required, more"},
	{"a misspelt key", oneElement("text: a, algin: left, at: {x: 1, y: 1, w: 9, h: 9}, size: 3"), MisspeltKey, "3:13: unknown key `algin`; did you mean `align`?"},
	{"a key in another program's words", oneElement("text: a, at: {x: 1, y: 1, width: 9, h: 9}, size: 3"), MisspeltKey, "3:30: unknown key `width`; did you mean `w`?"},
	{"a kind in another program's words", begin + "- {box: 0.25, at: {x: 1, y: 1, w: 9, h: 9}}\n", MisspeltKey, "3:4: unknown key `box`; did you mean `frame`?"},
	{"a key of another element", oneElement("frame: 0.25, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), ForeignKey, "3:17: `size` does not go with `frame`; here may stand: frame, at, when"},
	{"no page", "elements: []\n", MissingKey, "1:1: `page` is missing; write for example `page: {w: 76, h: 130}`"},
	{"no elements", page, MissingKey, "1:1: `elements` is missing; write for example `elements: [{text: \"{number}\", at: {x: 3, y: 3, w: 70, h: 5}, size: 4}]`"},
	{"no size", oneElement("text: a, at: {x: 1, y: 1, w: 9, h: 9}"), MissingKey, "3:4: `size` is missing; write for example `size: 3`"},
	{"an empty size", oneElement("text: a, size: , at: {x: 1, y: 1, w: 9, h: 9}"), MissingKey, "3:13: `size` is missing; write for example `size: 3`"},
	{"no place", oneElement("text: a, size: 3"), MissingKey, "3:4: `at` is missing; write for example `at: {x: 3, y: 3, w: 70, h: 5}`"},
	{"a list that does not say how it ends", oneElement("items: \"{item.name}\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), MissingKey, "3:4: `more` is missing; write for example `more: \"…等{items.quantity}件\"`"},
	{"an element of no kind", oneElement("size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), NoKind, "3:4: an element says what it is: give it one of text, items, table, marks, barcode, qr, datamatrix, line, frame, picture, include"},
	{"an element of two kinds", oneElement("text: a, barcode: b, at: {x: 1, y: 1, w: 9, h: 9}, size: 3"), TwoKinds, "3:13: an element is one thing, `text` or `barcode`: make two elements of it"},
	{"a unit", oneElement("text: a, size: 3mm, at: {x: 1, y: 1, w: 9, h: 9}"), NotNumber, "3:19: `size` is a number without a unit, such as 3, not `3mm`"},
	{"a size of nought", oneElement("text: a, size: 0, at: {x: 1, y: 1, w: 9, h: 9}"), OutOfRange, "3:19: `size` is 0; write a number from 1.5 to 76"},
	{"a negative width", oneElement("text: a, size: 3, at: {x: 1, y: 1, w: -9, h: 9}"), OutOfRange, "3:42: `w` is -9; write a number from 0.1 to 600"},
	{"a width that is no number", oneElement("text: a, size: 3, at: {x: 1, y: 1, w: .nan, h: 9}"), NotNumber, "3:42: `w` is a number without a unit, such as 70, not `.nan`"},
	{"an endless page", "page: {w: .inf, h: 130}\nelements: []\n", NotNumber, "1:11: `w` is a number without a unit, such as 76, not `.inf`"},
	{"a page like a poster", "page: {w: 76, h: 1e9}\nelements: []\n", OutOfRange, "1:18: `h` is 1e9; write a number from 10 to 600"},
	{"a frame thicker than its box", oneElement("frame: 5, at: {x: 1, y: 1, w: 9, h: 9}"), OutOfRange, "3:11: `frame` is 5; write a number from 0.05 to 4.5"},
	{"a million lines", oneElement("text: a, size: 3, lines: 1000000, at: {x: 1, y: 1, w: 9, h: 9}"), OutOfRange, "3:29: `lines` is 1000000; write a number from 1 to 60"},
	{"yes for true", oneElement("text: a, size: 3, bold: yes, at: {x: 1, y: 1, w: 9, h: 9}"), NotTrueFalse, "3:28: `bold` is true or false, not `yes`"},
	{"a side that there is not", oneElement("text: a, size: 3, align: justify, at: {x: 1, y: 1, w: 9, h: 9}"), NotOneOf, "3:29: `align` cannot be `justify`; write one of left, center, right"},
	{"off the page to the right", oneElement("text: a, size: 3, at: {x: 70, y: 1, w: 9, h: 9}"), OffPage, "3:40: the element ends at x = 79 mm and the page at 76 mm: make `w` at most 6"},
	{"off the page below", oneElement("line: 0.25, at: {x: 3, y: 100, h: 31}"), OffPage, "3:35: the element ends at y = 131 mm and the page at 130 mm: make `h` at most 30"},
	{"a floor above the size", oneElement("text: a, size: 3, floor: 4, at: {x: 1, y: 1, w: 9, h: 9}"), FloorAboveSize, "3:22: `floor` is 4 and `size` is 3: text shrinks from `size` down to `floor`, never up"},
	{"a line with two sides", oneElement("line: 0.25, at: {x: 3, y: 100, w: 9, h: 9}"), LineShape, "3:16: a line has a width or a height, not both: write for example `at: {x: 2, y: 10, w: 72}` or `at: {x: 0, y: 10, right: 0}`"},
	{"too many elements", begin + strings.Repeat("- {frame: 0.25, at: {x: 1, y: 1, w: 9, h: 9}}\n", 401), TooMany, "403:3: more than 400 elements on one label"},
	{"a field without quotes", oneElement("text: {number}, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), NeedsQuotes, "3:10: put a value with a field in quotes: \"{number}\""},
	{"a brace left open", oneElement("text: \"{number\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), OpenBrace, "3:10: a brace stands alone: a field is written {number}, the sign itself {{ or }}"},
	{"a field that there is not", oneElement("text: \"{colour}\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), UnknownField, "3:10: there is no field `colour`; templates/README.md lists them"},
	{"a misspelt field", oneElement("text: \"{reciever.name}\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), MisspeltField, "3:10: there is no field `reciever.name`; did you mean `receiver.name`?"},
	{"an item outside the list", oneElement("text: \"{item.name}\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), ItemField, "3:10: `item.name` is a field of one item: it goes only into `items` and the columns of a `table`"},
	{"a function that there is not", oneElement("text: \"{number|lower}\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), UnknownFunction, "3:10: there is no function `lower`; there are mask, upper, group4, date, time"},
	{"a function for something else", oneElement("text: \"{number|date}\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), FunctionMisfit, "3:10: `date` does not go with `number`, which is no time"},
	{"a condition that is a program", oneElement("text: a, when: remark and shop, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), BadWhen, "3:13: `when` is a field, `not` and a field, or a comparison: remark, not remark, parcel.count > 1, carrier == \"JD\""},
	{"a condition on a field that there is not", oneElement("text: a, when: remarks, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), MisspeltField, "3:13: there is no field `remarks`; did you mean `remark`?"},
	{"a condition on an item", oneElement("text: a, when: item.name, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), ItemField, "3:13: `item.name` is a field of one item: it goes only into `items` and the columns of a `table`"},
	{"a condition that compares words by size", oneElement("text: a, when: shop > 3, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), BadWhen, "3:13: `when` is a field, `not` and a field, or a comparison: remark, not remark, parcel.count > 1, carrier == \"JD\""},
	{"an address that may be cut", oneElement("text: \"{receiver.address}\", more: …, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), PersonCut, "3:32: `more` may not cut `receiver.address`: what the courier reads is printed whole or the label is refused"},
	{"a line through a barcode", oneElement("barcode: \"{number}\", at: {x: 1, y: 1, w: 60, h: 9}") + "- {line: 0.25, at: {x: 0, y: 4, w: 9}}\n", OnBarcode, "5:4: this lies on the code in line 3: its box holds the quiet zone, in which nothing may be printed"},
	{"a barcode of nothing", oneElement("barcode: \"\", at: {x: 1, y: 1, w: 60, h: 9}"), MissingKey, "3:13: `barcode` is missing; write for example `barcode: \"{parcel.barcode}\"`"},
	{"three sides of two", oneElement("text: a, size: 3, at: {x: 1, y: 1, w: 9, right: 9, h: 9}"), TwoOfThree, "3:45: of `x`, `w` and `right` write two: the third follows from them"},
	{"sides that meet", oneElement("text: a, size: 3, at: {x: 40, y: 1, right: 36, h: 9}"), NoRoom, "3:40: `x: 40` and `right: 36` leave nothing of 76 mm: make one of them smaller"},
	{"wider than what is left of the right side", oneElement("text: a, size: 3, at: {w: 70, y: 1, right: 9, h: 9}"), NoRoom, "3:40: `w: 70` and `right: 9` leave nothing of 76 mm: make one of them smaller"},
	{"a right side alone", oneElement("text: a, size: 3, at: {y: 1, right: 9, h: 9}"), MissingKey, "3:27: `w` is missing; write for example `w: 70`"},
	{"a table of nothing", oneElement("table: items, more: m, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: []"), WrongShape, "3:66: `columns` is written like this: columns: [{head: 商品, text: \"{item.name}\"}, {head: 件数, text: \"{item.quantity}\", w: 9, align: right}]"},
	{"a table of something else", oneElement("table: parcels, more: m, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: [{text: a}]"), NotOneOf, "3:11: `table` cannot be `parcels`; write one of items"},
	{"a table that does not say what is left out", oneElement("table: items, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: [{text: a}]"), MissingKey, "3:4: `more` is missing; write for example `more: \"另有 {rest.count} 种 {rest.quantity} 件\"`"},
	{"columns wider than the table", oneElement("table: items, more: m, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: [{text: a, w: 5}, {text: b, w: 5}]"), ColumnsTooWide, "3:66: the columns are 10 mm wide together and the table 9 mm: make them narrower"},
	{"two columns without a width", oneElement("table: items, more: m, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: [{text: a}, {text: b}]"), OpenColumns, "3:88: only one column of a table may leave out `w`: it takes what the others leave"},
	{"a column with a person that may be cut", oneElement("table: items, more: m, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: [{text: \"{receiver.name}\", more: …}]"), PersonCut, "3:102: `more` may not cut `receiver.name`: what the courier reads is printed whole or the label is refused"},
	{"two tables that flow", oneElement("table: items, overflow: flow, size: 3, at: {x: 1, y: 1, w: 9, h: 9}, columns: [{text: a}]") + "- {table: items, overflow: flow, size: 3, at: {x: 1, y: 11, w: 9, h: 9}, columns: [{text: a}]}\n", FlowTwice, "5:18: two tables that `flow`: only one may go on over further pages"},
	{"a mark of nothing", oneElement("marks: [{reverse: true}], size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), MissingKey, "3:13: `text` is missing; write for example `text: \"{sign_return}\"`"},
	{"one word for marks", oneElement("marks: a, size: 3, at: {x: 1, y: 1, w: 9, h: 9}"), WrongShape, "3:4: `marks` is written like this: marks: [\"{sign_return}\", {text: \"代收 ¥{collect}\", reverse: true}]"},
	{"a path", oneElement("include: ../secret, at: {x: 1, y: 1, w: 9, h: 9}"), BadName, "3:13: `../secret` is no name of a file: write only the name, such as `receiver`; it stands in the folder `blocks` beside the layout"},
	{"a picture from elsewhere", oneElement("picture: \"C:\\\\x.png\", at: {x: 1, y: 1, w: 9, h: 9}"), BadName, "3:13: `C:\\x.png` is no name of a file: write only the name, such as `fragile`; it stands in the folder `pictures` beside the layout"},
	{"a block blown up", oneElement("include: icons, zoom: 9, at: {x: 1, y: 1, w: 9, h: 9}"), OutOfRange, "3:26: `zoom` is 9; write a number from 0.5 to 3"},
	{"a mark for some reprints", begin + "- {text: \"{copy}\", when: remark, size: 3, at: {x: 1, y: 1, w: 9, h: 9}}\n", NoCopy, "1:1: the layout does not show `{copy}`, so a reprint would look like the first print; add an element such as {text: \"重印 {copy}\", at: {x: 60, y: 2, w: 14, h: 4}, size: 3}"},
	{"no mark for a reprint", begin + "- {text: a, size: 3, at: {x: 1, y: 1, w: 9, h: 9}}\n", NoCopy, "1:1: the layout does not show `{copy}`, so a reprint would look like the first print; add an element such as {text: \"重印 {copy}\", at: {x: 60, y: 2, w: 14, h: 4}, size: 3}"},
}

func TestBrokenLayouts(t *testing.T) {
	seen := map[Problem]bool{}
	all := make([]brokenFolder, 0, len(broken)+len(brokenFolders))
	for _, b := range broken {
		all = append(all, brokenFolder{b.name, map[string]string{"mine.yaml": b.src}, b.code, "mine.yaml:" + b.want, nil})
	}
	for _, b := range append(all, brokenFolders...) {
		t.Run(b.name, func(t *testing.T) {
			file := "mine.yaml"
			if b.code == BlockAlone {
				file = "blocks/b.yaml"
			}
			_, err := ParseIn(b.folder(), file, []byte(b.files[file]))
			var e *LayoutError
			if !errors.As(err, &e) {
				t.Fatalf("Parse = %v, want a *LayoutError", err)
			}
			seen[b.code] = true
			if e.Problem != b.code {
				t.Errorf("the problem is %s, want %s", e.Problem, b.code)
			}
			got, rest, _ := strings.Cut(strings.ReplaceAll(e.Error(), `blocks\`, "blocks/"), "\n")
			if got != b.want {
				t.Errorf("got  %s\nwant %s", got, b.want)
			}
			want := e.Excerpt
			for _, from := range b.from {
				want += "\n        included by " + from
			}
			if rest != want {
				t.Errorf("the sentence is followed by\n%s\nwant\n%s", rest, want)
			}
			chinese, _, _ := strings.Cut(e.Chinese(), "\n")
			for _, text := range []string{got, chinese} {
				if strings.Contains(text, "%!") {
					t.Errorf("the sentence does not fit its arguments: %s", text)
				}
			}
			for _, a := range e.args {
				if s, ok := a.(string); ok && (!strings.Contains(got, s) || !strings.Contains(chinese, s)) {
					t.Errorf("%q is not in both sentences:\n%s\n%s", s, got, chinese)
				}
			}
		})
	}
	for p := range problemText {
		if !seen[p] {
			t.Errorf("no broken layout shows the problem %s", p)
		}
	}
}

func TestExcerpt(t *testing.T) {
	const src = "page: {w: 76, h: 130}\nelements:\n- text: 甲\n  at: {x: 1, y: 1, w: 9, h: 9}\n  when: 乙, colour: 3\n"
	for _, c := range []struct {
		name         string
		line, column int
		want         string
	}{
		{"the first line", 1, 1, "    1 | page: {w: 76, h: 130}\n      | ^"},
		{"two lines before", 4, 7, "    2 | elements:\n    3 | - text: 甲\n    4 |   at: {x: 1, y: 1, w: 9, h: 9}\n      |       ^"},
		{"under a hanzi", 3, 10, "    1 | page: {w: 76, h: 130}\n    2 | elements:\n    3 | - text: 甲\n      |         　^"},
		{"beyond the line", 2, 99, "    1 | page: {w: 76, h: 130}\n    2 | elements:\n      |          ^"},
		{"beyond the file", 99, 1, ""},
	} {
		if got := excerpt(src, c.line, c.column); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if long := excerpt(strings.Repeat("x", 1000), 1, 900); len(long) > 400 {
		t.Errorf("the excerpt of a line of 1000 letters has %d bytes", len(long))
	}
}

// TestHostileLayouts gives the parser what it is worst at.
func TestHostileLayouts(t *testing.T) {
	const most = maxFileKB << 10
	fill := func(s string) string { return strings.Repeat(s, most/len(s)) }
	var deep strings.Builder
	for i := 0; deep.Len()+i+3 < most; i++ {
		fmt.Fprintf(&deep, "%*sa:\n", i, "")
	}
	for name, src := range map[string]string{
		"open brackets":             fill("["),
		"open braces":               fill("{"),
		"brackets opened, closed":   fill("[")[:most/2] + fill("]")[:most/2],
		"brackets on lines":         fill("[\n"),
		"brackets behind keys":      fill("a: {"),
		"brackets as keys":          fill("? {a: "),
		"closed before opened":      fill("][") + "[",
		"dashes":                    fill("- "),
		"dashes and keys":           fill("- a: "),
		"ever further in":           deep.String(),
		"aliases":                   "a: &a [x]\nb: [" + fill("*a, ")[:most/2],
		"a merge of itself":         "a: &a {<<: *a}\n",
		"tags":                      fill("! "),
		"documents":                 fill("---\n"),
		"bytes of nought":           fill("\x00"),
		"no UTF-8":                  fill("\xff\xfe"),
		"carriage returns":          fill("\r"),
		"a number of many figures":  "page: {w: " + fill("9")[:most/2] + ", h: 1}",
		"a key of many letters":     fill("k")[:most/2] + ": 1",
		"a text of many fields":     oneElement("text: \"" + strings.Repeat("{number}", 7000) + "\", size: 3, at: {x: 1, y: 1, w: 9, h: 9}, colour: 1"),
		"elements beyond all count": begin + fill("- a\n")[:most-100],
	} {
		start := time.Now()
		_, err := Parse("hostile.yaml", []byte(src))
		var e *LayoutError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want a *LayoutError", name, err)
		} else if len(e.Error()) > 2000 {
			t.Errorf("%s: an error of %d bytes", name, len(e.Error()))
		}
		// Five hundred times what it takes here.
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range broken {
		if len(b.src) < 2000 {
			f.Add(b.src)
		}
	}
	f.Add(oneElement("qr: \"{number}\", level: Q, at: {x: 1, y: 1, w: 20, h: 20}"))
	f.Add(oneElement("barcode: \"{number}\", vertical: true, at: {x: 1, y: 1, w: 9, h: 60}"))
	label := waybill.Label{Waybill: waybill.Waybill{Number: "YT0000000000001", Parcels: []waybill.Parcel{{Barcode: "1", Index: 1, Count: 1}},
		Items: []waybill.Item{{Name: "演示商品", Quantity: 2}}}, Copy: 1}
	f.Fuzz(func(t *testing.T, src string) {
		l, err := Parse("fuzz.yaml", []byte(src))
		if err != nil {
			var e *LayoutError
			if !errors.As(err, &e) {
				t.Fatalf("Parse: %v, want a *LayoutError", err)
			}
			if !strings.Contains(src, "%!") && (strings.Contains(e.Error(), "%!") || strings.Contains(e.Chinese(), "%!")) {
				t.Fatalf("the sentence does not fit its arguments: %v", e)
			}
			return
		}
		var e *ComposeError
		if _, err := l.Compose(label, scene.DPI203); err != nil && !errors.As(err, &e) {
			t.Errorf("Compose: %v, want a *ComposeError", err)
		}
	})
}
