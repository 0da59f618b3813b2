package sto_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto"
	"miandan/agent/internal/carrier/sto/stosim"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
)

// FuzzAnswer asks STO for a number and gives it back again.
func FuzzAnswer(f *testing.F) {
	for _, good := range []string{published, `{"success":"false","errorCode":"S07","errorMsg":"收件人 演示张三 13800001234 系统异常","needRetry":"true"}`,
		`{"success":"false","errorCode":"13800001234","errorMsg":"演示张三 演示路2号 不派送"}`} {
		for _, s := range hostile.JSON(good) {
			f.Add(s)
		}
	}
	f.Add([]byte(`<response><success>false</success><errorCode>S02</errorCode><errorMsg>演示张三 13800001234</errorMsg></response>`))
	f.Add([]byte(`<response><success>true</success><data><waybillNo>77</waybillNo></data></response>`))
	settings, secrets := stosim.Settings()
	tokens := map[string]secret.Token{}
	for k, v := range secrets {
		tokens[k] = secret.New(v)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		i, err := sto.Kind().New(carrier.Account{
			Gateway: "http://gateway.example/link.do", Values: settings, Secrets: tokens, Sender: sender(),
			HTTP: &outbound.Client{Transport: hostile.Platform(func(*http.Request) []byte { return answer })},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := carriertest.Order("249786309732")
		o.Receiver.Name, o.Receiver.Phone = pii.NewName(hostile.Name), pii.NewPhone(hostile.Phone)
		hostile.Bounded(t, len(answer), func() {
			w, err := i.Issue(t.Context(), o)
			var no *carrier.Refusal
			switch {
			case err == nil && (w.Number == "" || len(w.Parcels) != 1 || w.Receiver.Phone.Empty()):
				t.Errorf("the waybill is %+v", w)
			case err != nil && !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
				t.Errorf("nobody knows whether a number was taken: %v", err)
			}
			hostile.Silent(t, fmt.Sprint(err), secrets["secret_key"], secrets["site_password"])
			if err := i.Cancel(t.Context(), "770000000000001"); err != nil {
				said := err.Error()
				if n := len(said); n > 2000 {
					t.Errorf("%d bytes of an error", n)
				}
			}
		})
	})
}
