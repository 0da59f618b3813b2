package jdsim

import (
	"crypto/md5"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const (
	ecapPrefix = "/ecap/v1/orders/"
	vectorBody = `[{"cpCode":"JD","objectId":"d553f7a1-a0f2-4b00-92b4-1975f3b5a45e","parameters":{"ewCustomerCode":"010K0000000"},"wayBillInfos":[{"jdWayBillCode":"JDVC00000000001","orderNo":"249786309732","popFlag":1}]}]`
)

func TestLOPSignatureVectors(t *testing.T) {
	for algorithm, want := range map[string]string{
		"":           "882943c6822180963b6e19f4e0d75902",
		"md5-salt":   "882943c6822180963b6e19f4e0d75902",
		"HMacMD5":    "31dTFwCiCvQussNcFoGdrQ==",
		"HMacSHA1":   "8+/rL1mGvRSJNo2+Aii7l+uIsos=",
		"HMacSHA256": "uoLs4yIEoGZFEhoUJ5B1a2i6nFnGYKKZidXmf1f2krk=",
		"HMacSHA512": "St5+g/9zTCrvmpeeBtm98n+aKXAocZ1+JwLLFBQArXAe1DU9vS8Po5j2fgAfOZIMJ1R0ruJAkVHVx7/J/F7kQg==",
	} {
		q := params{"access_token": "aaaabbbbccccddddeeeeffff00001111", "app_key": "99998888777766665555444433332222",
			"timestamp": "2026-11-23 16:30:00", "v": "2.0", "algorithm": algorithm}
		if got, ok := lopSignature(q, DefaultAppSecret, "/PullDataService/pullData", []byte(vectorBody)); !ok || got != want {
			t.Errorf("%s: %s, want %s", algorithm, got, want)
		}
	}
	if _, ok := lopSignature(params{"algorithm": "sm3-salt"}, "", "", nil); ok {
		t.Error("sm3-salt went through")
	}
}

// lopRequest is a request to LOP; change has the last word before it is
// signed, then the sign is set unless change did.
type lopRequest struct {
	path, body string
	query      map[string]string
	header     map[string]string
}

func lopOf(path string, body any) lopRequest {
	text, ok := body.(string)
	if !ok {
		text = "[" + string(encode(body.(object))) + "]"
	}
	domain := "ECAP"
	if !strings.HasPrefix(path, "/ecap") {
		domain = "jdcloudprint"
	}
	return lopRequest{path, text, map[string]string{
		"LOP-DN": domain, "app_key": DefaultLOPAppKey, "access_token": DefaultLOPAccessToken, "timestamp": "2026-11-23 16:30:00", "v": "2.0",
	}, map[string]string{"lop-tz": "8", "Content-Type": "application/json;charset=utf-8"}}
}

func (r lopRequest) send(t testing.TB, g *Gateway) map[string]any {
	t.Helper()
	if r.query["sign"] == "" {
		r.query = maps.Clone(r.query)
		s := DefaultLOPAppSecret + "access_token" + r.query["access_token"] + "app_key" + r.query["app_key"] + "method" + r.path +
			"param_json" + r.body + "timestamp" + r.query["timestamp"] + "v" + r.query["v"] + DefaultLOPAppSecret
		r.query["sign"] = fmt.Sprintf("%x", md5.Sum([]byte(s)))
	}
	q := url.Values{}
	for n, v := range r.query {
		q.Set(n, v)
	}
	req := httptest.NewRequest("POST", r.path+"?"+q.Encode(), strings.NewReader(r.body))
	for n, v := range r.header {
		req.Header.Set(n, v)
	}
	w := httptest.NewRecorder()
	g.LOP().ServeHTTP(w, req)
	if w.Code != 200 || w.Header().Get("Lop-Trace-Id") == "" {
		t.Fatalf("%s: status %d, trace %q", r.path, w.Code, w.Header().Get("Lop-Trace-Id"))
	}
	return decode(t, w.Body.String())
}

func lop(t testing.TB, g *Gateway, path string, args object) map[string]any {
	t.Helper()
	return lopOf(path, args).send(t, g)
}

func TestLOPErrors(t *testing.T) {
	g := open(t, Config{LOPCodes: map[string]int{"12": 4012}})
	for _, row := range []struct {
		name        string
		part, field string
		value       string
		want        float64
	}{
		{"good", "query", "algorithm", "md5-salt", 0},
		{"another path", "path", "", "/ecap/v1/orders/nothing", 15},
		{"another domain", "query", "LOP-DN", "jdcloudprint", 24},
		{"no key", "query", "app_key", "", 20},
		{"another key", "query", "app_key", "x", 21},
		{"another version", "query", "v", "1.0", 5},
		{"no time", "query", "timestamp", "", 7},
		{"too late", "query", "timestamp", "2026-11-23 16:36:01", 8},
		{"another zone", "header", "lop-tz", "0", 8},
		{"no zone", "header", "lop-tz", "", 0},
		{"a zone that is none", "header", "lop-tz", "east", 8},
		{"another signature", "query", "sign", "882943c6822180963b6e19f4e0d75902", 4012},
		{"another algorithm", "query", "algorithm", "HMacSHA256", 4012},
		{"an unknown algorithm", "query", "algorithm", "sm3-salt", 4012},
		{"no token", "query", "access_token", "", 18},
		{"another token", "query", "access_token", DefaultAccessToken, 19},
		{"no array", "body", "", `{}`, 50},
		{"an empty array", "body", "", `[]`, 50},
		{"an array and more", "body", "", `[{}],"a":[{}]`, 50},
		{"an array in two", "body", "", `[{}]}{`, 50},
		{"another type", "header", "Content-Type", "text/plain", 50},
	} {
		r := lopOf(ecapPrefix+"status/get", object{"waybillCode": "x"})
		switch row.part {
		case "path":
			r.path = row.value
		case "body":
			r.body = row.value
		case "query":
			r.query[row.field] = row.value
		case "header":
			r.header[row.field] = row.value
		}
		got := r.send(t, g)
		e, _ := got["error_response"].(map[string]any)
		if row.want == 0 && e != nil || row.want != 0 && e["code"] != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
	w := httptest.NewRecorder()
	g.LOP().ServeHTTP(w, httptest.NewRequest("GET", ecapPrefix+"create", nil))
	if w.Code != 405 {
		t.Errorf("GET: status %d", w.Code)
	}
	g = open(t, Config{LOPPartner: true})
	r := lopOf(ecapPrefix+"status/get", object{"waybillCode": "x"})
	r.query["access_token"] = ""
	if got := r.send(t, g); got["error_response"] != nil {
		t.Errorf("a partner without a token: %v", got)
	}
	r.query["app_key"], r.query["access_token"], r.header["X-UseJosAuth"] = DefaultAppKey, DefaultAccessToken, "true"
	if got := r.send(t, g); got["error_response"] != nil {
		t.Errorf("with the authorisation of JOS: %v", got)
	}
}

func ecapOrder(id string) object {
	return object{
		"orderId": id, "orderOrigin": 1, "customerCode": DefaultCustomerCode, "settleType": 3,
		"senderContact":     object{"name": "演示仓", "mobile": "13800000000", "fullAddress": "上海闵行区演示路1号"},
		"receiverContact":   object{"name": "张三", "mobile": "13800001234", "fullAddress": "江苏南京市玄武区演示路1号"},
		"productsReq":       object{"productCode": "ed-m-0001", "addedProducts": []any{object{"productCode": "ed-a-0009", "productAttrs": object{"shouldPayMoney": "59.00"}}}},
		"cargoes":           []any{object{"name": "x", "quantity": 2, "weight": 1.5, "volume": 1000}},
		"commonChannelInfo": object{"channelCode": "0010001", "channelOrderCode": id},
	}
}

func TestECAP(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "1", OAID: "o1-1", HideNumber: true, Paid: noon}, Order{ID: "2", State: Cancelled, Paid: noon})
	pre := lop(t, g, ecapPrefix+"precheck", ecapOrder("1"))
	if pre["success"] != true || dig(t, pre, "data.preSortResult.targetSortCenterName") != "南京分拣中心" || dig(t, pre, "data.preSortResult.isHideContractNumbers") != 1.0 {
		t.Errorf("precheck %v", pre)
	}
	if len(g.Journal()) != 0 {
		t.Error("precheck took a number")
	}
	made := lop(t, g, ecapPrefix+"create", ecapOrder("1"))
	number, _ := dig(t, made, "data.waybillCode").(string)
	code := dig(t, made, "data.orderCode")
	if made["success"] != true || made["code"] != 0.0 || !strings.HasPrefix(number, "JDVC") || dig(t, made, "data.needRetry") != false {
		t.Fatalf("create %v", made)
	}
	if e := g.Journal()[0]; e.Packages != 2 || e.Collect != "59.00" || e.Order != "1" || e.Carrier != "JD" {
		t.Errorf("journal %+v", e)
	}
	if again := dig(t, ask(t, g, express, parcelOf("1")), "receiveorderinfo_result.deliveryId"); again != number {
		t.Errorf("the same order by JOS: %v, want %s", again, number)
	}
	for _, row := range []struct {
		field string
		value any
	}{
		{"orderId", ""}, {"orderId", strings.Repeat("1", 51)}, {"orderOrigin", 3}, {"customerCode", "x"}, {"settleType", 4}, {"cargoes", []any{}},
		{"productsReq", object{}}, {"remark", strings.Repeat("长", 501)}, {"commonChannelInfo.channelCode", "x"}, {"commonChannelInfo.channelOrderCode", ""},
		{"receiverContact.name", ""}, {"receiverContact.mobile", "138****1234"}, {"receiverContact.mobile", ""}, {"cargoes", []any{object{"quantity": 0}}},
	} {
		if got := lop(t, g, ecapPrefix+"create", with(ecapOrder("1"), row.field, row.value)); got["success"] != false || got["code"] != 1001.0 {
			t.Errorf("%s = %v: %v", row.field, row.value, got)
		}
	}
	masked := with(with(ecapOrder("1"), "receiverContact.mobile", "138****1234"), "extendProps", object{"oaid": "o1-1"})
	if got := lop(t, g, ecapPrefix+"create", masked); got["success"] != true {
		t.Errorf("masked with an oaid: %v", got)
	}
	if got := lop(t, g, ecapPrefix+"create", ecapOrder("2")); got["code"] != 2001.0 {
		t.Errorf("a cancelled order: %v", got)
	}
	if got := lop(t, g, ecapPrefix+"modify", object{"waybillCode": number, "receiverContact": object{"name": "李四测", "mobile": "13800000002", "fullAddress": "江苏南京市演示路2号"}}); got["success"] != true {
		t.Errorf("modify %v", got)
	}
	if got := lop(t, g, ecapPrefix+"status/get", object{"orderCode": code}); dig(t, got, "data.status") != 100.0 || dig(t, got, "data.waybillCode") != number {
		t.Errorf("status %v", got)
	}
	for i, want := range []bool{true, false} {
		if got := lop(t, g, ecapPrefix+"cancel", object{"waybillCode": number, "cancelReason": "x", "cancelType": 1}); got["success"] != want {
			t.Errorf("cancel %d: %v", i+1, got)
		}
	}
	for path, want := range map[string]bool{"status/get": true, "trace/query": true, "modify": false} {
		if got := lop(t, g, ecapPrefix+path, object{"waybillCode": number}); got["success"] != want {
			t.Errorf("%s of a cancelled number: %v", path, got)
		}
		if got := lop(t, g, ecapPrefix+path, object{"waybillCode": "x"}); got["success"] != false {
			t.Errorf("%s of no number: %v", path, got)
		}
	}
	strict := open(t, Config{Dialect: Dialect{RefuseSameOrderID: true}})
	lop(t, strict, ecapPrefix+"create", ecapOrder("1"))
	if got := lop(t, strict, ecapPrefix+"create", ecapOrder("1")); got["success"] != false || len(strict.Journal()) != 1 {
		t.Errorf("the same orderId: %v", got)
	}
}

