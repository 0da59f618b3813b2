package jd

import (
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// content is what a number is asked for with, in JD's words.
type content struct {
	WaybillType    int     `json:"waybillType"`
	WaybillCount   int     `json:"waybillCount"`
	ProviderID     int     `json:"providerId"`
	ProviderCode   string  `json:"providerCode"`
	BranchCode     string  `json:"branchCode,omitempty"`
	SettlementCode string  `json:"settlementCode,omitempty"`
	SalePlatform   string  `json:"salePlatform"`
	PlatformOrder  string  `json:"platformOrderNo"` // the key: always the platform's order number
	VendorCode     string  `json:"vendorCode"`
	VendorName     string  `json:"vendorName"`
	VendorOrder    string  `json:"vendorOrderCode"`
	Weight         float64 `json:"weight"`
	Volume         float64 `json:"volume"`
	GoodsName      string  `json:"goodsName,omitempty"`
	PromiseTime    int     `json:"promiseTimeType"`
	PayType        int     `json:"payType"` // 0: paid online
	GoodsMoney     float64 `json:"goodsMoney"`
	ShouldPay      float64 `json:"shouldPayMoney"`
	NeedGuarantee  bool    `json:"needGuarantee"`
	Guarantee      float64 `json:"guaranteeMoney"`
	ReceiveTime    int     `json:"receiveTimeType"` // 0: any
	ExpressType    string  `json:"expressType,omitempty"`
	ExpressPay     string  `json:"expressPayMethod,omitempty"`
	SignReturn     int     `json:"signReturn,omitempty"`
	From           address `json:"fromAddress"`
	To             address `json:"toAddress"`
}

type address struct {
	ProvinceID int    `json:"provinceId,omitempty"`
	Province   string `json:"provinceName"`
	CityID     int    `json:"cityId,omitempty"`
	City       string `json:"cityName"`
	DistrictID int    `json:"countryId,omitempty"` // sic
	District   string `json:"countryName"`
	TownID     int    `json:"countrysideId,omitempty"`
	Town       string `json:"countrysideName,omitempty"`
	Address    string `json:"address"`
	Contact    string `json:"contact"`
	Phone      string `json:"phone,omitempty"`
	Mobile     string `json:"mobile,omitempty"`
	OAID       string `json:"oaid,omitempty"`
}

func (i *Issuer) content(o order.Order) content {
	c := content{
		WaybillType: max(i.WaybillType, 1), WaybillCount: o.Boxes(), ProviderID: i.ProviderID, ProviderCode: i.ProviderCode,
		BranchCode: i.BranchCode, SettlementCode: i.SettlementCode, SalePlatform: i.SalePlatform,
		PlatformOrder: o.ID, VendorCode: i.VendorCode, VendorName: i.VendorName, VendorOrder: o.ID,
		Weight: i.Weight, Volume: i.Volume, ExpressType: i.ExpressType, ExpressPay: i.ExpressPay,
		NeedGuarantee: o.Insured > 0, Guarantee: carrier.Yuan(o.Insured), SignReturn: int(o.SignReturn),
		From: addressOf(i.Sender, i.SenderRegions), To: addressOf(carrier.Bracketed(o.Receiver, o.PhoneKind), o.RegionIDs),
	}
	if len(o.Items) > 0 {
		c.GoodsName = o.Items[0].Name
	}
	if o.Collect > 0 {
		c.PayType, c.GoodsMoney, c.ShouldPay = i.collectPayType(), carrier.Yuan(o.Collect), carrier.Yuan(o.Collect)
	}
	c.To.OAID = o.Consignee
	return c
}

func (i *Issuer) collectPayType() int {
	if i.CollectPayType == 0 {
		return 1
	}
	return i.CollectPayType
}

func addressOf(p waybill.Party, ids order.RegionIDs) address {
	r := p.Address.Region()
	a := address{
		ProvinceID: ids.Province, Province: r.Province, CityID: ids.City, City: r.City, DistrictID: ids.District, District: r.District,
		TownID: ids.Town, Town: r.Town, Address: p.Address.Reveal(), Contact: p.Name.Reveal(),
	}
	if p.Phone.Mobile() {
		a.Mobile = p.Phone.Reveal()
	} else {
		a.Phone = p.Phone.Reveal()
	}
	return a
}
