package yto_test

import (
	"errors"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yto"
	"miandan/agent/internal/carrier/yto/ytosim"
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
func issuer(t *testing.T, base, prefix string, others map[string]string) *yto.Issuer {
	t.Helper()
	values, secrets := ytosim.Settings()
	maps.Copy(values, others)
	a := carrier.Account{
		Gateway: base, Prefix: prefix, Shop: "演示旗舰店", Weight: 1.5, Values: values, Secrets: map[string]secret.Token{},
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号 3号库")},
	}
	for name, s := range secrets {
		a.Secrets[name] = secret.New(s)
	}
	i, err := yto.Kind().New(a)
	if err != nil {
		t.Fatal(err)
	}
	return i.(*yto.Issuer)
}

func at(t *testing.T, c ytosim.Config, others map[string]string) (*ytosim.Gateway, *yto.Issuer) {
	t.Helper()
	sim := ytosim.New(c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, issuer(t, server.URL, "T", others)
}

const orderID = "249786309732"

// TestLabel takes a number, draws its label and reads that back. What YTO hides
// stands on it hidden in our way.
func TestLabel(t *testing.T) {
	for name, test := range map[string]struct {
		config  ytosim.Config
		others  map[string]string
		says    []string
		silence []string
	}{
		"hidden":    {ytosim.Config{}, nil, []string{"1234"}, []string{"李䶮", "13800001234", "演示路2号"}},
		"plain":     {ytosim.Config{Plain: true}, nil, []string{"李䶮", "13800001234", "演示路2号"}, nil},
		"the older": {ytosim.Config{}, map[string]string{"create": "korder_create_adapter"}, []string{"李䶮", "13800001234", "演示路2号"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, i := at(t, test.config, test.others)
			o := carriertest.Order(orderID)
			o.Services = order.Services{Collect: 5990, Insured: 100000}
			w, err := i.Issue(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`^YT\d{13}$`).MatchString(string(w.Number)) || w.Routing.Code == "" || w.Routing.Hub != "" || w.Product != "普快" {
				t.Fatalf("waybill %+v", w)
			}
			if hidden := len(test.silence) > 0; w.HideName != hidden || w.HidePhone != hidden {
				t.Errorf("hides %t, %t", w.HideName, w.HidePhone)
			}
			library, err := templates.Builtin()
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []string{"76x130", "100x150", "100x180"} {
				layout, err := library.Get(yto.Kind().Layout(carrier.Account{}) + "-" + size)
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
				bars := 0
				for _, c := range codes {
					if c.Code.Symbology == scene.Code128 && c.Code.Text == string(w.Number) {
						bars++
					}
				}
				if bars == 0 {
					t.Errorf("%s: no barcode of the number", size)
				}
				label := scenetest.Read(t, page)
				for _, want := range append(test.says, w.Routing.Code, w.Product, "59.90", "1000.00") {
					if !label.Says(want) {
						t.Errorf("%s does not say %q: %s", size, want, label.Text)
					}
				}
				for _, not := range test.silence {
					if label.Says(not) {
						t.Errorf("%s says %q: %s", size, not, label.Text)
					}
				}
			}
		})
	}
}

// TestDocument reads YTO's own label with a PDF reader that is not ours.
func TestDocument(t *testing.T) {
	_, i := at(t, ytosim.Config{}, nil)
	w, err := i.Issue(t.Context(), carriertest.Order(orderID))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := i.Document(t.Context(), w, 0)
	if err != nil {
		t.Fatal(err)
	}
	unknown := w
	unknown.Number, unknown.Parcels = "YT0000000000000", carrier.Numbered([]waybill.Number{"YT0000000000000"})
	if _, err := i.Document(t.Context(), unknown, 0); notice.CodeOf(err) != "gateway-error" {
		t.Errorf("a label of a number that was never given: %v", err)
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("pdftotext is not there")
		}
		t.Skip("pdftotext is not there")
	}
	file := filepath.Join(t.TempDir(), "label.pdf")
	if err := os.WriteFile(file, doc.PDF, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("pdftotext", file, "-").Output()
	if err != nil || !strings.Contains(string(said), string(w.Number)) || !strings.Contains(string(said), w.Routing.Code) {
		t.Errorf("pdftotext: %s, %v", said, err)
	}
}

// TestFirstAddress sends an order again with another address: number and sort
// code stay those of the first.
func TestFirstAddress(t *testing.T) {
	sim, i := at(t, ytosim.Config{}, nil)
	o := carriertest.Order(orderID)
	first, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Receiver.Address = pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "鼓楼区"}, "示例大道9号")
	again, err := i.Find(t.Context(), o)
	if err != nil || again.Number != first.Number || again.Routing != first.Routing || len(sim.Given()) != 1 {
		t.Errorf("%s with %+v, %v; the first was %s with %+v", again.Number, again.Routing, err, first.Number, first.Routing)
	}
}

