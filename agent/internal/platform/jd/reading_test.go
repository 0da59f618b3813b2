package jd_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

func TestWindows(t *testing.T) {
	for _, test := range []struct {
		name     string
		after    platform.Cursor
		from, to string // Beijing
		next     platform.Cursor
	}{
		{"the first", "", "2026-11-16 18:00:00", "2026-11-23 18:00:00", "2026-11-23T10:00:00Z"},
		{"half a minute on", "2026-11-23T09:59:30Z", "2026-11-23 17:47:30", "2026-11-23 18:00:00", "2026-11-23T10:00:00Z"},
		{"after longer than it looks back", "2026-11-10T10:00:00Z", "2026-11-10 17:48:00", "2026-11-23 18:00:00", "2026-11-23T10:00:00Z"},
		{"after longer than JD allows", "2026-10-01T10:12:00Z", "2026-10-01 18:00:00", "2026-10-30 18:00:00", "2026-10-30T10:00:00Z"},
		{"the clock was set back", "2026-11-23T11:00:00Z", "2026-11-16 18:00:00", "2026-11-23 18:00:00", "2026-11-23T10:00:00Z"},
		{"a cursor of somebody else", "42", "2026-11-16 18:00:00", "2026-11-23 18:00:00", "2026-11-23T10:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]func(map[string]any) string{search: says(listed(0))}}
			_, next, err := g.source(t).Orders(t.Context(), test.after)
			if err != nil {
				t.Fatal(err)
			}
			p := g.params[0]
			if p["start_date"] != test.from || p["end_date"] != test.to || next != test.next {
				t.Errorf("read %v to %v, then %s; want %s to %s, then %s", p["start_date"], p["end_date"], next, test.from, test.to, test.next)
			}
			if p["dateType"] != 2.0 || p["order_state"] != "WAIT_SELLER_STOCK_OUT,TRADE_CANCELED,LOCKED,POP_ORDER_PAUSE,PAUSE,PARENT_TRADE_CANCELED" {
				t.Errorf("asked with %v", p)
			}
		})
	}
}

