package jd_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/hostile"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// asked counts what a hostile gateway was asked, by method.
type asked map[string]int

// atHostile is a shop at a gateway that gives some methods an answer of the
// fuzzer's, and all others the published one.
func atHostile(answers map[string][]byte) (*jd.Source, asked) {
	n, clock := asked{}, func() time.Time { return now }
	published := publishedAnswers()
	gateway := hostile.Platform(func(r *http.Request) []byte {
		method := strings.TrimPrefix(r.URL.Query().Get("method"), "jingdong.")
		n[method]++
		if answer, ok := answers[method]; ok {
			return answer
		}
		if answer, ok := published[method]; ok {
			return []byte(answer(nil))
		}
		return []byte(`{"error_response":{"code":"15"}}`)
	})
	client := &jos.Client{AppKey: "K", AppSecret: secret.New("S3CRET"), AccessToken: secret.New("T0K3N"), Backoff: time.Nanosecond, HTTP: &outbound.Client{Transport: gateway}}
	return &jd.Source{Client: client, Vault: &tde.Vault{Gateway: client, Now: clock}, LookBack: 7 * 24 * time.Hour, Now: clock,
		OAID: jd.OAID{BindWait: time.Nanosecond}}, n
}

// named fails the test if an error has no sentence, or says more than it may.
func named(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if code := notice.CodeOf(err); !errors.Is(err, platform.ErrNoOrder) && (code == notice.Internal || !notice.Known(code)) {
		t.Errorf("no sentence for %v", err)
	}
	hostile.Silent(t, err, "S3CRET", "T0K3N")
}

// mostAsked is more than an answer of the size that is fuzzed has orders.
const mostAsked = 50000

// FuzzOrders reads what a search and the reading of one order say.
func FuzzOrders(f *testing.F) {
	detail := []byte(publishedOrder)
	for _, s := range hostile.JSON(publishedSearch) {
		f.Add(s, detail)
	}
	whole := []byte(strings.Replace(publishedSearch, `{"orderId":"249786309732","orderState":"WAIT_SELLER_STOCK_OUT"}`, publishedOrder[strings.Index(publishedOrder, `{"orderId"`):len(publishedOrder)-3], 1))
	f.Add(whole, detail)
	for _, s := range hostile.JSON(publishedOrder) {
		f.Add([]byte(publishedSearch), s)
	}
	f.Add([]byte(strings.Replace(publishedSearch, `"orderTotal":1`, `"orderTotal":"9223372036854775807"`, 1)), detail)
	f.Add([]byte(strings.Replace(publishedSearch, `"orderTotal":1`, `"orderTotal":999999999`, 1)), detail)
	f.Fuzz(func(t *testing.T, list, one []byte) {
		if !hostile.Short(list, one) {
			return
		}
		s, n := atHostile(map[string][]byte{search: list, get: one})
		hostile.Bounded(t, len(list)+len(one), func() {
			orders, cursor, err := s.Orders(t.Context(), "")
			named(t, err)
			if err != nil && (len(orders) > 0 || cursor != "") {
				t.Errorf("%d orders and the cursor %q with %v", len(orders), cursor, err)
			}
			if err == nil && cursor == "" {
				t.Error("the cursor is lost")
			}
			for _, o := range orders {
				fits(t, o)
			}
			if n[search]+n[get] > mostAsked {
				t.Errorf("asked %v", n)
			}
		})
		o, err := s.Order(t.Context(), "249786309732")
		named(t, err)
		if err == nil {
			fits(t, o)
			if o.ID != "249786309732" {
				t.Errorf("order %q for another", o.ID)
			}
		}
	})
}

// fits is what every order must be that is given out.
func fits(t *testing.T, o order.Order) {
	t.Helper()
	if o.Source != jd.Name || o.ID == "" || o.Price < 0 || o.Collect < 0 {
		t.Errorf("order %+v", o.Key)
	}
	if o.PhoneKind == waybill.PhoneReal && (o.Receiver.Phone.Hidden() || tde.Is(o.Receiver.Phone.Reveal())) {
		t.Errorf("order %s: a phone that is hidden or sealed passes as real", o.ID)
	}
	if shown := o.Receiver.Name.String() + o.Receiver.Phone.String(); strings.Contains(shown, hostile.Phone) || strings.Contains(shown, hostile.Name) {
		t.Errorf("order %s shows %s", o.ID, shown)
	}
}

