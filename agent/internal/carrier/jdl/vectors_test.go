package jdl_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// Answers as the reference to JD's interfaces writes them out.
const (
	published     = `{"jingdong_ldop_waybill_receive_responce":{"code":"0","receiveorderinfo_result":{"resultCode":100,"resultMessage":"成功","orderId":"249786309732","deliveryId":"JDVC00000000001","promiseTimeType":1,"transType":1,"needRetry":false,"preSortResult":{"siteId":39,"siteName":"广州赤岗营业部","road":"019","slideNo":"6","sourceSortCenterId":364,"sourceSortCenterName":"上海分拣中心","sourceCrossCode":"12","sourceTabletrolleyCode":"A-03","targetSortCenterId":1611,"targetSortCenterName":"广州分拣中心","targetTabletrolleyCode":"25-E3","aging":1,"agingName":"特惠送","siteType":4,"isHideName":1,"isHideContractNumbers":1}}}}`
	publishedECAP = `{"success":true,"code":0,"msg":"success","subMsg":null,"data":{"orderCode":"ESL00000000000000001","waybillCode":"JDVC00000000001","freightPre":0,"needRetry":false}}`
	publishedNo   = `{"error_response":{"en_desc":"Invalid signature","zh_desc":"无效签名","code":12}}`
)

func TestPublishedAnswer(t *testing.T) {
	w, err := issuer(t, &gateway{answer: published}).Issue(t.Context(), demoOrder())
	if err != nil {
		t.Fatal(err)
	}
	want := waybill.Routing{
		Code: "25-E3", Name: "广州分拣中心", Origin: "上海分拣中心", OriginCode: "12-A-03", Target: "广州分拣中心", TargetCode: "25-E3", Site: "广州赤岗营业部", Road: "019",
	}
	if w.Number != "JDVC00000000001" || w.Product != "特惠送" || !w.HideName || !w.HidePhone || w.Routing != want ||
		len(w.Parcels) != 1 || w.Parcels[0].Barcode != "JDVC00000000001-1-1-" {
		t.Errorf("the waybill is %+v", w)
	}
}

// answering is an ECAP at a gateway of JD Logistics that gives one answer.
func answering(t *testing.T, answer string) *jdl.ECAP {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
	t.Cleanup(s.Close)
	return &jdl.ECAP{
		Client:       &lop.Client{Gateway: s.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("T")},
		CustomerCode: "010K0000000", Origin: 1, Product: "ed-m-0001", Settle: 3, Now: func() time.Time { return now },
	}
}

func TestPublishedAnswersOfECAP(t *testing.T) {
	w, err := answering(t, publishedECAP).Issue(t.Context(), demoOrder())
	if err != nil || w.Number != "JDVC00000000001" || w.Product != "特惠送" || len(w.Parcels) != 1 || w.Parcels[0].Barcode != "JDVC00000000001-1-1-" {
		t.Errorf("the waybill is %+v, %v", w, err)
	}
	_, err = answering(t, publishedNo).Issue(t.Context(), demoOrder())
	if notice.CodeOf(err) != lop.NoticeSignature || !errors.Is(err, carrier.ErrUnsent) {
		t.Errorf("a signature that is not taken: %v (%s)", err, notice.CodeOf(err))
	}
}
