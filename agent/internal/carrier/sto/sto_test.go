package sto_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto/stosim"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func sender() waybill.Party {
	return waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
		Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号 3号库")}
}

// open returns an account at a simulator, with settings besides the usual ones.
func open(t *testing.T, c stosim.Config, more map[string]string) (carrier.Issuer, *stosim.Gateway) {
	t.Helper()
	sim := stosim.New(c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	settings, secrets := stosim.Settings()
	for k, v := range more {
		settings[k] = v
	}
	return issuer(server.URL, "", settings, secrets), sim
}

// answering returns an account at a platform that gives one answer.
func answering(t *testing.T, answer string) carrier.Issuer {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	t.Cleanup(server.Close)
	settings, secrets := stosim.Settings()
	return issuer(server.URL, "", settings, secrets)
}

func TestAnOrder(t *testing.T) {
	i, sim := open(t, stosim.Config{}, nil)
	o := carriertest.Order("249786309732")
	o.Collect, o.Insured = 5990, 100000
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if w.Carrier != "STO" || w.Routing.Code == "" || w.Routing.Hub == "" || w.Routing.Mark == "" || w.HideName || w.HidePhone {
		t.Errorf("the waybill is %+v", w)
	}
	if got := sim.Address("249786309732"); got != "演示路2号" {
		t.Errorf("STO was told the address %q", got)
	}
	o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "演示路9号")
	if _, err := i.Issue(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := sim.Address("249786309732"); got != "演示路2号" {
		t.Errorf("the order came again and STO has the address %q", got)
	}
	if err := i.Cancel(t.Context(), w.Number); err != nil || !sim.Cancelled(string(w.Number)) {
		t.Errorf("Cancel = %v", err)
	}
}

// The safe number is printed in the phone's stead, but not in the stead of a
// platform's virtual one.
func TestSafeNumber(t *testing.T) {
	for _, test := range []struct {
		name          string
		kind          waybill.PhoneKind
		phone         string
		safe, private bool
		want          waybill.PhoneKind
		own           bool // the order's own number stands on the label
		hidden        bool
	}{
		{name: "none given", kind: waybill.PhoneReal, phone: "13800001234", want: waybill.PhoneReal, own: true},
		{name: "given", kind: waybill.PhoneReal, phone: "13800001234", safe: true, want: waybill.PhoneVirtual},
		{name: "given, the order has one", kind: waybill.PhoneVirtual, phone: "17000000000-4740", safe: true, want: waybill.PhoneVirtual, own: true},
		{name: "a privacy label, given", kind: waybill.PhoneReal, phone: "13800001234", safe: true, private: true, want: waybill.PhoneVirtual},
		{name: "a privacy label, none given", kind: waybill.PhoneReal, phone: "13800001234", private: true, want: waybill.PhoneReal, own: true, hidden: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			i, _ := open(t, stosim.Config{Safe: test.safe}, map[string]string{"privacy": fmt.Sprint(test.private)})
			o := carriertest.Order("249786309732")
			o.PhoneKind, o.Receiver.Phone = test.kind, pii.NewPhone(test.phone)
			w, err := i.Issue(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if w.PhoneKind != test.want || w.CarrierPhone == test.own || w.Receiver.Phone.Equal(o.Receiver.Phone) != test.own || w.HidePhone != test.hidden || w.HideName != test.private {
				t.Errorf("a %s phone, the order's own: %v, hidden: %v, name: %v", w.PhoneKind, w.Receiver.Phone.Equal(o.Receiver.Phone), w.HidePhone, w.HideName)
			}
		})
	}
}

func TestServicesThatNobodySetUp(t *testing.T) {
	i, sim := open(t, stosim.Config{}, map[string]string{"sign_return_service": " "})
	o := carriertest.Order("249786309732")
	o.SignReturn = order.PaperReturn
	if _, err := i.Issue(t.Context(), o); code(err) != "service-not-set-up" {
		t.Errorf("a receipt: %v", err)
	}
	if n := len(sim.Given()); n != 0 {
		t.Errorf("%d numbers were given", n)
	}
}

func TestANumberOfAnotherOrder(t *testing.T) {
	i := answering(t, `{"success":"true","data":{"orderNo":"T1","waybillNo":"770000000000001"}}`)
	if w, err := i.Issue(t.Context(), carriertest.Order("249786309732")); err == nil {
		t.Errorf("the number %s was taken", w.Number)
	}
}
