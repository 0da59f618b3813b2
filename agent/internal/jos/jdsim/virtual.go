package jdsim

import (
	"fmt"
	"strings"
	"time"
)

// How long virtual numbers live. The days of the last two are in JD's notice
// to merchants; how long one lives while the order is open is guessed.
const (
	virtualFor      = 30 * 24 * time.Hour
	afterFinishFor  = 2 * 24 * time.Hour
	afterSaleFor    = 15 * 24 * time.Hour
	finishedFor     = 3 // months after which a finished order's number cannot be had again
	extensionDigits = 4
)

// bind is the virtual number of an order's receiver.
type bind struct {
	generation int // how often one was bound, from 1
	since      time.Time
	until      time.Time
	calls      int // that have asked for it
}

// revealed is a receiver's phones as a call shows them.
type revealed struct{ mobile, phone, expiration string }

// reveal opens the phones of orders and binds virtual numbers that are not
// bound or have lapsed. With the second result it says why not.
func (g *Gateway) reveal(c *call, orders []*Order) ([]revealed, object, error) {
	if limit := g.config.DecryptsPerDay; limit > 0 {
		if g.decrypted.count(c.now, 0)+len(orders) > limit {
			return nil, g.no(c, oaidQuota, "当日解密额度已用完"), nil
		}
	}
	var entries []Entry
	for _, o := range orders {
		if o.Virtual != "" && !c.now.Before(g.ledger.binds[o.ID].until) {
			life, ok := o.virtualLife(c.now)
			if !ok {
				return nil, g.no(c, oaidTooOld, "订单完成已超过三个月，不能获取虚拟号"), nil
			}
			entries = append(entries, Entry{Event: Bound, Order: o.ID, Until: c.now.Add(life)})
		}
		entries = append(entries, Entry{Event: Served, Order: o.ID})
	}
	if err := g.record(c, entries...); err != nil {
		return nil, nil, err
	}
	g.decrypted.count(c.now, len(orders))
	var seen []revealed
	for _, o := range orders {
		if o.Virtual == "" {
			seen = append(seen, revealed{mobile: o.Receiver.Mobile, phone: o.Receiver.Telephone})
			continue
		}
		b := g.ledger.binds[o.ID]
		b.calls++
		g.ledger.binds[o.ID] = b
		v := revealed{mobile: o.virtual(b.generation), expiration: stamp(b.until)}
		after := g.config.ExtensionAfter
		if o.LateExtension && (after < 0 && b.calls == 1 || after > 0 && c.now.Sub(b.since) < after) {
			v.mobile, _, _ = strings.Cut(v.mobile, "-")
		}
		seen = append(seen, v)
	}
	return seen, nil, nil
}

// virtualLife is how long a virtual number that is bound now lives, and
// whether one can be had at all.
func (o *Order) virtualLife(now time.Time) (time.Duration, bool) {
	switch {
	case o.AfterSale:
		return afterSaleFor, true
	case o.State != Finished:
		return virtualFor, true
	}
	return afterFinishFor, now.Before(o.Ended.AddDate(0, finishedFor, 0))
}

// virtual is the number that the generation-th bind gives: the same main
// number with another extension.
func (o *Order) virtual(generation int) string {
	main, extension, ok := strings.Cut(o.Virtual, "-")
	if !ok || generation <= 1 {
		return o.Virtual
	}
	n := 0
	for _, d := range extension {
		n = n*10 + int(d-'0')
	}
	return fmt.Sprintf("%s-%0*d", main, extensionDigits, (n+1237*(generation-1))%10_000)
}

// LapseVirtual ends the virtual number of an order before its time, as when a
// parcel was not collected and the system closed the order. The next call
// binds another. It reports whether there was one to end.
func (g *Gateway) LapseVirtual(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.config.Clock()
	if !now.Before(g.ledger.binds[id].until) {
		return false
	}
	return g.record(&call{method: "lapse", now: now}, Entry{Event: Lapsed, Order: id}) == nil
}
