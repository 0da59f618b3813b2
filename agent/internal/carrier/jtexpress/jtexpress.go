// Package jtexpress takes numbers of J&T Express China, 极兔速递, by its open
// platform.
//
// J&T keeps an order under the merchant's own number, txlogisticId, and refuses
// to take it twice. So after a lost answer the order is looked up, and only if
// J&T does not know it is it sent again: whichever of the two is wrong, the
// other keeps a second number from being taken. J&T cancels by the merchant's
// number too, never by its own; it is looked up where only J&T's is known.
//
// The list of codes for China is not public. Those in use here are of the same
// platform in other countries, some of them in Chinese; what is not among them
// is judged by its words.
package jtexpress

import (
	"context"
	"encoding/json"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Kind is what the settings say of an account with J&T.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name: "jtexpress", Title: "极兔速递",
		Gateway: "https://openapi.jtexpress.com.cn/webopenplatformapi/api",
		Sandbox: "https://uat-openapi.jtexpress.com.cn/webopenplatformapi/api",
		Layout:  func(carrier.Account) string { return "jt" },
		Fields: []carrier.Field{
			{Name: "api_account", Required: true, Example: "100000000000000001",
				About: notice.Phrase{"the number of the account on the open platform (apiAccount)", "开放平台账号（apiAccount）"}},
			{Name: "private_key", Required: true, Secret: true, Example: "0123456789abcdef0123456789abcdef",
				About: notice.Phrase{"the account's private key on the open platform (privateKey)", "开放平台私钥（privateKey）"}},
			{Name: "customer_code", Required: true, Example: "J0086000000",
				About: notice.Phrase{"the customer's code, of the branch", "客户编码，由网点提供"}},
			{Name: "password", Required: true, Secret: true, Example: "Demo-123456",
				About: notice.Phrase{"the customer's password, of the branch, in plain text", "客户密码明文，由网点提供"}},
			{Name: "network", Example: "0000000",
				About: notice.Phrase{"the branch's code (network); the branch knows whether it is needed", "网点编码（network），是否需要请询问网点"}},
			{Name: "express_type", Default: "EZ",
				About: notice.Phrase{"the product (expressType): EZ is the ordinary one", "产品类型（expressType）：EZ 为标准快递"}},
			{Name: "order_type", Default: "2", OneOf: []string{"1", "2"},
				About: notice.Phrase{"1 a customer without a contract, 2 one who pays by the month", "1 散客，2 月结"}},
			{Name: "service_type", Default: "02", OneOf: []string{"01", "02"},
				About: notice.Phrase{"01 a courier is called, 02 the parcels are handed in or fetched anyhow", "01 上门取件，02 门店寄件"}},
			{Name: "delivery_type", Default: "03", OneOf: []string{"03", "04", "05", "06"},
				About: notice.Phrase{"03 to the door, 04 a station, 05 a locker, 06 a shop", "03 派送上门，04 站点自提，05 快递柜自提，06 代收点自提"}},
			{Name: "pay_type", Default: "PP_PM", OneOf: []string{"PP_PM", "CC_CASH"},
				About: notice.Phrase{"PP_PM by the month, CC_CASH the receiver pays the freight", "PP_PM 寄付月结，CC_CASH 到付现结"}},
			{Name: "goods_type", Default: "bm000006", OneOf: []string{"bm000001", "bm000002", "bm000003", "bm000004", "bm000005", "bm000006", "bm000007", "bm000008", "bm000009"},
				About: notice.Phrase{"what kind of goods, by J&T's list", "物品类型，见极兔的列表"}},
			{Name: "uuid", Example: "00000000000000000000000000000000",
				About: notice.Phrase{"what the trial system wants behind its address (uuid); nothing for the real one", "测试环境地址后的 uuid；正式环境不填"}},
			{Name: "file_hosts", Default: "jtexpress.com.cn",
				About: notice.Phrase{"hosts from which a label that J&T draws may be fetched, separated by commas", "可下载极兔面单文件的主机，用逗号分隔"}},
		},
		Open: func(a carrier.Account) (carrier.Issuer, error) { return open(a), nil },
	}
}

// Issuer is an account with J&T.
type Issuer struct {
	account carrier.Account
	client  *gateway.Client
}

var (
	_ carrier.Issuer    = (*Issuer)(nil)
	_ carrier.Finder    = (*Issuer)(nil)
	_ carrier.Router    = (*Issuer)(nil)
	_ carrier.Adopter   = (*Issuer)(nil)
	_ carrier.Prover    = (*Issuer)(nil)
	_ carrier.Documents = (*Issuer)(nil)
	_ carrier.Returner  = (*Issuer)(nil)
)

func open(a carrier.Account) *Issuer {
	return &Issuer{a, &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes}}
}

// Reference implements carrier.Referrer.
func (i *Issuer) Reference(o order.Order) string { return i.account.Reference(o) }

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := serves(o); err != nil {
		return waybill.Waybill{}, err
	}
	return i.add(ctx, o)
}

// serves refuses an order that J&T cannot be asked for.
func serves(o order.Order) error {
	if err := carrier.Hidden(o, false); err != nil {
		return err
	}
	if err := carrier.Many(o, most); err != nil {
		return err
	}
	if o.SignReturn != order.NoReturn {
		return carrier.Unserved("签单返还") // the interface has no field for it
	}
	return nil
}

// most is how many parcels one order may have: J&T is told how many pieces there
// are, but nothing public says under which numbers the others travel.
const most = 1

// added is the data of an order that was taken.
type added struct {
	Reference string   `json:"txlogisticId"`
	Number    string   `json:"billCode"`
	Freight   jos.Text `json:"sumFreight"` // yuan, an estimate
	sorted
}

// add sends the order.
func (i *Issuer) add(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	var data added
	a, err := i.ask(ctx, addOrder, i.form(o), &data)
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case a.Code != done:
		err := i.client.Refused(addOrder, string(a.Code), a.Words, o)
		if json.Unmarshal(a.Data, &data) == nil && data.Number != "" {
			err = i.client.Both(addOrder, err)
		}
		return waybill.Waybill{}, err
	case data.Number == "":
		return waybill.Waybill{}, gateway.Lost(i.client.Broken(addOrder, "no billCode"))
	case data.Reference != "" && data.Reference != i.account.Reference(o):
		return waybill.Waybill{}, gateway.Lost(i.client.Broken(addOrder, "the txlogisticId of another order"))
	}
	return i.given(o, waybill.Number(data.Number), data.sorted, data.Freight)
}

// given makes the waybill of an order of which J&T has told the number.
func (i *Issuer) given(o order.Order, n waybill.Number, s sorted, freight jos.Text) (waybill.Waybill, error) {
	w := i.waybill(o, n)
	if err := carrier.Sound(o.ID, w); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	w.Routing = s.routing()
	if f := fen(string(freight)); f > 0 && i.byReceiver() {
		w.Freight, w.Handling = f, nil
	}
	return w, nil
}

func (i *Issuer) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := i.account.Waybill("JT", "极兔速递", o, n)
	w.Parcels = carrier.Numbered([]waybill.Number{n})
	if i.byReceiver() {
		w.Handling = []waybill.Handling{"到付"} // how much is not known yet
	}
	return w
}

// byReceiver reports whether the receiver pays the freight, 到付.
func (i *Issuer) byReceiver() bool { return i.account.Values["pay_type"] == "CC_CASH" }