// TestAnOrderThatLeavesTheWindow lets an order of the first page change while
// the pages are read: all behind it move up by one.
func TestAnOrderThatLeavesTheWindow(t *testing.T) {
	for leaves := 1; leaves <= 4; leaves++ {
		shown := []string{"1", "2", "3", "4", "5"}
		calls := 0
		g := &gateway{answers: map[string]func(map[string]any) string{search: func(p map[string]any) string {
			if calls++; calls == leaves+1 {
				shown = shown[1:]
			}
			page := int(p["page"].(float64))
			var on []string
			for i := (page - 1) * 2; i < min(page*2, len(shown)); i++ {
				on = append(on, written(t, fields{"orderId": shown[i]}, nil))
			}
			return listed(len(shown), on...)
		}}}
		list, _, err := g.source(t).Orders(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range list {
			got = append(got, o.ID)
		}
		slices.Sort(got)
		if s := strings.TrimPrefix(strings.Join(got, ""), "1"); s != "2345" { // 1 comes again with the next window
			t.Errorf("it leaves after call %d: orders %s, want 2345", leaves, s)
		}
	}
}

// TestAnOrderThatChangesWithinTheWindow does the same with an order that changes in
// the window's last second, or on a computer whose clock is fast: it stays in the
// window, as the latest. JD lists the latest first if sortType is 1, else last.
func TestAnOrderThatChangesWithinTheWindow(t *testing.T) {
	for changes := 1; changes <= 4; changes++ {
		for which := range 5 {
			shown := []string{"1", "2", "3", "4", "5"} // as they changed
			calls := 0
			g := &gateway{answers: map[string]func(map[string]any) string{search: func(p map[string]any) string {
				if calls++; calls == changes+1 {
					id := shown[which]
					shown = append(slices.Delete(shown, which, which+1), id)
				}
				list := slices.Clone(shown)
				if p["sortType"] == 1.0 {
					slices.Reverse(list)
				}
				page := int(p["page"].(float64))
				var on []string
				for i := (page - 1) * 2; i < min(page*2, len(list)); i++ {
					on = append(on, written(t, fields{"orderId": list[i]}, nil))
				}
				return listed(len(list), on...)
			}}}
			list, _, err := g.source(t).Orders(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			changed := fmt.Sprint(which + 1) // it comes again with the next window
			for _, id := range []string{"1", "2", "3", "4", "5"} {
				if id != changed && !slices.ContainsFunc(list, func(o order.Order) bool { return o.ID == id }) {
					t.Errorf("order %s changes after call %d, and %s is passed over", changed, changes, id)
				}
			}
		}
	}
}

func TestTheLaterWordCounts(t *testing.T) {
	page := 0
	g := &gateway{answers: map[string]func(map[string]any) string{search: func(map[string]any) string {
		page++
		return listed(3, written(t, fields{"orderRemark": fmt.Sprint(page)}, nil))
	}}}
	list, _, err := g.source(t).Orders(t.Context(), "")
	if err != nil || len(list) != 1 || list[0].Remark != "3" {
		t.Errorf("Orders = %v, %v, want one order as it was read last", list, err)
	}
}

func TestOldestFirst(t *testing.T) {
	g := &gateway{answers: map[string]func(map[string]any) string{search: says(listed(2,
		written(t, fields{"orderId": "1", "modified": "2026-11-23 12:00:00"}, nil),
		written(t, fields{"orderId": "2", "modified": "2026-11-23 11:00:00"}, nil)))}}
	list, _, err := g.source(t).Orders(t.Context(), "")
	if err != nil || len(list) != 2 || list[0].ID != "2" {
		t.Errorf("Orders = %v, %v, want 2 before 1", list, err)
	}
}

func TestAnAnswerThatMayHideOrdersKeepsTheCursor(t *testing.T) {
	one := written(t, nil, nil)
	for _, test := range []struct {
		name, answer string
		code         notice.Code
	}{
		{"no result", `{"x":{"code":"0"}}`, jos.NoticeAnswer},
		{"not carried out", `{"x":{"searchorderinfo_result":{"apiResult":{"success":false,"numberCode":7}}}}`, jos.NoticeError},
		{"a full page and no total", `{"x":{"searchorderinfo_result":{"orderInfoList":[` + one + `,` + one + `]}}}`, jos.NoticeAnswer},
		{"the list is none", `{"x":{"searchorderinfo_result":{"orderInfoList":"?"}}}`, jos.NoticeAnswer},
		{"quota", `{"error_response":{"code":"2"}}`, jos.NoticeQuota},
	} {
		t.Run(test.name, func(t *testing.T) {
			const cursor = "2026-11-23T09:00:00Z"
			g := &gateway{answers: map[string]func(map[string]any) string{search: says(test.answer)}}
			list, next, err := g.source(t).Orders(t.Context(), cursor)
			if notice.CodeOf(err) != test.code || next != cursor || list != nil {
				t.Errorf("Orders = %v, %q, %v, want %s and the old cursor", list, next, err, test.code)
			}
		})
	}
}

func TestShipped(t *testing.T) {
	travels := func(numbers string) string { return detailed(written(t, fields{"waybill": numbers}, nil)) }
	for _, test := range []struct {
		name, answer, order string
		code                notice.Code // empty: told
	}{
		{"taken", `{"x":{"sopjosshipment_result":{"success":true,"errorCode":"0"}}}`, "", ""},
		{"already, under this number", `{"x":{"sopjosshipment_result":{"success":false,"errorCode":"1","chineseErrCode":"订单已出库"}}}`, travels("ZT001"), ""},
		{"already, among others", `{"x":{"sopjosshipment_result":{"success":"false","error_code":"1"}}}`, travels("JD1|ZT000,ZT001"), ""},
		{"already, under another", `{"x":{"sopjosshipment_result":{"success":false,"chineseErrCode":"订单已出库"}}}`, travels("ZT0010"), "shipped-refused"},
		{"refused", `{"x":{"sopjosshipment_result":{"success":false,"error_code":"7","chinese_err_code":"订单 13800001234 不允许"}}}`, travels(""), "shipped-refused"},
		{"refused, and the order cannot be read", `{"x":{"sopjosshipment_result":{"success":false}}}`, `?`, "shipped-refused"},
		{"no result", `{"x":{"code":"0"}}`, travels(""), jos.NoticeAnswer},
		{"token", `{"error_response":{"code":"19"}}`, "", jos.NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]func(map[string]any) string{ship: says(test.answer), get: says(test.order)}}
			err := g.source(t).Shipped(t.Context(), order.Key{Source: "jd", ID: "249786309732"}, "ZTO", "ZT001")
			if test.code == "" {
				if err != nil {
					t.Errorf("Shipped = %v, want nil", err)
				}
			} else if notice.CodeOf(err) != test.code {
				t.Errorf("Shipped = %v, want %s", err, test.code)
			}
			if p := g.params[0]; p["orderId"] != "249786309732" || p["logiCoprId"] != "1499" || p["logiNo"] != "ZT001" {
				t.Errorf("told %v", p)
			}
			if n, ok := err.(*notice.Error); ok && strings.Contains(n.Text(notice.Chinese)+n.Error(), "13800001234") {
				t.Errorf("JD's words name somebody: %s", n.Text(notice.Chinese))
			}
		})
	}
}

