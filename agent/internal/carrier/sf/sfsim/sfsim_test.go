package sfsim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/sf/sfsim"
)

const timestamp = "1795392000000"

// platform is the simulator and somebody who calls it by hand.
type platform struct {
	t    *testing.T
	sim  *sfsim.Gateway
	url  string
	sent int
}

func newPlatform(t *testing.T, c sfsim.Config) *platform {
	t.Helper()
	sim := sfsim.New(c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &platform{t: t, sim: sim, url: server.URL}
}

// form is a call that is as it should be.
func (p *platform) form(service, text string) url.Values {
	settings, secrets := sfsim.Settings()
	p.sent++
	return url.Values{"partnerID": {settings["partner_id"]}, "requestID": {fmt.Sprint(p.sent)}, "serviceCode": {service}, "timestamp": {timestamp},
		"msgData": {text}, "msgDigest": {sfsim.Digest(text + timestamp + secrets["check_word"])}}
}

type answer struct {
	Code  string `json:"apiResultCode"`
	Data  string `json:"apiResultData"`
	Token string `json:"accessToken"`
	Inner struct {
		Success bool            `json:"success"`
		Code    string          `json:"errorCode"`
		Data    json.RawMessage `json:"msgData"`
		Object  struct {
			Files []struct{ URL, Token string }
		} `json:"obj"`
	} `json:"-"`
}

func (p *platform) post(path string, form url.Values) (a answer) {
	p.t.Helper()
	r, err := http.PostForm(p.url+path, form)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &a); err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatalf("status %d, %q", r.StatusCode, body)
	}
	if a.Data != "" {
		if err := json.Unmarshal([]byte(a.Data), &a.Inner); err != nil {
			p.t.Fatalf("the inner answer is %q", a.Data)
		}
	}
	return a
}

func (p *platform) call(service, text string) answer {
	p.t.Helper()
	return p.post("/std/service", p.form(service, text))
}

const good = `{"language":"zh-CN","orderId":"T20261123001","cargoDetails":[{"name":"演示商品"}],"contactInfoList":[{"contactType":1,"contact":"演示仓","tel":"021-80000001","country":"CN","address":"演示路1号"},{"contactType":2,"contact":"演示张三","mobile":"13800000001","country":"CN","address":"演示路2号"}],"monthlyCard":"7551234567","payMethod":1,"expressTypeId":2,"parcelQty":1,"isReturnRoutelabel":1,"isUnifiedWaybillNo":1,"isGenWaybillNo":1}`

func TestTheGateway(t *testing.T) {
	for name, test := range map[string]struct {
		change func(url.Values)
		want   string
	}{
		"nothing":               {func(url.Values) {}, "A1000"},
		"no partner":            {func(f url.Values) { f.Del("partnerID") }, "A1001"},
		"no signature":          {func(f url.Values) { f.Del("msgDigest") }, "A1001"},
		"seconds":               {func(f url.Values) { f.Set("timestamp", "1795392000") }, "A1001"},
		"a long request ID":     {func(f url.Values) { f.Set("requestID", strings.Repeat("1", 41)) }, "A1001"},
		"another partner":       {func(f url.Values) { f.Set("partnerID", "SOMEBODY") }, "A1004"},
		"a service of no name":  {func(f url.Values) { f.Set("serviceCode", "EXP_RECE_NOTHING") }, "A1004"},
		"another text":          {func(f url.Values) { f.Set("msgData", good+" ") }, "A1006"},
		"another time":          {func(f url.Values) { f.Set("timestamp", "1795392000001") }, "A1006"},
		"a token of no account": {func(f url.Values) { f.Del("msgDigest"); f.Set("accessToken", "X") }, "A1011"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t, sfsim.Config{})
			form := p.form("EXP_RECE_CREATE_ORDER", good)
			test.change(form)
			if got := p.post("/std/service", form); got.Code != test.want {
				t.Errorf("code %s, want %s", got.Code, test.want)
			}
			if given := len(p.sim.Given()); given != 0 && test.want != "A1000" {
				t.Errorf("%d orders were taken", given)
			}
		})
	}
	t.Run("the same request twice", func(t *testing.T) {
		p := newPlatform(t, sfsim.Config{})
		form := p.form("EXP_RECE_CREATE_ORDER", good)
		if a, b := p.post("/std/service", form), p.post("/std/service", form); a.Code != "A1000" || b.Code != "A1007" {
			t.Errorf("codes %s, %s", a.Code, b.Code)
		}
	})
	t.Run("a signature over the raw text", func(t *testing.T) {
		const raw = "PxAIzd5WN7uIPLEYNE3uOQ==" // the reference's vector
		for takes, want := range map[bool]string{false: "A1006", true: "A1000"} {
			p := newPlatform(t, sfsim.Config{PartnerID: "TESTPARTNER", CheckWord: "fakeCheckWord00000000000000000001", Raw: takes})
			form := p.form("EXP_RECE_SEARCH_ORDER_RESP", `{"language":"zh-CN","orderId":"T20261123001"}`)
			form.Set("partnerID", "TESTPARTNER")
			form.Set("msgDigest", raw)
			if got := p.post("/std/service", form); got.Code != want {
				t.Errorf("raw %t: code %s, want %s", takes, got.Code, want)
			}
		}
	})
}

