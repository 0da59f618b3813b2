package jd_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	wujie "miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// shop is a merchant's account at the simulated gateway.
type shop struct {
	gateway *jdsim.Gateway
	client  *jos.Client
	source  *jd.Source
	express *jdl.Issuer
	zto     *wujie.Issuer
	yto     *wujie.Issuer
}

func newShop(t *testing.T, orders int) *shop {
	t.Helper()
	return newShopSpeaking(t, orders, jdsim.Dialect{})
}

func newShopSpeaking(t *testing.T, orders int, d jdsim.Dialect) *shop {
	t.Helper()
	s := newShopAt(t, jdsim.Config{Dialect: d})
	s.gateway.AddOrder(jdsim.Demo(orders, time.Now())...)
	return s
}

func newShopAt(t *testing.T, c jdsim.Config) *shop {
	t.Helper()
	gateway, err := jdsim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	s := &shop{gateway: gateway, client: &jos.Client{
		Gateway: server.URL + jdsim.Path, AppKey: "0123456789ABCDEF0123456789ABCDEF",
		AppSecret: secret.New("TESTSECRET0123456789abcdef012345"), AccessToken: secret.New("ffffffffffffffffffffffffffffffff0001"),
		Backoff: time.Millisecond,
	}}
	s.source = &jd.Source{Client: s.client, Vault: &tde.Vault{Gateway: s.client}, LookBack: 7 * 24 * time.Hour, PageSize: 2, Now: time.Now}
	sender := waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
		Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")}
	s.express = &jdl.Issuer{Client: s.client, CustomerCode: "010K0000000", Shop: "演示旗舰店", SalePlatform: "0010001", PromiseTime: 1, Weight: 1, Sender: sender, Now: time.Now}
	at := func(code, name, branch string, id int) *wujie.Issuer {
		return &wujie.Issuer{Client: s.client, ProviderCode: code, ProviderName: name, ProviderID: id, BranchCode: branch,
			VendorCode: "10000001", VendorName: "演示旗舰店", SalePlatform: "0010001", Weight: 1, Sender: sender,
			SenderRegions: order.RegionIDs{Province: 2, City: 2817, District: 51973}, Now: time.Now}
	}
	s.zto, s.yto = at("ZTO", "中通快递", "57101", 1499), at("YTO", "圆通速递", "210001", 463)
	return s
}

func (s *shop) orders(t *testing.T) map[string]order.Order {
	t.Helper()
	list, _, err := s.source.Orders(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]order.Order{}
	for _, o := range list {
		if _, twice := byID[o.ID]; twice {
			t.Errorf("order %s comes twice in one reading", o.ID)
		}
		byID[o.ID] = o
	}
	return byID
}

const first, second, third = "312045870013", "312045870026", "312045870039"

func TestThreeOrders(t *testing.T) {
	s := newShop(t, 3)
	got := s.orders(t)
	if len(got) != 3 {
		t.Fatalf("%d orders, want 3", len(got))
	}
	for id, want := range map[string]struct{ name, phone, province, shipment string }{
		first:  {"张三丰年", "13800000001", "江苏", "jd-express"},
		second: {"", "13800000002", "浙江", ""},
		third:  {"李䶮", "13800000003", "广东", ""},
	} {
		o := got[id]
		if want.name != "" && o.Receiver.Name.Reveal() != want.name {
			t.Errorf("%s: another name than the customer's", id)
		}
		if o.Receiver.Phone.Reveal() != want.phone || o.PhoneKind != waybill.PhoneReal {
			t.Errorf("%s: phone %v is %s, want the real one", id, o.Receiver.Phone, o.PhoneKind)
		}
		if o.Receiver.Address.Region().Province != want.province || o.Shipment != want.shipment || o.State != order.ToShip || o.Merchant != order.SOP {
			t.Errorf("%s: %+v", id, o)
		}
		if !strings.HasPrefix(o.Receiver.Address.Reveal(), want.province) || tde.Is(o.Receiver.Address.Reveal()) {
			t.Errorf("%s: the address was not opened", id)
		}
		if until := o.Deadline().Sub(o.PaidAt); until != 48*time.Hour || o.PaidAt.IsZero() {
			t.Errorf("%s: paid %v, deadline %v later", id, o.PaidAt, until)
		}
		if len(o.Items) == 0 || o.Price == 0 {
			t.Errorf("%s: no goods or no price", id)
		}
		if text := fmt.Sprintf("%+v %#v", o, o); strings.Contains(text, want.phone) || want.name != "" && strings.Contains(text, want.name) {
			t.Errorf("%s prints its receiver", id)
		}
	}
}

