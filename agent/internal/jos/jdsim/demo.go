package jdsim

import (
	"fmt"
	"time"
)

// DemoInTwo is the seller's note of those of the demo's orders that go out in
// two parcels: an order of JD's has no field for it.
const DemoInTwo = "分2箱"

// Demo returns n invented orders that ship and were made shortly before now,
// the same ones for the same arguments. Fourteen each have something of their
// own; further ones are those again, with other numbers and phones. From
// fourteen on there are three more, last, that do not ship: one is cancelled,
// one has a phone that nobody can open, one is the void parent of a regular
// purchase.
//
// The persons are made up of names nobody has, the phones are of the form
// 1380000xxxx. The regions' numbers are JD's as far as the city; those of
// counties and towns are invented but for the third order's.
func Demo(n int, now time.Time) []Order {
	pattern := demoOrders()
	var orders []Order
	for i := range max(n, 0) {
		o := pattern[i%len(pattern)]
		if i >= len(pattern) {
			o.repeat(i, i/len(pattern))
		}
		orders = append(orders, o)
	}
	if n >= len(pattern) {
		orders = append(orders, demoBeside()...)
	}
	for i := range orders {
		o := &orders[i]
		age := time.Duration(i%48+1) * 37 * time.Minute
		if i == lastMinute {
			age = 46 * time.Hour
		}
		o.Paid = now.Truncate(time.Second).Add(-age)
		o.Started = o.Paid.Add(-30 * time.Second)
		o.Modified = o.Paid
		if o.PayType == PayOnDelivery { // nothing is paid before it arrives
			o.Paid = time.Time{}
		}
	}
	return orders
}

// lastMinute is the order that has hardly any of its 48 hours left.
const lastMinute = 10

// repeat makes o the i-th order, of the same kind and for somebody else.
func (o *Order) repeat(i, round int) {
	o.ID = fmt.Sprint(312_100_000_000 + 7919*i)
	if o.Receiver.Mobile != "" {
		o.Receiver.Mobile = fmt.Sprintf("1380000%04d", i%10_000)
	} else {
		o.Receiver.Telephone = fmt.Sprintf("0431-80%06d", i)
	}
	if o.Virtual != "" {
		o.Virtual = fmt.Sprintf("17000000000-%04d", (4740+i)%10_000)
	}
	if o.Plan != "" {
		o.Period += round * demoChildren
	}
}

// The regular purchase among the demo's orders, and how many of the fourteen
// are children of it.
const (
	demoPlan     = "880013"
	demoParent   = "312045870100"
	demoChildren = 2
)

// DemoPlan returns the regular purchase that children are among the n orders
// of Demo.
func DemoPlan(n int, now time.Time) Plan {
	rounds := max(n-1, 0)/len(demoOrders()) + 1
	return Plan{
		ID: demoPlan, Parent: demoParent, SKU: demoSocks(1).SKU, Total: rounds * demoChildren,
		Start: now.Truncate(time.Second).Add(-3 * 24 * time.Hour), End: now.Truncate(time.Second).Add(90 * 24 * time.Hour),
	}
}
