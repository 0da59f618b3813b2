package jos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

const testSecret = "TESTSECRET0123456789abcdef012345"

func TestSign(t *testing.T) {
	for _, test := range []struct {
		name   string
		params map[string]string
		want   string
	}{
		{"with format", map[string]string{
			"360buy_param_json": `{"optional_fields":"orderId,venderId,orderState,consigneeInfo,itemInfoList","order_id":"249786309732"}`,
			"access_token":      "ffffffffffffffffffffffffffffffff0001",
			"app_key":           "0123456789ABCDEF0123456789ABCDEF",
			"format":            "json",
			"method":            "jingdong.pop.order.enGet",
			"timestamp":         "2026-11-23 16:30:00",
			"v":                 "2.0",
		}, "D1C6F485659F27D4D2F4A61CA57A5445"},
		{"Chinese, long timestamp", map[string]string{
			"360buy_param_json": `{"content":"{\"providerCode\":\"YTO\",\"toAddress\":{\"contact\":\"张*\"}}"}`,
			"access_token":      "T",
			"app_key":           "K",
			"method":            "jingdong.ldop.alpha.waybill.receive",
			"timestamp":         "2026-11-23 16:30:00.000+0800",
			"v":                 "2.0",
			"format":            "",
			"sign":              "IGNORED",
		}, "CCCAF5894ECD8EB36EB35976543E7831"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Sign(secret.New(testSecret), test.params); got != test.want {
				t.Errorf("Sign = %s, want %s", got, test.want)
			}
		})
	}
}

// gateway serves one answer after another, the last for ever.
func gateway(t *testing.T, seen func(*http.Request), answers ...string) *Client {
	t.Helper()
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen != nil {
			seen(r)
		}
		io.WriteString(w, answers[min(n, len(answers)-1)])
		n++
	}))
	t.Cleanup(s.Close)
	return &Client{
		Gateway:     s.URL + "/routerjson",
		AppKey:      "0123456789ABCDEF0123456789ABCDEF",
		AppSecret:   secret.New(testSecret),
		AccessToken: secret.New("ffffffffffffffffffffffffffffffff0001"),
		Now:         func() time.Time { return time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) },
		Backoff:     time.Microsecond,
	}
}

func TestRequestOnTheWire(t *testing.T) {
	var verb, contentType, body string
	var query url.Values
	c := gateway(t, func(r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		verb, contentType, body, query = r.Method, r.Header.Get("Content-Type"), string(b), r.URL.Query()
	}, `{"jingdong_pop_order_enGet_responce":{"code":"0"}}`)

	params := struct {
		Fields string `json:"optional_fields"`
		ID     string `json:"order_id"`
	}{"orderId,venderId,orderState,consigneeInfo,itemInfoList", "249786309732"}
	if err := c.Call(t.Context(), "jingdong.pop.order.enGet", params, nil); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(verb, "|", contentType, "|", form.Encode(), "|", query.Encode())
	want := fmt.Sprint("POST|application/x-www-form-urlencoded;charset=UTF-8|",
		url.Values{"360buy_param_json": {`{"optional_fields":"orderId,venderId,orderState,consigneeInfo,itemInfoList","order_id":"249786309732"}`}}.Encode(), "|",
		url.Values{
			"access_token": {"ffffffffffffffffffffffffffffffff0001"},
			"app_key":      {"0123456789ABCDEF0123456789ABCDEF"},
			"format":       {"json"},
			"method":       {"jingdong.pop.order.enGet"},
			"timestamp":    {"2026-11-23 16:30:00"}, // Beijing, eight hours after the clock's UTC
			"v":            {"2.0"},
			"sign":         {"D1C6F485659F27D4D2F4A61CA57A5445"},
		}.Encode())
	if got != want {
		t.Errorf("request\n got %s\nwant %s", got, want)
	}
}

func TestEncodeKeepsAmpersands(t *testing.T) {
	got, err := Object(map[string]string{"name": "<A&B>"})
	if want := `{"name":"<A&B>"}`; err != nil || got != want {
		t.Errorf("Object = %s, %v, want %s", got, err, want)
	}
}

func TestEnvelope(t *testing.T) {
	for _, test := range []struct{ name, answer, want string }{
		{"JD's spelling", `{"jingdong_x_responce":{"code":"0","status":"a"}}`, "a"},
		{"right spelling", `{"jingdong_x_response":{"code":"0","status":"a"}}`, "a"},
		{"any name", `{"whatever":{"status":"a"},"request_id":"1"}`, "a"},
		{"code as a number", `{"x":{"code":0,"status":"a"}}`, "a"},
		{"scalar as a number", `{"x":{"status":100}}`, "100"},
		{"scalar as a boolean", `{"x":{"status":true}}`, "true"},
		{"scalar null", `{"x":{"status":null}}`, ""},
		{"not wrapped", `{"statusCode":0,"status":"a","data":{}}`, "a"},
		{"not wrapped, data first", `{"data":{"status":"b"},"status":"a","statusCode":"0"}`, "a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got struct{ Status Text }
			if err := gateway(t, nil, test.answer).Call(t.Context(), "jingdong.x", nil, &got); err != nil {
				t.Fatal(err)
			}
			if string(got.Status) != test.want {
				t.Errorf("status = %q, want %q", got.Status, test.want)
			}
		})
	}
}

