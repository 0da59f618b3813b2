// Package faulty is a disk for tests: it lies below SQLite, loses what was not
// flushed, and fails when it is told to. It is imported by tests only.
//
// SIGKILL alone proves little about the loss of power: the system keeps what a
// killed process has written, and a forgotten flush goes unnoticed. Under this
// package what was not flushed lives in the process, so that its death is the
// loss of power. SQLite calls the layer of its own accord, as it would call a
// disk; nothing above it knows, and the program that is tested is the real one.
//
// It stands over SQLite's own layer for unix, which keeps locks and shared
// memory, and sees no file that goes round SQLite: the key store is not on it.
// One process may use a database through it at a time.
package faulty

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// ErrUnsupported reports a system for which the layer was not written.
var ErrUnsupported = errors.New("the faulty disk works on Linux on amd64 and arm64")

// Power says what a loss of power leaves of what was not flushed. The process
// loses power when it dies, or at [Disk.Cut].
type Power int

const (
	Steady  Power = iota // writes reach the system's cache, as they do without this package
	Drop                 // nothing of it
	Scatter              // a random part in any order, torn at sectors of 512 bytes
)

// Op is what SQLite asks of a disk.
type Op string

const (
	Open     Op = "open"
	Read     Op = "read"
	Write    Op = "write"
	Truncate Op = "truncate"
	Sync     Op = "sync"
	Delete   Op = "delete"
)

// File is the part that a file plays.
type File string

const (
	Any      File = "" // in a Fault: every file
	Database File = "db"
	WAL      File = "wal"
	Journal  File = "journal" // a rollback or super-journal, as while a database becomes a WAL database
	Other    File = "other"   // temporary files
)

// Kind is how an operation fails.
type Kind string

const (
	IO       Kind = "io"       // EIO: SQLite's I/O error for the operation
	Full     Kind = "full"     // ENOSPC; half of what was to be written has been
	ReadOnly Kind = "readonly" // EROFS
)

// Fault makes operations fail. A flush that fails takes with it what it was to
// flush: it is still read, and no later flush brings it to the disk. That is
// what Linux does, and why a second try proves nothing.
type Fault struct {
	Op    Op // empty: every write, truncate, sync and delete, as on a full disk
	File  File
	Kind  Kind
	From  int     // the first operation to fail, from 1; 0 is 1
	Times int     // how many fail; 0: all until Heal
	Odds  float64 // if set, each one within From and Times fails with this chance only
	seen  int
}

// Config says how the disk behaves. The zero Config is a good disk.
type Config struct {
	Power  Power
	Seed   uint64 // of Scatter and of Odds
	Faults []Fault
	// At is called before and after each durable step: each flush of the
	// database, its WAL or its journal. Steps count from 1. It may look at its
	// callers, kill the process, or call Cut.
	At func(step int, before bool)
}

// Disk is the layer, installed.
type Disk struct {
	power Power
	at    func(step int, before bool)
	steps atomic.Int64
	dead  atomic.Bool

	mu     sync.Mutex // held while files and faults are looked at
	random *rand.Rand
	faults []Fault
	counts map[Op]int
	inodes map[string]*inode // by path
	names  names
}

func newDisk(c Config) *Disk {
	return &Disk{
		power: c.Power, at: c.At, faults: append([]Fault(nil), c.Faults...),
		random: rand.New(rand.NewPCG(c.Seed, 0)), counts: map[Op]int{}, inodes: map[string]*inode{},
		names: names{notes: map[string][]note{}},
	}
}

// Steps returns how many durable steps were begun.
func (d *Disk) Steps() int { return int(d.steps.Load()) }

// Count returns how many operations of a kind were asked for on the database
// and the files beside it.
func (d *Disk) Count(op Op) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts[op]
}

// Break adds a fault. It counts from now.
func (d *Disk) Break(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, f)
}

// Heal ends all faults.
func (d *Disk) Heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = nil
}

// Cut cuts the power within the process: what was not flushed is gone, and
// every operation fails from here on. Close the database, call Uninstall and
// Reboot, and open it again.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead.Store(true)
	for _, i := range d.inodes {
		i.forget()
	}
}

// fails decides on one operation.
func (d *Disk) fails(op Op, f File) (Kind, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f != Other {
		d.counts[op]++
	}
	for i := range d.faults {
		x := &d.faults[i]
		changes := op == Write || op == Truncate || op == Sync || op == Delete
		if x.Op != op && (x.Op != "" || !changes) || x.File != Any && x.File != f {
			continue
		}
		x.seen++
		first := max(x.From, 1)
		if x.seen < first || x.Times > 0 && x.seen >= first+x.Times {
			continue
		}
		if x.Odds == 0 || d.random.Float64() < x.Odds {
			return x.Kind, true
		}
	}
	return "", false
}

// leaks decides whether something that was not flushed reaches the disk by
// itself. The caller holds mu.
func (d *Disk) leaks() bool { return d.power == Scatter && d.random.IntN(3) == 0 }