func TestEveryFormOfConsignee(t *testing.T) {
	s := newShop(t, 14)
	got := s.orders(t)
	kinds := map[waybill.PhoneKind]int{}
	for _, o := range got {
		kinds[o.PhoneKind]++
	}
	if o := got["312045870118"]; o.PhoneKind != waybill.PhoneVirtual || o.Receiver.Phone.Reveal() != "17000000000-4740" {
		t.Errorf("virtual number: kind %s, phone %v", o.PhoneKind, o.Receiver.Phone)
	} else if strings.Contains(o.Receiver.Name.Reveal()+o.Receiver.Address.Reveal(), "[") {
		t.Error("the extension still stands in the name or the address")
	}
	if o := got["312045870042"]; o.PhoneKind != waybill.PhoneReal || o.Receiver.Phone.Reveal() != "13800000004" || o.Consignee == "" {
		t.Errorf("masked, with an oaid: kind %s, phone %v", o.PhoneKind, o.Receiver.Phone)
	}
	if o := got["312045870068"]; o.PhoneKind != waybill.PhoneMasked || o.NumberAsked() != "phone-masked" {
		t.Errorf("masked phone: kind %s, refusal %q", o.PhoneKind, o.NumberAsked())
	}
	if o := got["312045870055"]; o.State != order.Cancelled || o.NumberAsked() != "order-cancelled" {
		t.Errorf("cancelled: state %s, refusal %q", o.State, o.NumberAsked())
	}
	if o := got["312045870105"]; o.Merchant != order.FBP || len(o.Items) != 2 {
		t.Errorf("FBP order: merchant %s, %d items", o.Merchant, len(o.Items))
	}
	if o := got["312045870134"]; o.Parent == "" {
		t.Error("the child of a regular purchase has no parent")
	}
	if o := got["312045870147"]; o.Receiver.Phone.Reveal() != "0431-80000014" || o.PhoneKind != waybill.PhoneReal {
		t.Errorf("landline: %v, %s", o.Receiver.Phone, o.PhoneKind)
	}
	if kinds[waybill.PhoneSealed] != 0 {
		t.Errorf("%d orders are sealed although the keys are there", kinds[waybill.PhoneSealed])
	}
}

// FBP's orders say who the receiver is on themselves, others among the consignee's fields.
func TestReceiversOfFBP(t *testing.T) {
	s := newShopAt(t, jdsim.Config{Dialect: jdsim.Dialect{FlatOAID: true}})
	for i, o := range jdsim.Demo(14, time.Now()) {
		if o.Mode = jdsim.MaskedOAID; i%2 == 0 {
			o.Type = "21"
		}
		s.gateway.AddOrder(o)
	}
	kinds := map[order.Merchant]int{}
	for id, o := range s.orders(t) {
		shown, _ := s.gateway.Order(id)
		if o.State != order.ToShip || o.IsParent {
			continue
		}
		kinds[o.Merchant]++
		if o.Consignee != shown.OAID || o.PhoneKind != waybill.PhoneReal && o.PhoneKind != waybill.PhoneVirtual || o.NumberAsked() != "" {
			t.Errorf("%s order %s: consignee %q, %s, refused for %q", o.Merchant, id, o.Consignee, o.PhoneKind, o.NumberAsked())
		}
	}
	if kinds[order.FBP] < 3 || kinds[order.SOP] < 3 {
		t.Errorf("orders by merchant: %v", kinds)
	}
}

