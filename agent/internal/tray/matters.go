package tray

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// matter is a kind of thing that a notification is about.
type matter uint8

// In the order in which they are told.
const (
	answers   matter = iota // what came of a click; not one of the agent's
	gone                    // no agent answers
	halted                  // a printer needs somebody
	goesOn                  // it prints again
	unsettled               // a label that may or may not be on paper
	calling                 // a program asks whether it may print
	late                    // past its deadline
	near                    // near its deadline
	paper                   // a roll runs out
	stock                   // numbers run out
)

const (
	// seldom is the least time between two notifications of one matter: what comes
	// in between is told together.
	seldom = time.Minute
	// missing is how long an agent must be gone before it is told: a restart takes
	// less.
	missing = 10 * time.Second
	// rarely is the same for numbers that run out, of which another figure is said
	// each time and which nobody can change at once.
	rarely = time.Hour
	// recent is how old a thing that the station said may be.
	recent = 10 * time.Minute
)

// matters know what has been told. Everything is taken from what is seen now, so
// that a printer that flickers is one thing, not many.
type matters struct {
	say   words
	now   func() time.Time
	told  map[matter]map[string]bool
	last  map[matter]time.Time
	hurt  map[string]bool // printers whose trouble was told and not yet its end
	since time.Time       // since when no agent answers
}

func newMatters(say words, now func() time.Time) matters {
	return matters{say: say, now: now, told: map[matter]map[string]bool{}, last: map[matter]time.Time{}, hurt: map[string]bool{}}
}

// thing is one thing of a matter: its key says whether it is the same as before.
type thing struct{ key, text string }

// fresh returns what is to be told now.
func (m *matters) fresh(s seen) (list []notification) {
	if !s.lost {
		m.since = time.Time{}
	} else if m.since.IsZero() {
		m.since = m.now()
	}
	add := func(kind matter, things []thing, p picture, text func([]thing) string) (told []thing) {
		if told = m.untold(kind, things); len(told) > 0 {
			list = append(list, notification{kind: kind, title: m.say.name(), text: text(told), look: p})
		}
		return told
	}
	if s.lost {
		if m.now().Sub(m.since) >= missing {
			add(gone, []thing{{key: "agent"}}, lost, func([]thing) string { return m.say.gone() })
		}
		return list // of all else nothing is known
	}
	delete(m.told, gone)
	for _, p := range add(goesOn, m.recovered(s), ready, m.say.goesOn) {
		delete(m.hurt, p.key)
	}
	for _, p := range add(halted, m.halted(s), attention, joined) {
		m.hurt[p.key] = true
	}
	add(unsettled, unsettledOf(s), question, func(l []thing) string { return m.say.unsettled(len(l)) })
	if s.asking != "" {
		add(calling, []thing{{key: s.asking}}, question, func([]thing) string { return m.say.asking() })
	} else {
		delete(m.told, calling)
	}
	add(late, dueOf(s, true), attention, func(l []thing) string { return m.say.late(len(l)) })
	add(near, dueOf(s, false), attention, func(l []thing) string { return m.say.near(len(l)) })
	add(paper, m.saidOf(s, "roll-low"), attention, joined)
	add(stock, m.saidOf(s, "stock-low"), attention, joined)
	return list
}

// untold returns what of a matter was not told yet, and notes it as told, unless
// the matter was told of so lately that it must wait. What is gone may come again.
func (m *matters) untold(kind matter, things []thing) (list []thing) {
	told := map[string]bool{}
	for _, t := range things {
		if m.told[kind][t.key] {
			told[t.key] = true
		} else {
			list = append(list, t)
		}
	}
	m.told[kind] = told
	wait := seldom
	if kind == stock {
		wait = rarely
	}
	if at, ok := m.last[kind]; len(list) == 0 || ok && m.now().Sub(at) < wait {
		return nil
	}
	m.last[kind] = m.now()
	for _, t := range list {
		told[t.key] = true
	}
	return list
}

// halted are the printers that need somebody.
func (m *matters) halted(s seen) (list []thing) {
	for _, p := range stopped(s) {
		list = append(list, thing{key: p.Name, text: m.say.printer(api.Printer{Name: p.Name, State: p.State, Reasons: p.Reasons}, false)})
	}
	slices.SortFunc(list, func(a, b thing) int { return cmp.Compare(a.key, b.key) })
	return list
}

// recovered are the printers whose trouble was told and is over.
func (m *matters) recovered(s seen) (list []thing) {
	for _, p := range s.queue.Printers {
		if m.hurt[p.Name] && p.State != api.Stopped {
			list = append(list, thing{p.Name, p.Name})
		}
	}
	return list
}

// unsettledOf are the labels and numbers that wait for a person's word.
func unsettledOf(s seen) (list []thing) {
	for _, r := range s.queue.Rows {
		if r.State == api.Unknown || r.State == api.NumberUnknown {
			list = append(list, thing{key: r.Order + " " + r.Label})
		}
	}
	return list
}

// dueOf are the orders whose deadline is past, or else near.
func dueOf(s seen, late bool) (list []thing) {
	for _, r := range s.queue.Rows {
		if r.State == api.Waiting && r.Lateness != nil && r.Lateness.Late == late {
			list = append(list, thing{key: r.Order})
		}
	}
	return list
}

// saidOf is what the station lately said under a code.
func (m *matters) saidOf(s seen, code notice.Code) (list []thing) {
	for _, n := range s.said {
		if n.Code == code && m.now().Sub(n.At) < recent {
			list = append(list, thing{n.Message, n.Message})
		}
	}
	return list
}

func joined(list []thing) string {
	var all []string
	for _, t := range list {
		all = append(all, t.text)
	}
	return strings.Join(all, "\n")
}

func (w words) gone() string {
	return w.in(notice.Phrase{
		"The agent does not answer. Nothing is printed until it runs again.",
		"面单程序没有应答，恢复之前不会打印。",
	})
}

func (w words) goesOn(list []thing) string {
	return w.in(notice.Phrase{"%s prints again.", "%s 已恢复打印。"}, strings.ReplaceAll(joined(list), "\n", w.in(notice.Phrase{", ", "、"})))
}

func (w words) unsettled(n int) string {
	return w.in(notice.Phrase{
		"Labels of which nobody knows whether they came out: %d. Please open the page.",
		"有 %d 张面单需要您确认是否已经打出，请打开页面。",
	}, n)
}

func (w words) late(n int) string {
	return w.in(notice.Phrase{"Orders past their deadline that still wait: %d.", "有 %d 个订单已超过发货时限，仍未打印。"}, n)
}

func (w words) near(n int) string {
	return w.in(notice.Phrase{"Orders near their deadline that still wait: %d.", "有 %d 个订单即将超过发货时限，仍未打印。"}, n)
}
