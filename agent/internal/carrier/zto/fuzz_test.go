package zto_test

import (
	"errors"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/zto"
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
		`{"result":{"bigMarkInfo":{"bagAddr":"沪西","mark":"300- H12 09"},"verifyCode":null,"siteCode":"02100","signBillInfo":null,"siteName":"上海","billCode":"73100196611386","orderCode":"250522000006047100","partnerOrderCode":"T249786309732"},"message":"成功","status":true,"statusCode":"0000"}`,
		`{"result":[{"billCode":"73100196611386","orderCode":"250522000006047100","orderStatus":0,"receivMobile":"13800001234"}],"message":"成功","status":true,"statusCode":"SYS000"}`,
		`{"result":{"mark":"300- H12 09","bagAddr":"沪西"},"status":true,"statusCode":"SYS000"}`,
		`{"result":{"recharge":10,"available":9,"back":0,"recovery":0},"status":true,"statusCode":"SYS000"}`,
		`{"result":null,"message":"收件人 演示张三 13800001234 不派送","status":false,"statusCode":"E404"}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, true)
			f.Add(s, false)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, query bool) {
		values := map[string]string{"app_key": "K", "account_id": "A", "order_type": "2", "query_own_number": "false", "same_number_again": "true"}
		if query {
			values["query_own_number"], values["same_number_again"] = "true", "false"
		}
		i, err := zto.Kind().New(carrier.Account{
			Gateway: "http://gateway.example", Prefix: "T", Values: values, HTTP: &outbound.Client{Transport: hostile.Says(answer)},
			Secrets: map[string]secret.Token{"app_secret": secret.New("S3CRET"), "account_password": secret.New("T0K3N")},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := carriertest.Order(orderID)
		o.Receiver.Name, o.Receiver.Phone = pii.NewName(hostile.Name), pii.NewPhone(hostile.Phone)
		hostile.Bounded(t, len(answer), func() { try(t, i.(*zto.Issuer), o) })
	})
}

func try(t *testing.T, i *zto.Issuer, o order.Order) {
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
			hostile.Silent(t, err, "S3CRET", "T0K3N")
		}
	}
	w := adopted(i, o)
	for name, err := range map[string]error{
		"Route": i.Route(t.Context(), &w), "Prove": i.Prove(t.Context(), w.Number), "Cancel": i.Cancel(t.Context(), w.Number), "Balance": balance(t, i),
	} {
		if err == nil {
			continue
		}
		var n *notice.Error
		if !errors.As(err, &n) || !notice.Known(n.Code) {
			t.Errorf("%s: no sentence for %v", name, err)
		}
		if name == "Route" { // what is known of nobody cannot be seen in a carrier's words
			hostile.Silent(t, err, "S3CRET", "T0K3N")
		}
	}
}

func adopted(i *zto.Issuer, o order.Order) waybill.Waybill {
	w, err := i.Adopt(o, []waybill.Number{"73000000000001"})
	if err != nil {
		panic(err)
	}
	return w
}

func balance(t *testing.T, i *zto.Issuer) error {
	_, err := i.Balance(t.Context())
	return err
}
