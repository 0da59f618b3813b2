package jdsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Event is what an Entry tells of.
type Event string

const (
	Served Event = "served" // an order went out
	Number Event = "number" // a new waybill number was taken
	// Prefetched is a number of JD Express that was taken for no order yet; the
	// order that uses it makes it a Number.
	Prefetched Event = "prefetched"
	Pulled     Event = "pulled"   // sealed print data of a number went out
	Rendered   Event = "rendered" // the label of a number was rendered
	Changed    Event = "changed"  // the parcel of a number was changed
	Again      Event = "again"    // an order was given the number it had
	Unbound    Event = "unbound"  // a number was given back
	Ship       Event = "ship"     // the client said that an order has shipped
	// Completed is the child of a regular purchase that the client called done.
	Completed Event = "completed"
	Bound     Event = "bound"  // a virtual number was bound to an order's receiver
	Lapsed    Event = "lapsed" // it lapsed before its time
)

// Entry is one thing that happened, written down before the client hears of
// it. It names no person.
type Entry struct {
	Seq    int       `json:"seq"` // from 1, without gaps
	At     time.Time `json:"at"`
	Event  Event     `json:"event"`
	Method string    `json:"method"`
	Order  string    `json:"order,omitempty"` // of merged orders all, joined by commas
	// Carrier is the provider's code, JD for JD Express; of a Ship it is the
	// logiCoprId as it was sent.
	Carrier string `json:"carrier,omitempty"`
	Branch  string `json:"branch,omitempty"` // branch or settlement code
	Number  string `json:"number,omitempty"` // the waybill's; of a Ship the logiNo as it was sent
	Refused string `json:"refused,omitempty"`
	// Packages is how many packages one number is for, if more than one.
	Packages int `json:"packages,omitempty"`
	// Parent is the number that a Number was appended to.
	Parent string `json:"parent,omitempty"`
	// Collect is what the courier collects on delivery, Insured what the parcel
	// is insured for, both in yuan as they were sent and without nought; Return
	// is the kind of signed return (签单返还).
	Collect string `json:"collect,omitempty"`
	Insured string `json:"insured,omitempty"`
	Return  string `json:"return,omitempty"`
	// Until is how long a Bound virtual number lives.
	Until time.Time `json:"until,omitzero"`
	// Province, City and County are where the parcel goes: the routing is asked
	// for later.
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	County   string `json:"county,omitempty"`
}

// Journal returns everything that happened, oldest first. It grows with every
// order that is served, by some 200 bytes each time.
func (g *Gateway) Journal() []Entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.journal.entries)
}

// record writes entries down and only then lets them be true.
func (g *Gateway) record(c *call, entries ...Entry) error {
	for i := range entries {
		entries[i].At, entries[i].Method = c.now, c.method
	}
	if err := g.journal.append(entries); err != nil {
		return err
	}
	for _, e := range entries {
		g.apply(e)
	}
	return nil
}

// journalFile is the journal's name in its folder: one entry a line.
const journalFile = "jdsim-journal.jsonl"

// errJournal reports a journal that takes no more entries.
var errJournal = errors.New("the journal is closed or damaged")

// journal keeps entries in memory and, with a file, on disk.
type journal struct {
	entries []Entry
	file    *os.File // nil without a folder
	stopped bool
}

// ReadJournal returns the entries in a folder that a gateway writes to or has
// written to; none if there is no journal. A last line that a crash cut short
// is left out: nobody was told of it.
func ReadJournal(dir string) ([]Entry, error) {
	entries, _, err := readJournal(filepath.Join(dir, journalFile))
	return entries, err
}

// readJournal also returns the length of the whole lines.
func readJournal(name string) ([]Entry, int64, error) {
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the gateway's journal: %w", err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	var entries []Entry
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, 0, fmt.Errorf("read the gateway's journal: line %d: %w", len(entries)+1, err)
		}
		entries = append(entries, e)
	}
	return entries, int64(len(b)), nil
}

func openJournal(dir string) (*journal, error) {
	if dir == "" {
		return &journal{}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the gateway's journal: %w", err)
	}
	name := filepath.Join(dir, journalFile)
	entries, length, err := readJournal(name)
	if err != nil {
		return nil, err
	}
	// Cut by name and before opening: Windows cuts no file opened for
	// appending.
	if err := os.Truncate(name, length); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the gateway's journal: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the gateway's journal: %w", err)
	}
	return &journal{entries: entries, file: f}, nil
}

// append numbers the entries and makes them durable. After a failure nobody
// knows what is on disk, so the journal takes no more.
func (j *journal) append(entries []Entry) error {
	if j.stopped {
		return errJournal
	}
	for i := range entries {
		entries[i].Seq = len(j.entries) + i + 1
	}
	if err := j.write(entries); err != nil {
		j.stopped = true
		return err
	}
	j.entries = append(j.entries, entries...)
	return nil
}

func (j *journal) write(entries []Entry) error {
	if j.file == nil || len(entries) == 0 {
		return nil
	}
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	for _, e := range entries {
		if err := lines.Encode(e); err != nil {
			return fmt.Errorf("write the gateway's journal: %w", err)
		}
	}
	if _, err := j.file.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the gateway's journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("write the gateway's journal: %w", err)
	}
	return nil
}

func (j *journal) close() error {
	if j.stopped {
		return nil
	}
	j.stopped = true
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