func TestCursor(t *testing.T) {
	s := newShop(t, 3)
	now := time.Now()
	s.source.Now = func() time.Time { return now }
	_, cursor, err := s.source.Orders(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	again, next, err := s.source.Orders(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != 0 || next == cursor {
		t.Errorf("%d orders again, cursor %q after %q", len(again), next, cursor)
	}
	s.gateway.Update(second, func(o *jdsim.Order) { o.Modified = now.Add(-time.Minute); o.State = jdsim.Cancelled })
	changed, _, err := s.source.Orders(t.Context(), cursor)
	if err != nil || len(changed) != 1 || changed[0].State != order.Cancelled {
		t.Errorf("a cancellation is not seen: %v, %v", changed, err)
	}
	if _, kept, err := s.source.Orders(canceled(t), cursor); err == nil || kept != cursor {
		t.Errorf("a failed reading moves the cursor to %q (%v)", kept, err)
	}
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestNumbers(t *testing.T) {
	for name, d := range map[string]jdsim.Dialect{
		"commonest":         {},
		"response":          {Response: true},
		"wrapped":           {WrappedReceive: true},
		"big-shot as list":  {BigShotList: true},
		"snake":             {SnakeShipment: true},
		"status as a text":  {StringStatusCode: true},
		"all but the first": {Response: true, WrappedReceive: true, BigShotList: true, SnakeShipment: true, StringStatusCode: true},
	} {
		t.Run(name, func(t *testing.T) { takeNumbers(t, newShopSpeaking(t, 3, d)) })
	}
}

// takeNumbers walks three orders through everything that a gateway is asked.
func takeNumbers(t *testing.T, s *shop) {
	orders := s.orders(t)
	for id, issuer := range map[string]carrier.Issuer{first: s.express, second: s.zto, third: s.yto} {
		o := orders[id]
		w, err := issuer.Issue(t.Context(), o)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if r, ok := issuer.(carrier.Router); ok {
			if err := r.Route(t.Context(), &w); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
		if w.Number == "" || w.Order != id || w.CarrierName == "" || len(w.Parcels) != 1 || !w.Receiver.Phone.Equal(o.Receiver.Phone) || w.PhoneKind != waybill.PhoneReal {
			t.Errorf("%s: waybill %+v", id, w)
		}
		if w.Routing.Code == "" || w.Routing.Name == "" || w.Routing.Site == "" {
			t.Errorf("%s: routing %+v", id, w.Routing)
		}
		if err := s.source.Shipped(t.Context(), o.Key, w.Carrier, w.Number); err != nil {
			t.Errorf("%s: Shipped: %v", id, err)
		}
		if err := s.source.Shipped(t.Context(), o.Key, w.Carrier, w.Number); err != nil {
			t.Errorf("%s: Shipped again: %v", id, err)
		}
		if err := s.source.Shipped(t.Context(), o.Key, w.Carrier, w.Number+"9"); notice.CodeOf(err) != "shipped-refused" {
			t.Errorf("%s: Shipped under another number: %v, want shipped-refused", id, err)
		}
		if err := issuer.Cancel(t.Context(), w.Number); err != nil {
			t.Errorf("%s: Cancel: %v", id, err)
		}
		if _, wujie := issuer.(carrier.Router); wujie {
			if err := issuer.Cancel(t.Context(), w.Number); notice.CodeOf(err) != "cancel-refused" {
				t.Errorf("%s: Cancel again: %v, want cancel-refused", id, err)
			}
		}
	}
	if w, err := s.express.Issue(t.Context(), orders[second]); err == nil && w.Parcels[0].Barcode != string(w.Number)+"-1-1-" {
		t.Errorf("JD's package code is %q", w.Parcels[0].Barcode)
	}
}

func TestALostReplyIsUnknownAndFindTakesNoSecondNumber(t *testing.T) {
	for name, issuer := range map[string]func(*shop) carrier.Issuer{
		"wujie":   func(s *shop) carrier.Issuer { s.zto.SameNumberAgain = true; return s.zto },
		"express": func(s *shop) carrier.Issuer { s.express.SameNumberAgain = true; return s.express },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, 3)
			o := s.orders(t)[second]
			i := issuer(s)
			stop := s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true})
			if _, err := i.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
				t.Fatalf("a lost reply: %v, want ErrUnknown", err)
			}
			stop()
			f := i.(carrier.Finder)
			if !f.CanFind() {
				t.Fatal("CanFind is false where the account gives the same number")
			}
			w, err := f.Find(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			numbers := map[string]bool{}
			for _, e := range s.gateway.Journal() {
				if e.Event == jdsim.Number {
					numbers[e.Number] = true
				}
			}
			if len(numbers) != 1 || !numbers[string(w.Number)] {
				t.Errorf("the gateway gave %d numbers", len(numbers))
			}
		})
	}
}

