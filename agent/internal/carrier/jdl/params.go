package jdl

import (
	"maps"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// params are in JD's words and JD's spelling. What is empty is left out: JD
// does not say what an empty one means to it.
func (i *Issuer) params(o order.Order) map[string]any {
	from, to := i.Sender, carrier.Bracketed(o.Receiver, o.PhoneKind)
	region := to.Address.Region()
	p := map[string]any{
		"salePlat": i.SalePlatform, "customerCode": i.CustomerCode, "orderId": o.ID, "thrOrderId": o.ID,
		"senderName": from.Name.Reveal(), "senderAddress": from.Address.Reveal(),
		"receiveName": to.Name.Reveal(), "receiveAddress": to.Address.Reveal(),
		"province": region.Province, "city": region.City, "county": region.District, "town": region.Town,
		"provinceId": o.RegionIDs.Province, "cityId": o.RegionIDs.City, "countyId": o.RegionIDs.District, "townId": o.RegionIDs.Town,
		"promiseTimeType": i.PromiseTime, "warehouseCode": i.WarehouseCode,
	}
	if len(o.Items) > 0 {
		p["goods"] = o.Items[0].Name
	}
	maps.DeleteFunc(p, func(_ string, v any) bool { return v == "" || v == 0 })
	maps.Copy(p, map[string]any{
		"packageCount": o.Boxes(), "weight": i.Weight, "vloumn": i.Volume, "transType": max(i.TransType, 1), "goodsType": max(i.GoodsType, 1),
	})
	put(p, "sender", from)
	put(p, "receive", to)
	if o.Collect > 0 {
		p["collectionValue"], p["collectionMoney"] = 1, carrier.Yuan(o.Collect)
	}
	if o.Insured > 0 {
		p["guaranteeValue"], p["guaranteeValueAmount"] = 1, carrier.Yuan(o.Insured)
	}
	if o.SignReturn != order.NoReturn {
		p["signReturn"] = int(o.SignReturn)
	}
	return p
}

// put puts a party's number where JD wants it: a mobile one, or another.
func put(p map[string]any, who string, party waybill.Party) {
	kind := "Tel"
	if party.Phone.Mobile() {
		kind = "Mobile"
	}
	p[who+kind] = party.Phone.Reveal()
}