func TestErrorsOfTheGateway(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		notice       notice.Code
		code         string
		noEffect     bool
	}{
		{"quota", `{"error_response":{"code":"2","zh_desc":"调用次数超限"}}`, NoticeQuota, "2", true},
		{"version", `{"error_response":{"code":"5","en_desc":"Unsupported Version"}}`, NoticeMethod, "5", true},
		{"clock", `{"error_response":{"code":"8","en_desc":"Invalid Timestamp"}}`, NoticeClock, "8", true},
		{"signature", `{"error_response":{"code":"12","zh_desc":"无效签名"}}`, NoticeSignature, "12", true},
		{"signature, a number", `{"error_response":{"en_desc":"Invalid signature","code":12}}`, NoticeSignature, "12", true},
		{"method", `{"error_response":{"code":"15"}}`, NoticeMethod, "15", true},
		{"token", `{"error_response":{"code":"19","zh_desc":"无效access_token","en_desc":"Invalid access_token"}}`, NoticeToken, "19", true},
		{"token missing", `{"error_response":{"code":"18"}}`, NoticeToken, "18", true},
		{"app key", `{"error_response":{"code":"21"}}`, NoticeAppKey, "21", true},
		{"permission", `{"error_response":{"code":"24"}}`, NoticePermission, "24", true},
		{"system", `{"error_response":{"code":"43"}}`, NoticeBackEnd, "43", false},
		{"back-end lost", `{"error_response":{"code":"66"}}`, NoticeBackEnd, "66", false},
		{"back-end threw", `{"error_response":{"code":67}}`, NoticeBackEnd, "67", false},
		{"inside the envelope", `{"jingdong_x_responce":{"code":"67"}}`, NoticeBackEnd, "67", false},
		{"a refusal inside the envelope", `{"jingdong_x_responce":{"code":"2"}}`, NoticeQuota, "2", false},
		{"of the gateway's, never seen", `{"error_response":{"code":"9"}}`, NoticeError, "9", true},
		{"one below them", `{"error_response":{"code":"3"}}`, NoticeError, "3", false},
		{"one above them", `{"error_response":{"code":"22"}}`, NoticeError, "22", false},
		{"never seen", `{"error_response":{"code":"9999","zh_desc":"?"}}`, NoticeError, "9999", false},
		{"no code", `{"error_response":{"zh_desc":"?"}}`, NoticeError, "", false},
		{"not JSON", `<html>502 13800001234</html>`, NoticeAnswer, "", false},
		{"cut off", `{"jingdong_x_responce":{"code":"0","sta`, NoticeAnswer, "", false},
		{"empty", ``, NoticeAnswer, "", false},
		{"a list", `[1]`, NoticeAnswer, "", false},
		{"an empty object", `{}`, NoticeAnswer, "", false},
		{"null", `null`, NoticeAnswer, "", false},
		{"a scalar inside", `{"x":13800001234}`, NoticeAnswer, "", false},
		{"a number for a list", `{"x":{"list":13800001234}}`, NoticeAnswer, "", false},
		{"an object for a scalar", `{"x":{"status":{"mobile":"13800001234"}}}`, NoticeAnswer, "", false},
		{"error of no shape", `{"error_response":"13800001234"}`, NoticeAnswer, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var result struct {
				Status Text
				List   []Text
			}
			err := gateway(t, nil, test.answer).Call(t.Context(), "jingdong.x.y", nil, &result)
			if got := notice.CodeOf(err); got != test.notice {
				t.Errorf("notice of %v = %s, want %s", err, got, test.notice)
			}
			if got := CodeOf(err); got != test.code {
				t.Errorf("CodeOf(%v) = %q, want %q", err, got, test.code)
			}
			if got := NoEffect(err); got != test.noEffect {
				t.Errorf("NoEffect(%v) = %v, want %v", err, got, test.noEffect)
			}
			if strings.Contains(err.Error(), "13800001234") {
				t.Errorf("error quotes the answer: %v", err)
			}
		})
	}
}

func TestMessagesNameNobody(t *testing.T) {
	c := gateway(t, nil, `{"error_response":{"code":"19","zh_desc":"token ffffffffffffffffffffffffffffffff0001 of 13800001234"}}`)
	got := c.Call(t.Context(), "jingdong.x", nil, nil).Error()
	if want := "jd-token-expired: x: error 19: token •••• of ••••"; got != want {
		t.Errorf("error = %s, want %s", got, want)
	}
}

