package order_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

var paid = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestLeft(t *testing.T) {
	for _, test := range []struct {
		name  string
		paid  time.Time
		now   time.Time
		left  time.Duration
		known bool
	}{
		{"just paid", paid, paid, 48 * time.Hour, true},
		{"an hour left", paid, paid.Add(47 * time.Hour), time.Hour, true},
		{"now", paid, paid.Add(48 * time.Hour), 0, true},
		{"late", paid, paid.Add(50 * time.Hour), -2 * time.Hour, true},
		{"nobody knows", time.Time{}, paid, 0, false},
	} {
		left, known := order.Order{PaidAt: test.paid}.Left(test.now)
		if left != test.left || known != test.known {
			t.Errorf("%s: %v, %v; want %v, %v", test.name, left, known, test.left, test.known)
		}
	}
}

func TestLateCost(t *testing.T) {
	for _, test := range []struct {
		name     string
		merchant order.Merchant
		price    order.Money
		want     string
	}{
		{"third party", order.SOP, 5900, "17.70"},
		{"third party, rounded", order.SOP, 5, "0.02"},
		{"third party in JD's warehouse", order.FBP, 10000, "30.00"},
		{"a gift", order.SOP, 0, "0.00"},
		{"self-operated", order.FCS, 5900, "5.00"},
		{"self-operated, dear", order.FCS, 99999999, "5.00"},
	} {
		if got := (order.Order{Merchant: test.merchant, Price: test.price}).LateCost().Yuan(); got != test.want {
			t.Errorf("%s: %s yuan, want %s", test.name, got, test.want)
		}
	}
	if got := order.Money(-1205).Yuan(); got != "-12.05" {
		t.Errorf("Yuan = %s, want -12.05", got)
	}
}

func TestLateness(t *testing.T) {
	deadline := paid.Add(order.ShipWithin)
	for _, test := range []struct {
		name   string
		change func(*order.Order)
		now    time.Time
		code   notice.Code
	}{
		{"seven hours left", nil, deadline.Add(-7 * time.Hour), ""},
		{"six hours left", nil, deadline.Add(-6 * time.Hour), "order-late-cost"},
		{"a second left", nil, deadline.Add(-time.Second), "order-late-cost"},
		{"now", nil, deadline, "order-is-late"},
		{"a day late", nil, deadline.Add(24 * time.Hour), "order-is-late"},
		{"shipped", func(o *order.Order) { o.State = order.Shipped }, deadline, ""},
		{"on hold", func(o *order.Order) { o.State = order.Paused }, deadline, ""},
		{"a void parent", func(o *order.Order) { o.IsParent = true }, deadline, ""},
		{"nobody knows when it was paid", func(o *order.Order) { o.PaidAt = time.Time{} }, deadline, ""},
	} {
		o := whole()
		o.ID, o.PaidAt, o.Price, o.Merchant = "249786309732", paid, 5900, order.SOP
		if test.change != nil {
			test.change(&o)
		}
		code, args := o.Lateness(test.now, order.WarnAhead)
		if notice.Code(code) != test.code {
			t.Errorf("%s: %q, want %q", test.name, code, test.code)
		}
		if code == "" {
			continue
		}
		for _, l := range []notice.Language{notice.English, notice.Chinese} {
			for _, part := range []string{"249786309732", "11-25 09:00", "17.70"} {
				if text := notice.Text(l, notice.Code(code), args...); !strings.Contains(text, part) {
					t.Errorf("%s: %q does not say %s", test.name, text, part)
				}
			}
		}
	}
}

func whole() order.Order {
	return order.Order{
		State: order.ToShip, PhoneKind: waybill.PhoneReal, ReadAt: paid, Items: []waybill.Item{{Name: "茶", Quantity: 1}},
		Receiver: waybill.Party{Name: pii.NewName("张三"), Phone: pii.NewPhone("13800000001"), Address: pii.NewAddress(pii.Region{}, "演示路1号")},
	}
}

func TestNumberAsked(t *testing.T) {
	virtual := func(until time.Time) func(*order.Order) {
		return func(o *order.Order) { o.PhoneKind, o.VirtualUntil = waybill.PhoneVirtual, until }
	}
	masked := func(o *order.Order) { o.PhoneKind, o.Receiver.Phone = waybill.PhoneMasked, pii.NewPhone("138****0001") }
	for _, test := range []struct {
		name          string
		change        func(*order.Order)
		plain, sealed string
	}{
		{"whole", func(*order.Order) {}, "", ""},
		{"void parent", func(o *order.Order) { o.IsParent, o.Consignee = true, "x" }, "order-is-parent", "order-is-parent"},
		{"locked", func(o *order.Order) { o.State, o.Consignee = order.Locked, "x" }, "order-locked", "order-locked"},
		{"masked", masked, "phone-masked", "phone-masked"},
		{"masked, and JD knows whom", func(o *order.Order) { masked(o); o.Consignee = "x" }, "phone-masked", ""},
		{"sealed, and JD knows whom", func(o *order.Order) {
			o.PhoneKind, o.Receiver, o.Consignee = waybill.PhoneSealed, waybill.Party{}, "x"
		}, "receiver-sealed", ""},
		{"virtual, nobody knows until when", virtual(time.Time{}), "", ""},
		{"virtual, alive", virtual(paid.Add(time.Second)), "", ""},
		{"virtual, just lapsed", virtual(paid), "phone-expired", "phone-expired"},
		{"real, although a virtual one lapsed", func(o *order.Order) { o.VirtualUntil = paid.Add(-time.Hour) }, "", ""},
	} {
		o := whole()
		test.change(&o)
		if got := o.NumberAsked(); got != test.plain {
			t.Errorf("%s: NumberAsked = %q, want %q", test.name, got, test.plain)
		}
		if got := o.SealedNumberAsked(); got != test.sealed {
			t.Errorf("%s: SealedNumberAsked = %q, want %q", test.name, got, test.sealed)
		}
	}
}

func TestCautions(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*order.Order)
		want   []string
	}{
		{"ordinary", func(*order.Order) {}, nil},
		{"a periodical", func(o *order.Order) { o.Subscription = true }, []string{"order-book-subscription"}},
		{"a periodical in a regular purchase", func(o *order.Order) { o.Subscription, o.Plan = true, "7" }, nil},
		{"no goods", func(o *order.Order) { o.Items = nil }, []string{"order-goods-none"}},
		{"a parent without goods", func(o *order.Order) { o.Items, o.IsParent = nil, true }, nil},
	} {
		o := whole()
		test.change(&o)
		if got := o.Cautions(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
