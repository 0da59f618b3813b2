package virtual

import "time"

// Condition is a set of things that are the matter with a printer.
type Condition uint64

const (
	PaperOut Condition = 1 << iota
	PaperLow
	PaperJam
	CoverOpen
	CutterJam
	RibbonOut
	RibbonLow
	RibbonJam
	HeadHot
	HeadCold
	HeadFault
	BadElement // of the head
	HeadDirty  // wants cleaning
	HeadWorn   // wants replacing
	MotorHot
	MemoryFull
	MemoryLost
	BatteryLow
	GapLost      // no gap or mark where one had to come
	MarkUnknown  // the mark sensor could not be calibrated
	Uncalibrated // wants calibrating
	FeedFault
	// A kiosk printer's presenter.
	PresenterFault
	PathBlocked
	RetractTimeout
	KioskSensor // the first of eight
	_
	_
	_
	_
	_
	_
	_
	LabelWaiting // in the peeler, for a hand
	Paused
	WaitsForKey // to be pressed before it goes on
	FeedPressed
	Drawer // a cash drawer's pin is low
	Fault  // some other error that it can recover from
	Broken // an error that it cannot recover from
)

// stops are the conditions in which the paper cannot move.
const stops = PaperOut | PaperJam | CoverOpen | CutterJam | RibbonOut | RibbonJam | HeadHot | HeadFault | MotorHot |
	GapLost | MarkUnknown | FeedFault | PresenterFault | PathBlocked | RetractTimeout | Paused | WaitsForKey | Fault | Broken

// bit is one bit of a status byte and what sets it.
type bit struct {
	when Condition
	mask uint32
}

// bits puts conditions into a printer's words.
func (c Condition) bits(table ...bit) uint32 {
	var v uint32
	for _, b := range table {
		if c&b.when != 0 {
			v |= b.mask
		}
	}
	return v
}

// motion is what the motor is doing.
type motion uint8

const (
	still motion = iota
	printing
	feeding
	backing
	cutting
)

// state is what hands, faults and the work so far have made of the printer.
type state struct {
	rows      int // of paper left; negative is endless
	set       Condition
	loaded    roll
	reports   bool     // GS a is on
	alerts    []string // ZPL: what is to be told unasked
	mute      bool
	hung      bool
	stutter   bool
	lateMark  time.Duration
	dropAfter int  // bytes until the line drops; negative never
	forgetful bool // a dropped line empties the buffer
	script    []Mishap

	received int
	odometer int // labels printed in its life
	counter  int // the same, since somebody set it to zero
	wear     int // rows moved
	done     int // whole prints since the start
	motion   motion
	drawing  bool // a label has been begun and not handed to the motor
	held     bool // one that was begun waits for the motor to have room
	cleared  int  // how often the buffers were emptied by a command
	lost     int  // how often they were lost with the power
	cuts     int  // how often the power was cut
	restart  bool // since the host last took notice of it

	printMode byte // ZPL's ^MM and ^MT
	transfer  bool
}

// roll is the paper that was put in.
type roll struct {
	media       Media // "" is whatever the job says
	length, gap int   // of a label and of what follows it, in rows; 0 is whatever the job says
}

// conditions are all that is the matter. The caller holds mu.
func (p *Printer) conditions() Condition {
	c := p.set &^ PaperOut
	if p.rows == 0 {
		c |= PaperOut
	}
	return c
}

// stopped reports whether the paper cannot move. The caller holds mu.
func (p *Printer) stopped() bool { return p.conditions()&stops != 0 }

// alter changes the state, wakes whoever waits for it and reports the change to
// the host if the host asked for reports.
func (p *Printer) alter(change func(*state)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.altered(func() { change(&p.state) })
}

// altered does the same for a caller that holds mu.
func (p *Printer) altered(change func()) {
	before := p.conditions()
	change()
	p.report(before)
	p.change.Broadcast()
}

// report tells the host unasked, where it wants that, of conditions that are
// others than before. The caller holds mu.
func (p *Printer) report(before Condition) {
	now := p.conditions()
	if now == before {
		return
	}
	if p.reports {
		if b := automaticStatus(now); b != automaticStatus(before) {
			p.say(nil, b[:])
		}
	}
	if len(p.alerts) > 0 {
		p.alertChange(before, now)
	}
}
