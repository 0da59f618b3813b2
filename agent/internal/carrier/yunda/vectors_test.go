package yunda_test

import (
	"testing"

	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yunda"
	"miandan/templates/waybill"
)

func TestSign(t *testing.T) {
	for _, test := range []struct{ secret, body, want string }{
		{"fakeYundaAppSecret", `{"appid":"000000","partner_id":"201700101001","secret":"fakePartnerSecret","orders":[{"order_serial_no":"T20261123001","receiver":{"name":"测试"}}]}`, "c2974eb60f1421495106b92e9ded6835"},
	} {
		if got := yunda.Sign([]byte(test.body), test.secret); got != test.want {
			t.Errorf("the sign of %s is %s, want %s", test.body, got, test.want)
		}
	}
}

// published is an answer as the reference to Yunda's interfaces writes it out.
const published = `{"result":true,"code":"0000","message":"请求成功","data":[{"order_serial_no":"249786309732","mail_no":"4000052817406","pdf_info":"[[{\"mailno\":\"4000052817406\",\"mailno_barcode\":\"400005281740606217\",\"position\":\"湘-华容县\",\"position_no\":\"430623-01-\",\"bigpen_code\":\"640-1\",\"package_wd\":\"J410001\",\"package_wdjc\":\"长沙分拨包\",\"lattice_mouth_no\":\"A03\",\"tp_status\":\"021\",\"qrcode\":\"40000528174060621\",\"receiver_branch_jc\":\"华容演示网点\",\"sender_branch_jc\":\"闵行演示网点\",\"receiver_name\":\"演示\",\"receiver_mobile\":\"13800001234\",\"weight\":1.5},[\"0621\",7]]]","status":"1","msg":""}]}`

func TestPublishedAnswer(t *testing.T) {
	w, err := answering(t, published).Issue(t.Context(), carriertest.Order("249786309732"))
	if err != nil {
		t.Fatal(err)
	}
	want := waybill.Routing{
		Code: "640-1", Name: "湘-华容县", Inbound: "430623-01-", Road: "021", Hub: "长沙分拨包", HubCode: "J410001", Mark: "A03",
		Site: "华容演示网点", OriginBranch: "闵行演示网点", QR: "40000528174060621",
	}
	if w.Number != "4000052817406" || w.Routing != want || w.HideName || w.HidePhone || w.Parcels[0].Barcode != "400005281740606217" || w.Parcels[0].Number != "" {
		t.Errorf("the waybill is %+v", w)
	}
}

// The same answer in the other forms that public clients meet.
func TestForms(t *testing.T) {
	for name, answer := range map[string]string{
		"1 for yes, mailno":  `{"result":1,"code":"0000","data":[{"order_serial_no":"249786309732","mailno":"4000052817406","status":1,"pdf_info":"[[{\"mailno_barcode\":\"400005281740606217\"}]]"}]}`,
		"in the label only":  `{"result":true,"code":"0000","data":[{"order_serial_no":"249786309732","pdf_info":"[[{\"mailno\":\"4000052817406\",\"mailno_barcode\":\"400005281740606217\"},[\"0621\",7]]]"}]}`,
		"no text around it":  `{"result":true,"code":"0000","data":[{"mail_no":"4000052817406","pdf_info":[[{"mailno":4000052817406,"mailno_barcode":"400005281740606217"}]]}]}`,
		"without its number": `{"result":true,"code":"0000","data":[{"mail_no":"4000052817406","pdf_info":"{\"mailno_barcode\":\"400005281740606217\",\"position\":{}}"}]}`,
	} {
		w, err := answering(t, answer).Issue(t.Context(), carriertest.Order("249786309732"))
		if err != nil || w.Number != "4000052817406" || w.Parcels[0].Barcode != "400005281740606217" {
			t.Errorf("%s: %q with %+v, %v", name, w.Number, w.Parcels, err)
		}
	}
	w, err := answering(t, `{"result":true,"code":"0000","data":[{"mail_no":"4000052817406","pdf_info":"ENCRYPTED=="}]}`).Issue(t.Context(), carriertest.Order("249786309732"))
	if err != nil || w.Number != "4000052817406" || w.Parcels[0].Barcode != "4000052817406" {
		t.Errorf("encrypted: %q with %+v, %v", w.Number, w.Parcels, err)
	}
	for name, answer := range map[string]string{
		"two numbers":   `{"result":true,"code":"0000","data":[{"mail_no":"4000052817406","pdf_info":"[[{\"mailno\":\"4000052817407\"}]]"}]}`,
		"another order": `{"result":true,"code":"0000","data":[{"order_serial_no":"249786309733","mail_no":"4000052817406"}]}`,
		"two orders":    `{"result":true,"code":"0000","data":[{"mail_no":"4000052817406"},{"mail_no":"4000052817407"}]}`,
		"a no in a yes": `{"result":false,"code":"0000","data":[{"mail_no":"4000052817406"}]}`,
	} {
		w, err := answering(t, answer).Issue(t.Context(), carriertest.Order("249786309732"))
		if err == nil || code(err) != "gateway-answer" {
			t.Errorf("%s: %q, %v", name, w.Number, err)
		}
	}
}
