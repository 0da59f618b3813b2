// Package depponsim is Deppon Express on this computer: taking orders,
// cancelling them, looking them up and their labels, as far as the open platform
// is known.
//
// It is written from what is known of the platform and shares nothing with the
// client. Beside success and the number that was used before no code of Deppon's
// is public; those and their words are invented here, in the carrier's manner.
package depponsim

import (
	"cmp"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is what the one account has. Empty fields are the practice station's.
type Config struct {
	CompanyCode  string
	AppKey       string
	Sign         string // what every logisticID begins with
	CustomerCode string
	// Several says that an order may have several parcels (子母件). Then the same
	// logisticID gives other numbers each time.
	Several bool
	// Early is for how long an order is known neither to the look-up nor to
	// cancelling, and Undrawn how long its label takes.
	Early, Undrawn time.Duration
	Now            func() time.Time // nil is time.Now
}

// The account of the practice station.
const (
	DefaultCompanyCode  = "EWBDEMO"
	DefaultAppKey       = "practice-app-key"
	DefaultSign         = "DEMO"
	DefaultCustomerCode = "400000000"
)

// Settings returns what the settings of an account with this simulator are.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{"company_code": DefaultCompanyCode, "sign": DefaultSign, "customer_code": DefaultCustomerCode},
		map[string]string{"app_key": DefaultAppKey}
}

// Gateway is the simulator.
type Gateway struct {
	config Config

	mu     sync.Mutex
	how    string // what goes wrong
	orders []*order
}

// New makes a simulator that was never asked for anything.
func New(c Config) *Gateway {
	c.CompanyCode, c.AppKey = cmp.Or(c.CompanyCode, DefaultCompanyCode), cmp.Or(c.AppKey, DefaultAppKey)
	c.Sign, c.CustomerCode = cmp.Or(c.Sign, DefaultSign), cmp.Or(c.CustomerCode, DefaultCustomerCode)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gateway{config: c}
}

// Given returns the numbers that were given, by logisticID.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]string{}
	for _, o := range g.orders {
		all[o.LogisticID] = append(all[o.LogisticID], o.numbers...)
	}
	return all
}

// Receipts returns the numbers of orders whose signed paper comes back, in the
// order in which they were taken.
func (g *Gateway) Receipts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []string
	for _, o := range g.orders {
		if o.Services.Receipt != "" && o.Services.Receipt != "0" {
			list = append(list, o.numbers[0])
		}
	}
	return list
}

// Fail makes something go wrong until it is told "": lose-request and
// lose-answer once, signature, back-end, refuse, outside, late, fast and bare.
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

// reply is what the platform answers with; its values are texts, also true.
type reply map[string]any

func no(code, reason string) reply {
	return reply{"result": "false", "reason": reason, "resultCode": code, "uniquerRequestNumber": "60480442125126211"}
}

func yes(more reply) reply {
	r := reply{"result": "true", "reason": "成功", "resultCode": "1000", "uniquerRequestNumber": "60480442125126212"}
	for k, v := range more {
		r[k] = v
	}
	return r
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	folder, call := "", r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); len(parts) > 1 {
		folder = parts[len(parts)-2]
	}
	if r.Method == http.MethodGet && folder == "labels" {
		g.file(w, r, strings.TrimSuffix(call, ".pdf"))
		return
	}
	creates := call == "createOrderNotify.action"
	if creates && g.once("lose-request") {
		panic(http.ErrAbortHandler)
	}
	answer := g.answer(folder, call, r)
	if creates && g.once("lose-answer") {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(answer)
}

func (g *Gateway) answer(folder, call string, r *http.Request) reply {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		return no("2001", "请求参数不合法")
	}
	f := r.PostForm
	sum := md5.Sum([]byte(f.Get("params") + g.config.AppKey + f.Get("timestamp")))
	switch {
	case f.Get("companyCode") != g.config.CompanyCode:
		return no("2002", "公司编码不存在")
	case len(f.Get("timestamp")) != 13:
		return no("2001", "请求参数不合法")
	case g.how == "signature", f.Get("digest") != base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:]))):
		return no("2003", "摘要验证失败")
	}
	asks := func(folders ...string) bool { return slices.Contains(folders, folder) }
	switch {
	case call == "createOrderNotify.action" && asks("standard-order", "dop-standard-ewborder"):
		return g.create(f.Get("params"))
	case call == "cancelOrder.action" && asks("standard-order"):
		return g.cancel(f.Get("params"))
	case call == "queryOrder.action" && asks("standard-query", "standard-order"):
		return g.query(f.Get("params"))
	case call == "queryBillPrint.action" && asks("standard-query", "standard-order"):
		return g.print(f.Get("params"), r)
	}
	return no("2004", "接口不存在")
}
