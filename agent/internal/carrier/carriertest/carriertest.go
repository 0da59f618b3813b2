// Package carriertest is what every issuer of waybill numbers must do, whoever
// the carrier is: a new one starts with Run, which puts answers into a carrier's
// mouth, and ends with RunSimulated, which lets a whole carrier go wrong.
//
// The rows are about what cannot be repaired later: a second number for an
// order, a lost answer taken for a no, and a person or a token in an error.
package carriertest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Subject is an issuer and how its carrier speaks.
type Subject struct {
	// New makes an issuer that calls base with Secret and Token. It must be
	// able to Find, if there is any setting with which it can.
	New func(base string) carrier.Issuer
	// Key returns the key under which a request asks for a number, and for how
	// many boxes; the empty string for any other request.
	Key func(r *http.Request, body []byte) (key string, boxes int)
	// Given is an answer with a number for that many boxes and no routing.
	Given func(number string, boxes int) string

	Refused string // a definite no about the order
	// The gateway's own ways to say no. A carrier may lack any of them; its row
	// is then skipped by name.
	Throttled  string // too many calls
	Signature  string // the signature is wrong
	Expired    string // the token is no longer good
	Permission string // the account may not use the interface

	// Both is an answer that says no and names a number all the same; nil if the
	// carrier's way to say no has no place for one.
	Both func(number string) string
	// Cannot says why the issuer asks for one parcel only, under Parcels, or for no
	// signed receipt, under Receipt. That it refuses them is tested then.
	Cannot map[string]string
}

// What New must use, and no error may say.
const (
	Secret = "carriertest-secret-0123456789"
	Token  = "carriertest-token-9876543210"
)

const (
	name    = "李䶮"
	phone   = "13800001234"
	address = "演示路2号"
	oaid    = "o1-demo-oaid-0001"
)

// Order is an order of one parcel with a receiver who can be read.
func Order(id string) order.Order {
	return order.Order{
		Key: order.Key{Source: "jd", ID: id}, State: order.ToShip, PhoneKind: waybill.PhoneReal, PaidAt: time.Now().Add(-time.Hour),
		RegionIDs: order.RegionIDs{Province: 19, City: 1601, District: 3634, Town: 63199},
		Items:     []waybill.Item{{SKU: "A", Name: "演示商品", Quantity: 2}},
		Receiver: waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone),
			Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, address)},
	}
}

const (
	orderID = "249786309732"
	otherID = "249786309733"
)

// Run tests the subject.
func Run(t *testing.T, s Subject) {
	t.Run("a number without routing", s.number)
	t.Run("the same key for the same order", s.key)
	t.Run("several parcels", s.parcels)
	t.Run("services on the label", s.services)
	t.Run("a lost answer", func(t *testing.T) { s.lost(t, lostAnswer) })
	t.Run("a lost request", func(t *testing.T) { s.lost(t, lostRequest) })
	t.Run("answers that say nothing", s.unreadable)
	t.Run("a redirect", s.redirect)
	t.Run("answers that say no", s.no)
	t.Run("a hidden receiver", s.hidden)
	t.Run("no network", s.noNetwork)
	t.Run("a stop in between", s.stopped)
}

func (s Subject) number(t *testing.T) {
	g := s.gateway(t)
	w, err := s.New(g.URL).Issue(t.Context(), Order(orderID))
	if err != nil {
		t.Fatal(err)
	}
	if w.Number != g.number(orderID) || w.Order != orderID || w.Carrier == "" || w.PhoneKind != waybill.PhoneReal || w.IssuedAt.IsZero() {
		t.Errorf("waybill %+v", w)
	}
	if len(w.Parcels) != 1 || w.Parcels[0].Index != 1 || w.Parcels[0].Count != 1 || !strings.HasPrefix(w.Parcels[0].Barcode, string(w.Number)) {
		t.Errorf("parcels %+v", w.Parcels)
	}
	if !w.Receiver.Phone.Equal(Order(orderID).Receiver.Phone) || !w.Receiver.Name.Equal(Order(orderID).Receiver.Name) {
		t.Error("the label's receiver is not the order's")
	}
}

