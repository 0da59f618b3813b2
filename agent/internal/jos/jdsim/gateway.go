// Package jdsim is JD's gateway (JOS) as an http.Handler, for practice and for
// tests.
//
// It is written from the description of JD's interfaces and shares no type,
// constant or code with the client, so that a mistake made in one of them
// shows against the other. It verifies signatures on the bytes it was sent,
// keeps JD's misspellings, misbehaves on demand, and keeps a journal that says
// what really happened whatever the client was told: the oracle of the crash
// tests.
//
// Where nobody outside JD knows the answer the choice made here is marked
// "guessed", and where the sources disagree a [Dialect] switches it.
package jdsim

import (
	"cmp"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/jos/jdsim/journal"
)

// Path is where the gateway answers; everything else is 404.
const Path = "/routerjson"

// Gateway is the simulated gateway. Its methods may be called at any time,
// also while it serves.
type Gateway struct {
	config  Config
	jos     *door
	lop     *door
	tde     tde
	voucher func() (*rsa.PrivateKey, error) // made on first use: it takes a while

	mu        sync.Mutex
	josAuth   credential
	lopAuth   credential
	traces    int
	sameAgain bool
	orders    map[string]*Order
	listed    []string // ids in the order they were added
	stock     []Contract
	ledger    ledger
	journal   *journal.Journal[Entry]
	faults    []*fault
	dice      *rand.Rand
	calls     map[string]int
	today     tally // calls
	decrypted tally // orders
	plansByID map[string]*Plan
	planned   []string // their ids in the order they were added
	outages   []Outage
	consigned map[string]consignment // by number
	files     map[string][]byte      // rendered, by name
	filed     []string               // their names, oldest first
}

// method is one method of the gateway.
type method struct {
	// run does it, with the gateway locked. An error is answered with code 43.
	run func(*Gateway, *call) (object, error)
	// refuse is how the method says no in its own words.
	refuse func(d Dialect, code, message string) object
}

// call is one verified request.
type call struct {
	method string
	args   object
	list   []any // all arguments of a call of LOP; the first is args
	now    time.Time
	door   *door
	base   string // of URLs on this server, "http://127.0.0.1:80"
	// twice, shift and partial are as the faults of these kinds say.
	twice, shift, partial bool
}

// New makes a gateway. It fails when the contracts make no sense or the
// journal cannot be opened.
func New(c Config) (*Gateway, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	g := &Gateway{
		config:    c,
		jos:       newJOS(c.Dialect),
		tde:       tde{service: c.TDEService, key: c.TDEKey},
		voucher:   sync.OnceValues(newVoucherKey),
		lop:       newLOP(c.LOPCodes),
		josAuth:   credential{access: c.AccessToken, refresh: c.RefreshToken, until: c.TokenUntil},
		lopAuth:   credential{access: c.LOPAccessToken, refresh: c.LOPRefreshToken, until: c.TokenUntil},
		sameAgain: !c.NewNumberEachTime,
		orders:    map[string]*Order{},
		stock:     slices.Clone(c.Contracts),
		outages:   slices.Clone(c.Outages),
		ledger:    newLedger(),
		dice:      rand.New(rand.NewPCG(c.Seed, 1)),
		calls:     map[string]int{},
		consigned: map[string]consignment{},
		files:     map[string][]byte{},
		plansByID: map[string]*Plan{},
	}
	for _, f := range c.Faults {
		g.faults = append(g.faults, &fault{Fault: f})
	}
	j, err := openJournal(c.JournalDir)
	if err != nil {
		return nil, err
	}
	g.journal = j
	for _, e := range j.Entries() {
		g.apply(e)
	}
	return g, nil
}

