package order_test

import (
	"testing"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

func TestBoxes(t *testing.T) {
	for parcels, want := range map[int]int{-1: 1, 0: 1, 1: 1, 3: 3} {
		if got := (order.Services{Parcels: parcels}).Boxes(); got != want {
			t.Errorf("%d parcels are %d boxes, want %d", parcels, got, want)
		}
	}
}

func TestMark(t *testing.T) {
	var w waybill.Waybill
	order.Services{Collect: 5900, Insured: 100000, SignReturn: order.CheckedReturn}.Mark(&w)
	if w.Collect.String() != "59.00" || w.Insured.String() != "1000.00" || !w.SignReturn {
		t.Errorf("marked %v, %v, %v", w.Collect, w.Insured, w.SignReturn)
	}
	order.Services{}.Mark(&w)
	if w.Collect != 0 || w.Insured != 0 || w.SignReturn {
		t.Errorf("an order without services leaves %v, %v, %v", w.Collect, w.Insured, w.SignReturn)
	}
}