func TestTheToken(t *testing.T) {
	at := time.UnixMilli(1795392000000)
	p := newPlatform(t, sfsim.Config{Now: func() time.Time { return at }})
	settings, secrets := sfsim.Settings()
	login := url.Values{"partnerID": {settings["partner_id"]}, "secret": {secrets["check_word"]}, "grantType": {"password"}}
	token := p.post("/oauth2/accessToken", login).Token
	if token == "" {
		t.Fatal("no token")
	}
	call := func() string {
		form := p.form("EXP_RECE_CREATE_ORDER", good)
		form.Del("msgDigest")
		form.Set("accessToken", token)
		return p.post("/std/service", form).Code
	}
	if got := call(); got != "A1000" {
		t.Errorf("code %s", got)
	}
	at = at.Add(2 * time.Hour)
	if got := call(); got != "A1002" {
		t.Errorf("after two hours code %s, want A1002", got)
	}
	login.Set("secret", "another")
	if got := p.post("/oauth2/accessToken", login); got.Code != "A1011" || got.Token != "" {
		t.Errorf("code %s", got.Code)
	}
}

func TestOrders(t *testing.T) {
	for code, change := range map[string][2]string{
		"1010":  {`"contact":"演示仓","tel":"021-80000001","country":"CN","address":"演示路1号"`, `"contact":"演示仓","tel":"021-80000001","country":"CN"`},
		"1011":  {`"演示仓"`, `""`},
		"1012":  {`"021-80000001"`, `""`},
		"1014":  {`"演示路2号"`, `""`},
		"1015":  {`"演示张三"`, `""`},
		"1016":  {`"13800000001"`, `""`},
		"1023":  {`"演示商品"`, `""`},
		"6126":  {`"7551234567"`, `"755123456"`},
		"8067":  {`"parcelQty":1`, `"parcelQty":999`},
		"8119":  {`"7551234567"`, `"7559999999"`},
		"8196":  {`"13800000001"`, `"138****0001"`},
		"S0003": {`"expressTypeId":2,`, ``},
	} {
		p := newPlatform(t, sfsim.Config{})
		text := strings.Replace(good, change[0], change[1], 1)
		if got := p.call("EXP_RECE_CREATE_ORDER", text); text == good || got.Inner.Success || got.Inner.Code != code {
			t.Errorf("%s: success %t with %s", code, got.Inner.Success, got.Inner.Code)
		}
	}
}

func TestALabelNeedsItsToken(t *testing.T) {
	p := newPlatform(t, sfsim.Config{})
	p.call("EXP_RECE_CREATE_ORDER", good)
	number := p.sim.Given()["T20261123001"][0]
	drawn := p.call("COM_RECE_CLOUD_PRINT_WAYBILLS", `{"templateCode":"fm_76130_standard_DEMOPARTNER","version":"2.0","fileType":"pdf","sync":true,"documents":[{"masterWaybillNo":"`+number+`"}]}`)
	if len(drawn.Inner.Object.Files) != 1 {
		t.Fatalf("%+v", drawn)
	}
	f := drawn.Inner.Object.Files[0]
	for header, want := range map[string]int{"": http.StatusNotFound, "Authorization": http.StatusNotFound, "X-Auth-token": http.StatusOK} {
		r, err := http.NewRequest(http.MethodGet, f.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			r.Header.Set(header, f.Token)
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != want {
			t.Errorf("with %q: status %d, want %d", header, got.StatusCode, want)
		}
	}
}

// Two orders are not sorted alike, and one always is.
func TestRoutingIsTheOrders(t *testing.T) {
	routes := map[string]string{}
	for range 2 {
		p := newPlatform(t, sfsim.Config{})
		for n := range 20 {
			id := fmt.Sprintf("T202611230%02d", n)
			p.call("EXP_RECE_CREATE_ORDER", strings.Replace(good, "T20261123001", id, 1))
			route := p.sim.Label(id)["destRouteLabel"]
			if had := routes[id]; had != "" && had != route || route == "" {
				t.Errorf("%s goes to %q, before it was %q", id, route, had)
			}
			routes[id] = route
		}
	}
	different := map[string]bool{}
	for _, r := range routes {
		different[r] = true
	}
	if len(different) < 15 {
		t.Errorf("%d routes of 20 orders", len(different))
	}
}