// An order of several parcels is told with all their numbers.
func TestShippedUnderSeveralNumbers(t *testing.T) {
	const already = `{"x":{"sopjosshipment_result":{"success":false,"chineseErrCode":"订单已出库"}}}`
	for has, code := range map[string]notice.Code{"ZT001,ZT002": "", "JD1|ZT002,ZT001": "", "ZT001": "shipped-refused", "ZT001,ZT003": "shipped-refused"} {
		g := &gateway{answers: map[string]func(map[string]any) string{ship: says(already), get: says(detailed(written(t, fields{"waybill": has}, nil)))}}
		err := g.source(t).Shipped(t.Context(), order.Key{Source: "jd", ID: "249786309732"}, "ZTO", "ZT001,ZT002")
		if code == "" && err != nil || code != "" && notice.CodeOf(err) != code {
			t.Errorf("it travels under %s: %v, want %q", has, err, code)
		}
	}
}

func TestCarrierIDs(t *testing.T) {
	for _, test := range []struct {
		carrier waybill.Carrier
		want    string // empty: nobody is told
	}{{"JD", "2087"}, {"YTO", "463"}, {"SF", "42"}, {"JTSD", "7"}, {"NONE", ""}} {
		g := &gateway{answers: map[string]func(map[string]any) string{ship: says(`{"x":{"sopjosshipment_result":{"success":true}}}`)}}
		source := g.source(t)
		source.CarrierIDs = map[string]string{"SF": "42", "JTSD": "7"}
		err := source.Shipped(t.Context(), order.Key{ID: "1"}, test.carrier, "N1")
		switch {
		case test.want == "" && (notice.CodeOf(err) != "shipped-refused" || len(g.asked) != 0):
			t.Errorf("%s: %v, asked %v; want shipped-refused and no call", test.carrier, err, g.asked)
		case test.want != "" && (err != nil || g.params[0]["logiCoprId"] != test.want):
			t.Errorf("%s is %v (%v), want %s", test.carrier, g.params[0]["logiCoprId"], err, test.want)
		}
	}
}

func TestReadingIsRepeatedWhileTheBackEndIsAway(t *testing.T) {
	calls := 0
	g := &gateway{answers: map[string]func(map[string]any) string{search: func(map[string]any) string {
		if calls++; calls < 3 {
			return `{"error_response":{"code":"66"}}`
		}
		return listed(0)
	}}}
	began := time.Now()
	if _, _, err := g.source(t).Orders(t.Context(), ""); err != nil || calls != 3 {
		t.Errorf("Orders = %v after %d calls in %v, want success after 3", err, calls, time.Since(began))
	}
}
