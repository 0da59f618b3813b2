package yto

import (
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

// Kind describes an account with YTO.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name: "yto", Title: "圆通速递", Gateway: "https://openapi.yto.net.cn:11443", Sandbox: "https://openuat.yto56test.com:6443",
		Layout: func(carrier.Account) string { return "yto" },
		Fields: fields(),
		Open: func(a carrier.Account) (carrier.Issuer, error) {
			return &Issuer{account: a, client: &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes()}}, nil
		},
	}
}

// own are the interfaces that may have a path code and a secret of their own,
// and what they are called in the settings. YTO's console gives a set for each;
// an account whose sets are all the same names one.
var own = []struct {
	api, name string
	about     notice.Phrase
}{
	{cancel, "cancel", notice.Phrase{"cancelling", "订单取消"}},
	{label, "print", notice.Phrase{"labels", "面单打印"}},
	{balance, "balance", notice.Phrase{"the balance", "余额查询"}},
}

func fields() []carrier.Field {
	list := []carrier.Field{
		{Name: "customer_code", Required: true, Example: "K00000000", About: notice.Phrase{"the customer's code", "客户编码"}},
		{Name: "token", Required: true, Example: "a1B2c3", About: notice.Phrase{"the code in the path of the interface that creates orders, see the console", "订单创建接口地址中的 6 位代码，见控制台接口管理"}},
		{Name: "secret", Required: true, Secret: true, About: notice.Phrase{"the secret of the interface that creates orders", "订单创建接口的客户密钥"}},
		{Name: "create", Default: private, OneOf: []string{private, "korder_create_adapter"}, About: notice.Phrase{
			"the interface that creates orders; korder_create_adapter is the older one", "订单创建接口；korder_create_adapter 为旧接口"}},
		{Name: "product", Default: "PK", OneOf: []string{"PK", "YZD", "XTCTK", "HKJ"}, About: notice.Phrase{
			"PK: 普快, YZD: 圆准达, XTCTK: 同城特快, HKJ: 航空件; the last two are of one public note only",
			"产品：PK 普快，YZD 圆准达，XTCTK 同城特快，HKJ 航空件（后两种请先与网点确认）"}},
		{Name: "business", About: notice.Phrase{"a word of your own that YTO keeps with every order, cstBusinessType", "客户业务类型，用于区分渠道"}},
		{Name: "same_number_again", Default: "true", OneOf: []string{"true", "false"}, About: notice.Phrase{
			"an order that is sent again gets the same number; false if YTO has told you otherwise", "同一订单号重复下单返回同一运单号；如圆通另有说明填 false"}},
	}
	for _, o := range own {
		list = append(list,
			carrier.Field{Name: o.name + "_token", About: notice.Phrase{"the path code of the interface for " + o.about[notice.English] + ", if it has another", o.about[notice.Chinese] + "接口地址中的代码，与订单创建不同时填写"}},
			carrier.Field{Name: o.name + "_customer_code", About: notice.Phrase{"the customer's code of the interface for " + o.about[notice.English] + ", if it has another", o.about[notice.Chinese] + "接口的客户编码，与订单创建不同时填写"}},
			carrier.Field{Name: o.name + "_secret", Secret: true, About: notice.Phrase{"the secret of the interface for " + o.about[notice.English] + ", if it has another", o.about[notice.Chinese] + "接口的客户密钥，与订单创建不同时填写"}},
		)
	}
	return list
}

// codes are those of YTO that are public: the family of the gateway, and those
// of the interface that creates orders, of which one public note is the source.
// Of an order that is sent again while it is still being dealt with, and of a
// number that could not be drawn, nobody knows yet what comes of it.
func codes() gateway.Codes {
	return gateway.Codes{}.
		Mean("gateway-call", gateway.None, "S01").
		Mean("gateway-signature", gateway.None, "S02").
		Mean("gateway-account", gateway.None, "S03").
		Mean("", gateway.No, "S05", "200010003", "200017004").
		Mean("gateway-back-end", gateway.Open, "S06", "S07", "S08", "S09", "S13", "200010002", "200010013", "200017005").
		Mean("", gateway.Has, "200010005")
}
