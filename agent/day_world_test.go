package main

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/templates/waybill"
)

// dayClock is a day's time. Within a step it runs on by itself, about as fast
// as the day goes; it never runs back.
type dayClock struct {
	mu     sync.Mutex
	base   time.Time
	began  time.Time // in real time
	length time.Duration
}

func newDayClock(start time.Time, step time.Duration) *dayClock {
	return &dayClock{base: start, began: time.Now(), length: step}
}

func (c *dayClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// now goes through most of a step in some 25 ms, and then waits for the next
// one, nearly.
func (c *dayClock) now() time.Time {
	const brisk = 25 * time.Millisecond
	real := time.Since(c.began)
	if real < brisk {
		return c.base.Add(time.Duration(float64(c.length) * 0.9 * float64(real) / float64(brisk)))
	}
	return c.base.Add(c.length*9/10 + (real-brisk)*20)
}

func (c *dayClock) advance() {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.base.Add(c.length)
	if now := c.now(); now.After(next) {
		next = now
	}
	c.base, c.began = next, time.Now()
}

// step returns when the step began.
func (c *dayClock) step() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base
}

// dayWorld is the gateway with everything that is bad about it.
type dayWorld struct {
	gateway *jdsim.Gateway
	server  *httptest.Server
	oauth   *httptest.Server
	script  *script
	random  *rand.Rand
	skew    atomic.Int64 // of the station's clock against the gateway's
	down    atomic.Bool
	storms  []storm

	mu   sync.Mutex
	told map[string]int
}

// storm is a trouble that lasts for some steps.
type storm struct {
	steps int
	light bool // most calls pass
	stop  func()
}

const (
	dayWujie   = "jingdong.ldop.alpha.waybill.receive"
	dayExpress = "jingdong.ldop.waybill.receive"
	daySearch  = "jingdong.pop.order.enSearch"
)

func newDayWorld(t *testing.T, clock *dayClock, s *script, random *rand.Rand) *dayWorld {
	w := &dayWorld{script: s, random: random, told: map[string]int{}}
	orders := len(s.orders)
	contracts := jdsim.DefaultContracts()
	for i := range contracts {
		contracts[i].Amount = 10 * orders
		contracts[i].NewNumberEachTime = contracts[i].ProviderCode == "YTO"
	}
	var err error
	w.gateway, err = jdsim.New(jdsim.Config{
		Clock: clock.Now, Contracts: contracts, Seed: random.Uint64(), ExtensionAfter: -1,
		TokenUntil: clock.Now().Add(9 * time.Hour), TokenLife: 5 * time.Hour, SameTokenOnRefresh: random.IntN(2) == 0,
		CallsPerDay: 2000 + 6*orders, DecryptsPerDay: 20 + orders/4,
		Dialect: jdsim.Dialect{HidePlanChildren: random.IntN(2) == 0, StrictPlans: true, StringStatusCode: random.IntN(2) == 0},
		Faults: []jdsim.Fault{
			{Kind: jdsim.Twice, Method: daySearch, Percent: 5},
			{Kind: jdsim.Shift, Method: daySearch, Percent: 40},
			{Kind: jdsim.Delay, Late: true, Method: dayWujie, Wait: 4 * time.Millisecond, Percent: 15},
			{Kind: jdsim.Cut, Late: true, Method: dayWujie, Percent: 1},
			{Kind: jdsim.Cut, Late: true, Method: dayExpress, Percent: 1},
			{Kind: jdsim.Refuse, Method: dayWujie, Code: "-1", Message: "系统异常，请稍后重试", Percent: 1},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewUnstartedServer(w.watched())
	w.server.Config.ErrorLog = nil
	w.server.Start()
	t.Cleanup(w.server.Close)
	w.oauth = httptest.NewServer(w.gateway.OAuth())
	t.Cleanup(w.oauth.Close)
	return w
}

// watched counts what the station is told.
func (w *dayWorld) watched() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		method := r.URL.Query().Get("method")
		if w.down.Load() {
			w.count("no gateway")
			panic(http.ErrAbortHandler)
		}
		a := &answered{ResponseWriter: rw}
		defer func() {
			if p := recover(); p != nil {
				what := "connections cut"
				if method == dayWujie || method == dayExpress {
					what = "connections cut while a number was asked for"
				}
				w.count(what)
				panic(p)
			}
			w.count("calls")
			for _, code := range []string{"2", "8", "19", "66", "43"} {
				if bytes.Contains(a.head, []byte(`"code":"`+code+`"`)) && bytes.Contains(a.head, []byte("error_response")) {
					w.count("code " + code)
				}
			}
			if a.status == http.StatusBadGateway {
				w.count("502")
			}
		}()
		w.gateway.ServeHTTP(a, r)
	})
}

