package templates

import (
	"miandan/templates/barcode"
)

// A shape is what may stand behind a key.
type shape uint8

const (
	aText shape = iota
	aValue
	aNumber
	aTruth
	aChoice
	aCondition
	aPlace
	columnList
	markList
)

// A form says what a key means and what may stand behind it. The reader and the
// schema for editors go by the same forms.
type form struct {
	key       string
	shape     shape
	low, high float64 // of a number; size and floor have bounds of their own besides
	words     []string
	about     phrase
}

// forms are the keys of elements, the kinds' own keys among them.
var forms = []form{
	{key: "text", shape: aValue, about: phrase{"words and {fields}", "文字和 {字段}"}},
	{key: "items", shape: aValue, about: phrase{"the goods, one after the other: what is printed of each", "商品列表：每种商品印什么"}},
	{key: "table", shape: aChoice, words: []string{"items"}, about: phrase{"the goods in rows and columns", "商品表格"}},
	{key: "marks", shape: markList, about: phrase{"words in boxes, side by side; those that are empty leave no hole", "并排的加框文字，空的不占位"}},
	{key: "barcode", shape: aValue, about: phrase{"what a Code 128 says", "一维码（Code 128）内容"}},
	{key: "qr", shape: aValue, about: phrase{"what a QR code says", "二维码内容"}},
	{key: "datamatrix", shape: aValue, about: phrase{"what a DataMatrix says, ASCII only", "DataMatrix 码内容，只能是 ASCII"}},
	{key: "line", shape: aNumber, low: 0.05, high: 20, about: phrase{"a line so thick, mm", "线条，粗细（毫米）"}},
	{key: "frame", shape: aNumber, low: 0.05, high: 20, about: phrase{"a rectangle of lines so thick, mm", "方框，线的粗细（毫米）"}},
	{key: "picture", shape: aText, about: phrase{"the name of a PNG in the folder pictures", "pictures 文件夹里 PNG 的名字"}},
	{key: "include", shape: aText, about: phrase{"the name of a block in the folder blocks", "blocks 文件夹里区块的名字"}},

	{key: "at", shape: aPlace, about: phrase{"where it stands, mm from the upper left corner", "位置，从左上角起（毫米）"}},
	{key: "when", shape: aCondition, about: phrase{"drawn only if this holds", "满足条件才印"}},
	{key: "zoom", shape: aNumber, low: 0.5, high: 3, about: phrase{"how much larger than it is written a block is drawn", "区块放大倍数"}},
	{key: "size", shape: aNumber, low: 0.5, high: maxPage, about: phrase{"height of a hanzi, mm", "字高（毫米）"}},
	{key: "floor", shape: aNumber, low: 0.5, high: maxPage, about: phrase{"the smallest size to shrink to, mm", "最小字高（毫米）"}},
	{key: "lines", shape: aNumber, low: 1, high: 60, about: phrase{"at most so many lines", "最多几行"}},
	{key: "leading", shape: aNumber, low: 0.8, high: 3, about: phrase{"from line to line, in sizes", "行距（字高的倍数）"}},
	{key: "bold", shape: aTruth, about: phrase{"bold", "粗体"}},
	{key: "reverse", shape: aTruth, about: phrase{"white on black", "黑底白字"}},
	{key: "boxed", shape: aTruth, about: phrase{"in a frame", "加框"}},
	{key: "required", shape: aTruth, about: phrase{"an empty field refuses the label", "字段为空就不打印"}},
	{key: "align", shape: aChoice, words: []string{"left", "center", "right"}, about: phrase{"from side to side", "左右对齐"}},
	{key: "valign", shape: aChoice, words: []string{"middle", "top", "bottom"}, about: phrase{"up and down", "上下对齐"}},
	{key: "more", shape: aValue, about: phrase{"printed behind what fits, if not all fits", "放不下时，在末尾印什么"}},
	{key: "missing", shape: aText, about: phrase{"stands for a character without a glyph", "没有字形的字符用什么代替"}},
	{key: "join", shape: aText, about: phrase{"between the goods", "商品之间的分隔"}},
	{key: "module", shape: aNumber, low: barcode.MinModule.MM(), high: 4, about: phrase{"the widest the narrowest bar may be, mm", "最窄条的宽度上限（毫米）"}},
	{key: "vertical", shape: aTruth, about: phrase{"turned by a quarter", "竖排"}},
	{key: "level", shape: aChoice, words: []string{"M", "L", "Q", "H"}, about: phrase{"how much of a QR code may be dirty", "二维码纠错等级"}},
	{key: "columns", shape: columnList, about: phrase{"the columns of a table", "表格的列"}},
	{key: "head", shape: aText, about: phrase{"the column's heading", "列标题"}},
	{key: "w", shape: aNumber, low: 0.5, high: maxPage, about: phrase{"width, mm", "宽（毫米）"}},
	{key: "overflow", shape: aChoice, words: []string{"summarise", "flow", "refuse"}, about: phrase{"what happens to goods that do not fit", "放不下的商品怎么办"}},
	{key: "rules", shape: aNumber, low: 0.05, high: 2, about: phrase{"lines between the rows so thick, mm", "行间线的粗细（毫米）"}},
}

func formOf(key string) form {
	for _, f := range forms {
		if f.key == key {
			return f
		}
	}
	panic("templates: no form for the key " + key) // a key in kinds that the table above lacks
}

// formed returns a number that may be left out, in the bounds of its form.
func (m *mapping) formed(key string, otherwise float64) float64 {
	f := formOf(key)
	return m.numberOr(key, f.low, f.high, otherwise)
}

// chosen returns which of its form's words stands behind a key; the first if it
// is left out.
func (m *mapping) chosen(key string) int { return m.choice(key, formOf(key).words...) }
