package jdsim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// published are JD's answers as the reference to its interfaces writes them
// out: the gateway's must have the same members, of the same kinds.
var published = map[string]string{
	"token":                                                `{"access_token":"ffffffffffffffffffffffffffffffff0001","expires_in":31535999,"refresh_token":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee0001","scope":"snsapi_base","open_id":"o-demo-0001","uid":"1234567890","time":1795422600000,"token_type":"bearer","code":0}`,
	"jingdong.pop.order.enGet":                             `{"jingdong_pop_order_enGet_responce":{"code":"0","orderDetailInfo":{"apiResult":{"success":true,"numberCode":0,"chineseErrCode":"","englishErrCode":""},"orderInfo":{"orderId":"249786309732","venderId":"10000001","orderType":"22","orderState":"WAIT_SELLER_STOCK_OUT","orderStateRemark":"等待出库","payType":"4-在线支付","orderPayment":"59.00","freightPrice":"0.00","orderRemark":"请放门口","venderRemark":"","orderStartTime":"2026-11-23 09:00:01","paymentConfirmTime":"2026-11-23 09:00:31","modified":"2026-11-23 09:00:31","parentOrderId":"0","directParentOrderId":"0","idSopShipmenttype":67,"storeOrder":"","returnOrder":"0","sendpayMap":"{\"34\":\"3\"}","consigneeInfo":{"fullname":"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH4OVwKAmlrrudxLHMMs5gvU=","mobile":"138*******4","telephone":"138*******4","fullAddress":"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH5tyXqXGB8JzU3p08U7bNBFibdOVr4n8v4NvheX1sqvASn1ZpF14uIj+uYzwIcXELxyOtJo7afAWaX4FVgyl0W4=","province":"广东","city":"广州市","county":"海珠区","town":"赤岗街道","provinceId":"19","cityId":"1601","countyId":"3634","townId":"63199","oaid":"o1-demo-oaid-0001","desen_mobile":"00aa11bb22cc33dd44ee55ff66778899aabbccddeeff00112233445566778899001122","desen_telephone":"00aa11bb22cc33dd44ee55ff66778899aabbccddeeff00112233445566778899001122"},"itemInfoList":[{"skuId":"10054887745652","outerSkuId":"SKU-A-01","skuName":"演示商品 白色","jdPrice":"59.00","itemTotal":"1","wareId":"10020665903516","productNo":"A-01","giftPoint":"0","newStoreId":"0"}]}}}}`,
	"jingdong.pop.order.enSearch":                          `{"jingdong_pop_order_enSearch_responce":{"code":"0","searchorderinfo_result":{"apiResult":{"success":true,"numberCode":0},"orderTotal":1,"orderInfoList":[{"orderId":"249786309732","orderState":"WAIT_SELLER_STOCK_OUT"}]}}}`,
	"jingdong.pop.order.shipment":                          `{"jingdong_pop_order_shipment_responce":{"code":"0","sopjosshipment_result":{"success":true,"errorCode":"0","chineseErrCode":"","englishErrCode":""}}}`,
	"jingdong.ldop.alpha.waybill.receive":                  `{"statusCode":0,"statusMessage":"成功","data":{"platformOrderNo":"249786309732","waybillCodeList":["YT0000000000001"]}}`,
	"jingdong.ldop.alpha.vendor.bigshot.query":             `{"jingdong_ldop_alpha_vendor_bigshot_query_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":{"waybillCode":"YT0000000000001","bigShotName":"广州转运中心","bigShotCode":"300","gatherCenterName":"广州集包","gatherCenterCode":"020902","branchName":"海珠赤岗","branchCode":"510123","secondSectionCode":"B12","thirdSectionCode":"005","road":"","fromBranchName":"演示网点","toBranchName":"海珠赤岗"}}}}`,
	"jingdong.ldop.alpha.provider.sign.success":            `{"jingdong_ldop_alpha_provider_sign_success_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":[{"providerId":463,"providerCode":"YTO","providerName":"圆通快递","providerType":1,"operationType":2,"supportCod":false,"branchCode":"210001","branchName":"演示网点","settlementCode":"","amount":988,"address":{"provinceId":2,"provinceName":"上海","cityId":2817,"cityName":"闵行区","countryId":51973,"countryName":"城区","countrysideId":0,"countrysideName":"","address":"演示路1号"}}]}}}`,
	"jingdong.ldop.alpha.vendor.stock.queryByProviderCode": `{"jingdong_ldop_alpha_vendor_stock_queryByProviderCode_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":[{"providerCode":"YTO","providerName":"圆通快递","branchCode":"210001","vendorCode":"10000001","vendorName":"演示旗舰店","amount":988}]}}}`,
	"jingdong.ldop.alpha.waybill.api.unbind":               `{"jingdong_ldop_alpha_waybill_api_unbind_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功"}}}`,
	"jingdong.ldop.waybill.receive":                        `{"jingdong_ldop_waybill_receive_responce":{"code":"0","receiveorderinfo_result":{"resultCode":100,"resultMessage":"成功","orderId":"249786309732","deliveryId":"JDVC00000000001","promiseTimeType":1,"transType":1,"needRetry":false,"preSortResult":{"siteId":39,"siteName":"广州赤岗营业部","road":"019","slideNo":"6","sourceSortCenterId":364,"sourceSortCenterName":"上海分拣中心","sourceCrossCode":"12","sourceTabletrolleyCode":"A-03","targetSortCenterId":1611,"targetSortCenterName":"广州分拣中心","targetTabletrolleyCode":"25-E3","aging":1,"agingName":"特惠送","siteType":4,"isHideName":1,"isHideContractNumbers":1}}}}`,
	"/ecap/v1/orders/create":                               `{"success":true,"code":0,"msg":"success","subMsg":null,"data":{"orderCode":"ESL00000000000000001","waybillCode":"JDVC00000000001","freightPre":0,"needRetry":false}}`,
	"refused by LOP":                                       `{"error_response":{"en_desc":"Invalid signature","zh_desc":"无效签名","code":12}}`,
	"/PullDataService/pullData":                            `{"code":"1","message":"操作成功！","objectId":"d553f7a1-a0f2-4b00-92b4-1975f3b5a45e","prePrintDatas":[{"code":"1","msg":"操作成功！","packageCode":"JDVC00000000001-1-1-","perPrintData":"U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE=","wayBillNo":"JDVC00000000001"}]}`,
	"jingdong.printing.printData.pullData":                 `{"jingdong_printing_printData_pullData_responce":{"code":"0","returnType":{"code":"1","message":"操作成功！","objectId":"1606370979791","prePrintDatas":[{"code":"1","msg":"操作成功！","perPrintData":"U0lNVUxBVE9SLU9QQVFVRS1CTE9CLTAwMDE=","wayBillNo":"YT0000000000001","packageCode":""}]}}}`,
	"/cloud/print/getTemplates":                            `{"code":"1","message":"操作成功！","data":{"standardTemplateList":[{"cpCode":"JD","standardTemplates":[{"standardTemplateCode":"jdkd76x130","standardTemplateName":"京东快递标准模板76x130","standardTemplateUrl":"https://template-content.jd.com/template-oss?tempCode=jdkd76x130"}]}],"userTemplateList":{},"isvTemplateList":{},"devUserTemplateList":{}}}`,
	"jingdong.jos.master.key.get":                          `{"jingdong_jos_master_key_get_responce":{"code":"0","response":{"status_code":0,"status_message":"Success.","tid":"demo-tid","ts":1795422600000,"enc_service":"svc-demo","key_cache_disabled":0,"key_backup_disabled":0,"service_key_list":[{"service":"svc-demo","current_key_version":0,"grant_usage":"ED","keys":[{"id":"haTjORUf5DKvoWRJjR3NqQ==","key_string":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","key_digest":"Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=","key_type":"0","key_effective":1790000000000,"key_exp":1890000000000,"version":0,"key_status":0}]}]}}}`,
	"jingdong.jos.order.oaid.decrypt":                      `{"jingdong_jos_order_oaid_decrypt_responce":{"code":"0","returnType":{"code":200,"requestId":"req-0001","message":"success","data":[{"orderId":249786309732,"oaid":"o1-demo-oaid-0001","customerName":"张三[4740]","address":"广东广州市海珠区赤岗街道演示路1号[4740]","consMobilePhone":"17000000000-4740","customerPhone":"","consMobilePhoneFuzzy":"138****1234","privacyProtection":true,"expiration":"2026-12-23 16:30:00"}]}}}`,
}

