package virtual

// escape answers ESC h, i and v outside a session, in its turn. That ESC h is
// answered at all says that the label before it is out.
func (c *cpcl) escape() error {
	b, err := c.next()
	if err != nil {
		return err
	}
	if b == 'h' && !c.p.cfg.Quirks.Eager {
		if err := c.still(); err != nil {
			return err
		}
	}
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.conditions()
	switch b {
	case 'h':
		p.say(c.line, []byte{cpclStatus(now, p.moves(), p.restart)})
		p.restart = p.restart && !p.cfg.Quirks.OneReset
	case 'i':
		p.say(c.line, []byte{byte(now.bits(bit{PaperJam | GapLost, 0x10}, bit{LabelWaiting, 0x20}, bit{PaperLow, 0x40}, bit{RibbonOut, 0x80}))})
	case 'v':
		p.say(c.line, append([]byte(p.cfg.Name+" 1.00 "+serial), 0))
	case 'N':
		p.restart = false
	default:
		c.junk.add("‹ESC %02X›", b)
	}
	return nil
}

// cpclStatus is the byte that answers ESC h.
func cpclStatus(c Condition, busy, restart bool) byte {
	b := byte(c.bits(bit{PaperOut, 0x02}, bit{CoverOpen, 0x04}, bit{BatteryLow, 0x08}))
	if busy || c&(stops&^(PaperOut|CoverOpen)) != 0 {
		b |= 0x01
	}
	if restart {
		b |= 0x10
	}
	return b
}
