package lop_test

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// The published example: a call and its five signatures.
func example() lop.Call {
	return lop.Call{
		AppSecret: secret.New("TESTSECRET0123456789abcdef012345"), AccessToken: secret.New("aaaabbbbccccddddeeeeffff00001111"),
		AppKey: "99998888777766665555444433332222", Path: "/PullDataService/pullData", Timestamp: "2026-11-23 16:30:00",
		Body: []byte(`[{"cpCode":"JD","objectId":"d553f7a1-a0f2-4b00-92b4-1975f3b5a45e","parameters":{"ewCustomerCode":"010K0000000"},` +
			`"wayBillInfos":[{"jdWayBillCode":"JDVC00000000001","orderNo":"249786309732","popFlag":1}]}]`),
	}
}

var signatures = map[lop.Algorithm]string{
	lop.MD5Salt:    "882943c6822180963b6e19f4e0d75902",
	lop.HMACMD5:    "31dTFwCiCvQussNcFoGdrQ==",
	lop.HMACSHA1:   "8+/rL1mGvRSJNo2+Aii7l+uIsos=",
	lop.HMACSHA256: "uoLs4yIEoGZFEhoUJ5B1a2i6nFnGYKKZidXmf1f2krk=",
	lop.HMACSHA512: "St5+g/9zTCrvmpeeBtm98n+aKXAocZ1+JwLLFBQArXAe1DU9vS8Po5j2fgAfOZIMJ1R0ruJAkVHVx7/J/F7kQg==",
}

func TestSign(t *testing.T) {
	for _, a := range lop.Algorithms() {
		if got, err := example().Sign(a); err != nil || got != signatures[a] {
			t.Errorf("%s: %q, %v; want %q", a, got, err, signatures[a])
		}
	}
	for _, a := range []lop.Algorithm{"", "sm3-salt", "MD5-SALT"} {
		if got, err := example().Sign(a); !errors.Is(err, lop.ErrAlgorithm) || got != "" {
			t.Errorf("%q: %q, %v", a, got, err)
		}
	}
	c := example()
	c.AccessToken = secret.Token{}
	if got, _ := c.Sign(lop.MD5Salt); got == signatures[lop.MD5Salt] || len(got) != 32 {
		t.Errorf("without a token: %q", got)
	}
}

var now = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) // 16:30 in Beijing

func client(t *testing.T, h http.HandlerFunc) *lop.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	e := example()
	return &lop.Client{Gateway: server.URL, AppKey: e.AppKey, AppSecret: e.AppSecret, AccessToken: e.AccessToken, Now: func() time.Time { return now }}
}

