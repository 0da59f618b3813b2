package lint

import (
	"slices"
	"strings"

	"miandan/templates"
	"miandan/templates/scene"
)

// A height is how large a field has to be in its largest place on a waybill,
// in mm of a hanzi's height. Figures are 0.73 of it.
type height struct {
	fields []string
	least  float64
	of     *labelCase // nil for all: what long texts shrink to counts too
}

// tooSmall finds the waybills on which a field is smaller than it has to be.
func tooSmall(h height) func(*study, report) {
	return func(s *study, found report) {
		if !s.isWaybill() {
			return
		}
		s.each(h.of, func(l *look) {
			for _, field := range h.fields {
				if d, mm := l.shown(field); d != nil && mm < h.least-0.05 {
					found(d.Element, l, field, mm, h.least)
				}
			}
		})
	}
}

var (
	larger  = phrase{"`%s` is printed %s mm high: give it a larger box and a `size` of at least %s", "`%s` 印出来字高只有 %s 毫米：请加大它的框，`size` 至少写 %s"}
	floored = phrase{"`%s` shrinks to %s mm: give it a larger box, or more `lines`, and a `floor` of at least %s", "`%s` 会缩小到 %s 毫米：请加大它的框或 `lines`，`floor` 至少写 %s"}
)

func textRules() []Rule {
	code := []string{"routing.code", "routing.target_code"}
	return []Rule{
		{
			Number: 201, Severity: Error, Source: Ours,
			asks:    phrase{"the sort code is at least 6 mm high", "三段码（分拣码）字高至少 6 毫米"},
			reason:  phrase{"sorters read it at arm's length on a moving belt", "分拣员要在流水线上看清"},
			instead: floored, find: tooSmall(height{code, 6, nil}),
		},
		{
			Number: 202, Severity: Warning, Source: Ours,
			asks:    phrase{"the sort code is at least 9 mm high where the text is short", "三段码（分拣码）一般字高至少 9 毫米"},
			reason:  phrase{"readable from two metres", "两米外可读"},
			instead: larger, find: tooSmall(height{code, 9, plainCase}),
		},
		{
			Number: 203, Severity: Error, Source: Ours,
			asks:    phrase{"the receiver's name and phone are nowhere less than 2.2 mm high", "收件人姓名、电话最小不低于 2.2 毫米"},
			reason:  phrase{"the courier reads them outdoors, and a thermal head fills smaller hanzi", "快递员在户外阅读；再小热敏头会糊"},
			instead: floored, find: tooSmall(height{[]string{"receiver.name", "receiver.phone"}, 2.2, nil}),
		},
		{
			Number: 204, Severity: Warning, Source: Ours,
			asks:    phrase{"the receiver's name and phone are at least 3 mm high where the text is short", "收件人姓名、电话一般字高至少 3 毫米"},
			reason:  phrase{"the phone is read out and dialled by hand", "电话要看着拨号"},
			instead: larger, find: tooSmall(height{[]string{"receiver.name", "receiver.phone"}, 3, plainCase}),
		},
		{
			Number: 205, Severity: Error, Source: Ours,
			asks:    phrase{"the receiver's address is nowhere less than 2 mm high", "收件地址最小不低于 2 毫米"},
			reason:  phrase{"smaller hanzi of many strokes close up at 203 dpi", "再小，笔画多的字在 203 dpi 上会糊成一团"},
			instead: floored, find: tooSmall(height{[]string{"receiver.address"}, 2, nil}),
		},
		{
			Number: 206, Severity: Warning, Source: Ours,
			asks:    phrase{"the receiver's address is at least 2.8 mm high where the text is short", "收件地址一般字高至少 2.8 毫米"},
			reason:  phrase{"the courier reads it at arm's length", "快递员一臂之外可读"},
			instead: larger, find: tooSmall(height{[]string{"receiver.address"}, 2.8, plainCase}),
		},
		{
			Number: 207, Severity: Warning, Source: Ours,
			asks:    phrase{"大头笔 and 集包地 are nowhere less than 2 mm high", "大头笔、集包地最小不低于 2 毫米"},
			reason:  phrase{"they are read before a bag is closed", "建包时要看"},
			instead: floored, find: tooSmall(height{[]string{"routing.name", "routing.hub"}, 2, nil}),
		},
		{
			Number: 208, Severity: Error, Source: Ourselves,
			asks:    phrase{"a first print does not say that it is a reprint", "首次打印不能出现“重印”字样"},
			reason:  phrase{"a text is printed as soon as one of its fields is full, and the words around the others with it", "一个文本里只要有一个字段有内容，其余文字都会印出来"},
			instead: phrase{"the first print says 重印 too: put `重印 {copy}` into an element of its own with `when: copy`", "首次打印也会印出“重印”：请把 `重印 {copy}` 单独写成一个元素，并加 `when: copy`"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					for i := range l.drawn {
						d := &l.drawn[i]
						said := d.text()
						if l.label.Copy == 0 && (strings.Contains(said, "重印") || strings.Contains(said, "补打") || strings.Contains(said, "重打")) {
							found(d.Element, l)
						}
					}
				})
			},
		},
		{
			Number: 209, Severity: Hint, Source: Ours,
			asks:    phrase{"hanzi are at least 14 dots high", "汉字至少 14 个点高"},
			reason:  phrase{"of fewer dots hanzi of many strokes cannot be made", "点数再少，笔画多的字画不出来"},
			instead: phrase{"the hanzi here are %d dots high: a `size` or `floor` of at least %s reads better", "这里的汉字只有 %d 个点高：`size` 或 `floor` 至少写 %s 更清楚"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					for i := range l.drawn {
						d := &l.drawn[i]
						if dots := int(d.size(l.grid)*float64(l.grid) + 0.5); d.hanzi() && dots < 14 {
							found(d.Element, l, dots, 14/float64(l.grid))
						}
					}
				})
			},
		},
		{
			Number: 210, Severity: Warning, Source: Ours,
			asks:    phrase{"white letters on black are at least 2 mm high", "反白文字字高至少 2 毫米"},
			reason:  phrase{"heat spreads, and black eats thin white strokes", "热会扩散，黑底会吃掉细白笔画"},
			instead: phrase{"white on black is printed %s mm high: make the box larger, shorten the words, or leave out `reverse`", "反白文字只有 %s 毫米高：请加大框、缩短文字，或去掉 `reverse`"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					for i := range l.drawn {
						d := &l.drawn[i]
						white := slices.ContainsFunc(d.glyphs, func(g scene.Glyphs) bool { return g.Ink == scene.White })
						if mm := d.size(l.grid); white && mm < 1.95 {
							found(d.Element, l, mm)
						}
					}
				})
			},
		},
		{
			Number: 211, Severity: Warning, Source: Practice,
			asks:    phrase{"the number stands in figures too, at least 2.2 mm high", "条码的号码要用文字印出，字高至少 2.2 毫米"},
			reason:  phrase{"a code that a scratch spoils is typed in", "条码划坏时要手工输入"},
			instead: phrase{"the code's number stands nowhere in figures of %s mm: add an element such as {text: \"{parcel.number|group4}\", size: 3}", "没有用 %s 毫米以上的字印出这个号码：请加一个元素，例如 {text: \"{parcel.number|group4}\", size: 3}"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					if _, mm := l.shown(numbers...); mm >= 2.15 {
						return
					}
					if d, _ := l.mainCode(); d != nil {
						found(d.Element, l, 2.2)
					}
				})
			},
		},
		{
			Number: 212, Severity: Error, Source: Ourselves,
			asks:    phrase{"the sample can be printed", "样例能够打印"},
			reason:  phrase{"a label that cannot be whole is refused", "放不完整的面单不打印"},
			instead: phrase{"the sample is refused here: `%s`, %s. %s", "样例在这里被拒绝：`%s`，%s。%s"},
			find:    refusedIn(plainCase),
		},
		{
			Number: 213, Severity: Warning, Source: Ours,
			asks:    phrase{"a long address, many goods and a receiver to be hidden can be printed too", "地址很长、商品很多、要求隐藏时也能打印"},
			reason:  phrase{"such orders come every day, and a refused label is a parcel that waits", "这样的订单天天有；被拒绝的面单就是发不出去的包裹"},
			instead: phrase{"a longer text is refused here: `%s`, %s. %s", "长一些的内容在这里被拒绝：`%s`，%s。%s"},
			find:    refusedIn(longCase, hiddenCase),
		},
	}
}

