package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
)

// judge holds three journals against each other: the gateway's says which
// numbers were taken, given back and shipped, the printers' what came out as
// paper, the ledger what the agent believes. One function an invariant; they are
// those of the reference, I1 to I11. I8 is about several stations, which this
// campaign does not have.
func (r *crashRun) judge() {
	if len(r.pictures) == 0 || len(r.lives) != len(r.pictures) {
		return // it did not come up again: that has been said
	}
	c := &court{crashRun: r, end: r.pictures[len(r.pictures)-1], journal: r.world.gateway.Journal()}
	for _, b := range r.world.benches {
		c.paper = append(c.paper, r.papers.of(b)...)
	}
	for _, look := range []func(*court){i1, i2, i3, i4, i5, i6, i7, i9, i10, i11, stops} {
		look(c)
	}
}

// court is a run at its end with everything that speaks.
type court struct {
	*crashRun
	end     *picture
	journal []jdsim.Entry
	paper   []paper
}

// sheetsOf are the whole labels with a label's barcode.
func (c *court) sheetsOf(l *pLabel) []paper {
	var list []paper
	for _, p := range c.paper {
		if p.whole && p.barcode == l.barcode {
			list = append(list, p)
		}
	}
	return list
}

func (c *court) attemptsOf(label int64) []pAttempt {
	var list []pAttempt
	for _, a := range c.end.attempts {
		if a.label == label {
			list = append(list, a)
		}
	}
	return list
}

func (c *court) name(l *pLabel) string {
	return fmt.Sprintf("parcel %d of order %s (label %d, %s)", l.parcel+1, c.end.orders[l.order].platform, l.id, l.state)
}

// authorised is how often people let a label be printed once more: by the
// ledger's records, and where an old copy has lost those, by what they said.
func (c *court) authorised(l *pLabel) int {
	n := 0
	for _, a := range c.end.audit {
		if a.label == l.id && a.authorises() {
			n++
		}
	}
	if c.restored < 0 {
		return n
	}
	said := 0
	for _, d := range c.deeds {
		if d.authorises() && isOf(l.barcode, strings.Split(d.key, "/")[0], l.parcel+1) {
			said++
		}
	}
	return max(n, said)
}

// i1: what was accepted is never absent: it ends, or stands where a person sees
// that it does not.
func i1(c *court) {
	byID := map[string]*pOrder{}
	for _, o := range c.end.orders {
		byID[o.platform] = o
	}
	for n, p := range c.pictures {
		if n < c.restored {
			continue
		}
		for _, o := range p.orders {
			if byID[o.platform] == nil {
				c.blame("I1", "order %s stood in the ledger after life %d and is gone", o.platform, n)
			}
		}
		for _, l := range p.labels {
			if c.end.labels[l.id] == nil {
				c.blame("I1", "label %d stood in the ledger after life %d and is gone", l.id, n)
			}
		}
	}
	for _, f := range c.world.all() {
		o, g := byID[f.ID], gatewayOrder(c, f.ID)
		if o == nil {
			if g.State == "" || g.State == jdsim.ToShip {
				c.blame("I1", "order %s never came into the ledger", f.ID)
			}
			continue
		}
		if o.purged && (o.state == "accepted" || o.state == "issuing") {
			c.blame("I1", "order %s is %s and its data is gone: nothing moves it any more", f.ID, o.state)
		}
		labels := c.end.labelsOf(o.id)
		if live := slices.DeleteFunc(slices.Clone(labels), func(l *pLabel) bool { return l.waybill != o.waybill }); o.state == "issued" && len(live) != boxes(f.Order) {
			c.blame("I1", "order %s has %d labels for %d boxes", f.ID, len(live), boxes(f.Order))
		}
		// Taken numbers are known, or the order says that one may be missing.
		for _, n := range c.numbersOf(f.ID) {
			known := o.state == "issue-unknown" || o.state == "changed" || o.waybill == n || slices.ContainsFunc(labels, func(l *pLabel) bool { return l.own == n })
			// The ledger that knew it is gone, and what comes as cancelled is not asked after.
			known = known || c.restored >= 0 && o.state == "skipped"
			if !known && o.alarm == "" {
				c.blame("I1", "number %s was taken for order %s (%s) and nobody knows of it", n, f.ID, o.state)
			}
		}
	}
	if c.restored < 0 {
		for _, d := range c.deeds {
			if what := recordOf(d); d.err == nil && what != "" && !c.recorded(d, what) {
				c.blame("I1", "a person's %s on label %s of order %s was accepted, and the ledger has no record of it", d.what, d.label, d.order)
			}
		}
	}
}

