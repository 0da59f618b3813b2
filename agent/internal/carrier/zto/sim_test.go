package zto_test

import (
	"errors"
	"maps"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/zto"
	"miandan/agent/internal/carrier/zto/ztosim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
	"miandan/templates/waybill"
)

// issuer makes one of the practice station's settings and others.
func issuer(t *testing.T, base, prefix string, others map[string]string) carrier.Issuer {
	t.Helper()
	return issuerAt(t, base, prefix, others, time.Now)
}

func issuerAt(t *testing.T, base, prefix string, others map[string]string, now func() time.Time) carrier.Issuer {
	t.Helper()
	values, secrets := ztosim.Settings()
	maps.Copy(values, others)
	a := carrier.Account{
		Gateway: base, Prefix: prefix, Shop: "演示旗舰店", Weight: 1, Now: now, Values: values, Secrets: map[string]secret.Token{"hmac_key": secret.New("demo-hmac-key")},
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号 3号库")},
	}
	for name, s := range secrets {
		a.Secrets[name] = secret.New(s)
	}
	i, err := zto.Kind().New(a)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func at(t *testing.T, c ztosim.Config, others map[string]string) (*ztosim.Gateway, carrier.Issuer) {
	t.Helper()
	sim := ztosim.New(c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, issuer(t, server.URL, "T", others)
}

const orderID = "249786309732"

// TestLabel takes a number, draws its label and reads that back.
func TestLabel(t *testing.T) {
	_, i := at(t, ztosim.Config{}, map[string]string{"product": "vip"})
	o := carriertest.Order(orderID)
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn}
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^7[3-9]\d{12}$`).MatchString(string(w.Number)) || w.Routing.Code == "" || w.Routing.Hub == "" || w.Routing.OriginBranch == "" || w.Product != "中通标快" {
		t.Fatalf("waybill %+v", w)
	}
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"76x130", "100x150", "100x180"} {
		layout, err := library.Get(zto.Kind().Layout(carrier.Account{}) + "-" + size)
		if err != nil {
			t.Fatal(err)
		}
		page, err := layout.Compose(waybill.Label{Waybill: w, PrintedAt: w.IssuedAt}, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		dots, err := raster.Render(page)
		if err != nil {
			t.Fatal(err)
		}
		codes, err := raster.Grades(page, dots)
		if err != nil {
			t.Fatal(err)
		}
		var bars, squares int
		for _, c := range codes {
			switch {
			case c.Code.Symbology == scene.Code128 && c.Code.Text == string(w.Number):
				bars++
			case c.Code.Symbology == scene.QR && c.Code.Text == w.Routing.QR:
				squares++
			}
		}
		if bars == 0 || squares != 1 {
			t.Errorf("%s: %d barcodes of the number and %d QR codes", size, bars, squares)
		}
		label := scenetest.Read(t, page)
		for _, want := range []string{w.Routing.Code, w.Routing.Hub, w.Routing.OriginBranch, w.Product, "59.90", "1000.00", "签单返还", "李䶮", "13800001234"} {
			if !label.Says(want) {
				t.Errorf("%s does not say %q: %s", size, want, label.Text)
			}
		}
	}
}

// TestSignatures speaks to an app of every kind.
func TestSignatures(t *testing.T) {
	for name, test := range map[string]struct {
		c      ztosim.Config
		others map[string]string
	}{
		"sha256":            {ztosim.Config{Algorithm: "SHA256"}, map[string]string{"digest": "sha256"}},
		"hmac":              {ztosim.Config{Algorithm: "HmacSHA256", HMACKey: "demo-hmac-key"}, map[string]string{"digest": "hmac-sha256"}},
		"hex":               {ztosim.Config{Hex: true}, map[string]string{"digest_form": "hex"}},
		"timestamp":         {ztosim.Config{}, map[string]string{"timestamp": "true"}},
		"the SDK's header":  {ztosim.Config{}, map[string]string{"key_header": "x-companyid"}},
		"a group's account": {ztosim.Config{CustomerID: "GPG1"}, map[string]string{"partner_type": "1", "customer_id": "GPG1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, i := at(t, test.c, test.others)
			if _, err := i.Issue(t.Context(), carriertest.Order(orderID)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestASecondNumberIsNotTaken is a carrier that gives another number to an order
// that is sent again. The look-up keeps it from being asked.
func TestASecondNumberIsNotTaken(t *testing.T) {
	sim, i := at(t, ztosim.Config{SecondNumber: true}, map[string]string{"same_number_again": "false"})
	sim.Fail(carriertest.LoseAnswer)
	o := carriertest.Order(orderID)
	if _, err := i.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
		t.Fatal(err)
	}
	for range 2 {
		w, err := i.(carrier.Finder).Find(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if given := sim.Given()["T"+orderID]; len(given) != 1 || given[0] != string(w.Number) {
			t.Fatalf("gave %v, found %s", given, w.Number)
		}
		if err := i.(carrier.Router).Route(t.Context(), &w); err != nil || w.Routing.Code == "" {
			t.Errorf("routing %+v, %v", w.Routing, err)
		}
	}
}

// TestTheLookUpLagsBehind is a carrier that gives another number to an order that
// is sent again, and whose look-up learns of an order later: that it has none is
// believed when it has said so for a while, each time anew.
func TestTheLookUpLagsBehind(t *testing.T) {
	sim := ztosim.New(ztosim.Config{SecondNumber: true, Unfound: true})
	server := httptest.NewServer(sim)
	defer server.Close()
	clock := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	i := issuerAt(t, server.URL, "T", map[string]string{"same_number_again": "false"}, func() time.Time { return clock })
	o := carriertest.Order(orderID)
	find := func(wait time.Duration) int {
		clock = clock.Add(wait)
		if _, err := i.(carrier.Finder).Find(t.Context(), o); err != nil && !errors.Is(err, carrier.ErrUnknown) {
			t.Fatal(err)
		}
		return len(sim.Given()["T"+orderID])
	}
	for range 2 {
		sim.Fail(carriertest.LoseAnswer)
		if _, err := i.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
			t.Fatal(err)
		}
		before := len(sim.Given()["T"+orderID])
		for _, wait := range []time.Duration{0, time.Minute, 8 * time.Minute} {
			if n := find(wait); n != before {
				t.Fatalf("after %v a number was taken, %d in all", wait, n)
			}
		}
		if n := find(2 * time.Minute); n != before+1 {
			t.Fatalf("%d numbers, want one more than %d: ZTO has said for long enough that it has none", n, before)
		}
	}
}

// TestWhatIsNotToBeUsed is an order that ZTO has, and whose number is cancelled
// or somebody else's.
func TestWhatIsNotToBeUsed(t *testing.T) {
	o := carriertest.Order(orderID)
	sim, i := at(t, ztosim.Config{}, map[string]string{"order_type": "2"})
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	stranger := o
	stranger.Receiver.Phone = pii.NewPhone("13800009999")
	if _, err := i.(carrier.Finder).Find(t.Context(), stranger); !errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != "gateway-answer" {
		t.Errorf("somebody else's order: %v", err)
	}
	if err := i.Cancel(t.Context(), w.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := i.(carrier.Finder).Find(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != "order-has-number" {
		t.Errorf("a cancelled order: %v", err)
	}
	if n := len(sim.Given()["T"+orderID]); n != 1 {
		t.Errorf("%d numbers", n)
	}
}

func TestBalance(t *testing.T) {
	_, i := at(t, ztosim.Config{Stock: 12}, nil)
	if _, err := i.Issue(t.Context(), carriertest.Order(orderID)); err != nil {
		t.Fatal(err)
	}
	if n, err := i.(carrier.Balance).Balance(t.Context()); n != 11 || err != nil {
		t.Errorf("Balance = %d, %v; want 11", n, err)
	}
	_, i = at(t, ztosim.Config{CustomerID: "GPG1"}, map[string]string{"partner_type": "1", "customer_id": "GPG1", "account_id": ""})
	if _, err := i.(carrier.Balance).Balance(t.Context()); !errors.Is(err, carrier.ErrUncounted) {
		t.Errorf("a group's customer: %v", err)
	}
}

// TestSettings are accounts that lack something.
func TestSettings(t *testing.T) {
	full := func() carrier.Account {
		return carrier.Account{
			Values:  map[string]string{"app_key": "K", "account_id": "A"},
			Secrets: map[string]secret.Token{"app_secret": secret.New("S"), "account_password": secret.New("P")},
		}
	}
	for name, test := range map[string]struct {
		lacks func(*carrier.Account)
		code  notice.Code
	}{
		"an account":           {func(a *carrier.Account) { delete(a.Values, "account_id") }, "account-value"},
		"its password":         {func(a *carrier.Account) { delete(a.Secrets, "account_password") }, "account-secret"},
		"the app's secret":     {func(a *carrier.Account) { delete(a.Secrets, "app_secret") }, "account-secret"},
		"a group's code":       {func(a *carrier.Account) { a.Values["partner_type"] = "1" }, "account-value"},
		"a type that there is": {func(a *carrier.Account) { a.Values["order_type"] = "3" }, "account-value"},
		"a type of such groups": {func(a *carrier.Account) {
			a.Values["partner_type"], a.Values["customer_id"], a.Values["order_type"] = "1", "G", "4"
		}, "account-value"},
		"a key": {func(a *carrier.Account) { a.Values["digest"] = "hmac-sha256" }, "account-secret"},
	} {
		a := full()
		test.lacks(&a)
		if _, err := zto.Kind().New(a); notice.CodeOf(err) != test.code {
			t.Errorf("lacks %s: %v, want %s", name, err, test.code)
		}
	}
	if _, err := zto.Kind().New(full()); err != nil {
		t.Error(err)
	}
}

// TestServicesThatAreNotSetUp are refused before ZTO is asked.
func TestServicesThatAreNotSetUp(t *testing.T) {
	sim, i := at(t, ztosim.Config{}, map[string]string{"collect_account": "", "site_code": ""})
	for name, s := range map[string]order.Services{
		"money": {Collect: 5990}, "a receipt": {SignReturn: order.PaperReturn}, "an electronic receipt": {SignReturn: order.ElectronicReturn},
	} {
		o := carriertest.Order(orderID)
		o.Services = s
		var no *carrier.Refusal
		if _, err := i.Issue(t.Context(), o); !errors.As(err, &no) || no.Code != "service-not-set-up" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(sim.Given()) != 0 {
		t.Error("numbers were given")
	}
}
