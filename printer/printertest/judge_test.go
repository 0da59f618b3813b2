package printertest

import (
	"strings"
	"testing"

	"miandan/printer"
	"miandan/printer/virtual"
)

// The judge has to see what a shift is worked for.
func TestJudge(t *testing.T) {
	paper := func(labels ...int) (prints []virtual.Print) {
		for i, n := range labels {
			prints = append(prints, virtual.Print{Seq: i + 1, Image: label(n)})
		}
		return prints
	}
	torn := paper(0, 0)
	torn[0].Partial = true
	spoilt := paper(0)
	spoilt[0].Image.Set(9, 9, !spoilt[0].Image.Black(9, 9))
	foreign := paper(7)
	const (
		confirmed, sent = printer.Confirmed, printer.Sent
		uncertain, no   = printer.Uncertain, printer.NotSent
	)
	for _, r := range []struct {
		name     string
		outcomes []printer.Outcome
		prints   []virtual.Print
		wrong    string // "" for nothing
		tally    Tally
	}{
		{"all well", []printer.Outcome{confirmed, sent, uncertain}, paper(0, 1, 2), "", Tally{Confirmed: 1, Sent: 1, Uncertain: 1}},
		{"an uncertain one is lost", []printer.Outcome{uncertain, confirmed}, paper(1), "", Tally{Confirmed: 1, Uncertain: 1, LostUncertain: 1}},
		{"a sent one is lost", []printer.Outcome{sent, confirmed}, paper(1), "", Tally{Confirmed: 1, Sent: 1, LostSent: 1}},
		{"a torn one and its whole", []printer.Outcome{confirmed}, torn, "", Tally{Confirmed: 1, Torn: 1}},
		{"a confirmed one is lost", []printer.Outcome{confirmed, confirmed}, paper(1), "label 0 was confirmed and is not on paper", Tally{Confirmed: 2}},
		{"twice", []printer.Outcome{uncertain, confirmed}, paper(0, 0, 1), "label 0 is on paper 2 times", Tally{Confirmed: 1, Uncertain: 1}},
		{"out of order", []printer.Outcome{confirmed, confirmed}, paper(1, 0), "label 0 came out after label 1", Tally{Confirmed: 2}},
		{"not sent", []printer.Outcome{no}, paper(0), "label 0 was not sent", Tally{}},
		{"other dots", []printer.Outcome{confirmed}, spoilt, "differs in 1 dots", Tally{Confirmed: 1}},
		{"nobody's", []printer.Outcome{}, foreign, "nobody has sent", Tally{}},
	} {
		tally, wrong := judge(r.outcomes, r.prints)
		text := strings.Join(wrong, "; ")
		if (text == "") != (r.wrong == "") || !strings.Contains(text, r.wrong) || len(wrong) > 1 {
			t.Errorf("%s: %q is wrong, want %q", r.name, text, r.wrong)
		}
		if tally != r.tally {
			t.Errorf("%s: %+v, want %+v", r.name, tally, r.tally)
		}
	}
}
