package sto_test

import (
	"errors"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto"
	"miandan/templates/waybill"
)

func TestDigest(t *testing.T) {
	for _, test := range []struct{ secret, content, want string }{
		{"fakeStoSecretKey", `{"orderNo":"T20261123001","orderSource":"TEST","receiver":{"name":"测试"}}`, "LvKzYqUJqRZSt72Ibb3RRA=="},
	} {
		if got := sto.Digest(test.content, test.secret); got != test.want {
			t.Errorf("the digest of %s is %s, want %s", test.content, got, test.want)
		}
	}
}

// published is an answer as the reference to STO's interfaces writes it out.
const published = `{"success":"true","errorCode":"","errorMsg":"","needRetry":"false","requestId":"1","data":{"orderNo":"249786309732","waybillNo":"770000000000001","bigWord":"877-342-213","packagePlace":"上海演示集包地","sourceOrderId":"249786309732","safeNo":"95013000000000","newBlockCode":"A7"}}`

func TestPublishedAnswer(t *testing.T) {
	w, err := answering(t, published).Issue(t.Context(), carriertest.Order("249786309732"))
	if err != nil {
		t.Fatal(err)
	}
	want := waybill.Routing{Code: "877-342-213", Hub: "上海演示集包地", Mark: "A7"}
	if w.Number != "770000000000001" || w.Routing != want || w.PhoneKind != waybill.PhoneVirtual || w.Parcels[0].Barcode != "770000000000001" {
		t.Errorf("the waybill is %+v", w)
	}
}

// Yes is a text; a public client reads it as a boolean.
func TestYesInAnyForm(t *testing.T) {
	for _, yes := range []string{`"true"`, `true`, `"TRUE"`, `1`} {
		w, err := answering(t, `{"success":`+yes+`,"data":{"waybillNo":"770000000000001","newBlockCode":"877-342-213-05"}}`).Issue(t.Context(), carriertest.Order("249786309732"))
		if err != nil || w.Number != "770000000000001" || w.Routing.Name != "877-342-213-05" {
			t.Errorf("%s: %q, %v", yes, w.Number, err)
		}
	}
	_, err := answering(t, `{"success":"false","errorMsg":"订单不合法"}`).Issue(t.Context(), carriertest.Order("249786309732"))
	if no := (*carrier.Refusal)(nil); !errors.As(err, &no) {
		t.Errorf("no: %v", err)
	}
}
