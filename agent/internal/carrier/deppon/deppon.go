// Package deppon takes numbers of Deppon Express, 德邦快递, by its open platform.
//
// What decides everything here is the merchant's own number, logisticID. With
// most accounts it is good for one order and refused ever after, so an order
// whose answer was lost may be sent again without fear of a second number. With
// accounts that may send several parcels under one order (子母件) each call under
// the same logisticID takes other numbers; then nobody but a person can tell,
// and the account has to be set up so.
//
// Deppon takes orders in and works on them later. Right after an order neither
// the look-up, nor cancelling, nor the label knows it yet. The look-up goes by
// the merchant's numbers only, so there is nothing by which a number that
// somebody typed in could be proven.
//
// Only parcels are served, 快递. Freight, 零担, has numbers and barcodes of
// another kind.
package deppon

import (
	"context"
	"slices"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

const (
	productionAsync = "https://gwapi.deppon.com/dop-interface-async"
	productionSync  = "https://dpapi.deppon.com/dop-interface-sync"
)

// Kind is what the settings say of an account with Deppon.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name: "deppon", Title: "德邦快递", Gateway: productionAsync, Sandbox: "http://dpsanbox.deppon.com/sandbox-web", // spelled so
		Layout: func(carrier.Account) string { return "deppon" },
		Fields: []carrier.Field{
			{Name: "company_code", Required: true, Example: "EWBDEMO",
				About: notice.Phrase{"the company's code on the open platform (companyCode)", "开放平台公司编码（companyCode）"}},
			{Name: "app_key", Required: true, Secret: true, Example: "0123456789abcdef0123456789abcdef",
				About: notice.Phrase{"the key of the open platform (appkey)", "开放平台密钥（appkey）"}},
			{Name: "sign", Required: true, Example: "DEMO",
				About: notice.Phrase{"what Deppon has the merchant's order numbers begin with (sign)", "德邦分配的渠道单号前缀（sign）"}},
			{Name: "customer_code", Required: true, Example: "400000000",
				About: notice.Phrase{"the customer's code, of the branch; not the company's", "客户编码（月结账号），由营业部提供；不是公司编码"}},
			{Name: "query_gateway", Example: productionSync,
				About: notice.Phrase{"the address of the look-ups and labels; by default Deppon's, or gateway if that is set", "查询和面单接口的地址；默认为德邦地址，设置了 gateway 时与其相同"}},
			{Name: "order_type", Default: "2", OneOf: []string{"1", "2", "3"},
				About: notice.Phrase{"1 a courier is called, 2 the merchant prints the labels, 3 likewise, and addresses that are not served are refused at once", "1 散单上门取件，2 大客户电子面单，3 快递筛单下单"}},
			{Name: "transport_type", Default: "PACKAGE",
				About: notice.Phrase{"the product of the contract: PACKAGE is the ordinary one, RCP large parcels", "合同约定的产品：PACKAGE 标准快递，RCP 大件快递"}},
			{Name: "pay_type", Default: "2", OneOf: []string{"0", "1", "2"},
				About: notice.Phrase{"0 in cash, 1 the receiver, 2 by the month", "0 现付，1 到付，2 月结"}},
			{Name: "delivery_type", Default: "3", OneOf: []string{"1", "2", "3", "4", "5", "7", "8"},
				About: notice.Phrase{"1 fetched by the receiver, 2 to a warehouse, 3 to the house, 4 upstairs, 5 large ones upstairs, 7 with installation, 8 into the home", "1 自提，2 送货进仓，3 送货不上楼，4 送货上楼，5 大件上楼，7 送货安装，8 送货入户"}},
			{Name: "package", Default: "纸",
				About: notice.Phrase{"what the goods are packed in, in Chinese", "包装：纸、纤、木箱、木架、托膜、托木"}},
			{Name: "cargo", Default: "商品",
				About: notice.Phrase{"what the goods are called where the order does not say", "订单没有商品名称时填写的货物名称"}},
			{Name: "several", Default: "false", OneOf: []string{"true", "false"},
				About: notice.Phrase{"whether the account may send several parcels under one order; then a lost answer has to be looked up by hand", "账号是否已开通子母件；开通后，丢失的取号应答须人工核实"}},
			{Name: "cod_type", Default: "3", OneOf: []string{"1", "3"},
				About: notice.Phrase{"when collected money is paid out: 1 the same day, 3 after three days", "代收货款退款时效：1 即日退，3 三日退"}},
			{Name: "cod_account", Example: "6200000000000000000",
				About: notice.Phrase{"the bank account for collected money; without it none is collected", "代收货款收款账号；不填则不能代收"}},
			{Name: "cod_name", Example: "演示公司",
				About: notice.Phrase{"who holds that account", "代收货款账户开户名"}},
			{Name: "return_requirement", Example: "签字并盖章",
				About: notice.Phrase{"what a receipt that comes back must show (returnRequirement); the branch knows what may stand here", "签收单返回要求（returnRequirement），可填内容请询问营业部"}},
			{Name: "file_hosts", Default: "myhuaweicloud.com,deppon.com",
				About: notice.Phrase{"hosts from which a label that Deppon draws may be fetched, separated by commas", "可下载德邦面单文件的主机，用逗号分隔"}},
		},
		Open: func(a carrier.Account) (carrier.Issuer, error) { return open(a) },
	}
}

