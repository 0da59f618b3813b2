package kuaidi100

import (
	"context"
	"errors"
	"sync"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// repeats is how long an order number gives the same result: 48 hours, less one
// for clocks that differ.
const repeats = 47 * time.Hour

var errTooOld = errors.New("the number may have been asked for more than 48 hours ago: asked again, Kuaidi100 might give a second one")

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.account.Values["same_number_again"] != "false" }

// Find implements carrier.Finder by asking again under the same order number, as
// long as that is certain to give the same result: within 48 hours of the first
// time that this program asked, or of the payment, before which nobody can have.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.before(o); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	if !i.account.Is("same_number_again") && !i.repeats(o) {
		return waybill.Waybill{}, carrier.StillUnknown(errTooOld)
	}
	return i.ask(ctx, o)
}

func (i *Issuer) repeats(o order.Order) bool {
	now := i.account.Now()
	if at, ok := i.memory.asked(i.Reference(o)); ok {
		return now.Sub(at) < repeats
	}
	ago := now.Sub(o.PaidAt) // a payment that nobody knows of is long ago, and of one that is yet to come a clock is wrong
	return ago > -time.Hour && ago < repeats
}

// memory is what is told with a number, is wanted later and has no place on a
// waybill. It ends with the program.
type memory struct {
	mu    sync.Mutex
	first map[string]time.Time // when an order number was asked with first
	notes map[waybill.Number]note
	swept time.Time
}

type note struct {
	order string // the carrier's own number for the order
	label string // where the label that Kuaidi100 draws lies
	at    time.Time
}

// kept is how long: after that nobody cancels, or prints for the first time.
const kept = 7 * 24 * time.Hour

func newMemory() *memory {
	return &memory{first: map[string]time.Time{}, notes: map[waybill.Number]note{}}
}

func (m *memory) asks(reference string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	if _, ok := m.first[reference]; !ok {
		m.first[reference] = now
	}
}

func (m *memory) asked(reference string) (time.Time, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.first[reference]
	return at, ok
}

func (m *memory) told(w waybill.Waybill, d data, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	m.notes[w.Number] = note{order: string(d.Order), label: string(d.Label), at: now}
}

func (m *memory) of(n waybill.Number) note {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notes[n]
}

// sweep forgets what is old, once an hour.
func (m *memory) sweep(now time.Time) {
	if now.Sub(m.swept) < time.Hour {
		return
	}
	m.swept = now
	for key, at := range m.first {
		if now.Sub(at) > kept {
			delete(m.first, key)
		}
	}
	for n, note := range m.notes {
		if now.Sub(note.at) > kept {
			delete(m.notes, n)
		}
	}
}
