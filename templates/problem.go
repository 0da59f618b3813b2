package templates

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is a code for what can be wrong with a layout file.
type Problem string

// What can be wrong with a layout file. The sentences are in problemText.
const (
	NotYAML         Problem = "not-yaml"
	TooLarge        Problem = "too-large"
	TooDeep         Problem = "too-deep"
	Empty           Problem = "empty"
	WrongShape      Problem = "wrong-shape"
	NotPlain        Problem = "not-plain"
	UnknownKey      Problem = "unknown-key"
	MisspeltKey     Problem = "misspelt-key"
	ForeignKey      Problem = "foreign-key"
	MissingKey      Problem = "missing-key"
	NoKind          Problem = "no-kind"
	TwoKinds        Problem = "two-kinds"
	NotNumber       Problem = "not-a-number"
	OutOfRange      Problem = "out-of-range"
	NotTrueFalse    Problem = "not-true-or-false"
	NotOneOf        Problem = "not-one-of"
	OffPage         Problem = "off-page"
	FloorAboveSize  Problem = "floor-above-size"
	LineShape       Problem = "line-shape"
	TooMany         Problem = "too-many"
	NeedsQuotes     Problem = "needs-quotes"
	OpenBrace       Problem = "open-brace"
	UnknownField    Problem = "unknown-field"
	MisspeltField   Problem = "misspelt-field"
	ItemField       Problem = "item-field"
	UnknownFunction Problem = "unknown-function"
	FunctionMisfit  Problem = "function-misfit"
	BadWhen         Problem = "bad-when"
	PersonCut       Problem = "person-cut"
	OnBarcode       Problem = "on-barcode"
	NoCopy          Problem = "no-copy"
	TwoOfThree      Problem = "two-of-three"
	NoRoom          Problem = "no-room"
	BadName         Problem = "bad-name"
	NoBlock         Problem = "no-block"
	NoPicture       Problem = "no-picture"
	IncludeLoop     Problem = "include-loop"
	IncludeDepth    Problem = "include-depth"
	BadPicture      Problem = "bad-picture"
	LargePicture    Problem = "large-picture"
	TooManyPictures Problem = "too-many-pictures"
	ColumnsTooWide  Problem = "columns-too-wide"
	OpenColumns     Problem = "open-columns"
	FlowTwice       Problem = "flow-twice"
	BlockAlone      Problem = "block-alone"
)

