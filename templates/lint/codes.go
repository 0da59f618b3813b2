package lint

import (
	"miandan/templates/raster"
	"miandan/templates/scene"
)

func (l *look) mm(dots int) float64 { return float64(dots) / float64(l.grid) }

// A bar is a Code 128 on a label.
type bar struct {
	*sight
	scene.Modules
}

// across returns the height of the bars in dots, and along the length of the code.
func (b bar) across() int {
	if b.Modules.Vertical {
		return b.W
	}
	return b.H
}

func (l *look) bars() []bar {
	var all []bar
	for i := range l.drawn {
		for _, c := range l.drawn[i].codes {
			if c.Symbology == scene.Code128 {
				all = append(all, bar{&l.drawn[i], c})
			}
		}
	}
	return all
}

// mainCode returns the number's Code 128 of the largest area, or nil.
func (l *look) mainCode() (*sight, bar) {
	var best bar
	for _, b := range l.bars() {
		if ofNumber(b.Element) && b.W*b.H > best.W*best.H {
			best = b
		}
	}
	return best.sight, best
}

// eachMain calls f with the main code of every plain look at a waybill.
func (s *study) eachMain(f func(*look, bar)) {
	if !s.isWaybill() {
		return
	}
	s.each(plainCase, func(l *look) {
		if d, b := l.mainCode(); d != nil {
			f(l, b)
		}
	})
}

