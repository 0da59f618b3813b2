// Package lint judges layouts: what a print shop would not let out of the house
// although it can be printed.
//
// It looks at the label and not at the file. A layout is composed with sample
// waybills on the heads of 203 and 300 dpi, and the rules measure the dots: a
// size in the file says little, since text shrinks and bars are whole dots. A
// rule is a value in one table with its reason and its source, and what is not
// known for certain is marked so. The text of GB/T 41833-2022 was not at hand;
// what is known of it comes from the market regulator's press conference, and
// the figures in millimetres are ours or the trade's.
package lint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"miandan/templates"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Severity is how much a finding matters.
type Severity uint8

// A label with an error is unfit for use; a warning costs somebody time; a hint
// may be left as it is.
const (
	Error Severity = iota + 1
	Warning
	Hint
)

func (s Severity) String() string { return s.phrase()[0] }

func (s Severity) phrase() phrase {
	switch s {
	case Error:
		return phrase{"error", "错误"}
	case Warning:
		return phrase{"warning", "警告"}
	case Hint:
		return phrase{"hint", "提示"}
	}
	return phrase{"severity " + strconv.Itoa(int(s)), "级别 " + strconv.Itoa(int(s))}
}

// MarshalText writes error, warning or hint.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// phrase is a sentence in English and in Chinese.
type phrase [2]string

// Source is where a rule comes from and how sure it is.
type Source uint8

// The sources.
const (
	Ours      Source = iota + 1 // our own figure, for heads and scanners as they are
	Practice                    // seen on the carriers' labels
	Standard                    // GB/T 41833-2022, as reported; its text was not at hand
	Scanners                    // what barcode standards and scanners' makers ask
	Ourselves                   // this program promises it
)

func (s Source) phrase() phrase {
	switch s {
	case Ours:
		return phrase{"our own figure; uncertain", "本程序取值，未经标准确认"}
	case Practice:
		return phrase{"seen on carriers' labels", "快递公司面单的通行做法"}
	case Standard:
		return phrase{"GB/T 41833-2022 as reported; its text was not at hand: uncertain", "GB/T 41833-2022，据公开报道；未见原文，未经确认"}
	case Scanners:
		return phrase{"barcode standards and practice", "条码标准和扫描设备的要求"}
	}
	return phrase{"a promise of this program", "本程序的约定"}
}

// A Rule is one thing that is asked of a layout.
type Rule struct {
	Number   int // 1xx privacy, 2xx text, 3xx codes, 4xx areas, 5xx paper
	Severity Severity
	Source   Source
	asks     phrase // what it asks, and
	reason   phrase // why
	instead  phrase // what is wrong and what to write, with the same arguments in both
	find     func(*study, report)
}

// report takes one thing found: the element, or nil for the layout as a whole;
// the look in which it was seen, or nil if it is seen in the file; and the
// arguments of the rule's sentence.
type report func(e *templates.Element, l *look, args ...any)

// Finding is a rule that a layout does not keep, and where.
type Finding struct {
	Rule     int             `json:"rule"`
	Severity Severity        `json:"severity"`
	Place    templates.Place `json:"-"`
	File     string          `json:"file"`
	Line     int             `json:"line"`
	Column   int             `json:"column"`
	Includes []string        `json:"included_by,omitempty"`
	Element  string          `json:"element,omitempty"` // text, barcode …; empty for the layout as a whole
	DPI      int             `json:"dpi,omitempty"`     // of the head on which it was first seen
	Case     string          `json:"case,omitempty"`    // of the sample in which it was first seen
	English  string          `json:"english"`
	Chinese  string          `json:"chinese"`
	Source   string          `json:"source"`
}

// Text returns one line: FILE:LINE:COLUMN, severity, number and the sentence.
func (f Finding) Text(chinese bool) string {
	language, sentence, seen := 0, f.English, ""
	if f.DPI != 0 {
		seen = fmt.Sprintf(" (%s, %d dpi)", f.Case, f.DPI)
	}
	if chinese {
		language, sentence = 1, f.Chinese
		if f.DPI != 0 {
			seen = fmt.Sprintf("（%s，%d dpi）", caseNamed(f.Case).title[1], f.DPI)
		}
	}
	return fmt.Sprintf("%s:%d:%d: %s %d: %s%s", f.File, f.Line, f.Column, f.Severity.phrase()[language], f.Rule, sentence, seen)
}

// Report returns Text, the excerpt and who includes the block.
func (f Finding) Report(chinese bool) string {
	s, by := f.Text(chinese)+"\n"+f.Place.Excerpt, "        included by "
	if chinese {
		by = "        引用自 "
	}
	for _, from := range f.Includes {
		s += "\n" + by + from
	}
	return s
}

// Check judges a layout with a sample waybill. The findings stand in the order
// of severity, then of place. The error is for a program that cannot draw, not
// for a layout that is wrong.
func Check(t *templates.Template, sample waybill.Label) ([]Finding, error) {
	s, err := newStudy(t, sample)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, r := range Rules() {
		seen := map[string]bool{} // an element breaks a rule once, however often it is looked at
		r.find(s, func(e *templates.Element, l *look, args ...any) {
			english := sentence(r.instead[0], 0, args)
			once, place, kind := english, t.Place(), ""
			if e != nil {
				once, place, kind = strconv.Itoa(e.Number), e.Place, e.Kind
			}
			if seen[once] {
				return
			}
			seen[once] = true
			f := Finding{
				Rule: r.Number, Severity: r.Severity, Place: place, Element: kind,
				File: place.File, Line: place.Line, Column: place.Column, Includes: place.Includes,
				English: english, Chinese: sentence(r.instead[1], 1, args), Source: r.Source.phrase()[0],
			}
			if l != nil {
				f.DPI, f.Case = l.dpi, l.of.title[0]
			}
			found = append(found, f)
		})
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule))
	})
	return found, nil
}

// Errors counts the findings that are errors.
func Errors(found []Finding) int {
	n := 0
	for _, f := range found {
		if f.Severity == Error {
			n++
		}
	}
	return n
}

// sentence fills in the arguments: a length of the label's in millimetres, a
// phrase in its language.
func sentence(form string, language int, args []any) string {
	args = slices.Clone(args)
	for i, a := range args {
		switch v := a.(type) {
		case float64:
			args[i] = strconv.FormatFloat(v, 'f', 2, 64)
			args[i] = strings.TrimSuffix(strings.TrimRight(args[i].(string), "0"), ".")
		case phrase:
			args[i] = v[language]
		}
	}
	return fmt.Sprintf(form, args...)
}

// Rules returns all rules in the order of their numbers.
func Rules() []Rule {
	return slices.Concat(privacyRules(), textRules(), codeRules(), areaRules(), paperRules())
}

// Table returns the rules as the guide for layouts lists them, in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| rule | severity | asks | 要求 | why | source |\n|---|---|---|---|---|---|\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| %d | %s %s | %s | %s | %s | %s |\n", r.Number, r.Severity, r.Severity.phrase()[1], r.asks[0], r.asks[1], r.reason[0], r.Source.phrase()[0])
	}
	return b.String()
}

// refusal is why a label could not be composed.
func refusal(err error) (*templates.ComposeError, bool) {
	var refused *templates.ComposeError
	return refused, errors.As(err, &refused)
}

// heads are the print heads that labels are judged on.
func heads() []head { return []head{{scene.DPI203, 203}, {scene.DPI300, 300}} }

type head struct {
	grid scene.Grid
	dpi  int
}
