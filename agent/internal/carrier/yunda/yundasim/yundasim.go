// Package yundasim is Yunda's open platform on this computer, written from what
// is public of it.
//
// It answers in Yunda's forms, quirks and all: the label's data are JSON in a
// text within two lists, the barcode says more than the number, an order that
// comes again is told to use the update interface, and stars in an address are
// refused.
package yundasim

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Config is an account that the platform knows. The zero value is the practice
// station's, which Settings names.
type Config struct {
	AppKey, AppSecret, PartnerID, PartnerSecret string
	Drawn                                       bool // label data that are asked for later come as a PDF in base 64
	One                                         bool // result is 1 in place of true
}

var practice = Config{AppKey: "000000", AppSecret: "demoYundaAppSecret", PartnerID: "201700101001", PartnerSecret: "demoPartnerSecret"}

// Settings returns the settings and secrets of the account that a zero Config
// knows.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{"app_key": practice.AppKey, "partner_id": practice.PartnerID},
		map[string]string{"app_secret": practice.AppSecret, "partner_secret": practice.PartnerSecret}
}

// Gateway is the platform.
type Gateway struct {
	config Config

	mu       sync.Mutex
	fails    string
	given    map[string][]string // numbers by order_serial_no
	orders   map[string]*placed  // by order_serial_no
	byNumber map[string]*placed
}

// New returns a platform with one account.
func New(c Config) *Gateway {
	if c.AppKey == "" {
		drawn, one := c.Drawn, c.One
		c = practice
		c.Drawn, c.One = drawn, one
	}
	return &Gateway{config: c, given: map[string][]string{}, orders: map[string]*placed{}, byNumber: map[string]*placed{}}
}

// Given returns the numbers that were given, by order_serial_no.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]string{}
	for key, numbers := range g.given {
		all[key] = slices.Clone(numbers)
	}
	return all
}

// Address returns the address that an order has: the one that it was created
// with, or updated to.
func (g *Gateway) Address(serial string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.orders[serial]; p != nil {
		return p.order.Receiver.Address
	}
	return ""
}

// Cancelled reports whether a number was given back.
func (g *Gateway) Cancelled(number string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.byNumber[number]
	return p != nil && p.off
}

// Fail makes something go wrong until it is told "". A lost line comes back by
// itself.
func (g *Gateway) Fail(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = how
}

// ServeHTTP answers a call.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lost("lose-request") {
		panic(http.ErrAbortHandler)
	}
	answer := g.answer(r, body)
	if g.lost("lose-answer") {
		panic(http.ErrAbortHandler)
	}
	if g.config.One && answer.Result == true {
		answer.Result = 1
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	json.NewEncoder(w).Encode(answer)
}

func (g *Gateway) lost(how string) bool {
	if g.fails != how {
		return false
	}
	g.fails = ""
	return true
}

func (g *Gateway) answer(r *http.Request, body []byte) reply {
	h := r.Header
	sum := md5.Sum([]byte(string(body) + "_" + g.config.AppSecret))
	switch {
	case r.Method != http.MethodPost:
		return no("7604", "只支持 POST 请求")
	case h.Get("app-key") == "":
		return no("7600", "缺少 app-key")
	case h.Get("sign") == "":
		return no("7601", "缺少 sign")
	case h.Get("req-time") == "" || strings.Trim(h.Get("req-time"), "0123456789") != "":
		return no("7602", "缺少 req-time")
	case !strings.HasPrefix(h.Get("Content-Type"), "application/json"):
		return no("7603", "content-type 只支持 application/json")
	case len(body) == 0:
		return no("7605", "请求参数不能为空")
	case h.Get("app-key") != g.config.AppKey:
		return no("7100", "账号无权限")
	case g.fails == "signature" || h.Get("sign") != hex.EncodeToString(sum[:]):
		return no("7400", "签名失败")
	case g.fails == "permission":
		return no("7200", "接口无权限")
	case g.fails == "busy":
		return no("7502", "超过单用户接口 QPS 最大限制")
	case g.fails == "back-end":
		return no("7777", "内部服务错误")
	}
	var q request
	switch {
	case json.Unmarshal(body, &q) != nil:
		return no("7605", "请求参数错误")
	case q.App != g.config.AppKey || q.Partner != g.config.PartnerID || q.Secret != g.config.PartnerSecret:
		return no("1001", "白马账号或密码错误")
	case r.URL.Path == "/openapi-api/v1/accountOrder/searchCount":
		return yes(map[string]any{"type": q.Type, "count": 10000 - len(g.orders)})
	case len(q.Orders) != 1:
		return no("1002", "一批次只能传一个订单")
	}
	switch r.URL.Path {
	case "/openapi-api/v1/accountOrder/createBmOrder":
		return g.create(q.Orders[0])
	case "/openapi-api/v1/accountOrder/updateBmOrder":
		return g.update(q.Orders[0])
	case "/openapi-api/v1/accountOrder/cancelBmOrder":
		return g.cancel(q.Orders[0])
	case "/openapi/outer/v1/bm/getPdfInfo":
		return g.label(q.Orders[0])
	}
	return no("7200", "接口无权限")
}

type request struct {
	App     string            `json:"appid"`
	Partner string            `json:"partner_id"`
	Secret  string            `json:"secret"`
	Type    string            `json:"type"`
	Orders  []json.RawMessage `json:"orders"`
}

type reply struct {
	Result any    `json:"result"`
	Code   string `json:"code"`
	Words  string `json:"message"`
	Data   any    `json:"data"`
}

func no(code, words string) reply { return reply{Result: false, Code: code, Words: words} }

func yes(data any) reply { return reply{Result: true, Code: "0000", Words: "请求成功", Data: data} }

// failed is a call that was made and an order that was not: status says so.
func failed(serial, words string) reply {
	return yes([]map[string]string{{"order_serial_no": serial, "mail_no": "", "pdf_info": "", "status": "0", "msg": words}})
}
