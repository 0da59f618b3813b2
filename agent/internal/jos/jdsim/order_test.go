package jdsim

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	enSearch = "jingdong.pop.order.enSearch"
	enGet    = "jingdong.pop.order.enGet"
	shipCall = "jingdong.pop.order.shipment"
)

var zhang = Person{
	Name: "张三", Mobile: "13800001234", Province: "广东", City: "广州市", County: "海珠区", Town: "赤岗街道",
	Address: "演示路1号", ProvinceID: 19, CityID: 1601, CountyID: 3634, TownID: 63199,
}

// unseal opens a field with the key that a client would have fetched.
func unseal(t *testing.T, text string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < 50 || b[0] != 0 || b[1] != 4 {
		t.Fatalf("%q is no sealed field", text)
	}
	block, err := aes.NewCipher([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	if err != nil {
		t.Fatal(err)
	}
	plain := b[34:]
	cipher.NewCBCDecrypter(block, b[18:34]).CryptBlocks(plain, plain)
	return string(plain[:len(plain)-int(plain[len(plain)-1])])
}

func TestConsigneeModes(t *testing.T) {
	g := open(t, Config{})
	same := func(_ *testing.T, s string) string { return s }
	for _, row := range []struct {
		name             Mode
		text, phone      func(*testing.T, string) string
		fullname, mobile string
		oaid             bool
	}{
		{MaskedOAID, unseal, same, "张三", "138*******4", true},
		{MaskedOnly, unseal, same, "张三", "138*******4", false},
		{Sealed, unseal, unseal, "张三", "13800001234", false},
		{Plain, same, same, "张三", "13800001234", false},
		{Virtual, same, same, "张三[4740]", "17000000000-4740", true},
	} {
		o := Order{ID: "1", Receiver: zhang, Mode: row.name, Paid: noon}
		if row.name == Virtual {
			o.Virtual = "17000000000-4740"
		}
		g.AddOrder(o)
		who := dig(t, ask(t, g, enGet, object{"order_id": "1", "optional_fields": "consigneeInfo"}), "orderDetailInfo.orderInfo.consigneeInfo").(map[string]any)
		str := func(n string) string { s, _ := who[n].(string); return s }
		if got := row.text(t, str("fullname")); got != row.fullname {
			t.Errorf("%q: fullname %q, want %q", row.name, got, row.fullname)
		}
		for _, n := range []string{"mobile", "telephone"} {
			if got := row.phone(t, str(n)); got != row.mobile {
				t.Errorf("%q: %s %q, want %q", row.name, n, got, row.mobile)
			}
		}
		if got := row.text(t, str("fullAddress")); !strings.HasPrefix(got, "广东广州市海珠区赤岗街道演示路1号") {
			t.Errorf("%q: fullAddress %q", row.name, got)
		}
		if got := str("oaid") != ""; got != row.oaid {
			t.Errorf("%q: has an oaid: %v, want %v", row.name, got, row.oaid)
		}
		if len(str("desen_mobile")) != 70 || str("cityId") != "1601" {
			t.Errorf("%q: desen_mobile %q, cityId %q", row.name, str("desen_mobile"), str("cityId"))
		}
	}
	if !g.SetMode("1", MaskedOAID) {
		t.Error("SetMode does not find the order")
	}
	if o, _ := g.Order("1"); o.OAID == "" {
		t.Error("SetMode(MaskedOAID) made no oaid")
	}
}

// ids returns the orders of a page of enSearch.
func ids(t *testing.T, g *Gateway, args object) (list []string, total float64) {
	t.Helper()
	r := dig(t, ask(t, g, enSearch, args), "searchorderinfo_result").(map[string]any)
	for _, o := range r["orderInfoList"].([]any) {
		list = append(list, o.(map[string]any)["orderId"].(string))
	}
	return list, r["orderTotal"].(float64)
}

func TestSearch(t *testing.T) {
	g := open(t, Config{})
	for i, id := range []string{"1", "2", "3", "4"} {
		at := noon.Add(time.Duration(i) * time.Hour)
		g.AddOrder(Order{ID: id, Started: at.Add(-24 * time.Hour), Paid: at, Twice: id == "2"})
	}
	g.AddOrder(Order{ID: "5", State: Cancelled, Paid: noon})
	for _, row := range []struct {
		name  string
		args  object
		want  string
		total float64
	}{
		{"all to ship, earliest first, the second twice", object{"order_state": ToShip}, "1 2 3 4 2", 5},
		{"latest first", object{"order_state": ToShip, "sortType": "1"}, "4 3 2 1 2", 5},
		{"two states", object{"order_state": Cancelled + "," + Shipped}, "5", 1},
		{"first page", object{"order_state": ToShip, "page": 1, "page_size": "3"}, "1 2 3", 5},
		{"second page", object{"order_state": ToShip, "page": "2", "page_size": 3}, "4 2", 5},
		{"no page", object{"order_state": ToShip, "page": 9, "page_size": 3}, "", 5},
		{"modified", object{"start_date": "2026-11-23 17:30:00", "end_date": "2026-11-23 18:30:00"}, "2 3 2", 3},
		{"created", object{"start_date": "2026-11-22 16:30:00", "end_date": "2026-11-22 16:30:00", "dateType": 1}, "1", 1},
	} {
		got, total := ids(t, g, row.args)
		if strings.Join(got, " ") != row.want || total != row.total {
			t.Errorf("%s: %v of %v, want %s of %v", row.name, got, total, row.want, row.total)
		}
	}
	for name, args := range map[string]object{
		"large page":    {"page_size": 101},
		"page nought":   {"page": 0},
		"long window":   {"start_date": "2026-10-01 00:00:00", "end_date": "2026-11-23 00:00:00"},
		"half a window": {"start_date": "2026-10-01 00:00:00"},
		"wrong way":     {"start_date": "2026-11-23 00:00:00", "end_date": "2026-11-22 00:00:00"},
	} {
		if got := dig(t, ask(t, g, enSearch, args), "searchorderinfo_result.apiResult.success"); got != false {
			t.Errorf("%s: success %v, want false", name, got)
		}
	}
	n := 0
	for _, e := range g.Journal() {
		if e.Event == Served && e.Order == "2" {
			n++
		}
	}
	if n != 8 {
		t.Errorf("the journal has order 2 served %d times, want 8", n)
	}
}

func TestOptionalFields(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "1", Paid: noon, Extra: map[string]any{"sendpayMap": `{"34":"3"}`}})
	o := dig(t, ask(t, g, enGet, object{"order_id": 1, "optional_fields": "orderState, sendpayMap,orderEndTime,nonsense"}), "orderDetailInfo.orderInfo").(map[string]any)
	want := map[string]any{"orderId": "1", "orderState": ToShip, "sendpayMap": `{"34":"3"}`, "orderEndTime": "0001-01-01 00:00:00"}
	if len(o) != len(want) {
		t.Errorf("fields %v, want %v", o, want)
	}
	for n, v := range want {
		if o[n] != v {
			t.Errorf("%s = %v, want %v", n, o[n], v)
		}
	}
	for _, args := range []object{{}, {"order_id": "2"}, {"order_id": "1", "order_state": Shipped}} {
		if got := dig(t, ask(t, g, enGet, args), "orderDetailInfo.apiResult.success"); got != false {
			t.Errorf("enGet %v: success %v, want false", args, got)
		}
	}
}

