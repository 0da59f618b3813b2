package jdsim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	oaidDecrypt = "jingdong.jos.order.oaid.decrypt"
	mobileList  = "jingdong.pop.order.getmobilelist"
)

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func decryptOne(id, oaid string) object {
	return object{"getReceiverInfoListReqVO": object{"orderType": "22", "orderInfos": []any{object{"orderId": json.Number(id), "oaid": oaid}}}}
}

// seen asks for one order's receiver; the clock of ask is the tests' own, so
// the gateway's must stay within the allowed skew of noon.
func seen(t *testing.T, g *Gateway, id string) (phone, name, until string, code float64) {
	t.Helper()
	o, _ := g.Order(id)
	r := dig(t, g.direct(t, oaidDecrypt, decryptOne(id, o.OAID)), "returnType").(map[string]any)
	code = r["code"].(float64)
	if code != 200 {
		return "", "", "", code
	}
	d := dig(t, r, "data.0").(map[string]any)
	return d["consMobilePhone"].(string), d["customerName"].(string), d["expiration"].(string), code
}

// direct runs a method past the signature, whatever the clock says.
func (g *Gateway) direct(t *testing.T, method string, args object) map[string]any {
	t.Helper()
	parsed, ok := parseObject(string(encode(args)))
	if !ok {
		t.Fatalf("arguments %v", args)
	}
	root := decode(t, string(g.do(&call{method: method, args: parsed, now: g.config.Clock(), door: g.jos})))
	for _, inner := range root {
		return inner.(map[string]any)
	}
	t.Fatal("an empty answer")
	return nil
}

func TestVirtualNumberLives(t *testing.T) {
	c := &clock{noon}
	g := open(t, Config{Clock: c.time})
	g.AddOrder(Order{ID: "1", Receiver: zhang, Paid: noon, Virtual: "17000000000-4740", LateExtension: true})

	step := func(name, phone, receiver, until string) {
		t.Helper()
		p, n, u, code := seen(t, g, "1")
		if p != phone || n != receiver || u != until || code != 200 {
			t.Errorf("%s: %s %s until %s, code %v; want %s %s until %s", name, p, n, u, code, phone, receiver, until)
		}
	}
	step("first bind", "17000000000", "张三", "2026-12-23 16:30:00")
	c.now = c.now.Add(500 * time.Millisecond)
	step("half a second later", "17000000000", "张三", "2026-12-23 16:30:00")
	c.now = c.now.Add(500 * time.Millisecond)
	step("a second later", "17000000000-4740", "张三[4740]", "2026-12-23 16:30:00")
	c.now = noon.Add(virtualFor)
	step("lapsed, bound again", "17000000000", "张三", "2027-01-22 16:30:00")
	c.now = c.now.Add(time.Second)
	step("with another extension", "17000000000-5977", "张三[5977]", "2027-01-22 16:30:00")
	if !g.LapseVirtual("1") || g.LapseVirtual("1") {
		t.Error("LapseVirtual ends the number twice or never")
	}
	c.now = c.now.Add(time.Hour)
	step("bound again after lapsing", "17000000000", "张三", "2027-01-22 17:30:01")

	g.Update("1", func(o *Order) { o.State, o.Ended, o.LateExtension = Finished, c.now, false })
	g.LapseVirtual("1")
	c.now = c.now.AddDate(0, 2, 0)
	if _, _, until, _ := seen(t, g, "1"); until != stamp(c.now.Add(48*time.Hour)) {
		t.Errorf("of a finished order the number lives until %s, want 48 hours", until)
	}
	c.now = c.now.AddDate(0, 1, 1)
	if _, _, _, code := seen(t, g, "1"); code != 4 {
		t.Errorf("three months after the end: code %v, want 4", code)
	}
	g.Update("1", func(o *Order) { o.AfterSale = true })
	if _, _, until, _ := seen(t, g, "1"); until != stamp(c.now.Add(15*24*time.Hour)) {
		t.Errorf("of an after-sales order the number lives until %s, want 15 days", until)
	}
}

func TestExtensionBySecondCall(t *testing.T) {
	g := open(t, Config{ExtensionAfter: -1})
	g.AddOrder(Order{ID: "1", Receiver: zhang, Paid: noon, Virtual: "17000000000-4740", LateExtension: true})
	first, _, _, _ := seen(t, g, "1")
	second, _, _, _ := seen(t, g, "1")
	if first != "17000000000" || second != "17000000000-4740" {
		t.Errorf("%s, then %s", first, second)
	}
}

func TestVirtualNumberSurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	c := &clock{noon}
	orders := Order{ID: "1", Receiver: zhang, Paid: noon, Virtual: "17000000000-4740"}
	g := open(t, Config{Clock: c.time, JournalDir: dir})
	g.AddOrder(orders)
	seen(t, g, "1")
	c.now = c.now.Add(virtualFor)
	want, _, until, _ := seen(t, g, "1")
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g = open(t, Config{Clock: c.time, JournalDir: dir})
	g.AddOrder(orders)
	if got, _, u, _ := seen(t, g, "1"); got != want || u != until {
		t.Errorf("after a restart %s until %s, want %s until %s", got, u, want, until)
	}
}

func TestDecryptQuota(t *testing.T) {
	c := &clock{noon}
	g := open(t, Config{Clock: c.time, DecryptsPerDay: 2})
	g.AddOrder(Order{ID: "1", Receiver: zhang, Paid: noon}, Order{ID: "2", Receiver: zhang, Paid: noon})
	for i, want := range []float64{200, 200, 3} {
		if _, _, _, code := seen(t, g, "1"); code != want {
			t.Errorf("call %d: code %v, want %v", i+1, code, want)
		}
	}
	if got := dig(t, g.direct(t, mobileList, object{"orderId": "1"}), "returnType.code"); got != 3.0 {
		t.Errorf("getmobilelist beyond the quota: code %v, want 3", got)
	}
	c.now = c.now.Add(8 * time.Hour) // past midnight in Beijing
	if _, _, _, code := seen(t, g, "1"); code != 200 {
		t.Errorf("on the next day: code %v", code)
	}
}

func TestMobileList(t *testing.T) {
	g := open(t, Config{})
	landline := zhang
	landline.Mobile, landline.Telephone = "", "0431-80000014"
	g.AddOrder(
		Order{ID: "1", Receiver: zhang, Paid: noon, Virtual: "17000000000-4740"},
		Order{ID: "2", Receiver: landline, Paid: noon}, Order{ID: "3", Receiver: zhang, Mode: MaskedOnly},
	)
	for _, ids := range []any{"1,2", []any{"1", 2}} {
		data := dig(t, ask(t, g, mobileList, object{"orderId": ids, "appName": "x"}), "returnType.data").(map[string]any)
		one, two := data["1"].(map[string]any), data["2"].(map[string]any)
		if one["oderId"] != "1" || one["consMobilePhone"] != "17000000000-4740" || one["expiration"] != "2026-12-23 16:30:00" || one["consMobilePhoneFuzzy"] != "138****1234" {
			t.Errorf("%v: virtual %v", ids, one)
		}
		if two["consMobilePhone"] != "" || two["customerPhone"] != "0431-80000014" || two["expiration"] != "" {
			t.Errorf("%v: landline %v", ids, two)
		}
	}
	for _, ids := range []any{"", "9", "3", strings.Repeat("1,", 51)} {
		if got := dig(t, ask(t, g, mobileList, object{"orderId": ids}), "returnType.code"); got != 1.0 {
			t.Errorf("%v: code %v, want 1", ids, got)
		}
	}
}

func TestFlatOAID(t *testing.T) {
	g := open(t, Config{Dialect: Dialect{FlatOAID: true}})
	g.AddOrder(Order{ID: "1", Type: "21", Receiver: zhang, OAID: "a"}, Order{ID: "2", Receiver: zhang, OAID: "b"})
	for id, want := range map[string][2]any{"1": {"a", nil}, "2": {nil, "b"}} {
		o := dig(t, ask(t, g, enGet, object{"order_id": id, "optional_fields": "orderType,consigneeInfo"}), "orderDetailInfo.orderInfo").(object)
		c := o["consigneeInfo"].(object)
		if o["oaid"] != want[0] || c["oaid"] != want[1] {
			t.Errorf("order %s: oaid %v on it, %v under the consignee", id, o["oaid"], c["oaid"])
		}
		on, under := []any{o["desen_mobile"], o["desen_phone"]}, []any{c["desen_mobile"], c["desen_telephone"]}
		if id == "2" {
			on, under = under, on
		}
		for i := range on {
			if s, ok := on[i].(string); !ok || len(s) != 70 || under[i] != nil {
				t.Errorf("order %s: indexes %v and %v", id, on, under)
			}
		}
	}
	if o := dig(t, ask(t, g, enGet, object{"order_id": "1", "optional_fields": "orderType"}), "orderDetailInfo.orderInfo").(object); len(o) != 2 {
		t.Errorf("not asked for, and given: %v", o)
	}
}