func codeRules() []Rule {
	return []Rule{
		{
			Number: 301, Severity: Error, Source: Ours,
			asks:    phrase{"bars are at least 6 mm high", "条码高度至少 6 毫米"},
			reason:  phrase{"a scanner in a hand must be held straight to hit lower ones", "再矮，手持扫描枪很难对准"},
			instead: phrase{"the bars are %s mm high: make the box at least 6 high", "条码只有 %s 毫米高：框的高度至少写 6"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					for _, b := range l.bars() {
						if mm := l.mm(b.across()); mm < 5.9 {
							found(b.Element, l, mm)
						}
					}
				})
			},
		},
		{
			Number: 302, Severity: Warning, Source: Practice,
			asks:    phrase{"the main code's bars are at least 9 mm high", "主条码高度至少 9 毫米"},
			reason:  phrase{"the belt's scanners see parcels at every angle", "流水线扫描时包裹角度不一"},
			instead: phrase{"the main code's bars are %s mm high: make the box at least 9 high", "主条码只有 %s 毫米高：框的高度至少写 9"},
			find: func(s *study, found report) {
				s.eachMain(func(l *look, b bar) {
					if mm := l.mm(b.across()); mm < 8.9 {
						found(b.Element, l, mm)
					}
				})
			},
		},
		{
			Number: 303, Severity: Warning, Source: Scanners,
			asks:    phrase{"the main code's narrowest bar is at least 0.33 mm, where the paper is wide enough for it", "纸够宽时，主条码最窄的条至少 0.33 毫米"},
			reason:  phrase{"0.25 mm can be read, but not by every scanner from a metre", "0.25 毫米能读，但不是每把枪都能远读"},
			instead: phrase{"the main code's narrowest bar is %s mm: make the box wider, as wide as the paper lets it, and leave out `module` or write 0.5", "主条码最窄的条只有 %s 毫米：请把框加宽到纸面允许的最大宽度，不写 `module` 或写 0.5"},
			find: func(s *study, found report) {
				s.eachMain(func(l *look, b bar) {
					// JD's number-n-total- is too long for it on 76 mm.
					wide := l.grid.Dots(scene.MM(0.36)) * (len(b.Bits[0]) + 20)
					if mm := l.mm(b.Module); mm < 0.33 && l.mm(wide) <= s.w-4 {
						found(b.Element, l, mm)
					}
				})
			},
		},
		{
			Number: 304, Severity: Warning, Source: Scanners,
			asks:    phrase{"a turned code has bars of at least 3 dots", "竖放的条码最窄的条至少 3 个点"},
			reason:  phrase{"bars across the feed are smeared by heat and speed", "与走纸方向垂直的条会因加热和速度变粗"},
			instead: phrase{"the turned code's narrowest bar is %d dots: make the box higher, or leave out `vertical`", "竖放的条码最窄的条只有 %d 个点：请把框加高，或去掉 `vertical`"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					for _, b := range l.bars() {
						if b.Modules.Vertical && b.Module < 3 {
							found(b.Element, l, b.Module)
						}
					}
				})
			},
		},
		{
			Number: 305, Severity: Error, Source: Scanners,
			asks:    phrase{"the quiet zone is white on the finished label", "成品上条码的静区是白的"},
			reason:  phrase{"a scanner finds a code by the white around it: ten modules beside bars, four round a QR code", "扫描靠两侧留白：条码每侧 10 个模块，二维码四周 4 个模块"},
			instead: phrase{"something black stands in the white around this code: move what is beside it, or its `when`, out of the box", "这个条码周围的留白里有黑点：请把旁边的元素移出它的框，有 `when` 的也要移"},
			find: func(s *study, found report) {
				s.spoilt(found, func(p raster.Problem) bool { return p == raster.Crowded })
			},
		},
		{
			Number: 306, Severity: Error, Source: Ourselves,
			asks:    phrase{"every code of the finished label reads back as what it says", "成品上每个条码都能读回原文"},
			reason:  phrase{"such a label is not printed", "读不回的面单不打印"},
			instead: phrase{"this code cannot be read back: give it a larger box with nothing over it", "这个条码读不回来：请给它更大的框，上面不要压别的东西"},
			find: func(s *study, found report) {
				s.spoilt(found, func(p raster.Problem) bool { return p != raster.Crowded })
			},
		},
		{
			Number: 307, Severity: Error, Source: Standard,
			asks:    phrase{"a waybill has a barcode of its number", "面单上有运单号条码"},
			reason:  phrase{"without it nobody on the way knows the parcel (the standard's 码号区)", "没有它沿途无法识别包裹（标准的码号区）"},
			instead: phrase{"the waybill has no barcode: add {barcode: \"{parcel.barcode}\", at: {x: 2.5, y: 11, right: 2.5, h: 11}}", "面单上没有条码：请加 {barcode: \"{parcel.barcode}\", at: {x: 2.5, y: 11, right: 2.5, h: 11}}"},
			find: func(s *study, found report) {
				for _, e := range s.elements {
					if e.Kind == "barcode" && ofNumber(e) {
						return
					}
				}
				if s.isWaybill() {
					found(nil, nil)
				}
			},
		},
		{
			Number: 308, Severity: Hint, Source: Practice,
			asks:    phrase{"a waybill has its number in two barcodes", "运单号条码印两个"},
			reason:  phrase{"a broken dot of the head is a white line down the label and may spoil one", "打印头坏一个点就是一条白线，可能毁掉其中一个"},
			instead: phrase{"the number stands in one barcode only: add a small second one, 6 mm high, {barcode: \"{parcel.number}\", module: 0.3}", "运单号只有一个条码：请再加一个 6 毫米高的小条码 {barcode: \"{parcel.number}\", module: 0.3}"},
			find: func(s *study, found report) {
				s.eachMain(func(l *look, b bar) {
					n := 0
					for _, other := range l.bars() {
						if ofNumber(other.Element) {
							n++
						}
					}
					if n == 1 {
						found(b.Element, l)
					}
				})
			},
		},
		{
			Number: 309, Severity: Warning, Source: Practice,
			asks:    phrase{"the main code stands in the upper half of the upper part", "主条码在上联的上半部"},
			reason:  phrase{"there hands and scanners look for it", "人和设备都在那里找条码"},
			instead: phrase{"the main code's middle is %s mm from above: move it above %s", "主条码的中线离上边 %s 毫米：请移到 %s 毫米以上"},
			find: func(s *study, found report) {
				part := s.h
				if tear := s.tear(); tear > 0 {
					part = tear
				}
				s.eachMain(func(l *look, b bar) {
					if middle := l.mm(b.Y + b.H/2); middle > part/2 {
						found(b.Element, l, middle, part/2)
					}
				})
			},
		},
		{
			Number: 310, Severity: Warning, Source: Scanners,
			asks:    phrase{"two barcodes are at least 5 mm apart", "两个条码相距至少 5 毫米"},
			reason:  phrase{"one pull of the trigger is to hit one code", "扣一次扳机只应扫到一个"},
			instead: phrase{"this code is %s mm from another one: move it away", "这个条码离另一个只有 %s 毫米：请移开"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					all := l.bars()
					for i, b := range all {
						for _, other := range all[:i] {
							if d := l.mm(apart(b.Rect, other.Rect)); other.Page == b.Page && d < 5 {
								found(b.Element, l, d)
							}
						}
					}
				})
			},
		},
		{
			Number: 311, Severity: Hint, Source: Ours,
			asks:    phrase{"a QR code's modules are at least 0.42 mm", "二维码的模块至少 0.42 毫米"},
			reason:  phrase{"a telephone's camera wants more than a scanner; less than 0.33 mm is refused altogether", "手机拍照比扫描枪要求高；小于 0.33 毫米根本不打印"},
			instead: phrase{"the modules are %s mm: make the box at least %s mm wide and high, its white rim included, or let the code say less", "模块只有 %s 毫米：框的宽和高至少写 %s 毫米（含四周留白），或缩短内容"},
			find: func(s *study, found report) {
				s.each(plainCase, func(l *look) {
					for i := range l.drawn {
						for _, c := range l.drawn[i].codes {
							if mm := l.mm(c.Module); c.Symbology != scene.Code128 && mm < 0.42 {
								quiet := c.Quiet / max(c.Module, 1)
								found(l.drawn[i].Element, l, mm, 0.5*float64(len(c.Bits)+2*quiet))
							}
						}
					}
				})
			},
		},
	}
}

// spoilt reports the codes that the finished dots do not give back.
func (s *study) spoilt(found report, is func(raster.Problem) bool) {
	s.each(plainCase, func(l *look) {
		if l.spoilt == nil || !is(l.spoilt.Problem) {
			return
		}
		for _, d := range l.drawn {
			for _, c := range d.codes {
				if c.Rect == l.spoilt.At {
					found(d.Element, l)
				}
			}
		}
	})
}

// apart returns the white between two rectangles in dots.
func apart(a, b scene.Rect) int {
	across := max(a.X-b.X-b.W, b.X-a.X-a.W, 0)
	down := max(a.Y-b.Y-b.H, b.Y-a.Y-a.H, 0)
	return max(across, down)
}
