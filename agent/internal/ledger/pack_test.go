package ledger

import (
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func TestPackedOrder(t *testing.T) {
	who := waybill.Party{
		Name: pii.NewName("演示甲"), Phone: pii.NewPhone("13800001234"),
		Address: pii.NewAddress(pii.Region{Province: "演示省", City: "演示市"}, "演示路1号"),
	}
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	o := order.Order{
		Key: order.Key{Source: "demo", ID: "1"}, State: order.ToShip, Merchant: order.SOP, Receiver: who, PhoneKind: waybill.PhoneReal,
		Items: []waybill.Item{{SKU: "A", Name: "杯", Quantity: 2}}, PaidAt: at, Modified: at, ReadAt: at, Renewed: 2,
	}
	w := waybill.Waybill{Carrier: "JD", Number: "JDX000000000001", Order: "1", Sender: who, Receiver: who, PhoneKind: waybill.PhoneReal, Parcels: []waybill.Parcel{{Barcode: "JDX000000000001-1-1-", Index: 1, Count: 1}}}
	b, err := Pack(o, w)
	if err != nil {
		t.Fatal(err)
	}
	o2, w2, err := Unpack(b, o.Key)
	if err != nil {
		t.Fatal(err)
	}
	// Persons are not comparable: what is packed again is the same, byte for byte.
	again, err := Pack(o2, w2)
	if err != nil || string(again) != string(b) || o2.Key != o.Key || o2.Renewed != 2 || w2.Receiver.Phone.Reveal() != "13800001234" {
		t.Errorf("unpacked and packed again it is another order (%v)", err)
	}
	if alone, err := UnpackOrder(b, o.Key); err != nil || alone.Receiver.Name.Reveal() != "演示甲" {
		t.Errorf("the order alone: %v", err)
	}
}

func TestPackedOrderThatCannotBeRead(t *testing.T) {
	key := order.Key{Source: "demo", ID: "1"}
	if _, _, err := Unpack([]byte(`{"order":{`), key); err == nil {
		t.Error("a damaged one is read")
	}
	var newer *PackingError
	if _, _, err := Unpack([]byte(`{"packing":2,"order":{},"waybill":{}}`), key); !errors.As(err, &newer) {
		t.Errorf("a newer form: %v", err)
	}
	b, err := PackOrder(order.Order{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Unpack(b, key); !errors.Is(err, errNoWaybill) {
		t.Errorf("an order without a number: %v", err)
	}
}