func TestFailuresOfIssue(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(*shop)
		unsent bool
		code   notice.Code // of the refusal, or of the error
	}{
		{"expired token", func(s *shop) { s.gateway.ExpireToken() }, true, "jd-token-expired"},
		{"wrong secret", func(s *shop) { s.client.AppSecret = secret.New("WRONG") }, true, "jd-signature"},
		{"quota", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Fail, Code: "2"}) }, true, "jd-quota"},
		{"no network", func(s *shop) { s.client.Gateway = "http://127.0.0.1:1/routerjson" }, true, "jd-unreachable"},
		{"no stock", func(s *shop) { s.gateway.SetStock("ZTO", 0) }, false, "stock-out"},
		{"JD is troubled", func(s *shop) {
			s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Refuse, Code: "-1", Message: "系统异常，请稍后重试"})
		}, false, ""},
		{"lost request", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut}) }, false, ""},
		{"lost reply", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true}) }, false, ""},
		{"back end", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Fail, Code: "66"}) }, false, ""},
		{"garbage", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Garbage}) }, false, ""},
		{"cut short", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.Truncate}) }, false, ""},
		{"bad gateway", func(s *shop) { s.gateway.Misbehave(jdsim.Fault{Kind: jdsim.BadGateway}) }, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t, 3)
			o := s.orders(t)[second]
			c.spoil(s)
			_, err := s.zto.Issue(t.Context(), o)
			var refusal *carrier.Refusal
			switch {
			case errors.As(err, &refusal):
				if notice.Code(refusal.Code) != c.code || !refusal.Retry {
					t.Errorf("refusal %+v, want %s", refusal, c.code)
				}
			case c.unsent:
				if !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != c.code {
					t.Errorf("err = %v (%s), want ErrUnsent and %s", err, notice.CodeOf(err), c.code)
				}
			default:
				if !errors.Is(err, carrier.ErrUnknown) || errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) == notice.Internal {
					t.Errorf("err = %v (%s), want ErrUnknown and a code", err, notice.CodeOf(err))
				}
			}
			for _, private := range []string{o.Receiver.Phone.Reveal(), o.Receiver.Name.Reveal(), "ffffffff", "TESTSECRET", "http://"} {
				if err != nil && strings.Contains(err.Error(), private) {
					t.Errorf("the error says too much: %s", err)
				}
			}
		})
	}
}

func TestReceiversThatAreNotPlain(t *testing.T) {
	s := newShop(t, 14)
	orders := s.orders(t)
	var refusal *carrier.Refusal
	if _, err := s.zto.Issue(t.Context(), orders["312045870068"]); !errors.As(err, &refusal) || refusal.Code != "phone-masked" {
		t.Errorf("a number for stars: %v, want phone-masked", err)
	}
	for name, issuer := range map[string]carrier.Issuer{"wujie": s.zto, "express": s.express} {
		w, err := issuer.Issue(t.Context(), orders["312045870118"])
		if err != nil || w.PhoneKind != waybill.PhoneVirtual || w.Receiver.Phone.Reveal() != "17000000000-4740" {
			t.Errorf("%s: a number for a virtual one: %s, %v", name, w.PhoneKind, err)
		}
	}
}

func TestOrder(t *testing.T) {
	s := newShop(t, 3)
	o, err := s.source.Order(t.Context(), third)
	if err != nil || o.Receiver.Name.Reveal() != "李䶮" {
		t.Errorf("Order: %v, %v", o.Receiver.Name, err)
	}
	if _, err := s.source.Order(t.Context(), "999999999999"); !errors.Is(err, platform.ErrNoOrder) {
		t.Errorf("no such order: %v, want ErrNoOrder", err)
	}
}
