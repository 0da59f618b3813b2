package sf_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/sf"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// published is an answer of SF's trial system, with codes in it.
const published = `{"apiErrorMsg":"","apiResponseID":"000180","apiResultCode":"A1000","apiResultData":"{\"success\":true,\"errorCode\":\"S0000\",\"errorMsg\":null,\"msgData\":{\"orderId\":\"M1249786309732\",\"originCode\":\"021\",\"destCode\":\"020\",\"filterResult\":2,\"remark\":\"\",\"url\":null,\"waybillNoInfoList\":[{\"waybillType\":1,\"waybillNo\":\"SF7444400000001\",\"boxNo\":null}],\"routeLabelInfo\":[{\"code\":\"1000\",\"routeLabelData\":{\"waybillNo\":\"SF7444400000001\",\"destRouteLabel\":\"020W-F0-CK\",\"codingMapping\":\"K35\",\"codingMappingOut\":null,\"printFlag\":\"000000000\",\"printIcon\":\"00100000\",\"proCode\":\"T4\",\"proName\":null,\"abFlag\":\"A\",\"xbFlag\":null,\"twoDimensionCode\":\"MMM={'k1':'020W'}\"},\"message\":null}]}}"}`

// FuzzAnswers puts an order through an account at which everything has one
// hostile answer, and a gateway that lets in.
func FuzzAnswers(f *testing.F) {
	for _, good := range []string{published, gate("A1009", "李䶮 13800001234"), refusal("8196", "李䶮 13800001234"),
		`{"apiResultCode":"A1000","accessToken":"T0K3N","expiresIn":7200}`,
		within(`{"success":true,"obj":{"files":[{"url":"https://eos.sf-express.com/x.pdf","token":"T0K3N","waybillNo":"SF7444400000001"}]}}`),
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, false)
		}
		f.Add([]byte(good), true)
	}
	inner := `{"success":true,"errorCode":"S0000","msgData":{"orderId":"M1249786309732","filterResult":2,"waybillNoInfoList":[{"waybillType":1,"waybillNo":"SF7444400000001"}],"routeLabelInfo":[{"code":"1000","routeLabelData":{"destRouteLabel":"020W-F0-CK","printIcon":"00100000"}}]}}`
	for _, s := range hostile.JSON(inner) {
		f.Add([]byte(within(string(s))), false)
	}
	f.Fuzz(func(t *testing.T, answer []byte, byToken bool) {
		if !hostile.Short(answer) {
			return
		}
		settings := map[string]string{}
		if byToken {
			settings["auth"] = "token"
		}
		a := account("https://sf.example", settings)
		a.Secrets = map[string]secret.Token{"check_word": secret.New("S3CRET")}
		a.HTTP = &outbound.Client{Transport: hostile.Platform(func(r *http.Request) []byte {
			if byToken && strings.HasSuffix(r.URL.Path, "/accessToken") {
				return []byte(`{"apiResultCode":"A1000","accessToken":"T0K3N","expiresIn":7200}`)
			}
			return answer
		})}
		a.Now = func() time.Time { return now }
		hostile.Bounded(t, len(answer), func() { try(t, issuerOf(t, a)) })
	})
}

func try(t *testing.T, i *sf.Issuer) {
	t.Helper()
	o := demoOrder()
	for name, ask := range map[string]func() (waybill.Waybill, error){
		"Issue": func() (waybill.Waybill, error) { return i.Issue(t.Context(), o) },
		"Find":  func() (waybill.Waybill, error) { return i.Find(t.Context(), o) },
	} {
		w, err := ask()
		var no *carrier.Refusal
		switch {
		case err == nil && (carrier.Sound(o.ID, w) != nil || len(w.Parcels) != 1):
			t.Errorf("%s: number %q with %d parcels", name, w.Number, len(w.Parcels))
		case err != nil && !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
			t.Errorf("%s: nobody knows whether a number was taken: %v", name, err)
		case err != nil && w.Number != "":
			t.Errorf("%s: the number %q with %v", name, w.Number, err)
		}
		silent(t, err, "李䶮", "海珠区赤岗街道演示路2号")
	}
	w := waybill.Waybill{Number: "SF7444400000001", Order: o.ID, Receiver: o.Receiver, Parcels: carrier.Numbered([]waybill.Number{"SF7444400000001"})}
	_, err := i.Document(t.Context(), w, 0)
	silent(t, err, "李䶮", "https:")
	silent(t, i.Route(t.Context(), &w), "李䶮")
	silent(t, i.Prove(t.Context(), w.Number))
	silent(t, i.Cancel(t.Context(), w.Number))
}

// silent finds a person or a secret in an error.
func silent(t *testing.T, err error, also ...string) {
	t.Helper()
	if err == nil {
		return
	}
	for _, private := range append(also, "S3CRET", "T0K3N", "13800001234") {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error says %q: %.300s", private, err)
		}
	}
}
