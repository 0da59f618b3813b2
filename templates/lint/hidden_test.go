package lint

import (
	"slices"
	"testing"

	"miandan/templates"
	"miandan/templates/waybill"
)

// TestHidden looks for what Compose would never print: a receiver whom the
// carrier hides, whole. The rules are to notice it if Compose ever does.
func TestHidden(t *testing.T) {
	l, err := templates.Parse("mine.yaml", []byte(`page: {w: 76, h: 130}
elements:
- {text: "{receiver.phone}", at: {x: 3, y: 3, w: 70, h: 5}, size: 3}
- {text: "{receiver.name}", at: {x: 3, y: 13, w: 70, h: 5}, size: 3}
- {text: "{receiver.name|mask} {receiver.phone|mask}", at: {x: 3, y: 23, w: 70, h: 5}, size: 3}
- {text: "{receiver.address}", at: {x: 3, y: 33, w: 70, h: 10}, size: 3, lines: 2}
- {text: "重印 {copy}", when: copy, at: {x: 3, y: 45, w: 70, h: 5}, size: 3}
`))
	if err != nil {
		t.Fatal(err)
	}
	sample, _, err := templates.Sample("wujie")
	if err != nil {
		t.Fatal(err)
	}
	count := func(change func(*waybill.Label)) (lines []int) {
		label := hidden(sample)
		change(&label)
		s := &study{t: l, w: 76, h: 130, elements: l.Elements()}
		seen, err := s.look(hiddenCase, heads()[0], label)
		if err != nil || seen.refused != nil {
			t.Fatal(err, seen.refused)
		}
		s.looks = []*look{seen}
		for _, rule := range privacyRules()[:2] {
			rule.find(s, func(e *templates.Element, _ *look, _ ...any) { lines = append(lines, e.Place.Line) })
		}
		return lines
	}
	if got := count(func(*waybill.Label) {}); got != nil {
		t.Errorf("a masked label shows the receiver in lines %v", got)
	}
	if got := count(func(l *waybill.Label) { l.HideName, l.HidePhone = false, false }); !slices.Equal(got, []int{3, 4, 6}) {
		t.Errorf("a label that is not masked shows the receiver in lines %v, want 3, 4 and 6", got)
	}
}