func (s Subject) key(t *testing.T) {
	g := s.gateway(t)
	for range 2 { // a new issuer each time, as after a restart
		if _, err := s.New(g.URL).Issue(t.Context(), Order(orderID)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.New(g.URL).Issue(t.Context(), Order(otherID)); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(g.keys()); got != fmt.Sprint([]string{orderID, orderID, otherID}) {
		t.Errorf("asked under the keys %s", got)
	}
}

func (s Subject) parcels(t *testing.T) {
	g := s.gateway(t)
	o := Order(orderID)
	o.Parcels = 3
	w, err := s.New(g.URL).Issue(t.Context(), o)
	if reason := s.Cannot[Parcels]; reason != "" {
		refused(t, err, "parcels-too-many")
		g.untouched(t)
		t.Logf("one parcel only: %s", reason)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, p := range w.Parcels {
		if p.Index != i+1 || p.Count != 3 || p.Barcode == "" || seen[p.Barcode] {
			t.Errorf("parcel %d is %+v", i+1, p)
		}
		seen[p.Barcode] = true
	}
	if len(w.Parcels) != 3 || w.Numbers()[0] != w.Number {
		t.Errorf("%d parcels under %v", len(w.Parcels), w.Numbers())
	}
}

func (s Subject) services(t *testing.T) {
	g := s.gateway(t)
	o := Order(orderID)
	o.Collect, o.Insured, o.SignReturn = 5990, 100000, order.PaperReturn
	if reason := s.Cannot[Receipt]; reason != "" {
		_, err := s.New(g.URL).Issue(t.Context(), o)
		refused(t, err, "service-not-set-up")
		g.untouched(t)
		t.Logf("no receipt: %s", reason)
		o.SignReturn = order.NoReturn
	}
	w, err := s.New(g.URL).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if w.Collect != 5990 || w.Insured != 100000 || w.SignReturn != (o.SignReturn != order.NoReturn) {
		t.Errorf("marked %v, %v, %v", w.Collect, w.Insured, w.SignReturn)
	}
}

// lost loses something on the way of the first request for a number. Whatever
// it was, the issuer must not know better, and must not take a second number.
func (s Subject) lost(t *testing.T, how fault) {
	g := s.gateway(t)
	g.first = how
	i := s.New(g.URL)
	_, err := i.Issue(t.Context(), Order(orderID))
	mustBe(t, err, carrier.ErrUnknown)
	if n := len(g.keys()); n != 1 {
		t.Errorf("a number was asked for %d times, want once", n)
	}
	f, ok := i.(carrier.Finder)
	if !ok || !f.CanFind() {
		return
	}
	w, err := f.Find(t.Context(), Order(orderID))
	if err != nil || w.Number != g.number(orderID) {
		t.Errorf("Find = %q, %v; want %q", w.Number, err, g.number(orderID))
	}
	if n := g.count(); n != 1 {
		t.Errorf("%d numbers were taken for one order", n)
	}
}

func (s Subject) unreadable(t *testing.T) {
	given := s.Given("T0000000000001", 1)
	private := name + phone + address + Token
	for what, answer := range map[string]func(w http.ResponseWriter){
		"garbage":         func(w http.ResponseWriter) { fmt.Fprint(w, `{"`+private+"\x00"+`,,`) },
		"half of it":      func(w http.ResponseWriter) { fmt.Fprint(w, given[:len(given)/2]) },
		"cut off":         cut(given),
		"nothing":         func(http.ResponseWriter) {},
		"an empty object": func(w http.ResponseWriter) { fmt.Fprint(w, `{}`) },
		"null":            func(w http.ResponseWriter) { fmt.Fprint(w, `null`) },
		"a list":          func(w http.ResponseWriter) { fmt.Fprint(w, `["`+private+`"]`) },
		"a person":        func(w http.ResponseWriter) { fmt.Fprintf(w, `{"a":{"code":"0","b":%q}}`, private) },
		"5 MB": func(w http.ResponseWriter) {
			fmt.Fprint(w, `{"a":"`, strings.Repeat(phone, 6<<20/len(phone)), `"}`)
		},
		"a proxy's page": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprintf(w, "<html>%s</html>", private)
		},
		"no number": func(w http.ResponseWriter) { fmt.Fprint(w, s.Given("", 1)) },
	} {
		t.Run(what, func(t *testing.T) {
			g := s.gateway(t)
			g.answer = answer
			w, err := s.New(g.URL).Issue(t.Context(), Order(orderID))
			mustBe(t, err, carrier.ErrUnknown)
			if w.Number != "" {
				t.Errorf("number %q", w.Number)
			}
		})
	}
}

// redirect sends the request, with all that it says of a person, to somebody
// else on this computer.
func (s Subject) redirect(t *testing.T) {
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			g, other := s.gateway(t), s.gateway(t)
			g.answer = func(w http.ResponseWriter) {
				w.Header().Set("Location", other.URL+"/?to="+phone)
				w.WriteHeader(status)
			}
			_, err := s.New(g.URL).Issue(t.Context(), Order(orderID))
			mustBe(t, err, carrier.ErrUnknown)
			if n := other.asked(); n != 0 {
				t.Errorf("followed %d times", n)
			}
		})
	}
}

