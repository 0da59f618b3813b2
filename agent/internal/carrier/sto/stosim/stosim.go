// Package stosim is STO's link platform on this computer, written from what is
// public of it.
//
// It answers in STO's forms, quirks and all: yes and no are texts, an order that
// comes again keeps its number and the address that it came with first, and a
// wrong signature is a code in an answer of status 200. Whether STO itself gives
// the same number again is not public; Config.Refuses has it say no.
package stosim

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// Config is an account that the platform knows. The zero value is the practice
// station's, which Settings names.
type Config struct {
	AppKey, FromCode, SecretKey                     string
	OrderSource, SiteCode, CustomerName, SitePasswd string
	Safe                                            bool // it gives a virtual number with every order
	Refuses                                         bool // an order that comes again gets a no
}

// practice is the account of Settings.
var practice = Config{
	AppKey: "CAKDEMODEMODEMO", FromCode: "CAKDEMODEMODEMO", SecretKey: "demoStoSecretKey", OrderSource: "DEMO",
	SiteCode: "666666", CustomerName: "666666000001", SitePasswd: "demoSitePassword",
}

// Settings returns the settings and secrets of the account that a zero Config
// knows.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{
			"app_key": practice.AppKey, "from_code": practice.FromCode, "order_source": practice.OrderSource,
			"site_code": practice.SiteCode, "customer_name": practice.CustomerName, "same_number_again": "true",
		}, map[string]string{
			"secret_key": practice.SecretKey, "site_password": practice.SitePasswd,
		}
}

// Gateway is the platform.
type Gateway struct {
	config Config

	mu     sync.Mutex
	fails  string
	given  map[string][]string // numbers by order number
	orders map[string]placed   // by order number
	byBill map[string]string   // order numbers by waybill number
	off    map[string]bool     // cancelled waybill numbers
}

// placed is an order as it came first.
type placed struct {
	number, address string
	route           route
}

// New returns a platform with one account.
func New(c Config) *Gateway {
	if c.AppKey == "" {
		safe, refuses := c.Safe, c.Refuses
		c = practice
		c.Safe, c.Refuses = safe, refuses
	}
	return &Gateway{config: c, given: map[string][]string{}, orders: map[string]placed{}, byBill: map[string]string{}, off: map[string]bool{}}
}

// Given returns the numbers that were given, by STO's order number.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]string{}
	for key, numbers := range g.given {
		all[key] = slices.Clone(numbers)
	}
	return all
}

// Address returns the address under which an order was placed first.
func (g *Gateway) Address(order string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.orders[order].address
}

// Cancelled reports whether a number was given back.
func (g *Gateway) Cancelled(number string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.off[number]
}

// Fail makes something go wrong until it is told "". A lost line comes back by
// itself.
func (g *Gateway) Fail(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = how
}

// fields are those of every call; none may be left out.
var fields = []string{"api_name", "content", "from_appkey", "from_code", "to_appkey", "to_code", "data_digest"}

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
	form, err := url.ParseQuery(string(body))
	if r.Method != http.MethodPost || err != nil {
		return no("S12", "请求参数错误")
	}
	for _, f := range fields {
		if form.Get(f) == "" {
			return no("S12", "参数 "+f+" 不能为空")
		}
	}
	content := form.Get("content")
	sum := md5.Sum([]byte(content + g.config.SecretKey))
	switch {
	case form.Get("from_appkey") != g.config.AppKey || form.Get("from_code") != g.config.FromCode:
		return no("S12", "应用不存在或未授权")
	case g.fails == "signature" || form.Get("data_digest") != base64.StdEncoding.EncodeToString(sum[:]):
		return no("S02", "签名校验失败")
	case g.fails == "back-end":
		return no("S07", "系统异常")
	}
	switch api, to := form.Get("api_name"), form.Get("to_appkey"); {
	case to != form.Get("to_code"):
		return no("S12", "to_code 错误")
	case api == "OMS_EXPRESS_ORDER_CREATE" && to == "sto_oms":
		return g.create(content)
	case api == "EDI_MODIFY_ORDER_CANCEL" && to == "edi_modify_order":
		return g.cancel(content)
	}
	return no("S12", "api_name 不存在")
}

// reply is every answer's form: yes, no and whether to try again are texts.
type reply struct {
	Success   string `json:"success"`
	Code      string `json:"errorCode"`
	Words     string `json:"errorMsg"`
	Retry     string `json:"needRetry"`
	RequestID string `json:"requestId"`
	Data      any    `json:"data"`
}

func no(code, words string) reply {
	return reply{Success: "false", Code: code, Words: words, Retry: "false", RequestID: "demo"}
}

func yes(data any) reply {
	return reply{Success: "true", Retry: "false", RequestID: "demo", Data: data}
}
