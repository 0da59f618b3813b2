package logging

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Kept is how many records a Recorder keeps.
const Kept = 1000

// Record is one line of the log.
type Record struct {
	Time    time.Time `json:"time"`
	Level   string    `json:"level"`
	Message string    `json:"message"`
	Attrs   []Attr    `json:"attrs,omitempty"`
}

// Attr is one fact of a record, as text.
type Attr struct {
	Key   string `json:"key"` // those in groups are written group.key
	Value string `json:"value"`
}

// Recorder keeps the last records in memory.
type Recorder struct {
	mu   sync.Mutex
	ring []Record
	next int // where the next record goes once the ring is full
}

// NewRecorder returns an empty recorder.
func NewRecorder() *Recorder { return &Recorder{} }

// Records returns what is kept, oldest first.
func (r *Recorder) Records() []Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Record, 0, len(r.ring))
	all = append(all, r.ring[r.next:]...)
	return append(all, r.ring[:r.next]...)
}

func (r *Recorder) add(rec Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ring) < Kept {
		r.ring = append(r.ring, rec)
		return
	}
	r.ring[r.next] = rec
	r.next = (r.next + 1) % Kept
}

// Handler returns a handler that records what is at least as important as
// level.
func (r *Recorder) Handler(level slog.Leveler) slog.Handler { return recording{to: r, level: level} }

type recording struct {
	to     *Recorder
	level  slog.Leveler
	prefix string // of keys, from groups
	attrs  []Attr // from With
}

func (h recording) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

func (h recording) WithGroup(name string) slog.Handler {
	if name != "" {
		h.prefix += name + "."
	}
	return h
}

func (h recording) WithAttrs(attrs []slog.Attr) slog.Handler {
	flat := append([]Attr(nil), h.attrs...)
	for _, a := range attrs {
		flat = flatten(flat, h.prefix, a)
	}
	h.attrs = flat
	return h
}

func (h recording) Handle(_ context.Context, r slog.Record) error {
	flat := append([]Attr(nil), h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		flat = flatten(flat, h.prefix, a)
		return true
	})
	h.to.add(Record{Time: r.Time, Level: strings.ToLower(r.Level.String()), Message: r.Message, Attrs: flat})
	return nil
}

func flatten(to []Attr, prefix string, a slog.Attr) []Attr {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		if a.Key == "" {
			return to
		}
		return append(to, Attr{Key: prefix + a.Key, Value: v.String()})
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, g := range v.Group() {
		to = flatten(to, prefix, g)
	}
	return to
}
