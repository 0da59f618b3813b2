package jd_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

const decrypt, mobiles = "jos.order.oaid.decrypt", "pop.order.getmobilelist"

// masked is an order with stars and what stands for its receiver.
func masked(t *testing.T, id string, change fields) string {
	t.Helper()
	all := fields{"orderId": id}
	for k, v := range change {
		all[k] = v
	}
	return written(t, all, fields{"mobile": "138*******4", "telephone": "138*******4", "oaid": "oaid-" + id})
}

// receiverOf is what JD says of a receiver, with some of it changed.
func receiverOf(id, change string) string {
	row := fmt.Sprintf(`{"orderId":%s,"oaid":"oaid-%s","customerName":"张三","address":"广东广州市海珠区赤岗街道演示路1号","consMobilePhone":"13800001234","customerPhone":"","consMobilePhoneFuzzy":"138****1234","privacyProtection":false,"expiration":""%s}`, id, id, change)
	return row
}

const asVirtual = `,"customerName":"张三[4740]","address":"广东广州市海珠区赤岗街道演示路1号[4740]","consMobilePhone":"17000000000-4740","privacyProtection":true,"expiration":"2026-12-23 16:30:00"`

func openedAs(code string, rows ...string) string {
	return `{"x":{"code":"0","returnType":{"code":` + code + `,"requestId":"r","message":"success","data":[` + strings.Join(rows, ",") + `]}}}`
}

func (g *gateway) times(method string) int {
	n := 0
	for _, m := range g.asked {
		if m == method {
			n++
		}
	}
	return n
}

