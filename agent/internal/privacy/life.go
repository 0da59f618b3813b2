package privacy

import (
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// How long virtual numbers live, by JD's notice to merchants.
const (
	again      = 2 * 24 * time.Hour  // one that is fetched again after the order was completed
	afterSales = 15 * 24 * time.Hour // one of an after-sales service order
	months     = 3                   // after its completion in which an order's number may be fetched again
)

// The notices of this package. All but NoticePackage take the order's number.
const (
	NoticeLapsed     notice.Code = "number-not-alive"
	NoticeTooOld     notice.Code = "number-too-old"
	NoticeNotVirtual notice.Code = "number-not-virtual"
	NoticePackage    notice.Code = "export-number-package"
)

// Situation is what decides how long an order's virtual number lives.
type Situation struct {
	Ended      time.Time // when the order was completed; zero while it is open
	AfterSales bool      // it is an after-sales service order
	// Uncollected says that the order ended since nobody collected the parcel in
	// time: its number lapsed with it and may be bound again.
	Uncollected bool
}

// SituationOf returns an order's situation as far as the platform tells it.
func SituationOf(o order.Order) Situation {
	return Situation{Ended: o.EndedAt, AfterSales: o.AfterSales}
}

// Fetch returns until when a number lives that is fetched at a moment; zero
// means until the order is completed. refusal is why none can be had.
//
// How long one lives that is bound again to an uncollected parcel is not
// written down; two days are the least that JD gives for anything.
func (s Situation) Fetch(now time.Time) (until time.Time, refusal notice.Code) {
	switch {
	case s.AfterSales:
		return now.Add(afterSales), ""
	case s.Ended.IsZero() || now.Before(s.Ended):
		return time.Time{}, ""
	case !s.Uncollected && !now.Before(s.Ended.AddDate(0, months, 0)):
		return time.Time{}, NoticeTooOld
	}
	return now.Add(again), ""
}

// end returns until when a number lives that was fetched at a moment; zero
// while nobody can say.
func (s Situation) end(fetched time.Time) time.Time {
	until, refusal := s.Fetch(fetched)
	switch {
	case refusal != "":
		return s.Ended
	case until.IsZero():
		return s.Ended // zero while the order is open
	}
	return until
}

// Alive reports whether the number still reaches its receiver: neither the
// platform's word nor the rules say that it has ended. An expired number is
// shown and printed nowhere.
func (s Situation) Alive(v Virtual, now time.Time) bool {
	if v.Empty() || !v.Until.IsZero() && !now.Before(v.Until) {
		return false
	}
	end := s.end(v.Fetched)
	return end.IsZero() || now.Before(end)
}

// Of returns the virtual number that an order carries.
func Of(o order.Order) (Virtual, bool) {
	if o.PhoneKind != waybill.PhoneVirtual {
		return Virtual{}, false
	}
	v, ok := Parse(o.Receiver.Phone.Reveal())
	v.Fetched, v.Until = o.ReadAt, o.VirtualUntil
	return v, ok
}
