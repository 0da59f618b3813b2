package yto_test

import (
	"errors"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yto"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// FuzzAnswer gives the same hostile answer to every call.
func FuzzAnswer(f *testing.F) {
	for _, good := range []string{
		`{"customerCode":"K00000001","logisticsNo":"T249786309732","mailNo":"YT0000000000001","shortAddress":"800-061-00-005","secretWaybills":[{"code":"recipientMobile","name":"收件人手机","value":"138****1234"},{"code":"recipientName","name":"收件人姓名","value":"演*"}]}`,
		`{"success":"false","code":200010003,"reason":"收件人 演示张三 13800001234 不派送"}`,
		`{"code":0,"message":"成功","data":{"pdfBase64":"JVBERi0xLjMK"}}`,
		`{"code":0,"message":"成功","data":70951}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		i, err := yto.Kind().New(carrier.Account{
			Gateway: "http://gateway.example", Prefix: "T", Values: map[string]string{"customer_code": "K00000001", "token": "dEm0A1"},
			HTTP: &outbound.Client{Transport: hostile.Says(answer)}, Secrets: map[string]secret.Token{"secret": secret.New("S3CRET")},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := carriertest.Order(orderID)
		o.Receiver.Name, o.Receiver.Phone = pii.NewName(hostile.Name), pii.NewPhone(hostile.Phone)
		hostile.Bounded(t, len(answer), func() { try(t, i.(*yto.Issuer), o) })
	})
}

func try(t *testing.T, i *yto.Issuer, o order.Order) {
	for name, ask := range map[string]func() (waybill.Waybill, error){
		"Issue": func() (waybill.Waybill, error) { return i.Issue(t.Context(), o) },
		"Find":  func() (waybill.Waybill, error) { return i.Find(t.Context(), o) },
	} {
		w, err := ask()
		var no *carrier.Refusal
		switch {
		case err == nil && (w.Number == "" || len(w.Parcels) != 1 || w.Parcels[0].Barcode != string(w.Number)):
			t.Errorf("%s: number %q with %+v", name, w.Number, w.Parcels)
		case err != nil && w.Number != "":
			t.Errorf("%s: the number %q with %v", name, w.Number, err)
		case err != nil && !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
			t.Errorf("%s: nobody knows whether a number was taken: %v", name, err)
		}
		if err != nil {
			hostile.Silent(t, err, "S3CRET")
		}
	}
	w, err := i.Adopt(o, []waybill.Number{"YT0000000000001"})
	if err != nil {
		t.Fatal(err)
	}
	doc, documentErr := i.Document(t.Context(), w, 0)
	if (documentErr == nil) != (len(doc.PDF) > 0) {
		t.Errorf("Document: %d bytes, %v", len(doc.PDF), documentErr)
	}
	left, balanceErr := i.Balance(t.Context())
	if left < 0 {
		t.Errorf("Balance: %d", left)
	}
	for name, err := range map[string]error{"Document": documentErr, "Balance": balanceErr, "Return": i.Return(t.Context(), o, w.Number)} {
		var n *notice.Error
		if err != nil && (!errors.As(err, &n) || !notice.Known(n.Code)) {
			t.Errorf("%s: no sentence for %v", name, err)
		}
	}
	if documentErr != nil {
		hostile.Silent(t, documentErr, "S3CRET")
	}
}