func answering(status int, trace, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Lop-Trace-Id", trace)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

var pullData = lop.API{Domain: "jdcloudprint", Path: "/PullDataService/pullData"}

type argument struct {
	CPCode     string            `json:"cpCode"`
	ObjectID   string            `json:"objectId"`
	Parameters map[string]string `json:"parameters"`
	Waybills   []waybillInfo     `json:"wayBillInfos"`
}

type waybillInfo struct {
	Number string `json:"jdWayBillCode"`
	Order  string `json:"orderNo"`
	Pop    int    `json:"popFlag"`
}

func exampleArgument() argument {
	return argument{"JD", "d553f7a1-a0f2-4b00-92b4-1975f3b5a45e", map[string]string{"ewCustomerCode": "010K0000000"},
		[]waybillInfo{{"JDVC00000000001", "249786309732", 1}}}
}

func TestRequest(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(*lop.Client)
		sign string
		auth string
	}{
		{"as usual", func(*lop.Client) {}, signatures[lop.MD5Salt], ""},
		{"HMAC", func(c *lop.Client) { c.Algorithm = lop.HMACSHA256 }, signatures[lop.HMACSHA256], ""},
		{"another platform's key", func(c *lop.Client) { c.JOS = true }, signatures[lop.MD5Salt], "true"},
		{"a gateway with a slash", func(c *lop.Client) { c.Gateway += "/" }, signatures[lop.MD5Salt], ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got *http.Request
			var body []byte
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				io.WriteString(w, `{"code":"1"}`)
			})
			test.set(c)
			if err := c.Call(t.Context(), pullData, exampleArgument(), nil); err != nil {
				t.Fatal(err)
			}
			if string(body) != string(example().Body) {
				t.Errorf("body\n got %s\nwant %s", body, example().Body)
			}
			want := url.Values{"LOP-DN": {"jdcloudprint"}, "app_key": {"99998888777766665555444433332222"}, "access_token": {"aaaabbbbccccddddeeeeffff00001111"},
				"timestamp": {"2026-11-23 16:30:00"}, "v": {"2.0"}, "sign": {test.sign}, "algorithm": {string(c.Algorithm)}}
			if c.Algorithm == "" {
				want.Set("algorithm", "md5-salt")
			}
			if got.Method != http.MethodPost || got.URL.Path != "/PullDataService/pullData" || got.URL.RawQuery != want.Encode() {
				t.Errorf("%s %s?%s\nwant %s", got.Method, got.URL.Path, got.URL.RawQuery, want.Encode())
			}
			h := got.Header
			if h.Get("Content-Type") != "application/json;charset=utf-8" || h.Get("lop-tz") != "8" || h.Get("X-UseJosAuth") != test.auth || h.Get("User-Agent") != "lop-opensdk/go@1.0.0" {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func TestAPartnerHasNoToken(t *testing.T) {
	var query url.Values
	c := client(t, func(w http.ResponseWriter, r *http.Request) { query = r.URL.Query(); io.WriteString(w, "{}") })
	c.AccessToken = secret.Token{}
	if err := c.Call(t.Context(), pullData, exampleArgument(), nil); err != nil || query.Has("access_token") {
		t.Errorf("Call = %v with %v", err, query)
	}
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		code       notice.Code // empty: fine
		fault      string
		noEffect   bool
	}{
		{"fine", `{"code":"1","message":"<操作成功>"}`, 200, "", "", false},
		{"signature", `{"error_response":{"en_desc":"Invalid signature","zh_desc":"无效签名","code":12}}`, 200, lop.NoticeSignature, "12", true},
		{"signature, code as a text", `{"error_response":{"zh_desc":"无效签名","code":"12"}}`, 200, lop.NoticeSignature, "12", true},
		{"token", `{"error_response":{"code":19}}`, 200, lop.NoticeToken, "19", true},
		{"quota under another status", `{"error_response":{"code":2}}`, 429, lop.NoticeQuota, "2", true},
		{"no permission", `{"error_response":{"code":24}}`, 200, lop.NoticePermission, "24", true},
		{"no list", `{"error_response":{"code":62}}`, 200, lop.NoticeMethod, "62", false},
		{"back end", `{"error_response":{"code":67}}`, 200, lop.NoticeBackEnd, "67", false},
		{"never seen", `{"error_response":{"code":7777,"zh_desc":"张三 13800001234"}}`, 200, lop.NoticeError, "7777", false},
		{"no number", `{"error_response":{"code":"E-1"}}`, 200, lop.NoticeError, "E-1", false},
		{"no code", `{"error_response":{}}`, 200, lop.NoticeError, "", false},
		{"a proxy's page", `<html>13800001234</html>`, 502, lop.NoticeAnswer, "", false},
		{"not whole", `{"code":"1"`, 200, lop.NoticeAnswer, "", false},
		{"a list", `["13800001234"]`, 200, lop.NoticeAnswer, "", false},
		{"of another form", `{"code":{"a":13800001234}}`, 200, lop.NoticeAnswer, "", false},
		{"fine, under a status that is not", `{"code":"1"}`, 500, lop.NoticeAnswer, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := client(t, answering(test.status, "7f3e.1-a", test.body))
			var answer struct{ Code, Message string }
			err := c.Call(t.Context(), pullData, exampleArgument(), &answer)
			if test.code == "" {
				if err != nil || answer.Code != "1" || answer.Message != "<操作成功>" {
					t.Errorf("Call = %v with %+v", err, answer)
				}
				return
			}
			if notice.CodeOf(err) != test.code || lop.CodeOf(err) != test.fault || lop.NoEffect(err) != test.noEffect {
				t.Errorf("Call = %v, code %s; want %s", err, lop.CodeOf(err), test.code)
			}
			if !strings.Contains(err.Error(), "7f3e.1-a") {
				t.Errorf("no trace in %q", err)
			}
			for _, private := range []string{"1380000", "aaaabbbb", "TESTSECRET", "http:"} {
				if strings.Contains(err.Error(), private) {
					t.Errorf("%q stands in %q", private, err)
				}
			}
		})
	}
}

