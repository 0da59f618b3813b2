package jd_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// atHostile is a contract at a gateway that gives one answer to everything.
func atHostile(answer []byte) *jd.Issuer {
	return &jd.Issuer{
		Client: &jos.Client{AppKey: "K", AppSecret: secret.New("S3CRET"), AccessToken: secret.New("T0K3N"), Backoff: time.Nanosecond,
			HTTP: &outbound.Client{Transport: hostile.Says(answer)}},
		ProviderCode: "YTO", ProviderName: "圆通速递", ProviderID: 463, BranchCode: "210001", VendorCode: "10000001", VendorName: "演示旗舰店",
		SalePlatform: "0010001", Now: func() time.Time { return now },
	}
}

// FuzzNumbers asks both families for numbers: whatever they say, it is a
// waybill with a number for each parcel, a definite no, or a number that may
// have been taken.
func FuzzNumbers(f *testing.F) {
	for _, good := range []string{given, published["ldop.alpha.waybill.receive"],
		`{"x_responce":{"code":"0","response":{"statusCode":"0","data":{"waybillCodeInfoList":[{"waybillCode":"YT1","waybillPackageNoList":[{"serialNumber":2,"packageNo":"YT1-2"},{"serialNumber":"1","packageNo":"YT1-1"}]}]}}}}`,
		`{"statusCode":-1,"statusMessage":"收件人 李䶮 13800001234 广东广州市海珠区赤岗街道演示路2号 超区"}`,
		`{"statusCode":0,"data":{"outage":true,"outageReason":"李䶮 停发"}}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, uint8(1), false)
			f.Add(s, uint8(2), true)
		}
	}
	f.Add([]byte(`{"statusCode":"0","data":{"waybillCodeInfoList":[{"waybillCode":"YT1","waybillPackageNoList":[{"packageNo":"YT1-1"},{"packageNo":"YT1-1"}]}]}}`), uint8(2), true)
	f.Fuzz(func(t *testing.T, answer []byte, parcels uint8, newer bool) {
		i := atHostile(answer)
		i.SameNumberAgain, i.CheckOutage = true, parcels >= 128
		o := demoOrder()
		o.Parcels = int(parcels % 128)
		var issuer interface {
			carrier.Issuer
			carrier.Finder
		} = i
		if newer {
			issuer = &jd.Ewaybill{Issuer: *i, Together: parcels%2 == 0}
		}
		hostile.Bounded(t, len(answer), func() {
			for _, ask := range []func() (waybill.Waybill, error){
				func() (waybill.Waybill, error) { return issuer.Issue(t.Context(), o) },
				func() (waybill.Waybill, error) { return issuer.Find(t.Context(), o) },
			} {
				w, err := ask()
				var no *carrier.Refusal
				switch {
				case err == nil:
					numbered(t, w, o.Boxes())
				case !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
					t.Errorf("nobody knows whether a number was taken: %v", err)
				case w.Number != "" || len(w.Parcels) > 0:
					t.Errorf("the waybill %s with %v", w.Number, err)
				}
				whom(t, err)
			}
			w := waybill.Waybill{Number: "YT0000000000001", Parcels: carrier.Numbered([]waybill.Number{"YT0000000000001"})}
			err := issuer.(carrier.Appender).Append(t.Context(), o, &w)
			if err == nil {
				numbered(t, w, 2)
			} else if len(w.Parcels) != 1 {
				t.Errorf("%d parcels with %v", len(w.Parcels), err)
			}
			whom(t, err)
			digits(t, issuer.Cancel(t.Context(), "YT0000000000001"))
		})
	})
}

// numbered wants a waybill of so many parcels, each with a barcode of its own.
func numbered(t *testing.T, w waybill.Waybill, parcels int) {
	t.Helper()
	var codes []string
	for i, p := range w.Parcels {
		codes = append(codes, p.Barcode)
		if p.Index != i+1 || p.Count != parcels {
			t.Errorf("parcel %d of %d stands at %d of %d", p.Index, p.Count, i+1, parcels)
		}
	}
	slices.Sort(codes)
	if w.Number == "" || len(codes) != parcels || codes[0] == "" || len(slices.Compact(codes)) != parcels {
		t.Errorf("number %q, barcodes %q for %d parcels", w.Number, codes, parcels)
	}
}

// whom fails the test if an error says whom the order goes to.
func whom(t *testing.T, err error) {
	t.Helper()
	says(t, err, "李䶮", "赤岗街道演示路2号")
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

// FuzzFacts reads what JD says of numbers, contracts and stocks.
func FuzzFacts(f *testing.F) {
	for _, name := range []string{"ldop.alpha.vendor.bigshot.query", "ldop.alpha.provider.sign.success", "ldop.alpha.vendor.stock.queryByProviderCode", "ldop.alpha.waybill.api.unbind"} {
		for _, s := range hostile.JSON(published[name]) {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		i := atHostile(answer)
		known := func(err error) {
			if code := notice.CodeOf(err); err != nil && !errors.Is(err, carrier.ErrUncounted) && (code == notice.Internal || !notice.Known(code)) {
				t.Errorf("no sentence for %v", err)
			}
			whom(t, err)
		}
		hostile.Bounded(t, len(answer), func() {
			w := waybill.Waybill{Number: "YT0000000000001"}
			err := i.Route(t.Context(), &w)
			if (err == nil) == (w.Routing == waybill.Routing{}) {
				t.Errorf("routing %+v with %v", w.Routing, err)
			}
			known(err)
			known(i.Prove(t.Context(), "YT0000000000001"))
			contracts, err := i.Contracts(t.Context())
			known(err)
			if c, err := i.Signed(contracts); err == nil && (c.ProviderCode != "YTO" || c.BranchCode != "210001") {
				t.Errorf("another's contract %+v", c)
			}
			n, err := i.Balance(t.Context())
			if err != nil && n != 0 {
				t.Errorf("%d left with %v", n, err)
			}
			known(err)
		})
	})
}
