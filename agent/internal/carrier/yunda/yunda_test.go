package yunda_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yunda"
	"miandan/agent/internal/carrier/yunda/yundasim"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func sender() waybill.Party {
	return waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
		Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号 3号库")}
}

// open returns an account at a simulator, with settings besides the usual ones.
func open(t *testing.T, c yundasim.Config, more map[string]string) (*yunda.Issuer, *yundasim.Gateway) {
	t.Helper()
	sim := yundasim.New(c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	settings, secrets := yundasim.Settings()
	for k, v := range more {
		settings[k] = v
	}
	return issuer(server.URL, "", nil, settings, secrets), sim
}

// answering returns an account at a platform that gives one answer.
func answering(t *testing.T, answer string) *yunda.Issuer {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	t.Cleanup(server.Close)
	settings, secrets := yundasim.Settings()
	return issuer(server.URL, "", nil, settings, secrets)
}

func TestAnOrder(t *testing.T) {
	i, sim := open(t, yundasim.Config{One: true}, map[string]string{"time_unit": "s"})
	o := carriertest.Order("249786309732")
	o.Collect, o.Insured = 5990, 100000
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sim.Address("249786309732"), "广东,广州市,海珠区,赤岗街道演示路2号"; got != want {
		t.Errorf("Yunda was told the address %q, want %q", got, want)
	}
	o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "演示路9号")
	if _, err := i.Issue(t.Context(), o); code(err) != "order-has-number" || !errors.Is(err, carrier.ErrUnknown) {
		t.Errorf("the order came again: %v", err)
	}
	if got, want := sim.Address("249786309732"), "广东,广州市,海珠区,赤岗街道演示路2号"; got != want {
		t.Errorf("the order came again and Yunda has the address %q", got)
	}
	found, err := i.Find(t.Context(), o)
	if err != nil || found.Number != w.Number || found.Routing != w.Routing || found.Parcels[0].Barcode != w.Parcels[0].Barcode {
		t.Errorf("found %+v, %v; it was %+v", found, err, w)
	}
	if got, want := sim.Address("249786309732"), "广东,广州市,海珠区,赤岗街道演示路9号"; got != want {
		t.Errorf("the label has another address than Yunda, which has %q", got)
	}
	if err := i.Cancel(t.Context(), w.Number); err != nil || !sim.Cancelled(string(w.Number)) {
		t.Errorf("Cancel = %v", err)
	}
	if _, err := i.Find(t.Context(), o); code(err) != "order-has-number" || !errors.Is(err, carrier.ErrUnknown) {
		t.Errorf("a number that was given back was looked for: %v", err)
	}
}

func TestPrivacyIsHonoured(t *testing.T) {
	for _, test := range []struct {
		name, phone     string
		kind            waybill.PhoneKind
		private, phone2 bool
	}{
		{"not asked for", "13800001234", waybill.PhoneReal, false, false},
		{"asked for", "13800001234", waybill.PhoneReal, true, true},
		{"a virtual number has nothing to hide", "17000000000-4740", waybill.PhoneVirtual, true, false},
	} {
		i, _ := open(t, yundasim.Config{}, map[string]string{"privacy": fmt.Sprint(test.private)})
		o := carriertest.Order("249786309732")
		o.PhoneKind, o.Receiver.Phone = test.kind, pii.NewPhone(test.phone)
		w, err := i.Issue(t.Context(), o)
		if err != nil || w.HideName != test.private || w.HidePhone != test.phone2 {
			t.Errorf("%s: the name is hidden: %v, the phone: %v, %v", test.name, w.HideName, w.HidePhone, err)
		}
	}
	masked := `{"result":true,"code":"0000","data":[{"mail_no":"4000052817406","pdf_info":"[[{\"receiver_name\":\"李*\",\"receiver_mobile\":\"138****1234\"}]]"}]}`
	w, err := answering(t, masked).Issue(t.Context(), carriertest.Order("249786309732"))
	if err != nil || !w.HideName || !w.HidePhone {
		t.Errorf("Yunda hides: %v, %v, %v", w.HideName, w.HidePhone, err)
	}
}