func (s Subject) no(t *testing.T) {
	for _, test := range []struct {
		what, answer string
		action       carrier.Action
	}{
		{"throttled", s.Throttled, carrier.Wait},
		{"a wrong signature", s.Signature, carrier.Fix},
		{"an expired token", s.Expired, carrier.Ask},
		{"no permission", s.Permission, carrier.Ask},
	} {
		t.Run(test.what, func(t *testing.T) {
			if test.answer == "" {
				t.Skip("the carrier has no such answer")
			}
			g := s.gateway(t)
			g.answer = func(w http.ResponseWriter) { fmt.Fprint(w, test.answer) }
			_, err := s.New(g.URL).Issue(t.Context(), Order(orderID))
			mustBe(t, err, carrier.ErrUnsent)
			mustHelp(t, err, test.action)
			if n := g.asked(); n != 1 {
				t.Errorf("asked %d times, want once", n)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		g := s.gateway(t)
		g.answer = func(w http.ResponseWriter) { fmt.Fprint(w, s.Refused) }
		_, err := s.New(g.URL).Issue(t.Context(), Order(orderID))
		refused(t, err, "")
	})
	t.Run("refused, with a number", func(t *testing.T) {
		if s.Both == nil {
			t.Skip("the carrier's no has no place for a number")
		}
		g := s.gateway(t)
		g.answer = func(w http.ResponseWriter) { fmt.Fprint(w, s.Both("T0000000000001")) }
		w, err := s.New(g.URL).Issue(t.Context(), Order(orderID))
		mustBe(t, err, carrier.ErrUnknown)
		if w.Number != "" {
			t.Errorf("number %q", w.Number)
		}
	})
}

func (s Subject) hidden(t *testing.T) {
	for what, test := range map[string]struct {
		phone string
		kind  waybill.PhoneKind
		code  string
	}{
		"stars":           {"138****1234", waybill.PhoneReal, "phone-masked"},
		"stars, and said": {"138****1234", waybill.PhoneMasked, "phone-masked"},
		"sealed":          {"13800001234", waybill.PhoneSealed, "receiver-sealed"},
	} {
		t.Run(what, func(t *testing.T) {
			g, o := s.gateway(t), Order(orderID)
			o.Receiver.Phone, o.PhoneKind = pii.NewPhone(test.phone), test.kind
			_, err := s.New(g.URL).Issue(t.Context(), o)
			refused(t, err, test.code)
			if n := g.asked(); n != 0 {
				t.Errorf("the carrier was asked %d times", n)
			}
		})
	}
}

func (s Subject) noNetwork(t *testing.T) {
	_, err := s.New("http://127.0.0.1:1").Issue(t.Context(), Order(orderID))
	mustBe(t, err, carrier.ErrUnsent)
	if code := notice.CodeOf(err); carrier.ActionOf(code) != carrier.Retry {
		t.Errorf("%s is to %v, want retry", code, carrier.ActionOf(code))
	}
}

func (s Subject) stopped(t *testing.T) {
	g := s.gateway(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.New(g.URL).Issue(ctx, Order(orderID))
	mustBe(t, err, carrier.ErrUnsent)
	if g.asked() != 0 {
		t.Error("the carrier was asked after the stop")
	}
}
