package pairing

import "time"

// Used notes that an origin has called, where no token says so: on the ports of other
// components a page has none. Without it a pairing that is used every day would end.
func (b *Book) Used(o Origin) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.alive(o)
	if e == nil || e.Blocked || b.now().Sub(e.Used) <= time.Hour { // every message would be a write
		return
	}
	e.Used = b.now()
	_ = b.save() // the pairing ends some hours earlier, at worst
}
