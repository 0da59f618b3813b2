package kuaidi100_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/kuaidi100"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// FuzzAnswer puts an order through an account at which everything has a hostile
// answer: its number, its way back and its label.
func FuzzAnswer(f *testing.F) {
	for _, good := range []string{
		given,
		`{"success":true,"code":30011,"message":"success","time":12,"data":{"taskId":"AB","kuaidinum":"SF0000000000001","childNum":"SF0000000000002,SF0000000000003","returnNum":"SF0000000000004","kdComOrderNum":"01639366271685","label":"https://api.kuaidi100.com/label/getImage/20261123/AB","destRouteLabel":"020W-F0-CK","codingMapping":"K35","printIcon":"00100000","twoDimensionCode":"MMM={'k1':'020W'}","childInfo":[{"a":1}],"backTemplate":{}}}`,
		`{"code":30001,"success":false,"message":"快递公司返回：收件人演示张三 13800001234 广东广州市海珠区赤岗街道演示路2号 超区","data":null}`,
	} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, uint8(1))
			f.Add(s, uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, parcels uint8) {
		if !hostile.Short(answer) {
			t.Skip()
		}
		i, err := kuaidi100.Kind().New(carrier.Account{
			Values:  map[string]string{"company": "shunfeng", "key": "K", "partner_id": "P", "label_template": "T", "same_number_again": "true"},
			Secrets: map[string]secret.Token{"secret": secret.New("S3CRET")}, Sender: sender,
			HTTP: &outbound.Client{Transport: hostile.Says(answer)},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := carriertest.Order("249786309732")
		o.Receiver.Name, o.Receiver.Phone = pii.NewName(hostile.Name), pii.NewPhone(hostile.Phone)
		o.Parcels, o.SignReturn = int(parcels), order.PaperReturn
		hostile.Bounded(t, len(answer), func() {
			try(t, o, i.Issue)
			try(t, o, i.(carrier.Finder).Find)
			if err := i.Cancel(t.Context(), "SF0000000000001"); err != nil && (strings.Contains(err.Error(), hostile.Phone) || strings.Contains(err.Error(), "S3CRET")) {
				t.Errorf("Cancel says too much: %v", err) // a name cannot be seen through: whose number it is, is not known
			}
		})
	})
}

func try(t *testing.T, o order.Order, ask func(context.Context, order.Order) (waybill.Waybill, error)) {
	t.Helper()
	w, err := ask(t.Context(), o)
	var no *carrier.Refusal
	switch {
	case err == nil && (carrier.Sound(o.ID, w) != nil || len(w.Parcels) != o.Boxes()):
		t.Errorf("%q with %d parcels", w.Number, len(w.Parcels))
	case err == nil:
		return
	case !errors.As(err, &no) && !errors.Is(err, carrier.ErrUnsent) && !errors.Is(err, carrier.ErrUnknown):
		t.Errorf("nobody knows whether a number was taken: %v", err)
	case w.Number != "":
		t.Errorf("the number %q with %v", w.Number, err)
	}
	hostile.Silent(t, err, "S3CRET", "海珠区赤岗街道演示路2号")
}
