package jdsim

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sort"
	"strings"
	"testing"
	"time"
)

// noon is when the tests happen.
var noon = time.Date(2026, 11, 23, 16, 30, 0, 0, time.FixedZone("", 8*3600))

// open makes a gateway at noon that is closed with the test.
func open(t testing.TB, c Config) *Gateway {
	t.Helper()
	if c.Clock == nil {
		c.Clock = func() time.Time { return noon }
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// system returns good system parameters for the default merchant.
func system(method, args string) map[string]string {
	return map[string]string{
		"method": method, "app_key": DefaultAppKey, "access_token": DefaultAccessToken,
		"timestamp": "2026-11-23 16:30:00", "v": "2.0", "360buy_param_json": args,
	}
}

// sign is the rule once more, in the tests' own words.
func sign(p map[string]string, secret string) string {
	names := []string{}
	for n := range p {
		if p[n] != "" {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	s := secret
	for _, n := range names {
		s += n + p[n]
	}
	return fmt.Sprintf("%X", md5.Sum([]byte(s+secret)))
}

func form(p map[string]string) url.Values {
	v := url.Values{}
	for n, x := range p {
		v.Set(n, x)
	}
	return v
}

// post sends a form and returns the answer's body.
func post(t testing.TB, h http.Handler, query string, body url.Values) string {
	t.Helper()
	r := httptest.NewRequest("POST", Path+"?"+query, strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("status %d, want 200", w.Code)
	}
	return w.Body.String()
}

// signed sends a good call and returns the raw answer.
func signed(t testing.TB, h http.Handler, method string, args any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(args); err != nil {
		t.Fatal(err)
	}
	p := system(method, strings.TrimSpace(b.String()))
	p["sign"] = sign(p, DefaultAppSecret)
	return post(t, h, "", form(p))
}

// ask sends a good call and returns the answer below its root.
func ask(t testing.TB, h http.Handler, method string, args any) map[string]any {
	t.Helper()
	root := decode(t, signed(t, h, method, args))
	if method == "jingdong.ldop.alpha.waybill.receive" && root["statusCode"] != nil {
		return root
	}
	inner, ok := root[strings.ReplaceAll(method, ".", "_")+"_responce"].(map[string]any)
	if !ok || inner["code"] != "0" {
		t.Fatalf("%s: no good root in %v", method, root)
	}
	return inner
}

func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		t.Fatalf("answer %q: %v", text, err)
	}
	return root
}

// dig follows a path like "data.0.voucher".
func dig(t testing.TB, v any, path string) any {
	t.Helper()
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				t.Fatalf("%s: no element %q of %d", path, step, len(x))
			}
			v = x[i]
		default:
			t.Fatalf("%s: nothing at %q", path, step)
		}
	}
	return v
}

func gatewayCode(t testing.TB, body string) string {
	t.Helper()
	e, _ := decode(t, body)["error_response"].(map[string]any)
	code, _ := e["code"].(string)
	if code != "" && (e["zh_desc"] == "" || e["en_desc"] == "") {
		t.Errorf("error %s without a text", code)
	}
	return code
}

