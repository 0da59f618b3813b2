package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"miandan/agent/internal/order"
)

// standing remembers the orders that have their number and stand in the ledger
// just as their platform last told of them. Platforms are asked for more than is
// new, since clocks differ: on a busy day thousands of orders come with every
// reading that were accepted minutes ago, and each would take its turn at the one
// writer only to change nothing.
//
// It is in memory only, and holds no person: what was told is kept as a hash
// under a key that nobody keeps.
type standing struct {
	mu       sync.Mutex
	key      [32]byte
	now, old map[order.Key][sha256.Size]byte
	turned   time.Time
}

// standsFor is how long an order is remembered of which nothing is heard any
// more; at most twice that.
const standsFor = 30 * time.Minute

// Stands reports whether the order was accepted just so before, with the same
// plan, and has had its number since: Accept would change nothing but the time of
// its reading.
func (l *Ledger) Stands(o order.Order, p Plan) bool {
	told := l.standing.hash(o, p)
	s := &l.standing
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.now[o.Key]; ok {
		return t == told
	}
	t, ok := s.old[o.Key]
	if !ok || t != told {
		return false
	}
	s.now[o.Key] = t
	return true
}

// hash is what was told of an order, but for when.
func (s *standing) hash(o order.Order, p Plan) [sha256.Size]byte {
	s.mu.Lock()
	if s.now == nil {
		rand.Read(s.key[:])
		s.now, s.turned = map[order.Key][sha256.Size]byte{}, time.Now()
	}
	s.mu.Unlock()
	r := recordOf(o)
	r.ReadAt = time.Time{}
	told, err := json.Marshal(struct {
		Key   [32]byte
		Order orderRecord
		Plan  Plan
	}{s.key, r, p})
	if err != nil {
		return [sha256.Size]byte{} // of no order
	}
	return sha256.Sum256(told)
}

// keep remembers an order that stands as it was told.
func (s *standing) keep(o order.Order, p Plan) {
	told := s.hash(o, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.turned) > standsFor {
		s.old, s.now, s.turned = s.now, map[order.Key][sha256.Size]byte{}, time.Now()
	}
	s.now[o.Key] = told
}

// forget drops an order of which something has changed.
func (s *standing) forget(key order.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.now, key)
	delete(s.old, key)
}
