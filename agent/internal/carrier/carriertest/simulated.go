package carriertest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Simulated is an issuer and the simulator of its carrier.
type Simulated struct {
	// New makes an issuer that calls base, has the simulator's credentials and
	// puts prefix before every order number, as carrier.Account's. It must be able
	// to Find, and to ask for several parcels and a receipt, if there is any
	// setting with which it can.
	New func(base, prefix string) carrier.Issuer
	// Sim makes a simulator that has never been asked for anything.
	Sim func(t *testing.T) Simulator
	// Private are the secrets that New uses. No error may say one.
	Private []string
	// Cannot says why the carrier, or the issuer, cannot do what every other can:
	// under Find, Cancel, Parcels …, or under what a Simulator can be told, the
	// reason. That it really cannot is tested too.
	Cannot map[string]string
}

// What Cannot may name beside what a Simulator can be told.
const (
	Again     = "again"     // knows that it was asked under a reference before
	Find      = "find"      // can find a number whose answer was lost
	Cancel    = "cancel"    // takes a number back
	Parcels   = "parcels"   // gives an order several parcels
	Receipt   = "receipt"   // brings a signed receipt back
	Documents = "documents" // draws labels
	Adopt     = "adopt"     // makes a waybill of a number that somebody typed in
)

var rows = []struct {
	name string
	run  func(Simulated, *testing.T)
}{
	{"a number with routing", Simulated.routed},
	{"two orders", Simulated.two},
	{"the same order again", Simulated.again},
	{"a lost request", Simulated.lostRequest},
	{"a lost answer", Simulated.lostAnswer},
	{"busy", Simulated.busy},
	{"a wrong signature", Simulated.signature},
	{"no permission", Simulated.permission},
	{"trouble behind the gateway", Simulated.backEnd},
	{"refused", Simulated.refuse},
	{"outside the area", Simulated.outside},
	{"no numbers left", Simulated.stock},
	{"a hidden receiver", Simulated.hidden},
	{"a number given back", Simulated.cancel},
	{"a number that is not taken back", Simulated.fast},
	{"several parcels", Simulated.parcels},
	{"several parcels and a lost answer", Simulated.parcelsLost},
	{"a receipt that comes back", Simulated.receipt},
	{"no routing", Simulated.bare},
	{"a label that its carrier draws", Simulated.documents},
	{"accounts apart", Simulated.accounts},
	{"orders from elsewhere", Simulated.elsewhere},
	{"a number found by hand", Simulated.adopted},
	{"numbers found by hand", Simulated.adoptedParcels},
}

// What can go wrong at a Simulator, and may be named in Cannot as well. A request
// or an answer can be lost at any carrier.
var failures = []string{Busy, Signature, Permission, BackEnd, Refuse, Outside, Stock, Late, Fast, Bare}

// RunSimulated tests an issuer against its simulator.
func RunSimulated(t *testing.T, s Simulated) {
	abilities := append([]string{Again, Find, Cancel, Parcels, Receipt, Documents, Adopt}, failures...)
	for _, what := range slices.Sorted(maps.Keys(s.Cannot)) {
		if !slices.Contains(abilities, what) || strings.TrimSpace(s.Cannot[what]) == "" {
			t.Errorf("Cannot has %q without a reason, or it is nothing that one can do", what)
		}
	}
	if len(s.Private) == 0 || slices.Contains(s.Private, "") {
		t.Error("Private names no secret: every carrier's calls are signed with one")
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { row.run(s, t) })
	}
}

// world is a simulator that can be called, and how often it was.
type world struct {
	Simulated
	sim  Simulator
	url  string
	seen atomic.Int32
}