func TestShipment(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "1", Paid: noon}, Order{ID: "2", State: Cancelled, Paid: noon}, Order{ID: "3", Paid: noon})
	for _, row := range []struct {
		name string
		args object
		want string
	}{
		{"no order", object{"logiCoprId": "463", "logiNo": "YT1"}, "参数错误：orderId 不能为空"},
		{"the name spelt right", object{"orderId": "1", "logiCorpId": "463", "logiNo": "YT1"}, "参数错误：logiCoprId 不能为空"},
		{"a code for an id", object{"orderId": "1", "logiCoprId": "YTO", "logiNo": "YT1"}, "参数错误：logiCoprId 不是承运商编号"},
		{"no number", object{"orderId": "1", "logiCoprId": "463"}, "参数错误：logiNo 不能为空"},
		{"unknown", object{"orderId": "9", "logiCoprId": "463", "logiNo": "YT1"}, "订单不存在"},
		{"cancelled", object{"orderId": "2", "logiCoprId": "463", "logiNo": "YT1"}, "订单状态不允许出库"},
		{"good", object{"orderId": "1", "logiCoprId": 463, "logiNo": "YT1"}, ""},
		{"again", object{"orderId": "1", "logiCoprId": 463, "logiNo": "YT1"}, "订单已出库"},
		{"by ourselves", object{"orderId": "3", "logiCoprId": "1274"}, ""},
	} {
		r := dig(t, ask(t, g, shipCall, row.args), "sopjosshipment_result").(map[string]any)
		if r["success"] != (row.want == "") || r["chineseErrCode"] != row.want {
			t.Errorf("%s: %v, want %q", row.name, r, row.want)
		}
	}
	if o, _ := g.Order("1"); o.State != Shipped || o.Waybill != "YT1" || o.Carrier != "463" {
		t.Errorf("the order is %s %s %s", o.State, o.Carrier, o.Waybill)
	}
	j := g.Journal()
	if len(j) != 9 || j[5].Refused != "订单状态不允许出库" || j[6].Refused != "" || j[6].Number != "YT1" {
		t.Errorf("journal %+v", j)
	}
	snake := open(t, Config{Dialect: Dialect{SnakeShipment: true}})
	if got := dig(t, ask(t, snake, shipCall, object{}), "sopjosshipment_result.error_code"); got != "1" {
		t.Errorf("snake case: error_code %v", got)
	}
}

