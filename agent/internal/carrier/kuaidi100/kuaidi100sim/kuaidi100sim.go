// Package kuaidi100sim is Kuaidi100 on this computer, with the carriers behind
// it: the interface label/order with its methods order and cancel, and the
// pictures of labels.
//
// It is written from what is public of the interface and shares nothing with the
// client that it tests. It checks the signature on the very text that came,
// gives the first result of an order number again for 48 hours and a new number
// after them, fills in of the routing what each carrier is likely to, and
// numbers as they do. Names of places and sorting codes are invented.
package kuaidi100sim

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// The account of the practice station; all of it is invented.
const (
	DefaultKey           = "DemoKey00001"
	DefaultSecret        = "demo-kuaidi100-secret-0001"
	DefaultPartner       = "DEMO0000001"
	DefaultPartnerKey    = "demo-partner-key-0001"
	DefaultPartnerSecret = "demo-partner-secret-0001"
	DefaultNet           = "演示网点"
)

// Config is an account at the simulator. Its zero value is the practice
// station's.
type Config struct {
	Key, Secret                        string
	Partner, PartnerKey, PartnerSecret string
	Keep                               time.Duration // how long a result is given again; zero is 48 hours
	Now                                func() time.Time
	HideWords                          bool // carriers' errors quote nobody
}

// Settings returns the settings and secrets of an account that the zero Config
// knows, with SF behind it.
func Settings() (settings, secrets map[string]string) { return SettingsOf("shunfeng") }

// SettingsOf is Settings with another carrier behind the account.
func SettingsOf(company string) (settings, secrets map[string]string) {
	settings = map[string]string{"company": company, "key": DefaultKey, "partner_id": DefaultPartner}
	secrets = map[string]string{"secret": DefaultSecret}
	c := carriers[company]
	if c.key {
		secrets["partner_key"] = DefaultPartnerKey
	}
	if c.net {
		settings["net"] = DefaultNet
	}
	if c.five {
		secrets["partner_secret"] = DefaultPartnerSecret
		settings["net"], settings["code"] = DefaultNet, "DEMO-0001"
	}
	return settings, secrets
}

// Gateway is the simulator. It may be used by several goroutines at once.
type Gateway struct {
	c Config

	mu      sync.Mutex
	fails   string
	results map[string]*result // by carrier and order number
	numbers map[string]*result // by waybill number
	given   map[string][]string
	labels  map[string]*result // by the name of their picture
}

type result struct {
	company   string
	data      map[string]any // as it was answered
	order     string         // the carrier's own number
	receiver  string         // the first address
	at        time.Time
	cancelled bool
}

// New makes a simulator that has never been asked for anything.
func New(c Config) *Gateway {
	for _, s := range []struct {
		value *string
		none  string
	}{
		{&c.Key, DefaultKey}, {&c.Secret, DefaultSecret}, {&c.Partner, DefaultPartner}, {&c.PartnerKey, DefaultPartnerKey}, {&c.PartnerSecret, DefaultPartnerSecret},
	} {
		if *s.value == "" {
			*s.value = s.none
		}
	}
	if c.Keep == 0 {
		c.Keep = 48 * time.Hour
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gateway{c: c, results: map[string]*result{}, numbers: map[string]*result{}, given: map[string][]string{}, labels: map[string]*result{}}
}

// Given returns the numbers that were given, children and the way back among
// them, by the order number that they were asked with.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]string{}
	for key, numbers := range g.given {
		all[key] = slices.Clone(numbers)
	}
	return all
}

// Receiver returns the first address that an order number was asked with, or
// the empty string.
func (g *Gateway) Receiver(company, orderID string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.results[company+" "+orderID]; r != nil {
		return r.receiver
	}
	return ""
}

// Fail makes something go wrong until it is told "": lose-request, lose-answer
// (both once), busy, signature, back-end, refuse, outside, stock, late, fast and
// bare. Of permissions Kuaidi100 knows nothing.
func (g *Gateway) Fail(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = how
}

const (
	path      = "/label/order"
	labelPath = "/label/getImage/"
	mostBody  = 1 << 20
)

// ServeHTTP implements http.Handler. Every answer has the status 200.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if name, ok := strings.CutPrefix(r.URL.Path, labelPath); ok && r.Method == http.MethodGet {
		g.picture(w, r, name)
		return
	}
	if r.URL.Path != path && strings.Trim(r.URL.Path, "/") != "" || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	answer, lost := g.answer(r, string(body))
	if lost {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(answer)
}

// envelope is how everything is answered.
type envelope struct {
	Success bool   `json:"success"`
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data"`
	Time    int64  `json:"time"`
}

func (g *Gateway) no(code int, words string) envelope {
	return envelope{Code: code, Message: words, Time: g.c.Now().UnixMilli() % 1000}
}

func (g *Gateway) yes(code int, data any) envelope {
	return envelope{Success: true, Code: code, Message: "success", Data: data, Time: g.c.Now().UnixMilli() % 1000}
}

// The documented codes.
const (
	done      = 200
	repeated  = 30011 // seen in public clients
	trouble   = -1
	parameter = 30001
	signature = 30002
	badKey    = 30003
	quota     = 30004
	unknown   = 30009
)

func (g *Gateway) answer(r *http.Request, body string) (answer envelope, lost bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	form, err := url.ParseQuery(body)
	if err != nil {
		return g.no(parameter, "参数格式错误"), false
	}
	get := func(name string) string {
		if v := form.Get(name); v != "" || name != "method" {
			return v
		}
		return r.URL.Query().Get(name)
	}
	param := get("param")
	switch {
	case get("key") != g.c.Key:
		return g.no(badKey, "验证KEY失败"), false
	case len(get("t")) != 13 || strings.Trim(get("t"), "0123456789") != "":
		return g.no(parameter, "时间戳t错误"), false
	case g.fails == "signature" || get("sign") != g.sign(param, get("t")):
		return g.no(signature, "签名验证失败"), false
	case g.fails == "busy":
		return g.no(quota, "单量不足或调用超限"), false
	case g.fails == "lose-request":
		g.fails = ""
		return envelope{}, true
	}
	switch get("method") {
	case "order":
		answer = g.order(param, scheme(r)+r.Host)
		if g.fails == "lose-answer" {
			g.fails = ""
			return answer, true
		}
		return answer, false
	case "cancel":
		return g.cancel(param), false
	}
	return g.no(parameter, "method错误"), false
}

func (g *Gateway) sign(param, t string) string {
	sum := md5.Sum([]byte(param + t + g.c.Key + g.c.Secret))
	return fmt.Sprintf("%X", sum[:])
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https://"
	}
	return "http://"
}

func digest(parts ...string) string {
	sum := md5.Sum([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
