package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// Auto is a rule by which orders print by themselves. The first that fits an order
// decides: the order prints when the rule is on and it is within its hours, and
// waits till then. Orders that no rule fits go by print.auto.
type Auto struct {
	Name string `toml:"name"`
	When When   `toml:"when"`
	// Carrier is who takes the order, as routes name it; of several one must be it.
	Carrier Words `toml:"carrier"`
	// DeadlineWithin fits orders that must ship within so long, and those that are
	// late; 0 asks nothing.
	DeadlineWithin Duration `toml:"deadline_within"`
	Hours          string   `toml:"hours"` // "09:00-18:00" by the computer's clock; empty is all day
	Days           Words    `toml:"days"`  // "mon" to "sun"; none is every day
	// Printer is a printer's or a group's name; empty for any with the paper.
	Printer string `toml:"printer"`
}

// AutoRule returns the rule that decides about an order at a time, or false.
func (c *Config) AutoRule(o order.Order, carrier string, at time.Time) (Auto, bool) {
	for _, a := range c.Auto {
		if a.fits(o, carrier, at) {
			return a, true
		}
	}
	return Auto{}, false
}

func (a Auto) fits(o order.Order, carrier string, at time.Time) bool {
	switch {
	case len(a.Carrier) > 0 && !slices.Contains(a.Carrier, carrier):
		return false
	case a.DeadlineWithin.Duration > 0 && o.Deadline().Sub(at) > a.DeadlineWithin.Duration:
		return false
	}
	return a.When.fits(o)
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Open reports whether a time is within the rule's hours. Hours that go past
// midnight belong to the day on which they begin.
func (a Auto) Open(at time.Time) bool {
	from, to, _ := hours(a.Hours)
	now := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	on := func(day time.Weekday) bool { return len(a.Days) == 0 || slices.Contains(a.Days, weekdays[day]) }
	if to > from {
		return on(at.Weekday()) && now >= from && now < to
	}
	return on(at.Weekday()) && now >= from || on(at.AddDate(0, 0, -1).Weekday()) && now < to
}

// hours reads "09:00-18:00". Nothing is all day.
func hours(s string) (from, to time.Duration, ok bool) {
	if s == "" {
		return 0, 24 * time.Hour, true
	}
	a, b, found := strings.Cut(s, "-")
	from, okFrom := clock(a)
	to, okTo := clock(b)
	return from, to, found && okFrom && okTo && from != to
}

func clock(s string) (time.Duration, bool) {
	if s == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil && len(s) == 5
}

// Targets lists what labels may be bound to: the names of printers and groups.
func (c *Config) Targets() []string {
	var names []string
	for _, p := range c.Printers {
		names = append(names, p.Name)
	}
	for _, p := range c.Printers {
		if p.Group != "" && !slices.Contains(names, p.Group) {
			names = append(names, p.Group)
		}
	}
	return names
}

func (k *checker) autos(c *Config) {
	for i, a := range c.Auto {
		at := fmt.Sprintf("auto[%d].", i)
		switch {
		case a.Name == "":
			k.missing(at+"name", notice.Phrase{`name = "morning"`, `name = "上午"`})
		case !isName(a.Name):
			k.wrong(at+"name", notice.Phrase{"up to 40 letters, digits, spaces, points and dashes", "最多 40 个字母、汉字、数字、空格、点或横线"})
		case slices.ContainsFunc(c.Auto[:i], func(o Auto) bool { return o.Name == a.Name }):
			k.twice(at+"name", a.Name)
		}
		k.when(at+"when", a.When)
		if slices.ContainsFunc(a.Carrier, func(name string) bool { return !slices.Contains(c.Carriers(), name) }) {
			k.wrong(at+"carrier", quoted(c.Carriers()))
		}
		k.duration(at+"deadline_within", a.DeadlineWithin, 0, order.ShipWithin)
		if _, _, ok := hours(a.Hours); !ok {
			k.wrong(at+"hours", notice.Phrase{`two times of day: "09:00-18:00"`, `两个时刻："09:00-18:00"`})
		}
		if slices.ContainsFunc(a.Days, func(d string) bool { return !slices.Contains(weekdays, d) }) {
			k.wrong(at+"days", quoted(weekdays))
		}
		if a.Printer != "" && !slices.Contains(c.Targets(), a.Printer) {
			k.wrong(at+"printer", quoted(c.Targets()))
		}
	}
}

// group makes sure that a name means one thing.
func (k *checker) group(c *Config, i int) {
	p, at := c.Printers[i], fmt.Sprintf("printer[%d].group", i)
	switch {
	case p.Group == "":
	case !isName(p.Group):
		k.wrong(at, notice.Phrase{"up to 40 letters, digits, spaces, points and dashes", "最多 40 个字母、汉字、数字、空格、点或横线"})
	case slices.ContainsFunc(c.Printers, func(o Printer) bool { return o.Name == p.Group }):
		k.wrong(at, notice.Phrase{"a name that no printer has", "与打印机名称不同的名称"})
	}
}