// answered keeps the beginning of an answer.
type answered struct {
	http.ResponseWriter
	status int
	head   []byte
}

func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answered) Write(b []byte) (int, error) {
	if len(a.head) == 0 {
		a.head = bytes.Clone(b[:min(len(b), 80)])
	}
	return a.ResponseWriter.Write(b)
}

func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (w *dayWorld) count(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[what]++
}

func (w *dayWorld) counts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told
}

// weather lets storms pass and others come.
func (w *dayWorld) weather(perDay func(float64) bool) {
	kept := w.storms[:0]
	for _, s := range w.storms {
		if s.steps--; s.steps > 0 {
			kept = append(kept, s)
		} else {
			s.stop()
		}
	}
	w.storms = kept
	for _, k := range []struct {
		name  string
		times float64
		begin func() (stop func())
	}{
		{"now and then", 40, w.fault([]jdsim.Fault{
			{Kind: jdsim.Cut}, {Kind: jdsim.Truncate}, {Kind: jdsim.Garbage}, {Kind: jdsim.BadGateway}, {Kind: jdsim.Fail, Code: "2"}, {Kind: jdsim.Fail, Code: "66"},
		}[w.random.IntN(6)], 3)},
		{"no more calls", 2, w.fault(jdsim.Fault{Kind: jdsim.Fail, Code: "2"}, 100)},
		{"no more numbers", 3, w.fault(jdsim.Fault{Kind: jdsim.Fail, Code: "2", Method: dayWujie}, 100)},
		{"no back end", 3, w.fault(jdsim.Fault{Kind: jdsim.Fail, Code: "66"}, 70)},
		{"replies lost", 4, w.fault(jdsim.Fault{Kind: jdsim.Cut, Late: true}, 30)},
		{"numbers lost", 4, w.fault(jdsim.Fault{Kind: jdsim.Cut, Late: true, Method: []string{dayWujie, dayExpress}[w.random.IntN(2)]}, 50)},
		{"out of stock", 2, func() func() {
			w.gateway.SetStock("ZTO", 0)
			return func() { w.gateway.SetStock("ZTO", 1_000_000) }
		}},
		{"no gateway", 3, func() func() { w.down.Store(true); return func() { w.down.Store(false) } }},
	} {
		if perDay(k.times) {
			w.count("storm: " + k.name)
			w.storms = append(w.storms, storm{1 + w.random.IntN(6), k.name == "now and then", k.begin()})
		}
	}
	if perDay(3) {
		w.count("tokens ended")
		w.gateway.ExpireToken()
	}
	if perDay(20) {
		w.server.CloseClientConnections()
	}
}

// fault makes a fault that happens to so many of a hundred calls.
func (w *dayWorld) fault(f jdsim.Fault, percent int) func() func() {
	f.Percent = percent
	return func() func() { return w.gateway.Misbehave(f) }
}

func (w *dayWorld) calm() {
	for _, s := range w.storms {
		s.stop()
	}
	w.storms = nil
	w.gateway.Behave()
	w.skew.Store(0)
}

// troubled says that to wait for the station makes no sense.
func (w *dayWorld) troubled() bool {
	return time.Duration(w.skew.Load()).Abs() > 5*time.Minute || slices.ContainsFunc(w.storms, func(s storm) bool { return !s.light })
}

// touch makes some orders modified that nobody has done anything to.
func (w *dayWorld) touch(random *rand.Rand) {
	for range 1 + len(w.script.orders)/2000 {
		w.gateway.Update(w.script.orders[random.IntN(len(w.script.orders))].ID, func(*jdsim.Order) {})
	}
}

// held is a number that an order has at the gateway.
type held struct {
	issuer string
	number waybill.Number
	boxes  int
}

// issuerOf names the station's issuer by the journal's carrier.
func issuerOf(carrierCode string) string {
	if carrierCode == "JD" {
		return "jd-express"
	}
	return "wujie/" + carrierCode
}

// live returns the numbers that orders have now.
func (w *dayWorld) live() map[string][]held {
	all := map[string][]held{}
	for _, e := range w.gateway.Journal() {
		switch {
		case e.Refused != "":
		case e.Event == jdsim.Number:
			all[e.Order] = append(all[e.Order], held{issuerOf(e.Carrier), waybill.Number(e.Number), max(1, e.Packages)})
		case e.Event == jdsim.Unbound:
			all[e.Order] = without(all[e.Order], e.Number)
		}
	}
	return all
}

func without(list []held, number string) []held {
	var rest []held
	for _, h := range list {
		if string(h.number) != number {
			rest = append(rest, h)
		}
	}
	return rest
}

func (w *dayWorld) events() map[string]int {
	n := map[string]int{}
	for _, e := range w.gateway.Journal() {
		name := string(e.Event)
		if e.Refused != "" {
			name += " refused"
		}
		n[name]++
	}
	return n
}