func josMethods() map[string]method {
	return map[string]method{
		"jingdong.pop.order.enSearch":                          {(*Gateway).search, refuseSearch},
		"jingdong.pop.order.enGet":                             {(*Gateway).get, refuseGet},
		"jingdong.pop.order.shipment":                          {(*Gateway).ship, refuseShipment},
		"jingdong.jos.order.oaid.decrypt":                      {(*Gateway).decrypt, refuseDecrypt},
		"jingdong.jos.order.oaid.merge":                        {(*Gateway).merge, refuseMerge},
		"jingdong.jos.order.oaid.waiting":                      {(*Gateway).waiting, refuseDecrypt},
		"jingdong.pop.order.getmobilelist":                     {(*Gateway).mobiles, refuseMobiles},
		planFamily + "queryplanlistnew":                        {(*Gateway).plans, refusePlan},
		planFamily + "queryplancount":                          {(*Gateway).planCount, refusePlan},
		planFamily + "shipmentorder":                           {(*Gateway).planShip, refusePlan},
		planFamily + "completedorder":                          {(*Gateway).planComplete, refusePlan},
		planFamily + "cancleplan":                              {(*Gateway).planCancel, refusePlan}, // sic
		"jingdong.jos.voucher.info.get":                        {(*Gateway).giveVoucher, refuseVoucher},
		"jingdong.jos.master.key.get":                          {(*Gateway).giveKeys, refuseKeys},
		"jingdong.ldop.waybill.receive":                        {(*Gateway).expressReceive, refuseExpress},
		"jingdong.ldop.receive.order.intercept":                {(*Gateway).expressIntercept, refuseIntercept},
		"jingdong.etms.range.check":                            {(*Gateway).expressRange, refuseRange},
		"jingdong.ldop.waybill.query":                          {(*Gateway).expressQuery, refuseWujie},
		"jingdong.ldop.waybill.generalQuery":                   {(*Gateway).expressQuery, refuseWujie},
		"jingdong.ldop.delivery.provider.cancelWayBill":        {(*Gateway).expressCancel, refuseCancel},
		"jingdong.ldop.receive.trace.get":                      {(*Gateway).expressTrace, refuseTrace},
		alphaReceive:                                           {(*Gateway).wujieReceive, refuseWujie},
		"jingdong.ldop.alpha.vendor.bigshot.query":             {(*Gateway).wujieBigShot, refuseWujie},
		"jingdong.ldop.alpha.vendor.stock.queryByProviderCode": {(*Gateway).wujieStock, refuseWujie},
		"jingdong.ldop.alpha.provider.sign.success":            {(*Gateway).wujieContracts, refuseWujie},
		"jingdong.ldop.alpha.waybill.api.unbind":               {(*Gateway).wujieUnbind, refuseWujie},
		"jingdong.ldop.alpha.waybill.unbind":                   {(*Gateway).wujieUnbindMany, refuseWujie},
		"jingdong.ldop.alpha.waybill.appendreceive":            {(*Gateway).wujieAppend, refuseWujie},
		"jingdong.ldop.alpha.waybill.query":                    {(*Gateway).wujieQuery, refuseWujie},
		"jingdong.ldop.alpha.provider.query":                   {(*Gateway).wujieProviders, refuseWujie},
		"jingdong.ldop.alpha.provider.sign.success.info.get":   {(*Gateway).wujieContracts, refuseWujie},
		"jingdong.ldop.alpha.vendor.stock.query":               {(*Gateway).wujieStock, refuseWujie},
		"jingdong.com.jd.ldop.alpha.waybill.api.outageQuery":   {(*Gateway).wujieOutage, refuseWujie},
		"jingdong.printing.printData.pullData":                 {(*Gateway).pullJOS, refusePullJOS},
		"jingdong.printing.template.getTemplateList":           {(*Gateway).templateList, refusePullJOS},
		"jingdong.logistics.ewaybill.contract.query":           {(*Gateway).ewaybillContracts, refuseEwaybill},
		"jingdong.logistics.ewaybill.waybill.create":           {(*Gateway).ewaybillCreate, refuseEwaybill},
		"jingdong.logistics.ewaybill.waybill.cancel":           {(*Gateway).ewaybillCancel, refuseEwaybill},
	}
}

// Methods returns the names of the methods the gateway knows, sorted.
func (g *Gateway) Methods() []string { return slices.Sorted(maps.Keys(g.jos.methods)) }

// ServeHTTP answers one request. A lost request or reply ends in
// panic(http.ErrAbortHandler), which a server takes as the wish to cut the
// connection; nothing else panics.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != Path:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	p, status := readParams(w, r)
	if status != 0 {
		http.Error(w, http.StatusText(status), status)
		return
	}
	c, code := g.verify(p)
	if code != "" {
		writeJSON(w, encode(g.jos.failure(code)))
		return
	}
	g.answer(w, r, c)
}