func gatewayOrder(c *court, id string) jdsim.Order {
	o, _ := c.world.gateway.Order(id)
	return o
}

// recordOf is how the ledger writes down what a person did to a label.
func recordOf(d deed) string {
	switch d.what {
	case "printed":
		return "resolved-printed"
	case "not-printed":
		return "resolved-not-printed"
	case "reprint":
		return "reprint"
	}
	return ""
}

func (c *court) recorded(d deed, what string) bool {
	return slices.ContainsFunc(c.end.audit, func(a pAudit) bool { return a.what == what && fmt.Sprint(a.label) == d.label })
}

// i2: nothing comes out twice unless a person let it.
func i2(c *court) {
	known := map[string]bool{}
	for _, l := range c.end.labels {
		known[l.barcode] = true
		may := 1 + c.authorised(l)
		if n := len(c.sheetsOf(l)); n > may {
			c.blame("I2", "%s came out %d times, and %d were let", c.name(l), n, may)
		}
		copies := map[int]int{}
		for _, a := range c.attemptsOf(l.id) {
			if ledger.LabelState(a.state) != ledger.Queued {
				copies[a.copy]++
			} else if a.mark != "" && slices.ContainsFunc(c.paper, func(p paper) bool { return p.mark == a.mark }) {
				c.blame("I2", "attempt %d of %s counts as never sent, and there is paper of it", a.n, c.name(l))
			}
		}
		for n, times := range copies {
			if times > 1 && c.restored < 0 {
				c.blame("I2", "copy %d of %s was sent %d times, and a person let it once", n, c.name(l), times)
			}
		}
	}
	for _, p := range c.paper {
		if separator := p.barcode == "" && c.accident == "waves"; p.whole && !known[p.barcode] && !separator && c.restored < 0 { // of an old copy, what had shipped is not told again
			c.blame("I1", "print %d of %s carries the barcode %q, which the ledger does not know", p.seq, p.bench.name, p.barcode)
		}
	}
}

// i3: nothing counts as confirmed without the device's word, and what others are
// told is not more than that.
func i3(c *court) {
	for _, l := range c.end.labels {
		confirmed := 0
		for _, a := range c.attemptsOf(l.id) {
			if ledger.LabelState(a.state) != ledger.Confirmed {
				continue
			}
			confirmed++
			switch b := c.world.bench(a.printer); {
			case b == nil:
				c.blame("I3", "%s is confirmed by %q, which is no printer", c.name(l), a.printer)
			case b.mute:
				c.blame("I3", "%s is confirmed by %s, which has never said a word", c.name(l), a.printer)
			}
			if m := a.method(); m == "" || m == "wire" || m == "spooler" {
				c.blame("I3", "%s is confirmed by %q, which is no word of a device", c.name(l), m)
			}
		}
		if n := len(c.sheetsOf(l)); n < confirmed {
			c.blame("I3", "%s was confirmed %d times and came out %d times", c.name(l), confirmed, n)
		}
		if n := len(c.sheetsOf(l)); l.state == string(ledger.Confirmed) && n == 0 {
			c.blame("I3", "%s is confirmed and never came out", c.name(l))
		}
	}
	for _, e := range c.journal {
		if e.Event != jdsim.Ship || e.Refused != "" {
			continue
		}
		for _, number := range strings.Split(e.Number, ",") {
			if !slices.ContainsFunc(c.paper, func(p paper) bool {
				return p.whole && (p.barcode == number || strings.HasPrefix(p.barcode, number+"-") || yundas(p.barcode, number))
			}) {
				c.blame("I3", "the platform was told that order %s has shipped, and number %s was never on paper", e.Order, number)
			}
		}
	}
}

