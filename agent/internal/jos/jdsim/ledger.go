package jdsim

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// expressCarrier is JD Express's code in the journal.
const expressCarrier = "JD"

// ledger is what follows from the journal.
type ledger struct {
	taken      map[string]Entry    // by number: its Number entry
	bound      map[holder][]string // the numbers an order has
	count      map[string]uint64   // numbers ever taken, by carrier
	shipped    map[string]Entry    // by order: the Ship that was accepted
	binds      map[string]bind     // by order: its virtual number
	prefetched map[string]bool     // numbers that no order uses yet
	// completed is, by order, what made it finished.
	completed map[string]Entry
}

// holder is whom numbers are bound to.
type holder struct{ carrier, order string }

func newLedger() ledger {
	return ledger{
		taken:      map[string]Entry{},
		bound:      map[holder][]string{},
		count:      map[string]uint64{},
		shipped:    map[string]Entry{},
		binds:      map[string]bind{},
		prefetched: map[string]bool{},
		completed:  map[string]Entry{},
	}
}

// apply makes an entry true. Opening a journal applies all of it again.
func (g *Gateway) apply(e Entry) {
	h := holder{e.Carrier, e.Order}
	switch {
	case e.Refused != "":
	case e.Event == Number:
		g.ledger.taken[e.Number] = e
		g.ledger.bound[h] = append(g.ledger.bound[h], e.Number)
		if g.ledger.prefetched[e.Number] {
			delete(g.ledger.prefetched, e.Number)
		} else {
			g.ledger.count[e.Carrier]++
		}
		if k := g.contract(e.Carrier, e.Branch); k != nil && !k.direct() {
			k.Amount--
		}
	case e.Event == Prefetched:
		g.ledger.prefetched[e.Number] = true
		g.ledger.count[e.Carrier]++
	case e.Event == Unbound:
		// The stock does not get the number back (guessed).
		g.ledger.bound[h] = slices.DeleteFunc(g.ledger.bound[h], func(n string) bool { return n == e.Number })
	case e.Event == Completed:
		g.ledger.completed[e.Order] = e
		g.complete(e)
	case e.Event == Bound:
		g.ledger.binds[e.Order] = bind{g.ledger.binds[e.Order].generation + 1, e.At, e.Until, 0}
	case e.Event == Lapsed:
		b := g.ledger.binds[e.Order]
		b.until = e.At
		g.ledger.binds[e.Order] = b
	case e.Event == Ship:
		g.ledger.shipped[e.Order] = e
		if o := g.orders[e.Order]; o != nil {
			o.shippedBy(e)
		}
	}
}

// parcel is what a number is asked for.
type parcel struct {
	holder
	branch string
	to     place
	count  int // numbers
	terms
	packages int    // of one number
	parent   string // the number these are appended to
	number   string // a prefetched one to use
	sender   sheet.Party
	receiver sheet.Party
}

// terms are what a parcel is taken on beside its way.
type terms struct{ collect, insured, signed string }

// money is an amount in yuan if it is more than nought.
func money(o object, name string) string {
	if n, ok := decimal(o, name); ok && n > 0 {
		return clip(text(o, name))
	}
	return ""
}

// numbersFor returns the numbers an order is given for p, and how many of
// them must still be taken.
func (g *Gateway) numbersFor(p parcel) (has []string, lacking int) {
	k := g.contract(p.carrier, p.branch)
	if g.sameAgain && p.parent == "" && (k == nil || !k.NewNumberEachTime) {
		has = g.ledger.bound[p.holder]
	}
	has = slices.Clone(has[:min(len(has), p.count)])
	return has, p.count - len(has)
}

// take gives p its numbers, new or again, and journals it.
func (g *Gateway) take(c *call, p parcel) ([]string, error) {
	numbers, lacking := g.numbersFor(p)
	entry := Entry{
		Order: p.order, Carrier: p.carrier, Branch: p.branch,
		Province: clip(p.to.province), City: clip(p.to.city), County: clip(p.to.county),
		Collect: p.collect, Insured: p.insured, Return: p.signed, Parent: p.parent,
	}
	if p.packages > 1 {
		entry.Packages = p.packages
	}
	var entries []Entry
	for _, n := range numbers {
		entry.Event, entry.Number = Again, n
		entries = append(entries, entry)
	}
	for i := range lacking {
		entry.Event, entry.Number = Number, cmp.Or(p.number, number(p.carrier, g.ledger.count[p.carrier]+uint64(i)))
		entries = append(entries, entry)
		numbers = append(numbers, entry.Number)
	}
	if err := g.record(c, entries...); err != nil {
		return nil, err
	}
	for _, n := range numbers {
		g.consigned[n] = consignment{p.sender, p.receiver}
	}
	return numbers, nil
}

// consignment is who sends a parcel to whom, as the client said. It is kept in
// memory alone: the journal names nobody.
type consignment struct{ sender, receiver sheet.Party }

// boundTo returns the entry of a number of the carrier that is still bound.
func (g *Gateway) boundTo(carrier, number string) (Entry, bool) {
	e, ok := g.ledger.taken[number]
	return e, ok && e.Carrier == carrier && slices.Contains(g.ledger.bound[holder{carrier, e.Order}], number)
}

// packages returns how many packages a number is for.
func (g *Gateway) packages(number string) int { return max(1, g.ledger.taken[number].Packages) }

// packageCode is the code of the i-th of n packages of a number.
func packageCode(number string, i, n int) string { return fmt.Sprintf("%s-%d-%d-", number, i, n) }

// contract finds the contract with a provider; code is its branch or
// settlement code.
func (g *Gateway) contract(provider, code string) *Contract {
	for i := range g.stock {
		if k := &g.stock[i]; k.ProviderCode == provider && k.code() == code {
			return k
		}
	}
	return nil
}

// format is how a carrier's numbers look: a prefix, the last byte of which may
// vary, and digits.
type format struct {
	prefix string
	vary   string
	digits int
}

func formatOf(carrier string) (format, bool) {
	switch carrier {
	case expressCarrier:
		return format{prefix: "JDVC", digits: 11}, true
	case "ZTO":
		return format{prefix: "7", vary: "3456789", digits: 12}, true
	case "YTO":
		return format{prefix: "YT", digits: 13}, true
	case "STO":
		return format{prefix: "77", digits: 13}, true
	case "YUNDA":
		return format{vary: "34", digits: 14}, true
	case "SF":
		return format{prefix: "SF", digits: 13}, true
	}
	return format{}, false
}

func numbered(carrier string) bool { _, ok := formatOf(carrier); return ok }

// number returns a carrier's n-th number. Numbers are scattered, as real ones
// are, and no two are the same: the step has no divisor in common with a power
// of ten.
func number(carrier string, n uint64) string {
	const start, step = 40_816_327, 61_803_398_877
	f, _ := formatOf(carrier)
	modulus := uint64(1)
	for range f.digits {
		modulus *= 10
	}
	high, low := bits.Mul64(n, step)
	low, carry := bits.Add64(low, start, 0)
	_, serial := bits.Div64((high+carry)%modulus, low, modulus)
	var b strings.Builder
	b.WriteString(f.prefix)
	if f.vary != "" {
		b.WriteByte(f.vary[n%uint64(len(f.vary))])
	}
	fmt.Fprintf(&b, "%0*d", f.digits, serial)
	return b.String()
}
