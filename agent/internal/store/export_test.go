package store

import (
	"context"
	"time"
)

// Waiting is how many transactions wait for the turn.
func (db *DB) Waiting() int {
	db.queue.mu.Lock()
	defer db.queue.mu.Unlock()
	return len(db.queue.waiting)
}

// ReadBehind is a database that is read behind itself by a function.
func ReadBehind(read func(ctx context.Context, path string) error) *DB {
	db := &DB{checked: make(chan struct{})}
	db.readOn(read, time.Millisecond)
	return db
}

// Stop ends that reading.
func (db *DB) Stop() { db.stop() }