func TestEveryFaultHasASentence(t *testing.T) {
	for code, f := range lop.Faults() {
		if !notice.Known(f.Notice) {
			t.Errorf("%d has no sentence", code)
		}
	}
}

func TestTheTableMayBeAnother(t *testing.T) {
	c := client(t, answering(200, "", `{"error_response":{"code":1004}}`))
	c.Faults = map[int]lop.Fault{1004: {Notice: lop.NoticeToken, NoEffect: true}}
	if err := c.Call(t.Context(), pullData, exampleArgument(), nil); notice.CodeOf(err) != lop.NoticeToken || !lop.NoEffect(err) {
		t.Errorf("Call = %v", err)
	}
}

func TestATraceThatIsNoneIsLeftOut(t *testing.T) {
	for _, trace := range []string{"张三", "a b", strings.Repeat("a", 65), "x-aaaabbbbccccddddeeeeffff00001111"} {
		c := client(t, answering(200, trace, `{"error_response":{"code":12}}`))
		if err := c.Call(t.Context(), pullData, exampleArgument(), nil); strings.Contains(err.Error(), "trace") {
			t.Errorf("%q is shown: %v", trace, err)
		}
	}
}

func TestWhatNeverLeaves(t *testing.T) {
	for _, test := range []struct {
		name     string
		set      func(*lop.Client)
		argument any
		code     notice.Code
	}{
		{"no key", func(c *lop.Client) { c.AppKey = "" }, 1, lop.NoticeNotSetUp},
		{"no secret", func(c *lop.Client) { c.AppSecret = secret.Token{} }, 1, lop.NoticeNotSetUp},
		{"no such algorithm", func(c *lop.Client) { c.Algorithm = "sm3-salt" }, 1, lop.NoticeAlgorithm},
		{"no URL", func(c *lop.Client) { c.Gateway = "://" }, 1, lop.NoticeGateway},
		{"no host", func(c *lop.Client) { c.Gateway = "api.jdl.com" }, 1, lop.NoticeGateway},
		{"nobody there", func(c *lop.Client) { c.Gateway = "http://127.0.0.1:1" }, 1, lop.NoticeUnreachable},
		{"no JSON", func(*lop.Client) {}, make(chan int), notice.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := client(t, func(http.ResponseWriter, *http.Request) { t.Error("the gateway was asked") })
			test.set(c)
			if err := c.Call(t.Context(), pullData, test.argument, nil); notice.CodeOf(err) != test.code || !lop.NoEffect(err) {
				t.Errorf("Call = %v, want %s without effect", err, test.code)
			}
		})
	}
}

func TestALostAnswerMayHaveHadItsEffect(t *testing.T) {
	c := client(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if err := c.Call(t.Context(), pullData, exampleArgument(), nil); notice.CodeOf(err) != lop.NoticeUnreachable || lop.NoEffect(err) {
		t.Errorf("Call = %v, want an effect left open", err)
	}
}

func TestACertificateOfNobody(t *testing.T) {
	server := httptest.NewUnstartedServer(answering(200, "", "{}"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c := client(t, answering(200, "", "{}"))
	c.Gateway = server.URL
	if err := c.Call(t.Context(), pullData, exampleArgument(), nil); notice.CodeOf(err) != lop.NoticeCertificate || !lop.NoEffect(err) {
		t.Errorf("Call = %v", err)
	}
}
