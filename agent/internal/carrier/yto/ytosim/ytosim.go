// Package ytosim is YTO's open platform on this computer, as far as taking
// numbers and drawing labels goes.
//
// It is written from what is public of the platform and shares nothing with the
// client: it reads the bytes that came, and checks the signature on them. Every
// interface has its own path code and may have its own secret, as in YTO's
// console.
package ytosim

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Access is what one interface is called with.
type Access struct{ Token, Customer, Secret string }

// Config is a customer and how the platform behaves. Its zero value is that of
// the practice station.
type Config struct {
	Usual Access            // of every interface that Own does not name
	Own   map[string]Access // by interface

	Stock int // numbers that were bought; 0 is 10000

	RefuseMasked bool // a receiver with stars is refused
	Plain        bool // nothing is to be hidden
}

// What the practice station uses.
const (
	DefaultToken       = "dEm0A1"
	DefaultPrintToken  = "dEm0B2"
	DefaultCustomer    = "K00000001"
	DefaultSecret      = "demo-yto-secret-not-real"
	DefaultPrintSecret = "demo-yto-print-secret-not-real"
)

// Settings are those of an account at the practice station.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{"customer_code": DefaultCustomer, "token": DefaultToken, "print_token": DefaultPrintToken},
		map[string]string{"secret": DefaultSecret, "print_secret": DefaultPrintSecret}
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
	number    string
	cancelled bool
	sent      order
}

// New opens a platform that has given nothing.
func New(c Config) *Gateway {
	if c.Usual == (Access{}) {
		c.Usual = Access{DefaultToken, DefaultCustomer, DefaultSecret}
		if c.Own == nil {
			c.Own = map[string]Access{"waybill_print_adapter": {DefaultPrintToken, DefaultCustomer, DefaultPrintSecret}}
		}
	}
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

// no is how the platform says no: its truth values are texts.
func no(code, reason string) any {
	return map[string]string{"success": "false", "code": code, "reason": reason}
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method != http.MethodPost || len(path) != 5 || path[0] != "open" || path[2] != "v1" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	json.NewEncoder(w).Encode(g.answer(path[1], path[3], path[4], body))
}

func (g *Gateway) answer(api, token, customer string, body []byte) any {
	calls := map[string]func(string) any{
		"privacy_create_adapter": g.createPrivately, "korder_create_adapter": g.create, "korder_cancel_adapter": g.cancel,
		"waybill_print_adapter": g.label, "waybill_balance_adapter": g.balance,
	}
	var p struct {
		Time   *int64 `json:"timestamp"`
		Param  string `json:"param"`
		Sign   string `json:"sign"`
		Format string `json:"format"`
	}
	call, access := calls[api], g.c.Usual
	if own, ok := g.c.Own[api]; ok {
		access = own
	}
	switch {
	case call == nil:
		return no("S03", "非法的接口")
	case json.Unmarshal(body, &p) != nil || p.Time == nil || p.Param == "" || p.Format != "JSON":
		return no("S01", "报文格式错误")
	case token != access.Token || customer != access.Customer:
		return no("S03", "非法的物流公司")
	}
	sum := md5.Sum([]byte(p.Param + api + "v1" + access.Secret))
	if g.fault == "signature" || p.Sign != base64.StdEncoding.EncodeToString(sum[:]) {
		return no("S02", "非法的数字签名")
	}
	if g.fault == "back-end" {
		return no("S07", "系统异常，请重试")
	}
	if !strings.HasSuffix(api, "_create_adapter") {
		return call(p.Param)
	}
	switch g.fault {
	case "lose-request":
		g.fault = ""
		panic(http.ErrAbortHandler)
	case "lose-answer":
		g.fault = ""
		call(p.Param)
		panic(http.ErrAbortHandler)
	}
	return call(p.Param)
}

// find returns an order, or nil.
func (g *Gateway) find(match func(*entry) bool) *entry {
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