func (s Simulated) world(t *testing.T) *world {
	t.Helper()
	w := &world{Simulated: s, sim: s.Sim(t)}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.seen.Add(1)
		w.sim.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// prefix stands before the order numbers of all issuers but those of "accounts
// apart".
const prefix = "M1"

// issuer returns a new issuer: what it knows it has from its carrier.
func (w *world) issuer() carrier.Issuer { return w.New(w.url, prefix) }

// issue takes a number that must come.
func (w *world) issue(t *testing.T, o order.Order) waybill.Waybill {
	t.Helper()
	b, err := w.issuer().Issue(t.Context(), o)
	if err != nil {
		t.Fatalf("Issue: %v", err)
	}
	w.sound(t, o, b)
	return b
}

// given returns the numbers that the carrier gave, of all orders, sorted.
func (w *world) given() []string {
	var all []string
	for _, numbers := range w.sim.Given() {
		all = append(all, numbers...)
	}
	slices.Sort(all)
	return all
}

// gave wants exactly these numbers to have been given, under as many references.
func (w *world) gave(t *testing.T, references int, numbers ...waybill.Number) {
	t.Helper()
	var want []string
	for _, n := range numbers {
		want = append(want, string(n))
	}
	slices.Sort(want)
	if got := w.given(); !slices.Equal(got, want) {
		t.Errorf("the carrier gave %v, the issuer knows of %v", got, want)
	}
	if got := len(w.sim.Given()); got != references {
		t.Errorf("asked under %d references, want %d", got, references)
	}
}

// typed is what a person may type in as a number.
var typed = regexp.MustCompile(`^[0-9A-Z]{6,40}$`)

// sound holds a waybill against its order.
func (w *world) sound(t *testing.T, o order.Order, b waybill.Waybill) {
	t.Helper()
	if err := carrier.Sound(o.ID, b); err != nil {
		t.Errorf("%v: %q with %+v", err, b.Number, b.Parcels)
	}
	for _, n := range b.Numbers() {
		if !typed.MatchString(string(n)) {
			t.Errorf("%q cannot be typed in", n)
		}
	}
	if b.Order != o.ID || b.Carrier == "" || b.CarrierName == "" || b.IssuedAt.IsZero() {
		t.Errorf("waybill %+v", b)
	}
	if !b.Receiver.Name.Equal(o.Receiver.Name) || !b.Receiver.Address.Equal(o.Receiver.Address) ||
		b.PhoneKind == o.PhoneKind && !b.Receiver.Phone.Equal(o.Receiver.Phone) || b.Receiver.Phone.Empty() {
		t.Error("the label's receiver is not the order's")
	}
	if len(b.Parcels) != o.Boxes() {
		t.Errorf("%d parcels, want %d", len(b.Parcels), o.Boxes())
	}
	for i, p := range b.Parcels {
		if p.Index != i+1 || p.Count != o.Boxes() {
			t.Errorf("parcel %d is %d of %d", i+1, p.Index, p.Count)
		}
	}
	if codes := barcodes(b); len(slices.Compact(slices.Sorted(slices.Values(codes)))) != len(codes) {
		t.Errorf("two parcels have one barcode: %v", codes)
	}
}

func barcodes(b waybill.Waybill) []string {
	var list []string
	for _, p := range b.Parcels {
		list = append(list, p.Barcode)
	}
	return list
}

// route fills in what an issuer's numbers come without.
func route(t *testing.T, i carrier.Issuer, b *waybill.Waybill) error {
	t.Helper()
	if r, ok := i.(carrier.Router); ok {
		return r.Route(t.Context(), b)
	}
	return nil
}

// finder returns an issuer that can find, or nil; then the reason is known.
func (w *world) finder(t *testing.T) carrier.Finder {
	t.Helper()
	f, ok := w.issuer().(carrier.Finder)
	can := ok && f.CanFind()
	switch reason := w.Cannot[Find]; {
	case can && reason != "":
		t.Fatalf("it can find, and the reason why it cannot is: %s", reason)
	case !can && reason == "":
		t.Fatal("it cannot find; say why in Cannot[Find]")
	case !can:
		t.Logf("it cannot find: %s", reason)
		return nil
	}
	return f
}

// far is an order to another town.
func far(id string) order.Order {
	o := Order(id)
	o.Receiver.Name = pii.NewName("演示王五")
	o.Receiver.Phone = pii.NewPhone("13800005678")
	o.Receiver.Address = pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "鼓楼区"}, "示例大道9号3栋")
	o.RegionIDs = order.RegionIDs{Province: 12, City: 904, District: 905}
	return o
}
