package ledger

import (
	"encoding/json"
	"fmt"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// The types of this file are the form in which orders and waybills are sealed.
// The domain's own types write masks; here, and only here, the text itself is
// taken out and goes straight into the seal.

type person struct {
	Name   string     `json:"name"`
	Phone  string     `json:"phone"`
	Region pii.Region `json:"region"`
	Full   string     `json:"address"`
}

func personOf(p waybill.Party) person {
	return person{p.Name.Reveal(), p.Phone.Reveal(), p.Address.Region(), p.Address.Reveal()}
}

func (p person) party() waybill.Party {
	return waybill.Party{Name: pii.NewName(p.Name), Phone: pii.NewPhone(p.Phone), Address: pii.NewAddress(p.Region, p.Full)}
}

type orderRecord struct {
	State        order.State       `json:"state"`
	Merchant     order.Merchant    `json:"merchant"`
	Shop         string            `json:"shop,omitempty"`
	Parent       string            `json:"parent,omitempty"`
	IsParent     bool              `json:"is_parent,omitempty"`
	Receiver     person            `json:"receiver"`
	PhoneKind    waybill.PhoneKind `json:"phone_kind"`
	VirtualUntil time.Time         `json:"virtual_until,omitzero"`
	Consignee    string            `json:"consignee,omitempty"`
	Mark         string            `json:"receiver_mark,omitempty"`
	RegionIDs    order.RegionIDs   `json:"region_ids"`
	Items        []waybill.Item    `json:"items,omitempty"`
	Remark       string            `json:"remark,omitempty"`
	Note         string            `json:"note,omitempty"`
	Price        order.Money       `json:"price"`
	Services     order.Services    `json:"services,omitzero"`
	Shipment     string            `json:"shipment,omitempty"`
	Plan         string            `json:"plan,omitempty"`
	Subscription bool              `json:"subscription,omitempty"`
	PaidAt       time.Time         `json:"paid_at"`
	EndedAt      time.Time         `json:"ended_at,omitzero"`
	AfterSales   bool              `json:"after_sales,omitempty"`
	Modified     time.Time         `json:"modified"`
	ReadAt       time.Time         `json:"read_at"`
}

func sealOrder(k seal.Key, o order.Order) ([]byte, error) {
	return sealJSON(k, "order", o.Key, recordOf(o))
}

func recordOf(o order.Order) orderRecord {
	return orderRecord{
		State: o.State, Merchant: o.Merchant, Shop: o.Shop, Parent: o.Parent, IsParent: o.IsParent,
		Receiver: personOf(o.Receiver), PhoneKind: o.PhoneKind, VirtualUntil: o.VirtualUntil, Consignee: o.Consignee, Mark: o.ReceiverMark, RegionIDs: o.RegionIDs,
		Items: o.Items, Remark: o.Remark, Note: o.Note, Price: o.Price, Services: o.Services, Shipment: o.Shipment,
		Plan: o.Plan, Subscription: o.Subscription, PaidAt: o.PaidAt, EndedAt: o.EndedAt, AfterSales: o.AfterSales,
		Modified: o.Modified, ReadAt: o.ReadAt,
	}
}

func openOrder(k seal.Key, key order.Key, sealed []byte) (order.Order, error) {
	var r orderRecord
	if err := openJSON(k, "order", key, sealed, &r); err != nil {
		return order.Order{}, err
	}
	return r.order(key), nil
}

func (r orderRecord) order(key order.Key) order.Order {
	return order.Order{
		Key: key, State: r.State, Merchant: r.Merchant, Shop: r.Shop, Parent: r.Parent, IsParent: r.IsParent,
		Receiver: r.Receiver.party(), PhoneKind: r.PhoneKind, VirtualUntil: r.VirtualUntil, Consignee: r.Consignee, ReceiverMark: r.Mark, RegionIDs: r.RegionIDs,
		Items: r.Items, Remark: r.Remark, Note: r.Note, Price: r.Price, Services: r.Services, Shipment: r.Shipment,
		Plan: r.Plan, Subscription: r.Subscription, PaidAt: r.PaidAt, EndedAt: r.EndedAt, AfterSales: r.AfterSales,
		Modified: r.Modified, ReadAt: r.ReadAt,
	}
}

type waybillRecord struct {
	Waybill          waybill.Waybill `json:"waybill"` // without its two parties
	Sender, Receiver person
}

func sealWaybill(k seal.Key, key order.Key, w waybill.Waybill) ([]byte, error) {
	return sealJSON(k, "waybill", key, recordOfWaybill(w))
}

func recordOfWaybill(w waybill.Waybill) waybillRecord {
	r := waybillRecord{Waybill: w, Sender: personOf(w.Sender), Receiver: personOf(w.Receiver)}
	r.Waybill.Sender, r.Waybill.Receiver = waybill.Party{}, waybill.Party{}
	return r
}

func openWaybill(k seal.Key, key order.Key, sealed []byte) (waybill.Waybill, error) {
	var r waybillRecord
	if err := openJSON(k, "waybill", key, sealed, &r); err != nil {
		return waybill.Waybill{}, err
	}
	return r.waybill(), nil
}

func (r waybillRecord) waybill() waybill.Waybill {
	r.Waybill.Sender, r.Waybill.Receiver = r.Sender.party(), r.Receiver.party()
	return r.Waybill
}

// The additional data ties a sealed column to its row: one that was moved to
// another order does not open there.
func aad(what string, key order.Key) []byte { return []byte(what + "\x00" + key.String()) }

func sealJSON(k seal.Key, what string, key order.Key, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", what, err)
	}
	return k.Seal(b, aad(what, key)), nil
}

func openJSON(k seal.Key, what string, key order.Key, sealed []byte, v any) error {
	b, err := k.Open(sealed, aad(what, key))
	if err != nil {
		return fmt.Errorf("open sealed %s: %w", what, err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("open sealed %s: %w", what, err)
	}
	return nil
}