func refusedIn(in ...*labelCase) func(*study, report) {
	return func(s *study, found report) {
		for _, l := range s.looks {
			if l.refused != nil && slices.Contains(in, l.of) {
				found(s.named(l.refused.Element), l, l.refused.Field, inWords(l.refused.Reason), advice(l.refused))
			}
		}
	}
}

// inWords says why a label is refused.
func inWords(r templates.Reason) phrase {
	switch r {
	case templates.TooLong:
		return phrase{"it does not fit", "放不下"}
	case templates.NoGlyph:
		return phrase{"no typeface has a character of it", "字库里没有其中的字"}
	case templates.Masked, templates.Sealed:
		return phrase{"the platform hides it", "平台没有给出完整内容"}
	case templates.Missing:
		return phrase{"it is empty", "内容为空"}
	case templates.NotEncoded:
		return phrase{"the code cannot say it", "条码不能表示其中的字符"}
	case templates.CodeTooWide:
		return phrase{"its bars would be too narrow to scan", "条码会窄得扫不出来"}
	}
	return phrase{string(r), string(r)}
}

// advice says what to write when a label is refused.
func advice(e *templates.ComposeError) phrase {
	switch e.Reason {
	case templates.TooLong:
		if slices.Contains(people, e.Field) {
			return phrase{"Give it a larger box, more `lines` or a smaller `floor`", "请加大框、增加 `lines` 或减小 `floor`"}
		}
		return phrase{"Give it a larger box, more `lines`, a smaller `floor`, or `more: …`", "请加大框、增加 `lines`、减小 `floor`，或写 `more: …`"}
	case templates.CodeTooWide:
		return phrase{"Give it a wider box, or a shorter text such as `{parcel.number}`", "请加宽框，或改用短一些的内容，例如 `{parcel.number}`"}
	case templates.NoGlyph:
		return phrase{"Write `missing: 〓` for what no typeface has", "请写 `missing: 〓` 代替字库里没有的字"}
	}
	return phrase{"Section 10 of templates/README.md says what to do", "办法见 templates/README.md 第 10 节"}
}

// named returns the element of a ComposeError, or nil.
func (s *study) named(title string) *templates.Element {
	for _, e := range s.elements {
		if e.Title() == title {
			return e
		}
	}
	return nil
}