// lacks lists what of a published answer an answer has not, or has in another
// kind. Of a list the first entry counts.
func lacks(published, answer any, at string) (list []string) {
	switch p := published.(type) {
	case map[string]any:
		a, ok := answer.(map[string]any)
		if !ok {
			return []string{at + " is no object"}
		}
		for name, inner := range p {
			got, ok := a[name]
			if !ok {
				list = append(list, at+"."+name)
				continue
			}
			list = append(list, lacks(inner, got, at+"."+name)...)
		}
	case []any:
		a, ok := answer.([]any)
		if !ok || len(a) == 0 && len(p) > 0 {
			return []string{at + " is no list, or an empty one"}
		}
		if len(p) > 0 {
			return lacks(p[0], a[0], at+".0")
		}
	case nil:
	default:
		if got, want := fmt.Sprintf("%T", answer), fmt.Sprintf("%T", published); got != want {
			return []string{fmt.Sprintf("%s is a %s, want a %s", at, got, want)}
		}
	}
	return list
}

func TestAnswersHaveThePublishedForm(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(
		Order{ID: "249786309732", Receiver: zhang, OAID: "o1-demo-oaid-0001", Paid: noon, Virtual: "17000000000-4740", HideName: true, HideNumber: true,
			Items: []Item{{SKU: "SKU-A-01", Name: "演示商品 白色", Count: 1}}},
		Order{ID: "2", Receiver: zhang, OAID: "o1-2", Paid: noon},
		Order{ID: "3", Receiver: zhang, OAID: "o1-3", Paid: noon},
	)
	jos := func(method string, args object) string { return signed(t, g, method, args) }
	own := func(path string, args object) string { return string(encode(lop(t, g, path, args))) }
	answers := map[string]string{}
	put := func(name, answer string) { answers[name] = answer }

	put("token", visit(open(t, Config{}), "GET", "/oauth2/refresh_token", map[string]string{
		"app_key": DefaultAppKey, "app_secret": DefaultAppSecret, "grant_type": "refresh_token", "refresh_token": DefaultRefreshToken,
	}).Body.String())
	const fields = "orderId,venderId,orderType,orderState,orderStateRemark,payType,orderPayment,freightPrice,orderRemark,venderRemark,orderStartTime," +
		"paymentConfirmTime,modified,parentOrderId,directParentOrderId,idSopShipmenttype,storeOrder,returnOrder,sendpayMap,consigneeInfo,itemInfoList"
	put("jingdong.pop.order.enGet", jos("jingdong.pop.order.enGet", object{"order_id": "249786309732", "optional_fields": fields}))
	put("jingdong.pop.order.enSearch", jos("jingdong.pop.order.enSearch", object{
		"start_date": "2026-11-01 00:00:00", "end_date": "2026-11-24 00:00:00", "order_state": "WAIT_SELLER_STOCK_OUT",
		"optional_fields": "orderId,orderState", "page": 1, "page_size": 10, "sortType": 1, "dateType": 2,
	}))
	put("jingdong.jos.order.oaid.decrypt", jos("jingdong.jos.order.oaid.decrypt", object{"getReceiverInfoListReqVO": object{
		"orderType": "22", "orderInfos": []any{object{"orderId": json.Number("249786309732"), "oaid": "o1-demo-oaid-0001"}},
	}}))
	keys := object{"sdk_ver": 2, "ts": json.Number("1795422600000"), "tid": "demo-tid", "sig": "yRoqT8mIFxs04flP2bNoaOxTBmH9/tMuVoSkragTOjU="}
	put("jingdong.jos.master.key.get", jos("jingdong.jos.master.key.get", keys))

	put("jingdong.ldop.alpha.provider.sign.success", jos("jingdong.ldop.alpha.provider.sign.success", object{"vendorCode": DefaultVendorID}))
	put("jingdong.ldop.alpha.vendor.stock.queryByProviderCode", jos("jingdong.ldop.alpha.vendor.stock.queryByProviderCode",
		object{"vendorCode": DefaultVendorID, "providerCode": "YTO", "branchCode": "210001"}))
	taken := jos(receive, object{"content": content("2")})
	put(receive, taken)
	yto := numbersOf(t, decode(t, taken))[0]
	put("jingdong.ldop.alpha.vendor.bigshot.query", jos("jingdong.ldop.alpha.vendor.bigshot.query", object{"waybillCode": yto, "providerCode": "YTO"}))
	put(pullCall, jos(pullCall, object{"param1": pullOf("YTO", yto)}))
	put("jingdong.ldop.alpha.waybill.api.unbind", jos("jingdong.ldop.alpha.waybill.api.unbind", object{"providerCode": "YTO", "waybillCode": yto}))

	given := jos(express, parcelOf("249786309732"))
	put(express, given)
	jd := dig(t, decode(t, given), strings.ReplaceAll(express, ".", "_")+"_responce.receiveorderinfo_result.deliveryId").(string)
	put("/PullDataService/pullData", own("/PullDataService/pullData", pullOf("JD", jd)))
	put("/cloud/print/getTemplates", own("/cloud/print/getTemplates", object{"cpCode": ""}))
	put("/ecap/v1/orders/create", own("/ecap/v1/orders/create", ecapOrder("3")))
	put("jingdong.pop.order.shipment", jos("jingdong.pop.order.shipment", object{"orderId": "249786309732", "logiCoprId": "2087", "logiNo": jd}))
	strange := lopOf("/ecap/v1/orders/create", ecapOrder("3"))
	strange.query["sign"] = "WRONG"
	put("refused by LOP", string(encode(strange.send(t, g))))

	for name, text := range published {
		answer, ok := answers[name]
		if !ok {
			t.Errorf("%s: nobody asked", name)
			continue
		}
		for _, missing := range lacks(decode(t, text), decode(t, answer), "") {
			t.Errorf("%s: %s\n%.600s", name, missing, answer)
		}
	}
}