// problemText holds each problem's sentence in English and in Chinese. Both
// say what to write instead, and both take the same arguments in this order.
var problemText = map[Problem]phrase{
	NotYAML:         {"this is not YAML: %s", "YAML 写法有误：%s"},
	TooLarge:        {"the layout with its blocks is larger than %s KB: it should be a page of text", "版式连同区块超过 %s KB：一个版式只应是一页文字"},
	TooDeep:         {"brackets within brackets within brackets: write the elements one below the other", "括号套得太深：请把元素逐行写"},
	Empty:           {"the file is empty: a layout has `page` and `elements`", "文件是空的：版式要有 `page` 和 `elements`"},
	WrongShape:      {"`%s` is written like this: %s", "`%s` 应写成：%s"},
	NotPlain:        {"anchors, aliases, tags and several documents are not part of the language: write the value itself", "不支持锚点、别名、标签和多文档：请直接写出内容"},
	UnknownKey:      {"unknown key `%s`; here may stand: %s", "不认识的键 `%s`；这里可以写：%s"},
	MisspeltKey:     {"unknown key `%s`; did you mean `%s`?", "不认识的键 `%s`；是不是想写 `%s`？"},
	ForeignKey:      {"`%s` does not go with `%s`; here may stand: %s", "`%s` 不能用在 `%s` 上；这里可以写：%s"},
	MissingKey:      {"`%s` is missing; write for example `%s`", "缺少 `%s`；例如写 `%s`"},
	NoKind:          {"an element says what it is: give it one of %s", "每个元素要说明是什么：请写 %s 中的一个"},
	TwoKinds:        {"an element is one thing, `%s` or `%s`: make two elements of it", "一个元素只能是一种：`%s` 或 `%s`，请拆成两个元素"},
	NotNumber:       {"`%s` is a number without a unit, such as %s, not `%s`", "`%s` 要写不带单位的数字，例如 %s，不能写 `%s`"},
	OutOfRange:      {"`%s` is %s; write a number from %s to %s", "`%s` 写了 %s；请写 %s 到 %s 之间的数字"},
	NotTrueFalse:    {"`%s` is true or false, not `%s`", "`%s` 只能写 true 或 false，不能写 `%s`"},
	NotOneOf:        {"`%s` cannot be `%s`; write one of %s", "`%s` 不能写 `%s`；请写 %s 中的一个"},
	OffPage:         {"the element ends at %[2]s = %[1]s mm and the %[6]s at %[3]s mm: make `%[4]s` at most %[5]s", "元素的 %[2]s 到 %[1]s 毫米，%[6]s只到 %[3]s 毫米：`%[4]s` 最大写 %[5]s"},
	FloorAboveSize:  {"`floor` is %s and `size` is %s: text shrinks from `size` down to `floor`, never up", "`floor` 是 %s，`size` 是 %s：字号只会从 `size` 缩小到 `floor`"},
	LineShape:       {"a line has a width or a height, not both: write for example `at: {x: 2, y: 10, w: 72}` or `at: {x: 0, y: 10, right: 0}`", "线条只写宽或高中的一个：例如 `at: {x: 2, y: 10, w: 72}` 或 `at: {x: 0, y: 10, right: 0}`"},
	TooMany:         {"more than %s elements on one label", "一张面单上的元素超过 %s 个"},
	NeedsQuotes:     {"put a value with a field in quotes: \"{number}\"", "带字段的内容要加引号：\"{number}\""},
	OpenBrace:       {"a brace stands alone: a field is written {number}, the sign itself {{ or }}", "花括号没有成对：字段写作 {number}，花括号本身写作 {{ 或 }}"},
	UnknownField:    {"there is no field `%s`; templates/README.md lists them", "没有字段 `%s`；字段表见 templates/README.md"},
	MisspeltField:   {"there is no field `%s`; did you mean `%s`?", "没有字段 `%s`；是不是想写 `%s`？"},
	ItemField:       {"`%s` is a field of one item: it goes only into `items` and the columns of a `table`", "`%s` 是单件商品的字段：只能用在 `items` 和 `table` 的列里"},
	UnknownFunction: {"there is no function `%s`; there are %s", "没有函数 `%s`；可用的有 %s"},
	FunctionMisfit:  {"`%s` does not go with `%s`, which is no %s", "`%s` 不能用于 `%s`，它不是%s"},
	BadWhen:         {"`when` is a field, `not` and a field, or a comparison: remark, not remark, parcel.count > 1, carrier == \"JD\"", "`when` 写字段、`not` 加字段，或比较：remark、not remark、parcel.count > 1、carrier == \"JD\""},
	PersonCut:       {"`%s` may not cut `%s`: what the courier reads is printed whole or the label is refused", "`%s` 不能用于 `%s`：快递员要看的内容必须完整打印，否则不打印"},
	OnBarcode:       {"this lies on the code in %s: its box holds the quiet zone, in which nothing may be printed", "压住了%s的条码：条码框内含静区，不能打印别的内容"},
	NoCopy:          {"the layout does not show `{copy}`, so a reprint would look like the first print; add an element such as {text: \"重印 {copy}\", at: {x: 60, y: 2, w: 14, h: 4}, size: 3}", "版式里没有 `{copy}`，重印的面单会和首次打印一样；请加一个元素，例如 {text: \"重印 {copy}\", at: {x: 60, y: 2, w: 14, h: 4}, size: 3}"},
	TwoOfThree:      {"of `%s`, `%s` and `%s` write two: the third follows from them", "`%s`、`%s`、`%s` 只写其中两个，第三个自然就定了"},
	NoRoom:          {"`%s: %s` and `%s: %s` leave nothing of %s mm: make one of them smaller", "`%s: %s` 和 `%s: %s` 在 %s 毫米里没有留下空间：请把其中一个改小"},
	BadName:         {"`%s` is no name of a file: write only the name, such as `%s`; it stands in the folder `%s` beside the layout", "`%s` 不是文件名：只写名字，例如 `%s`；文件放在版式旁边的 `%s` 文件夹里"},
	NoBlock:         {"there is no block `%s`; there are %s", "没有区块 `%s`；现有 %s"},
	NoPicture:       {"there is no picture `%s`; there are %s. Put a PNG into the folder `pictures` beside the layout", "没有图片 `%s`；现有 %s。请把 PNG 放进版式旁边的 `pictures` 文件夹"},
	IncludeLoop:     {"the block `%s` includes itself: take this `include` out", "区块 `%s` 包含了它自己：请去掉这个 `include`"},
	IncludeDepth:    {"more than %s blocks within blocks: put the elements into one block", "区块套区块超过 %s 层：请把元素写进一个区块"},
	BadPicture:      {"the picture `%s` is no PNG that can be read: save it as PNG anew", "图片 `%s` 不是能读的 PNG：请重新另存为 PNG"},
	LargePicture:    {"the picture `%s` is too large: at most %s KB and %s dots; save it smaller", "图片 `%s` 太大：最多 %s KB、%s 个像素；请另存小一些"},
	TooManyPictures: {"more than %s pictures on one label", "一张面单上的图片超过 %s 个"},
	ColumnsTooWide:  {"the columns are %s mm wide together and the table %s mm: make them narrower", "各列一共宽 %s 毫米，表格只有 %s 毫米：请把列改窄"},
	OpenColumns:     {"only one column of a table may leave out `w`: it takes what the others leave", "表格只能有一列不写 `w`：它占其他列剩下的宽度"},
	FlowTwice:       {"two tables that `flow`: only one may go on over further pages", "有两个 `flow` 表格：只能有一个续到下一页"},
	BlockAlone:      {"this is a block, which has no page of its own: check a layout that includes it, or the whole folder with `miandan templates list --layouts FOLDER`", "这是区块，自己没有 page：请检查包含它的版式，或用 `miandan templates list --layouts 文件夹` 检查整个文件夹"},
}

