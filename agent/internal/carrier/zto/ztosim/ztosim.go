// Package ztosim is ZTO's open platform on this computer, as far as taking
// numbers goes.
//
// It is written from what is public of the platform and shares nothing with the
// client: it reads the bytes that came, and checks the signature on them. What
// is not public it decides by its Config, so that both ways can be tried.
package ztosim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Config is an app, an account and how the platform behaves. Its zero value is
// that of the practice station.
type Config struct {
	AppKey, AppSecret string
	HMACKey           string
	Algorithm         string // MD5, SHA256, HmacSHA256; empty is MD5
	Hex               bool   // signatures are hexadecimal
	AccountID         string
	AccountPassword   string
	CustomerID        string // of a group's customer

	Stock int // numbers that were bought; 0 is 10000

	SecondNumber bool // an order that is sent again gets another number
	Unfound      bool // the look-up does not know the merchant's own numbers
	RefuseMasked bool // a receiver with stars is refused
}

// What the practice station uses.
const (
	DefaultAppKey          = "demo0zto0app0key00001"
	DefaultAppSecret       = "demo-zto-app-secret-not-real"
	DefaultAccountID       = "DEMO000000001"
	DefaultAccountPassword = "demo-zto-password-not-real"
)

// Settings are those of an account at the practice station.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{
			"app_key": DefaultAppKey, "account_id": DefaultAccountID, "collect_account": "demo-collect-account",
			"site_code": "02100", "site_name": "演示网点", "query_own_number": "true", "same_number_again": "true",
		}, map[string]string{
			"app_secret": DefaultAppSecret, "account_password": DefaultAccountPassword,
		}
}

// Gateway is the platform. Its methods may be called from several goroutines.
type Gateway struct {
	c Config

	mu        sync.Mutex
	fault     string
	given     map[string][]string
	orders    []*entry
	available int
}

// entry is an order as it was first sent.
type entry struct {
	reference, code, number string
	fullNetwork             bool
	cancelled               bool
	sent                    order
}

// New opens a platform that has given nothing.
func New(c Config) *Gateway {
	set := func(s *string, usual string) {
		if *s == "" {
			*s = usual
		}
	}
	set(&c.AppKey, DefaultAppKey)
	set(&c.AppSecret, DefaultAppSecret)
	set(&c.AccountID, DefaultAccountID)
	set(&c.AccountPassword, DefaultAccountPassword)
	set(&c.Algorithm, "MD5")
	if c.Stock == 0 {
		c.Stock = 10000
	}
	return &Gateway{c: c, given: map[string][]string{}, available: c.Stock}
}

// Given returns every number that was given, by the merchant's order number.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	copied := map[string][]string{}
	for reference, numbers := range g.given {
		copied[reference] = append([]string(nil), numbers...)
	}
	return copied
}

// Fail makes something go wrong until it is told "".
func (g *Gateway) Fail(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = how
}

// reply is how the platform answers everything, with HTTP status 200.
type reply struct {
	Result any    `json:"result"`
	Words  string `json:"message"`
	Status bool   `json:"status"`
	Code   string `json:"statusCode"`
}

func no(code, words string) reply { return reply{Code: code, Words: words} }

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	json.NewEncoder(w).Encode(g.answer(r, body))
}

func (g *Gateway) answer(r *http.Request, body []byte) reply {
	api := strings.TrimPrefix(r.URL.Path, "/")
	calls := map[string]func([]byte) reply{
		"zto.open.createOrder": g.create, "zto.open.cancelPreOrder": g.cancel, "zto.open.getOrderInfo": g.query,
		"zto.open.queryAvailableBalanceNew": g.balance, "zto.innovate.bagAddrMark": g.marks,
	}
	call := calls[api]
	if no, bad := g.gate(r, body, call != nil); bad {
		return no
	}
	if api != "zto.open.createOrder" {
		return call(body)
	}
	switch g.fault {
	case "lose-request":
		g.fault = ""
		panic(http.ErrAbortHandler)
	case "lose-answer":
		g.fault = ""
		call(body)
		panic(http.ErrAbortHandler)
	}
	return call(body)
}

// entryOf returns an order by the merchant's number, ZTO's or the waybill's.
func (g *Gateway) entryOf(match func(*entry) bool) *entry {
	for _, e := range g.orders {
		if match(e) {
			return e
		}
	}
	return nil
}

// hash is a number that is always the same for a text and another for another.
func hash(parts ...string) uint64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return binary.BigEndian.Uint64(sum[:8])
}
