package kuaidi100sim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	at   = "1795392000000"
	good = `{"printType":"NON","kuaidicom":"zhongtong","orderId":"T1","reorder":false,"partnerId":"DEMO0000001","partnerKey":"demo-partner-key-0001",` +
		`"recMan":{"name":"演示张三","mobile":"13800001234","printAddr":"江苏省苏州市昆山市演示大道88号"},"sendMan":{"name":"演示仓","tel":"021-80000001","province":"上海","city":"上海市","addr":"演示路1号"}}`
)

// post sends a form and returns the code and the data of the answer.
func post(t *testing.T, g *Gateway, form url.Values) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	var a struct {
		Success bool           `json:"success"`
		Code    int            `json:"code"`
		Data    map[string]any `json:"data"`
	}
	b, _ := io.ReadAll(w.Body)
	if err := json.Unmarshal(b, &a); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, b)
	}
	if a.Success != (a.Code == done || a.Code == repeated) {
		t.Errorf("success %v with code %d", a.Success, a.Code)
	}
	return a.Code, a.Data
}

func form(g *Gateway, param string) url.Values {
	return url.Values{"method": {"order"}, "key": {DefaultKey}, "t": {at}, "param": {param}, "sign": {g.sign(param, at)}}
}

func TestWhatIsWrongGetsNoNumber(t *testing.T) {
	for name, test := range map[string]struct {
		change func(url.Values)
		code   int
	}{
		"nothing":                       {func(url.Values) {}, done},
		"another text than was signed":  {func(f url.Values) { f.Set("param", strings.Replace(good, `":"`, `": "`, 1)) }, signature},
		"a small signature":             {func(f url.Values) { f.Set("sign", strings.ToLower(f.Get("sign"))) }, signature},
		"another time than was signed":  {func(f url.Values) { f.Set("t", "1795392000001") }, signature},
		"no time":                       {func(f url.Values) { f.Del("t") }, parameter},
		"another key":                   {func(f url.Values) { f.Set("key", "K") }, badKey},
		"another method":                {func(f url.Values) { f.Set("method", "orders") }, parameter},
		"no method":                     {func(f url.Values) { f.Del("method") }, parameter},
		"a text that is no JSON":        {signed(func(string) string { return "{" }), parameter},
		"a carrier that nobody knows":   {signed(replace("zhongtong", "演示")), parameter},
		"another partner":               {signed(replace(DefaultPartner, "X")), parameter},
		"another partner's key":         {signed(replace(DefaultPartnerKey, "X")), parameter},
		"no receiver":                   {signed(replace("演示张三", "")), parameter},
		"no phone":                      {signed(replace("13800001234", "")), parameter},
		"a phone with stars":            {signed(replace("13800001234", "138****1234")), parameter},
		"a name with a star":            {signed(replace("演示张三", "张*")), parameter},
		"no address":                    {signed(replace("江苏省苏州市昆山市演示大道88号", "")), parameter},
		"half of the sender's address":  {signed(replace("上海市", "")), parameter},
		"a picture without a template":  {signed(replace("NON", "IMAGE")), parameter},
		"a way to print that is no way": {signed(replace("NON", "PAPER")), parameter},
	} {
		t.Run(name, func(t *testing.T) {
			g := New(Config{})
			f := form(g, good)
			test.change(f)
			code, _ := post(t, g, f)
			if code != test.code {
				t.Errorf("code %d, want %d", code, test.code)
			}
			if n := len(g.Given()); (n == 1) != (test.code == done) {
				t.Errorf("%d numbers were given", n)
			}
		})
	}
}

func replace(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

func signed(change func(string) string) func(url.Values) {
	return func(f url.Values) {
		param := change(good)
		f.Set("param", param)
		f.Set("sign", New(Config{}).sign(param, at))
	}
}

func TestAResultIsGivenAgainForTwoDays(t *testing.T) {
	now := time.UnixMilli(1795392000000)
	g := New(Config{Now: func() time.Time { return now }})
	code, first := post(t, g, form(g, good))
	if code != done {
		t.Fatalf("code %d", code)
	}
	now = now.Add(47 * time.Hour)
	elsewhere := strings.Replace(good, "演示大道88号", "示例路9号", 1)
	if code, again := post(t, g, form(g, elsewhere)); code != repeated || again["kuaidinum"] != first["kuaidinum"] || !strings.Contains(g.Receiver("zhongtong", "T1"), "演示大道88号") {
		t.Errorf("code %d, %v, to %s", code, again["kuaidinum"], g.Receiver("zhongtong", "T1"))
	}
	now = now.Add(time.Hour)
	if code, second := post(t, g, form(g, good)); code != done || second["kuaidinum"] == first["kuaidinum"] {
		t.Errorf("code %d, %v", code, second["kuaidinum"])
	}
	for _, each := range []string{strings.Replace(good, `"reorder":false,`, ``, 1), strings.Replace(good, "false", "true", 1)} { // true is the default
		before := len(g.Given()["T1"])
		if code, _ := post(t, g, form(g, each)); code != done || len(g.Given()["T1"]) != before+1 {
			t.Errorf("code %d, %d numbers", code, len(g.Given()["T1"]))
		}
	}
}

// The reference's examples of the international form.
func TestCheckDigit(t *testing.T) {
	for seed, want := range map[uint64]string{71759: "EA000717595CN", 71758: "EA000717581CN", 96633102: "EA966331020CN", 76129403: "EA761294038CN", 47312482: "EA473124829CN", 71751: "EA000717516CN"} {
		if got := s10(seed); got != want {
			t.Errorf("s10(%d) = %s, want %s", seed, got, want)
		}
	}
}