func TestSignatureVectors(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "249786309732", Paid: noon})
	a := form(map[string]string{
		"360buy_param_json": `{"optional_fields":"orderId,venderId,orderState,consigneeInfo,itemInfoList","order_id":"249786309732"}`,
		"access_token":      "ffffffffffffffffffffffffffffffff0001", "app_key": "0123456789ABCDEF0123456789ABCDEF",
		"format": "json", "method": "jingdong.pop.order.enGet", "timestamp": "2026-11-23 16:30:00", "v": "2.0",
		"sign": "D1C6F485659F27D4D2F4A61CA57A5445",
	})
	root := decode(t, post(t, g, "", a))
	if got := dig(t, root, "jingdong_pop_order_enGet_responce.orderDetailInfo.orderInfo.orderId"); got != "249786309732" {
		t.Errorf("A by POST: order %v", got)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, httptest.NewRequest("GET", Path+"?"+a.Encode(), nil))
	if code := gatewayCode(t, w.Body.String()); code != "" {
		t.Errorf("A by GET: error %s", code)
	}
	body := url.Values{"360buy_param_json": a["360buy_param_json"]}
	query := a
	query.Del("360buy_param_json")
	if code := gatewayCode(t, post(t, g, query.Encode(), body)); code != "" {
		t.Errorf("A with the system parameters in the query: error %s", code)
	}

	g = open(t, Config{AppKey: "K", AccessToken: "T"})
	b := form(map[string]string{
		"360buy_param_json": `{"content":"{\"providerCode\":\"YTO\",\"toAddress\":{\"contact\":\"张*\"}}"}`,
		"access_token":      "T", "app_key": "K", "method": "jingdong.ldop.alpha.waybill.receive",
		"timestamp": "2026-11-23 16:30:00.000+0800", "v": "2.0", "sign": "CCCAF5894ECD8EB36EB35976543E7831",
	})
	if got := decode(t, post(t, g, "", b))["statusCode"]; got != 1.0 {
		t.Errorf("B: statusCode %v, want 1 (fields are missing, the signature is good)", got)
	}
}

func TestGatewayErrors(t *testing.T) {
	g := open(t, Config{})
	const unsigned = "\x00"
	for _, row := range []struct{ name, field, value, want string }{
		{"good", "format", "json", ""},
		{"an empty field is not signed", "format", "", ""},
		{"no method", "method", "", "14"},
		{"unknown method", "method", "jingdong.pop.order.enget", "15"},
		{"no app key", "app_key", "", "20"},
		{"wrong app key", "app_key", "0123456789ABCDEF0123456789ABCDEE", "21"},
		{"no version", "v", "", "4"},
		{"wrong version", "v", "1.0", "5"},
		{"no timestamp", "timestamp", "", "7"},
		{"no time", "timestamp", "yesterday", "8"},
		{"six minutes early", "timestamp", "2026-11-23 16:24:00", ""},
		{"too early", "timestamp", "2026-11-23 16:23:59", "8"},
		{"too late", "timestamp", "2026-11-23 16:36:01.000+0800", "8"},
		{"another zone", "timestamp", "2026-11-23 08:30:00.000+0000", ""},
		{"UTC without saying so", "timestamp", "2026-11-23 08:30:00", "8"},
		{"no signature", unsigned, "", "11"},
		{"wrong signature", unsigned, "D1C6F485659F27D4D2F4A61CA57A5445", "12"},
		{"no token", "access_token", "", "18"},
		{"wrong token", "access_token", "T", "19"},
		{"no parameters", "360buy_param_json", "", "50"},
		{"parameters are a list", "360buy_param_json", "[]", "50"},
		{"parameters and more", "360buy_param_json", "{}{}", "50"},
		{"parameters are not UTF-8", "360buy_param_json", "{\"a\":\"\xff\"}", "50"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := system("jingdong.pop.order.enSearch", "{}")
			if row.field == unsigned {
				p["sign"] = row.value
			} else {
				p[row.field] = row.value
				p["sign"] = sign(p, DefaultAppSecret)
			}
			if got := gatewayCode(t, post(t, g, "", form(p))); got != row.want {
				t.Errorf("code %q, want %q", got, row.want)
			}
		})
	}
	p := system("jingdong.pop.order.enSearch", "{}")
	p["sign"] = sign(p, "another secret")
	if got := gatewayCode(t, post(t, g, "", form(p))); got != "12" {
		t.Errorf("signed with another secret: code %q, want 12", got)
	}
	delete(p, "sign")
	p["sign"] = strings.ToLower(sign(p, DefaultAppSecret))
	if got := gatewayCode(t, post(t, g, "", form(p))); got != "12" {
		t.Errorf("signed in lower case: code %q, want 12", got)
	}
	p["sign"] = strings.ToUpper(p["sign"])
	if got := gatewayCode(t, post(t, g, "", form(p))); got != "" {
		t.Errorf("signed in upper case: code %q", got)
	}
	if got := gatewayCode(t, post(t, g, "extra=1", form(p))); got != "12" {
		t.Errorf("with an unsigned field in the query: code %q, want 12", got)
	}
}