// TestReturn gives numbers back by the order's number, as after a restart.
func TestReturn(t *testing.T) {
	sim := ytosim.New(ytosim.Config{})
	server := httptest.NewServer(sim)
	defer server.Close()
	o := carriertest.Order(orderID)
	w, err := issuer(t, server.URL, "T", nil).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	i := issuer(t, server.URL, "T", nil)
	sim.Fail(carriertest.Fast)
	if err := i.Return(t.Context(), o, w.Number); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("collected already: %v", err)
	}
	sim.Fail(carriertest.BackEnd)
	if err := i.Return(t.Context(), o, w.Number); notice.CodeOf(err) != "gateway-back-end" {
		t.Errorf("trouble: %v", err)
	}
	sim.Fail("")
	if err := i.Return(t.Context(), order.Order{Key: order.Key{Source: "jd", ID: "249786309733"}}, w.Number); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("an order that YTO does not know: %v", err)
	}
	if err := i.Return(t.Context(), o, w.Number); err != nil {
		t.Error(err)
	}
	if _, err := i.Document(t.Context(), w, 0); err == nil {
		t.Error("a number that was given back has a label")
	}
}

func TestBalance(t *testing.T) {
	sim, i := at(t, ytosim.Config{Stock: 1}, nil)
	for _, want := range []int{1, 0} {
		if n, err := i.Balance(t.Context()); n != want || err != nil {
			t.Errorf("Balance = %d, %v; want %d", n, err, want)
		}
		i.Issue(t.Context(), carriertest.Order(orderID))
	}
	sim.Fail(carriertest.Signature)
	if _, err := i.Balance(t.Context()); notice.CodeOf(err) != "gateway-signature" {
		t.Error(err)
	}
}

// TestEveryInterfaceOfItsOwn is a console that gave another set for each.
func TestEveryInterfaceOfItsOwn(t *testing.T) {
	own := map[string]ytosim.Access{
		"korder_cancel_adapter":   {Token: "cAnc3l", Customer: "K2", Secret: "s2"},
		"waybill_print_adapter":   {Token: "pR1nt0", Customer: "K3", Secret: "s3"},
		"waybill_balance_adapter": {Token: "bA1anc", Customer: "K1", Secret: "s4"},
	}
	server := httptest.NewServer(ytosim.New(ytosim.Config{Usual: ytosim.Access{Token: "cR3ate", Customer: "K1", Secret: "s1"}, Own: own}))
	defer server.Close()
	made, err := yto.Kind().New(carrier.Account{
		Gateway: server.URL, Prefix: "T", Sender: carriertest.Order(orderID).Receiver,
		Values: map[string]string{"customer_code": "K1", "token": "cR3ate", "cancel_token": "cAnc3l", "cancel_customer_code": "K2",
			"print_token": "pR1nt0", "print_customer_code": "K3", "balance_token": "bA1anc"},
		Secrets: map[string]secret.Token{"secret": secret.New("s1"), "cancel_secret": secret.New("s2"), "print_secret": secret.New("s3"), "balance_secret": secret.New("s4")},
	})
	if err != nil {
		t.Fatal(err)
	}
	i, o := made.(*yto.Issuer), carriertest.Order(orderID)
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, labelErr := i.Document(t.Context(), w, 0)
	_, balanceErr := i.Balance(t.Context())
	if err := errors.Join(labelErr, balanceErr, i.Return(t.Context(), o, w.Number)); err != nil {
		t.Error(err)
	}
}

// TestAmountsOutsideTheLimits are refused before YTO is asked.
func TestAmountsOutsideTheLimits(t *testing.T) {
	sim, i := at(t, ytosim.Config{}, nil)
	for _, s := range []order.Services{{Collect: 299}, {Collect: 2000001}, {Insured: 9999}, {Insured: 3000001}} {
		o := carriertest.Order(orderID)
		o.Services = s
		var no *carrier.Refusal
		if _, err := i.Issue(t.Context(), o); !errors.As(err, &no) || no.Code != "carrier-refused" || len(sim.Given()) != 0 {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for n, s := range []order.Services{{Collect: 300}, {Collect: 2000000}, {Insured: 10000}, {Insured: 3000000}} {
		o := carriertest.Order(orderID + string(rune('a'+n)))
		o.Services = s
		if _, err := i.Issue(t.Context(), o); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// TestAdopted hides what YTO would have hidden.
func TestAdopted(t *testing.T) {
	for create, hides := range map[string]bool{"privacy_create_adapter": true, "korder_create_adapter": false} {
		w, err := issuer(t, "http://gateway.example", "T", map[string]string{"create": create}).Adopt(carriertest.Order(orderID), []waybill.Number{"YT0000000000001"})
		if err != nil || w.HideName != hides || w.HidePhone != hides {
			t.Errorf("%s: hides %t, %t, %v", create, w.HideName, w.HidePhone, err)
		}
	}
}