// answer lets a verified call have its effect, or what the faults make of it.
func (g *Gateway) answer(w http.ResponseWriter, r *http.Request, c *call) {
	plan := g.plan(c.method)
	c.twice, c.shift, c.partial = plan.twice, plan.shift, plan.partial
	c.base = "http://" + r.Host

	plan.sleep(r.Context(), plan.before)
	if plan.fault != nil && !plan.fault.Late {
		g.misbehave(w, plan.fault, c, nil)
		return
	}
	reply := g.do(c)
	plan.sleep(r.Context(), plan.after)
	if plan.fault != nil {
		g.misbehave(w, plan.fault, c, reply)
		return
	}
	writeJSON(w, reply)
}

// do lets a call have its effect and returns the whole answer.
func (g *Gateway) do(c *call) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	inner, err := c.door.methods[c.method].run(g, c)
	if err != nil {
		return encode(c.door.failure("43"))
	}
	return encode(c.door.envelope(c.method, inner))
}

// no is a method's failure in its own words.
func (g *Gateway) no(c *call, code, message string) object {
	return c.door.methods[c.method].refuse(g.config.Dialect, code, message)
}

// door is one of JD's two gateways: they sign, wrap and fail differently.
type door struct {
	methods  map[string]method
	envelope func(name string, inner object) object
	failure  func(code string) object // the gateway's own no
}

// newJOS makes the door of JOS, which puts an answer under a root of the
// method's name.
func newJOS(d Dialect) *door {
	ending := "_responce" // sic
	if d.Response {
		ending = "_response"
	}
	return &door{
		methods: josMethods(),
		envelope: func(name string, inner object) object {
			if result, ok := inner["resultInfo"].(object); ok && name == alphaReceive && !d.WrappedReceive {
				return result
			}
			inner["code"] = "0"
			return object{strings.ReplaceAll(name, ".", "_") + ending: inner}
		},
		failure: gatewayError,
	}
}

// Calls returns how often a method was called with everything in order,
// whatever came of it.
func (g *Gateway) Calls(method string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls[method]
}

// ExpireToken makes JOS refuse its access token from now on.
func (g *Gateway) ExpireToken() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.josAuth.expired = true
}

// RenewToken puts a new access token of JOS in force, without an end.
func (g *Gateway) RenewToken(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.josAuth.access, g.josAuth.expired, g.josAuth.until = token, false, time.Time{}
}

// SameNumberAgain switches whether an order that has a number is given the
// same one again; see Config.NewNumberEachTime.
func (g *Gateway) SameNumberAgain(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sameAgain = on
}

// SetStock sets how many numbers the contracts with a provider have left. It
// is not journalled: a gateway made anew starts from its Config and takes off
// what the journal says was taken.
func (g *Gateway) SetStock(providerCode string, amount int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.stock {
		if g.stock[i].ProviderCode == providerCode {
			g.stock[i].Amount = amount
		}
	}
}

// Stock returns how many numbers the contracts with a provider have left.
func (g *Gateway) Stock(providerCode string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, c := range g.stock {
		if c.ProviderCode == providerCode {
			n += c.Amount
		}
	}
	return n
}

// SetOutages puts the regions in force that carriers do not go to. Numbers for
// them are refused (guessed: JD may only say so when it is asked).
func (g *Gateway) SetOutages(outages ...Outage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.outages = slices.Clone(outages)
}

// outage says why a carrier does not go somewhere; empty if it does.
func (g *Gateway) outage(carrier string, to place) string {
	for _, o := range g.outages {
		if (o.ProviderCode == "" || o.ProviderCode == carrier) && o.Province == to.province && (o.City == "" || o.City == to.city) {
			return cmp.Or(o.Reason, "该地区停发")
		}
	}
	return ""
}

// Close closes the journal. Calls that come after it have no effect and are
// answered with code 43.
func (g *Gateway) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.journal.Close()
}

func encode(o object) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(o); err != nil {
		// Answers are made of maps, strings and numbers, which always encode.
		panic(fmt.Sprintf("jdsim: answer does not encode: %v", err))
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

func writeJSON(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	// The client may have gone; there is nobody to tell.
	_, _ = w.Write(body)
}
