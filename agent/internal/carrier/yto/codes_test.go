package yto_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

func says(t *testing.T, answer string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	t.Cleanup(server.Close)
	return server.URL
}

// TestEveryCode puts every public code into YTO's mouth, in each of the forms
// that are known of its failures.
func TestEveryCode(t *testing.T) {
	for _, test := range []struct {
		codes  []string
		words  string
		class  error // nil for a definite no
		code   notice.Code
		action carrier.Action
	}{
		{[]string{"S01"}, "x", carrier.ErrUnsent, "gateway-call", carrier.Fix},
		{[]string{"S02"}, "x", carrier.ErrUnsent, "gateway-signature", carrier.Fix},
		{[]string{"S03"}, "x", carrier.ErrUnsent, "gateway-account", carrier.Fix},
		{[]string{"S05", "200010003", "200017004"}, "x", nil, "carrier-refused", carrier.Ask},
		{[]string{"S06", "S07", "S08", "S09", "S13", "200010002", "200010013", "200017005"}, "x", carrier.ErrUnknown, "gateway-back-end", carrier.Retry},
		{[]string{"200010005"}, "x", carrier.ErrUnknown, "order-has-number", carrier.Ask},
		{[]string{"1"}, "电子面单余额不足", nil, "stock-out", carrier.Wait},
		{[]string{"1"}, "该地址停发", nil, "carrier-area", carrier.Ask},
		{[]string{"1"}, "x", nil, "carrier-refused", carrier.Ask},
	} {
		for _, code := range test.codes {
			for _, form := range []string{`{"success":"false","code":"%s","reason":"%s"}`, `{"success":false,"code":"%s","message":"%s"}`} {
				_, err := issuer(t, says(t, fmt.Sprintf(form, code, test.words)), "", nil).Issue(t.Context(), carriertest.Order(orderID))
				got := notice.CodeOf(err)
				var no *carrier.Refusal
				if errors.As(err, &no) != (test.class == nil) || test.class != nil && !errors.Is(err, test.class) {
					t.Errorf("%s: %v is of another class", code, err)
				}
				if no != nil {
					got = notice.Code(no.Code)
				}
				if got != test.code || carrier.ActionOf(got) != test.action || !notice.Known(got) {
					t.Errorf("%s: %s is to %v, want %s", code, got, carrier.ActionOf(got), test.code)
				}
			}
		}
	}
}

// TestFormsOfAnswers are a success in three forms, and answers that are none.
func TestFormsOfAnswers(t *testing.T) {
	for answer, good := range map[string]bool{
		`{"mailNo":"YT0000000000001"}`: true,
		`{"success":"true","mailNo":"YT0000000000001","logisticsNo":"T249786309732"}`:    true,
		`{"success":true,"code":null,"mailNo":"YT0000000000001","secretWaybills":null}`:  true,
		`{"success":"true","mailNo":null,"logisticsNo":"T249786309732"}`:                 false, // a number is not promised
		`{"success":"false","mailNo":"YT0000000000001","code":"200017004","reason":"x"}`: false,
		`{"mailNo":"YT0000000000001","logisticsNo":"T249786309733"}`:                     false,
		`{"mailNo":{"a":1}}`:                        false,
		`{"mailNo":"YT0000000000001","code":"S02"}`: false,
		`{"customerCode":"K00000001","logisticsNo":"T249786309732","shortAddress":"1-2-3-4"}`: false,
	} {
		w, err := issuer(t, says(t, answer), "T", nil).Issue(t.Context(), carriertest.Order(orderID))
		if good && (err != nil || w.Number != "YT0000000000001") || !good && (!errors.Is(err, carrier.ErrUnknown) || w.Number != "") {
			t.Errorf("%s: %q, %v", answer, w.Number, err)
		}
	}
}

// TestWhatIsHidden reads secretWaybills.
func TestWhatIsHidden(t *testing.T) {
	for list, want := range map[string][2]bool{
		`[]`: {},
		`[{"code":"recipientName","value":"李*"}]`:                                                      {true, false},
		`[{"code":"recipientMobile","value":"138****1234"}]`:                                           {false, true},
		`[{"code":"recipientMobile","value":"138****1234"},{"code":"recipientName","value":"李*"}]`:     {true, true},
		`[{"code":"recipientAddress","value":"演示路**"}]`:                                                {true, true},
		`[{"code":"recipientMobile","value":"13800001234"},{"code":"recipientName","value":"李䶮"}]`:     {},
		`[{"code":"senderMobile","value":"138****1234"}]`:                                              {},
		`{"recipientMobile":"138****1234"}`:                                                            {true, true}, // of another form
		`[{"code":"recipientMobile","name":"手机","value":null},{"code":null,"value":"1"},{"code":"x"}]`: {},
	} {
		w, err := issuer(t, says(t, `{"mailNo":"YT0000000000001","secretWaybills":`+list+`}`), "T", nil).Issue(t.Context(), carriertest.Order(orderID))
		if err != nil || [2]bool{w.HideName, w.HidePhone} != want {
			t.Errorf("%s: hides %t, %t, %v; want %v", list, w.HideName, w.HidePhone, err, want)
		}
	}
}

// TestLabelsThatAreNone are answers of the label's interface without a PDF.
func TestLabelsThatAreNone(t *testing.T) {
	for answer, code := range map[string]notice.Code{
		`{"code":-1,"message":"李䶮 13800001234 的面单不存在"}`: "gateway-error",
		`{"success":"false","code":"S02","reason":"x"}`: "gateway-signature",
		`{"code":0,"data":{"pdfBase64":"aGVsbG8="}}`:    "gateway-answer",
		`{"code":0,"data":{"pdfBase64":"!"}}`:           "gateway-answer",
		`{"code":0,"data":{}}`:                          "gateway-answer",
		`{"code":0}`:                                    "gateway-answer",
		`{"code":0,"data":"JVBERi0="}`:                  "gateway-answer",
	} {
		i := issuer(t, says(t, answer), "T", nil)
		w, err := i.Adopt(carriertest.Order(orderID), []waybill.Number{"YT0000000000001"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Document(t.Context(), w, 0); notice.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", answer, err, code)
		}
	}
}
