package yunda_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yunda/yundasim"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/outbound"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// FuzzAnswer asks Yunda for all that it can be asked for.
func FuzzAnswer(f *testing.F) {
	for _, good := range []string{
		published,
		`{"result":true,"code":"0000","data":[{"order_serial_no":"249786309732","status":"0","msg":"演示张三 13800001234 请使用更新接口"}]}`,
		`{"result":true,"code":"0000","data":[{"mailno":"4000052817406","pdfInfo":"[[{\"mailno\":\"4000052817406\",\"position\":\"湘\"},[\"0621\",7]]]","status":"1"}]}`,
		`{"result":false,"code":"13800001234","message":"演示张三","sub_msg":"13800001234"}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s)
		}
	}
	settings, secrets := yundasim.Settings()
	f.Fuzz(func(t *testing.T, answer []byte) {
		client := &outbound.Client{Transport: hostile.Platform(func(*http.Request) []byte { return answer })}
		i := issuer("http://gateway.example", "", client, settings, secrets)
		o := carriertest.Order("249786309732")
		o.Receiver.Name, o.Receiver.Phone = pii.NewName(hostile.Name), pii.NewPhone(hostile.Phone)
		hostile.Bounded(t, len(answer), func() {
			for name, ask := range map[string]func() (waybill.Waybill, error){
				"Issue": func() (waybill.Waybill, error) { return i.Issue(t.Context(), o) },
				"Find":  func() (waybill.Waybill, error) { return i.Find(t.Context(), o) },
			} {
				w, err := ask()
				var no *carrier.Refusal
				switch {
				case err == nil && (w.Number == "" || len(w.Parcels) != 1 || w.Parcels[0].Barcode == ""):
					t.Errorf("%s: the waybill is %+v", name, w)
				case err != nil && !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
					t.Errorf("%s: nobody knows whether a number was taken: %v", name, err)
				}
				hostile.Silent(t, fmt.Sprint(err), secrets["app_secret"], secrets["partner_secret"])
			}
			w := i.Waybill("YUNDA", "", o, "4000052817406")
			w.Parcels = carrier.Numbered([]waybill.Number{w.Number})
			hostile.Silent(t, fmt.Sprint(i.Route(t.Context(), &w)), secrets["app_secret"])
			if w.Parcels[0].Barcode == "" {
				t.Error("Route left no barcode")
			}
			_, err := i.Balance(t.Context())
			for _, err := range []error{err, i.Prove(t.Context(), w.Number), i.Cancel(t.Context(), w.Number)} {
				if err != nil && len(err.Error()) > 2000 {
					t.Errorf("%d bytes of an error", len(err.Error()))
				}
			}
		})
	})
}
