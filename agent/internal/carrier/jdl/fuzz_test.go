package jdl_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

type everything interface {
	carrier.Issuer
	carrier.Finder
	carrier.Router
	carrier.Prover
}

// try puts an order through an account at which everything has a hostile
// answer.
func try(t *testing.T, i everything, o order.Order) {
	t.Helper()
	for name, ask := range map[string]func() (waybill.Waybill, error){
		"Issue": func() (waybill.Waybill, error) { return i.Issue(t.Context(), o) },
		"Find":  func() (waybill.Waybill, error) { return i.Find(t.Context(), o) },
	} {
		w, err := ask()
		var no *carrier.Refusal
		switch {
		case err == nil && (w.Number == "" || len(w.Parcels) != o.Boxes()):
			t.Errorf("%s: number %q with %d parcels", name, w.Number, len(w.Parcels))
		case err != nil && !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
			t.Errorf("%s: nobody knows whether a number was taken: %v", name, err)
		case err != nil && w.Number != "":
			t.Errorf("%s: the number %q with %v", name, w.Number, err)
		}
		for n, p := range w.Parcels {
			if p.Barcode != fmt.Sprintf("%s-%d-%d-", w.Number, n+1, o.Boxes()) {
				t.Errorf("%s: the barcode %q", name, p.Barcode)
			}
		}
		whom(t, err)
	}
	w := waybill.Waybill{Number: "JDVC00000000001", Order: o.ID, Receiver: o.Receiver}
	whom(t, i.Route(t.Context(), &w))
	digits(t, i.Prove(t.Context(), w.Number))
	digits(t, i.Cancel(t.Context(), w.Number))
}

// whom fails the test if an error says whom the order goes to.
func whom(t *testing.T, err error) {
	t.Helper()
	says(t, err, "李䶮", "海珠区演示路2号")
}

// digits is whom where only a number is known and not the receiver: then a
// carrier that quotes a name is not seen through.
func digits(t *testing.T, err error) {
	t.Helper()
	says(t, err)
}

func says(t *testing.T, err error, names ...string) {
	t.Helper()
	if err == nil {
		return
	}
	for _, private := range append(names, "S3CRET", "T0K3N", "13800001234") {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error says %q: %.300s", private, err)
		}
	}
}

func clock() time.Time { return now }

// FuzzOpenPlatform asks JD Express by JD's open platform.
func FuzzOpenPlatform(f *testing.F) {
	for _, good := range []string{published, publishedNo,
		`{"x_responce":{"code":"0","resultInfo":{"rcode":100,"rmessage":"可达","siteName":"广州赤岗营业部","destinationCrossCode":"25","destinationTabletrolleyCode":"E3","isHideName":1}}}`,
		`{"x_responce":{"code":"0","resultInfo":{"stateCode":200,"stateMessage":"李䶮 13800001234 已揽收","data":[{}]}}}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, uint8(1), false)
			f.Add(s, uint8(3), true)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, parcels uint8, ranges bool) {
		i := &jdl.Issuer{
			Client: &jos.Client{AppKey: "K", AppSecret: secret.New("S3CRET"), AccessToken: secret.New("T0K3N"), Backoff: time.Nanosecond,
				HTTP: &outbound.Client{Transport: hostile.Says(answer)}},
			CustomerCode: "010K0000000", SalePlatform: "0010001", PromiseTime: 1, SameNumberAgain: true, CheckRange: ranges, Now: clock,
		}
		o := demoOrder()
		o.Parcels = int(parcels)
		hostile.Bounded(t, len(answer), func() { try(t, i, o) })
	})
}

// FuzzECAP asks JD Express by JD Logistics' own platform.
func FuzzECAP(f *testing.F) {
	for _, good := range []string{publishedECAP, publishedNo, `{"code":"100","data":["JDVC00000000001"]}`, `{"code":"100","data":{"list":["JDVC00000000001"]}}`,
		`{"success":false,"code":1,"msg":"收件人 李䶮","subMsg":"13800001234 不派送","data":{"needRetry":false}}`} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, []byte(`{"code":0,"data":["JDVC00000000001"]}`), true)
			f.Add(s, s, false)
		}
	}
	f.Fuzz(func(t *testing.T, answer, first []byte, reserve bool) {
		gateway := hostile.Platform(func(r *http.Request) []byte {
			if strings.HasSuffix(r.URL.Path, "/pregetwaybillcodes") || strings.HasSuffix(r.URL.Path, "/precheck") {
				return first
			}
			return answer
		})
		e := &jdl.ECAP{
			Client:       &lop.Client{AppKey: "K", AppSecret: secret.New("S3CRET"), AccessToken: secret.New("T0K3N"), Backoff: time.Nanosecond, HTTP: &outbound.Client{Transport: gateway}},
			CustomerCode: "010K0000000", Origin: 1, Product: "ed-m-0001", Settle: 3, Reserve: reserve, Precheck: !reserve, SameNumberAgain: !reserve, Now: clock,
		}
		hostile.Bounded(t, len(answer)+len(first), func() { try(t, e, demoOrder()) })
	})
}