func TestHTTPFailures(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, `{"x":{"code":"0"}}`)
	}))
	defer s.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	for _, test := range []struct {
		name, gateway string
		notice        notice.Code
		noEffect      bool
	}{
		{"status 503", s.URL, NoticeAnswer, false},
		{"nobody listens", "http://127.0.0.1:1/routerjson", NoticeUnreachable, true},
		{"certificate", tls.URL, NoticeCertificate, true},
		{"no URL", "http://[::1", NoticeGateway, true},
		{"no host", "routerjson", NoticeGateway, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &Client{Gateway: test.gateway, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("TOKEN0001")}
			err := c.Call(t.Context(), "jingdong.x", nil, nil)
			if got := notice.CodeOf(err); got != test.notice {
				t.Errorf("notice of %v = %s, want %s", err, got, test.notice)
			}
			if got := NoEffect(err); got != test.noEffect {
				t.Errorf("NoEffect(%v) = %v, want %v", err, got, test.noEffect)
			}
			if strings.Contains(err.Error(), "TOKEN0001") || strings.Contains(err.Error(), "routerjson") {
				t.Errorf("error tells the URL: %v", err)
			}
		})
	}
}

func TestWithoutKeysNothingIsSent(t *testing.T) {
	c := gateway(t, func(*http.Request) { t.Error("a request was sent") }, `{}`)
	c.AppSecret = secret.Token{}
	err := c.Call(t.Context(), "jingdong.x", nil, nil)
	if notice.CodeOf(err) != NoticeNotSetUp || !NoEffect(err) {
		t.Errorf("Call = %v, want jd-not-set-up without effect", err)
	}
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	const lost, ok = `{"error_response":{"code":"66"}}`, `{"x":{"code":"0"}}`
	type verb func(*Client, context.Context, string, any, any) error
	for _, test := range []struct {
		name    string
		verb    verb
		answers []string
		asked   int
		code    string
	}{
		{"a call", (*Client).Call, []string{lost, ok}, 1, "66"},
		{"a read", (*Client).Read, []string{lost, lost, ok}, 3, ""},
		{"a read without luck", (*Client).Read, []string{lost}, 6, "66"},
		{"a read of another error", (*Client).Read, []string{`{"error_response":{"code":"67"}}`, ok}, 1, "67"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			c := gateway(t, func(*http.Request) { asked++ }, test.answers...)
			err := test.verb(c, t.Context(), "jingdong.x", nil, nil)
			if asked != test.asked || CodeOf(err) != test.code {
				t.Errorf("asked %d times, error %v; want %d times, code %q", asked, err, test.asked, test.code)
			}
		})
	}
}

func TestReadStopsWhenToldTo(t *testing.T) {
	t.Parallel() // it mostly waits
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := 0
	c := gateway(t, func(*http.Request) {
		asked++
		time.AfterFunc(2*time.Second, cancel) // the answer has been read by then
	}, `{"error_response":{"code":"66"}}`)
	c.Backoff = 40 * time.Second // the longest that is waited
	began := time.Now()
	if err := c.Read(ctx, "jingdong.x", nil, nil); CodeOf(err) != "66" || asked != 1 || time.Since(began) > 30*time.Second {
		t.Errorf("Read = %v after %d questions in %v, want the last answer's code 66", err, asked, time.Since(began))
	}
}

func TestALostAnswerLeavesTheEffectOpen(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	defer s.Close()
	c := gateway(t, nil, "")
	c.Gateway, c.HTTP = s.URL, &outbound.Client{}
	err := c.Call(t.Context(), "jingdong.x", nil, nil)
	if NoEffect(err) || notice.CodeOf(err) != NoticeUnreachable {
		t.Errorf("Call = %v (no effect %v), want jd-unreachable with the effect open", err, NoEffect(err))
	}
}

func TestClientPrintsNoSecret(t *testing.T) {
	c := gateway(t, nil, "")
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if s := fmt.Sprintf(verb, c); strings.Contains(s, testSecret) || strings.Contains(s, "ffffffff0001") {
			t.Errorf("%s prints a secret: %s", verb, s)
		}
	}
	if err := c.AppSecret.Reveal(); err != testSecret {
		t.Errorf("the secret itself was lost")
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{`{"x":{"code":"0"}}`, `{"error_response":{"code":12}}`, `{"statusCode":0}`, `{"a":`, `[]`, "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		body, err := open("m", b)
		var n *notice.Error
		if err != nil && !errors.As(err, &n) {
			t.Errorf("open(%q) = %v, no notice", b, err)
		}
		if err == nil && (len(body) == 0 || strings.TrimSpace(string(body))[0] != '{') {
			t.Errorf("open(%q) = %q, no object", b, body)
		}
	})
}
