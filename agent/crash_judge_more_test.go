package main

import (
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/ledger"
)

// i6: what has ended stays as it ended; only a reprint begins a new attempt, and
// it leaves the old one as it was.
func i6(c *court) {
	for n := 0; n+1 < len(c.pictures); n++ {
		if n+1 == c.restored || n+1 < c.restored {
			continue
		}
		before, after := c.pictures[n], c.pictures[n+1]
		later := map[[2]int64]pAttempt{}
		for _, a := range after.attempts {
			later[[2]int64{a.label, int64(a.n)}] = a
		}
		for _, a := range before.attempts {
			b, ok := later[[2]int64{a.label, int64(a.n)}]
			switch {
			case !ok:
				c.blame("I6", "attempt %d of label %d stood in the ledger after life %d and is gone", a.n, a.label, n)
			case a.settled != 0 && a != b:
				c.blame("I6", "attempt %d of label %d was settled as %s and was changed to %s", a.n, a.label, a.state, b.state)
			}
		}
		for id, l := range before.labels {
			m := after.labels[id]
			if m == nil || !before.ended(l) || m.state == l.state && m.copy == l.copy {
				continue
			}
			let := 0
			for _, a := range after.audit {
				if a.label == id && a.authorises() && !slices.ContainsFunc(before.audit, func(old pAudit) bool { return old.id == a.id }) {
					let++
				}
			}
			if let == 0 {
				c.blame("I6", "label %d had ended as %s after life %d and is %s, and nobody let it", id, l.state, n, m.state)
			}
		}
	}
}

// i7: purging takes the personal data of what has ended, and nothing that is
// needed to know it again.
func i7(c *court) {
	for n, p := range c.pictures {
		for _, o := range p.orders {
			if !o.purged {
				continue
			}
			for _, l := range p.labelsOf(o.id) {
				if !p.ended(l) && ledger.LabelState(l.state) != ledger.Unknown {
					c.blame("I7", "after life %d the data of order %s is gone, and its label %d is %s", n, o.platform, l.id, l.state)
				}
			}
			if o.state == "issued" && o.waybill == "" {
				c.blame("I7", "after life %d the purged order %s has lost its number", n, o.platform)
			}
			if c.accident != "clock" && (o.state == "issuing" || o.state == "accepted" || o.state == "issue-unknown") {
				c.blame("I7", "after life %d the data of order %s is gone, which is %s and new", n, o.platform, o.state)
			}
		}
	}
}

// i9: the labels of one order leave a printer in their order, or the gap is shown:
// a label that had to be given back, because its printer or the platform was in
// trouble, may come later, and people are told of the trouble.
func i9(c *court) {
	if c.accident == "clock" || c.restored >= 0 {
		return
	}
	first := map[int64]pAttempt{}
	for _, a := range c.end.attempts {
		if a.n == 1 && ledger.LabelState(a.state) != ledger.Queued {
			first[a.label] = a
		}
	}
	for _, o := range c.end.orders {
		labels := c.end.labelsOf(o.id)
		for i := 1; i < len(labels); i++ {
			a, okA := first[labels[i-1].id]
			b, okB := first[labels[i].id]
			if !okA || !okB || labels[i-1].waybill != labels[i].waybill || a.printer != b.printer || b.intent >= a.intent {
				continue
			}
			if n := c.lifeAt(a.intent); n == c.lifeAt(b.intent) && n < len(c.lives) && c.lives[n].silent() {
				c.blame("I9", "parcel %d of order %s went to %s at %s, before parcel %d at %s, and nobody was told why", labels[i].parcel+1, o.platform, a.printer,
					time.UnixMilli(b.intent).Format("05.000"), labels[i-1].parcel+1, time.UnixMilli(a.intent).Format("05.000"))
			}
		}
	}
}

// i10: nothing of a label comes out after a person's "it is not printed" was
// accepted, but what they let be printed by that.
func i10(c *court) {
	if c.accident == "clock" {
		return
	}
	for _, r := range c.end.audit {
		if r.what != "resolved-not-printed" {
			continue
		}
		l := c.end.labels[r.label]
		if l == nil {
			continue
		}
		if c.restored >= 0 && r.at < c.end.restored {
			continue // what it was sent again after that may be in no ledger any more
		}
		if strings.TrimSpace(r.why) == "" {
			c.blame("I10", "%s was said not to be printed, and nothing says that nothing is left of it", c.name(l))
		}
		answered := time.UnixMilli(r.at)
		old, later := map[string]bool{}, 0
		for _, a := range c.attemptsOf(l.id) {
			switch {
			case a.intent > r.at:
				later++
			case a.mark != "":
				old[a.mark] = true
			}
		}
		after := 0
		for _, p := range c.sheetsOf(l) {
			if !p.at.After(answered.Add(5 * time.Millisecond)) {
				continue
			}
			if after++; old[p.mark] {
				c.blame("I10", "%s was said not to be printed, and %v later it came out of %s", c.name(l), p.at.Sub(answered).Round(time.Millisecond), p.bench.name)
			}
		}
		if after > later {
			c.blame("I10", "%s was said not to be printed; since then it was sent %d times and came out %d times", c.name(l), later, after)
		}
	}
}

// i11: a crash anywhere, any number of times, leaves a database that is whole and
// an agent that comes up and goes on. All other invariants are judged after
// crashes only.
func i11(c *court) {
	var boot int64
	for n, p := range c.pictures {
		if p.check != "" && p.check != "ok" {
			c.blame("I11", "after life %d the database is damaged: %s", n, p.check)
		}
		if p.boot < boot && n != c.restored {
			c.blame("I11", "after life %d the boot counter has gone back from %d to %d", n, boot, p.boot)
		}
		boot = p.boot
		if p.restored != 0 && c.restored < 0 {
			c.blame("I11", "after life %d the ledger takes itself for an old copy, and nobody restored one", n)
			break
		}
	}
	if c.restored >= 0 && c.end.restored == 0 {
		c.blame("I11", "an old copy was put back before life %d, and the ledger has not noticed", c.restored)
	}
	for _, p := range c.paper {
		if p.garbage && p.whole {
			c.blame("I11", "print %d of %s: the printer was sent garbage", p.seq, p.bench.name)
		}
	}
}