// yundas reports whether a barcode is Yunda's of a number: five digits more.
func yundas(barcode, number string) bool {
	return len(number) == 13 && len(barcode) == 18 && strings.HasPrefix(barcode, number)
}

// i4: one label at a time is on its way to a printer, or two where the second
// names the first: that printer proves each by itself. They share one line.
func i4(c *court) {
	for _, b := range c.world.benches {
		if n := b.wire.crowds(); n > 0 {
			c.blame("I4", "two labels were on their way to %s at once, %d times", b.name, n)
		}
	}
	if c.accident == "clock" || c.restored >= 0 {
		return // the times in the ledger are no times
	}
	by := map[string][]pAttempt{}
	for _, a := range c.end.attempts {
		by[a.printer] = append(by[a.printer], a)
	}
	for name, list := range by {
		slices.SortFunc(list, func(a, b pAttempt) int { return int(a.intent - b.intent) })
		for i := 1; i < len(list); i++ {
			for j, b := max(0, i-2), list[i]; j < i; j++ {
				a := list[j]
				under := a.settled > b.intent || a.settled == 0 && c.lifeAt(a.intent) == c.lifeAt(b.intent)
				if under && (j < i-1 || a.mark == "" || b.follows() != a.mark) {
					c.blame("I4", "label %d went to %s while label %d was under way", b.label, name, a.label)
				}
				if m := a.method(); under && a.state == string(ledger.Confirmed) && m != "process-id" && m != "odometer" && m != "response" {
					c.blame("I4", "label %d went to %s while label %d was under way, whose proof by %s may be that of either", b.label, name, a.label, m)
				}
			}
		}
	}
}

// lifeAt is in which life a moment was.
func (c *court) lifeAt(ms int64) int {
	at := time.UnixMilli(ms)
	for i, l := range c.lives {
		if at.Before(l.end.Add(time.Millisecond)) {
			return i
		}
	}
	return len(c.lives)
}

// i5: an order is the same order however often it comes, and so is its number.
func i5(c *court) {
	seen := map[string]bool{}
	for _, o := range c.end.orders {
		if seen[o.platform] {
			c.blame("I5", "order %s stands in the ledger twice", o.platform)
		}
		seen[o.platform] = true
	}
	boxesOf := map[string]int{}
	for _, f := range c.world.all() {
		boxesOf[f.ID] = boxes(f.Order)
	}
	live, sizes := map[string]int{}, map[string]int{}
	for _, e := range c.journal {
		if e.Refused != "" {
			continue
		}
		switch e.Event {
		case jdsim.Number:
			sizes[e.Number] = max(1, e.Packages)
			if live[e.Order] += sizes[e.Number]; live[e.Order] > boxesOf[e.Order] {
				c.blame("I5", "order %s of %d boxes had numbers for %d at once", e.Order, boxesOf[e.Order], live[e.Order])
			}
		case jdsim.Unbound:
			live[e.Order] -= sizes[e.Number]
		}
	}
	for _, p := range c.world.platforms {
		for reference, numbers := range p.Given() {
			if n := boxesOf[of(reference)]; len(numbers) > n {
				c.blame("I5", "%s gave %d numbers for %s, an order of %d boxes", p.Name, len(numbers), reference, n)
			}
		}
	}
	labels := map[string]bool{}
	for _, l := range c.end.labels {
		key := fmt.Sprint(l.order, l.waybill, l.parcel)
		if labels[key] {
			c.blame("I5", "%s stands in the ledger twice", c.name(l))
		}
		labels[key] = true
	}
}
