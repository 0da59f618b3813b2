package jd_test

import (
	"testing"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Answers as the reference to JD's interfaces writes them out.
var published = map[string]string{
	"ldop.alpha.waybill.receive":                  `{"statusCode":0,"statusMessage":"成功","data":{"platformOrderNo":"249786309732","waybillCodeList":["YT0000000000001"]}}`,
	"ldop.alpha.vendor.bigshot.query":             `{"jingdong_ldop_alpha_vendor_bigshot_query_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":{"waybillCode":"YT0000000000001","bigShotName":"广州转运中心","bigShotCode":"300","gatherCenterName":"广州集包","gatherCenterCode":"020902","branchName":"海珠赤岗","branchCode":"510123","secondSectionCode":"B12","thirdSectionCode":"005","road":"","fromBranchName":"演示网点","toBranchName":"海珠赤岗"}}}}`,
	"ldop.alpha.provider.sign.success":            `{"jingdong_ldop_alpha_provider_sign_success_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":[{"providerId":463,"providerCode":"YTO","providerName":"圆通快递","providerType":1,"operationType":2,"supportCod":false,"branchCode":"210001","branchName":"演示网点","settlementCode":"","amount":988,"address":{"provinceId":2,"provinceName":"上海","cityId":2817,"cityName":"闵行区","countryId":51973,"countryName":"城区","countrysideId":0,"countrysideName":"","address":"演示路1号"}}]}}}`,
	"ldop.alpha.vendor.stock.queryByProviderCode": `{"jingdong_ldop_alpha_vendor_stock_queryByProviderCode_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":[{"providerCode":"YTO","providerName":"圆通快递","branchCode":"210001","vendorCode":"10000001","vendorName":"演示旗舰店","amount":988}]}}}`,
	"ldop.alpha.waybill.api.unbind":               `{"jingdong_ldop_alpha_waybill_api_unbind_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功"}}}`,
}

// One order's way through the classic family, in JD's published words.
func TestPublishedAnswers(t *testing.T) {
	g := &gateway{answers: published}
	i := issuer(t, g)

	contracts, err := i.Contracts(t.Context())
	if err != nil || len(contracts) != 1 {
		t.Fatalf("Contracts = %d, %v", len(contracts), err)
	}
	c, err := i.Signed(contracts)
	if err != nil || c.ProviderCode != "YTO" || c.ProviderID != 463 || c.ProviderName != "圆通快递" || c.Direct || c.Collects || c.BranchCode != "210001" ||
		c.BranchName != "演示网点" || c.SettlementCode != "" || c.Amount != 988 || c.From.Reveal() != "上海闵行区城区演示路1号" ||
		c.FromIDs != (order.RegionIDs{Province: 2, City: 2817, District: 51973}) {
		t.Errorf("the contract is %+v (%s), %v", c, c.From.Reveal(), err)
	}
	if n, err := i.Balance(t.Context()); n != 988 || err != nil {
		t.Errorf("Balance = %d, %v", n, err)
	}
	w, err := i.Issue(t.Context(), demoOrder())
	if err != nil || w.Number != "YT0000000000001" || w.Carrier != "YTO" || len(w.Parcels) != 1 || w.Parcels[0].Barcode != "YT0000000000001" {
		t.Fatalf("Issue = %s, %+v, %v", w.Number, w.Parcels, err)
	}
	if err := i.Route(t.Context(), &w); err != nil {
		t.Fatal(err)
	}
	want := waybill.Routing{Code: "300-B12-005", Name: "广州转运中心", Hub: "广州集包", HubCode: "020902", Site: "海珠赤岗", OriginBranch: "演示网点"}
	if w.Routing != want {
		t.Errorf("routing %+v\nwant    %+v", w.Routing, want)
	}
	if err := i.Cancel(t.Context(), w.Number); err != nil {
		t.Errorf("Cancel: %v", err)
	}
}

// The codes of carriers that were seen at JD. They are passed on as the
// contract has them; none is corrected or mapped.
func TestPublishedProviderCodes(t *testing.T) {
	for _, code := range []string{
		"SF", "STO", "YTO", "ZTO", "YUNDA", "DBKD", "EMS", "EMSBZ", "ZGYZZHDD", "POSTB", "ZJS", "UC", "SURE", "KYE", "ANXB", "JDDJ", "JTSD",
	} {
		g := &gateway{answers: published}
		i := issuer(t, g)
		i.ProviderCode = code
		w, err := i.Issue(t.Context(), demoOrder())
		if err != nil || string(w.Carrier) != code {
			t.Errorf("%s: %s, %v", code, w.Carrier, err)
			continue
		}
		if err := i.Route(t.Context(), &w); err != nil || g.params["providerCode"] != code {
			t.Errorf("%s: the routing was asked of %v, %v", code, g.params["providerCode"], err)
		}
	}
}
