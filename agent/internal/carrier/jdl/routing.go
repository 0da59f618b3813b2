package jdl

import (
	"context"
	"maps"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// sorted is preSortResult: where the parcel goes, and what of the receiver the
// label must hide.
type sorted struct {
	Site          string   `json:"siteName"`
	Road          string   `json:"road"`
	Slide         jos.Text `json:"slideNo"`
	Source        string   `json:"sourceSortCenterName"`
	SourceCross   jos.Text `json:"sourceCrossCode"`
	SourceTrolley jos.Text `json:"sourceTabletrolleyCode"`
	Target        string   `json:"targetSortCenterName"`
	TargetTrolley jos.Text `json:"targetTabletrolleyCode"`
	Aging         string   `json:"agingName"`
	HideName      jos.Text `json:"isHideName"`
	HidePhone     jos.Text `json:"isHideContractNumbers"`
}

func (s *sorted) apply(w *waybill.Waybill) {
	w.Routing = waybill.Routing{
		Code: string(s.TargetTrolley), Name: s.Target, Origin: s.Source, OriginCode: join(s.SourceCross, s.SourceTrolley),
		Target: s.Target, TargetCode: string(s.TargetTrolley), Site: s.Site, Road: s.Road,
	}
	if s.Aging != "" {
		w.Product = s.Aging
	}
	w.HideName, w.HidePhone = s.HideName.True(), s.HidePhone.True()
}

func join(parts ...jos.Text) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, string(p))
		}
	}
	return strings.Join(all, "-")
}

const rangeCheck = "jingdong.etms.range.check"

// Route implements carrier.Router for a waybill that came without routing: a
// number that was found by hand, or an answer that left it out.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	if w.Routing != (waybill.Routing{}) {
		return nil
	}
	a, err := i.check(ctx, w.Order, w.Receiver, w.Collect > 0)
	if err != nil {
		return err
	}
	if a.Code != done || a.Site == "" && a.Target == "" {
		return jos.Broken(rangeCheck, "no routing, rcode "+outbound.Code(string(a.Code)))
	}
	a.sorted().apply(w)
	return nil
}

// reaches refuses an order whose address is out of range. Nothing has been
// taken yet, whatever goes wrong here.
func (i *Issuer) reaches(ctx context.Context, o order.Order) error {
	a, err := i.check(ctx, o.ID, o.Receiver, o.Collect > 0)
	switch {
	case err != nil:
		return carrier.Classify(err, true)
	case a.Code == done:
		return nil
	case a.Code == "" || carrier.Doubt(a.Words, o) != nil:
		return carrier.Classify(jos.Broken(rangeCheck, "no verdict"), true)
	}
	return carrier.Refuse(a.Words, o)
}

// reached is the answer of the range check, in JD's spelling.
type reached struct {
	Code          jos.Text `json:"rcode"`
	Words         string   `json:"rmessage"`
	Site          string   `json:"siteName"`
	Road          string   `json:"road"`
	Source        string   `json:"sourcetSortCenterName"` // sic
	SourceCross   jos.Text `json:"originalCrossCode"`
	SourceTrolley jos.Text `json:"originalTabletrolleyCode"`
	Target        string   `json:"targetSortCenterName"`
	TargetCross   jos.Text `json:"destinationCrossCode"`
	TargetTrolley jos.Text `json:"destinationTabletrolleyCode"`
	Aging         string   `json:"agingName"`
	HideName      jos.Text `json:"isHideName"`
	HidePhone     jos.Text `json:"isHideContractNumbers"`
}

// sorted puts the answer into the form that receive gives it in. There the gate
// is part of the trolley's code, 25-E3; here it may come apart from it.
func (r reached) sorted() *sorted {
	target := r.TargetTrolley
	if !strings.Contains(string(target), "-") {
		target = jos.Text(join(r.TargetCross, r.TargetTrolley))
	}
	return &sorted{
		Site: r.Site, Road: r.Road, Source: r.Source, SourceCross: r.SourceCross, SourceTrolley: r.SourceTrolley,
		Target: r.Target, TargetTrolley: target, Aging: r.Aging, HideName: r.HideName, HidePhone: r.HidePhone,
	}
}

func (i *Issuer) check(ctx context.Context, orderID string, to waybill.Party, collects bool) (reached, error) {
	from, region := i.Sender.Address.Region(), to.Address.Region()
	p := map[string]any{
		"salePlat": i.SalePlatform, "customerCode": i.CustomerCode, "orderId": orderID, "wareHouseCode": i.WarehouseCode,
		"receiveAddress": to.Address.Reveal(), "senderAddress": i.Sender.Address.Reveal(), "promiseTimeType": i.PromiseTime,
		"senderProvince": from.Province, "senderCity": from.City, "senderCounty": from.District, "senderTown": from.Town,
		"receiverProvince": region.Province, "receiverCity": region.City, "receiverCounty": region.District, "receiverTown": region.Town,
	}
	maps.DeleteFunc(p, func(_ string, v any) bool { return v == "" || v == 0 })
	p["transType"], p["goodsType"] = max(i.TransType, 1), max(i.GoodsType, 1)
	if collects {
		p["isCod"] = 1
	}
	var answer struct {
		Result reached `json:"resultInfo"`
	}
	err := i.Client.Read(ctx, rangeCheck, p, &answer)
	return answer.Result, err
}