func TestKeys(t *testing.T) {
	g := open(t, Config{})
	inner := ask(t, g, "jingdong.jos.voucher.info.get", object{"access_token": DefaultAccessToken})
	b, err := base64.StdEncoding.DecodeString(dig(t, inner, "response.data.voucher").(string))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Sig  []byte
		Data json.RawMessage
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	public, err := g.VoucherKey()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(v.Data)
	if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], v.Sig); err != nil {
		t.Errorf("the voucher's signature: %v", err)
	}
	data := decode(t, string(v.Data))
	if data["id"] != "demo-tid" || data["key"] != "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" || data["service"] != "svc-demo" {
		t.Errorf("voucher %s", v.Data)
	}

	const vector = "yRoqT8mIFxs04flP2bNoaOxTBmH9/tMuVoSkragTOjU="
	args := object{"sdk_ver": 2, "ts": 1795422600000, "tid": "demo-tid", "sig": vector}
	inner = ask(t, g, "jingdong.jos.master.key.get", args)
	key := dig(t, inner, "response.service_key_list.0.keys.0").(map[string]any)
	if key["id"] != "haTjORUf5DKvoWRJjR3NqQ==" || key["key_string"] != "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" ||
		key["key_digest"] != "Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=" {
		t.Errorf("key %v", key)
	}
	for _, row := range []struct {
		name, field string
		value       any
		want        float64
	}{
		{"another time", "ts", 1795422600001, 305},
		{"another version", "sdk_ver", 4, 305},
		{"no signature", "sig", "", 305},
		{"no time", "ts", "now", 305},
		{"another voucher", "tid", "demo", 101},
	} {
		wrong := object{"sdk_ver": 2, "ts": 1795422600000, "tid": "demo-tid", "sig": vector}
		wrong[row.field] = row.value
		if got := dig(t, ask(t, g, "jingdong.jos.master.key.get", wrong), "response.status_code"); got != row.want {
			t.Errorf("%s: status_code %v, want %v", row.name, got, row.want)
		}
	}
	if got := dig(t, ask(t, g, "jingdong.jos.voucher.info.get", object{"access_token": "T"}), "response.errorCode"); got == "0" {
		t.Error("a voucher for another token")
	}
	quoted := open(t, Config{VoucherID: `a"<b`})
	h := hmac.New(sha256.New, []byte("0123456789abcdef0123456789abcdef"))
	h.Write([]byte(`{"sdk_ver":1,"ts":2,"tid":"a\"<b"}`))
	if got, want := quoted.keySignature(1, 2, `a"<b`), base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("signature over an id with a quote = %s, want %s", got, want)
	}
}

func TestDecrypt(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(
		Order{ID: "249786309732", Receiver: zhang, OAID: "o1-demo-oaid-0001", Paid: noon, Virtual: "17000000000-4740"},
		Order{ID: "2", Receiver: zhang, OAID: "o1-2", Paid: noon},
	)
	request := func(pairs ...string) object {
		infos := []any{}
		for pair := range slices.Chunk(pairs, 2) {
			infos = append(infos, object{"orderId": json.Number(pair[0]), "oaid": pair[1]})
		}
		return object{"getReceiverInfoListReqVO": object{"orderType": "22", "orderInfos": infos}}
	}
	const name = "jingdong.jos.order.oaid.decrypt"
	data := dig(t, ask(t, g, name, request("249786309732", "o1-demo-oaid-0001", "2", "o1-2")), "returnType.data").([]any)
	first, second := data[0].(map[string]any), data[1].(map[string]any)
	if first["customerName"] != "张三[4740]" || first["consMobilePhone"] != "17000000000-4740" || first["privacyProtection"] != true ||
		first["consMobilePhoneFuzzy"] != "138****1234" || first["expiration"] != "2026-12-23 16:30:00" || first["orderId"] != 249786309732.0 {
		t.Errorf("virtual: %v", first)
	}
	if second["customerName"] != "张三" || second["consMobilePhone"] != "13800001234" || second["privacyProtection"] != false {
		t.Errorf("real: %v", second)
	}
	for _, args := range []object{{}, request(), request("2", "o1-demo-oaid-0001"), request("3", "")} {
		if got := dig(t, ask(t, g, name, args), "returnType.code"); got != 1.0 {
			t.Errorf("%v: code %v, want 1", args, got)
		}
	}
}