// FuzzReceivers reads the answers of both calls that open a receiver.
func FuzzReceivers(f *testing.F) {
	for _, s := range hostile.JSON(publishedReceiver) {
		f.Add(s, false)
	}
	for _, s := range hostile.JSON(`{"x_responce":{"code":"0","data":{"249786309732":{"oderId":"249786309732","consMobilePhone":"17000000000-4740","customerPhone":"","expiration":1796028633000}}}}`) {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, answer []byte, byList bool) {
		if !hostile.Short(answer) {
			return
		}
		s, n := atHostile(map[string][]byte{decrypt: answer, "pop.order.getmobilelist": answer})
		if byList {
			s.OAID.By = jd.ByMobileList
		}
		o := order.Order{Key: order.Key{Source: jd.Name, ID: "249786309732"}, State: order.ToShip, Merchant: order.SOP, Consignee: "o1-demo-oaid-0001", PhoneKind: waybill.PhoneMasked,
			Receiver: waybill.Party{Name: pii.NewName("演示"), Phone: pii.NewPhone("138****1234"), Address: pii.NewAddress(pii.Region{Province: "广东"}, "演示路1号")}}
		hostile.Bounded(t, len(answer), func() {
			shown, err := s.Reveal(t.Context(), o)
			named(t, err)
			if err == nil {
				fits(t, shown)
				if shown.ID != o.ID || shown.PhoneKind == waybill.PhoneMasked || shown.Receiver.Phone.Hidden() {
					t.Errorf("opened as %s, %s, %s", shown.ID, shown.PhoneKind, shown.Receiver.Phone)
				}
			}
		})
		if n[decrypt]+n["pop.order.getmobilelist"] > 20 {
			t.Errorf("asked %v", n)
		}
	})
}

// FuzzWaiting reads which other orders of a receiver have not shipped.
func FuzzWaiting(f *testing.F) {
	for _, s := range hostile.JSON(`{"x_responce":{"code":"0","returnType":{"code":200,"data":{"orderIds":["249786309733",249786309734]}}}}`) {
		f.Add(s)
	}
	var many strings.Builder
	for i := range 15000 {
		fmt.Fprintf(&many, ",%d", 200000000000+i)
	}
	f.Add([]byte(`{"x_responce":{"code":"0","orders":[1` + many.String() + `]}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if !hostile.Short(answer) {
			return
		}
		s, _ := atHostile(map[string][]byte{"jos.order.oaid.waiting": answer})
		o := order.Order{Key: order.Key{Source: jd.Name, ID: "249786309732"}}
		hostile.Bounded(t, len(answer), func() {
			others, err := s.Waiting(t.Context(), o)
			named(t, err)
			for _, k := range others {
				if k.Source != jd.Name || k.ID == "" || k.ID == o.ID || strings.Trim(k.ID, "0123456789") != "" {
					t.Errorf("an order %q", k.ID)
				}
			}
			if slices.SortFunc(others, func(a, b order.Key) int { return strings.Compare(a.ID, b.ID) }); len(slices.Compact(others)) != len(others) {
				t.Error("an order comes twice")
			}
		})
	})
}

// FuzzPlans reads regular purchases.
func FuzzPlans(f *testing.F) {
	const good = `{"x_responce":{"code":"0","result":{"success":true,"planList":[{"planId":"P1","parentOrderId":"249786309730","orders":[{"orderId":249786309732}]}]}}}`
	for _, s := range hostile.JSON(good) {
		f.Add(s)
	}
	f.Add([]byte(`{"x_responce":{"code":"0","a":` + strings.Repeat("[", 8000) + `{"planId":1}` + strings.Repeat(`,{"planId":1}`, 98) + strings.Repeat("]", 8000) + `}}`))
	f.Add([]byte(`{"x_responce":{"code":"0","planId":1,"a":` + strings.Repeat("[", 8000) + `{"orderId":1}` + strings.Repeat(`,{"orderId":1}`, 12000) + strings.Repeat("]", 8000) + `}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if !hostile.Short(answer) {
			return
		}
		s, n := atHostile(map[string][]byte{"jd.kpl.open.regular.plan.queryplanlistnew": answer, "jd.kpl.open.regular.plan.shipmentorder": answer})
		s.RegularPlans, s.VenderID = true, "10000001"
		s.Trouble = func(err error) { named(t, err) }
		if bytes.Count(answer, []byte("planId")) >= 100 {
			return // each of as many pages as there may be would say the same
		}
		hostile.Bounded(t, len(answer), func() {
			o, err := s.Order(t.Context(), "249786309732")
			named(t, err)
			if err == nil && o.Plan != "" && o.IsParent {
				t.Errorf("plan %q: a delivery that is its own parent", o.Plan)
			}
			_, _, err = s.Orders(t.Context(), "")
			named(t, err)
			named(t, s.Shipped(t.Context(), order.Key{Source: jd.Name, ID: "249786309732"}, "ZTO", "73000000000001"))
		})
		if n[get] > 1000 {
			t.Errorf("asked %v", n)
		}
	})
}
