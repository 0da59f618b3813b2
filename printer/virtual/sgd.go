package virtual

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sgd is Zebra's way to get and set variables, in its turn: a line of text that
// begins with ! U1. The exclamation mark has been read.
func (z *zpl) sgd() error {
	text, err := z.rest()
	if err != nil {
		return err
	}
	word := quoted(text)
	if len(word) < 3 || word[0] != "U1" {
		z.junk.add("‹!%s›", text)
		return nil
	}
	p := z.p
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case word[1] == "getvar":
		if answer, ok := p.variable(z.line, word[2]); ok {
			p.say(z.line, []byte(`"`+answer+`"`))
		}
	case word[1] == "setvar" && len(word) == 4 && p.setVariable(word[2], word[3]):
	case word[1] == "do" && word[2] == "device.reset":
		p.reset()
	default:
		z.junk.add("‹!%s›", text)
	}
	return nil
}

// quoted takes a line apart into words, of which those in quotes hold spaces.
func quoted(text string) []string {
	var words []string
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

// variable is a variable's value, and whether the printer says anything at all.
func (p *Printer) variable(l *line, name string) (string, bool) {
	if !p.cfg.Quirks.NoSGD {
		switch name {
		case "odometer.total_label_count", "odometer.media_marker_count":
			return strconv.Itoa(p.odometer), true
		case "odometer.user_label_count":
			return strconv.Itoa(p.counter), true
		case "device.host_status":
			return p.hostStatus(l), !(p.cfg.Quirks.Coy && p.stopped())
		case "device.unique_id":
			return serial, true
		case "device.languages":
			return "zpl", true
		case "media.status":
			return map[bool]string{true: "out", false: "ok"}[p.rows == 0], true
		case "head.latch":
			return map[bool]string{true: "open", false: "ok"}[p.set&CoverOpen != 0], true
		}
	}
	return "?", true
}

func (p *Printer) setVariable(name, value string) bool {
	switch {
	case p.cfg.Quirks.NoSGD:
		return true
	case name == "odometer.user_label_count":
		n, ok := number(value, 0, 65_000)
		if ok {
			p.counter = n
		}
		return ok
	case name == "alerts.add":
		// condition, where to, when it sets, when it clears, address, port, quelling
		part := strings.Split(value, ",")
		if len(part) < 4 || !slices.Contains([]string{"SERIAL", "USB", "TCP"}, part[1]) || len(p.alerts) >= 32 {
			return false
		}
		if part[2] == "Y" {
			p.alerts = append(p.alerts, part[0])
		}
		if part[3] == "Y" {
			p.alerts = append(p.alerts, cleared+part[0])
		}
		return true
	}
	return false
}

// cleared begins the name of an alert that tells of the end of a condition.
const cleared = "ERROR CLEARED: "

// alert tells everybody of what somebody wanted to be told. The caller holds mu.
func (p *Printer) alert(what string) {
	if slices.Contains(p.alerts, what) {
		p.say(nil, fmt.Appendf(nil, "ALERT: %s [%s] [%s]\r\n", what, time.Now().Format("01-02-2006 15:04:05"), serial))
	}
}

// alertChange tells of conditions that have come and gone. The caller holds mu.
func (p *Printer) alertChange(before, now Condition) {
	for _, a := range []struct {
		when Condition
		name string
	}{{PaperOut, "PAPER OUT"}, {RibbonOut, "RIBBON OUT"}, {CoverOpen, "HEAD OPEN"}, {HeadHot, "HEAD TOO HOT"}, {CutterJam, "CUTTER JAM"}, {Paused, "PRINTER PAUSED"}} {
		name := a.name
		switch {
		case a.when&now&^before != 0 && slices.Contains(p.alerts, name):
			p.say(nil, fmt.Appendf(nil, "ALERT: ERROR CONDITION: %s [%s] [%s]\r\n", name, time.Now().Format("01-02-2006 15:04:05"), serial))
		case a.when&before&^now != 0:
			p.alert(cleared + name)
		}
	}
	if before&LabelWaiting&^now != 0 {
		p.alert("LABEL TAKEN")
	}
}
