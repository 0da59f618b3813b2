package componentsim

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
	"sync"
	"time"
)

// Entry is a label that came out, written down before the client hears of it.
// It names no person.
type Entry struct {
	Seq     int       `json:"seq"` // from 1, without gaps
	At      time.Time `json:"at"`
	Task    string    `json:"task"` // the client's key or requestId
	Waybill string    `json:"waybill"`
	Package string    `json:"package,omitempty"`
	Printer string    `json:"printer,omitempty"`
	File    string    `json:"file,omitempty"` // instead of a printer
}

// journalFile is the journal's name in its folder: one entry a line.
const journalFile = "componentsim-journal.jsonl"

// errJournal reports a journal that takes no more entries.
var errJournal = errors.New("the journal is closed or damaged")

// journal keeps entries in memory and, with a file, on disk.
type journal struct {
	mu      sync.Mutex
	entries []Entry
	file    *os.File // nil without a folder
	stopped bool
}

// ReadJournal returns the entries in a folder that a component writes to or
// has written to; none if there is no journal. A last line that a crash cut
// short is left out: nobody was told of it.
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
		return nil, 0, fmt.Errorf("read the component's journal: %w", err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	var entries []Entry
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, 0, fmt.Errorf("read the component's journal: line %d: %w", len(entries)+1, err)
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
		return nil, fmt.Errorf("open the component's journal: %w", err)
	}
	name := filepath.Join(dir, journalFile)
	entries, length, err := readJournal(name)
	if err != nil {
		return nil, err
	}
	// Cut by name and before opening: Windows cuts no file opened for
	// appending.
	if err := os.Truncate(name, length); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the component's journal: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the component's journal: %w", err)
	}
	return &journal{entries: entries, file: f}, nil
}

// append numbers an entry and makes it durable. After a failure nobody knows
// what is on disk, so the journal takes no more.
func (j *journal) append(e Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopped {
		return errJournal
	}
	e.Seq = len(j.entries) + 1
	if j.file != nil {
		line, err := json.Marshal(e)
		if err == nil {
			_, err = j.file.Write(append(line, '\n'))
		}
		if err == nil {
			err = j.file.Sync()
		}
		if err != nil {
			j.stopped = true
			return fmt.Errorf("write the component's journal: %w", err)
		}
	}
	j.entries = append(j.entries, e)
	return nil
}

func (j *journal) all() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopped {
		return nil
	}
	j.stopped = true
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