// LayoutError says what is wrong with a layout file, where, and what to write
// instead.
type LayoutError struct {
	File         string
	Line, Column int // from 1
	Problem      Problem
	Excerpt      string // the line and the two before it, with a mark under the place
	// Includes says for a mistake in a block who includes it, FILE:LINE, the
	// innermost first.
	Includes []string
	args     []any
}

// Error returns FILE:LINE:COLUMN, the sentence in English, and the excerpt.
func (e *LayoutError) Error() string { return e.text(0) }

// Chinese returns the same in Chinese.
func (e *LayoutError) Chinese() string { return e.text(1) }

// Sentence returns only what is wrong and what to write instead.
func (e *LayoutError) Sentence(chinese bool) string {
	if chinese {
		return e.sentence(1)
	}
	return e.sentence(0)
}

func (e *LayoutError) sentence(language int) string {
	args := slices.Clone(e.args)
	for i, a := range args {
		if both, ok := a.(phrase); ok {
			args[i] = both[language]
		}
	}
	return fmt.Sprintf(problemText[e.Problem][language], args...)
}

func (e *LayoutError) text(language int) string {
	s := fmt.Sprintf("%s:%d:%d: %s\n%s", e.File, e.Line, e.Column, e.sentence(language), e.Excerpt)
	for _, from := range e.Includes {
		s += "\n" + includedBy[language] + from
	}
	return s
}

var includedBy = phrase{"        included by ", "        引用自 "}

// phrase is a part of a sentence in English and in Chinese.
type phrase [2]string

// excerpt quotes a line of src with the two before it and a mark under column.
func excerpt(src string, line, column int) string {
	lines := strings.Split(src, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	for n := max(1, line-2); n <= line; n++ {
		text := []rune(strings.TrimRight(lines[n-1], "\r"))
		if len(text) > maxExcerpt {
			text = append(text[:maxExcerpt:maxExcerpt], '…')
		}
		fmt.Fprintf(&b, "%5d | %s\n", n, string(text))
		if n == line {
			before := text[:min(max(column-1, 0), len(text))]
			fmt.Fprintf(&b, "      | %s^", strings.Map(blank, string(before)))
		}
	}
	return b.String()
}

const maxExcerpt = 160

// A terminal shows a hanzi two columns wide; an ideographic space keeps the
// mark under its place.
func blank(r rune) rune {
	switch {
	case r == '\t':
		return r
	case r >= 0x2E80:
		return '　'
	}
	return ' '
}

// nearest returns the word that s was probably meant to be.
func nearest(s string, words []string) (string, bool) {
	best, least := "", 3
	if len(s) < 4 {
		least = 2
	}
	if len(s) > 64 {
		return "", false
	}
	for _, w := range words {
		if d := distance(s, w); d < least {
			best, least = w, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, drop, change or swap.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, here := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		here[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			here[j] = min(above[j]+1, here[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				here[j] = min(here[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}