func TestPrefetchedNumbers(t *testing.T) {
	dir := t.TempDir()
	g := open(t, Config{JournalDir: dir})
	got := lop(t, g, ecapPrefix+"pregetwaybillcodes", object{"customerCode": DefaultCustomerCode, "count": 2})
	first, second := dig(t, got, "data.waybillCodes.0").(string), dig(t, got, "data.waybillCodes.1").(string)
	if made := lop(t, g, ecapPrefix+"create", with(ecapOrder("1"), "waybillCode", first)); dig(t, made, "data.waybillCode") != first {
		t.Errorf("created with %s: %v", first, made)
	}
	for name, code := range map[string]string{"used": first, "made up": "JDVC1"} {
		if got := lop(t, g, ecapPrefix+"create", with(ecapOrder("2"), "waybillCode", code)); got["success"] != false {
			t.Errorf("a number that is %s: %v", name, got)
		}
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g = open(t, Config{JournalDir: dir})
	fresh := dig(t, lop(t, g, ecapPrefix+"create", ecapOrder("3")), "data.waybillCode")
	if fresh == first || fresh == second {
		t.Errorf("after a restart %v once more", fresh)
	}
	if made := lop(t, g, ecapPrefix+"create", with(ecapOrder("2"), "waybillCode", second)); dig(t, made, "data.waybillCode") != second {
		t.Errorf("after a restart, created with %s: %v", second, made)
	}
	if got := lop(t, g, ecapPrefix+"pregetwaybillcodes", object{"customerCode": DefaultCustomerCode, "count": 101}); got["success"] != false {
		t.Errorf("101 numbers: %v", got)
	}
}

func TestLOPMisbehaves(t *testing.T) {
	g := open(t, Config{Faults: []Fault{
		{Kind: Fail, Method: ecapPrefix + "create", Code: "2", Times: 1},
		{Kind: Refuse, Method: ecapPrefix + "create", Code: "2001", Message: "x", Times: 1, Late: true},
	}})
	if got := dig(t, lop(t, g, ecapPrefix+"create", ecapOrder("1")), "error_response.code"); got != 2.0 {
		t.Errorf("code %v, want the number 2", got)
	}
	if got := lop(t, g, ecapPrefix+"create", ecapOrder("1")); got["msg"] != "x" || len(g.Journal()) != 1 {
		t.Errorf("refused late: %v, journal %v", got, g.Journal())
	}
	if got := lop(t, g, ecapPrefix+"create", ecapOrder("1")); got["success"] != true || g.Calls(ecapPrefix+"create") != 3 {
		t.Errorf("once it behaves: %v", got)
	}
}
