package jd

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

const appendReceive = "jingdong.ldop.alpha.waybill.appendreceive"

// Append implements carrier.Appender. The method takes the fields of receive
// flat, and knows no oaid: a hidden receiver cannot be told to it.
func (i *Issuer) Append(ctx context.Context, o order.Order, w *waybill.Waybill) error {
	if err := carrier.Hidden(o, false); err != nil {
		return err
	}
	params, err := i.flat(o)
	if err != nil {
		return carrier.Classify(notice.New(notice.Internal, err, appendReceive), true)
	}
	params["parentWaybillCode"] = string(w.Number)
	numbers, err := i.take(ctx, appendReceive, params, o)
	if err != nil {
		return err
	}
	return appended(appendReceive, w, numbers)
}

// appended adds the one number that was asked for to the waybill's.
func appended(method string, w *waybill.Waybill, numbers []waybill.Number) error {
	if len(numbers) != 1 {
		return miscounted(method, len(numbers), 1)
	}
	if err := whole(method, append(w.Numbers(), numbers[0])); err != nil {
		return err
	}
	all := append(slices.Clone(w.Parcels), waybill.Parcel{Barcode: string(numbers[0]), Number: numbers[0], Index: len(w.Parcels) + 1})
	for i := range all {
		all[i].Count = len(all)
		if all[i].Number == "" {
			all[i].Number = w.Number
		}
	}
	w.Parcels = all
	return nil
}

// flat is content for one parcel with its two addresses taken apart:
// toAddress.cityName is toCityName here, and its line toAddressDetail.
func (i *Issuer) flat(o order.Order) (map[string]any, error) {
	c := i.content(o)
	c.WaybillCount = 1
	params, err := fields(c)
	if err != nil {
		return nil, err
	}
	for which, a := range map[string]address{"from": c.From, "to": c.To} {
		delete(params, which+"Address")
		apart, err := fields(a)
		if err != nil {
			return nil, err
		}
		delete(apart, "oaid")
		for name, v := range apart {
			if name == "address" {
				name = "addressDetail"
			}
			params[which+string(name[0]-'a'+'A')+name[1:]] = v
		}
	}
	return params, nil
}

func fields(v any) (map[string]any, error) {
	text, err := jos.Object(v)
	if err != nil {
		return nil, err
	}
	m := map[string]any{}
	return m, json.Unmarshal([]byte(text), &m)
}

const outageQuery = "jingdong.com.jd.ldop.alpha.waybill.api.outageQuery"

// outage refuses an order whose address the carrier does not serve at the
// moment. What the answer looks like is not public: only a no in plain words or
// a flag of the query's own name counts, all else leaves the verdict to the
// request for a number. Nothing has been taken yet, whatever goes wrong here.
func (i *Issuer) outage(ctx context.Context, o order.Order) error {
	to := addressOf(o.Receiver, o.RegionIDs)
	to.Contact, to.Phone, to.Mobile = "", "", ""
	params, err := fields(to)
	if err != nil {
		return carrier.Classify(notice.New(notice.Internal, err, outageQuery), true)
	}
	delete(params, "contact")
	maps.Copy(params, map[string]any{"providerCode": i.ProviderCode, "providerId": i.ProviderID})
	var answer answer[json.RawMessage]
	if err := i.Client.Read(ctx, outageQuery, params, &answer); err != nil {
		return carrier.Classify(err, true)
	}
	r := answer.result()
	if no := carrier.Refuse(r.Words, o); r.Status != done && no.Code == "carrier-area" {
		return no
	}
	var data struct {
		Outage jos.Text `json:"outage"`
		Reason string   `json:"outageReason"`
	}
	if json.Unmarshal(r.Data, &data) == nil && data.Outage.True() {
		return &carrier.Refusal{Code: "carrier-area", Message: carrier.Words(data.Reason, o.Receiver)}
	}
	return nil
}