func TestMergeAndWaiting(t *testing.T) {
	g := open(t, Config{})
	other := zhang
	other.Address = "演示路2号"
	g.AddOrder(Order{ID: "1", Receiver: zhang, OAID: "a"}, Order{ID: "2", Receiver: other, OAID: "b", State: Locked}, Order{ID: "3", Receiver: zhang, OAID: "c"})
	request := func(pairs ...string) object {
		l := []any{}
		for i := 0; i < len(pairs); i += 2 {
			l = append(l, object{"orderId": pairs[i], "oaid": pairs[i+1]})
		}
		return object{"request": object{"venderId": DefaultVendorID, "mergeList": l}}
	}
	const merge = "jingdong.jos.order.oaid.merge"
	got := dig(t, ask(t, g, merge, request("1", "a", "2", "b", "3", "c")), "returnType.data.mergeResults").([]any)
	if len(got) != 2 || len(dig(t, got, "0.mergeOrderIds").([]any)) != 2 || dig(t, got, "0.mergeOrderIds.1") != "3" || dig(t, got, "1.mergeOrderIds.0") != "2" {
		t.Errorf("merged %v", got)
	}
	for _, args := range []object{{}, request(), request("1", "b"), {"request": object{"venderId": "1"}}} {
		if code := dig(t, ask(t, g, merge, args), "returnType.code"); code != 1.0 {
			t.Errorf("%v: code %v, want 1", args, code)
		}
	}
	const waiting = "jingdong.jos.order.oaid.waiting"
	same := zhang
	same.Mobile = "13800009999"
	g.AddOrder(Order{ID: "4", Receiver: same, OAID: "d"}, Order{ID: "5", Receiver: zhang, OAID: "e", State: Shipped}, Order{ID: "6", Receiver: zhang, Mode: MaskedOnly})
	for _, test := range []struct {
		id        string
		telephone any
		want      []any
	}{
		{"1", true, []any{"3"}}, {"1", "false", []any{"3", "4"}}, {"2", true, []any{}}, {"5", "true", []any{"1", "3"}},
	} {
		got := []any{}
		for _, other := range dig(t, ask(t, g, waiting, object{"orderId": test.id, "isTelephoneCalculate": test.telephone}), "returnType.data.orderIdList").([]any) {
			got = append(got, other.(object)["orderId"])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("with order %s wait %v, want %v", test.id, got, test.want)
		}
	}
	if code := dig(t, ask(t, g, waiting, object{"orderId": "9"}), "returnType.code"); code != 1.0 {
		t.Errorf("an unknown order waits: code %v", code)
	}
}

func TestCallsPerDay(t *testing.T) {
	c := &clock{noon}
	g := open(t, Config{Clock: c.time, CallsPerDay: 2})
	for i, want := range []string{"", "", "2"} {
		if got := gatewayCode(t, signed(t, g, enSearch, object{})); got != want {
			t.Errorf("call %d: code %q, want %q", i+1, got, want)
		}
	}
	if got := g.Calls(enSearch); got != 2 {
		t.Errorf("Calls = %d, want 2", got)
	}
	if n := g.today.count(noon.Add(8*time.Hour), 1); n != 1 {
		t.Errorf("the next day begins with %d calls", n)
	}
}

func TestPagesShift(t *testing.T) {
	c := &clock{noon.Add(time.Minute)}
	g := open(t, Config{Clock: c.time, Faults: []Fault{{Kind: Shift, Times: 1}}})
	for _, id := range []string{"1", "2", "3"} {
		g.AddOrder(Order{ID: id, Paid: noon})
	}
	first, _ := ids(t, g, object{"page_size": 3})
	moved := 0
	for _, id := range first {
		if o, _ := g.Order(id); o.Modified.Equal(c.now) {
			moved++
		}
	}
	if moved != 1 {
		t.Errorf("%d orders moved, want 1", moved)
	}
}

func TestHeldOrders(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(
		Order{ID: "1", State: Paused, Pauses: []string{"3", "7"}, PayType: PayOnDelivery, Parent: "9", DirectParent: "8"},
		Order{ID: "2", State: Locked}, Order{ID: "3", State: PausedJD},
	)
	o := dig(t, ask(t, g, enGet, object{"order_id": "1", "optional_fields": "pauseBizInfo,payType,parentOrderId,directParentOrderId,orderStateRemark"}), "orderDetailInfo.orderInfo")
	for path, want := range map[string]any{
		"pauseBizInfo.pauseBizStatusList.1": "7", "payType": "1-货到付款", "parentOrderId": "9", "directParentOrderId": "8", "orderStateRemark": "暂停",
	} {
		if got := dig(t, o, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	if got, _ := ids(t, g, object{"order_state": ToShip}); len(got) != 0 {
		t.Errorf("orders that are held up are to be shipped: %v", got)
	}
	if got, _ := ids(t, g, object{"order_state": "LOCKED,PAUSE,POP_ORDER_PAUSE"}); len(got) != 3 {
		t.Errorf("held up: %v, want three", got)
	}
}
