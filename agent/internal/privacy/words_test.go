package privacy

import (
	"testing"
	"time"

	"miandan/agent/internal/notice"
)

// TestLifeInWords has a sentence for each of the cases in which a number lives or
// can be had again.
func TestLifeInWords(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.Local)
	shown, lapsed := Shown{Call: &Call{}}, Shown{Why: NoticeLapsed}
	done := Situation{Ended: now.AddDate(0, -1, 0)}
	for name, c := range map[string]struct {
		shown Shown
		of    Situation
		until time.Time
		want  notice.Code
	}{
		"open":                        {shown, Situation{}, time.Time{}, "number-while-open"},
		"open, by the platform":       {shown, Situation{}, now.Add(time.Hour), "number-while-open-until"},
		"done, fetched again":         {shown, done, time.Time{}, "number-two-days"},
		"done, by the platform":       {shown, done, now.Add(time.Hour), "number-two-days-until"},
		"after sales":                 {shown, Situation{AfterSales: true}, time.Time{}, "number-after-sales"},
		"after sales, by it":          {shown, Situation{AfterSales: true}, now.Add(time.Hour), "number-after-sales-until"},
		"lapsed, open":                {lapsed, Situation{}, time.Time{}, "number-bind-again"},
		"lapsed, not collected":       {lapsed, Situation{Ended: done.Ended, Uncollected: true}, time.Time{}, "number-bind-again"},
		"lapsed, done":                {lapsed, done, time.Time{}, "number-fetch-again"},
		"lapsed, after sales":         {lapsed, Situation{AfterSales: true}, time.Time{}, "number-fetch-after-sales"},
		"too old":                     {Shown{Why: NoticeTooOld}, done, time.Time{}, ""},
		"a real one, which is hidden": {Shown{Why: NoticeNotVirtual}, Situation{}, time.Time{}, ""},
	} {
		got := c.shown.Life(c.of, c.until, now)
		if (got == nil) != (c.want == "") || got != nil && (got.Code != c.want || len(got.Args) != notice.Places(c.want)) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}
