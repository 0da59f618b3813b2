package cainiaosim

import (
	"slices"
	"sync"
	"time"
)

// Entry is a label that came out, written down before the client hears of it. It
// names no person.
type Entry struct {
	At       time.Time
	Task     string
	Document string
	Waybill  string // out of the sealed data
	Printer  string
}

// journal is the paper, in memory.
type journal struct {
	mu      sync.Mutex
	entries []Entry
}

func (j *journal) append(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.At = time.Now()
	j.entries = append(j.entries, e)
}

func (j *journal) all() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}
