package privacy

import (
	"time"

	"miandan/agent/internal/notice"
)

// Life says in words how long the number lives that a click has shown, or, where
// it has shown none, how another can be had; nil where there is nothing to say.
// Until is the platform's word for its end, zero if it has given none.
func (s Shown) Life(of Situation, until, now time.Time) *notice.Error {
	open := of.Ended.IsZero() || now.Before(of.Ended)
	last := of.Ended.AddDate(0, months, 0)
	switch {
	case s.Call == nil && s.Why != NoticeLapsed:
		return nil // its own sentence says all
	case s.Call == nil && (open || of.Uncollected) && !of.AfterSales:
		return notice.New("number-bind-again", nil)
	case s.Call == nil && of.AfterSales:
		return notice.New("number-fetch-after-sales", nil)
	case s.Call == nil:
		return notice.New("number-fetch-again", nil, day(last))
	case of.AfterSales && until.IsZero():
		return notice.New("number-after-sales", nil)
	case of.AfterSales:
		return notice.New("number-after-sales-until", nil, minute(until))
	case open && until.IsZero():
		return notice.New("number-while-open", nil)
	case open:
		return notice.New("number-while-open-until", nil, minute(until))
	case until.IsZero():
		return notice.New("number-two-days", nil, day(last))
	}
	return notice.New("number-two-days-until", nil, minute(until), day(last))
}

func minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

func day(t time.Time) string { return t.Local().Format("2006-01-02") }
