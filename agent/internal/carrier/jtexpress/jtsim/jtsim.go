// Package jtsim is J&T Express China on this computer: orders, their look-up,
// cancelling and labels, as far as the open platform is known.
//
// It is written from what is known of the platform and shares nothing with the
// client. What is known of China is the shape of calls and answers; the codes
// and the label come from the same platform in other countries.
package jtsim

import (
	"cmp"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config is what the one account has. Empty fields are the practice station's.
type Config struct {
	APIAccount   string
	PrivateKey   string
	CustomerCode string
	Password     string
	Now          func() time.Time // nil is time.Now
}

// The account of the practice station.
const (
	DefaultAPIAccount   = "100000000000000001"
	DefaultPrivateKey   = "practice-private-key"
	DefaultCustomerCode = "J0086000000"
	DefaultPassword     = "practice-password"
)

// Settings returns what the settings of an account with this simulator are.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{"api_account": DefaultAPIAccount, "customer_code": DefaultCustomerCode},
		map[string]string{"private_key": DefaultPrivateKey, "password": DefaultPassword}
}

// Gateway is the simulator.
type Gateway struct {
	config Config

	mu      sync.Mutex
	how     string // what goes wrong
	orders  map[string]*order
	numbers map[string]*order
}

// New makes a simulator that was never asked for anything.
func New(c Config) *Gateway {
	c.APIAccount, c.PrivateKey = cmp.Or(c.APIAccount, DefaultAPIAccount), cmp.Or(c.PrivateKey, DefaultPrivateKey)
	c.CustomerCode, c.Password = cmp.Or(c.CustomerCode, DefaultCustomerCode), cmp.Or(c.Password, DefaultPassword)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gateway{config: c, orders: map[string]*order{}, numbers: map[string]*order{}}
}

// Given returns the numbers that were given, by txlogisticId.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]string{}
	for reference, o := range g.orders {
		all[reference] = []string{o.number}
	}
	return all
}

// Fail makes something go wrong until it is told "": lose-request and
// lose-answer once, signature, permission, back-end, refuse, outside, late, fast
// and bare.
func (g *Gateway) Fail(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.how = how
}

// once reports whether something goes wrong that does so once.
func (g *Gateway) once(how string) bool {
	if g.how != how {
		return false
	}
	g.how = ""
	return true
}

// reply is what the platform answers with.
type reply struct {
	Code string `json:"code"`
	Msg  string `json:"msg"`
	Data any    `json:"data"`
}

func no(code, msg string) reply { return reply{Code: code, Msg: msg} }

func yes(data any) reply { return reply{"1", "success", data} }

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	call := r.URL.Path[strings.LastIndex(strings.TrimSuffix(r.URL.Path, "/"), "/")+1:]
	if call == "addOrder" && g.once("lose-request") {
		panic(http.ErrAbortHandler)
	}
	answer := g.answer(call, r)
	if call == "addOrder" && g.once("lose-answer") {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(answer)
}

func (g *Gateway) answer(call string, r *http.Request) reply {
	if err := r.ParseForm(); err != nil {
		return no("145003050", "非法参数")
	}
	biz := r.PostForm.Get("bizContent")
	stamp := r.Header.Get("timestamp")
	_, err := strconv.ParseInt(stamp, 10, 64)
	switch {
	case r.Header.Get("apiAccount") == "":
		return no("145003071", "apiAccount为空")
	case r.Header.Get("digest") == "":
		return no("145003052", "digest为空")
	case stamp == "":
		return no("145003053", "timestamp为空")
	case err != nil || len(stamp) != 13:
		return no("145003050", "非法参数")
	case r.Header.Get("apiAccount") != g.config.APIAccount:
		return no("145003010", "API账号不存在")
	case g.how == "signature", r.Header.Get("digest") != sign(biz+g.config.PrivateKey):
		return no("145003030", "Headers签名失败")
	case g.how == "permission":
		return no("145003012", "API账号没有接口权限")
	}
	var who struct {
		Code   string `json:"customerCode"`
		Digest string `json:"digest"`
	}
	if json.Unmarshal([]byte(biz), &who) != nil {
		return no("145003050", "非法参数")
	}
	if who.Code != g.config.CustomerCode || who.Digest != g.bodyDigest() {
		return no("145002002", "业务参数签名失败")
	}
	switch call {
	case "addOrder":
		return g.add(biz)
	case "getOrders":
		return g.get(biz)
	case "cancelOrder":
		return g.cancel(biz)
	case "printOrder":
		return g.print(biz)
	}
	return no("145003012", "API账号没有接口权限")
}

func sign(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// bodyDigest is the signature of the customer's code and password.
func (g *Gateway) bodyDigest() string {
	sum := md5.Sum([]byte(g.config.Password + "jadada236t2"))
	return sign(g.config.CustomerCode + strings.ToUpper(hex.EncodeToString(sum[:])) + g.config.PrivateKey)
}
