package localapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/localapi"
	"miandan/templates/waybill"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// whole is an order with all that one can say.
const whole = `{"id":"E-2026.1123_01","state":"to-ship","receiver":{"name":"演示张三","phone":"138 0000 1234","province":"浙江省","city":"杭州市","district":"西湖区","town":"演示镇","address":"演示路1号"},
"items":[{"name":"演示茶","sku":"T-1","quantity":2},{"name":"杯"}],"remark":"轻放","note":"京东快递","price":5900,"collect":100,"insured":200000,"parcels":3,
"sign_return":"electronic","paid_at":"2026-11-23T09:00:00+08:00","shop":"演示旗舰店","merchant":"FCS","shipment":"jd-express","after_sales":true}`

// with returns a small order with one thing changed.
func with(old, new string) string {
	const small = `{"id":"A-1","receiver":{"name":"演示张三","phone":"13800001234","address":"浙江省杭州市西湖区演示路1号"}}`
	if !strings.Contains(small, old) {
		panic(old)
	}
	return strings.Replace(small, old, new, 1)
}

func one(t *testing.T, body string) localapi.Handed {
	t.Helper()
	list, err := localapi.Read([]byte(body), now)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %d orders, %v", body, len(list), err)
	}
	return list[0]
}

func good(t *testing.T, body string) order.Order {
	t.Helper()
	h := one(t, body)
	for _, w := range h.Wrong {
		t.Errorf("%s: %s", body, w.Why.Text(notice.English))
	}
	return h.Order
}