func TestHTTP(t *testing.T) {
	g := open(t, Config{})
	for _, row := range []struct {
		name, method, path, kind, body string
		want                           int
	}{
		{"another path", "GET", "/", "", "", 404},
		{"another verb", "PUT", Path, "", "", 405},
		{"a body without end", "POST", Path, "application/x-www-form-urlencoded", strings.Repeat("a", maxBody+1), 413},
		{"another type", "POST", Path, "application/json", `{"method":"x"}`, 200},
		{"percent signs that mean nothing", "POST", Path, "application/x-www-form-urlencoded", "method=%zz", 200},
	} {
		r := httptest.NewRequest(row.method, row.path, strings.NewReader(row.body))
		r.Header.Set("Content-Type", row.kind)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("%s: status %d, want %d", row.name, w.Code, row.want)
		}
		if row.want == 200 && gatewayCode(t, w.Body.String()) != "14" {
			t.Errorf("%s: %s, want code 14", row.name, w.Body)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	g := open(t, Config{})
	g.ExpireToken()
	if got := gatewayCode(t, signed(t, g, "jingdong.pop.order.enSearch", object{})); got != "19" {
		t.Errorf("expired token: code %q, want 19", got)
	}
	g.RenewToken(DefaultAccessToken)
	if got := gatewayCode(t, signed(t, g, "jingdong.pop.order.enSearch", object{})); got != "" {
		t.Errorf("renewed token: code %q", got)
	}
	if got := g.Calls("jingdong.pop.order.enSearch"); got != 1 {
		t.Errorf("Calls = %d, want 1", got)
	}
}

func TestTDEVectors(t *testing.T) {
	g := open(t, Config{})
	iv := []byte{0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f}
	for plain, want := range map[string]string{
		"13800001234": "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eHxsvlZnXQNS15T7/1eW5SA8=",
		"张三":          "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH4OVwKAmlrrudxLHMMs5gvU=",
		"广东广州市海珠区赤岗街道演示路1号": "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH5tyXqXGB8JzU3p08U7bNBFibdOVr4n8v4NvheX1sqvASn1ZpF14uIj+uYzwIcXELxyOtJo7afAWaX4FVgyl0W4=",
		"": "",
	} {
		if got := g.tde.sealWith(plain, iv); got != want {
			t.Errorf("seal(%q) = %s, want %s", plain, got, want)
		}
	}
	if a, b := g.tde.seal("张三"), g.tde.seal("张三"); a == b {
		t.Error("two fetches gave the same cipher text")
	}
}

func TestNewRefuses(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Config{
		"unknown provider":  {Contracts: []Contract{{ProviderCode: "XX", BranchCode: "1"}}},
		"JD as a contract":  {Contracts: []Contract{{ProviderCode: "JD", BranchCode: "1"}}},
		"no code":           {Contracts: []Contract{{ProviderCode: "ZTO"}}},
		"both codes":        {Contracts: []Contract{{ProviderCode: "ZTO", BranchCode: "1", SettlementCode: "1"}}},
		"unknown fault":     {Faults: []Fault{{Kind: "nap"}}},
		"fail without code": {Faults: []Fault{{Kind: Fail}}},
		"journal in a file": {JournalDir: file},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: New took it", name)
		}
	}
}

// serve runs a gateway behind a real server.
func serve(t *testing.T, g *Gateway) (do func(method string, args object) (string, error)) {
	t.Helper()
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	return func(method string, args object) (string, error) {
		p := system(method, string(encode(args)))
		p["sign"] = sign(p, DefaultAppSecret)
		r, err := s.Client().PostForm(s.URL+Path, form(p))
		if err != nil {
			return "", err
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err == nil && r.StatusCode != 200 {
			err = errors.New(r.Status)
		}
		return string(b), err
	}
}
