package dispatch

import (
	"context"
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// finds is a carrier whose first answer is lost, and which says to the second
// question what a test wants.
type finds struct {
	carrier.Issuer
	second error
	issued int
}

func (f *finds) CanFind() bool { return true }

func (f *finds) Issue(context.Context, order.Order) (waybill.Waybill, error) {
	f.issued++
	return waybill.Waybill{}, carrier.ErrUnknown
}

func (f *finds) Find(context.Context, order.Order) (waybill.Waybill, error) {
	return waybill.Waybill{}, f.second
}

// The number may have been given to the first question: a no to the second is
// about that one alone, be it for today or for good.
func TestANoToTheSecondQuestionProvesNothingOfTheFirst(t *testing.T) {
	for name, second := range map[string]error{
		"no for good":           &carrier.Refusal{Code: "carrier-area", Message: "超区"},
		"no for today":          &carrier.Refusal{Code: "stock-out", Message: "单号不足", Retry: true},
		"it never left":         carrier.ErrUnsent,
		"it is lost once more":  carrier.ErrUnknown,
		"nobody knows what not": errors.New("?"),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			c := &finds{second: second}
			d.Issuers["wujie/ZTO"] = c
			d.accept("1", nil)
			d.do(d.numberNext(t.Context()))
			if s := d.state("1"); s != ledger.IssueUnknown {
				t.Fatalf("after the first question the order is %s", s)
			}
			for range 5 {
				d.now = d.now.Add(2 * time.Hour)
				d.numberNext(t.Context())
				rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: "1"})
				d.do(err)
				if r := rows[0]; r.OrderState != ledger.IssueUnknown || notice.Code(r.Problem.Code) != "carrier-answer-unknown" {
					t.Fatalf("after the second question the order is %s: %v", r.OrderState, r.Problem)
				}
			}
			if c.issued != 1 {
				t.Errorf("the carrier was asked for a number %d times, want once", c.issued)
			}
			// A person may still say so, and then it is asked anew.
			d.do(d.NoNumber(t.Context(), order.Key{Source: "jd", ID: "1"}, tester))
			d.numberNext(t.Context())
			if c.issued != 2 {
				t.Errorf("after a person's word the carrier was asked for %d numbers in all, want 2", c.issued)
			}
		})
	}
}

// prefixed is an issuer whose settings put something before every order number.
type prefixed struct {
	finds
	prefix string
	looked int
}

func (p *prefixed) Reference(o order.Order) string { return p.prefix + o.ID }

func (p *prefixed) Find(context.Context, order.Order) (waybill.Waybill, error) {
	p.looked++
	return waybill.Waybill{}, carrier.ErrUnknown
}

// Under another reference the carrier knows nothing of the order, and would give
// it a second number.
func TestALostNumberIsNotLookedForUnderAnotherReference(t *testing.T) {
	d := newDesk(t)
	c := &prefixed{prefix: "A"}
	d.Issuers["wujie/ZTO"] = c
	d.accept("1", nil)
	d.do(d.numberNext(t.Context()))
	for want, prefix := range []string{"B", "A"} {
		d.now, c.prefix = d.now.Add(2*time.Hour), prefix
		d.do(d.numberNext(t.Context()))
		if c.looked != want {
			t.Errorf("under %s it was looked up %d times, want %d", prefix, c.looked, want)
		}
	}
}
