package lint

import (
	"slices"
	"strings"

	"miandan/templates"
)

var people = []string{"receiver.name", "receiver.phone", "receiver.address", "sender.name", "sender.phone", "sender.address"}

func privacyRules() []Rule {
	return []Rule{
		{
			Number: 101, Severity: Error, Source: Standard,
			asks:    phrase{"where the carrier asks to hide them, no whole name or phone", "快递公司要求隐藏时，不印完整姓名和电话"},
			reason:  phrase{"a label hides a character of the name and six digits of the phone", "姓名至少隐去一个字，电话至少隐去六位"},
			instead: phrase{"the receiver is to be hidden, and this shows the whole %s: write `{%s|mask}`", "要求隐藏收件人，这里却印了完整的%s：请写 `{%s|mask}`"},
			find: func(s *study, found report) {
				s.each(hiddenCase, func(l *look) {
					for i := range l.drawn {
						d := &l.drawn[i]
						for _, said := range append(codeTexts(d), d.text()) {
							if strings.Contains(squeezed(said), hiddenPhone) {
								found(d.Element, l, phrase{"phone", "电话"}, "receiver.phone")
							} else if strings.Contains(squeezed(said), hiddenName) {
								found(d.Element, l, phrase{"name", "姓名"}, "receiver.name")
							}
						}
					}
				})
			},
		},
		{
			Number: 102, Severity: Error, Source: Standard,
			asks:    phrase{"where the carrier asks to hide the receiver, no building and room", "快递公司要求隐藏时，不印楼栋和房号"},
			reason:  phrase{"a label in privacy mode ends where the building begins; the courier finds the door in the carrier's app", "隐私面单的地址印到楼栋之前为止；快递员在 App 里看门牌"},
			instead: phrase{"the receiver is to be hidden, and this shows the building and the room: write `{receiver.address|mask}`", "要求隐藏收件人，这里却印了楼栋房号：请写 `{receiver.address|mask}`"},
			find: func(s *study, found report) {
				s.each(hiddenCase, func(l *look) {
					for i := range l.drawn {
						d := &l.drawn[i]
						for _, said := range append(codeTexts(d), d.text()) {
							if strings.Contains(squeezed(said), hiddenRoom) {
								found(d.Element, l)
								break
							}
						}
					}
				})
			},
		},
		{
			Number: 103, Severity: Error, Source: Practice,
			asks:    phrase{"no name, phone or address in a code", "条码、二维码里不放姓名、电话、地址"},
			reason:  phrase{"every telephone reads it, whatever the print beside it hides", "旁边的文字打了码，手机一扫仍能看到"},
			instead: phrase{"the code says `%s` to whoever scans it: write `{number}` or another number instead", "扫码就能看到 `%s`：请改写 `{number}` 或别的编号"},
			find: func(s *study, found report) {
				for _, e := range s.elements {
					for _, field := range people {
						if isCode(e) && e.Shows(field) {
							found(e, nil, field)
						}
					}
				}
			},
		},
		{
			Number: 104, Severity: Warning, Source: Practice,
			asks:    phrase{"what is no waybill masks names and phones", "不是面单的标签，姓名电话要打码"},
			reason:  phrase{"only the courier needs them; a slip lies in a box that anybody may open", "只有快递员需要；装箱单、小标签谁都能看到"},
			instead: phrase{"this is no waybill and shows `%s`: write `{%[1]s|mask}`", "这不是面单，却印了完整的 `%s`：请写 `{%[1]s|mask}`"},
			find: func(s *study, found report) {
				if s.isWaybill() {
					return
				}
				for _, e := range s.elements {
					for _, field := range []string{"receiver.phone", "receiver.name", "receiver.address"} {
						if e.Shows(field) && !isCode(e) {
							found(e, nil, field)
						}
					}
				}
			},
		},
	}
}

func isCode(e *templates.Element) bool {
	return slices.Contains([]string{"barcode", "qr", "datamatrix"}, e.Kind)
}

func codeTexts(d *sight) []string {
	var all []string
	for _, c := range d.codes {
		all = append(all, c.Text)
	}
	return all
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
