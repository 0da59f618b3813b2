package lint

import "math"

// A paper is a size of label that carriers use, in mm. Tear is how far below the
// upper edge it is torn, or 0.
type paper struct{ w, h, tear float64 }

// papers are the sizes of the carriers' forms, known within 1 mm.
func papers() []paper {
	return []paper{
		{76, 130, 0}, {100, 110, 60}, {100, 150, 90}, {100, 177, 107}, {100, 180, 110}, {100, 203, 152},
	}
}

func (p paper) fits(w, h float64) bool { return math.Abs(p.w-w) <= 1 && math.Abs(p.h-h) <= 1 }

func paperRules() []Rule {
	return []Rule{
		{
			Number: 501, Severity: Error, Source: Ours,
			asks:    phrase{"no ink within 1 mm of the paper's edge", "离纸边 1 毫米以内不印东西"},
			reason:  phrase{"labels lie a millimetre to the left or right of where they should, and heads do not reach the edge", "标签走偏一毫米是常事，打印头也到不了边"},
			instead: phrase{"the ink is %s mm from the paper's edge: move it in to 2 mm", "墨迹离纸边只有 %s 毫米：请移到 2 毫米以内"},
			find:    nearEdge(0, 1),
		},
		{
			Number: 502, Severity: Warning, Source: Practice,
			asks:    phrase{"no ink within 1.75 mm of the paper's edge", "离纸边 1.75 毫米以内最好不印东西"},
			reason:  phrase{"the carriers' frames stand 2 mm inside", "快递公司的边框都在 2 毫米以内"},
			instead: phrase{"the ink is %s mm from the paper's edge: 2 mm is safe on every printer", "墨迹离纸边 %s 毫米：留 2 毫米对各种打印机都安全"},
			find:    nearEdge(1, 1.75),
		},
		{
			Number: 503, Severity: Error, Source: Ours,
			asks:    phrase{"no ink within 1 mm of the tear line of a two-part waybill", "两联单撕线上下 1 毫米以内不印东西"},
			reason:  phrase{"what crosses the line is torn, and paper stretches", "压在撕线上会被撕坏，走纸也有误差"},
			instead: phrase{"the ink is %s mm from the tear line at %s mm: keep 2 mm above and below it free", "墨迹离 %[2]s 毫米处的撕线只有 %[1]s 毫米：撕线上下各留 2 毫米"},
			find:    nearTear(-far, 1),
		},
		{
			Number: 504, Severity: Warning, Source: Ours,
			asks:    phrase{"no ink within 1.75 mm of the tear line", "撕线上下 1.75 毫米以内最好不印东西"},
			reason:  phrase{"a tear is not straight", "撕口不会很直"},
			instead: phrase{"the ink is %s mm from the tear line at %s mm: 2 mm is safe", "墨迹离 %[2]s 毫米处的撕线 %[1]s 毫米：留 2 毫米才安全"},
			find:    nearTear(1, 1.75),
		},
		{
			Number: 505, Severity: Hint, Source: Practice,
			asks:    phrase{"a waybill has a size that carriers use: 76×130, 100×110, 100×150, 100×177, 100×180, 100×203", "面单用通行的尺寸：76×130、100×110、100×150、100×177、100×180、100×203"},
			reason:  phrase{"other paper is cut to order, and its tear line is not known here", "别的尺寸要定制，程序也不知道撕线在哪里"},
			instead: phrase{"no carrier's paper is known of %s × %s mm: write `page: {w: 76, h: 130}` unless yours is made so", "没有 %s × %s 毫米的通行面单：除非是定制纸，请写 `page: {w: 76, h: 130}`"},
			find: func(s *study, found report) {
				for _, p := range papers() {
					if p.fits(s.w, s.h) {
						return
					}
				}
				if s.isWaybill() {
					found(nil, nil, s.w, s.h)
				}
			},
		},
	}
}

// hair lets rounding to dots pass.
const hair = 0.07 // mm

func nearEdge(from, to float64) func(*study, report) {
	return func(s *study, found report) {
		s.each(plainCase, func(l *look) {
			for _, t := range l.ink {
				if mm := l.mm(t.edge); mm >= from-hair && mm < to-hair {
					found(t.Element, l, mm)
				}
			}
		})
	}
}

func nearTear(from, to float64) func(*study, report) {
	return func(s *study, found report) {
		s.each(plainCase, func(l *look) {
			for _, t := range l.ink {
				if mm := l.mm(t.tear); mm >= from-hair && mm < to-hair {
					found(t.Element, l, max(mm, 0), s.tear())
				}
			}
		})
	}
}