func TestAnOrderSaysAll(t *testing.T) {
	o := good(t, whole)
	if o.Key != (order.Key{Source: "api", ID: "E-2026.1123_01"}) || o.State != order.ToShip || o.Merchant != order.FCS || o.Shop != "演示旗舰店" ||
		o.Shipment != "jd-express" || !o.AfterSales || o.Remark != "轻放" || o.Note != "京东快递" || o.Price != 5900 || !o.ReadAt.Equal(now) || !o.Modified.Equal(now) ||
		!o.PaidAt.Equal(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("read %+v", o)
	}
	if want := (order.Services{Collect: 100, Insured: 200000, Parcels: 3, SignReturn: order.ElectronicReturn}); o.Services != want {
		t.Errorf("services %+v, want %+v", o.Services, want)
	}
	if fmt.Sprint(o.Items) != fmt.Sprint([]waybill.Item{{SKU: "T-1", Name: "演示茶", Quantity: 2}, {Name: "杯", Quantity: 1}}) {
		t.Errorf("items %+v", o.Items)
	}
	r := o.Receiver
	if r.Name.Reveal() != "演示张三" || r.Phone.Reveal() != "13800001234" || r.Address.Reveal() != "浙江省杭州市西湖区演示镇演示路1号" || r.Address.Region().Town != "演示镇" || o.PhoneKind != waybill.PhoneReal {
		t.Errorf("receiver %s %s %s, a %s number", r.Name.Reveal(), r.Phone.Reveal(), r.Address.Reveal(), o.PhoneKind)
	}
	for i, want := range []order.SignReturn{order.PaperReturn, order.CheckedReturn, order.ElectronicReturn, order.BothReturn} {
		word := []string{"paper", "checked", "electronic", "both"}[i]
		if got := good(t, with(`"A-1"`, `"A-1","sign_return":"`+word+`"`)).SignReturn; got != want {
			t.Errorf("%s is %v, want %v", word, got, want)
		}
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	o := good(t, with("A-1", "A-1"))
	if o.State != order.ToShip || o.Merchant != order.SOP || !o.PaidAt.Equal(now) || o.Parcels != 0 || o.SignReturn != order.NoReturn || o.AfterSales || !o.VirtualUntil.IsZero() {
		t.Errorf("read %+v", o)
	}
	o = good(t, `{"id":"A-1","state":"cancelled","receiver":null,"items":null}`)
	if o.State != order.Cancelled || !o.Receiver.Name.Empty() {
		t.Errorf("a cancelled order: %+v", o)
	}
	if h := one(t, `{"id":"A-1","state":"cancelled","receiver":{"name":"演示"}}`); len(h.Wrong) != 2 {
		t.Errorf("half a receiver of a cancelled order: %d things are wrong, want 2", len(h.Wrong))
	}
}

func TestTelephoneNumbers(t *testing.T) {
	until := `,"virtual_until":"2026-11-25T10:00:00+08:00"`
	for _, test := range []struct {
		phone, after string
		number       string
		kind         waybill.PhoneKind
	}{
		{"13800001234", "", "13800001234", waybill.PhoneReal},
		{"+86 138-0000-1234", "", "13800001234", waybill.PhoneReal},
		{"02780000001", "", "027-80000001", waybill.PhoneReal},
		{"17000000000-4740", until, "17000000000-4740", waybill.PhoneVirtual},
		{"17000000000转4740", "", "17000000000-4740", waybill.PhoneVirtual},
		{"17000000000", `,"extension":"4740"` + until, "17000000000-4740", waybill.PhoneVirtual},
		{"17000000000[4740]", `,"extension":"4740"`, "17000000000-4740", waybill.PhoneVirtual},
	} {
		o := good(t, with(`"13800001234"`, `"`+test.phone+`"`+test.after))
		if o.Receiver.Phone.Reveal() != test.number || o.PhoneKind != test.kind || o.VirtualUntil.IsZero() == strings.Contains(test.after, "until") {
			t.Errorf("%s%s: %s, %s, until %v", test.phone, test.after, o.Receiver.Phone.Reveal(), o.PhoneKind, o.VirtualUntil)
		}
	}
	o := good(t, with(`"演示张三","phone":"13800001234"`, `"演示张三[4740]","phone":"17000000000"`))
	if o.Receiver.Phone.Reveal() != "17000000000-4740" || o.Receiver.Name.Reveal() != "演示张三" {
		t.Errorf("an extension behind the name: %s, %s", o.Receiver.Name.Reveal(), o.Receiver.Phone.Reveal())
	}
	o = good(t, with("13800001234", "17000000000-4740"))
	if !o.VirtualUntil.IsZero() {
		t.Errorf("a virtual number of an open order ends %v", o.VirtualUntil)
	}
	service := good(t, `{"id":"S-1","after_sales":true,"receiver":{"name":"演示","phone":"17000000000-4740","address":"演示路1号"}}`)
	if want := now.AddDate(0, 0, 15); !service.VirtualUntil.Equal(want) {
		t.Errorf("the number of an after-sales service order lives until %v, want %v", service.VirtualUntil, want)
	}
}

func TestWhatIsRefused(t *testing.T) {
	long := strings.Repeat("路", 600)
	phone := func(s string) string { return with(`"13800001234"`, s) }
	more := func(s string) string { return with(`"A-1"`, `"A-1",`+s) }
	for _, test := range []struct {
		body  string
		code  notice.Code
		field string
	}{
		{`17`, "orders-unreadable", ""}, {`null`, "orders-unreadable", ""}, {`"演示张三"`, "orders-unreadable", ""},
		{`[17]`, "handed-not-object", ""}, {`["演示张三"]`, "handed-not-object", ""}, {`[[]]`, "handed-not-object", ""}, {`[null]`, "handed-not-object", ""},
		{with(`"id":"A-1",`, ``), "handed-missing", "id"}, {with(`"A-1"`, `null`), "handed-missing", "id"}, {with(`"A-1"`, `""`), "handed-missing", "id"},
		{with(`"A-1"`, `1001`), "handed-kind", "id"}, {with(`"A-1"`, `"演示张三"`), "handed-id", "id"}, {with(`"A-1"`, `"A 1"`), "handed-id", "id"},
		{with(`"A-1"`, `"-1"`), "handed-id", "id"}, {with(`"A-1"`, `"13900001234"`), "handed-id", "id"}, {with(`"A-1"`, `"`+strings.Repeat("1", 51)+`"`), "handed-long", "id"},
		{strings.NewReplacer("A-1", "02780000001", "13800001234", "027-80000001").Replace(with("A-1", "A-1")), "handed-id", "id"},
		{more(`"state":"shipped"`), "handed-word", "state"}, {more(`"state":true`), "handed-word", "state"},
		{`{"id":"A-1"}`, "handed-missing", "receiver"}, {`{"id":"A-1","receiver":"演示张三"}`, "handed-kind", "receiver"}, {`{"id":"A-1","receiver":[]}`, "handed-kind", "receiver"},
		{with(`"演示张三"`, `""`), "handed-missing", "receiver.name"}, {with(`"演示张三"`, `" \t"`), "handed-missing", "receiver.name"}, {with(`"演示张三"`, `"张**"`), "handed-hidden", "receiver.name"},
		{with(`"演示张三"`, `"张••"`), "handed-hidden", "receiver.name"}, {with(`"演示张三"`, `"张\u0000三"`), "handed-text", "receiver.name"}, {with(`"演示张三"`, `"\ud800"`), "handed-text", "receiver.name"},
		{with(`"演示张三"`, `"`+long+`"`), "handed-long", "receiver.name"}, {with(`"演示张三"`, `{}`), "handed-kind", "receiver.name"},
		{phone(`""`), "handed-missing", "receiver.phone"}, {phone(`13800001234`), "handed-kind", "receiver.phone"}, {phone(`"138****1234"`), "handed-hidden", "receiver.phone"},
		{phone(`"1380000123"`), "handed-phone", "receiver.phone"}, {phone(`"13800001234 13900001234"`), "handed-phone", "receiver.phone"}, {phone(`"演示"`), "handed-phone", "receiver.phone"},
		{phone(`"13800001234","extension":"47"`), "handed-extension", "receiver.extension"}, {phone(`"13800001234","extension":"4740a"`), "handed-extension", "receiver.extension"},
		{phone(`"027-80000001","extension":"4740"`), "handed-phone", "receiver.phone"}, {phone(`"17000000000-4740","extension":"4741"`), "handed-extension", "receiver.extension"},
		{phone(`"13800001234","virtual_until":"2026-11-25T10:00:00+08:00"`), "handed-extension", "receiver.virtual_until"},
		{phone(`"17000000000-4740","virtual_until":"2026-11-25 10:00"`), "handed-time", "receiver.virtual_until"},
		{with(`"浙江省杭州市西湖区演示路1号"`, `""`), "handed-missing", "receiver.address"}, {with(`演示路1号`, `**路**号`), "handed-hidden", "receiver.address"},
		{with(`演示路1号`, long), "handed-long", "receiver.address"}, {phone(`"13800001234","city":["杭州市"]`), "handed-kind", "receiver.city"},
		{phone(`"13800001234","province":7`), "handed-kind", "receiver.province"}, {phone(`"13800001234","district":"` + long + `"`), "handed-long", "receiver.district"}, {phone(`"13800001234","town":"\u0007"`), "handed-text", "receiver.town"},
		{more(`"items":{}`), "handed-kind", "items"}, {more(`"items":["茶"]`), "handed-kind", "items[0]"}, {more(`"items":[{"name":"茶"},{"sku":"T"}]`), "handed-missing", "items[1].name"},
		{more(`"items":[{"name":"茶","quantity":0}]`), "handed-number", "items[0].quantity"}, {more(`"items":[{"name":"茶","quantity":"2"}]`), "handed-number", "items[0].quantity"},
		{more(`"items":[{"name":"茶","price":2}]`), "handed-field", "items[0].price"}, {more(`"items":[{"name":"` + long + `"}]`), "handed-long", "items[0].name"}, {more(`"items":[{"name":"茶","sku":1}]`), "handed-kind", "items[0].sku"},
		{more(`"items":[` + strings.Repeat(`{"name":"茶"},`, 200) + `{"name":"茶"}]`), "handed-many", "items"},
		{more(`"price":59.00`), "handed-number", "price"}, {more(`"price":-1`), "handed-number", "price"}, {more(`"price":"5900"`), "handed-number", "price"}, {more(`"price":5.9e3`), "handed-number", "price"},
		{more(`"price":10000000000`), "handed-number", "price"}, {more(`"collect":1e999`), "handed-number", "collect"}, {more(`"insured":99999999999999999999`), "handed-number", "insured"},
		{more(`"parcels":0`), "handed-number", "parcels"}, {more(`"parcels":100`), "handed-number", "parcels"}, {more(`"sign_return":"yes"`), "handed-word", "sign_return"}, {more(`"sign_return":1`), "handed-word", "sign_return"},
		{more(`"paid_at":"2026-11-23 10:00:00"`), "handed-time", "paid_at"}, {more(`"paid_at":"2026-11-25T10:00:00Z"`), "handed-time", "paid_at"}, {more(`"paid_at":1764000000`), "handed-time", "paid_at"}, {more(`"paid_at":"1999-01-01T00:00:00Z"`), "handed-time", "paid_at"},
		{more(`"shop":1`), "handed-kind", "shop"}, {more(`"merchant":"sop"`), "handed-word", "merchant"}, {more(`"shipment":[]`), "handed-kind", "shipment"}, {more(`"after_sales":"true"`), "handed-kind", "after_sales"},
		{more(`"remark":"` + long + `"`), "handed-long", "remark"}, {more(`"note":7`), "handed-kind", "note"},
		{more(`"id":"A-2"`), "handed-twice", "id"}, {phone(`"13800001234","phone":"13900001234"`), "handed-twice", "receiver.phone"},
		{more(`"paidAt":"x"`), "handed-field", "paidAt"}, {more(`"演示张三":1`), "handed-field", "…"}, {phone(`"13800001234","13900001234":1`), "handed-field", "receiver.…"}, {more(`"Zhang":1`), "handed-field", "…"},
	} {
		list, err := localapi.Read([]byte(test.body), now)
		if err != nil {
			if notice.CodeOf(err) != test.code {
				t.Errorf("%s: %v, want %s", test.body, err, test.code)
			}
			continue
		}
		if len(list) != 1 || len(list[0].Wrong) != 1 {
			t.Errorf("%.200s: wrong are %+v, want %s of %s", test.body, list[0].Wrong, test.code, test.field)
			continue
		}
		w := list[0].Wrong[0]
		if w.Why.Code != test.code || w.Field != test.field {
			t.Errorf("%.200s: %s of %s, want %s of %s", test.body, w.Why.Code, w.Field, test.code, test.field)
		}
		for _, l := range []notice.Language{notice.English, notice.Chinese} {
			text := w.Why.Text(l)
			if test.field != "" && !strings.Contains(text, " "+test.field) || strings.Contains(text, "%!") || strings.Contains(text, "–") {
				t.Errorf("%.200s: %q does not speak of %s", test.body, text, test.field)
			}
			for _, person := range []string{"张", "13800001234", "13900001234", "80000001", "4740", "路", "Zhang"} {
				if strings.Contains(text, person) {
					t.Errorf("%q says %s", text, person)
				}
			}
		}
	}
}

func TestTheWholeList(t *testing.T) {
	for body, code := range map[string]notice.Code{
		"": "orders-unreadable", " ": "orders-unreadable", "[": "orders-unreadable", whole + "}": "orders-unreadable", whole + whole: "orders-unreadable", "\xb6\xa9": "orders-unreadable",
		"[]": "orders-none", "[" + strings.Repeat("{},", 500) + "{}]": "orders-too-many", strings.Repeat("[", 20000) + strings.Repeat("]", 20000): "orders-unreadable",
	} {
		if _, err := localapi.Read([]byte(body), now); notice.CodeOf(err) != code {
			t.Errorf("%.40q: %v, want %s", body, err, code)
		}
	}
	list, err := localapi.Read([]byte("\ufeff ["+with("A-1", "A-1")+","+with("13800001234", "1")+`,{"id":"A-13800001234"},7,`+whole+"]\n"), now)
	if err != nil || len(list) != 5 {
		t.Fatalf("%d orders, %v", len(list), err)
	}
	for i, want := range []string{"A-1", "A-1", "", "", "E-2026.1123_01"} {
		h := list[i]
		if bad := i > 0 && i < 4; h.ID != want || len(h.Wrong) > 0 != bad {
			t.Errorf("number %d is %q with %d things wrong", i, h.ID, len(h.Wrong))
		}
	}
	for i, want := range map[int][2]string{
		1: {"Order A-1 (number 2 of the list): the field receiver.phone is no", "订单 A-1（列表中第 2 个）的字段 receiver.phone"},
		2: {"Order number 3 of the list does not say the field receiver.", "列表中第 3 个订单缺少字段 receiver"},
		3: {"Order number 4 of the list is no object", "列表中第 4 个订单不是"},
	} {
		why := list[i].Wrong[0].Why
		if !strings.HasPrefix(why.Text(notice.English), want[0]) || !strings.HasPrefix(why.Text(notice.Chinese), want[1]) {
			t.Errorf("number %d: %s %s", i, why.Text(notice.English), why.Text(notice.Chinese))
		}
	}
	if why := one(t, `{"id":"A-1"}`).Wrong[0].Why.Text(notice.English); !strings.HasPrefix(why, "Order A-1 does not") {
		t.Error(why)
	}
	if h := one(t, `{"id":1,"receiver":{"name":7},"price":"x","who":1}`); len(h.Wrong) != 6 {
		t.Errorf("only %d of 6 wrong fields are named: %+v", len(h.Wrong), h.Wrong)
	}
}

func TestNotEverythingIsSaid(t *testing.T) {
	if h := one(t, with(`"A-1"`, `"A-1"`+strings.Repeat(`,"x":1`, 100_000))); len(h.Wrong) != 20 {
		t.Errorf("%d things are said of one order", len(h.Wrong))
	}
}

func TestParts(t *testing.T) {
	var all []string
	for i := range 1203 {
		all = append(all, fmt.Sprintf(`{"id":"A-%d"}`, i))
	}
	seen := 0
	for _, part := range localapi.Parts([]byte("\ufeff["+strings.Join(all, ",")+"]"), 500) {
		list, err := localapi.Read(part, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range list {
			if h.ID != fmt.Sprintf("A-%d", seen) {
				t.Fatalf("order %d is %s", seen, h.ID)
			}
			seen++
		}
	}
	if seen != 1203 {
		t.Errorf("%d orders came through, want 1203", seen)
	}
	big := `{"id":"A-1","note":"` + strings.Repeat("x", 400_000) + `"}`
	if parts := localapi.Parts([]byte("["+big+","+big+","+big+"]"), 500); len(parts) != 2 || len(parts[0]) > localapi.MostBytes {
		t.Errorf("1.2 MB are %d parts", len(parts))
	}
	for _, as := range []string{"", "{", "[", "[]", "7", whole} {
		if parts := localapi.Parts([]byte(as), 500); len(parts) != 1 || string(parts[0]) != as {
			t.Errorf("%q is parted into %q", as, parts)
		}
	}
}