// Where the label data cannot be had, a number that was typed in is printed
// without them.
func TestWithoutLabelData(t *testing.T) {
	for name, test := range map[string]struct {
		config yundasim.Config
		path   string
	}{
		"not open to the account": {path: "no"},
		"a drawing":               {config: yundasim.Config{Drawn: true}},
	} {
		i, sim := open(t, test.config, map[string]string{"label_path": test.path})
		o := carriertest.Order("249786309732")
		given, err := i.Issue(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		w, err := i.Adopt(o, []waybill.Number{given.Number})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(i.Prove(t.Context(), w.Number), i.Route(t.Context(), &w)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w.Routing != (waybill.Routing{}) || w.Parcels[0].Barcode != string(given.Number) {
			t.Errorf("%s: the waybill is %+v", name, w)
		}
		// without the order's number Yunda takes none back, and a person is told
		if err := i.Cancel(t.Context(), w.Number); code(err) != "cancel-refused" || sim.Cancelled(string(w.Number)) {
			t.Errorf("%s: Cancel = %v", name, err)
		}
		if err := i.Return(t.Context(), o, w.Number); err != nil || !sim.Cancelled(string(w.Number)) {
			t.Errorf("%s: Return = %v", name, err)
		}
	}
}

// A no that is about Yunda itself says nothing of a number: its routing, and the
// barcode that the sorters read, are still to come.
func TestLabelDataThatComeLater(t *testing.T) {
	for _, answer := range []string{
		`{"result":false,"code":"9999","message":"系统繁忙，请稍后重试"}`, `{"result":false,"code":"9999"}`,
		`{"result":true,"code":"0000","data":[{"mailno":"4000052817406","status":"0","msg":"系统异常"}]}`,
	} {
		i := answering(t, answer)
		w, err := i.Adopt(carriertest.Order("249786309732"), []waybill.Number{"4000052817406"})
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Route(t.Context(), &w); err == nil {
			t.Errorf("%s: the label goes without its data", answer)
		}
		if err := i.Prove(t.Context(), w.Number); err == nil || code(err) == "number-not-known" {
			t.Errorf("%s: Prove = %v", answer, err)
		}
	}
	if err := answering(t, `{"result":false,"code":"9999","message":"运单号不存在"}`).Prove(t.Context(), "4000052817406"); code(err) != "number-not-known" {
		t.Errorf("a number that is not there: %v", err)
	}
}

// A yes with the code of a no, or the other way round, is neither.
func TestNeitherYesNorNo(t *testing.T) {
	for _, answer := range []string{`{"result":true,"code":"200","message":"请求成功"}`, `{"result":false,"code":"0000","message":"请求成功"}`} {
		if _, err := answering(t, answer).Issue(t.Context(), carriertest.Order("249786309732")); !errors.Is(err, carrier.ErrUnknown) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestServicesThatNobodySetUp(t *testing.T) {
	i, sim := open(t, yundasim.Config{}, map[string]string{"insured_mark": "", "sign_return_mark": ""})
	for _, change := range []func(*order.Order){
		func(o *order.Order) { o.SignReturn = order.PaperReturn },
		func(o *order.Order) { o.Insured = 100 },
	} {
		o := carriertest.Order("249786309732")
		change(&o)
		if _, err := i.Issue(t.Context(), o); code(err) != "service-not-set-up" {
			t.Errorf("a service that nobody set up: %v", err)
		}
	}
	if n := len(sim.Given()); n != 0 {
		t.Errorf("%d numbers were given", n)
	}
}

func TestBalance(t *testing.T) {
	i, _ := open(t, yundasim.Config{}, nil)
	if n, err := i.Balance(t.Context()); n != 10000 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for answer, want := range map[string]int{
		`{"result":true,"code":"0000","data":17}`:                               17,
		`{"result":true,"code":"0000","data":"17"}`:                             17,
		`{"result":true,"code":"0000","data":[{"type":"common","Count":"17"}]}`: 17,
		`{"result":true,"code":"0000","data":{"searchCount":17}}`:               17,
		`{"result":true,"code":"0000","data":{"type":"common"}}`:                -1,
		`{"result":true,"code":"0000","data":[{"count":1},{"count":2}]}`:        -1,
		`{"result":true,"code":"0000","data":"-3"}`:                             -1,
		`{"result":false,"code":"7200","message":"接口无权限"}`:                      -1,
	} {
		n, err := answering(t, answer).Balance(t.Context())
		if err == nil && n != want || err != nil && want >= 0 {
			t.Errorf("%s: %d, %v", answer, n, err)
		}
	}
}