// products are Deppon's parcels by transportType, as the label names them.
var products = map[string]string{
	"PACKAGE": "标准快递", "RCP": "大件快递", "NZBRH": "重包入户", "ZBTH": "重包特惠", "WXJTH": "微小件特惠", "JJDJ": "经济大件",
	"HKDJC": "航空大件次日达", "HKDJG": "航空大件隔日达", "TZKJC": "特快专递", "DEAP": "特准快件", "EPEP": "电商尊享", "CITYPIECE": "同城当日达",
}

// freight are the products whose numbers are no parcels'.
var freight = []string{"JZKY", "JZQY_LONG", "JZKH", "JZZH", "AGENT_VEHICLE", "DTD", "YTY", "PCP", "ZCPS", "JZZC", "JZZHC", "JZPC"}

// Issuer is an account with Deppon.
type Issuer struct {
	// Pauses lie between two tries to reach an order that Deppon took a moment ago.
	Pauses []time.Duration

	account       carrier.Account
	intake, query *gateway.Client
}

// pauses are those that were enough for one who works with Deppon every day.
var pauses = []time.Duration{5 * time.Second, 15 * time.Second}

var (
	_ carrier.Issuer    = (*Issuer)(nil)
	_ carrier.Finder    = (*Issuer)(nil)
	_ carrier.Adopter   = (*Issuer)(nil)
	_ carrier.Documents = (*Issuer)(nil)
)

func open(a carrier.Account) (*Issuer, error) {
	if slices.Contains(freight, a.Values["transport_type"]) {
		return nil, notice.New("account-value", nil, a.Name, "transport_type")
	}
	query := a.Values["query_gateway"]
	switch {
	case query != "":
	case a.Gateway == productionAsync:
		query = productionSync
	default:
		query = a.Gateway
	}
	return &Issuer{Pauses: pauses, account: a,
		intake: &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes},
		query:  &gateway.Client{Account: a.Name, Base: query, HTTP: a.HTTP, Codes: codes},
	}, nil
}

// queries returns the path of a look-up. In the trial system it is known of
// queryOrder.
func (i *Issuer) queries(call string) string {
	if i.account.Sandbox {
		return "standard-order/" + call
	}
	return "standard-query/" + call
}

// most is how many parcels one order may have, if it may have several.
const most = 30

// Reference implements carrier.Referrer.
func (i *Issuer) Reference(o order.Order) string { return i.logisticID(o) }

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.serves(o); err != nil {
		return waybill.Waybill{}, err
	}
	return i.create(ctx, o)
}

// serves refuses an order that this account cannot ask Deppon for.
func (i *Issuer) serves(o order.Order) error {
	if err := carrier.Hidden(o, false); err != nil {
		return err
	}
	n := 1
	if i.account.Is("several") {
		n = most
	}
	if err := carrier.Many(o, n); err != nil {
		return err
	}
	switch {
	case o.Collect > 0 && (i.account.Values["cod_account"] == "" || i.account.Values["cod_name"] == ""):
		return carrier.Unserved("代收货款")
	case o.SignReturn != order.NoReturn && receipts[o.SignReturn] == "":
		return carrier.Unserved("签单返还")
	}
	return nil
}

// create sends the order.
func (i *Issuer) create(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	path := "standard-order/" + createOrder
	if i.account.Sandbox {
		path = "dop-standard-ewborder/" + createOrder
	}
	var a created
	err := i.ask(ctx, i.intake, createOrder, path, i.form(o), &a)
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case !a.ok() && (a.Result.True() || a.Code == done):
		return waybill.Waybill{}, gateway.Lost(i.intake.Broken(createOrder, "neither yes nor no"))
	case !a.ok() && len(a.numbers()) > 0:
		return waybill.Waybill{}, i.intake.Both(createOrder, i.refused(a.answer, o))
	case !a.ok():
		return waybill.Waybill{}, i.refused(a.answer, o)
	case a.LogisticID != "" && a.LogisticID != i.logisticID(o):
		return waybill.Waybill{}, gateway.Lost(i.intake.Broken(createOrder, "the logisticID of another order"))
	}
	w, err := i.given(o, a.numbers())
	if err != nil {
		return waybill.Waybill{}, err
	}
	w.Routing = a.routing()
	return w, nil
}

// given makes the waybill of an order of which Deppon has told the numbers, the
// mother's first.
func (i *Issuer) given(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	switch {
	case len(numbers) == 0:
		return waybill.Waybill{}, gateway.Lost(i.intake.Broken(createOrder, "no mailNo"))
	case len(numbers) != o.Boxes():
		return waybill.Waybill{}, carrier.Classify(notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers)), false)
	}
	w := i.waybill(o, numbers)
	if err := carrier.Sound(o.ID, w); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	return w, nil
}

func (i *Issuer) waybill(o order.Order, numbers []waybill.Number) waybill.Waybill {
	w := i.account.Waybill("DBL", "德邦快递", o, numbers[0])
	w.Product, w.Parcels = products[i.account.Values["transport_type"]], carrier.Numbered(numbers)
	if i.account.Values["pay_type"] == "1" {
		w.Handling = append(w.Handling, "到付") // how much is known when it has been weighed
	}
	return w
}
