// Package sfsim is SF's open platform 丰桥 on this computer: the gateway, the
// order system behind it, the token and the cloud print.
//
// It is written from what is public of the platform and shares nothing with the
// client that it tests: a mistake about SF would otherwise stand in both. It
// checks every signature on the text that came, and an order number that it has
// once heard it answers with the first order for ever, as SF does.
package sfsim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is the platform and the account on it.
type Config struct {
	PartnerID   string
	CheckWord   string
	MonthlyCard string // the one that it knows; any of ten digits if empty
	// Raw takes signatures over the text without URL encoding, too.
	Raw bool
	// Repeated refuses an order number that it has with 8016, as some accounts
	// are answered, in place of the first order.
	Repeated bool
	// NoSearch has the look-up not subscribed to.
	NoSearch bool
	// DrawnAfter is how often cloud print is asked in vain for each order.
	DrawnAfter int
	// PrintFlag is that of every order; if empty, most receivers may be shown and
	// some must be hidden.
	PrintFlag string
	Now       func() time.Time // nil is time.Now
}

// The account of the practice station. All of it is invented but the card, which
// SF's own trial system has.
const (
	partnerID   = "DEMOPARTNER"
	checkWord   = "demoCheckWord00000000000000000001"
	monthlyCard = "7551234567"
)

// Settings returns the settings and the secrets of the practice station's
// account, which are those of a zero Config.
func Settings() (settings, secrets map[string]string) {
	return map[string]string{"partner_id": partnerID, "monthly_card": monthlyCard, "express_type": "2"},
		map[string]string{"check_word": checkWord}
}

// Gateway is the platform. It implements http.Handler.
type Gateway struct {
	config Config

	mu       sync.Mutex
	fail     string
	requests map[string]bool // IDs that came
	tokens   map[string]time.Time
	orders   map[string]*order // by order number
	files    map[string]file   // by the path of their address
	numbers  int
	calls    []string // service codes, in the order in which they came
}

// New returns a platform without orders.
func New(c Config) *Gateway {
	if c.PartnerID == "" {
		c.PartnerID, c.CheckWord, c.MonthlyCard = partnerID, checkWord, monthlyCard
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gateway{config: c, requests: map[string]bool{}, tokens: map[string]time.Time{}, orders: map[string]*order{}, files: map[string]file{}}
}

// Given returns the numbers of the parcels that it has given, by order number.
func (g *Gateway) Given() map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]string{}
	for id, o := range g.orders {
		if len(o.parcels) > 0 {
			all[id] = slices.Clone(o.parcels)
		}
	}
	return all
}

// Receipts returns the numbers under which signed receipts come back, by order
// number.
func (g *Gateway) Receipts() map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string]string{}
	for id, o := range g.orders {
		if o.receipt != "" {
			all[id] = o.receipt
		}
	}
	return all
}

// Cancelled reports whether an order has been cancelled.
func (g *Gateway) Cancelled(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.orders[id] != nil && g.orders[id].cancelled
}

// Label returns what it has printed of an order.
func (g *Gateway) Label(id string) map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if o := g.orders[id]; o != nil {
		return maps.Clone(o.label)
	}
	return nil
}

// Calls returns the services that were asked for, and "token" for a login.
func (g *Gateway) Calls() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

// Fail makes something go wrong until it is told "".
func (g *Gateway) Fail(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fail = how
}

// EndTokens makes every access token that it has given lapse.
func (g *Gateway) EndTokens() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tokens)
}

// once reports whether it is to go wrong in this way, and has it go right
// afterwards.
func (g *Gateway) once(how string) bool {
	if g.fail != how {
		return false
	}
	g.fail = ""
	return true
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.Method == http.MethodGet:
		g.download(w, r)
	case r.Method != http.MethodPost:
		http.Error(w, "", http.StatusMethodNotAllowed)
	case strings.HasSuffix(r.URL.Path, "/oauth2/accessToken"):
		g.login(w, r)
	default:
		g.service(w, r)
	}
}

// says writes an answer as SF does: what the system behind the gateway says is a
// text within the gateway's.
func says(w http.ResponseWriter, code, words string, inner any) {
	data := ""
	if inner != nil {
		b, err := json.Marshal(inner)
		if err != nil {
			panic(err) // nothing but texts and numbers is in it
		}
		data = string(b)
	}
	put(w, map[string]any{"apiErrorMsg": words, "apiResponseID": "00019F0000000000000000000000DEMO", "apiResultCode": code, "apiResultData": data})
}

func put(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}