func TestReceiversThatAreOpened(t *testing.T) {
	const bare = `,"consMobilePhone":"17000000000","privacyProtection":true,"expiration":"2026-12-23 16:30:00"`
	until := time.Date(2026, 12, 23, 8, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		name    string
		answers []string // one call after another, the last for ever
		phone   string
		kind    waybill.PhoneKind
		until   time.Time
		refusal string
		told    notice.Code
		calls   int
	}{
		{"real", []string{openedAs("200", receiverOf("1", ""))}, "13800001234", waybill.PhoneReal, time.Time{}, "", "", 1},
		{"success is 0", []string{openedAs("0", receiverOf("1", ""))}, "13800001234", waybill.PhoneReal, time.Time{}, "", "", 1},
		{"virtual", []string{openedAs("200", receiverOf("1", asVirtual))}, "17000000000-4740", waybill.PhoneVirtual, until, "", "", 1},
		{"virtual, in brackets only", []string{openedAs("200", receiverOf("1", asVirtual+`,"consMobilePhone":"17000000000"`))}, "17000000000-4740", waybill.PhoneVirtual, until, "", "", 1},
		{"virtual, ends in milliseconds", []string{openedAs("200", receiverOf("1", asVirtual+`,"expiration":1798014600000`))}, "17000000000-4740", waybill.PhoneVirtual, until, "", "", 1},
		{"virtual, ends in days or hours", []string{openedAs("200", receiverOf("1", asVirtual+`,"expiration":30`))}, "17000000000-4740", waybill.PhoneVirtual, time.Time{}, "", "", 1},
		{"virtual, lapsed", []string{openedAs("200", receiverOf("1", asVirtual+`,"expiration":"2026-11-23 17:59:59"`))}, "17000000000-4740", waybill.PhoneVirtual, now.Add(-time.Second), "phone-expired", "", 1},
		{"the first bind has no extension", []string{openedAs("200", receiverOf("1", bare)), openedAs("200", receiverOf("1", asVirtual))}, "17000000000-4740", waybill.PhoneVirtual, until, "", "", 2},
		{"no extension ever", []string{openedAs("200", receiverOf("1", bare))}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-extension", 3},
		{"not the number behind the mask", []string{openedAs("200", receiverOf("1", `,"consMobilePhone":"17000000000"`))}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-extension", 3},
		{"a landline", []string{openedAs("200", receiverOf("1", `,"consMobilePhone":"","customerPhone":"0431-80000014","consMobilePhoneFuzzy":""`))}, "0431-80000014", waybill.PhoneReal, time.Time{}, "", "", 1},
		{"stars again", []string{openedAs("200", receiverOf("1", `,"consMobilePhone":"138****1234"`))}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-refused", 1},
		{"somebody else's", []string{openedAs("200", receiverOf("1", `,"oaid":"other"`))}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-refused", 1},
		{"somebody else's, and JD does not say whose", []string{openedAs("200", receiverOf("1", `,"oaid":"","consMobilePhone":"13900005678","consMobilePhoneFuzzy":"139****5678"`))}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-refused", 1},
		{"somebody else's virtual number", []string{openedAs("200", receiverOf("1", asVirtual+`,"oaid":"","consMobilePhoneFuzzy":"139****5678"`))}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-refused", 1},
		{"nothing of it", []string{openedAs("200")}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-refused", 1},
		{"refused", []string{`{"x":{"returnType":{"code":1,"message":"oaid与订单不匹配"}}}`}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-oaid-refused", 1},
		{"no number package", []string{`{"x":{"returnType":{"code":9,"message":"商家未订购号码包"}}}`}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "export-number-package", 1},
		{"no right to any call", []string{`{"error_response":{"code":"24"}}`}, "138*******4", waybill.PhoneMasked, time.Time{}, "phone-masked", "jd-no-permission", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			calls := 0
			g := &gateway{answers: map[string]func(map[string]any) string{
				search: says(listed(1, masked(t, "1", nil))),
				decrypt: func(map[string]any) string {
					calls++
					return test.answers[min(calls, len(test.answers))-1]
				},
				mobiles: says(`{"error_response":{"code":"24"}}`),
			}}
			source := g.source(t)
			source.OAID.BindWait = time.Millisecond
			var told []notice.Code
			source.Trouble = func(err error) { told = append(told, notice.CodeOf(err)) }
			list, _, err := source.Orders(t.Context(), "")
			if err != nil || len(list) != 1 {
				t.Fatalf("Orders = %v, %v", list, err)
			}
			o := list[0]
			if o.Receiver.Phone.Reveal() != test.phone || o.PhoneKind != test.kind || !o.VirtualUntil.Equal(test.until) || o.NumberAsked() != test.refusal {
				t.Errorf("%s, %s until %v, refusal %q; want %s, %s until %v, %q", o.Receiver.Phone.Reveal(), o.PhoneKind, o.VirtualUntil, o.NumberAsked(),
					test.phone, test.kind, test.until, test.refusal)
			}
			if o.Receiver.Name.Reveal() != "张三" || strings.Contains(o.Receiver.Address.Reveal(), "[") {
				t.Errorf("receiver %q, %q", o.Receiver.Name.Reveal(), o.Receiver.Address.Reveal())
			}
			if calls != test.calls || test.told != "" && !slices.Contains(told, test.told) || test.told == "" && told != nil {
				t.Errorf("%d calls, told %v; want %d, %q", calls, told, test.calls, test.told)
			}
			for _, c := range told {
				if !notice.Known(c) {
					t.Errorf("%s has no sentence", c)
				}
			}
		})
	}
}

func TestWhatIsAskedForReceivers(t *testing.T) {
	g := &gateway{answers: map[string]func(map[string]any) string{
		search: says(listed(4, masked(t, "1", nil), masked(t, "2", fields{"orderType": "21"}), masked(t, "3", nil),
			masked(t, "4", fields{"orderState": "TRADE_CANCELED"}))),
		decrypt: says(openedAs("200", receiverOf("1", ""), receiverOf("2", ""), receiverOf("3", ""))),
	}}
	source := g.source(t)
	source.PageSize = 50
	source.OAID = jd.OAID{AppName: "A", Region: "R", Scene: "S", Expiration: 7}
	if _, _, err := source.Orders(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for i, m := range g.asked {
		if m == decrypt {
			asked = append(asked, fmt.Sprint(g.params[i]["getReceiverInfoListReqVO"]))
		}
	}
	want := []string{
		"map[appName:A expiration:7 orderInfos:[map[oaid:oaid-2 orderId:2]] orderType:21 region:R scenesType:S]",
		"map[appName:A expiration:7 orderInfos:[map[oaid:oaid-1 orderId:1] map[oaid:oaid-3 orderId:3]] orderType:22 region:R scenesType:S]",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
	// The same orders again, within the overlap: nothing is asked for.
	if _, _, err := source.Orders(t.Context(), ""); err != nil || g.times(decrypt) != 2 {
		t.Errorf("%d calls after a second reading, %v", g.times(decrypt), err)
	}
	// One of them goes to somebody else now.
	g.answers[search] = says(listed(1, written(t, fields{"orderId": "1"}, fields{"mobile": "139*******4", "telephone": "", "oaid": "oaid-1"})))
	if _, _, err := source.Orders(t.Context(), ""); err != nil || g.times(decrypt) != 3 {
		t.Errorf("%d calls after a change, %v, want 3", g.times(decrypt), err)
	}
	source.OAID.Off = true
	g.answers[search] = says(listed(1, masked(t, "9", nil)))
	if list, _, err := source.Orders(t.Context(), ""); err != nil || g.times(decrypt) != 3 || list[0].NumberAsked() != "phone-masked" || list[0].SealedNumberAsked() != "" {
		t.Errorf("switched off: %d calls, %v", g.times(decrypt), err)
	}
}

func TestOneBadOrderDoesNotCloseItsBatch(t *testing.T) {
	var rows []string
	for i := 1; i <= 9; i++ {
		rows = append(rows, masked(t, fmt.Sprint(i), nil))
	}
	g := &gateway{answers: map[string]func(map[string]any) string{
		search: says(listed(9, rows...)),
		decrypt: func(p map[string]any) string {
			var answer []string
			for _, info := range p["getReceiverInfoListReqVO"].(map[string]any)["orderInfos"].([]any) {
				id := fmt.Sprint(info.(map[string]any)["orderId"])
				if id == "7" {
					return `{"x":{"returnType":{"code":1,"message":"oaid与订单不匹配"}}}`
				}
				answer = append(answer, receiverOf(id, ""))
			}
			return openedAs("200", answer...)
		},
	}}
	source := g.source(t)
	source.PageSize, source.OAID.Batch = 50, 4
	list, _, err := source.Orders(t.Context(), "")
	if err != nil || len(list) != 9 {
		t.Fatalf("%d orders, %v", len(list), err)
	}
	for _, o := range list {
		if want := map[bool]waybill.PhoneKind{true: waybill.PhoneMasked, false: waybill.PhoneReal}[o.ID == "7"]; o.PhoneKind != want {
			t.Errorf("order %s is %s, want %s", o.ID, o.PhoneKind, want)
		}
	}
}

func TestQuotaOfReceivers(t *testing.T) {
	const spent, inner = `{"error_response":{"code":"2"}}`, `{"x":{"returnType":{"code":3,"message":"当日解密额度已用完"}}}`
	for _, no := range []string{spent, inner} {
		t.Run(no[:12], func(t *testing.T) {
			clock := now
			answer := no
			list := listed(2, masked(t, "1", nil), written(t, fields{"orderId": "2"}, nil))
			g := &gateway{answers: map[string]func(map[string]any) string{
				search:  func(map[string]any) string { return list },
				get:     says(detailed(masked(t, "1", nil))),
				decrypt: func(map[string]any) string { return answer },
			}}
			source := g.source(t)
			source.Now = func() time.Time { return clock }
			var told []notice.Code
			source.Trouble = func(err error) { told = append(told, notice.CodeOf(err)) }

			first, cursor, err := source.Orders(t.Context(), "")
			if err != nil || len(first) != 1 || first[0].ID != "2" {
				t.Fatalf("Orders = %v, %v; want the plain order alone", first, err)
			}
			// The order was modified at 09:10 in Beijing.
			if cursor != "2026-11-23T10:00:00Z 2026-11-23T01:10:00Z" {
				t.Errorf("cursor %q", cursor)
			}
			if _, err := source.Order(t.Context(), "1"); notice.CodeOf(err) != "jd-oaid-quota" {
				t.Errorf("Order = %v, want jd-oaid-quota", err)
			}
			calls := g.times(decrypt)
			clock = clock.Add(30 * time.Second)
			list = listed(0)
			if _, cursor, err = source.Orders(t.Context(), cursor); err != nil || cursor != "2026-11-23T10:00:30Z 2026-11-23T01:10:00Z" {
				t.Errorf("while it rests: cursor %q, %v", cursor, err)
			}
			if g.times(decrypt) != calls || len(told) != 1 || told[0] != "jd-oaid-quota" {
				t.Errorf("%d calls while it rests, told %v", g.times(decrypt)-calls, told)
			}
			// Another start knows of it by the cursor alone.
			again := g.source(t)
			again.Now = source.Now
			answer, list = openedAs("200", receiverOf("1", "")), listed(1, masked(t, "1", nil))
			waits := cursor
			got, cursor, err := again.Orders(t.Context(), cursor)
			if err != nil || len(got) != 1 || got[0].PhoneKind != waybill.PhoneReal || cursor != "2026-11-23T10:00:30Z" {
				t.Errorf("after a restart: %v, %q, %v", got, cursor, err)
			}
			p := g.params[len(g.params)-2]
			if p["start_date"] != "2026-11-23 08:58:00" {
				t.Errorf("read again from %v, want 08:58:00", p["start_date"])
			}
			// So does one whose clock has been set back since.
			set := g.source(t)
			set.Now, set.LookBack = func() time.Time { return clock.Add(-time.Minute) }, 10*time.Minute
			if _, _, err := set.Orders(t.Context(), waits); err != nil {
				t.Error(err)
			}
			if p := g.params[len(g.params)-2]; p["start_date"] != "2026-11-23 08:58:00" {
				t.Errorf("with a clock that was set back: read again from %v, want 08:58:00", p["start_date"])
			}
		})
	}
}

func TestAReceiverThatIsKeptIsNotOpenedAgain(t *testing.T) {
	list := listed(1, masked(t, "1", nil))
	g := &gateway{answers: map[string]func(map[string]any) string{
		search: func(map[string]any) string { return list }, decrypt: says(openedAs("200", receiverOf("1", ""))),
	}}
	first, _, err := g.source(t).Orders(t.Context(), "")
	if err != nil || len(first) != 1 || first[0].ReceiverMark == "" {
		t.Fatalf("Orders = %v, %v", first, err)
	}
	again := func() order.Order {
		t.Helper()
		source := g.source(t) // as after a restart
		source.Kept = func(_ context.Context, k order.Key) (order.Order, error) {
			if k != first[0].Key {
				return order.Order{}, errors.New("none")
			}
			return first[0], nil
		}
		got, _, err := source.Orders(t.Context(), "")
		if err != nil || len(got) != 1 || !got[0].Receiver.Phone.Equal(first[0].Receiver.Phone) || got[0].PhoneKind != waybill.PhoneReal {
			t.Fatalf("Orders = %v, %v", got, err)
		}
		return got[0]
	}
	if o := again(); g.times(decrypt) != 1 || o.ReceiverMark != first[0].ReceiverMark {
		t.Errorf("opened %d times, want once", g.times(decrypt))
	}
	list = listed(1, written(t, fields{"orderId": "1"}, fields{
		"mobile": "138*******4", "telephone": "138*******4", "oaid": "oaid-1", "desen_mobile": strings.Repeat("1", 70),
	}))
	if again(); g.times(decrypt) != 2 {
		t.Errorf("another number: opened %d times, want twice", g.times(decrypt))
	}
}

func TestRestsGrowAndAnOldOrderIsGivenOutAsItIs(t *testing.T) {
	clock := now
	g := &gateway{answers: map[string]func(map[string]any) string{
		search: says(listed(1, masked(t, "1", nil))), decrypt: says(`{"error_response":{"code":"2"}}`),
	}}
	source := g.source(t)
	source.Now = func() time.Time { return clock }
	var cursor platform.Cursor
	var list []order.Order
	var err error
	for range 24 * 60 { // a day, by the minute
		if list, cursor, err = source.Orders(t.Context(), cursor); err != nil || len(list) != 0 {
			t.Fatalf("Orders = %v, %v", list, err)
		}
		clock = clock.Add(time.Minute)
	}
	if n := g.times(decrypt); n < 20 || n > 35 {
		t.Errorf("asked %d times in a day, want about once an hour", n)
	}
	clock = clock.Add(48 * time.Hour)
	if list, cursor, err = source.Orders(t.Context(), cursor); err != nil || len(list) != 1 || list[0].NumberAsked() != "phone-masked" || strings.Contains(string(cursor), " ") {
		t.Errorf("after three days: %v, %q, %v", list, cursor, err)
	}
}

func TestTheListOfMobileNumbers(t *testing.T) {
	answer := `{"x":{"returnType":{"code":200,"message":"success","data":{"1":{"oderId":"1","venderId":"10000001","customerPhone":"","consMobilePhone":"13800001234","consMobilePhoneFuzzy":"138****1234","expiration":""},` +
		`"2":{"oderId":"2","consMobilePhone":"17000000000-4740","consMobilePhoneFuzzy":"138****1234","expiration":"2026-12-23 16:30:00"}}}}}`
	g := &gateway{answers: withKeys(map[string]func(map[string]any) string{
		search:  says(listed(2, masked(t, "1", nil), masked(t, "2", nil))),
		decrypt: says(`{"error_response":{"code":"24"}}`),
		mobiles: says(answer),
	})}
	source := g.source(t)
	list, _, err := source.Orders(t.Context(), "")
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	slices.SortFunc(list, func(a, b order.Order) int { return strings.Compare(a.ID, b.ID) })
	if o := list[0]; o.Receiver.Phone.Reveal() != "13800001234" || o.PhoneKind != waybill.PhoneReal || o.Receiver.Name.Reveal() != "张三" {
		t.Errorf("the first is %+v", o)
	}
	if o := list[1]; o.Receiver.Phone.Reveal() != "17000000000-4740" || o.PhoneKind != waybill.PhoneVirtual || o.VirtualUntil.IsZero() {
		t.Errorf("the second is %+v", o)
	}
	if p := g.params[len(g.params)-1]; p["orderId"] != "1,2" || p["orderType"] != "22" {
		t.Errorf("asked with %v", p)
	}
	g.answers[search] = says(listed(1, masked(t, "3", nil)))
	if _, _, err := source.Orders(t.Context(), ""); err != nil || g.times(decrypt) != 1 {
		t.Errorf("decrypt is asked %d times although the app lacks the right: %v", g.times(decrypt), err)
	}
}

func TestReveal(t *testing.T) {
	o := order.Order{Key: order.Key{Source: "jd", ID: "1"}, Consignee: "oaid-1", Merchant: order.SOP, State: order.Shipped, PhoneKind: waybill.PhoneReal,
		Receiver: waybill.Party{Name: pii.NewName("张三"), Phone: pii.NewPhone("13800001234"), Address: pii.NewAddress(pii.Region{}, "演示路1号")}}
	for _, test := range []struct {
		name   string
		change func(*order.Order)
		answer string
		code   notice.Code
		until  time.Time // of the number
		why    notice.Code
	}{
		{"virtual", nil, openedAs("200", receiverOf("1", asVirtual)), "", time.Date(2026, 12, 23, 8, 30, 0, 0, time.UTC), ""},
		{"completed, so two days", func(o *order.Order) { o.EndedAt = now.AddDate(0, -1, 0) }, openedAs("200", receiverOf("1", asVirtual)), "", now.Add(48 * time.Hour), ""},
		{"after-sales", func(o *order.Order) { o.AfterSales = true }, openedAs("200", receiverOf("1", asVirtual)), "", now.Add(15 * 24 * time.Hour), ""},
		{"too long ago", func(o *order.Order) { o.EndedAt = now.AddDate(0, -4, 0) }, openedAs("200", receiverOf("1", asVirtual)), privacy.NoticeTooOld, time.Time{}, ""},
		{"real", nil, openedAs("200", receiverOf("1", "")), "", time.Time{}, privacy.NoticeNotVirtual},
		{"no oaid", func(o *order.Order) { o.Consignee = "" }, "", privacy.NoticeNotVirtual, time.Time{}, ""},
		{"quota", nil, `{"x":{"returnType":{"code":3,"message":"当日解密额度已用完"}}}`, "jd-oaid-quota", time.Time{}, ""},
		{"no number package", nil, `{"x":{"returnType":{"code":9,"message":"未订购号码包"}}}`, privacy.NoticePackage, time.Time{}, ""},
		{"token", nil, `{"error_response":{"code":"19"}}`, jos.NoticeToken, time.Time{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]func(map[string]any) string{decrypt: says(test.answer)}}
			source := g.source(t)
			source.OAID.ClickScene = "click"
			clicked := o
			if test.change != nil {
				test.change(&clicked)
			}
			got, err := source.Reveal(t.Context(), clicked)
			if test.code != "" {
				var n *notice.Error
				if notice.CodeOf(err) != test.code || !errors.As(err, &n) || strings.Contains(n.Error()+n.Text(notice.Chinese), "13800001234") {
					t.Errorf("Reveal = %v, want %s", err, test.code)
				}
				return
			}
			if err != nil || !got.VirtualUntil.Equal(test.until) {
				t.Fatalf("Reveal = until %v, %v, want %v", got.VirtualUntil, err, test.until)
			}
			shown := privacy.Click(got, privacy.SituationOf(got), now)
			if shown.Why != test.why || (shown.Call == nil) != (test.why != "") {
				t.Errorf("shown %+v, want %q", shown, test.why)
			}
			if p := g.params[0]["getReceiverInfoListReqVO"].(map[string]any); p["scenesType"] != "click" {
				t.Errorf("asked with %v", p)
			}
		})
	}
}
